// Convolutions: shapes, checks and layouts; the arithmetic is in conv_compute.cpp.
#include "ops/aten/conv.h"

#include <algorithm>

#include "ops/aten/conv_compute.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/layout.h"
#include "ops/aten/matmul.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

constexpr int64_t kLimit = int64_t(1) << 40;  // of any parameter: sums of a few of them do not overflow

Dims spread(IntView list, size_t dims, const char* name) {
  check(list.size() == dims || list.size() == 1, "expected ", name, " to be a single integer value or a list of ", dims,
        " values to match the convolution dimensions, but got ", name, "=", list);
  Dims out(list);
  while (out.size() < dims) out.push_back(list[0]);
  return out;
}

std::string by(IntView sizes) {  // "3 x 3"
  std::string text;
  for (size_t d = 0; d < sizes.size(); ++d) text += cat(d ? " x " : "", sizes[d]);
  return text;
}

std::string named(IntView list, const char* name) {  // "stride_height: 1 stride_width: 1"
  static constexpr const char* kNames[] = {"depth", "height", "width"};
  std::string text;
  for (size_t d = 0; d < list.size(); ++d) text += cat(d ? " " : "", name, "_", kNames[3 - list.size() + d], ": ", list[d]);
  return text;
}

struct Parameters {
  Dims stride, padding, dilation, extra;
  bool transposed;
  int64_t groups;
};

void check_parameters(const Parameters& p) {
  auto all = [](const Dims& list, int64_t least) { return std::all_of(list.begin(), list.end(), [&](int64_t x) { return x >= least; }); };
  check(all(p.padding, 0), "negative padding is not supported");
  check(all(p.extra, 0), "negative output_padding is not supported");
  check(all(p.stride, 1), "non-positive stride is not supported");
  check(all(p.dilation, 1), "dilation should be greater than zero, but got ", p.dilation);
  for (const Dims* list : {&p.stride, &p.padding, &p.dilation, &p.extra})
    for (int64_t x : *list) check(x < kLimit, "convolution: a stride, padding or dilation of ", x, " is too large");
}

void check_shapes(const Tensor& input, const Tensor& weight, const MaybeTensor& bias, const Parameters& p) {
  IntView w = weight.sizes();
  int64_t channels = input.sizes()[1];
  check(input.dim() == weight.dim(), "Expected ", weight.dim(), "-dimensional input for ", weight.dim(), "-dimensional weight", w, ", but got ", input.dim(),
        "-dimensional input of size ", input.sizes(), " instead");
  check(w[0] >= p.groups, "Given groups=", p.groups, ", expected weight to be at least ", p.groups, " at dimension 0, but got weight of size ", w, " instead");
  check(w[0] % p.groups == 0, "Given groups=", p.groups, ", expected weight to be divisible by ", p.groups, " at dimension 0, but got weight of size [", w,
        "] instead");
  int64_t wanted, results;
  check(!__builtin_mul_overflow(w[1], p.groups, &results), "convolution: sizes are too large");
  wanted = p.transposed ? w[0] : results;
  if (p.transposed)
    check(channels == wanted, "Given transposed=1, weight of size ", w, ", expected input", input.sizes(), " to have ", wanted, " channels, but got ", channels,
          " channels instead");
  else
    check(channels == wanted, "Given groups=", p.groups, ", weight of size ", w, ", expected input", input.sizes(), " to have ", wanted, " channels, but got ",
          channels, " channels instead");
  if (!p.transposed) results = w[0];
  check(!bias || (bias->dim() == 1 && bias->sizes()[0] == results), "Given ", p.transposed ? "transposed=1, " : "", "weight of size ", w,
        ", expected bias to be 1-dimensional with ", results, " elements, but got bias of size ", bias ? bias->sizes() : IntView(), " instead");
}

