#include "core/dtype.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "core/data_lines.h"
#include "core/error.h"

using namespace taper::impl;

namespace {

constexpr int kDTypes = 30;

float from_bits(uint32_t word) {
  float value;
  std::memcpy(&value, &word, 4);
  return value;
}

// IEEE half from its definition.
double half_value(uint16_t bits) {
  int exponent = (bits >> 10) & 31, mantissa = bits & 0x3ff;
  double magnitude = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  if (exponent == 31) magnitude = mantissa ? std::nan("") : INFINITY;
  return bits & 0x8000 ? -magnitude : magnitude;
}

}  // namespace

TEST_CASE("promotion and casting equal PyTorch's tables", "[dtype]") {
  auto lines = data_lines("dtypes.txt");
  REQUIRE(lines.size() == 2 * kDTypes);
  for (int a = 0; a < kDTypes; ++a) {
    auto cells = split(lines[size_t(a)], " ");
    REQUIRE(cells.size() == kDTypes);
    for (int b = 0; b < kDTypes; ++b) {
      CAPTURE(dtype_name(DType(a)), dtype_name(DType(b)));
      std::string got("-");
      try {
        got = std::to_string(int(promote(DType(a), DType(b))));
      } catch (const Error&) {
        // got stays "-"
      }
      CHECK(got == cells[size_t(b)]);
      CHECK(can_cast(DType(a), DType(b)) == (lines[size_t(kDTypes + a)][size_t(b)] == '1'));
    }
  }
}

TEST_CASE("pairs without a promotion fail with PyTorch's text", "[dtype]") {
  CHECK_THROWS_WITH(
      promote(DType::kUInt16, DType::kByte),
      "Promotion for uint16, uint32, uint64 types is not supported, attempted to promote UInt16 and Byte");
  CHECK_THROWS_WITH(promote(DType::kFloat8E5M2, DType::kFloat),
                    "Promotion for Float8 Types is not supported, attempted to promote Float8_e5m2 and Float");
  CHECK_THROWS_WITH(promote(DType::kBits8, DType::kChar), "Promotion from Bits8 and Char is unsupported.");
  CHECK_THROWS_AS(promote(DType::kQInt8, DType::kByte), Error);
}

TEST_CASE("numbers that are no dtype are refused", "[dtype]") {
  for (int64_t number : {int64_t(-2), int64_t(-1), int64_t(30), int64_t(127), INT64_MAX, INT64_MIN})
    CHECK(!is_valid_dtype(number));
  CHECK_THROWS_AS(item_size(DType(99)), Error);
  CHECK_THROWS_AS(item_size(DType::kUndefined), Error);
  CHECK(dtype_name(DType(99)) == "undefined");
}

TEST_CASE("sizes and categories agree with the C++ types", "[dtype]") {
#define CHECK_ROW(T, K) CHECK(item_size(DType::K) == sizeof(T));
  TAPER_DTYPES(CHECK_ROW)
#undef CHECK_ROW
  for (int i = 0; i < kDTypes; ++i) {
    DType d = DType(i);
    CAPTURE(dtype_name(d));
    int categories = is_floating(d) + is_complex(d) + is_integral_or_bool(d) + is_quantized(d);
    bool bits = d >= DType::kBits1x8 && d <= DType::kBits16;
    CHECK(categories == (bits ? 0 : 1));
  }
  CHECK(to_complex(DType::kHalf) == DType::kComplexHalf);
  CHECK(to_complex(DType::kComplexFloat) == DType::kComplexFloat);
  CHECK_THROWS_AS(to_complex(DType::kLong), Error);
}

TEST_CASE("every half converts to its value and back", "[dtype]") {
  for (uint32_t i = 0; i < 0x10000; ++i) {
    auto bits = uint16_t(i);
    float value = half_to_float(bits);
    double expected = half_value(bits);
    if (std::isnan(expected)) {
      REQUIRE(std::isnan(value));
      REQUIRE(std::isnan(half_to_float(float_to_half(value))));
      continue;
    }
    REQUIRE(double(value) == expected);
    REQUIRE(std::signbit(value) == bool(bits & 0x8000));
    REQUIRE(float_to_half(value) == bits);
  }
}

TEST_CASE("floats between two halves round to the nearest, ties to even", "[dtype]") {
  for (uint16_t low = 0; low < 0x7c00; ++low) {
    uint16_t high = uint16_t(low + 1);
    // Above the largest finite half the tie is with what would be the next one: 65536.
    double next = high == 0x7c00 ? 65536.0 : half_value(high);
    auto middle = float((half_value(low) + next) / 2);  // exact: halves have 11 bits, floats 24
    uint16_t even = low & 1 ? high : low;
    REQUIRE(float_to_half(middle) == even);
    REQUIRE(float_to_half(std::nextafter(middle, 0.f)) == low);
    REQUIRE(float_to_half(std::nextafter(middle, INFINITY)) == high);
    REQUIRE(float_to_half(-middle) == (even | 0x8000));
  }
  CHECK(float_to_half(INFINITY) == 0x7c00);
  CHECK(float_to_half(std::numeric_limits<float>::max()) == 0x7c00);
  CHECK(float_to_half(std::numeric_limits<float>::denorm_min()) == 0);
  CHECK(float_to_half(-0.f) == 0x8000);
}

TEST_CASE("bfloat16 keeps the upper half, rounded to even", "[dtype]") {
  for (uint32_t i = 0; i < 0x10000; ++i) {
    BFloat16 value;
    value.bits = uint16_t(i);
    float wide = value;
    if (std::isnan(wide)) {
      REQUIRE(std::isnan(float(BFloat16(wide))));
      continue;
    }
    REQUIRE(BFloat16(wide).bits == i);
    if ((i & 0x7fff) >= 0x7f80) continue;  // infinity has no neighbour
    uint32_t word = i << 16;
    REQUIRE(BFloat16(from_bits(word + 0x7fff)).bits == i);
    REQUIRE(BFloat16(from_bits(word + 0x8000)).bits == i + (i & 1));
    REQUIRE(BFloat16(from_bits(word + 0x8001)).bits == i + 1);
  }
}

TEST_CASE("visitors call with the dtype's C++ type or fail with PyTorch's text", "[dtype]") {
  auto size = [](auto tag) { return sizeof(tag); };
  CHECK(visit_all(DType::kComplexDouble, "x", size) == 16);
  CHECK(visit_all(DType::kBool, "x", size) == 1);
  CHECK(visit_all(DType::kUInt32, "x", size) == 4);
  CHECK(visit_size(DType::kQInt32, size) == 4);
  CHECK_THROWS_WITH(visit_floating(DType::kLong, "erf", size), "\"erf\" not implemented for 'Long'");
  CHECK_THROWS_AS(visit_real(DType::kBool, "x", size), Error);
  CHECK_THROWS_AS(visit_numeric(DType::kBool, "x", size), Error);
  CHECK_THROWS_AS(visit_all(DType::kQInt8, "x", size), Error);
}
