// Element types. Numbers are PyTorch's ScalarType values, because archives, scripts and the ABI carry them as ints.
#pragma once

#include <complex>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace taper::impl {

enum class DType : int8_t {
  kByte = 0,
  kChar = 1,
  kShort = 2,
  kInt = 3,
  kLong = 4,
  kHalf = 5,
  kFloat = 6,
  kDouble = 7,
  kComplexHalf = 8,
  kComplexFloat = 9,
  kComplexDouble = 10,
  kBool = 11,
  kQInt8 = 12,
  kQUInt8 = 13,
  kQInt32 = 14,
  kBFloat16 = 15,
  kQUInt4x2 = 16,
  kQUInt2x4 = 17,
  kBits1x8 = 18,
  kBits2x4 = 19,
  kBits4x2 = 20,
  kBits8 = 21,
  kBits16 = 22,
  kFloat8E5M2 = 23,
  kFloat8E4M3FN = 24,
  kFloat8E5M2FNUZ = 25,
  kFloat8E4M3FNUZ = 26,
  kUInt16 = 27,
  kUInt32 = 28,
  kUInt64 = 29,
  kUndefined = -1,
};

// Half and BFloat16 hold bits; arithmetic happens in float. Conversions round to nearest even, as PyTorch's do.
float half_to_float(uint16_t bits) noexcept;
uint16_t float_to_half(float value) noexcept;

struct Half {
  uint16_t bits = 0;
  Half() = default;
  explicit Half(float value) noexcept : bits(float_to_half(value)) {}
  operator float() const noexcept { return half_to_float(bits); }
};

struct BFloat16 {
  uint16_t bits = 0;
  BFloat16() = default;
  explicit BFloat16(float value) noexcept {
    uint32_t word;
    std::memcpy(&word, &value, 4);
    if ((word & 0x7fffffffu) > 0x7f800000u) bits = 0x7fc0;
    else bits = uint16_t((word + 0x7fffu + ((word >> 16) & 1)) >> 16);
  }
  operator float() const noexcept {
    uint32_t word = uint32_t(bits) << 16;
    float value;
    std::memcpy(&value, &word, 4);
    return value;
  }
};

// A half-precision complex number: storage only, arithmetic happens in complex<float>.
struct ComplexHalf {
  Half real, imag;
  ComplexHalf() = default;
  explicit ComplexHalf(std::complex<float> value) noexcept : real(value.real()), imag(value.imag()) {}
  operator std::complex<float>() const noexcept { return {float(real), float(imag)}; }
};

using ComplexFloat = std::complex<float>;
using ComplexDouble = std::complex<double>;

bool is_valid_dtype(int64_t number) noexcept;
size_t item_size(DType dtype);                            // bytes; quantized sub-byte types count as 1
std::string_view dtype_name(DType dtype) noexcept;        // "float32", "int64", "bool": Python's torch.<name>
std::string_view scalar_type_name(DType dtype) noexcept;  // "Float", "Long", "Bool": what c10 prints

inline bool is_floating(DType d) noexcept {
  return d == DType::kHalf || d == DType::kFloat || d == DType::kDouble || d == DType::kBFloat16 ||
         (d >= DType::kFloat8E5M2 && d <= DType::kFloat8E4M3FNUZ);
}
inline bool is_complex(DType d) noexcept { return d >= DType::kComplexHalf && d <= DType::kComplexDouble; }
// Integers without bool.
inline bool is_integral(DType d) noexcept {
  return (d >= DType::kByte && d <= DType::kLong) || (d >= DType::kUInt16 && d <= DType::kUInt64);
}
inline bool is_integral_or_bool(DType d) noexcept { return is_integral(d) || d == DType::kBool; }
inline bool is_quantized(DType d) noexcept {
  return (d >= DType::kQInt8 && d <= DType::kQInt32) || d == DType::kQUInt4x2 || d == DType::kQUInt2x4;
}
inline bool is_reduced_float(DType d) noexcept { return d == DType::kHalf || d == DType::kBFloat16; }
inline bool is_signed(DType d) noexcept {
  return d != DType::kByte && d != DType::kBool && !(d >= DType::kUInt16 && d <= DType::kUInt64);
}

DType promote(DType a, DType b);               // torch.promote_types
bool can_cast(DType from, DType to) noexcept;  // torch.can_cast: complex > floating > integral > bool
DType to_real(DType dtype) noexcept;           // complex64 -> float32, others unchanged
DType to_complex(DType dtype);                 // float32 -> complex64, float16 -> complex32

