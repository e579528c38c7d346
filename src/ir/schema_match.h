// Which overload a call means, decided as PyTorch decides it: overloads in their order, first without and then with
// implicit conversions; positional, keyword and default arguments; a bare number for a list of fixed length; trailing
// arguments gathered into a list; tuples for lists. Types alone decide, so nothing is put into the graph before the
// match is found.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/builder.h"
#include "ir/type_match.h"

namespace taper::impl::ir {

struct CallArgument {
  Value* value;
  std::string_view keyword;  // empty: positional
};

using CallArguments = SmallVec<CallArgument, 6>;

struct MatchedCall {
  Values inputs;
  std::vector<TypePtr> returns;  // empty: as the schema says, which has no type variables then
};

// The value as it may stand where `wanted` is expected: tuples become lists, an empty list literal takes the type, and
// with `conversions` tensors and numbers become numbers. The result's type need not fit: the caller checks.
Value* convert(Builder& builder, Value* value, const TypePtr& wanted, bool conversions);

// One schema: inserts conversions and defaults on success. `self` is given for method calls. On failure nothing is
// inserted and `why` says why.
std::optional<MatchedCall> match_schema(Builder& builder, const Schema& schema, std::span<const CallArgument> arguments,
                                        Value* self, bool conversions, std::string* why);

// The index of the first schema that takes the arguments and the call; nothing with `why` holding PyTorch's text.
struct MatchedOverload {
  size_t index;
  MatchedCall call;
};
std::optional<MatchedOverload> match_schemas(Builder& builder, std::span<const Schema* const> schemas,
                                             std::span<const CallArgument> arguments, Value* self, std::string* why);

// Calls an operator by name. An unknown name or arguments that no overload takes give prim::Unsupported, whose first
// line of text is "aten::name(Tensor, int)".
Value* call_operator(Builder& builder, std::string_view name, std::span<const CallArgument> arguments, Value* self);

}  // namespace taper::impl::ir
