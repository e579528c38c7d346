// Types as code spells them: List[int], Optional[Tensor], __torch__.m.Net.
#pragma once

#include "core/schema.h"
#include "ir/compilation_unit.h"
#include "ir/tree.h"

namespace taper::impl::ir {

// Error(kInvalidFile) with the place when the expression is no type. A class that no code defines becomes an opaque
// class, so that what does not touch it still works.
TypePtr type_from_expression(CompilationUnit& unit, const SourceTree& tree, const Expr& expression);

// A parameter's annotation: BroadcastingList2[int] is List[int] that takes a bare int for two.
TypePtr parameter_type(CompilationUnit& unit, const SourceTree& tree, const Expr& expression, int32_t& fixed_length);

// The value of a literal (default argument, Final constant, enum entry): numbers, strings, None, lists, tuples, dicts
// of them. Error(kInvalidFile) on anything else.
impl::Value literal_value(CompilationUnit& unit, const SourceTree& tree, const Expr& expression, const TypePtr& type);
// Without lists and names; nothing if it is not that simple.
bool simple_literal(const Expr& expression, impl::Value& value);

// "c12" of CONSTANTS.c12 -> 12; the largest number if it is not of that form.
size_t constant_index(std::string_view name) noexcept;

// The signature of a def. Parameters without annotation are tensors, the first one of a method is `self_type`.
Schema signature(CompilationUnit& unit, const SourceTree& tree, const FunctionDef& def, std::string_view qualified,
                 const TypePtr& self_type);

// "a.b.c" when the expression is a chain of attributes of a name; empty otherwise.
std::string dotted_text(const Expr& expression);

}  // namespace taper::impl::ir
