// Vector loops over rows of floats that convolutions, pooling and normalization share, one copy per CPU level
// (row_math_body.inc).
#pragma once

#include <cstdint>

#include "core/platform/cpu.h"

namespace taper::impl {

struct RowMath {
  // y[i] = start + sum over t of w[t] * in[t][i * stride], for i < n.
  void (*weighted_sum)(float* y, int64_t n, const float* const* in, const float* w, int64_t taps, int64_t stride, float start);
  // y[i] = max(y[i], x[i * stride]); a NaN on either side stays.
  void (*max_into)(float* y, const float* x, int64_t n, int64_t stride);
  // y[i] += x[i * stride]
  void (*add_into)(float* y, const float* x, int64_t n, int64_t stride);
  // y[i] = x[i] * a + b
  void (*scale_shift)(float* y, const float* x, float a, float b, int64_t n);
  // y[i] = (x[i] - center) * a
  void (*center_scale)(float* y, const float* x, float center, float a, int64_t n);
  // y[i] = (x[i] - center) * a * scale[i] + shift[i]
  void (*center_scale_each)(float* y, const float* x, float center, float a, const float* scale, const float* shift, int64_t n);
  // The sum, and the sum of squared distances from `center`. Partial sums are floats over short runs, totals doubles.
  double (*sum)(const float* x, int64_t n);
  double (*sum_of_squares)(const float* x, int64_t n, float center);
  // The largest element, NaN if there is one; n > 0.
  float (*highest)(const float* x, int64_t n);
};

const RowMath& row_math(CpuLevel level);

}  // namespace taper::impl