// Which transposed convolutions PyTorch gives to oneDNN, as far as that shows.
bool by_onednn(const Tensor& input, const Tensor& weight, const Parameters& p) {
  bool moved = false;
  for (size_t d = 0; d < p.stride.size(); ++d) {
    if (p.extra[d] >= p.stride[d]) return false;
    moved = moved || p.stride[d] != 1 || p.dilation[d] != 1;
  }
  if (input.dtype() != DType::kFloat) return input.dtype() == DType::kBFloat16;
  int64_t width = weight.size(-1), height = weight.dim() == 3 ? 1 : weight.size(-2), batch = input.sizes()[0];
  return (moved || batch >= 16 || width != 1 || height != 1) && (p.groups > 1 || (width > 3 && height > 3) || batch > 1 || input.numel() > 20480);
}

// The result's spatial sizes.
Dims result_sizes(const Tensor& input, const Tensor& weight, const Parameters& p) {
  IntView in = input.sizes().subspan(2), kernel = weight.sizes().subspan(2);
  size_t dims = in.size();
  Dims padded(dims), reach(dims), out(dims);
  bool fits = true, positive = true, growing = true;
  for (size_t d = 0; d < dims; ++d) {
    check(kernel[d] < kLimit && in[d] < kLimit, "convolution: sizes are too large");
    check(!__builtin_mul_overflow(p.dilation[d], kernel[d] - 1, &reach[d]) && reach[d] < kLimit, "convolution: the dilated kernel is too large");
    reach[d] += 1;
    padded[d] = in[d] + 2 * p.padding[d];
    if (p.transposed) {
      int64_t spread_out;
      check(!__builtin_mul_overflow(in[d] - 1, p.stride[d], &spread_out) && spread_out < (int64_t(1) << 60), "convolution: sizes are too large");
      out[d] = spread_out - 2 * p.padding[d] + reach[d] + p.extra[d];
      positive = positive && out[d] > 0;
      growing = growing && (p.extra[d] < p.stride[d] || p.extra[d] < p.dilation[d]);
    } else {
      fits = fits && padded[d] >= reach[d] && in[d] > 0;
      out[d] = (padded[d] - reach[d]) / p.stride[d] + 1;
    }
  }
  if (!fits)
    fail_runtime("Calculated padded input size per channel: (", by(padded), "). Kernel size: (", by(reach),
                 "). Kernel size can't be greater than actual input size");
  if (p.transposed && (input.sizes()[0] == 0 || input.sizes()[1] == 0)) {  // nothing but the shape of the result is looked at
    Dims whole{0, weight.sizes()[1] * p.groups};
    if (dims == 1) whole.push_back(1);
    for (int64_t s : out) whole.push_back(s);
    infer_size(whole, 0);
    return out;
  }
  if (positive && growing) return out;
  if (growing && by_onednn(input, weight, p)) {  // which makes empty results
    for (int64_t s : out) check(s >= 0, "could not construct a memory descriptor using a format tag");
    return out;
  }
  auto as_image = [](IntView list, int64_t first) {  // PyTorch speaks of rows as images of one row
    Dims image(list);
    if (list.size() == 1) image.insert(0, first);
    return image;
  };
  if (!growing)
    fail_runtime("output padding must be smaller than either stride or dilation, but got ", named(as_image(p.extra, 0), "output_padding"), " ",
                 named(as_image(p.stride, 1), "stride"), " ", named(as_image(p.dilation, 1), "dilation"));
  fail_runtime("Given input size per channel: (", by(as_image(in, 1)), "). Calculated output size per channel: (", by(as_image(out, 1)),
               "). Output size is too small");
}

// One dense row of channels times one matrix: a 1 x 1 convolution of an image with its channels last.
bool is_pointwise(const Tensor& weight, const Parameters& p) {
  if (p.transposed || p.groups != 1) return false;
  for (size_t d = 0; d < p.stride.size(); ++d)
    if (weight.sizes()[d + 2] != 1 || p.stride[d] != 1 || p.padding[d] != 0) return false;
  return true;
}

Tensor pixels_of(const Tensor& image) {  // [batch * area, channels] of a channels-last image
  int64_t channels = image.sizes()[1];
  int64_t sizes[2] = {channels > 0 ? image.numel() / channels : 0, channels}, strides[2] = {channels, 1};
  return image.as_view(sizes, strides, image.offset());
}

