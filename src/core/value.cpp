#include "core/value.h"

#include <cmath>
#include <memory>

#include "core/class_type.h"
#include "core/generator.h"

namespace taper::impl {

// Value::list() and its kin turn the counted base's address into the object's: the base must come first.
static_assert(std::is_base_of_v<RefCounted, ListObj> && std::is_base_of_v<RefCounted, Generator>);

std::string_view tag_name(Tag tag) noexcept {
  switch (tag) {
    case Tag::kNone: return "NoneType";
    case Tag::kBool: return "bool";
    case Tag::kInt: return "int";
    case Tag::kFloat: return "float";
    case Tag::kDevice: return "Device";
    case Tag::kTensor: return "Tensor";
    case Tag::kComplex: return "complex";
    case Tag::kString: return "str";
    case Tag::kList: return "List";
    case Tag::kDict: return "Dict";
    case Tag::kTuple: return "Tuple";
    case Tag::kObject: return "Object";
    case Tag::kEnum: return "Enum";
    case Tag::kFunction: return "Function";
    case Tag::kFuture: return "Future";
    case Tag::kGenerator: return "Generator";
    case Tag::kCapsule: return "Capsule";
    case Tag::kRawObject: return "Object";
  }
  return "Unknown";
}

static void fail_expected(std::string_view wanted, const Value& got) {
  // The class is worth naming; spelling out a container's type would be long and may itself fail.
  std::string_view name = tag_name(got.tag());
  if (got.is(Tag::kObject)) name = got.object().type->name;
  if (got.is(Tag::kRawObject)) name = got.raw_object().class_name;
  fail_runtime("Expected a value of type '", wanted, "' but got '", name, "'");
}

void Value::fail_tag(Tag wanted) const {
  fail_expected(tag_name(wanted), *this);
  __builtin_unreachable();
}

Value::Value(std::complex<double> value) : Value(Tag::kComplex, make_ref<ComplexObj>(value).detach()) {}
Value::Value(std::string_view text) : Value(Tag::kString, make_ref<StringObj>(std::string(text)).detach()) {}
Value::Value(std::string&& text) : Value(Tag::kString, make_ref<StringObj>(std::move(text)).detach()) {}

#define TAPER_VALUE_OF(T, TAG) \
  Value::Value(Ref<T> object) noexcept : tag_(object ? TAG : Tag::kNone), payload_() { payload_.p = object.detach(); }
TAPER_VALUE_OF(StringObj, Tag::kString)
TAPER_VALUE_OF(ListObj, Tag::kList)
TAPER_VALUE_OF(DictObj, Tag::kDict)
TAPER_VALUE_OF(TupleObj, Tag::kTuple)
TAPER_VALUE_OF(Object, Tag::kObject)
TAPER_VALUE_OF(EnumObj, Tag::kEnum)
TAPER_VALUE_OF(FutureObj, Tag::kFuture)
TAPER_VALUE_OF(RawObject, Tag::kRawObject)
TAPER_VALUE_OF(Function, Tag::kFunction)
TAPER_VALUE_OF(Generator, Tag::kGenerator)
#undef TAPER_VALUE_OF

double Value::to_number() const {
  switch (tag_) {
    case Tag::kInt: return double(payload_.i);
    case Tag::kFloat: return payload_.d;
    case Tag::kBool: return payload_.b;
    default: fail_expected("number", *this);
  }
  __builtin_unreachable();
}

std::complex<double> Value::to_complex() const {
  if (tag_ == Tag::kComplex) return static_cast<const ComplexObj*>(payload_.p)->value;
  return to_number();
}

std::string_view Value::to_string() const { return expect(Tag::kString), string(); }
const std::string& Value::string() const noexcept { return static_cast<const StringObj*>(payload_.p)->text; }

// Destruction

namespace {

// A list of a million linked objects must not need a million stack frames to die. Past kNesting destructors within each
// other, parts are collected instead of destroyed, and the destructor at that level destroys them one after the other.
constexpr int kNesting = 64;
struct Dying {
  int nesting = 0;
  std::vector<Value>* parts = nullptr;
};
thread_local Dying dying;

class DyingScope {
 public:
  DyingScope() noexcept { ++dying.nesting; }
  ~DyingScope() {
    if (dying.nesting == kNesting && dying.parts == &parts_) {
      while (!parts_.empty()) {
        Value part = std::move(parts_.back());
        parts_.pop_back();
      }
      dying.parts = nullptr;
    }
    --dying.nesting;
  }
  void drop(Value& part) noexcept {
    if (!part.is_counted()) return;
    if (dying.nesting >= kNesting) {
      if (!dying.parts) dying.parts = &parts_;
      try {
        dying.parts->push_back(std::move(part));
        return;
      } catch (...) {  // no memory: destroy it here, on the stack
      }
    }
    part.reset();
  }

