#include "ops/aten/conv.h"

#include <algorithm>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/kernels/gemm.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

// One convolution's geometry; spatial lists have `dims` entries.
struct Geometry {
  size_t dims;
  int64_t batch, in_channels, out_channels, groups;
  Dims in, kernel, out, stride, padding, dilation;
  int64_t in_area = 1, kernel_area = 1, out_area = 1;
};

int64_t product(IntView sizes) {
  int64_t n = 1;
  for (int64_t s : sizes) check(!__builtin_mul_overflow(n, s, &n), "convolution: sizes are too large");
  return n;
}

Dims spread(IntView list, size_t dims, const char* name) {
  check(list.size() == dims || list.size() == 1, "expected ", name, " to be a single integer value or a list of ", dims, " values to match the convolution dimensions, but got ",
        name, "=", list);
  Dims out(list);
  while (out.size() < dims) out.push_back(list[0]);
  return out;
}

// Rows of the unfolded input: (channel, kernel offset...) by output position. Where an output position's source lies
// outside the input, the element is zero.
template <class T>
struct Unfold {
  const T* input;  // one group of one sample, dense
  const Geometry* g;

  // The input offset of kernel place `k` for output place `o`, or -1.
  static void fill(void* self, int64_t row, int64_t rows, int64_t col, int64_t cols, T* out) {
    const auto& u = *static_cast<const Unfold*>(self);
    const Geometry& g = *u.g;
    constexpr int64_t kPanel = kGemmPanel<T>;
    size_t last = g.dims - 1;
    int64_t width = g.out[last], in_width = g.in[last];
    for (int64_t p = 0; p < rows; ++p) {
      int64_t place = row + p, channel = place / g.kernel_area, k = place % g.kernel_area;
      T* to = out + p * kPanel;
      // The kernel's offset in each dimension.
      int64_t offset[8];
      for (size_t d = g.dims; d-- > 0;) {
        offset[d] = (k % g.kernel[d]) * g.dilation[d] - g.padding[d];
        k /= g.kernel[d];
      }
      const T* plane = u.input + channel * g.in_area;
      int64_t j = 0;
      while (j < cols) {
        int64_t o = col + j, x = o % width, outer = o / width;
        int64_t run = std::min(cols - j, width - x);
        // Source line of the outer spatial dimensions.
        int64_t base = 0, rest = outer;
        bool inside = true;
        int64_t scale = in_width;
        for (size_t d = last; d-- > 0;) {
          int64_t y = (rest % g.out[d]) * g.stride[d] + offset[d];
          rest /= g.out[d];
          if (y < 0 || y >= g.in[d]) inside = false;
          base += y * scale;
          scale *= g.in[d];
        }
        int64_t step = g.stride[last], at = x * step + offset[last];
        if (!inside) {
          std::fill_n(to + j, run, T());
        } else {
          const T* line = plane + base;
          for (int64_t i = 0; i < run; ++i, at += step) to[j + i] = at >= 0 && at < in_width ? line[at] : T();
        }
        j += run;
      }
      std::fill(to + cols, to + kPanel, T());
    }
  }
};

