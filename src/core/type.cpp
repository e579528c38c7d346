#include "core/type.h"

#include <algorithm>

#include "core/class_type.h"
#include "core/error.h"

namespace taper::impl {
namespace {

struct Spelling {
  std::string_view annotation, schema;
};

// How the kinds without parts are spelled; the others only by the name in front of their parts.
Spelling spelling(TypeKind kind) {
  switch (kind) {
    case TypeKind::kAny: return {"Any", "Any"};
    case TypeKind::kTensor: return {"Tensor", "Tensor"};
    case TypeKind::kNone: return {"NoneType", "NoneType"};
    case TypeKind::kInt: return {"int", "int"};
    case TypeKind::kFloat: return {"float", "float"};
    case TypeKind::kBool: return {"bool", "bool"};
    case TypeKind::kComplex: return {"complex", "complex"};
    case TypeKind::kNumber: return {"number", "Scalar"};
    case TypeKind::kString: return {"str", "str"};
    case TypeKind::kDevice: return {"Device", "Device"};
    case TypeKind::kGenerator: return {"Generator", "Generator"};
    case TypeKind::kStream: return {"Stream", "Stream"};
    case TypeKind::kStorage: return {"Storage", "Storage"};
    case TypeKind::kCapsule: return {"Capsule", "Capsule"};
    case TypeKind::kAnyList: return {"list", "list"};
    case TypeKind::kAnyTuple: return {"tuple", "tuple"};
    case TypeKind::kAnyClass: return {"AnyClassType", "AnyClassType"};
    case TypeKind::kAnyEnum: return {"AnyEnumType", "AnyEnumType"};
    case TypeKind::kUnknown: return {"Unknown", "Unknown"};
    case TypeKind::kVar: return {"Var", "Var"};
    case TypeKind::kOptional: return {"Optional", "Optional"};
    case TypeKind::kList: return {"List", "List"};
    case TypeKind::kDict: return {"Dict", "Dict"};
    case TypeKind::kTuple: return {"Tuple", "Tuple"};
    case TypeKind::kUnion: return {"Union", "Union"};
    case TypeKind::kFuture: return {"Future", "Future"};
    case TypeKind::kAwait: return {"Await", "Await"};
    case TypeKind::kRRef: return {"RRef", "RRef"};
    case TypeKind::kFunction: return {"Function", "Function"};
    case TypeKind::kModuleType: return {"Module", "Module"};
    case TypeKind::kClass: return {"Class", "Class"};
    case TypeKind::kInterface: return {"Interface", "Interface"};
    case TypeKind::kEnum: return {"Enum", "Enum"};
  }
  return {"Unknown", "Unknown"};
}

constexpr int kKinds = int(TypeKind::kEnum) + 1;

bool is_simple(TypeKind kind) {
  return kind < TypeKind::kVar || kind == TypeKind::kFunction || kind == TypeKind::kModuleType;
}

struct SimpleTypes {
  TypePtr types[kKinds];
  SimpleTypes() {
    // They outlive every context, so they must not sit in a context's pool.
    PoolScope heap(nullptr);
    for (int kind = 0; kind < kKinds; ++kind)
      if (is_simple(TypeKind(kind))) types[kind] = make_ref<const Type>(TypeKind(kind));
  }
};

void join(std::string& out, const std::vector<TypePtr>& types, bool annotation) {
  for (size_t i = 0; i < types.size(); ++i) {
    if (i) out += ", ";
    out += annotation ? types[i]->annotation() : types[i]->str();
  }
}

const std::string* nominal_name(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kClass: return &as_class(type).name;
    case TypeKind::kInterface: return &as_interface(type).name;
    case TypeKind::kEnum: return &as_enum(type).name;
    case TypeKind::kTuple: return as_tuple(type).name.empty() ? nullptr : &as_tuple(type).name;
    case TypeKind::kVar: return &static_cast<const VarType&>(type).name;
    default: return nullptr;
  }
}

// Pairs of class and interface whose subtyping is being decided: mutually recursive interfaces hold if nothing else
// speaks against it.
struct Assumption {
  const Type* sub;
  const Type* super;
  const Assumption* outer;
};

bool subtype(const Type& sub, const Type& super, const Assumption* assumed);

// Returns may be narrower, arguments wider; further arguments need defaults. Names count, because calls may use them.
bool schema_fits(const Schema& have, const Schema& want, const Assumption* assumed) {
  if (have.arguments.size() < want.arguments.size() || have.returns.size() != want.returns.size()) return false;
  for (size_t i = 0; i < have.returns.size(); ++i)
    if (!subtype(*have.returns[i].type, *want.returns[i].type, assumed)) return false;
  for (size_t i = 1; i < have.arguments.size(); ++i) {  // 0 is self
    const Argument& mine = have.arguments[i];
    if (i >= want.arguments.size()) {
      if (!mine.has_default) return false;
      continue;
    }
    const Argument& theirs = want.arguments[i];
    if (mine.name != theirs.name || mine.kwarg_only != theirs.kwarg_only) return false;
    if (theirs.has_default && !mine.has_default) return false;
    if (!subtype(*theirs.type, *mine.type, assumed)) return false;
  }
  return true;
}

bool implements(const Type& sub, const InterfaceType& interface, const Assumption* assumed) {
  for (const Assumption* pair = assumed; pair; pair = pair->outer)
    if (pair->sub == &sub && pair->super == &interface) return true;
  Assumption here{&sub, &interface, assumed};
  if (sub.is(TypeKind::kClass) ? as_class(sub).is_module != interface.is_module
                               : as_interface(sub).is_module != interface.is_module)
    return false;
  for (const auto& [name, schema] : interface.methods) {
    const Schema* mine = nullptr;
    if (sub.is(TypeKind::kClass)) {
      const Function* method = as_class(sub).method(name);
      mine = method ? &method->schema : nullptr;
    } else {
      mine = as_interface(sub).method(name);
    }
    if (!mine || !schema_fits(*mine, schema, &here)) return false;
  }
  return true;
}

// wildcard: Unknown, at any depth, equals every type.
bool same_type(const Type& a, const Type& b, bool wildcard) {
  if (&a == &b) return true;
  if (wildcard && (a.is(TypeKind::kUnknown) || b.is(TypeKind::kUnknown))) return true;
  if (a.kind() != b.kind() || a.elements().size() != b.elements().size()) return false;
  switch (a.kind()) {
    case TypeKind::kClass:
    case TypeKind::kInterface:
    case TypeKind::kEnum: return false;
    case TypeKind::kVar: return static_cast<const VarType&>(a).name == static_cast<const VarType&>(b).name;
    case TypeKind::kTuple:
      if (as_tuple(a).name != as_tuple(b).name || as_tuple(a).fields != as_tuple(b).fields) return false;
      break;
    case TypeKind::kUnion:  // a set: the order does not count
      return std::all_of(a.elements().begin(), a.elements().end(), [&](const TypePtr& mine) {
        return std::any_of(b.elements().begin(), b.elements().end(),
                           [&](const TypePtr& theirs) { return same_type(*mine, *theirs, wildcard); });
      });
    default: break;
  }
  for (size_t i = 0; i < a.elements().size(); ++i)
    if (!same_type(*a.element(i), *b.element(i), wildcard)) return false;
  return true;
}

bool tuple_fits(const TupleType& sub, const TupleType& super, const Assumption* assumed) {
  if (sub.elements().size() != super.elements().size()) return false;
  if (!super.name.empty() && (sub.name != super.name || sub.fields != super.fields)) return false;
  for (size_t i = 0; i < sub.elements().size(); ++i)
    if (!subtype(*sub.element(i), *super.element(i), assumed)) return false;
  return true;
}

bool subtype(const Type& sub, const Type& super, const Assumption* assumed) {
  if (&sub == &super) return true;
  TypeKind from = sub.kind(), to = super.kind();
  if (to == TypeKind::kAny || to == TypeKind::kUnknown || from == TypeKind::kUnknown) return true;
  if (from == TypeKind::kUnion) {
    return std::all_of(sub.elements().begin(), sub.elements().end(),
                       [&](const TypePtr& member) { return subtype(*member, super, assumed); });
  }
  if (from == TypeKind::kOptional) {
    if (to == TypeKind::kOptional) return subtype(*sub.element(), *super.element(), assumed);
    return to == TypeKind::kUnion && subtype(*none_type(), super, assumed) && subtype(*sub.element(), super, assumed);
  }
  switch (to) {
    case TypeKind::kOptional: return from == TypeKind::kNone || subtype(sub, *super.element(), assumed);
    case TypeKind::kUnion:
      return std::any_of(super.elements().begin(), super.elements().end(),
                         [&](const TypePtr& member) { return subtype(sub, *member, assumed); });
    case TypeKind::kNumber:
      return from == TypeKind::kNumber || from == TypeKind::kInt || from == TypeKind::kFloat ||
             from == TypeKind::kComplex;
    case TypeKind::kCapsule: return from == TypeKind::kCapsule || (from == TypeKind::kClass && as_class(sub).opaque);
    case TypeKind::kAnyList: return from == TypeKind::kAnyList || from == TypeKind::kList;
    case TypeKind::kAnyTuple: return from == TypeKind::kAnyTuple || from == TypeKind::kTuple;
    case TypeKind::kAnyClass: return from == TypeKind::kAnyClass || from == TypeKind::kClass;
    case TypeKind::kAnyEnum: return from == TypeKind::kAnyEnum || from == TypeKind::kEnum;
    case TypeKind::kTuple: return from == TypeKind::kTuple && tuple_fits(as_tuple(sub), as_tuple(super), assumed);
    case TypeKind::kFuture:
    case TypeKind::kAwait: return from == to && subtype(*sub.element(), *super.element(), assumed);
    case TypeKind::kInterface:
      return (from == TypeKind::kClass || from == TypeKind::kInterface) &&
             implements(sub, as_interface(super), assumed);
    default: return same_type(sub, super, true);
  }
}

}  // namespace

