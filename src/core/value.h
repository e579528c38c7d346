// Value: one TorchScript value in 16 bytes. Ints, floats, bools and devices are unboxed; the rest is a counted object.
//
//   Value v = int64_t(3);  v.to_int();
//   Value l = make_list(int_type(), {1, 2});  l.list().items.push_back(3);   // lists and dicts alias, as in Python
//
// to_x() checks the tag and throws Error(kRuntime); x() assumes it (callers are verified code: the VM and boxing).
#pragma once

#include <complex>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/tensor.h"
#include "core/type.h"

namespace taper::impl {

enum class Tag : uint8_t {
  kNone,
  kBool,
  kInt,
  kFloat,
  kDevice,
  // From here on the payload is a counted object.
  kTensor,
  kComplex,
  kString,
  kList,
  kDict,
  kTuple,
  kObject,
  kEnum,
  kFunction,
  kFuture,
  kGenerator,
  kCapsule,
  kRawObject,
};
inline constexpr Tag kFirstCounted = Tag::kTensor;
std::string_view tag_name(Tag tag) noexcept;

struct StringObj;
struct ListObj;
struct DictObj;
struct TupleObj;
struct Object;
struct EnumObj;
struct FutureObj;
struct ComplexObj;
struct RawObject;
class Function;
class Generator;
class ClassType;
class EnumType;

class Value {
 public:
  Value() noexcept : tag_(Tag::kNone) { payload_.i = 0; }
  Value(std::nullopt_t) noexcept : Value() {}
  Value(bool value) noexcept : tag_(Tag::kBool) {
    payload_.i = 0;
    payload_.b = value;
  }
  Value(int64_t value) noexcept : tag_(Tag::kInt) { payload_.i = value; }
  Value(int value) noexcept : Value(int64_t(value)) {}
  Value(long long value) noexcept : Value(int64_t(value)) {}
  Value(double value) noexcept : tag_(Tag::kFloat) { payload_.d = value; }
  Value(Device device) noexcept : tag_(Tag::kDevice) {
    payload_.i = (int64_t(device.index) << 8) | uint8_t(device.type);
  }
  Value(Tensor tensor) noexcept : tag_(tensor.defined() ? Tag::kTensor : Tag::kNone) {
    payload_.i = 0;
    payload_.p = std::move(tensor).take().detach();
  }
  Value(std::complex<double> value);
  Value(std::string_view text);
  Value(const std::string& text) : Value(std::string_view(text)) {}
  Value(const char* text) : Value(std::string_view(text)) {}
  Value(std::string&& text);
  Value(Ref<StringObj> object) noexcept;
  Value(Ref<ListObj> object) noexcept;
  Value(Ref<DictObj> object) noexcept;
  Value(Ref<TupleObj> object) noexcept;
  Value(Ref<Object> object) noexcept;
  Value(Ref<EnumObj> object) noexcept;
  Value(Ref<FutureObj> object) noexcept;
  Value(Ref<RawObject> object) noexcept;
  Value(Ref<Function> function) noexcept;
  Value(Ref<Generator> generator) noexcept;
  static Value capsule(Ref<RefCounted> object) noexcept { return Value(Tag::kCapsule, object.detach()); }
  // Any other pointer would silently become a bool.
  template <class T>
  Value(T*) = delete;

  Value(const Value& other) noexcept : tag_(other.tag_), payload_(other.payload_) {
    if (is_counted() && payload_.p) payload_.p->retain();
  }
  Value(Value&& other) noexcept : tag_(other.tag_), payload_(other.payload_) {
    other.tag_ = Tag::kNone;
    other.payload_.i = 0;
  }
  Value& operator=(const Value& other) noexcept {
    Value copy(other);
    swap(copy);
    return *this;
  }
  Value& operator=(Value&& other) noexcept {
    Value dead(std::move(other));  // in between, so that assigning to itself keeps the value
    swap(dead);
    return *this;
  }
  ~Value() {
    if (is_counted() && payload_.p) payload_.p->release();
  }
  void swap(Value& other) noexcept {
    std::swap(tag_, other.tag_);
    std::swap(payload_, other.payload_);
  }
  void reset() noexcept { *this = Value(); }

  Tag tag() const noexcept { return tag_; }
  bool is(Tag tag) const noexcept { return tag_ == tag; }
  bool is_none() const noexcept { return tag_ == Tag::kNone; }
  bool is_tensor() const noexcept { return tag_ == Tag::kTensor; }
  bool is_counted() const noexcept { return tag_ >= kFirstCounted; }
  bool is_scalar() const noexcept {
    return tag_ == Tag::kInt || tag_ == Tag::kFloat || tag_ == Tag::kBool || tag_ == Tag::kComplex;
  }

