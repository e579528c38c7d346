#include "ops/convert.h"

#include "ops/kernels/convert_rows.h"

namespace taper::impl {
namespace {

template <class T>
constexpr bool kComplexType = std::is_same_v<T, ComplexHalf> || std::is_same_v<T, ComplexFloat> || std::is_same_v<T, ComplexDouble>;
template <class T>
constexpr bool kFloatType = std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;

// A bool as a tensor holds it: a file may say 2, which is no C++ bool.
struct Flag {
  uint8_t value;
};

// x86's conversions: out of range and NaN give the lowest int of 32 or 64 bits; which of them serves an integer type is
// what PyTorch's builds do. The unsigned types of those widths split at the sign bit.
int64_t truncate64(double x) { return x >= -0x1p63 && x < 0x1p63 ? int64_t(x) : INT64_MIN; }
int32_t truncate32(double x) { return x > -0x1p31 - 1 && x < 0x1p31 ? int32_t(x) : INT32_MIN; }
template <class To>
To truncate(double x) {
  if constexpr (std::is_same_v<To, uint64_t>) return x >= 0x1p63 ? uint64_t(truncate64(x - 0x1p63)) ^ (uint64_t(1) << 63) : uint64_t(truncate64(x));
  else if constexpr (std::is_same_v<To, uint32_t>) return x >= 0x1p31 ? uint32_t(truncate32(x - 0x1p31)) ^ (uint32_t(1) << 31) : uint32_t(truncate32(x));
  else if constexpr (std::is_same_v<To, int64_t> || std::is_same_v<To, uint8_t>) return To(truncate64(x));
  else return To(truncate32(x));
}

template <class To, class From>
To convert(From x) {
  if constexpr (std::is_same_v<To, From>) {
    return x;
  } else if constexpr (std::is_same_v<From, Flag>) {
    return convert<To>(uint8_t(x.value != 0));
  } else if constexpr (std::is_same_v<From, ComplexHalf>) {
    return convert<To>(ComplexFloat(x));
  } else if constexpr (std::is_same_v<To, Flag>) {
    if constexpr (kComplexType<From>) return {x != From()};
    else return {x != 0};
  } else if constexpr (kComplexType<From>) {
    if constexpr (std::is_same_v<To, ComplexHalf>) return ComplexHalf(ComplexFloat(float(x.real()), float(x.imag())));
    else if constexpr (kComplexType<To>) return To(typename To::value_type(x.real()), typename To::value_type(x.imag()));
    else return convert<To>(x.real());
  } else if constexpr (std::is_same_v<To, ComplexHalf>) {
    return ComplexHalf(ComplexFloat(convert<float>(x)));
  } else if constexpr (kComplexType<To>) {
    return To(convert<typename To::value_type>(x));
  } else if constexpr (kFloatType<From> && std::is_integral_v<To>) {
    return truncate<To>(double(x));
  } else if constexpr (std::is_same_v<To, Half> || std::is_same_v<To, BFloat16>) {
    return To(float(x));
  } else {
    return To(x);
  }
}

template <class A, class T>
void load_rows(void* to, const void* from, int64_t rows, int64_t row_step, int64_t n, int64_t step) {
  auto* out = static_cast<A*>(to);
  auto* data = static_cast<const T*>(from);
  for (int64_t r = 0; r < rows; ++r, out += n, data += row_step)
    for (int64_t i = 0; i < n; ++i) out[i] = convert<A>(data[i * step]);
}

template <class A, class T>
void store_rows(void* to, const void* from, int64_t rows, int64_t row_step, int64_t n, int64_t step) {
  auto* data = static_cast<T*>(to);
  auto* in = static_cast<const A*>(from);
  for (int64_t r = 0; r < rows; ++r, in += n, data += row_step)
    for (int64_t i = 0; i < n; ++i) data[i * step] = convert<T>(in[i]);
}

template <class Fn>
MoveRows visit_stored(DType dtype, Fn&& fn) {
  if (dtype == DType::kBool) return fn(Flag());
  return visit_all(dtype, "copy", [&](auto tag) -> MoveRows {
    if constexpr (std::is_same_v<decltype(tag), bool>) return nullptr;
    else return fn(tag);
  });
}

MoveRows find(const ConvertRow* row, ComputeType type, DType dtype) {
  if (!row) return nullptr;
  for (; row->move; ++row)
    if (row->type == type && row->dtype == dtype) break;
  return row->move;
}

}  // namespace

ComputeType compute_type(DType dtype) {
  if (dtype == DType::kFloat) return ComputeType::kFloat;
  if (is_complex(dtype)) return ComputeType::kComplex;
  if (dtype == DType::kDouble) return ComputeType::kDouble;
  if (is_floating(dtype)) return ComputeType::kFloat;
  if (is_integral_or_bool(dtype)) return ComputeType::kInt;
  fail_dtype("elementwise operation", dtype);
}

MoveRows loader(ComputeType type, DType dtype, CpuLevel level) {
  if (MoveRows fast = find(vector_loaders(level), type, dtype)) return fast;
  return visit_compute(type, [&](auto zero) {
    using A = decltype(zero);
    return visit_stored(dtype, [](auto tag) -> MoveRows { return &load_rows<A, decltype(tag)>; });
  });
}

MoveRows storer(ComputeType type, DType dtype, CpuLevel level) {
  if (MoveRows fast = find(vector_storers(level), type, dtype)) return fast;
  return visit_compute(type, [&](auto zero) {
    using A = decltype(zero);
    return visit_stored(dtype, [](auto tag) -> MoveRows { return &store_rows<A, decltype(tag)>; });
  });
}

MoveRows flag_storer(DType dtype) {
  return visit_stored(dtype, [](auto tag) -> MoveRows { return &store_rows<uint8_t, decltype(tag)>; });
}

void conjugate(ComputeType type, void* row, int64_t n) {
  if (type != ComputeType::kComplex) return;
  auto* x = static_cast<ComplexDouble*>(row);
  for (int64_t i = 0; i < n; ++i) x[i] = std::conj(x[i]);
}

void negate(ComputeType type, void* row, int64_t n) {
  visit_compute(type, [&](auto zero) {
    using A = decltype(zero);
    auto* x = static_cast<A*>(row);
    for (int64_t i = 0; i < n; ++i) {
      if constexpr (std::is_same_v<A, int64_t>) x[i] = int64_t(0 - uint64_t(x[i]));
      else x[i] = -x[i];
    }
  });
}

}  // namespace taper::impl