const TypePtr& simple_type(TypeKind kind) {
  // Never destroyed: values in a host's static objects may still need them at exit.
  static const SimpleTypes* const table = new SimpleTypes;
  if (!is_simple(kind)) fail(ErrorCode::kInternal, cat("type kind ", int(kind), " needs parts or a name"));
  return table->types[int(kind)];
}

Type::Type(TypeKind kind, std::vector<TypePtr> elements) : kind_(kind), elements_(std::move(elements)) {
  uint64_t parts = 1;
  for (const TypePtr& element : elements_) {
    parts += element->parts_;
    nesting_ = std::max(nesting_, element->nesting_ + 1);
  }
  if (parts > kMaxParts || nesting_ > kMaxNesting)
    fail(ErrorCode::kBudget, cat("a type of ", parts, " parts in ", nesting_, " levels is too large"));
  parts_ = uint32_t(parts);
}

std::string Type::annotation() const {
  if (const std::string* name = nominal_name(*this)) return *name;
  std::string out(spelling(kind_).annotation);
  if (kind_ == TypeKind::kTuple && elements_.empty()) return "Tuple[()]";
  if (elements_.empty()) return out;
  out += '[';
  join(out, elements_, true);
  out += ']';
  return out;
}

std::string Type::str() const {
  if (kind_ == TypeKind::kEnum) return cat("Enum<", as_enum(*this).name, '>');
  if (kind_ == TypeKind::kInterface) return cat("InterfaceType<", as_interface(*this).name, '>');
  if (const std::string* name = nominal_name(*this)) return *name;
  std::string out;
  if (kind_ == TypeKind::kTuple) {
    out += '(';
    join(out, elements_, false);
    out += ')';
    return out;
  }
  if (elements_.empty()) return std::string(spelling(kind_).schema);
  if (kind_ == TypeKind::kList) return element()->str() + "[]";
  if (kind_ == TypeKind::kOptional) return element()->str() + "?";
  out = spelling(kind_).schema;
  out += '(';
  join(out, elements_, false);
  out += ')';
  return out;
}