template <class T>
Tensor run(Context& ctx, const ConvGeometry& g, const Tensor& input, const Tensor& weight, const Tensor& bias, IntView sizes, bool transposed) {
  Tensor out = make_tensor(sizes, dtype_of<T>);
  const T* b = bias.defined() ? bias.data<T>() : nullptr;
  if (transposed) convolve_transposed<T>(ctx, g, input.data<T>(), weight.data<T>(), b, out.mutable_data<T>());
  else convolve<T>(ctx, g, input.data<T>(), weight.data<T>(), b, out.mutable_data<T>());
  return out;
}

// The type that a convolution of this dtype runs in.
DType compute_dtype(DType dtype) {
  if (is_floating(dtype)) return dtype == DType::kDouble ? DType::kDouble : DType::kFloat;
  if (dtype == DType::kComplexDouble || dtype == DType::kComplexFloat) return dtype;
  if (!is_integral(dtype)) fail_dtype("slow_conv2d_cpu", dtype);
  return DType::kLong;
}

}  // namespace

Tensor convolution(Context& ctx, const Tensor& input_in, const Tensor& weight_in, const MaybeTensor& bias_in, IntView stride, IntView padding, IntView dilation,
                   bool transposed, IntView output_padding, int64_t groups) {
  check(weight_in.dim() >= 3, "weight should have at least three dimensions");
  auto dims = size_t(weight_in.dim() - 2);
  check(dims <= kMaxConvDims, "convolution: weight of size ", weight_in.sizes(), " has too many dimensions");
  check(groups > 0, "non-positive groups is not supported");
  Parameters p{spread(stride, dims, "stride"),
               spread(padding, dims, "padding"),
               spread(dilation, dims, "dilation"),
               output_padding.empty() ? Dims(dims, 0) : spread(output_padding, dims, "output_padding"),
               transposed,
               groups};
  check_parameters(p);
  check(input_in.dim() >= 2, "Expected ", dims + 2, "-dimensional input for ", dims + 2, "-dimensional weight", weight_in.sizes(), ", but got ", input_in.dim(),
        "-dimensional input of size ", input_in.sizes(), " instead");
  check_shapes(input_in, weight_in, bias_in, p);
  check(input_in.dtype() == weight_in.dtype(), "Input type (", cpp_type_name(input_in.dtype()), ") and weight type (", cpp_type_name(weight_in.dtype()),
        ") should be the same");
  check(!bias_in || bias_in->dtype() == input_in.dtype(), "Input type (", cpp_type_name(input_in.dtype()), ") and bias type (",
        bias_in ? cpp_type_name(bias_in->dtype()) : std::string_view(), ") should be the same");
  ConvGeometry g;
  g.dims = dims;
  g.groups = groups;
  g.batch = input_in.sizes()[0];
  int64_t channels = input_in.sizes()[1], results = transposed ? weight_in.sizes()[1] * groups : weight_in.sizes()[0];
  if (channels == 0) results = 0;  // PyTorch's answer to no channels at all
  Dims in(input_in.sizes().subspan(2)), out_spatial = result_sizes(input_in, weight_in, p), sizes{g.batch, results};
  for (int64_t s : out_spatial) sizes.push_back(s);
  g.kernel = Dims(weight_in.sizes().subspan(2));
  g.stride = p.stride, g.padding = p.padding, g.dilation = p.dilation;
  // A transposed convolution is the scatter of the forward one from its result to its input.
  g.in_channels = transposed ? results : channels, g.out_channels = transposed ? channels : results;
  g.in = transposed ? out_spatial : in, g.out = transposed ? in : out_spatial;
  // oneDNN's transposed convolution of bfloat16, which rounds once, takes no output padding as large as a stride.
  bool plain = input_in.dtype() == DType::kBFloat16;
  for (size_t d = 0; d < dims; ++d) plain = plain && p.extra[d] < p.stride[d];
  if (transposed && !plain) g.rounded = input_in.dtype();
  g.in_area = checked_numel(g.in), g.out_area = checked_numel(g.out), g.kernel_area = checked_numel(g.kernel);
  DType dtype = input_in.dtype(), wide = compute_dtype(dtype);
  bool last = suggests_channels_last(input_in) || suggests_channels_last(weight_in);
  // Rows are computed as images of one row; their layout follows the weight's alone.
  bool rows_last = dims == 1 && suggests_channels_last(unsqueeze(ctx, weight_in, 2));
  auto fresh = [&] {
    if (!rows_last) return make_image(sizes, dtype, last);
    Dims turned{sizes[0], sizes[2], sizes[1]};
    return transpose(ctx, make_tensor(turned, dtype), 1, 2);
  };
  if (input_in.numel() == 0 || weight_in.numel() == 0 || checked_numel(sizes) == 0) {
    // Nothing to sum: the bias alone.
    Tensor out = fresh();
    fill_(ctx, out, Scalar(0));
    Dims shape(dims + 2, 1);
    shape[1] = results;
    return bias_in && out.numel() > 0 ? copy_(ctx, out, view(ctx, contiguous(ctx, *bias_in), shape)) : out;
  }
  double work = double(g.batch) * double(g.out_area) * double(g.out_channels) * double(g.in_channels / groups) * double(g.kernel_area);
  ctx.spend(int64_t(std::min(work / 1000, 1e15)) + 1);
  Tensor weight = contiguous(ctx, to_dtype(ctx, weight_in, wide)), bias;
  if (bias_in) bias = contiguous(ctx, to_dtype(ctx, *bias_in, wide));
  if (last && dtype == wide && is_pointwise(weight, p) && input_in.is_contiguous(dims == 2 ? MemoryFormat::kChannelsLast : MemoryFormat::kChannelsLast3d)) {
    Tensor out = make_image(sizes, dtype, true), x = resolved(ctx, input_in);
    Dims flat{results, channels};
    multiply_into(ctx, pixels_of(out), pixels_of(x), t(ctx, view(ctx, weight, flat)), Scalar(1), Scalar(bias.defined() ? 1 : 0), bias, "convolution");
    return out;
  }
  Tensor input = contiguous(ctx, to_dtype(ctx, input_in, wide)), out;
  switch (wide) {
    case DType::kFloat: out = run<float>(ctx, g, input, weight, bias, sizes, transposed); break;
    case DType::kDouble: out = run<double>(ctx, g, input, weight, bias, sizes, transposed); break;
    case DType::kComplexFloat: out = run<ComplexFloat>(ctx, g, input, weight, bias, sizes, transposed); break;
    case DType::kComplexDouble: out = run<ComplexDouble>(ctx, g, input, weight, bias, sizes, transposed); break;
    default: out = run<int64_t>(ctx, g, input, weight, bias, sizes, transposed); break;
  }
  if (!last && !rows_last) return to_dtype(ctx, out, dtype);
  Tensor image = fresh();
  copy_(ctx, image, out);
  return image;
}