// One kernel per channel: the sum is short, so walk output rows and add shifted input rows.
template <class T>
void depthwise(Context& ctx, const Geometry& g, const T* input, const T* weight, const T* bias, T* output) {
  int64_t per = g.out_channels / g.groups;
  size_t last = g.dims - 1;
  int64_t width = g.out[last], in_width = g.in[last];
  int64_t lines = g.out_area / std::max<int64_t>(1, width);
  ctx.parallel_for(g.batch * g.out_channels, 1, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p) {
      int64_t sample = p / g.out_channels, channel = p % g.out_channels;
      const T* plane = input + (sample * g.in_channels + channel / per) * g.in_area;
      const T* kernel = weight + channel * g.kernel_area;
      T* out = output + p * g.out_area;
      std::fill_n(out, g.out_area, bias ? bias[channel] : T());
      for (int64_t k = 0; k < g.kernel_area; ++k) {
        int64_t offset[8], rest = k;
        for (size_t d = g.dims; d-- > 0;) {
          offset[d] = (rest % g.kernel[d]) * g.dilation[d] - g.padding[d];
          rest /= g.kernel[d];
        }
        T w = kernel[k];
        int64_t step = g.stride[last], shift = offset[last];
        // Output places whose source lies inside the line.
        int64_t first = shift >= 0 ? 0 : (-shift + step - 1) / step;
        int64_t stop = in_width - shift <= 0 ? 0 : std::min(width, (in_width - shift - 1) / step + 1);
        for (int64_t l = 0; l < lines; ++l) {
          int64_t outer = l, base = 0, scale = in_width;
          bool inside = true;
          for (size_t d = last; d-- > 0;) {
            int64_t y = (outer % g.out[d]) * g.stride[d] + offset[d];
            outer /= g.out[d];
            if (y < 0 || y >= g.in[d]) inside = false;
            base += y * scale;
            scale *= g.in[d];
          }
          if (!inside) continue;
          const T* in = plane + base + shift;
          T* to = out + l * width;
          if (step == 1)
            for (int64_t x = first; x < stop; ++x) to[x] += w * in[x];
          else
            for (int64_t x = first; x < stop; ++x) to[x] += w * in[x * step];
        }
      }
    }
  });
}

template <class T>
void forward(Context& ctx, const Geometry& g, const T* input, const T* weight, const T* bias, T* output) {
  int64_t in_per = g.in_channels / g.groups, out_per = g.out_channels / g.groups, k = in_per * g.kernel_area;
  if (in_per == 1 && g.groups > 1) return depthwise(ctx, g, input, weight, bias, output);
  bool pointwise = g.kernel_area == 1 && g.in_area == g.out_area;
  for (size_t d = 0; d < g.dims; ++d) pointwise = pointwise && g.stride[d] == 1 && g.padding[d] == 0;
  for (int64_t sample = 0; sample < g.batch; ++sample)
    for (int64_t group = 0; group < g.groups; ++group) {
      Unfold<T> unfold{input + (sample * g.in_channels + group * in_per) * g.in_area, &g};
      GemmArgs<T> args;
      args.m = out_per, args.n = g.out_area, args.k = k;
      args.a = weight + group * out_per * k, args.a_row = k, args.a_col = 1;
      if (pointwise) {
        args.b = unfold.input, args.b_row = g.in_area, args.b_col = 1;
      } else {
        args.fill_b = &Unfold<T>::fill;
        args.fill_b_self = &unfold;
      }
      args.c = output + (sample * g.out_channels + group * out_per) * g.out_area, args.c_row = g.out_area;
      if (bias) args.add_bias_per_row(bias + group * out_per);
      args.cpu_level = ctx.cpu_level;
      args.parallel = ctx.parallel;
      gemm(args);
    }
}

// Scatters what a transposed convolution's columns say: the reverse of Unfold.
template <class T>
void fold(const Geometry& g, const T* columns, T* output, int64_t channels) {
  // Here `in` is the (larger) output of the transposed convolution and `out` its input.
  for (int64_t place = 0; place < channels * g.kernel_area; ++place) {
    int64_t channel = place / g.kernel_area, k = place % g.kernel_area, offset[8];
    for (size_t d = g.dims; d-- > 0;) {
      offset[d] = (k % g.kernel[d]) * g.dilation[d] - g.padding[d];
      k /= g.kernel[d];
    }
    T* plane = output + channel * g.in_area;
    const T* row = columns + place * g.out_area;
    for (int64_t o = 0; o < g.out_area; ++o) {
      int64_t rest = o, at = 0, scale = 1;
      bool inside = true;
      for (size_t d = g.dims; d-- > 0;) {
        int64_t x = (rest % g.out[d]) * g.stride[d] + offset[d];
        rest /= g.out[d];
        if (x < 0 || x >= g.in[d]) inside = false;
        at += x * scale;
        scale *= g.in[d];
      }
      if (inside) plane[at] += row[o];
    }
  }
}