TypePtr list_of(TypePtr element) {
  return make_ref<const Type>(TypeKind::kList, std::vector<TypePtr>{std::move(element)});
}

TypePtr optional_of(TypePtr element) {
  switch (element->kind()) {
    case TypeKind::kOptional:
    case TypeKind::kNone:
    case TypeKind::kAny: return element;
    default: return make_ref<const Type>(TypeKind::kOptional, std::vector<TypePtr>{std::move(element)});
  }
}

TypePtr dict_of(TypePtr key, TypePtr value) {
  return make_ref<const Type>(TypeKind::kDict, std::vector<TypePtr>{std::move(key), std::move(value)});
}

TypePtr tuple_of(std::vector<TypePtr> elements) { return make_ref<const TupleType>(std::move(elements)); }

TypePtr future_of(TypePtr element) {
  return make_ref<const Type>(TypeKind::kFuture, std::vector<TypePtr>{std::move(element)});
}

namespace {

// Adds to a set in which no member is a subtype of another.
void add_member(std::vector<TypePtr>& set, bool& none, const TypePtr& type) {
  if (type->is(TypeKind::kUnion)) {
    for (const TypePtr& member : type->elements()) add_member(set, none, member);
    return;
  }
  if (type->is(TypeKind::kOptional)) {
    none = true;
    return add_member(set, none, type->element());
  }
  if (type->is(TypeKind::kNone)) {
    none = true;
    return;
  }
  for (const TypePtr& member : set)
    if (is_subtype(*type, *member)) return;
  std::erase_if(set, [&](const TypePtr& member) { return is_subtype(*member, *type); });
  set.push_back(type);
}

bool has_kind(const std::vector<TypePtr>& set, TypeKind kind) {
  return std::any_of(set.begin(), set.end(), [&](const TypePtr& member) { return member->is(kind); });
}

}  // namespace