template <class T>
struct DTypeOf;
#define TAPER_DTYPES(X)            \
  X(uint8_t, kByte)                \
  X(int8_t, kChar)                 \
  X(int16_t, kShort)               \
  X(int32_t, kInt)                 \
  X(int64_t, kLong)                \
  X(Half, kHalf)                   \
  X(float, kFloat)                 \
  X(double, kDouble)               \
  X(ComplexHalf, kComplexHalf)     \
  X(ComplexFloat, kComplexFloat)   \
  X(ComplexDouble, kComplexDouble) \
  X(bool, kBool)                   \
  X(BFloat16, kBFloat16)           \
  X(uint16_t, kUInt16)             \
  X(uint32_t, kUInt32)             \
  X(uint64_t, kUInt64)
#define TAPER_DTYPE_OF(T, K)                 \
  template <>                                \
  struct DTypeOf<T> {                        \
    static constexpr DType value = DType::K; \
  };
TAPER_DTYPES(TAPER_DTYPE_OF)
#undef TAPER_DTYPE_OF
template <class T>
inline constexpr DType dtype_of = DTypeOf<T>::value;

// Throws "\"<op>\" not implemented for '<Type>'", PyTorch's text for a dtype that an operator does not take.
[[noreturn]] void fail_dtype(std::string_view op, DType dtype);

// visit_*(dtype, "op", [&](auto tag) { using T = decltype(tag); ... }): calls with a value of the C++ type.
// Every visit instantiates the lambda once per type: keep the lambda to the inner loop.
// Cases need no semicolons.
// clang-format off
#define TAPER_CASE(T) \
  case dtype_of<T>: return fn(T());

template <class Fn>
decltype(auto) visit_float(DType dtype, std::string_view op, Fn&& fn) {  // float, double
  switch (dtype) {
    TAPER_CASE(float) TAPER_CASE(double)
    default: fail_dtype(op, dtype);
  }
}
template <class Fn>
decltype(auto) visit_floating(DType dtype, std::string_view op, Fn&& fn) {  // float, double, Half, BFloat16
  switch (dtype) {
    TAPER_CASE(float) TAPER_CASE(double) TAPER_CASE(Half) TAPER_CASE(BFloat16)
    default: fail_dtype(op, dtype);
  }
}
template <class Fn>
decltype(auto) visit_complex(DType dtype, std::string_view op, Fn&& fn) {  // complex64, complex128
  switch (dtype) {
    TAPER_CASE(ComplexFloat) TAPER_CASE(ComplexDouble)
    default: fail_dtype(op, dtype);
  }
}
template <class Fn>
decltype(auto) visit_integral(DType dtype, std::string_view op, Fn&& fn) {  // uint8, int8..int64
  switch (dtype) {
    TAPER_CASE(uint8_t) TAPER_CASE(int8_t) TAPER_CASE(int16_t) TAPER_CASE(int32_t) TAPER_CASE(int64_t)
    default: fail_dtype(op, dtype);
  }
}
template <class Fn>
decltype(auto) visit_integral_bool(DType dtype, std::string_view op, Fn&& fn) {
  if (dtype == DType::kBool) return fn(bool());
  return visit_integral(dtype, op, fn);
}
template <class Fn>
decltype(auto) visit_real(DType dtype, std::string_view op, Fn&& fn) {  // integers and floats, no bool, no complex
  switch (dtype) {
    TAPER_CASE(uint8_t) TAPER_CASE(int8_t) TAPER_CASE(int16_t) TAPER_CASE(int32_t) TAPER_CASE(int64_t)
    TAPER_CASE(float) TAPER_CASE(double) TAPER_CASE(Half) TAPER_CASE(BFloat16)
    default: fail_dtype(op, dtype);
  }
}
template <class Fn>
decltype(auto) visit_real_bool(DType dtype, std::string_view op, Fn&& fn) {
  if (dtype == DType::kBool) return fn(bool());
  return visit_real(dtype, op, fn);
}
template <class Fn>
decltype(auto) visit_numeric(DType dtype, std::string_view op, Fn&& fn) {  // real and complex, no bool
  switch (dtype) {
    TAPER_CASE(ComplexFloat) TAPER_CASE(ComplexDouble)
    default: return visit_real(dtype, op, fn);
  }
}
template <class Fn>
decltype(auto) visit_all(DType dtype, std::string_view op, Fn&& fn) {  // everything that converts: every TAPER_DTYPES row
  switch (dtype) {
    TAPER_CASE(bool) TAPER_CASE(ComplexHalf) TAPER_CASE(uint16_t) TAPER_CASE(uint32_t) TAPER_CASE(uint64_t)
    default: return visit_numeric(dtype, op, fn);
  }
}
// By item size alone, for code that moves elements: fn gets uint8_t, uint16_t, uint32_t, uint64_t or ComplexDouble.
template <class Fn>
decltype(auto) visit_size(DType dtype, Fn&& fn) {
  switch (item_size(dtype)) {
    case 1: return fn(uint8_t());
    case 2: return fn(uint16_t());
    case 4: return fn(uint32_t());
    case 8: return fn(uint64_t());
    default: return fn(ComplexDouble());
  }
}
// clang-format on
#undef TAPER_CASE

}  // namespace taper::impl