template <class T>
void transposed_forward(Context& ctx, const Geometry& g, const T* input, const T* weight, const T* bias, T* output) {
  // g describes the forward convolution from output to input: in_channels are the result's.
  int64_t result_per = g.in_channels / g.groups, source_per = g.out_channels / g.groups, rows = result_per * g.kernel_area;
  Tensor columns = make_tensor({rows, g.out_area}, dtype_of<T>);
  T* scratch = columns.mutable_data<T>();
  for (int64_t sample = 0; sample < g.batch; ++sample) {
    for (int64_t c = 0; c < g.in_channels; ++c) std::fill_n(output + (sample * g.in_channels + c) * g.in_area, g.in_area, bias ? bias[c] : T());
    for (int64_t group = 0; group < g.groups; ++group) {
      GemmArgs<T> args;
      args.m = rows, args.n = g.out_area, args.k = source_per;
      args.a = weight + group * source_per * rows, args.a_row = 1, args.a_col = rows;  // weight [source, result, kernel] transposed
      args.b = input + (sample * g.out_channels + group * source_per) * g.out_area, args.b_row = g.out_area, args.b_col = 1;
      args.c = scratch, args.c_row = g.out_area;
      args.cpu_level = ctx.cpu_level;
      args.parallel = ctx.parallel;
      gemm(args);
      fold(g, scratch, output + (sample * g.in_channels + group * result_per) * g.in_area, result_per);
    }
  }
}

}  // namespace

