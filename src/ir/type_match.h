// Matching of actual types against a schema's formal ones, which may hold type variables (t, t1, key...).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/type.h"

namespace taper::impl::ir {

// What the type variables of one call stand for.
class TypeBindings {
 public:
  const TypePtr* find(std::string_view name) const noexcept;
  void bind(std::string_view name, TypePtr type) { bound_.emplace_back(name, std::move(type)); }
  void clear() noexcept { bound_.clear(); }

 private:
  std::vector<std::pair<std::string_view, TypePtr>> bound_;  // names live in the schema's types
};

bool has_type_variables(const Type& type) noexcept;

// Binds the variables in `formal` so that `actual` may fit; true as well when there are none. With `reason`, says why
// not.
bool bind_type_variables(const TypePtr& formal, const TypePtr& actual, TypeBindings& bindings,
                         std::string* reason = nullptr);

// `type` with its variables replaced; null when one is unbound.
TypePtr substitute(const TypePtr& type, const TypeBindings& bindings);

// May a value of type `actual` stand for `formal` without conversion? Binds variables.
bool fits(const TypePtr& actual, const TypePtr& formal, TypeBindings& bindings);

// The least common type of a list of types, or null; Tensor for none.
TypePtr unify_all(const std::vector<TypePtr>& types);

// A Tuple whose elements all fit List[T]'s T.
bool tuple_fits_list(const Type& tuple, const Type& list);
const TypePtr& unwrap_optional(const TypePtr& type);

}  // namespace taper::impl::ir
