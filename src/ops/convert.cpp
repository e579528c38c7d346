#include "ops/convert.h"

namespace taper::impl {
namespace {

template <class T>
constexpr bool kComplexType = std::is_same_v<T, ComplexHalf> || std::is_same_v<T, ComplexFloat> || std::is_same_v<T, ComplexDouble>;
template <class T>
constexpr bool kFloatType = std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;

// x86's conversion: out of range and NaN give the lowest int.
int64_t truncate(double x) { return x >= -0x1p63 && x < 0x1p63 ? int64_t(x) : INT64_MIN; }

template <class To, class From>
To convert(From x) {
  if constexpr (std::is_same_v<To, From>) {
    return x;
  } else if constexpr (std::is_same_v<From, ComplexHalf>) {
    return convert<To>(ComplexFloat(x));
  } else if constexpr (kComplexType<From>) {
    if constexpr (std::is_same_v<To, ComplexHalf>) return ComplexHalf(ComplexFloat(float(x.real()), float(x.imag())));
    else if constexpr (kComplexType<To>) return To(typename To::value_type(x.real()), typename To::value_type(x.imag()));
    else if constexpr (std::is_same_v<To, bool>) return x != From();
    else return convert<To>(x.real());
  } else if constexpr (std::is_same_v<To, ComplexHalf>) {
    return ComplexHalf(ComplexFloat(convert<float>(x)));
  } else if constexpr (kComplexType<To>) {
    return To(convert<typename To::value_type>(x));
  } else if constexpr (std::is_same_v<To, bool>) {
    if constexpr (kFloatType<From>) return double(x) != 0;
    else return x != 0;
  } else if constexpr (kFloatType<From> && std::is_integral_v<To>) {
    return To(truncate(double(x)));
  } else if constexpr (std::is_same_v<To, Half> || std::is_same_v<To, BFloat16>) {
    return To(float(x));
  } else {
    return To(x);
  }
}

template <class A, class T>
void load_row(A* out, const T* data, int64_t step, int64_t n) {
  if (step == 1)
    for (int64_t i = 0; i < n; ++i) out[i] = convert<A>(data[i]);
  else
    for (int64_t i = 0; i < n; ++i) out[i] = convert<A>(data[i * step]);
}

template <class A, class T>
void store_row(const A* in, T* data, int64_t step, int64_t n) {
  if (step == 1)
    for (int64_t i = 0; i < n; ++i) data[i] = convert<T>(in[i]);
  else
    for (int64_t i = 0; i < n; ++i) data[i * step] = convert<T>(in[i]);
}

}  // namespace

ComputeType compute_type(DType dtype) {
  if (is_complex(dtype)) return ComputeType::kComplex;
  if (dtype == DType::kDouble) return ComputeType::kDouble;
  if (is_floating(dtype)) return ComputeType::kFloat;
  if (is_integral_or_bool(dtype)) return ComputeType::kInt;
  fail_dtype("elementwise operation", dtype);
}

size_t compute_size(ComputeType type) noexcept {
  return type == ComputeType::kFloat ? 4 : type == ComputeType::kComplex ? 16 : 8;
}

bool is_direct(DType dtype, ComputeType type) noexcept {
  switch (type) {
    case ComputeType::kFloat: return dtype == DType::kFloat;
    case ComputeType::kDouble: return dtype == DType::kDouble;
    case ComputeType::kInt: return dtype == DType::kLong;
    default: return dtype == DType::kComplexDouble;
  }
}

void load_elements(ComputeType type, void* out, DType dtype, const void* data, int64_t step, int64_t n, bool conj, bool neg) {
  visit_compute(type, [&](auto zero) {
    using A = decltype(zero);
    auto* to = static_cast<A*>(out);
    visit_all(dtype, "copy", [&](auto tag) { load_row(to, static_cast<const decltype(tag)*>(data), step, n); });
    if constexpr (std::is_same_v<A, ComplexDouble>) {
      if (conj)
        for (int64_t i = 0; i < n; ++i) to[i] = std::conj(to[i]);
    }
    if (neg)
      for (int64_t i = 0; i < n; ++i) to[i] = -to[i];
  });
}

void store_elements(ComputeType type, const void* in, DType dtype, void* data, int64_t step, int64_t n) {
  visit_compute(type, [&](auto zero) {
    using A = decltype(zero);
    visit_all(dtype, "copy", [&](auto tag) { store_row(static_cast<const A*>(in), static_cast<decltype(tag)*>(data), step, n); });
  });
}

}  // namespace taper::impl