Tensor convolution(Context& ctx, const Tensor& input_in, const Tensor& weight_in, const MaybeTensor& bias_in, IntView stride_in, IntView padding_in,
                   IntView dilation_in, bool transposed, IntView output_padding_in, int64_t groups) {
  int64_t rank = weight_in.dim();
  check(rank >= 3 && rank <= 5, "weight should have at least three dimensions, and at most five, got ", rank);
  auto dims = size_t(rank - 2);
  bool unbatched = input_in.dim() == rank - 1;
  check(unbatched || input_in.dim() == rank, "Expected ", dims + 1, "D (unbatched) or ", dims + 2, "D (batched) input to conv", transposed ? "_transpose" : "", dims,
        "d, but got input of size: ", input_in.sizes());
  check(groups > 0, "non-positive groups is not supported");
  check(input_in.dtype() == weight_in.dtype(), "Input type (", scalar_type_name(input_in.dtype()), ") and weight type (", scalar_type_name(weight_in.dtype()),
        ") should be the same");
  Tensor input = contiguous(ctx, unbatched ? unsqueeze(ctx, input_in, 0) : input_in), weight = contiguous(ctx, weight_in), bias;
  if (bias_in) {
    check(bias_in->dtype() == input.dtype(), "Input type (", scalar_type_name(input.dtype()), ") and bias type (", scalar_type_name(bias_in->dtype()), ") should be the same");
    bias = contiguous(ctx, *bias_in);
  }
  Dims stride = spread(stride_in, dims, "stride"), padding = spread(padding_in, dims, "padding"), dilation = spread(dilation_in, dims, "dilation");
  Dims extra = output_padding_in.empty() ? Dims(dims, 0) : spread(output_padding_in, dims, "output_padding");
  Geometry g;
  g.dims = dims;
  g.groups = groups;
  g.batch = input.size(0);
  int64_t channels = input.size(1);
  g.kernel = Dims(weight.sizes().subspan(2));
  IntView spatial = input.sizes().subspan(2);
  Dims result(dims);
  for (size_t d = 0; d < dims; ++d) {
    check(stride[d] > 0, "non-positive stride is not supported");
    check(padding[d] >= 0, "negative padding is not supported");
    check(dilation[d] > 0, "dilation should be greater than zero");
    check(extra[d] >= 0, "negative output_padding is not supported");
    int64_t reach, total;
    check(!__builtin_mul_overflow(dilation[d], g.kernel[d] - 1, &reach) && padding[d] < (int64_t(1) << 40) && stride[d] < (int64_t(1) << 40) && reach < (int64_t(1) << 40),
          "convolution: stride, padding or dilation are too large");
    if (transposed) {
      check(extra[d] < stride[d] || extra[d] < dilation[d], "output padding must be smaller than either stride or dilation, but got output_padding ", extra,
            ", stride ", stride, ", dilation ", dilation);
      check(!__builtin_mul_overflow(spatial[d] - 1, stride[d], &total), "convolution: sizes are too large");
      result[d] = total - 2 * padding[d] + reach + extra[d] + 1;
    } else {
      int64_t room = spatial[d] + 2 * padding[d] - reach - 1;
      check(room >= 0, "Calculated padded input size per channel: (", spatial[d] + 2 * padding[d], "). Kernel size: (", reach + 1,
            "). Kernel size can't be greater than actual input size");
      result[d] = room / stride[d] + 1;
    }
    check(result[d] >= 0, "Given input size per channel: ", spatial, ". Calculated output size per channel: ", result, ". Output size is too small");
  }
  g.stride = stride, g.padding = padding, g.dilation = dilation;
  g.kernel_area = product(g.kernel);
  int64_t out_channels;
  if (transposed) {
    check(weight.size(0) == channels, "Given transposed=1, weight of size ", weight.sizes(), ", expected input", input.sizes(), " to have ", weight.size(0),
          " channels, but got ", channels, " channels instead");
    check(channels % groups == 0, "Given groups=", groups, ", expected input to have a multiple of it as channels, got ", channels);
    out_channels = weight.size(1) * groups;
    // The forward convolution that this one undoes.
    g.in_channels = out_channels, g.out_channels = channels;
    g.in = result, g.out = Dims(spatial);
  } else {
    check(channels == weight.size(1) * groups, "Given groups=", groups, ", weight of size ", weight.sizes(), ", expected input", input.sizes(), " to have ",
          weight.size(1) * groups, " channels, but got ", channels, " channels instead");
    check(weight.size(0) % groups == 0, "Given groups=", groups, ", expected weight to be divisible by ", groups, " at dimension 0, but got weight of size ", weight.sizes(),
          " instead");
    out_channels = weight.size(0);
    g.in_channels = channels, g.out_channels = out_channels;
    g.in = Dims(spatial), g.out = result;
  }
  g.in_area = product(g.in);
  g.out_area = product(g.out);
  check(!bias.defined() || (bias.dim() == 1 && bias.numel() == out_channels), "Given weight of size ", weight.sizes(), ", expected bias to be 1-dimensional with ",
        out_channels, " elements, but got bias of size ", bias.defined() ? bias.sizes() : IntView(), " instead");
  Dims sizes{g.batch, out_channels};
  for (int64_t s : result) sizes.push_back(s);
  Tensor out = make_tensor(sizes, input.dtype());
  if (out.numel() > 0) {
    ctx.spend(1 + int64_t(double(g.batch) * double(g.out_area) * double(g.out_channels) * double(g.in_channels / groups) * double(g.kernel_area) / 4096));
    auto run = [&](auto tag) {
      using T = decltype(tag);
      const T* b = bias.defined() ? bias.data<T>() : nullptr;
      if (transposed) transposed_forward(ctx, g, input.data<T>(), weight.data<T>(), b, out.mutable_data<T>());
      else forward(ctx, g, input.data<T>(), weight.data<T>(), b, out.mutable_data<T>());
    };
    DType dtype = input.dtype();
    if (dtype == DType::kFloat) run(float());
    else if (dtype == DType::kDouble) run(double());
    else if (is_floating(dtype)) {
      // Half types compute in float and round once.
      Tensor wide = convolution(ctx, to_dtype(ctx, input, DType::kFloat), to_dtype(ctx, weight, DType::kFloat),
                                bias.defined() ? MaybeTensor(bias = to_dtype(ctx, bias, DType::kFloat)) : MaybeTensor(), stride, padding, dilation, transposed, extra, groups);
      out = to_dtype(ctx, wide, dtype);
    } else if (is_complex(dtype) || is_integral(dtype)) {
      // Rare: through double, or double twice for complex numbers.
      if (is_integral(dtype)) {
        Tensor wide = convolution(ctx, to_dtype(ctx, input, DType::kDouble), to_dtype(ctx, weight, DType::kDouble),
                                  bias.defined() ? MaybeTensor(bias = to_dtype(ctx, bias, DType::kDouble)) : MaybeTensor(), stride, padding, dilation, transposed, extra, groups);
        out = to_dtype(ctx, wide, dtype);
      } else {
        auto conv = [&](const Tensor& x, const Tensor& w) {
          return convolution(ctx, contiguous(ctx, x), contiguous(ctx, w), std::nullopt, stride, padding, dilation, transposed, extra, groups);
        };
        Tensor xr = real(ctx, input), xi = imag(ctx, input), wr = real(ctx, weight), wi = imag(ctx, weight);
        Tensor re = sub(ctx, conv(xr, wr), conv(xi, wi)), im = add(ctx, conv(xr, wi), conv(xi, wr));
        out = make_tensor(sizes, dtype);
        copy_(ctx, real(ctx, out), re);
        copy_(ctx, imag(ctx, out), im);
        if (bias.defined()) {
          Dims shape(sizes.size(), 1);
          shape[1] = out_channels;
          out = add(ctx, out, view(ctx, bias, shape));
        }
      }
    } else {
      fail_dtype("convolution", dtype);
    }
  }
  bool channels_last = dims == 2 && !unbatched && !input_in.is_contiguous() && input_in.is_contiguous(MemoryFormat::kChannelsLast);
  if (channels_last) out = clone(ctx, out, MemoryFormat::kChannelsLast);
  return unbatched ? select(ctx, out, 0, 0) : out;
}

