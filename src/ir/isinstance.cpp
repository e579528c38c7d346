#include "ir/isinstance.h"

#include <algorithm>

namespace taper::impl::ir {
namespace {

// The members of a Union or Optional; a type by itself otherwise.
std::vector<TypePtr> members(const TypePtr& type) {
  if (type->is(TypeKind::kUnion)) {
    std::vector<TypePtr> out;
    for (const TypePtr& member : type->elements())
      for (TypePtr& part : members(member)) out.push_back(std::move(part));
    return out;
  }
  if (type->is(TypeKind::kOptional)) {
    std::vector<TypePtr> out = members(type->element());
    out.push_back(none_type());
    return out;
  }
  return {type};
}

std::vector<TypePtr> all_members(const std::vector<TypePtr>& types) {
  std::vector<TypePtr> out;
  for (const TypePtr& type : types)
    for (TypePtr& part : members(type)) out.push_back(std::move(part));
  return out;
}

bool is_open(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kAny:
    case TypeKind::kUnknown:
    case TypeKind::kNumber:
    case TypeKind::kVar:
    case TypeKind::kInterface:
    case TypeKind::kAnyClass:
    case TypeKind::kAnyEnum:
    case TypeKind::kAnyList:
    case TypeKind::kAnyTuple: return true;
    default: return false;
  }
}

bool fits_any(const TypePtr& member, const std::vector<TypePtr>& types) {
  if (member->is(TypeKind::kUnknown) || member->is(TypeKind::kAny))
    return std::any_of(types.begin(), types.end(), [](const TypePtr& type) { return type->is(TypeKind::kAny); });
  return std::any_of(types.begin(), types.end(), [&](const TypePtr& type) { return is_subtype(*member, *type); });
}

// May a value whose static type is `member` turn out to be of `type`?
bool may_be(const TypePtr& member, const TypePtr& type) {
  if (is_subtype(*member, *type)) return true;
  if (is_open(*member)) return member->is(TypeKind::kUnknown) || is_subtype(*type, *member);
  // A tuple's elements may be open.
  if (member->is(TypeKind::kTuple) && type->is(TypeKind::kTuple) &&
      member->elements().size() == type->elements().size()) {
    for (size_t i = 0; i < member->elements().size(); ++i) {
      auto mine = members(member->element(i));
      if (std::none_of(mine.begin(), mine.end(), [&](const TypePtr& part) { return may_be(part, type->element(i)); }))
        return false;
    }
    return true;
  }
  return false;
}

}  // namespace

std::optional<bool> static_isinstance(const TypePtr& have, const std::vector<TypePtr>& types) {
  std::vector<TypePtr> wanted = all_members(types), mine = members(have);
  if (std::all_of(mine.begin(), mine.end(), [&](const TypePtr& member) { return fits_any(member, wanted); }))
    return true;
  for (const TypePtr& member : mine)
    for (const TypePtr& type : wanted)
      if (may_be(member, type)) return std::nullopt;
  return false;
}

TypePtr refined_type(const TypePtr& have, const std::vector<TypePtr>& types, bool outcome) {
  std::vector<TypePtr> wanted = all_members(types), left;
  for (const TypePtr& member : members(have)) {
    if (is_open(*member)) {
      if (!outcome) left.push_back(member);
      else
        for (const TypePtr& type : wanted)
          if (may_be(member, type)) left.push_back(type);
    } else if (fits_any(member, wanted) == outcome) {
      left.push_back(member);
    }
  }
  return left.empty() ? nullptr : union_of(std::move(left));
}

}  // namespace taper::impl::ir
