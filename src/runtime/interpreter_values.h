// What the interpreter's rarer instructions do with values; apart from the loop so that it stays small.
#pragma once

#include <cassert>
#include <cstring>

#include "runtime/bytecode.h"

namespace taper::impl {

// A register that is about to be written holds nothing counted.
inline Value* dead(Value* target) noexcept {
  assert(!target->is_counted());
  return target;
}

// Without counting: of unboxed values, or into borrowed registers.
inline void copy_bits(Value* to, const Value* from, size_t count) noexcept {
  if (count) std::memcpy(static_cast<void*>(to), static_cast<const void*>(from), count * sizeof(Value));
}

[[noreturn]] void fail_not(const char* wanted, const Value& value);  // a value of another kind than its type says
[[noreturn]] void fail_counted(const Value& value);                  // a counted object where the static type has none
[[noreturn]] void fail_division();
[[noreturn]] void fail_modulo();
[[noreturn]] void fail_dimension(const Tensor& tensor, int64_t dim);
[[noreturn]] void fail_raise(const Value& message, const Value& exception_class);

// Has the value a tag that the type allows? Containers' elements are not looked at.
bool tag_fits(const Value& value, const Type& type);
[[noreturn]] void fail_cast(const Value& value, const Type& type);

int64_t float_to_int(double value) noexcept;
int64_t floor_divide(int64_t a, int64_t b);
int64_t floor_remainder(int64_t a, int64_t b);
double float_remainder(double a, double b);

// Builders take the operands of a list: copies, or the registers' values.
Value take_operand(Operand operand, Value* registers, const Value* constants);
Value new_list(const int32_t* operands, Value* registers, const Value* constants, const Type& type);
Value new_tuple(const int32_t* operands, Value* registers, const Value* constants, const TypePtr& type);
Value new_dict(const int32_t* operands, Value* registers, const Value* constants, const Type& type);
Value slice_tuple(const Value& tuple, int32_t begin, int32_t end);
const Value& tuple_item(const Value& tuple, int64_t index);
void unpack(const Vec<Value>& items, const int32_t* targets, Value* registers);

}  // namespace taper::impl
