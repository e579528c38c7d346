#include "ir/type_match.h"

#include "core/error.h"

namespace taper::impl::ir {

const TypePtr* TypeBindings::find(std::string_view name) const noexcept {
  for (const auto& [key, type] : bound_)
    if (key == name) return &type;
  return nullptr;
}

bool has_type_variables(const Type& type) noexcept {
  if (type.is(TypeKind::kVar)) return true;
  if (type.is(TypeKind::kEnum)) return false;
  for (const TypePtr& element : type.elements())
    if (has_type_variables(*element)) return true;
  return false;
}

bool bind_type_variables(const TypePtr& formal, const TypePtr& actual, TypeBindings& bindings, std::string* reason) {
  if (!has_type_variables(*formal) || actual->is(TypeKind::kUnknown)) return true;
  auto refuse = [&](std::string text) {
    if (reason) *reason = std::move(text);
    return false;
  };
  auto elementwise = [&] {
    for (size_t i = 0; i < formal->elements().size(); ++i)
      if (!bind_type_variables(formal->element(i), actual->element(i), bindings, reason)) return false;
    return true;
  };
  switch (formal->kind()) {
    case TypeKind::kVar: {
      const std::string& name = static_cast<const VarType&>(*formal).name;
      const TypePtr* bound = bindings.find(name);
      if (!bound) {
        bindings.bind(name, actual);
        return true;
      }
      if (unify(*bound, actual)) return true;
      return refuse(cat("Type variable '", name, "' previously matched to type ", (*bound)->annotation(),
                        " is matched to type ", actual->annotation()));
    }
    case TypeKind::kList:
      if (actual->is(TypeKind::kList)) return elementwise();
      if (actual->is(TypeKind::kTuple)) {
        TypePtr element = unify_all(actual->elements());
        if (element) return bind_type_variables(formal->element(), element, bindings, reason);
      }
      return refuse(cat("Cannot match ", formal->annotation(), " to ", actual->annotation()));
    case TypeKind::kOptional:
      if (actual->is(TypeKind::kOptional)) return elementwise();
      if (!actual->is(TypeKind::kNone)) return bind_type_variables(formal->element(), actual, bindings, reason);
      return refuse(cat("Cannot match an Optional[T] to None, because there is no way to determine T from None"));
    default:
      if (actual->kind() == formal->kind() && actual->elements().size() == formal->elements().size())
        return elementwise();
      return refuse(cat("Cannot match ", formal->annotation(), " to ", actual->annotation()));
  }
}

TypePtr substitute(const TypePtr& type, const TypeBindings& bindings) {
  if (!has_type_variables(*type)) return type;
  if (type->is(TypeKind::kVar)) {
    const TypePtr* bound = bindings.find(static_cast<const VarType&>(*type).name);
    return bound ? *bound : nullptr;
  }
  std::vector<TypePtr> elements;
  elements.reserve(type->elements().size());
  for (const TypePtr& element : type->elements()) {
    elements.push_back(substitute(element, bindings));
    if (!elements.back()) return nullptr;
  }
  switch (type->kind()) {
    case TypeKind::kOptional: return optional_of(std::move(elements[0]));
    case TypeKind::kUnion: return union_of(std::move(elements));
    case TypeKind::kTuple: return tuple_of(std::move(elements));
    default: return make_ref<const Type>(type->kind(), std::move(elements));
  }
}

bool fits(const TypePtr& actual, const TypePtr& formal, TypeBindings& bindings) {
  if (actual->is(TypeKind::kNone) && formal->is(TypeKind::kOptional)) return true;  // of whatever type
  if (!bind_type_variables(formal, actual, bindings)) return false;
  TypePtr concrete = substitute(formal, bindings);
  return concrete ? is_subtype(*actual, *concrete) : actual->is(TypeKind::kUnknown);
}

TypePtr unify_all(const std::vector<TypePtr>& types) {
  if (types.empty()) return tensor_type();
  TypePtr result = types[0];
  for (size_t i = 1; i < types.size() && result; ++i) result = unify(result, types[i]);
  return result;
}

const TypePtr& unwrap_optional(const TypePtr& type) { return type->is(TypeKind::kOptional) ? type->element() : type; }

bool tuple_fits_list(const Type& tuple, const Type& list) {
  if (!tuple.is(TypeKind::kTuple) || !list.is(TypeKind::kList)) return false;
  for (const TypePtr& element : tuple.elements())
    if (!is_subtype(*element, *list.element())) return false;
  return true;
}

}  // namespace taper::impl::ir
