// The arithmetic of convolutions on dense arrays: one geometry serves both directions, because a transposed convolution
// is the scatter of what the forward one gathers.
#pragma once

#include "core/context.h"

namespace taper::impl::aten {

// The forward convolution: `in` gathers into `out`. A transposed convolution goes from `out` to `in`.
struct ConvGeometry {
  size_t dims = 0;
  int64_t batch = 0, in_channels = 0, out_channels = 0, groups = 1;
  Dims in, kernel, out, stride, padding, dilation;
  int64_t in_area = 1, kernel_area = 1, out_area = 1;
  DType rounded = DType::kFloat;  // a half type whose transposed convolution adds up in the type itself, as PyTorch's does
};

constexpr size_t kMaxConvDims = 3;

// output[b, o, ...] = bias[o] + sum of weight[o, c, k...] * input[b, c, ... * stride - padding + k * dilation].
// For every type that gemm takes; bias may be null.
template <class T>
void convolve(Context& ctx, const ConvGeometry& g, const T* input, const T* weight, const T* bias, T* output);

// The scatter: input [batch, g.out_channels, out...], weight [g.out_channels, in_channels / groups, kernel...], output
// [batch, g.in_channels, in...].
template <class T>
void convolve_transposed(Context& ctx, const ConvGeometry& g, const T* input, const T* weight, const T* bias, T* output);

}  // namespace taper::impl::aten