  bool to_bool() const { return expect(Tag::kBool), payload_.b; }
  int64_t to_int() const { return expect(Tag::kInt), payload_.i; }
  double to_float() const { return expect(Tag::kFloat), payload_.d; }
  double to_number() const;  // int, float or bool as double
  Device to_device() const { return expect(Tag::kDevice), device(); }
  Tensor to_tensor() const { return expect(Tag::kTensor), tensor(); }
  std::complex<double> to_complex() const;  // from any scalar
  std::string_view to_string() const;
  ListObj& to_list() const { return expect(Tag::kList), list(); }
  DictObj& to_dict() const { return expect(Tag::kDict), dict(); }
  TupleObj& to_tuple() const { return expect(Tag::kTuple), tuple(); }
  Object& to_object() const { return expect(Tag::kObject), object(); }

  bool boolean() const noexcept { return payload_.b; }
  int64_t integer() const noexcept { return payload_.i; }
  double floating() const noexcept { return payload_.d; }
  Device device() const noexcept { return {DeviceType(int8_t(payload_.i & 0xff)), int16_t(payload_.i >> 8)}; }
  // The tensor without touching its count: Tensor is one pointer, and so is the payload.
  const Tensor& tensor() const noexcept { return payload_.t; }
  const std::string& string() const noexcept;
  ListObj& list() const noexcept { return *reinterpret_cast<ListObj*>(payload_.p); }
  DictObj& dict() const noexcept { return *reinterpret_cast<DictObj*>(payload_.p); }
  TupleObj& tuple() const noexcept { return *reinterpret_cast<TupleObj*>(payload_.p); }
  Object& object() const noexcept { return *reinterpret_cast<Object*>(payload_.p); }
  EnumObj& enumeration() const noexcept { return *reinterpret_cast<EnumObj*>(payload_.p); }
  FutureObj& future() const noexcept { return *reinterpret_cast<FutureObj*>(payload_.p); }
  Function& function() const noexcept { return *reinterpret_cast<Function*>(payload_.p); }
  Generator& generator() const noexcept { return *reinterpret_cast<Generator*>(payload_.p); }
  RawObject& raw_object() const noexcept { return *reinterpret_cast<RawObject*>(payload_.p); }
  RefCounted* pointer() const noexcept { return payload_.p; }

  // Same object, or equal unboxed payload: Python's `is`.
  bool is_same(const Value& other) const noexcept { return tag_ == other.tag_ && payload_.i == other.payload_.i; }

  // Writes for the VM: assigns without a destructor call when the old value is unboxed.
  void set_int(int64_t value) noexcept {
    if (is_counted()) [[unlikely]]
      reset();
    tag_ = Tag::kInt;
    payload_.i = value;
  }
  void set_float(double value) noexcept {
    if (is_counted()) [[unlikely]]
      reset();
    tag_ = Tag::kFloat;
    payload_.d = value;
  }
  void set_bool(bool value) noexcept {
    if (is_counted()) [[unlikely]]
      reset();
    tag_ = Tag::kBool;
    payload_.i = 0;
    payload_.b = value;
  }

 private:
  Value(Tag tag, RefCounted* object) noexcept : tag_(tag) {
    payload_.i = 0;
    payload_.p = object;
  }
  void expect(Tag tag) const {
    if (tag_ != tag) [[unlikely]]
      fail_tag(tag);
  }
  [[noreturn]] void fail_tag(Tag wanted) const;

  Tag tag_;
  // Counting is Value's business: the union's t is a Tensor that is never constructed or destroyed by itself.
  union Payload {
    bool b;
    int64_t i;
    double d;
    RefCounted* p;
    Tensor t;
    Payload() noexcept : i(0) {}
    Payload(const Payload& other) noexcept : i(other.i) {}
    Payload& operator=(const Payload& other) noexcept {
      i = other.i;
      return *this;
    }
    ~Payload() {}
  } payload_;
};
static_assert(sizeof(Value) == 16 && sizeof(Tensor) == sizeof(void*));

// Python's str, bytes as they are.
struct StringObj final : RefCounted {
  explicit StringObj(std::string s) : text(std::move(s)) {}
  std::string text;
};

struct ComplexObj final : RefCounted {
  explicit ComplexObj(std::complex<double> v) : value(v) {}
  std::complex<double> value;
};

struct ListObj final : RefCounted {
  explicit ListObj(TypePtr element_type) : element(std::move(element_type)) {}
  ~ListObj() override;
  TypePtr element;
  Vec<Value> items;
};

// Insertion-ordered, as Python's. Keys: str, int, float, bool, complex, Device, Tensor (by identity), Enum.
struct DictObj final : RefCounted {
  DictObj(TypePtr key_type, TypePtr value_type) : key(std::move(key_type)), value(std::move(value_type)) {}
  ~DictObj() override;
  struct Entry {
    Value key, value;
  };
  TypePtr key, value;

  const Vec<Entry>& entries() const noexcept { return entries_; }
  Vec<Entry>& entries_mutable() noexcept { return entries_; }  // values may be changed, keys not
  size_t size() const noexcept { return entries_.size(); }
  Value* find(const Value& key) noexcept;
  void set(const Value& key, Value value);  // keeps the place of an existing key
  bool erase(const Value& key);
  void clear() noexcept;

