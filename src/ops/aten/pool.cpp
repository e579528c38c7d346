// Pooling over one to three spatial dimensions: max, average and their adaptive forms.
#include <algorithm>
#include <cmath>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

// Windows along each of `dims` spatial dimensions: output place o covers input [start, end) by steps.
struct Window {
  int64_t start, end, step;
};
struct Windows {
  size_t dims;
  Dims in, out;
  Vec<Window> places[3];
  int64_t in_area = 1, out_area = 1;
};

Dims spread(IntView list, size_t dims, const char* name, IntView otherwise = {}) {
  if (list.empty() && !otherwise.empty()) list = otherwise;
  check(list.size() == 1 || list.size() == dims, name, " must either be a single int, or a tuple of ", dims, " ints, got ", list);
  Dims out(list);
  while (out.size() < dims) out.push_back(list[0]);
  return out;
}

int64_t pooled_size(int64_t size, int64_t kernel, int64_t pad, int64_t stride, int64_t dilation, bool ceil) {
  check(kernel > 0, "kernel size should be greater than zero, but got ", kernel);
  check(stride > 0, "stride should not be zero");
  check(dilation > 0, "dilation should be greater than zero, but got ", dilation);
  check(pad >= 0, "pad must be non-negative, but got pad: ", pad);
  constexpr int64_t kLimit = int64_t(1) << 40;
  check(kernel < kLimit && stride < kLimit && dilation < kLimit && pad < kLimit && size < kLimit, "pooling: sizes are too large");
  double reach = double(dilation) * double(kernel - 1) + 1;
  check(reach < double(kLimit), "pooling: sizes are too large");
  check(double(pad) <= reach / 2, "pad should be at most half of effective kernel size, but got pad=", pad, ", kernel_size=", kernel, " and dilation=", dilation);
  int64_t room = size + 2 * pad - (dilation * (kernel - 1) + 1) + (ceil ? stride - 1 : 0);
  int64_t out = (room >= 0 ? room / stride : -((-room + stride - 1) / stride)) + 1;
  // The last window must start inside the input or its left padding.
  if (ceil && (out - 1) * stride >= size + pad) --out;
  return out;
}

// [batch..., channel, spatial...] as planes of the last `dims` dimensions.
Tensor planes_of(Context& ctx, const Tensor& self, size_t dims, const char* name) {
  auto rank = size_t(self.dim());
  check(rank == dims + 1 || rank == dims + 2, name, ": Expected ", dims + 1, "D or ", dims + 2, "D input tensor, but got input with sizes: ", self.sizes());
  for (size_t d = rank - dims; d < rank; ++d)
    check(self.sizes()[d] > 0, name, ": Expected input to have non-zero size for non-batch dimensions, but got input of size ", self.sizes());
  return contiguous(ctx, self);
}

void finish(Windows& w) {
  for (size_t d = 0; d < w.dims; ++d) {
    w.in_area *= w.in[d];
    w.out_area *= w.out[d];
  }
}

Windows sliding(const Tensor& self, size_t dims, IntView kernel, IntView stride, IntView pad, IntView dilation, bool ceil, const char* name) {
  Windows w;
  w.dims = dims;
  w.in = Dims(self.sizes().last(dims));
  for (size_t d = 0; d < dims; ++d) {
    int64_t out = pooled_size(w.in[d], kernel[d], pad[d], stride[d], dilation[d], ceil);
    check(out >= 1, "Given input size: ", self.sizes(), ". Calculated output size is too small in ", name);
    w.out.push_back(out);
    for (int64_t o = 0; o < out; ++o) {
      int64_t start = o * stride[d] - pad[d], end = std::min(start + (kernel[d] - 1) * dilation[d] + 1, w.in[d]);
      while (start < 0) start += dilation[d];
      w.places[d].push_back({start, end, dilation[d]});
    }
  }
  finish(w);
  return w;
}

