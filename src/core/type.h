// TorchScript's static types: immutable counted nodes. Simple types (int, Tensor, ...) are shared per process; the rest
// is built per compilation unit. Classes, interfaces and enums are nominal and compare by identity.
//
// Two spellings: annotation() as in code ("List[int]", "Optional[Tensor]") and str() as in schemas and graphs ("int[]",
// "Tensor?", "(int, Tensor)").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/ref.h"

namespace taper::impl {

enum class TypeKind : uint8_t {
  kAny,  // top: every value
  kTensor,
  kNone,
  kInt,  // also ScalarType, Layout, MemoryFormat, SymInt in schemas
  kFloat,
  kBool,
  kComplex,
  kNumber,  // "Scalar": int, float or complex
  kString,
  kDevice,
  kGenerator,
  kStream,
  kStorage,
  kCapsule,  // an opaque host object
  kAnyList,  // List of anything, in isinstance
  kAnyTuple,
  kAnyClass,
  kAnyEnum,
  kUnknown,   // the type of prim::Unsupported: unifies with anything
  kVar,       // t in a generic schema; name() is its letter
  kOptional,  // element(0)
  kList,
  kDict,  // element(0) key, element(1) value
  kTuple,
  kUnion,
  kFuture,
  kAwait,
  kRRef,
  kFunction,    // a function as a value
  kModuleType,  // unused at run time: the type of a module namespace in code (torch, ops)
  kClass,
  kInterface,
  kEnum,
};

class Type;
using TypePtr = Ref<const Type>;

class Type : public RefCounted {
 public:
  // Error(kBudget) for a type of more than kMaxParts parts or kMaxNesting levels: parts are shared, so a few lines of
  // script can describe a type whose spelling would fill the memory.
  explicit Type(TypeKind kind, std::vector<TypePtr> elements = {});
  static constexpr uint32_t kMaxParts = 1 << 16;
  static constexpr uint32_t kMaxNesting = 200;

  TypeKind kind() const noexcept { return kind_; }
  bool is(TypeKind kind) const noexcept { return kind_ == kind; }
  const std::vector<TypePtr>& elements() const noexcept { return elements_; }
  const TypePtr& element(size_t i = 0) const { return elements_[i]; }
  std::string annotation() const;
  std::string str() const;

 private:
  const TypeKind kind_;
  uint32_t parts_ = 1;  // of the type written out, so shared parts count each time
  uint32_t nesting_ = 1;
  const std::vector<TypePtr> elements_;
};

// t, t1, key...: bound while a generic schema is matched.
class VarType final : public Type {
 public:
  explicit VarType(std::string name) : Type(TypeKind::kVar), name(std::move(name)) {}
  const std::string name;
};

// A tuple; named when it comes from a NamedTuple (then name and one field name an element).
class TupleType final : public Type {
 public:
  TupleType(std::vector<TypePtr> elements, std::string qualified_name = {}, std::vector<std::string> field_names = {})
      : Type(TypeKind::kTuple, std::move(elements)), name(std::move(qualified_name)), fields(std::move(field_names)) {}
  const std::string name;
  const std::vector<std::string> fields;
};

// Shared simple types: the result is never null.
const TypePtr& simple_type(TypeKind kind);
inline const TypePtr& tensor_type() { return simple_type(TypeKind::kTensor); }
inline const TypePtr& int_type() { return simple_type(TypeKind::kInt); }
inline const TypePtr& float_type() { return simple_type(TypeKind::kFloat); }
inline const TypePtr& bool_type() { return simple_type(TypeKind::kBool); }
inline const TypePtr& string_type() { return simple_type(TypeKind::kString); }
inline const TypePtr& none_type() { return simple_type(TypeKind::kNone); }
inline const TypePtr& any_type() { return simple_type(TypeKind::kAny); }

TypePtr list_of(TypePtr element);
TypePtr optional_of(TypePtr element);  // Optional[Optional[T]] and Optional[None] collapse; Optional[Any] is Any
TypePtr dict_of(TypePtr key, TypePtr value);
TypePtr tuple_of(std::vector<TypePtr> elements);
TypePtr future_of(TypePtr element);
// Flattens, drops duplicates and subsumed members; {T, None} becomes Optional[T]; a single member is itself.
TypePtr union_of(std::vector<TypePtr> members);

bool equal(const Type& a, const Type& b);
// May a value of type `sub` stand where `super` is wanted, without conversion?
bool is_subtype(const Type& sub, const Type& super);
// The least type that both fit (what the two arms of an if give), or null.
TypePtr unify(const TypePtr& a, const TypePtr& b);

}  // namespace taper::impl
