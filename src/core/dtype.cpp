#include "core/dtype.h"

#include "core/error.h"

namespace taper::impl {
namespace {

struct Row {
  DType dtype;
  uint8_t size;
  std::string_view name;
  std::string_view scalar_type;
};
constexpr Row kRows[] = {
    {DType::kByte, 1, "uint8", "Byte"},
    {DType::kChar, 1, "int8", "Char"},
    {DType::kShort, 2, "int16", "Short"},
    {DType::kInt, 4, "int32", "Int"},
    {DType::kLong, 8, "int64", "Long"},
    {DType::kHalf, 2, "float16", "Half"},
    {DType::kFloat, 4, "float32", "Float"},
    {DType::kDouble, 8, "float64", "Double"},
    {DType::kComplexHalf, 4, "complex32", "ComplexHalf"},
    {DType::kComplexFloat, 8, "complex64", "ComplexFloat"},
    {DType::kComplexDouble, 16, "complex128", "ComplexDouble"},
    {DType::kBool, 1, "bool", "Bool"},
    {DType::kQInt8, 1, "qint8", "QInt8"},
    {DType::kQUInt8, 1, "quint8", "QUInt8"},
    {DType::kQInt32, 4, "qint32", "QInt32"},
    {DType::kBFloat16, 2, "bfloat16", "BFloat16"},
    {DType::kQUInt4x2, 1, "quint4x2", "QUInt4x2"},
    {DType::kQUInt2x4, 1, "quint2x4", "QUInt2x4"},
    {DType::kBits1x8, 1, "bits1x8", "Bits1x8"},
    {DType::kBits2x4, 1, "bits2x4", "Bits2x4"},
    {DType::kBits4x2, 1, "bits4x2", "Bits4x2"},
    {DType::kBits8, 1, "bits8", "Bits8"},
    {DType::kBits16, 2, "bits16", "Bits16"},
    {DType::kFloat8E5M2, 1, "float8_e5m2", "Float8_e5m2"},
    {DType::kFloat8E4M3FN, 1, "float8_e4m3fn", "Float8_e4m3fn"},
    {DType::kFloat8E5M2FNUZ, 1, "float8_e5m2fnuz", "Float8_e5m2fnuz"},
    {DType::kFloat8E4M3FNUZ, 1, "float8_e4m3fnuz", "Float8_e4m3fnuz"},
    {DType::kUInt16, 2, "uint16", "UInt16"},
    {DType::kUInt32, 4, "uint32", "UInt32"},
    {DType::kUInt64, 8, "uint64", "UInt64"},
};
constexpr int kCount = int(std::size(kRows));

constexpr bool rows_in_order() {
  for (int i = 0; i < kCount; ++i)
    if (int(kRows[i].dtype) != i) return false;
  return true;
}
static_assert(rows_in_order());

}  // namespace

bool is_valid_dtype(int64_t number) noexcept { return number >= 0 && number < kCount; }

size_t item_size(DType dtype) {
  check(is_valid_dtype(int64_t(dtype)), "unknown dtype number ", int(dtype));
  return kRows[int(dtype)].size;
}

std::string_view dtype_name(DType dtype) noexcept {
  return is_valid_dtype(int64_t(dtype)) ? kRows[int(dtype)].name : std::string_view("undefined");
}

std::string_view scalar_type_name(DType dtype) noexcept {
  return is_valid_dtype(int64_t(dtype)) ? kRows[int(dtype)].scalar_type : std::string_view("Undefined");
}

void fail_dtype(std::string_view op, DType dtype) {
  fail_runtime("\"", op, "\" not implemented for '", scalar_type_name(dtype), "'");
}

float half_to_float(uint16_t bits) noexcept {
  uint32_t sign = uint32_t(bits & 0x8000) << 16;
  uint32_t exponent = (bits >> 10) & 31, mantissa = bits & 0x3ff;
  uint32_t word;
  if (exponent == 31) {
    word = sign | 0x7f800000u | (mantissa << 13);
  } else if (exponent) {
    word = sign | ((exponent + 112) << 23) | (mantissa << 13);
  } else {  // zero or subnormal: mantissa * 2^-24
    float value = float(mantissa) * 0x1p-24f;
    std::memcpy(&word, &value, 4);
    word |= sign;
  }
  float value;
  std::memcpy(&value, &word, 4);
  return value;
}

uint16_t float_to_half(float value) noexcept {
  uint32_t word;
  std::memcpy(&word, &value, 4);
  uint16_t sign = uint16_t((word >> 16) & 0x8000);
  uint32_t magnitude = word & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return sign | 0x7e00;   // NaN
  if (magnitude >= 0x477ff000u) return sign | 0x7c00;  // rounds to infinity
  if (magnitude < 0x38800000u) {                       // subnormal or zero: let the FPU round at 2^-24
    float shifted;
    std::memcpy(&shifted, &magnitude, 4);
    shifted += 0.5f;  // ulp of [0.5, 1) is 2^-24
    uint32_t rounded;
    std::memcpy(&rounded, &shifted, 4);
    return sign | uint16_t(rounded - 0x3f000000u);
  }
  uint32_t odd = (magnitude >> 13) & 1;
  return sign | uint16_t((magnitude - 0x38000000u + 0xfffu + odd) >> 13);
}

namespace {

bool in_range(DType d, DType first, DType last) { return d >= first && d <= last; }

// Refuses the pairs that PyTorch refuses, in its words. uint16, uint32 and uint64 promote with floats only.
void check_promotable(DType a, DType b) {
  auto either = [&](auto test) { return test(a) || test(b); };
  auto name = scalar_type_name;
  if (either(is_quantized))
    fail_runtime(
        "promoteTypes with quantized numbers is not handled yet; figure out what the correct rules should be, "
        "offending types: ",
        name(a), " ", name(b));
  if (either([](DType d) { return in_range(d, DType::kBits1x8, DType::kBits16); }))
    fail_runtime("Promotion from ", name(a), " and ", name(b), " is unsupported.");
  if (either([](DType d) { return in_range(d, DType::kFloat8E5M2, DType::kFloat8E4M3FNUZ); }))
    fail_runtime("Promotion for Float8 Types is not supported, attempted to promote ", name(a), " and ", name(b));
  if (either([](DType d) { return in_range(d, DType::kUInt16, DType::kUInt64); }) && !either(is_floating))
    fail_runtime("Promotion for uint16, uint32, uint64 types is not supported, attempted to promote ", name(a), " and ",
                 name(b));
}

}  // namespace

// Promotion lattice over categories; within a category the wider type, with the exceptions listed in
// torch.promote_types: uint8 with a signed type goes to the next wider signed type, Half with BFloat16 to Float.
DType promote(DType a, DType b) {
  if (a == b) return a;
  if (a == DType::kUndefined) return b;
  if (b == DType::kUndefined) return a;
  check_promotable(a, b);
  if (is_complex(a) || is_complex(b)) {
    DType ra = to_real(a), rb = to_real(b);
    DType real = promote(is_integral_or_bool(ra) ? rb : ra, is_integral_or_bool(rb) ? ra : rb);
    // complex32 with bfloat16 or any float wider than half goes to the complex type of that float's width.
    return real == DType::kBFloat16 ? DType::kComplexFloat : to_complex(real);
  }
  if (is_floating(a) || is_floating(b)) {
    if (!is_floating(a)) return b;
    if (!is_floating(b)) return a;
    if (a == DType::kDouble || b == DType::kDouble) return DType::kDouble;
    return DType::kFloat;  // different, neither double: float with anything, or half with bfloat16
  }
  if (a == DType::kBool) return b;
  if (b == DType::kBool) return a;
  bool sa = is_signed(a), sb = is_signed(b);
  size_t wa = item_size(a), wb = item_size(b);
  if (sa == sb) return wa >= wb ? a : b;
  DType with_sign = sa ? a : b;
  return with_sign == DType::kChar ? DType::kShort : with_sign;
}

bool can_cast(DType from, DType to) noexcept {
  if (is_complex(from) && !is_complex(to)) return false;
  if (is_floating(from) && is_integral_or_bool(to)) return false;
  return to != DType::kBool || from == DType::kBool;
}

DType to_real(DType dtype) noexcept {
  switch (dtype) {
    case DType::kComplexHalf: return DType::kHalf;
    case DType::kComplexFloat: return DType::kFloat;
    case DType::kComplexDouble: return DType::kDouble;
    default: return dtype;
  }
}

DType to_complex(DType dtype) {
  switch (dtype) {
    case DType::kHalf: return DType::kComplexHalf;
    case DType::kBFloat16:
    case DType::kFloat: return DType::kComplexFloat;
    case DType::kDouble: return DType::kComplexDouble;
    default:
      if (is_complex(dtype)) return dtype;
      fail_runtime("Unknown Complex ScalarType for ", scalar_type_name(dtype));
  }
}

}  // namespace taper::impl