Windows adaptive(const Tensor& self, size_t dims, IntView output) {
  Windows w;
  w.dims = dims;
  w.in = Dims(self.sizes().last(dims));
  for (size_t d = 0; d < dims; ++d) {
    int64_t out = output[d];
    check(out >= 0, "elements of output_size must be greater than or equal to 0 but received ", output);
    w.out.push_back(out);
    for (int64_t o = 0; o < out; ++o) w.places[d].push_back({o * w.in[d] / out, ((o + 1) * w.in[d] + out - 1) / out, 1});
  }
  finish(w);
  return w;
}

Dims result_sizes(const Tensor& self, const Windows& w) {
  Dims sizes(self.sizes().first(self.sizes().size() - w.dims));
  for (int64_t s : w.out) sizes.push_back(s);
  return sizes;
}

// fn(place, window per dimension) for every output place of a plane; missing dimensions are one window of one element.
template <class Fn>
void for_places(const Windows& w, Fn&& fn) {
  Window one{0, 1, 1};
  int64_t place = 0, n0 = w.dims > 2 ? w.out[w.dims - 3] : 1, n1 = w.dims > 1 ? w.out[w.dims - 2] : 1, n2 = w.out[w.dims - 1];
  for (int64_t i = 0; i < n0; ++i)
    for (int64_t j = 0; j < n1; ++j)
      for (int64_t k = 0; k < n2; ++k)
        fn(place++, w.dims > 2 ? w.places[w.dims - 3][size_t(i)] : one, w.dims > 1 ? w.places[w.dims - 2][size_t(j)] : one, w.places[w.dims - 1][size_t(k)]);
}

std::tuple<Tensor, Tensor> max_over(Context& ctx, const Tensor& self, const Windows& w, bool want_indices, const char* name) {
  Dims sizes = result_sizes(self, w);
  Tensor out = make_tensor(sizes, self.dtype()), indices = want_indices ? make_tensor(sizes, DType::kLong) : Tensor();
  if (out.numel() == 0) return {out, indices};
  int64_t planes = out.numel() / w.out_area, width = w.in[w.dims - 1], height = w.dims > 1 ? w.in[w.dims - 2] : 1;
  auto* places = want_indices ? indices.mutable_data<int64_t>() : nullptr;
  visit_real(self.dtype(), name, [&](auto tag) {
    using T = decltype(tag);
    const T* data = self.data<T>();
    T* to = out.mutable_data<T>();
    ctx.parallel_for(planes, std::max<int64_t>(1, 8192 / w.out_area), [&](int64_t begin, int64_t end) {
      for (int64_t p = begin; p < end; ++p) {
        const T* plane = data + p * w.in_area;
        for_places(w, [&](int64_t place, const Window& a, const Window& b, const Window& c) {
          int64_t best = (a.start * height + b.start) * width + c.start;
          T high = plane[best];
          for (int64_t x = a.start; x < a.end; x += a.step)
            for (int64_t y = b.start; y < b.end; y += b.step)
              for (int64_t z = c.start; z < c.end; z += c.step) {
                int64_t at = (x * height + y) * width + z;
                T v = plane[at];
                if (v > high || v != v) {
                  high = v;
                  best = at;
                }
              }
          to[p * w.out_area + place] = high;
          if (places) places[p * w.out_area + place] = best;
        });
      }
    });
  });
  return {out, indices};
}

// The divisor is the override, or the window with or without its padding.
Tensor average_over(Context& ctx, const Tensor& self, const Windows& w, FunctionRef<int64_t(const Window&, const Window&, const Window&, int64_t)> divisor,
                    const char* name) {
  Tensor out = make_tensor(result_sizes(self, w), self.dtype());
  if (out.numel() == 0) return out;
  int64_t planes = out.numel() / w.out_area, width = w.in[w.dims - 1], height = w.dims > 1 ? w.in[w.dims - 2] : 1;
  Vec<int64_t> divisors;
  for_places(w, [&](int64_t place, const Window& a, const Window& b, const Window& c) { divisors.push_back(divisor(a, b, c, place)); });
  visit_real(self.dtype(), name, [&](auto tag) {
    using T = decltype(tag);
    using A = std::conditional_t<std::is_same_v<T, double>, double, std::conditional_t<std::is_integral_v<T>, int64_t, float>>;
    const T* data = self.data<T>();
    T* to = out.mutable_data<T>();
    ctx.parallel_for(planes, std::max<int64_t>(1, 8192 / w.out_area), [&](int64_t begin, int64_t end) {
      for (int64_t p = begin; p < end; ++p) {
        const T* plane = data + p * w.in_area;
        for_places(w, [&](int64_t place, const Window& a, const Window& b, const Window& c) {
          A total = 0;
          for (int64_t x = a.start; x < a.end; ++x)
            for (int64_t y = b.start; y < b.end; ++y) {
              const T* line = plane + (x * height + y) * width;
              for (int64_t z = c.start; z < c.end; ++z) total += A(line[z]);
            }
          to[p * w.out_area + place] = T(total / A(divisors[size_t(place)]));
        });
      }
    });
  });
  return out;
}