 private:
  size_t slot_of(const Value& key) const noexcept;
  void rehash(size_t slots);
  Vec<Entry> entries_;
  Vec<int32_t> index_;  // open addressing over entries_; -1 free; empty while the dict is small
};

struct TupleObj final : RefCounted {
  TupleObj() = default;
  ~TupleObj() override;
  Ref<const TupleType> type;  // null unless it is a NamedTuple
  Vec<Value> items;
};

// An instance of a script or module class.
struct Object final : RefCounted {
  explicit Object(Ref<const ClassType> class_type);
  ~Object() override;
  Ref<const ClassType> type;
  Vec<Value> slots;
};

struct EnumObj final : RefCounted {
  EnumObj(Ref<const EnumType> enum_type, std::string entry, Value entry_value);
  ~EnumObj() override;
  Ref<const EnumType> type;
  std::string name;
  Value value;
};

// fork may run inline: a future is done when it is seen. A failed one rethrows `error` at wait.
struct FutureObj final : RefCounted {
  explicit FutureObj(TypePtr element_type) : element(std::move(element_type)) {}
  ~FutureObj() override;
  TypePtr element;
  Value value;
  std::exception_ptr error;
};

// What a pickle says of an object whose class is known by name only; the runtime resolves it against the code.
// args: the NEWOBJ/REDUCE arguments (an enum's value); state: what BUILD gave, None if nothing.
struct RawObject final : RefCounted {
  RawObject() = default;
  ~RawObject() override;
  std::string class_name;  // "__torch__.m.Net"
  Value args;
  Value state;
  bool reduced = false;  // made by REDUCE (an enum), not NEWOBJ
};

Value make_list(TypePtr element, std::initializer_list<Value> items = {});
Value make_int_list(IntView items);
Value make_tuple_value(std::initializer_list<Value> items);
Value make_dict(TypePtr key, TypePtr value);

bool is_hashable(const Value& value) noexcept;
size_t hash_key(const Value& value) noexcept;
bool keys_equal(const Value& a, const Value& b) noexcept;

// The dynamic type: element types of containers are the recorded ones.
TypePtr type_of(const Value& value);
// Does the value belong to the type (isinstance at run time)?
bool value_has_type(const Value& value, const Type& type);

// A deep copy that keeps aliases between parts, tensors and containers (copy.deepcopy). Strings, enums, functions,
// generators and capsules are shared. kShare gives tensors handles of their own on the same bytes, copied at the first
// write (Storage::share): what a clone of an instance needs.
enum class StorageCopy { kCopy, kShare };
Value deep_copy(const Value& value, StorageCopy storages = StorageCopy::kCopy);

// A number as TorchScript's Scalar argument sees it.
struct Scalar {
  enum class Kind : uint8_t { kInt, kFloat, kBool, kComplex } kind = Kind::kInt;
  int64_t i = 0;
  double d = 0;  // value, or real part
  double imaginary = 0;

  Scalar() = default;
  Scalar(int64_t v) : kind(Kind::kInt), i(v), d(double(v)) {}
  Scalar(int v) : Scalar(int64_t(v)) {}
  Scalar(double v) : kind(Kind::kFloat), i(0), d(v) {}
  Scalar(bool v) : kind(Kind::kBool), i(v), d(v) {}
  Scalar(std::complex<double> v) : kind(Kind::kComplex), d(v.real()), imaginary(v.imag()) {}
  explicit Scalar(const Value& value);  // throws when it is no number

  bool is_integral() const noexcept { return kind == Kind::kInt || kind == Kind::kBool; }
  bool is_int() const noexcept { return kind == Kind::kInt; }
  bool is_bool() const noexcept { return kind == Kind::kBool; }
  bool is_float() const noexcept { return kind == Kind::kFloat; }
  bool is_complex() const noexcept { return kind == Kind::kComplex; }
  double to_double() const;  // throws on a complex with an imaginary part
  int64_t to_int() const;    // truncates; throws when it does not fit
  bool to_bool() const noexcept { return is_integral() ? i != 0 : d != 0 || imaginary != 0; }
  std::complex<double> to_complex() const noexcept { return {d, imaginary}; }
  DType dtype() const noexcept;  // Long, Double, Bool or ComplexDouble
  Value to_value() const;

  // The value in an element type, converted as PyTorch converts scalars (ints wrap, floats round).
  template <class T>
  T to() const {
    if constexpr (std::is_same_v<T, bool>) return to_bool();
    else if constexpr (std::is_same_v<T, ComplexFloat>) return ComplexFloat(float(d), float(imaginary));
    else if constexpr (std::is_same_v<T, ComplexDouble>) return to_complex();
    else if constexpr (std::is_same_v<T, ComplexHalf>) return ComplexHalf(ComplexFloat(float(d), float(imaginary)));
    else if constexpr (std::is_integral_v<T>) return is_integral() ? T(i) : T(to_int());
    else return T(is_integral() ? double(i) : d);
  }
};

}  // namespace taper::impl
