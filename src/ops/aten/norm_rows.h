// Rows of numbers for the normalizations: vector loops for float, plain ones for double.
#pragma once

#include <cmath>

#include "core/context.h"
#include "ops/aten/copy.h"
#include "ops/kernels/row_math.h"

namespace taper::impl::aten {

// What normalization of a dtype computes in.
inline DType wide_float(DType dtype) noexcept { return dtype == DType::kDouble ? DType::kDouble : DType::kFloat; }

// The tensor dense and wide; undefined stays undefined.
inline Tensor widened(Context& ctx, const Tensor& t, DType wide) { return t.defined() ? contiguous(ctx, to_dtype(ctx, t, wide)) : t; }

template <class T>
struct NormRows;

template <>
struct NormRows<float> {
  const RowMath& math;
  explicit NormRows(const Context& ctx) : math(row_math(ctx.cpu_level)) {}
  double sum(const float* x, int64_t n) const { return math.sum(x, n); }
  double sum_of_squares(const float* x, int64_t n, float center) const { return math.sum_of_squares(x, n, center); }
  void scale_shift(float* y, const float* x, float a, float b, int64_t n) const { math.scale_shift(y, x, a, b, n); }
  void center_scale(float* y, const float* x, float center, float a, int64_t n) const { math.center_scale(y, x, center, a, n); }
  void center_scale_each(float* y, const float* x, float center, float a, const float* scale, const float* shift, int64_t n) const {
    math.center_scale_each(y, x, center, a, scale, shift, n);
  }
};

template <>
struct NormRows<double> {
  explicit NormRows(const Context&) {}
  double sum(const double* x, int64_t n) const {
    double total = 0;
    for (int64_t i = 0; i < n; ++i) total += x[i];
    return total;
  }
  double sum_of_squares(const double* x, int64_t n, double center) const {
    double total = 0;
    for (int64_t i = 0; i < n; ++i) total += (x[i] - center) * (x[i] - center);
    return total;
  }
  void scale_shift(double* y, const double* x, double a, double b, int64_t n) const {
    for (int64_t i = 0; i < n; ++i) y[i] = x[i] * a + b;
  }
  void center_scale(double* y, const double* x, double center, double a, int64_t n) const {
    for (int64_t i = 0; i < n; ++i) y[i] = (x[i] - center) * a;
  }
  void center_scale_each(double* y, const double* x, double center, double a, const double* scale, const double* shift, int64_t n) const {
    for (int64_t i = 0; i < n; ++i) y[i] = (x[i] - center) * a * scale[i] + shift[i];
  }
};

// As half types keep it.
inline double rounded_to(double x, DType dtype) {
  if (dtype == DType::kHalf) return float(Half(float(x)));
  if (dtype == DType::kBFloat16) return float(BFloat16(float(x)));
  return dtype == DType::kFloat ? double(float(x)) : x;
}

// An element of a float or double tensor's dense data.
inline void put_real(const Tensor& t, int64_t i, double value) {
  if (t.dtype() == DType::kDouble) static_cast<double*>(t.mutable_data())[i] = value;
  else static_cast<float*>(t.mutable_data())[i] = float(value);
}

}  // namespace taper::impl::aten