template <size_t N>
std::tuple<Tensor, Tensor> max_pool_impl(Context& ctx, const Tensor& self, IntView kernel_in, IntView stride_in, IntView padding_in, IntView dilation_in, bool ceil,
                                         bool want_indices) {
  const char* name = N == 1 ? "max_pool1d" : N == 2 ? "max_pool2d" : "max_pool3d";
  Dims kernel = spread(kernel_in, N, "kernel_size"), stride = spread(stride_in, N, "stride", kernel_in), padding = spread(padding_in, N, "padding"),
       dilation = spread(dilation_in, N, "dilation");
  Tensor x = planes_of(ctx, self, N, name);
  Windows w = sliding(x, N, kernel, stride, padding, dilation, ceil, name);
  auto [out, indices] = max_over(ctx, x, w, want_indices, name);
  if (N == 2 && self.dim() == 4 && !self.is_contiguous() && self.is_contiguous(MemoryFormat::kChannelsLast)) {
    out = clone(ctx, out, MemoryFormat::kChannelsLast);
    if (want_indices) indices = clone(ctx, indices, MemoryFormat::kChannelsLast);
  }
  return {out, indices};
}
template <size_t N>
Tensor max_pool(Context& ctx, const Tensor& self, IntView kernel, IntView stride, IntView padding, IntView dilation, bool ceil) {
  return std::get<0>(max_pool_impl<N>(ctx, self, kernel, stride, padding, dilation, ceil, false));
}
template <size_t N>
std::tuple<Tensor, Tensor> max_pool_with_indices(Context& ctx, const Tensor& self, IntView kernel, IntView stride, IntView padding, IntView dilation, bool ceil) {
  return max_pool_impl<N>(ctx, self, kernel, stride, padding, dilation, ceil, true);
}

template <size_t N>
Tensor avg_pool(Context& ctx, const Tensor& self, IntView kernel_in, IntView stride_in, IntView padding_in, bool ceil, bool count_include_pad,
                std::optional<int64_t> override_divisor) {
  const char* name = N == 1 ? "avg_pool1d" : N == 2 ? "avg_pool2d" : "avg_pool3d";
  Dims kernel = spread(kernel_in, N, "kernel_size"), stride = spread(stride_in, N, "stride", kernel_in), padding = spread(padding_in, N, "padding"), one(N, 1);
  check(!override_divisor || *override_divisor != 0, "divisor must be not zero");
  Tensor x = planes_of(ctx, self, N, name);
  Windows w = sliding(x, N, kernel, stride, padding, one, ceil, name);
  Tensor out = average_over(ctx, x, w, [&](const Window& a, const Window& b, const Window& c, int64_t place) -> int64_t {
    if (override_divisor) return *override_divisor;
    if (!count_include_pad) return (a.end - a.start) * (b.end - b.start) * (c.end - c.start);
    // The window including the padding that it covers, up to the padded end.
    int64_t n = 1;
    for (size_t d = N; d-- > 0;) {
      int64_t o = place % w.out[d];
      place /= w.out[d];
      int64_t start = o * stride[d] - padding[d];
      n *= std::min(start + kernel[d], w.in[d] + padding[d]) - start;
    }
    return n;
  }, name);
  if (N == 2 && self.dim() == 4 && !self.is_contiguous() && self.is_contiguous(MemoryFormat::kChannelsLast)) out = clone(ctx, out, MemoryFormat::kChannelsLast);
  return out;
}
Tensor avg_pool1d(Context& ctx, const Tensor& self, IntView kernel, IntView stride, IntView padding, bool ceil, bool count_include_pad) {
  return avg_pool<1>(ctx, self, kernel, stride, padding, ceil, count_include_pad, std::nullopt);
}