namespace {

template <size_t N>
Tensor conv(Context& ctx, const Tensor& input, const Tensor& weight, const MaybeTensor& bias, IntView stride, IntView padding, IntView dilation, int64_t groups) {
  check(weight.dim() == int64_t(N + 2), "expected ", N + 2, "-dimensional weight for conv", N, "d, but got weight of size ", weight.sizes());
  return convolution(ctx, input, weight, bias, stride, padding, dilation, false, Dims{0}, groups);
}

// "same" pads so that the output has the input's size; an odd amount goes to the end.
template <size_t N>
Tensor conv_padding(Context& ctx, const Tensor& input, const Tensor& weight, const MaybeTensor& bias, IntView stride, std::string_view padding, IntView dilation_in,
                    int64_t groups) {
  check(weight.dim() == int64_t(N + 2), "expected ", N + 2, "-dimensional weight for conv", N, "d, but got weight of size ", weight.sizes());
  Dims zero(N, 0);
  if (padding == "valid") return convolution(ctx, input, weight, bias, stride, zero, dilation_in, false, zero, groups);
  check(padding == "same", "Invalid padding string: '", padding, "'");
  Dims dilation = spread(dilation_in, N, "dilation");
  for (int64_t s : stride) check(s == 1, "padding='same' is not supported for strided convolutions");
  Dims sides(N);
  Tensor x = input;
  for (size_t d = 0; d < N; ++d) {
    int64_t total = dilation[d] * (weight.sizes()[d + 2] - 1);
    sides[d] = total / 2;
    if (total % 2) {  // one more zero at the end
      int64_t axis = input.dim() - int64_t(N) + int64_t(d);
      Dims sizes(x.sizes());
      sizes[size_t(axis)] += 1;
      Tensor padded = zeros(ctx, sizes, x.dtype());
      copy_(ctx, narrow(ctx, padded, axis, 0, x.size(axis)), x);
      x = padded;
    }
  }
  return convolution(ctx, x, weight, bias, stride, sides, dilation, false, zero, groups);
}

template <size_t N>
Tensor conv_transpose(Context& ctx, const Tensor& input, const Tensor& weight, const MaybeTensor& bias, IntView stride, IntView padding, IntView output_padding,
                      int64_t groups, IntView dilation) {
  check(weight.dim() == int64_t(N + 2), "expected ", N + 2, "-dimensional weight for conv_transpose", N, "d, but got weight of size ", weight.sizes());
  return convolution(ctx, input, weight, bias, stride, padding, dilation, true, output_padding, groups);
}
Tensor convolution_flags(Context& ctx, const Tensor& input, const Tensor& weight, const MaybeTensor& bias, IntView stride, IntView padding, IntView dilation,
                         bool transposed, IntView output_padding, int64_t groups, bool, bool, bool, bool) {
  return convolution(ctx, input, weight, bias, stride, padding, dilation, transposed, output_padding, groups);
}
Tensor convolution_deprecated(Context& ctx, const Tensor& input, const Tensor& weight, const MaybeTensor& bias, IntView stride, IntView padding, IntView dilation,
                              bool transposed, IntView output_padding, int64_t groups, bool, bool, bool) {
  return convolution(ctx, input, weight, bias, stride, padding, dilation, transposed, output_padding, groups);
}

constexpr OpDef kRows[] = {
    op("aten::conv1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], SymInt[1] padding=[0], SymInt[1] dilation=[1], SymInt groups=1) -> "
       "Tensor", TAPER_OP(conv<1>), kPure),
    op("aten::conv1d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], str padding=\"valid\", SymInt[1] dilation=[1], SymInt "
       "groups=1) -> Tensor", TAPER_OP(conv_padding<1>), kPure),
    op("aten::conv2d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] dilation=[1, 1], SymInt "
       "groups=1) -> Tensor", TAPER_OP(conv<2>), kPure),
    op("aten::conv2d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], str padding=\"valid\", SymInt[2] dilation=[1, 1], SymInt "
       "groups=1) -> Tensor", TAPER_OP(conv_padding<2>), kPure),
    op("aten::conv3d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] dilation=[1, 1, 1], "
       "SymInt groups=1) -> Tensor", TAPER_OP(conv<3>), kPure),
    op("aten::conv3d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], str padding=\"valid\", SymInt[3] dilation=[1, 1, 1], "
       "SymInt groups=1) -> Tensor", TAPER_OP(conv_padding<3>), kPure),
    op("aten::conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], SymInt[1] padding=[0], SymInt[1] output_padding=[0], SymInt "
       "groups=1, SymInt[1] dilation=[1]) -> Tensor", TAPER_OP(conv_transpose<1>), kPure),
    op("aten::conv_transpose2d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] "
       "output_padding=[0, 0], SymInt groups=1, SymInt[2] dilation=[1, 1]) -> Tensor", TAPER_OP(conv_transpose<2>), kPure),
    op("aten::conv_transpose3d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] "
       "output_padding=[0, 0, 0], SymInt groups=1, SymInt[3] dilation=[1, 1, 1]) -> Tensor", TAPER_OP(conv_transpose<3>), kPure),
    op("aten::convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] "
       "output_padding, SymInt groups) -> Tensor", TAPER_OP(convolution), kPure),
    op("aten::_convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] "
       "output_padding, SymInt groups, bool benchmark, bool deterministic, bool cudnn_enabled, bool allow_tf32) -> Tensor", TAPER_OP(convolution_flags), kPure),
    op("aten::_convolution.deprecated(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, int[] "
       "output_padding, SymInt groups, bool benchmark, bool deterministic, bool cudnn_enabled) -> Tensor", TAPER_OP(convolution_deprecated), kPure),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> conv_rows() { return aten::kRows; }
}  // namespace taper::impl
