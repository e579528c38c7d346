#include "ops/aten/conv_compute.h"

#include <algorithm>
#include <cstring>

#include "ops/kernels/gemm.h"
#include "ops/kernels/row_math.h"

namespace taper::impl::aten {
namespace {

// Uninitialized memory of the pool.
template <class T>
class Scratch {
 public:
  Scratch() = default;
  explicit Scratch(int64_t count) { allocate(count); }
  ~Scratch() { pool_free(data_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  void allocate(int64_t count) { data_ = static_cast<T*>(pool_allocate(size_t(checked_numel(Dims{count, int64_t(sizeof(T))})))); }
  bool empty() const noexcept { return !data_; }
  T* data() const noexcept { return data_; }

 private:
  T* data_ = nullptr;
};

// The input of one sample with its padding made real, so that no index needs a check: elements of channel c at
// data + c * area. Without padding it is the input itself.
template <class T>
struct Padded {
  const T* data = nullptr;
  Dims size;  // spatial
  int64_t area = 1;
  Scratch<T> storage;
};

Dims padded_sizes(const ConvGeometry& g) {
  Dims size(g.dims, 0);
  for (size_t d = 0; d < g.dims; ++d) size[d] = g.in[d] + 2 * g.padding[d];
  return size;
}

template <class T>
void pad_channel(const ConvGeometry& g, const T* input, const Dims& size, T* out) {
  size_t last = g.dims - 1;
  int64_t lines = 1, width = size[last], in_width = g.in[last];
  for (size_t d = 0; d < last; ++d) lines *= size[d];
  for (int64_t l = 0; l < lines; ++l) {
    int64_t rest = l, at = 0, scale = 1;
    bool inside = true;
    for (size_t d = last; d-- > 0;) {
      int64_t y = rest % size[d] - g.padding[d];
      rest /= size[d];
      inside = inside && y >= 0 && y < g.in[d];
      at += y * scale;
      scale *= g.in[d];
    }
    T* line = out + l * width;
    if (!inside) {
      std::fill_n(line, width, T());
      continue;
    }
    std::fill_n(line, g.padding[last], T());
    std::copy_n(input + at * in_width, in_width, line + g.padding[last]);
    std::fill_n(line + g.padding[last] + in_width, g.padding[last], T());
  }
}

// `channels` channels from `input` on.
template <class T>
void pad(Context& ctx, const ConvGeometry& g, const T* input, int64_t channels, Padded<T>& out) {
  bool padded = std::any_of(g.padding.begin(), g.padding.end(), [](int64_t p) { return p > 0; });
  if (!padded) {
    out.size = g.in;
    out.area = g.in_area;
    out.data = input;
    return;
  }
  if (out.storage.empty()) {
    out.size = padded_sizes(g);
    out.area = checked_numel(out.size);
    out.storage.allocate(checked_numel(Dims{out.area, channels}));
    out.data = out.storage.data();
  }
  T* to = out.storage.data();
  ctx.parallel_for(channels, std::max<int64_t>(1, 32768 / std::max<int64_t>(out.area, 1)), [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) pad_channel(g, input + c * g.in_area, out.size, to + c * out.area);
  });
}

// Offsets in the padded plane: of every kernel place, and of one step along each output dimension.
struct Steps {
  Vec<int64_t> kernel;
  int64_t out[kMaxConvDims];
};

Steps steps_of(const ConvGeometry& g, const Dims& size) {
  Steps steps;
  int64_t scale = 1, along[kMaxConvDims];
  for (size_t d = g.dims; d-- > 0;) {
    along[d] = scale;
    steps.out[d] = scale * g.stride[d];
    scale *= size[d];
  }
  for (int64_t k = 0; k < g.kernel_area; ++k) {
    int64_t rest = k, at = 0;
    for (size_t d = g.dims; d-- > 0;) {
      at += rest % g.kernel[d] * g.dilation[d] * along[d];
      rest /= g.kernel[d];
    }
    steps.kernel.push_back(at);
  }
  return steps;
}

// The unfolded input as a matrix that is never there whole: rows are (channel, kernel place), columns output places.
template <class T>
struct Columns {
  const ConvGeometry* g;
  const Steps* steps;
  const T* data;
  int64_t area;

