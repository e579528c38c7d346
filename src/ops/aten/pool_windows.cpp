#include "ops/aten/pool_windows.h"

#include <algorithm>

namespace taper::impl::aten {
namespace {

constexpr int64_t kLimit = int64_t(1) << 40;  // sums and products of a few parameters do not overflow

int64_t floor_divide(int64_t a, int64_t b) {
  int64_t q = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

int64_t pooled_size(int64_t size, int64_t kernel, int64_t pad, int64_t stride, int64_t dilation, bool ceil) {
  check(stride != 0, "stride should not be zero");
  check(pad >= 0, "pad must be non-negative, but got pad: ", pad);
  for (int64_t x : {size, kernel, pad, stride, dilation}) check(x > -kLimit && x < kLimit, "pooling: a size of ", x, " is too large");
  int64_t reach;
  check(!__builtin_mul_overflow(dilation, kernel - 1, &reach) && reach < kLimit && reach > -kLimit, "pooling: the dilated kernel is too large");
  check(pad <= (reach + 1) / 2, "pad should be at most half of effective kernel size, but got pad=", pad, ", kernel_size=", kernel, " and dilation=", dilation);
  int64_t out = floor_divide(size + 2 * pad - reach - 1 + (ceil ? stride - 1 : 0), stride) + 1;
  // The last window must start inside the input or its left padding.
  if (ceil && (out - 1) * stride >= size + pad) --out;
  return out;
}

std::string named(const char* prefix, const Dims& values, bool dilation = false) {  // "kT: 1 kH: 2 kW: 3"
  const char* letters = values.size() == 3 ? "THW" : "HW";
  std::string text;
  for (size_t d = 0; d < values.size(); ++d) text += cat(d ? " " : "", dilation ? "dilation" : prefix, letters[d], ": ", values[d]);
  return text;
}

std::string joined(int64_t channels, IntView sizes) {  // "3x5x6"
  std::string text = cat(channels);
  for (int64_t s : sizes) text += cat("x", s);
  return text;
}

bool positive(const Dims& values) {
  return std::all_of(values.begin(), values.end(), [](int64_t x) { return x > 0; });
}

}  // namespace

Windows sliding_windows(const Tensor& input, const PoolShape& s, FunctionRef<void()> check_input) {
  IntView sizes = input.sizes(), spatial = sizes.last(s.dims);
  Dims out(s.dims);
  for (size_t d = 0; d < s.dims; ++d) out[d] = pooled_size(spatial[d], s.kernel[d], s.padding[d], s.stride[d], s.dilation[d], s.ceil);
  if (!positive(s.kernel)) fail_runtime("kernel size should be greater than zero, but got ", named("k", s.kernel));
  if (!positive(s.stride)) fail_runtime("stride should be greater than zero, but got ", named("d", s.stride));
  if (!positive(s.dilation)) fail_runtime("dilation should be greater than zero, but got ", named("", s.dilation, true));
  check_input();
  int64_t channels = sizes[sizes.size() - s.dims - 1];
  if (!positive(out))
    fail_runtime("Given input size: (", joined(channels, spatial), "). Calculated output size: (", joined(channels, out), "). Output size is too small");
  Windows w;
  for (size_t d = 0; d < 3; ++d) {
    if (d + s.dims < 3) {
      w.places[d].push_back({0, 1, 1, 1});
      continue;
    }
    size_t k = d + s.dims - 3;
    w.in[d] = spatial[k], w.out[d] = out[k];
    w.places[d].reserve(size_t(out[k]));
    for (int64_t o = 0; o < out[k]; ++o) {
      int64_t start = o * s.stride[k] - s.padding[k], reach = (s.kernel[k] - 1) * s.dilation[k] + 1;
      int64_t size = std::min(start + reach, spatial[k] + s.padding[k]) - start, end = std::min(start + reach, spatial[k]);
      if (start < 0) start += (-start + s.dilation[k] - 1) / s.dilation[k] * s.dilation[k];
      w.places[d].push_back({start, end, s.dilation[k], size});
    }
  }
  return w;
}

Windows adaptive_windows(const Tensor& input, IntView output) {
  IntView spatial = input.sizes().last(output.size());
  Windows w;
  for (size_t d = 0; d < 3; ++d) {
    if (d + output.size() < 3) {
      w.places[d].push_back({0, 1, 1, 1});
      continue;
    }
    size_t k = d + output.size() - 3;
    int64_t in = spatial[k], out = output[k];
    w.in[d] = in, w.out[d] = out;
    checked_numel(output);
    w.places[d].reserve(size_t(out));
    for (int64_t o = 0; o < out; ++o) {
      auto start = int64_t(__int128(o) * in / out), end = int64_t((__int128(o + 1) * in + out - 1) / out);
      w.places[d].push_back({start, end, 1, end - start});
    }
  }
  return w;
}

Dims pooled_sizes(const Tensor& input, const Windows& w, size_t dims) {
  Dims sizes(input.sizes().first(input.sizes().size() - dims));
  for (size_t d = 3 - dims; d < 3; ++d) sizes.push_back(w.out[d]);
  return sizes;
}

}  // namespace taper::impl::aten