TypePtr union_of(std::vector<TypePtr> members) {
  std::vector<TypePtr> set;
  bool none = false;
  for (const TypePtr& member : members) add_member(set, none, member);
  if (has_kind(set, TypeKind::kInt) && has_kind(set, TypeKind::kFloat) && has_kind(set, TypeKind::kComplex))
    add_member(set, none, simple_type(TypeKind::kNumber));
  if (set.empty()) return none_type();
  TypePtr type = set.size() == 1 ? set[0] : make_ref<const Type>(TypeKind::kUnion, std::move(set));
  return none ? optional_of(std::move(type)) : type;
}

bool equal(const Type& a, const Type& b) { return same_type(a, b, false); }

bool is_subtype(const Type& sub, const Type& super) { return subtype(sub, super, nullptr); }

TypePtr unify(const TypePtr& a, const TypePtr& b) {
  if (!a || !b) return nullptr;
  if (a->is(TypeKind::kUnknown)) return b;
  if (b->is(TypeKind::kUnknown)) return a;
  if (is_subtype(*a, *b)) return b;
  if (is_subtype(*b, *a)) return a;
  if (a->is(TypeKind::kNone)) return optional_of(b);
  if (b->is(TypeKind::kNone)) return optional_of(a);
  if (a->is(TypeKind::kOptional) || b->is(TypeKind::kOptional)) {
    TypePtr inner = unify(a->is(TypeKind::kOptional) ? a->element() : a, b->is(TypeKind::kOptional) ? b->element() : b);
    return inner ? optional_of(std::move(inner)) : nullptr;
  }
  if (a->kind() != b->kind() || a->elements().size() != b->elements().size()) return nullptr;
  if (a->is(TypeKind::kTuple)) {
    std::vector<TypePtr> elements;
    for (size_t i = 0; i < a->elements().size(); ++i) {
      TypePtr element = unify(a->element(i), b->element(i));
      if (!element) return nullptr;
      elements.push_back(std::move(element));
    }
    return tuple_of(std::move(elements));
  }
  if (a->is(TypeKind::kFuture) || a->is(TypeKind::kAwait)) {
    TypePtr element = unify(a->element(), b->element());
    return element ? make_ref<const Type>(a->kind(), std::vector<TypePtr>{std::move(element)}) : nullptr;
  }
  return nullptr;
}

}  // namespace taper::impl