 private:
  std::vector<Value> parts_;
};

}  // namespace

ListObj::~ListObj() {
  DyingScope scope;
  for (Value& item : items) scope.drop(item);
}
TupleObj::~TupleObj() {
  DyingScope scope;
  for (Value& item : items) scope.drop(item);
}
DictObj::~DictObj() {
  DyingScope scope;
  for (Entry& entry : entries_) {
    scope.drop(entry.key);
    scope.drop(entry.value);
  }
}
Object::~Object() {
  DyingScope scope;
  for (Value& slot : slots) scope.drop(slot);
}
EnumObj::~EnumObj() {
  DyingScope scope;
  scope.drop(value);
}
FutureObj::~FutureObj() {
  DyingScope scope;
  scope.drop(value);
}
RawObject::~RawObject() {
  DyingScope scope;
  scope.drop(args);
  scope.drop(state);
}

Object::Object(Ref<const ClassType> class_type) : type(std::move(class_type)) { slots.resize(type->attributes.size()); }

EnumObj::EnumObj(Ref<const EnumType> enum_type, std::string entry, Value entry_value)
    : type(std::move(enum_type)), name(std::move(entry)), value(std::move(entry_value)) {}

Value make_list(TypePtr element, std::initializer_list<Value> items) {
  auto list = make_ref<ListObj>(std::move(element));
  list->items.assign(items.begin(), items.end());
  return list;
}

Value make_int_list(IntView items) {
  auto list = make_ref<ListObj>(int_type());
  list->items.assign(items.begin(), items.end());
  return list;
}

Value make_tuple_value(std::initializer_list<Value> items) {
  auto tuple = make_ref<TupleObj>();
  tuple->items.assign(items.begin(), items.end());
  return tuple;
}

Value make_dict(TypePtr key, TypePtr value) { return make_ref<DictObj>(std::move(key), std::move(value)); }

// Types of values

namespace {

// Tuples within tuples are the only values whose type grows with their nesting.
TypePtr type_at(const Value& value, uint32_t depth) {
  switch (value.tag()) {
    case Tag::kNone: return none_type();
    case Tag::kBool: return bool_type();
    case Tag::kInt: return int_type();
    case Tag::kFloat: return float_type();
    case Tag::kDevice: return simple_type(TypeKind::kDevice);
    case Tag::kTensor: return tensor_type();
    case Tag::kComplex: return simple_type(TypeKind::kComplex);
    case Tag::kString: return string_type();
    case Tag::kList: return list_of(value.list().element);
    case Tag::kDict: return dict_of(value.dict().key, value.dict().value);
    case Tag::kTuple: {
      const TupleObj& tuple = value.tuple();
      if (tuple.type) return tuple.type;
      if (depth >= Type::kMaxNesting) fail(ErrorCode::kBudget, "a tuple is nested too deeply to name its type");
      std::vector<TypePtr> elements;
      elements.reserve(tuple.items.size());
      for (const Value& item : tuple.items) elements.push_back(type_at(item, depth + 1));
      return tuple_of(std::move(elements));
    }
    case Tag::kObject: return value.object().type;
    case Tag::kEnum: return value.enumeration().type;
    case Tag::kFunction: return simple_type(TypeKind::kFunction);
    case Tag::kFuture: return future_of(value.future().element);
    case Tag::kGenerator: return simple_type(TypeKind::kGenerator);
    case Tag::kCapsule:
    case Tag::kRawObject: return simple_type(TypeKind::kCapsule);
  }
  return simple_type(TypeKind::kUnknown);
}

bool has_type(const Value& value, const Type& type) {
  switch (type.kind()) {
    case TypeKind::kAny:
    case TypeKind::kUnknown:
    case TypeKind::kVar: return true;
    case TypeKind::kTensor: return value.is_tensor();
    case TypeKind::kNone: return value.is_none();
    case TypeKind::kInt: return value.is(Tag::kInt);
    case TypeKind::kFloat: return value.is(Tag::kFloat);
    case TypeKind::kBool: return value.is(Tag::kBool);
    case TypeKind::kComplex: return value.is(Tag::kComplex);
    case TypeKind::kNumber: return value.is(Tag::kInt) || value.is(Tag::kFloat) || value.is(Tag::kComplex);
    case TypeKind::kString: return value.is(Tag::kString);
    case TypeKind::kDevice: return value.is(Tag::kDevice);
    case TypeKind::kGenerator: return value.is(Tag::kGenerator);
    case TypeKind::kStream:
    case TypeKind::kStorage: return false;  // no such values
    case TypeKind::kCapsule:
      return value.is(Tag::kCapsule) || value.is(Tag::kRawObject) ||
             (value.is(Tag::kObject) && value.object().type->opaque);
    case TypeKind::kAnyList: return value.is(Tag::kList);
    case TypeKind::kAnyTuple: return value.is(Tag::kTuple);
    case TypeKind::kAnyClass: return value.is(Tag::kObject);
    case TypeKind::kAnyEnum: return value.is(Tag::kEnum);
    case TypeKind::kOptional: return value.is_none() || has_type(value, *type.element());
    case TypeKind::kUnion:
      for (const TypePtr& member : type.elements())
        if (has_type(value, *member)) return true;
      return false;
    case TypeKind::kList: return value.is(Tag::kList) && equal(*value.list().element, *type.element());
    case TypeKind::kDict:
      return value.is(Tag::kDict) && equal(*value.dict().key, *type.element(0)) &&
             equal(*value.dict().value, *type.element(1));
    case TypeKind::kTuple: {
      if (!value.is(Tag::kTuple)) return false;
      const TupleObj& tuple = value.tuple();
      if (!as_tuple(type).name.empty()) return tuple.type && is_subtype(*tuple.type, type);
      if (tuple.type) return is_subtype(*tuple.type, type);
      if (tuple.items.size() != type.elements().size()) return false;
      for (size_t i = 0; i < tuple.items.size(); ++i)
        if (!has_type(tuple.items[i], *type.element(i))) return false;
      return true;
    }
    case TypeKind::kFuture:
    case TypeKind::kAwait: return value.is(Tag::kFuture) && is_subtype(*value.future().element, *type.element());
    case TypeKind::kRRef:
    case TypeKind::kModuleType: return false;
    case TypeKind::kFunction: return value.is(Tag::kFunction);
    case TypeKind::kClass:
    case TypeKind::kInterface: return value.is(Tag::kObject) && is_subtype(*value.object().type, type);
    case TypeKind::kEnum: return value.is(Tag::kEnum) && is_subtype(*value.enumeration().type, type);
  }
  return false;
}

}  // namespace

TypePtr type_of(const Value& value) { return type_at(value, 0); }
bool value_has_type(const Value& value, const Type& type) { return has_type(value, type); }

// Scalars

Scalar::Scalar(const Value& value) {
  switch (value.tag()) {
    case Tag::kInt: *this = Scalar(value.integer()); return;
    case Tag::kFloat: *this = Scalar(value.floating()); return;
    case Tag::kBool: *this = Scalar(value.boolean()); return;
    case Tag::kComplex: *this = Scalar(value.to_complex()); return;
    default: fail_expected("number", value);
  }
}

double Scalar::to_double() const {
  if (is_integral()) return double(i);
  check(imaginary == 0, "value cannot be converted to type double without overflow");
  return d;
}

int64_t Scalar::to_int() const {
  if (is_integral()) return i;
  // 2^63 itself does not fit; NaN fails both comparisons.
  check(imaginary == 0 && d >= -0x1p63 && d < 0x1p63, "value cannot be converted to type int64_t without overflow");
  return int64_t(d);
}

DType Scalar::dtype() const noexcept {
  switch (kind) {
    case Kind::kInt: return DType::kLong;
    case Kind::kFloat: return DType::kDouble;
    case Kind::kBool: return DType::kBool;
    case Kind::kComplex: return DType::kComplexDouble;
  }
  return DType::kDouble;
}

Value Scalar::to_value() const {
  switch (kind) {
    case Kind::kInt: return i;
    case Kind::kFloat: return d;
    case Kind::kBool: return i != 0;
    case Kind::kComplex: return to_complex();
  }
  return Value();
}

}  // namespace taper::impl