  // The source of output place `place` and of the `count` - 1 after it.
  void offsets(int64_t place, int64_t count, int64_t* at) const {
    int64_t index[kMaxConvDims], offset = 0;
    for (size_t d = g->dims; d-- > 0;) {
      index[d] = place % g->out[d];
      place /= g->out[d];
      offset += index[d] * steps->out[d];
    }
    size_t last = g->dims - 1;
    for (int64_t j = 0; j < count; ++j) {
      at[j] = offset;
      offset += steps->out[last];
      if (++index[last] < g->out[last]) continue;
      for (size_t d = last; index[d] == g->out[d]; --d) {
        offset -= index[d] * steps->out[d];
        index[d] = 0;
        if (d == 0) break;
        ++index[d - 1];
        offset += steps->out[d - 1];
      }
    }
  }

  static void fill(void* self, int64_t row, int64_t rows, int64_t col, int64_t cols, T* out) {
    const auto& c = *static_cast<const Columns*>(self);
    constexpr int64_t kPanel = kGemmPanel<T>;
    int64_t at[kPanel], kernel_area = c.g->kernel_area;
    c.offsets(col, cols, at);
    bool dense = cols == kPanel && at[kPanel - 1] - at[0] == kPanel - 1;
    const T* plane = c.data + row / kernel_area * c.area;
    int64_t k = row % kernel_area;
    for (int64_t p = 0; p < rows; ++p, out += kPanel) {
      const T* from = plane + c.steps->kernel[size_t(k)];
      if (dense) {
        std::memcpy(out, from + at[0], sizeof(T) * kPanel);
      } else {
        for (int64_t j = 0; j < cols; ++j) out[j] = from[at[j]];
        for (int64_t j = cols; j < kPanel; ++j) out[j] = T();
      }
      if (++k == kernel_area) k = 0, plane += c.area;
    }
  }