template <size_t N>
Tensor adaptive_avg_pool(Context& ctx, const Tensor& self, IntView output_in) {
  Dims output = spread(output_in, N, "output_size");
  Tensor x = planes_of(ctx, self, N, "adaptive_avg_pool");
  Tensor out = average_over(ctx, x, adaptive(x, N, output),
                      [](const Window& a, const Window& b, const Window& c, int64_t) { return (a.end - a.start) * (b.end - b.start) * (c.end - c.start); },
                      "adaptive_avg_pool");
  if (N == 2 && self.dim() == 4 && !self.is_contiguous() && self.is_contiguous(MemoryFormat::kChannelsLast)) out = clone(ctx, out, MemoryFormat::kChannelsLast);
  return out;
}
template <size_t N>
std::tuple<Tensor, Tensor> adaptive_max_pool(Context& ctx, const Tensor& self, IntView output_in) {
  Dims output = spread(output_in, N, "output_size");
  Tensor x = planes_of(ctx, self, N, "adaptive_max_pool");
  return max_over(ctx, x, adaptive(x, N, output), true, "adaptive_max_pool");
}

constexpr OpDef kRows[] = {
    op("aten::max_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], int[1] dilation=[1], bool ceil_mode=False) -> Tensor",
       TAPER_OP(max_pool<1>), kPure),
    op("aten::max_pool1d_with_indices(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], int[1] dilation=[1], bool ceil_mode=False) -> "
       "(Tensor, Tensor)", TAPER_OP(max_pool_with_indices<1>), kPure),
    op("aten::max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> Tensor",
       TAPER_OP(max_pool<2>), kPure),
    op("aten::max_pool2d_with_indices(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> (Tensor, "
       "Tensor)", TAPER_OP(max_pool_with_indices<2>), kPure),
    op("aten::max_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> Tensor",
       TAPER_OP(max_pool<3>), kPure),
    op("aten::max_pool3d_with_indices(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> (Tensor, "
       "Tensor)", TAPER_OP(max_pool_with_indices<3>), kPure),
    op("aten::avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], bool ceil_mode=False, bool count_include_pad=True) -> Tensor",
       TAPER_OP(avg_pool1d), kPure),
    op("aten::avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? "
       "divisor_override=None) -> Tensor", TAPER_OP(avg_pool<2>), kPure),
    op("aten::avg_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? "
       "divisor_override=None) -> Tensor", TAPER_OP(avg_pool<3>), kPure),
    op("aten::adaptive_avg_pool1d(Tensor self, int[1] output_size) -> Tensor", TAPER_OP(adaptive_avg_pool<1>), kPure),
    op("aten::adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor", TAPER_OP(adaptive_avg_pool<2>), kPure),
    op("aten::_adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor", TAPER_OP(adaptive_avg_pool<2>), kPure),
    op("aten::adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor", TAPER_OP(adaptive_avg_pool<3>), kPure),
    op("aten::_adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor", TAPER_OP(adaptive_avg_pool<3>), kPure),
    op("aten::adaptive_max_pool1d(Tensor self, int[1] output_size) -> (Tensor, Tensor)", TAPER_OP(adaptive_max_pool<1>), kPure),
    op("aten::adaptive_max_pool2d(Tensor self, int[2] output_size) -> (Tensor, Tensor)", TAPER_OP(adaptive_max_pool<2>), kPure),
    op("aten::adaptive_max_pool3d(Tensor self, int[3] output_size) -> (Tensor, Tensor)", TAPER_OP(adaptive_max_pool<3>), kPure),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> pool_rows() { return aten::kRows; }
}  // namespace taper::impl