namespace {

// conv1d and its kin take one sample without its batch dimension.
Tensor batched(Context& ctx, const Tensor& input, size_t dims, const char* name, FunctionRef<Tensor(const Tensor&)> fn) {
  auto rank = size_t(input.dim());
  check(rank == dims + 1 || rank == dims + 2, "Expected ", dims + 1, "D (unbatched) or ", dims + 2, "D (batched) input to ", name,
        ", but got input of size: ", input.sizes());
  return rank == dims + 2 ? fn(input) : squeeze_dim(ctx, fn(unsqueeze(ctx, input, 0)), 0);
}

constexpr const char* kNames[] = {"", "conv1d", "conv2d", "conv3d"};
constexpr const char* kTransposedNames[] = {"", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"};

template <size_t N>
Tensor conv(Context& ctx, const Tensor& input, const Tensor& weight, const MaybeTensor& bias, IntView stride, IntView padding, IntView dilation,
            int64_t groups) {
  return batched(ctx, input, N, kNames[N],
                 [&](const Tensor& x) { return convolution(ctx, x, weight, bias, stride, padding, dilation, false, Dims{0}, groups); });
}

// Padding by name. "same" pads so that the output has the input's size; an odd amount leaves one more zero at the end.
Tensor convolution_mode(Context& ctx, const Tensor& input, const Tensor& weight, const MaybeTensor& bias, IntView stride, std::string_view padding,
                        IntView dilation_in, int64_t groups) {
  check(weight.dim() >= 3, "weight should have at least three dimensions");
  auto dims = size_t(weight.dim() - 2);
  if (padding == "valid") return convolution(ctx, input, weight, bias, stride, Dims{0}, dilation_in, false, Dims{0}, groups);
  check(padding == "same", "Invalid padding string: '", padding, "'");
  check(input.dim() == weight.dim(), "Expected ", weight.dim(), "-dimensional input for ", weight.dim(), "-dimensional weight", weight.sizes(), ", but got ",
        input.dim(), "-dimensional input of size ", input.sizes(), " instead");
  Dims dilation = spread(dilation_in, dims, "dilation"), sides(dims);
  for (int64_t s : stride) check(s == 1, "padding='same' is not supported for strided convolutions");
  Tensor x = input;
  for (size_t d = 0; d < dims; ++d) {
    int64_t total;
    check(dilation[d] > 0, "dilation should be greater than zero, but got ", dilation);
    check(!__builtin_mul_overflow(dilation[d], weight.sizes()[d + 2] - 1, &total) && total < kLimit, "convolution: the dilated kernel is too large");
    sides[d] = total / 2;
    if (total % 2 == 0) continue;
    Dims sizes(x.sizes());
    sizes[d + 2] += 1;
    Tensor longer = make_image(sizes, x.dtype(), suggests_channels_last(x));
    fill_(ctx, longer, Scalar(0));
    copy_(ctx, narrow(ctx, longer, int64_t(d + 2), 0, x.sizes()[d + 2]), x);
    x = longer;
  }
  return convolution(ctx, x, weight, bias, stride, sides, dilation, false, Dims{0}, groups);
}
template <size_t N>
Tensor conv_padding(Context& ctx, const Tensor& input, const Tensor& weight, const MaybeTensor& bias, IntView stride, std::string_view padding,
                    IntView dilation, int64_t groups) {
  return batched(ctx, input, N, kNames[N], [&](const Tensor& x) { return convolution_mode(ctx, x, weight, bias, stride, padding, dilation, groups); });
}

template <size_t N>
Tensor conv_transpose(Context& ctx, const Tensor& input, const Tensor& weight, const MaybeTensor& bias, IntView stride, IntView padding, IntView output_padding,
                      int64_t groups, IntView dilation) {
  return batched(ctx, input, N, kTransposedNames[N],
                 [&](const Tensor& x) { return convolution(ctx, x, weight, bias, stride, padding, dilation, true, output_padding, groups); });
}
Tensor convolution_flags(Context& ctx, const Tensor& input, const Tensor& weight, const MaybeTensor& bias, IntView stride, IntView padding, IntView dilation,
                         bool transposed, IntView output_padding, int64_t groups, bool, bool, bool, bool) {
  return convolution(ctx, input, weight, bias, stride, padding, dilation, transposed, output_padding, groups);
}
Tensor convolution_deprecated(Context& ctx, const Tensor& input, const Tensor& weight, const MaybeTensor& bias, IntView stride, IntView padding,
                              IntView dilation, bool transposed, IntView output_padding, int64_t groups, bool, bool, bool) {
  return convolution(ctx, input, weight, bias, stride, padding, dilation, transposed, output_padding, groups);
}

// Older names of one plain convolution. The kernel size is the weight's.
void check_kernel(const Tensor& weight, IntView kernel) {
  check(weight.dim() >= 3, "weight should have at least three dimensions");
  IntView own = weight.sizes().subspan(2);
  for (size_t d = 0; d < own.size(); ++d)
    check(kernel.size() == 1 || kernel.size() == own.size(), "It is expected kernel_size equals to ", own.size(), ", but got size ", kernel.size());
  for (size_t d = 0; d < own.size(); ++d)
    check(own[d] == kernel[std::min(d, kernel.size() - 1)], "the kernel size ", kernel, " does not fit a weight of size ", weight.sizes());
}
Tensor plain_conv(Context& ctx, const Tensor& self, const Tensor& weight, IntView kernel, const MaybeTensor& bias, IntView stride, IntView padding) {
  check_kernel(weight, kernel);
  return convolution(ctx, self, weight, bias, stride, padding, Dims{1}, false, Dims{0}, 1);
}
Tensor dilated_conv(Context& ctx, const Tensor& self, const Tensor& weight, IntView kernel, const MaybeTensor& bias, IntView stride, IntView padding,
                    IntView dilation) {
  check_kernel(weight, kernel);
  return convolution(ctx, self, weight, bias, stride, padding, dilation, false, Dims{0}, 1);
}
Tensor plain_conv_transpose(Context& ctx, const Tensor& self, const Tensor& weight, IntView kernel, const MaybeTensor& bias, IntView stride, IntView padding,
                            IntView output_padding, IntView dilation) {
  check_kernel(weight, kernel);
  return convolution(ctx, self, weight, bias, stride, padding, dilation, true, output_padding, 1);
}
Tensor mkldnn_convolution(Context& ctx, const Tensor& self, const Tensor& weight, const MaybeTensor& bias, IntView padding, IntView stride, IntView dilation,
                          int64_t groups) {
  return convolution(ctx, self, weight, bias, stride, padding, dilation, false, Dims{0}, groups);
}

// Time, batch, channels: a 1-d convolution of self [T, B, C] with weight [kernel, C, out].
Tensor conv_tbc(Context& ctx, const Tensor& self, const Tensor& weight, const Tensor& bias, int64_t pad) {
  check(self.dim() == 3, "Input must have 3 dims: time, batch, in_channel");
  check(weight.dim() == 3, "Weight tensor must have 3 dims: kernel_width, in_channels, out_channels.");
  check(bias.dim() == 1, "Bias must be 1-D");
  check(self.sizes()[2] == weight.sizes()[1], "Input dim 2 (input channels) is not == dim 1 in the weight tensor");
  check(weight.sizes()[2] == bias.sizes()[0], "Bias size must equal dim 2 in the weight tensor (output channels).");
  Tensor y = convolution(ctx, permute(ctx, self, Dims{1, 2, 0}), permute(ctx, weight, Dims{2, 1, 0}), bias, Dims{1}, Dims{pad}, Dims{1}, false, Dims{0}, 1);
  return contiguous(ctx, permute(ctx, y, Dims{2, 0, 1}));
}

constexpr OpDef kRows[] = {
    op("aten::conv1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], SymInt[1] padding=[0], SymInt[1] dilation=[1], SymInt groups=1) -> "
       "Tensor",
       TAPER_OP(conv<1>), kPure),
    op("aten::conv1d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], str padding=\"valid\", SymInt[1] dilation=[1], SymInt "
       "groups=1) -> Tensor",
       TAPER_OP(conv_padding<1>), kPure),
    op("aten::conv2d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] dilation=[1, 1], SymInt "
       "groups=1) -> Tensor",
       TAPER_OP(conv<2>), kPure),
    op("aten::conv2d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], str padding=\"valid\", SymInt[2] dilation=[1, 1], SymInt "
       "groups=1) -> Tensor",
       TAPER_OP(conv_padding<2>), kPure),
    op("aten::conv3d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] dilation=[1, 1, 1], "
       "SymInt groups=1) -> Tensor",
       TAPER_OP(conv<3>), kPure),
    op("aten::conv3d.padding(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], str padding=\"valid\", SymInt[3] dilation=[1, 1, 1], "
       "SymInt groups=1) -> Tensor",
       TAPER_OP(conv_padding<3>), kPure),
    op("aten::conv_transpose1d(Tensor input, Tensor weight, Tensor? bias=None, SymInt[1] stride=[1], SymInt[1] padding=[0], SymInt[1] output_padding=[0], SymInt "
       "groups=1, SymInt[1] dilation=[1]) -> Tensor",
       TAPER_OP(conv_transpose<1>), kPure),
    op("aten::conv_transpose2d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], SymInt[2] "
       "output_padding=[0, 0], SymInt groups=1, SymInt[2] dilation=[1, 1]) -> Tensor",
       TAPER_OP(conv_transpose<2>), kPure),
    op("aten::conv_transpose3d.input(Tensor input, Tensor weight, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0], SymInt[3] "
       "output_padding=[0, 0, 0], SymInt groups=1, SymInt[3] dilation=[1, 1, 1]) -> Tensor",
       TAPER_OP(conv_transpose<3>), kPure),
    op("aten::convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] "
       "output_padding, SymInt groups) -> Tensor",
       TAPER_OP(convolution), kPure),
    op("aten::_convolution(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, SymInt[] "
       "output_padding, SymInt groups, bool benchmark, bool deterministic, bool cudnn_enabled, bool allow_tf32) -> Tensor",
       TAPER_OP(convolution_flags), kPure),
    op("aten::_convolution.deprecated(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, int[] "
       "output_padding, SymInt groups, bool benchmark, bool deterministic, bool cudnn_enabled) -> Tensor",
       TAPER_OP(convolution_deprecated), kPure),
    op_out("aten::convolution.out(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, "
           "SymInt[] output_padding, SymInt groups, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(convolution)),
    op_out("aten::_convolution.out(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, SymInt[] padding, SymInt[] dilation, bool transposed, "
           "SymInt[] output_padding, SymInt groups, bool benchmark, bool deterministic, bool cudnn_enabled, bool allow_tf32, *, Tensor(a!) out) -> "
           "Tensor(a!)",
           TAPER_OP(convolution_flags)),
    op("aten::_convolution_mode(Tensor input, Tensor weight, Tensor? bias, SymInt[] stride, str padding, SymInt[] dilation, SymInt groups) -> Tensor",
       TAPER_OP(convolution_mode), kPure),
    op("aten::thnn_conv2d(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0]) -> "
       "Tensor",
       TAPER_OP(plain_conv), kPure),
    op_out("aten::thnn_conv2d.out(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], "
           "*, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(plain_conv)),
    op("aten::_slow_conv2d_forward(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias, SymInt[2] stride, SymInt[2] padding) -> Tensor",
       TAPER_OP(plain_conv), kPure),
    op_out("aten::_slow_conv2d_forward.output(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias, SymInt[2] stride, SymInt[2] padding, *, "
           "Tensor(a!) output) -> Tensor(a!)",
           TAPER_OP(plain_conv)),
    op("aten::slow_conv3d(Tensor self, Tensor weight, SymInt[3] kernel_size, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, 0, 0]) -> "
       "Tensor",
       TAPER_OP(plain_conv), kPure),
    op_out("aten::slow_conv3d.out(Tensor self, Tensor weight, SymInt[3] kernel_size, Tensor? bias=None, SymInt[3] stride=[1, 1, 1], SymInt[3] padding=[0, "
           "0, 0], *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(plain_conv)),
    op("aten::slow_conv_dilated2d(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, 0], "
       "SymInt[2] dilation=[1, 1]) -> Tensor",
       TAPER_OP(dilated_conv), kPure),
    op_out("aten::slow_conv_dilated2d.out(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] "
           "padding=[0, 0], SymInt[2] dilation=[1, 1], *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(dilated_conv)),
    op("aten::slow_conv_transpose2d(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] padding=[0, "
       "0], SymInt[2] output_padding=[0, 0], SymInt[2] dilation=[1, 1]) -> Tensor",
       TAPER_OP(plain_conv_transpose), kPure),
    op_out("aten::slow_conv_transpose2d.out(Tensor self, Tensor weight, SymInt[2] kernel_size, Tensor? bias=None, SymInt[2] stride=[1, 1], SymInt[2] "
           "padding=[0, 0], SymInt[2] output_padding=[0, 0], SymInt[2] dilation=[1, 1], *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(plain_conv_transpose)),
    op("aten::mkldnn_convolution(Tensor self, Tensor weight, Tensor? bias, SymInt[] padding, SymInt[] stride, SymInt[] dilation, SymInt groups) -> Tensor",
       TAPER_OP(mkldnn_convolution), kPure),
    op_out("aten::mkldnn_convolution.out(Tensor self, Tensor weight, Tensor? bias, SymInt[] padding, SymInt[] stride, SymInt[] dilation, SymInt groups, *, "
           "Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(mkldnn_convolution)),
    op("aten::conv_tbc(Tensor self, Tensor weight, Tensor bias, int pad=0) -> Tensor", TAPER_OP(conv_tbc), kPure),
    op_out("aten::conv_tbc.out(Tensor self, Tensor weight, Tensor bias, int pad=0, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(conv_tbc)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> conv_rows() { return aten::kRows; }
}  // namespace taper::impl