  // All of it, for types whose products have no panels.
  void unfold(int64_t rows, T* out) const {
    Vec<int64_t> at(size_t(g->out_area));
    offsets(0, g->out_area, at.data());
    for (int64_t row = 0; row < rows; ++row) {
      const T* from = data + row / g->kernel_area * area + steps->kernel[size_t(row % g->kernel_area)];
      for (int64_t j = 0; j < g->out_area; ++j) *out++ = from[at[size_t(j)]];
    }
  }
};

// y[i] = start + sum of w[t] * in[t][i * stride]
template <class T>
void weighted_sum(Context& ctx, T* y, int64_t n, const T* const* in, const T* w, int64_t taps, int64_t stride, T start) {
  if constexpr (std::is_same_v<T, float>) {
    row_math(ctx.cpu_level).weighted_sum(y, n, in, w, taps, stride, start);
  } else {
    std::fill_n(y, n, start);
    for (int64_t t = 0; t < taps; ++t) {
      const T* x = in[t];
      T factor = w[t];
      for (int64_t i = 0; i < n; ++i) y[i] = T(y[i] + factor * x[i * stride]);
    }
  }
}

// One input channel a group: each output row is a weighted sum of shifted input rows.
template <class T>
void depthwise(Context& ctx, const ConvGeometry& g, const T* input, const T* weight, const T* bias, T* output) {
  int64_t per = g.out_channels / g.groups;
  size_t last = g.dims - 1;
  int64_t width = g.out[last], lines = g.out_area / std::max<int64_t>(1, width);
  bool padded = std::any_of(g.padding.begin(), g.padding.end(), [](int64_t p) { return p > 0; });
  Dims size = padded_sizes(g);
  Steps steps = steps_of(g, size);
  int64_t area = checked_numel(size);
  ctx.parallel_for(g.batch * g.groups, std::max<int64_t>(1, 16384 / std::max<int64_t>(1, g.out_area * g.kernel_area * per)), [&](int64_t begin, int64_t end) {
    Scratch<T> plane;
    if (padded) plane.allocate(area);
    Vec<const T*> rows(size_t(g.kernel_area));
    for (int64_t p = begin; p < end; ++p) {
      const T* from = input + p * g.in_area;
      if (padded) {
        pad_channel(g, from, size, plane.data());
        from = plane.data();
      }
      for (int64_t o = 0; o < per; ++o) {
        int64_t channel = p % g.groups * per + o;
        const T* kernel = weight + channel * g.kernel_area;
        T* out = output + (p / g.groups * g.out_channels + channel) * g.out_area;
        for (int64_t l = 0; l < lines; ++l) {
          int64_t rest = l, base = 0;
          for (size_t d = last; d-- > 0;) {
            base += rest % g.out[d] * steps.out[d];
            rest /= g.out[d];
          }
          for (int64_t k = 0; k < g.kernel_area; ++k) rows[size_t(k)] = from + base + steps.kernel[size_t(k)];
          weighted_sum(ctx, out + l * width, width, rows.data(), kernel, g.kernel_area, g.stride[last], bias ? bias[channel] : T());
        }
      }
    }
  });
}

template <class T>
constexpr bool kHasPanels = std::is_same_v<T, float> || std::is_same_v<T, double>;

template <class R>
void round_row(float* x, int64_t n) {
  for (int64_t i = 0; i < n; ++i) x[i] = float(R(x[i]));
}
void round_row(DType dtype, float* x, int64_t n) {
  if (dtype == DType::kHalf) round_row<Half>(x, n);
  if (dtype == DType::kBFloat16) round_row<BFloat16>(x, n);
}

// Adds what the columns of one group's channels say to `output`: the reverse of unfolding, one channel at a time.
template <class T>
void fold(Context& ctx, const ConvGeometry& g, const T* columns, int64_t channels, T* output) {
  size_t last = g.dims - 1;
  int64_t width = g.out[last], in_width = g.in[last], lines = width > 0 ? g.out_area / width : 0, step = g.stride[last];
  ctx.parallel_for(channels, std::max<int64_t>(1, 16384 / std::max<int64_t>(1, g.out_area * g.kernel_area)), [&](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; ++c) {
      T* plane = output + c * g.in_area;
      for (int64_t k = 0; k < g.kernel_area; ++k) {
        int64_t shift[kMaxConvDims], rest = k;
        for (size_t d = g.dims; d-- > 0;) {
          shift[d] = rest % g.kernel[d] * g.dilation[d] - g.padding[d];
          rest /= g.kernel[d];
        }
        // The places whose target lies inside its line.
        int64_t first = shift[last] >= 0 ? 0 : std::min(width, (-shift[last] + step - 1) / step);
        int64_t room = in_width - shift[last], stop = room <= 0 ? 0 : std::min(width, (room - 1) / step + 1);
        const T* row = columns + (c * g.kernel_area + k) * g.out_area;
        for (int64_t l = 0; l < lines; ++l) {
          int64_t outer = l, at = 0, scale = in_width;
          bool inside = true;
          for (size_t d = last; d-- > 0;) {
            int64_t y = outer % g.out[d] * g.stride[d] + shift[d];
            outer /= g.out[d];
            inside = inside && y >= 0 && y < g.in[d];
            at += y * scale;
            scale *= g.in[d];
          }
          if (!inside) continue;
          const T* from = row + l * width;
          T* to = plane + at + shift[last];
          if (step == 1)
            for (int64_t x = first; x < stop; ++x) to[x] = T(to[x] + from[x]);
          else
            for (int64_t x = first; x < stop; ++x) to[x * step] = T(to[x * step] + from[x]);
          if constexpr (std::is_same_v<T, float>)
            if (is_reduced_float(g.rounded) && stop > first) round_row(g.rounded, to + first * step, (stop - first - 1) * step + 1);
        }
      }
    }
  });
}

template <class T>
GemmArgs<T> product(Context& ctx, int64_t m, int64_t n, int64_t k) {
  GemmArgs<T> args;
  args.m = m, args.n = n, args.k = k;
  args.cpu_level = ctx.cpu_level;
  args.parallel = ctx.parallel;
  return args;
}

}  // namespace

template <class T>
void convolve(Context& ctx, const ConvGeometry& g, const T* input, const T* weight, const T* bias, T* output) {
  int64_t in_per = g.in_channels / g.groups, out_per = g.out_channels / g.groups, k = in_per * g.kernel_area;
  if (in_per == 1 && g.groups > 1) return depthwise(ctx, g, input, weight, bias, output);
  bool pointwise = g.kernel_area == 1;
  for (size_t d = 0; d < g.dims; ++d) pointwise = pointwise && g.stride[d] == 1 && g.padding[d] == 0;
  Padded<T> padded;
  Steps steps;
  Scratch<T> unfolded;
  for (int64_t sample = 0; sample < g.batch; ++sample) {
    const T* from = input + sample * g.in_channels * g.in_area;
    if (!pointwise) {
      pad(ctx, g, from, g.in_channels, padded);
      if (steps.kernel.empty()) steps = steps_of(g, padded.size);
    }
    for (int64_t group = 0; group < g.groups; ++group) {
      GemmArgs<T> args = product<T>(ctx, out_per, g.out_area, k);
      args.a = weight + group * out_per * k, args.a_row = k, args.a_col = 1;
      Columns<T> columns{&g, &steps, pointwise ? nullptr : padded.data + group * in_per * padded.area, padded.area};
      if (pointwise) {
        args.b = from + group * in_per * g.in_area, args.b_row = g.in_area, args.b_col = 1;
      } else if constexpr (kHasPanels<T>) {
        args.fill_b = &Columns<T>::fill;
        args.fill_b_self = &columns;
      } else {
        if (unfolded.empty()) unfolded.allocate(checked_numel(Dims{k, g.out_area}));
        columns.unfold(k, unfolded.data());
        args.b = unfolded.data(), args.b_row = g.out_area, args.b_col = 1;
      }
      args.c = output + (sample * g.out_channels + group * out_per) * g.out_area, args.c_row = g.out_area;
      if (bias) args.add_bias_per_row(bias + group * out_per);
      gemm(args);
    }
  }
}

template <class T>
void convolve_transposed(Context& ctx, const ConvGeometry& g, const T* input, const T* weight, const T* bias, T* output) {
  int64_t result_per = g.in_channels / g.groups, source_per = g.out_channels / g.groups, rows = result_per * g.kernel_area;
  Scratch<T> columns(checked_numel(Dims{rows, g.out_area}));
  for (int64_t sample = 0; sample < g.batch; ++sample) {
    bool late = is_reduced_float(g.rounded);  // the bias comes last then
    for (int64_t c = 0; c < g.in_channels; ++c) std::fill_n(output + (sample * g.in_channels + c) * g.in_area, g.in_area, bias && !late ? bias[c] : T());
    for (int64_t group = 0; group < g.groups; ++group) {
      GemmArgs<T> args = product<T>(ctx, rows, g.out_area, source_per);
      args.a = weight + group * source_per * rows, args.a_row = 1, args.a_col = rows;  // [source, result and kernel] transposed
      args.b = input + (sample * g.out_channels + group * source_per) * g.out_area, args.b_row = g.out_area, args.b_col = 1;
      args.c = columns.data(), args.c_row = g.out_area;
      gemm(args);
      if constexpr (std::is_same_v<T, float>) round_row(g.rounded, columns.data(), rows * g.out_area);
      fold(ctx, g, columns.data(), result_per, output + (sample * g.in_channels + group * result_per) * g.in_area);
    }
    for (int64_t c = 0; c < g.in_channels && late && bias; ++c) {
      T* plane = output + (sample * g.in_channels + c) * g.in_area;
      for (int64_t i = 0; i < g.in_area; ++i) plane[i] = T(plane[i] + bias[c]);
    }
  }
}

#define TAPER_CONVOLVE(T)                                                                     \
  template void convolve<T>(Context&, const ConvGeometry&, const T*, const T*, const T*, T*); \
  template void convolve_transposed<T>(Context&, const ConvGeometry&, const T*, const T*, const T*, T*);
TAPER_CONVOLVE(float)
TAPER_CONVOLVE(double)
TAPER_CONVOLVE(ComplexFloat)
TAPER_CONVOLVE(ComplexDouble)
TAPER_CONVOLVE(int64_t)
#undef TAPER_CONVOLVE

}  // namespace taper::impl::aten
