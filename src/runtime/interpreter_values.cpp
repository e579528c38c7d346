#include "runtime/interpreter_values.h"

#include <cmath>
#include <limits>
#include <new>

#include "core/class_type.h"
#include "core/error.h"

namespace taper::impl {

void fail_not(const char* wanted, const Value& value) {
  fail_runtime("expected a value of type ", wanted, " but found ", type_of(value)->annotation());
}

void fail_counted(const Value& value) {
  fail_runtime("found a value of type ", type_of(value)->annotation(), " where the static type is a plain number");
}

void fail_division() { fail_runtime("division by 0"); }
void fail_modulo() { fail_runtime("integer modulo by zero"); }

void fail_dimension(const Tensor& tensor, int64_t dim) {
  check(tensor.dim() > 0, "Dimension specified as ", dim, " but tensor has no dimensions");
  wrap_dim(dim, tensor.dim());
  fail(ErrorCode::kInternal, "a dimension is both in and out of range");
}

void fail_raise(const Value& message, const Value& exception_class) {
  Error error(ErrorCode::kScript, message.is(Tag::kString) ? message.string() : std::string());
  error.set_python_class(exception_class.is(Tag::kString) ? exception_class.string() : "RuntimeError");
  throw error;
}

bool tag_fits(const Value& value, const Type& type) {
  switch (type.kind()) {
    case TypeKind::kTensor: return value.is(Tag::kTensor);
    case TypeKind::kNone: return value.is_none();
    case TypeKind::kInt: return value.is(Tag::kInt);
    case TypeKind::kFloat: return value.is(Tag::kFloat);
    case TypeKind::kBool: return value.is(Tag::kBool);
    case TypeKind::kComplex: return value.is(Tag::kComplex);
    case TypeKind::kNumber: return value.is_scalar();
    case TypeKind::kString: return value.is(Tag::kString);
    case TypeKind::kDevice: return value.is(Tag::kDevice);
    case TypeKind::kGenerator: return value.is(Tag::kGenerator);
    case TypeKind::kAnyList:
    case TypeKind::kList: return value.is(Tag::kList);
    case TypeKind::kDict: return value.is(Tag::kDict);
    case TypeKind::kAnyTuple: return value.is(Tag::kTuple);
    case TypeKind::kTuple: return value.is(Tag::kTuple) && value.tuple().items.size() == type.elements().size();
    case TypeKind::kFuture:
    case TypeKind::kAwait: return value.is(Tag::kFuture);
    case TypeKind::kFunction: return value.is(Tag::kFunction);
    case TypeKind::kClass:
      return (value.is(Tag::kObject) && value.object().type.get() == &type) ||
             (as_class(type).opaque && value.is_counted());
    case TypeKind::kInterface:
    case TypeKind::kAnyClass: return value.is(Tag::kObject);
    case TypeKind::kEnum:
      return value.is(Tag::kEnum) && static_cast<const Type*>(value.enumeration().type.get()) == &type;
    case TypeKind::kAnyEnum: return value.is(Tag::kEnum);
    case TypeKind::kOptional:
      if (value.is_none()) return true;
      [[fallthrough]];
    case TypeKind::kUnion:
      for (const TypePtr& element : type.elements())
        if (tag_fits(value, *element)) return true;
      return false;
    default: return true;
  }
}

void fail_cast(const Value& value, const Type& type) {
  fail_runtime("unchecked_cast to ", type.annotation(), " of a value of type ", type_of(value)->annotation());
}

int64_t float_to_int(double value) noexcept {
  if (value >= -9223372036854775808.0 && value < 9223372036854775808.0) return int64_t(value);
  return std::numeric_limits<int64_t>::min();
}

int64_t floor_divide(int64_t a, int64_t b) {
  if (b == 0) fail_division();
  if (b == -1) return int64_t(0 - uint64_t(a));  // INT64_MIN / -1 traps
  int64_t quotient = a / b;
  return quotient - (quotient * b != a && (a < 0) != (b < 0));
}

int64_t floor_remainder(int64_t a, int64_t b) {
  if (b == 0) fail_modulo();
  if (b == -1) return 0;
  int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

double float_remainder(double a, double b) { return std::fmod(b + std::fmod(a, b), b); }

Value take_operand(Operand operand, Value* registers, const Value* constants) {
  if (operand.is_constant()) return constants[operand.index()];
  if (operand.is_move()) return std::move(registers[operand.index()]);
  return registers[operand.index()];
}

Value new_list(const int32_t* operands, Value* registers, const Value* constants, const Type& type) {
  auto list = make_ref<ListObj>(type.element());
  size_t count = size_t(operands[0]);
  list->items.reserve(count);
  for (size_t i = 1; i <= count; ++i) list->items.push_back(take_operand({operands[i]}, registers, constants));
  return list;
}

Value new_tuple(const int32_t* operands, Value* registers, const Value* constants, const TypePtr& type) {
  auto tuple = make_ref<TupleObj>();
  if (type->is(TypeKind::kTuple) && !as_tuple(*type).name.empty()) tuple->type = Ref<const TupleType>(&as_tuple(*type));
  size_t count = size_t(operands[0]);
  tuple->items.reserve(count);
  for (size_t i = 1; i <= count; ++i) tuple->items.push_back(take_operand({operands[i]}, registers, constants));
  return tuple;
}

Value new_dict(const int32_t* operands, Value* registers, const Value* constants, const Type& type) {
  auto dict = make_ref<DictObj>(type.element(0), type.element(1));
  size_t count = size_t(operands[0]);
  for (size_t i = 1; i + 1 <= count; i += 2) {
    Value key = take_operand({operands[i]}, registers, constants);
    if (!is_hashable(key)) fail_not("a dict's key", key);
    dict->set(key, take_operand({operands[i + 1]}, registers, constants));
  }
  return dict;
}

Value slice_tuple(const Value& tuple, int32_t begin, int32_t end) {
  if (!tuple.is(Tag::kTuple)) fail_not("Tuple", tuple);
  const Vec<Value>& items = tuple.tuple().items;
  auto made = make_ref<TupleObj>();
  int64_t count = int64_t(items.size());
  for (int64_t i = begin; i < end && i >= 0 && i < count; ++i) made->items.push_back(items[size_t(i)]);
  return made;
}

const Value& tuple_item(const Value& tuple, int64_t index) {
  if (!tuple.is(Tag::kTuple)) fail_not("Tuple", tuple);
  const Vec<Value>& items = tuple.tuple().items;
  int64_t count = int64_t(items.size());
  int64_t at = index < 0 ? index + count : index;
  check(at >= 0 && at < count, "Tuple list index out of range");
  return items[size_t(at)];
}

void unpack(const Vec<Value>& items, const int32_t* targets, Value* registers) {
  size_t count = size_t(targets[0]);
  check(items.size() == count, "Expected ", count, " elements in a list but found ", items.size());
  for (size_t i = 0; i < count; ++i) {
    int32_t target = targets[i + 1];
    if (target < 0) continue;
    if (target & 1 && items[i].is_counted()) fail_counted(items[i]);
    new (&registers[target / 2]) Value(items[i]);
  }
}

}  // namespace taper::impl
