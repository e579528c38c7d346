// Operator and function schemas: "aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor".
// SymInt, ScalarType, Layout, MemoryFormat and QScheme read as int, SymBool as bool, SymFloat as float, PyObject as
// Capsule; str() still prints them as written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/type.h"
#include "core/value.h"

namespace taper::impl {

// (a), (a!), (a -> *), (*): which alias sets a value may belong to, and whether it is written.
struct AliasInfo {
  std::string before;  // alias set names, "|"-separated; "*" is the wildcard; empty: a fresh value
  std::string after;   // set after the call when different
  bool is_write = false;
  bool on_elements = false;  // Tensor(a!)[]: the list's elements carry the mark; Tensor[](a!): the list itself does
  bool any() const noexcept { return !before.empty(); }
};

struct Argument {
  std::string name;
  TypePtr type;
  int32_t fixed_length = -1;  // int[2]: a bare int broadcasts to this length
  bool kwarg_only = false;
  bool has_default = false;
  bool is_out = false;  // a kwarg-only written tensor
  Value default_value;
  AliasInfo alias;
  // The whole text as it was read, where the fields above do not give it back: SymInt, ScalarType, class names, a bare
  // default of a list.
  std::string written;
};

struct Schema {
  std::string name;      // "aten::add"; functions: the qualified name
  std::string overload;  // "Tensor"
  std::vector<Argument> arguments;
  std::vector<Argument> returns;
  bool is_vararg = false;  // "..." among the arguments
  bool is_varret = false;

  std::string str() const;                                   // the text that parse_schema reads, as PyTorch prints it
  int argument_index(std::string_view name) const noexcept;  // -1: none
};

// Error(kInvalidArgument) with a caret on malformed text. Class names become kCapsule unless a resolver knows them.
struct TypeResolver {
  virtual ~TypeResolver() = default;
  virtual TypePtr resolve(std::string_view qualified_name) const = 0;  // null: unknown
};
Schema parse_schema(std::string_view text, const TypeResolver* resolver = nullptr);
TypePtr parse_schema_type(std::string_view text, const TypeResolver* resolver = nullptr);

// "aten::add.Tensor(" -> {"aten::add", "Tensor"} without parsing the rest.
struct SchemaName {
  std::string_view name, overload;
};
SchemaName schema_name(std::string_view text) noexcept;

}  // namespace taper::impl
