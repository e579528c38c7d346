#include "ops/aten/upsample.h"

#include <algorithm>
#include <cmath>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/norm_rows.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

constexpr size_t kMaxSpatial = 3;
constexpr int64_t kMaxTaps = int64_t(1) << 28;

// For output element i of an axis: taps first[i] to first[i + 1] of input indices and weights.
template <class T>
struct Axis {
  int64_t in = 0, out = 0;
  Vec<int64_t> first, index;
  Vec<T> weight;
  bool single = true;  // one tap of weight 1 everywhere

  void tap(int64_t at, T w) {
    index.push_back(at);
    weight.push_back(w);
  }
  void close() { first.push_back(int64_t(index.size())); }
};

// PyTorch computes positions in the element type (float for half types), so that rounding picks the same neighbours.
template <class T>
T step_of(int64_t in, int64_t out, bool align_corners, std::optional<double> scale) {
  if (align_corners) return out > 1 ? T(in - 1) / T(out - 1) : T(0);
  return scale && *scale > 0 ? T(1.0 / *scale) : T(in) / T(out);
}

template <class T>
void nearest_axis(Axis<T>& axis, std::optional<double> scale, bool exact) {
  float step = scale && *scale > 0 ? float(1.0 / *scale) : float(axis.in) / float(axis.out);
  for (int64_t i = 0; i < axis.out; ++i) {
    double at = exact ? std::floor(double((float(i) + 0.5f) * step)) : std::floor(double(float(i) * step));
    axis.tap(std::min(int64_t(std::min(std::max(at, 0.0), 9e18)), axis.in - 1), T(1));
    axis.close();
  }
}

template <class T>
void linear_axis(Axis<T>& axis, bool align_corners, std::optional<double> scale) {
  axis.single = false;
  T step = step_of<T>(axis.in, axis.out, align_corners, scale);
  for (int64_t i = 0; i < axis.out; ++i) {
    T at = align_corners ? step * T(i) : std::max(step * (T(i) + T(0.5)) - T(0.5), T(0));
    auto low = int64_t(std::min<double>(std::max<double>(double(at), 0), double(axis.in - 1)));
    T part = std::min(std::max(at - T(low), T(0)), T(1));
    axis.tap(low, T(1) - part);
    axis.tap(low + (low < axis.in - 1), part);
    axis.close();
  }
}

// Keys' cubic convolution with a = -0.75.
template <class T>
void cubic_axis(Axis<T>& axis, bool align_corners, std::optional<double> scale) {
  axis.single = false;
  constexpr T a = T(-0.75);
  auto near = [](T x) { return ((a + 2) * x - (a + 3)) * x * x + 1; };
  auto far = [](T x) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; };
  T step = step_of<T>(axis.in, axis.out, align_corners, scale);
  for (int64_t i = 0; i < axis.out; ++i) {
    T at = align_corners ? step * T(i) : step * (T(i) + T(0.5)) - T(0.5);
    double floored = std::min(std::max(std::floor(double(at)), -4.0), double(axis.in) + 4);
    auto low = int64_t(floored);
    T part = std::min(std::max(at - T(low), T(0)), T(1));
    const T weights[4] = {far(part + 1), near(part), near(1 - part), far(2 - part)};
    for (int64_t k = 0; k < 4; ++k) axis.tap(std::clamp<int64_t>(low - 1 + k, 0, axis.in - 1), weights[k]);
    axis.close();
  }
}

double triangle(double x) { return std::max(0.0, 1.0 - std::fabs(x)); }
double cubic(double x) {
  constexpr double a = -0.5;
  x = std::fabs(x);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}
double lanczos(double x) {
  constexpr double pi = 3.14159265358979323846;
  auto sinc = [](double y) { return y == 0 ? 1.0 : std::sin(pi * y) / (pi * y); };
  return x > -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
}

// The filter is stretched over all input elements that an output element covers.
template <class T>
void antialias_axis(Axis<T>& axis, bool align_corners, std::optional<double> scale, double radius, double (*filter)(double)) {
  axis.single = false;
  T step = step_of<T>(axis.in, axis.out, align_corners, scale);
  T support = step >= 1 ? T(radius) * step : T(radius);
  T inverse = step >= 1 ? T(1) / step : T(1);
  double in = double(axis.in);
  for (int64_t i = 0; i < axis.out; ++i) {
    T center = step * (T(i) + T(0.5));
    auto low = int64_t(std::min(std::max(double(center - support + T(0.5)), 0.0), in));
    auto high = int64_t(std::min(std::max(double(center + support + T(0.5)), 0.0), in));
    size_t begin = axis.weight.size();
    T total = 0;
    check(int64_t(begin) + high - low <= kMaxTaps, "interpolate: the filter covers too many elements");
    for (int64_t j = low; j < high; ++j) {
      T w = T(filter(double((T(j) - center + T(0.5)) * inverse)));
      axis.tap(j, w);
      total += w;
    }
    if (total != 0)
      for (size_t j = begin; j < axis.weight.size(); ++j) axis.weight[j] /= total;
    axis.close();
  }
}

template <class T>
Axis<T> make_axis(int64_t in, int64_t out, Resampling mode, bool align_corners, std::optional<double> scale) {
  Axis<T> axis;
  axis.in = in, axis.out = out;
  axis.first.push_back(0);
  switch (mode) {
    case Resampling::kNearest: nearest_axis(axis, scale, false); break;
    case Resampling::kNearestExact: nearest_axis(axis, scale, true); break;
    case Resampling::kLinear: linear_axis(axis, align_corners, scale); break;
    case Resampling::kCubic: cubic_axis(axis, align_corners, scale); break;
    case Resampling::kLinearAntialias: antialias_axis(axis, align_corners, scale, 1, triangle); break;
    case Resampling::kCubicAntialias: antialias_axis(axis, align_corners, scale, 2, cubic); break;
    case Resampling::kLanczosAntialias: antialias_axis(axis, align_corners, scale, 3, lanczos); break;
  }
  return axis;
}

// What one output row of the last axis needs of the axes before it: a few input rows, each with a weight.
template <class T>
struct RowMix {
  SmallVec<int64_t, 16> offset;
  SmallVec<T, 16> weight;
};

// `strides`: of the input's spatial axes without the last. `row`: which output row.
template <class T>
void mix_of(std::span<const Axis<T>> axes, const int64_t* strides, int64_t row, RowMix<T>& mix) {
  mix.offset.clear();
  mix.weight.clear();
  mix.offset.push_back(0);
  mix.weight.push_back(T(1));
  for (size_t d = axes.size(); d-- > 0;) {
    const Axis<T>& axis = axes[d];
    int64_t i = row % axis.out;
    row /= axis.out;
    size_t count = mix.offset.size();
    int64_t begin = axis.first[size_t(i)], end = axis.first[size_t(i) + 1];
    RowMix<T> next;
    for (int64_t k = begin; k < end; ++k) {
      T w = axis.weight[size_t(k)];
      if (w == T(0) && end - begin > 1) continue;
      for (size_t j = 0; j < count; ++j) {
        next.offset.push_back(mix.offset[j] + axis.index[size_t(k)] * strides[d]);
        next.weight.push_back(mix.weight[j] * w);
      }
    }
    std::swap(mix.offset, next.offset);
    std::swap(mix.weight, next.weight);
  }
}

template <class T>
void mix_rows(const T* in, const RowMix<T>& mix, int64_t n, T* out) {
  if (mix.offset.empty()) return void(std::fill(out, out + n, T(0)));
  for (size_t k = 0; k < mix.offset.size(); ++k) {
    const T* row = in + mix.offset[k];
    T w = mix.weight[k];
    if (k == 0)
      for (int64_t i = 0; i < n; ++i) out[i] = w * row[i];
    else
      for (int64_t i = 0; i < n; ++i) out[i] += w * row[i];
  }
}

// Planes one after another: rows are mixed, then elements of the mixed row.
template <class T>
void resample_planes(Context& ctx, const T* in, T* out, int64_t planes, std::span<const Axis<T>> axes) {
  size_t last = axes.size() - 1;
  int64_t strides[kMaxSpatial] = {}, plane_in = axes[last].in, rows = 1;
  for (size_t d = last; d-- > 0;) {
    strides[d] = plane_in;
    plane_in *= axes[d].in;
    rows *= axes[d].out;
  }
  const Axis<T>& x = axes[last];
  bool pairs = x.index.size() == size_t(2 * x.out);
  ctx.parallel_for(planes * rows, std::max<int64_t>(1, 16384 / (x.out + x.in)), [&](int64_t begin, int64_t end) {
    Vec<T> mixed(size_t(x.in));
    RowMix<T> mix;
    for (int64_t r = begin; r < end; ++r) {
      const T* plane = in + r / rows * plane_in;
      T* to = out + r * x.out;
      const T* from = plane;
      if (last > 0) {
        mix_of(axes.first(last), strides, r % rows, mix);
        if (mix.offset.size() == 1 && mix.weight[0] == T(1)) {
          from = plane + mix.offset[0];
        } else {
          mix_rows(plane, mix, x.in, mixed.data());
          from = mixed.data();
        }
      }
      if (pairs) {
        for (int64_t i = 0; i < x.out; ++i)
          to[i] = x.weight[size_t(2 * i)] * from[x.index[size_t(2 * i)]] + x.weight[size_t(2 * i + 1)] * from[x.index[size_t(2 * i + 1)]];
        continue;
      }
      for (int64_t i = 0; i < x.out; ++i) {
        T sum = 0;
        for (int64_t k = x.first[size_t(i)]; k < x.first[size_t(i) + 1]; ++k) sum += x.weight[size_t(k)] * from[x.index[size_t(k)]];
        to[i] = sum;
      }
    }
  });
}

// Channels last: whole pixels are mixed.
template <class T>
void resample_pixels(Context& ctx, const T* in, T* out, int64_t batch, int64_t channels, std::span<const Axis<T>> axes) {
  int64_t strides[kMaxSpatial] = {}, image_in = channels, pixels = 1;
  for (size_t d = axes.size(); d-- > 0;) {
    strides[d] = image_in;
    image_in *= axes[d].in;
    pixels *= axes[d].out;
  }
  ctx.parallel_for(batch * pixels, std::max<int64_t>(1, 16384 / (channels + 16)), [&](int64_t begin, int64_t end) {
    RowMix<T> mix;
    for (int64_t p = begin; p < end; ++p) {
      mix_of(axes, strides, p % pixels, mix);
      mix_rows(in + p / pixels * image_in, mix, channels, out + p * channels);
    }
  });
}

// Nearest moves elements of any type.
template <class E>
void pick(Context& ctx, const E* in, E* out, int64_t batch, int64_t inner, std::span<const Axis<float>> axes) {
  int64_t strides[kMaxSpatial] = {}, image_in = inner, rows = 1;
  size_t last = axes.size() - 1;
  for (size_t d = axes.size(); d-- > 0;) {
    strides[d] = image_in;
    image_in *= axes[d].in;
    if (d < last) rows *= axes[d].out;
  }
  const Axis<float>& x = axes[last];
  const int64_t* const columns = x.index.data();
  ctx.parallel_for(batch * rows, std::max<int64_t>(1, 16384 / (x.out * inner + 1)), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const E* from = in + r / rows * image_in;
      int64_t row = r % rows;
      for (size_t d = last; d-- > 0;) {
        from += axes[d].index[size_t(row % axes[d].out)] * strides[d];
        row /= axes[d].out;
      }
      E* to = out + r * x.out * inner;
      if (inner == 1)
        for (int64_t i = 0; i < x.out; ++i) to[i] = from[columns[i]];
      else
        for (int64_t i = 0; i < x.out; ++i) std::copy_n(from + columns[i] * inner, inner, to + i * inner);
    }
  });
}

// Weights of an axis as whole numbers of 2^-precision: how images of bytes are resampled.
struct ByteAxis {
  Vec<int32_t> weight;
  int precision = 0;
  explicit ByteAxis(const Axis<double>& axis) {
    double most = 0;
    for (double w : axis.weight) most = std::max(most, w);
    while (precision < 22 && int64_t(0.5 + most * double(int64_t(1) << (precision + 1))) < (1 << 15)) ++precision;
    double scale = double(int64_t(1) << precision);
    for (double w : axis.weight) weight.push_back(int32_t(std::clamp(w < 0 ? w * scale - 0.5 : w * scale + 0.5, -32768.0, 32767.0)));
  }
};

// One axis of [outer, in, inner], rounded to bytes.
void resample_byte_axis(Context& ctx, const Axis<double>& axis, const uint8_t* in, uint8_t* out, int64_t outer, int64_t inner) {
  ByteAxis whole(axis);
  int32_t half = whole.precision > 0 ? 1 << (whole.precision - 1) : 0;
  ctx.parallel_for(outer, std::max<int64_t>(1, 16384 / (axis.out * inner)), [&](int64_t begin, int64_t end) {
    for (int64_t o = begin; o < end; ++o)
      for (int64_t i = 0; i < axis.out; ++i)
        for (int64_t c = 0; c < inner; ++c) {
          int32_t sum = half;
          for (int64_t k = axis.first[size_t(i)]; k < axis.first[size_t(i) + 1]; ++k)
            sum += whole.weight[size_t(k)] * int32_t(in[(o * axis.in + axis.index[size_t(k)]) * inner + c]);
          out[(o * axis.out + i) * inner + c] = uint8_t(std::clamp(sum >> whole.precision, 0, 255));
        }
  });
}

// Planes of bytes, the last axis first.
void resample_bytes(Context& ctx, const uint8_t* in, uint8_t* out, int64_t planes, std::span<const Axis<double>> axes) {
  Vec<uint8_t> before, after;
  const uint8_t* from = in;
  int64_t inner = 1;
  for (size_t d = axes.size(); d-- > 0;) {
    int64_t outer = planes;
    for (size_t k = 0; k < d; ++k) outer *= axes[k].in;
    uint8_t* to = out;
    if (d > 0) {
      after.resize(size_t(checked_numel(Dims{outer, axes[d].out, inner})));
      to = after.data();
    }
    resample_byte_axis(ctx, axes[d], from, to, outer, inner);
    inner *= axes[d].out;
    std::swap(before, after);
    from = before.data();
  }
}

std::string shape_text(IntView sizes) {
  static constexpr const char* kNames[3][3] = {{"W", "", ""}, {"H", "W", ""}, {"D", "H", "W"}};
  std::string text;
  for (size_t d = 0; d < sizes.size(); ++d) text += cat(d ? ", " : "", kNames[sizes.size() - 1][d], ": ", sizes[d]);
  return text;
}

}  // namespace

Tensor resample(Context& ctx, const Tensor& input_in, IntView output_size, Resampling mode, bool align_corners, std::span<const std::optional<double>> scales) {
  size_t spatial = output_size.size();
  check(input_in.sizes().size() == spatial + 2, "It is expected input_size equals to ", spatial + 2, ", but got size ", input_in.dim());
  IntView sizes = input_in.sizes(), in_spatial = sizes.subspan(2);
  bool positive = true;
  for (size_t d = 0; d < spatial; ++d) positive = positive && in_spatial[d] > 0 && output_size[d] > 0;
  if (!positive)
    fail_runtime("Input and output sizes should be greater than 0, but got input (", shape_text(in_spatial), ") output (", shape_text(output_size), ")");
  check(sizes[1] > 0, "Non-empty ", spatial + 2, "D data tensor expected but got a tensor with sizes ", sizes);
  Dims out_sizes(sizes);
  for (size_t d = 0; d < spatial; ++d) out_sizes[d + 2] = output_size[d];
  DType dtype = input_in.dtype();
  bool nearest = mode == Resampling::kNearest || mode == Resampling::kNearestExact;
  check(is_floating(dtype) || dtype == DType::kByte, "\"compute_indices_weights\" not implemented for '", scalar_type_name(dtype), "'");
  bool antialias = mode == Resampling::kLinearAntialias || mode == Resampling::kCubicAntialias || mode == Resampling::kLanczosAntialias;
  if (antialias && is_reduced_float(dtype)) fail_dtype("compute_index_ranges_weights", dtype);
  MemoryFormat last = spatial == 3 ? MemoryFormat::kChannelsLast3d : MemoryFormat::kChannelsLast;
  bool pixels = spatial > 1 && !input_in.is_contiguous() && input_in.is_contiguous(last);
  Dims strides = pixels ? channels_last_strides(out_sizes) : contiguous_strides(out_sizes);
  Tensor out = make_tensor_strided(out_sizes, strides, dtype);
  if (out.numel() == 0) return out;
  ctx.spend(out.numel() / 500 + 1);
  auto scale_of = [&](size_t d) { return d < scales.size() ? scales[d] : std::optional<double>(); };
  Tensor input = pixels ? input_in : contiguous(ctx, input_in);
  int64_t batch = pixels ? sizes[0] : sizes[0] * sizes[1], channels = pixels ? sizes[1] : 1;
  if (nearest) {
    Axis<float> axes[kMaxSpatial];
    for (size_t d = 0; d < spatial; ++d) axes[d] = make_axis<float>(in_spatial[d], output_size[d], mode, false, scale_of(d));
    visit_size(dtype, [&](auto element) {
      using E = decltype(element);
      pick(ctx, static_cast<const E*>(input.data()), static_cast<E*>(out.mutable_data()), batch, channels, {axes, spatial});
    });
    return out;
  }
  if (dtype == DType::kByte) {
    Axis<double> axes[kMaxSpatial];
    for (size_t d = 0; d < spatial; ++d) axes[d] = make_axis<double>(in_spatial[d], output_size[d], mode, align_corners, scale_of(d));
    Tensor from = contiguous(ctx, input_in), to = pixels ? make_tensor(out_sizes, dtype) : out;
    resample_bytes(ctx, from.data<uint8_t>(), to.mutable_data<uint8_t>(), sizes[0] * sizes[1], {axes, spatial});
    return pixels ? copy_(ctx, out, to) : out;
  }
  DType wide = dtype == DType::kDouble ? DType::kDouble : DType::kFloat;
  Tensor from = to_dtype(ctx, input, wide);  // keeps the layout
  Tensor to = dtype == wide ? out : make_tensor_strided(out_sizes, strides, wide);
  visit_float(wide, "upsample", [&](auto zero) {
    using T = decltype(zero);
    Axis<T> axes[kMaxSpatial];
    for (size_t d = 0; d < spatial; ++d) axes[d] = make_axis<T>(in_spatial[d], output_size[d], mode, align_corners, scale_of(d));
    // PyTorch keeps these weights of a half image in its own type; those of bilinear it does not.
    bool own = is_reduced_float(dtype) && (mode == Resampling::kCubic || (mode == Resampling::kLinear && spatial != 2));
    for (Axis<T>& axis : std::span<Axis<T>>(axes, own ? spatial : 0))
      for (size_t k = axis.weight.size(); k-- > 0;) {
        // The first of a linear pair is what the rounded second leaves.
        T w = mode == Resampling::kLinear && k % 2 == 0 ? T(1) - axis.weight[k + 1] : axis.weight[k];
        axis.weight[k] = T(rounded_to(double(w), dtype));
      }
    const T* x = from.data<T>();
    T* y = to.mutable_data<T>();
    if (pixels) resample_pixels<T>(ctx, x, y, batch, channels, {axes, spatial});
    else resample_planes<T>(ctx, x, y, batch, {axes, spatial});
  });
  if (dtype != wide) copy_(ctx, out, to);
  return out;
}

Tensor resample_by(Context& ctx, const Tensor& input, size_t spatial, std::optional<IntView> output_size, std::optional<FloatView> factors, Resampling mode,
                   bool align_corners) {
  check(output_size.has_value() != factors.has_value(), "Must specify exactly one of output_size and scale_factors");
  if (output_size) {
    check(output_size->size() == spatial, "It is expected output_size equals to ", spatial, ", but got size ", output_size->size());
    return resample(ctx, input, *output_size, mode, align_corners, {});
  }
  check(factors->size() == spatial, "It is expected scale_factors to have ", spatial, " entries, but got ", factors->size());
  check(input.sizes().size() == spatial + 2, "It is expected input_size equals to ", spatial + 2, ", but got size ", input.dim());
  Dims sizes;
  std::optional<double> scales[kMaxSpatial];
  for (size_t d = 0; d < spatial; ++d) {
    scales[d] = (*factors)[d];
    double size = double(input.sizes()[d + 2]) * (*factors)[d];
    check(size >= -9e18 && size <= 9e18, "interpolate: scale factor ", (*factors)[d], " gives no size");
    sizes.push_back(int64_t(size));
  }
  return resample(ctx, input, sizes, mode, align_corners, {scales, spatial});
}

namespace {

using OptDouble = std::optional<double>;
using OptInts = std::optional<IntView>;
using OptFloats = std::optional<FloatView>;

void check_count(IntView output_size, size_t spatial) {
  check(output_size.size() == spatial, "It is expected output_size equals to ", spatial, ", but got size ", output_size.size());
}

template <Resampling M>
Tensor nearest_1d(Context& ctx, const Tensor& self, IntView output_size, OptDouble scale) {
  check_count(output_size, 1);
  const OptDouble scales[] = {scale};
  return resample(ctx, self, output_size, M, false, scales);
}
template <Resampling M>
Tensor nearest_2d(Context& ctx, const Tensor& self, IntView output_size, OptDouble h, OptDouble w) {
  check_count(output_size, 2);
  const OptDouble scales[] = {h, w};
  return resample(ctx, self, output_size, M, false, scales);
}
template <Resampling M>
Tensor nearest_3d(Context& ctx, const Tensor& self, IntView output_size, OptDouble d, OptDouble h, OptDouble w) {
  check_count(output_size, 3);
  const OptDouble scales[] = {d, h, w};
  return resample(ctx, self, output_size, M, false, scales);
}
template <Resampling M, size_t N>
Tensor nearest_vec(Context& ctx, const Tensor& input, OptInts output_size, OptFloats factors) {
  return resample_by(ctx, input, N, output_size, factors, M, false);
}
Tensor linear_1d(Context& ctx, const Tensor& self, IntView output_size, bool align_corners, OptDouble scale) {
  check_count(output_size, 1);
  const OptDouble scales[] = {scale};
  return resample(ctx, self, output_size, Resampling::kLinear, align_corners, scales);
}
template <Resampling M>
Tensor smooth_2d(Context& ctx, const Tensor& self, IntView output_size, bool align_corners, OptDouble h, OptDouble w) {
  check_count(output_size, 2);
  const OptDouble scales[] = {h, w};
  return resample(ctx, self, output_size, M, align_corners, scales);
}
Tensor trilinear_3d(Context& ctx, const Tensor& self, IntView output_size, bool align_corners, OptDouble d, OptDouble h, OptDouble w) {
  check_count(output_size, 3);
  const OptDouble scales[] = {d, h, w};
  return resample(ctx, self, output_size, Resampling::kLinear, align_corners, scales);
}
template <Resampling M, size_t N>
Tensor smooth_vec(Context& ctx, const Tensor& input, OptInts output_size, bool align_corners, OptFloats factors) {
  return resample_by(ctx, input, N, output_size, factors, M, align_corners);
}

constexpr Resampling kNear = Resampling::kNearest, kExact = Resampling::kNearestExact, kLin = Resampling::kLinear, kCub = Resampling::kCubic,
                     kLinAa = Resampling::kLinearAntialias, kCubAa = Resampling::kCubicAntialias, kLanAa = Resampling::kLanczosAntialias;

constexpr OpDef kRows[] = {
    op("aten::upsample_nearest1d(Tensor self, SymInt[1] output_size, float? scales=None) -> Tensor", TAPER_OP(nearest_1d<kNear>), kPure),
    op_out("aten::upsample_nearest1d.out(Tensor self, SymInt[1] output_size, float? scales=None, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(nearest_1d<kNear>)),
    op("aten::upsample_nearest1d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor", TAPER_OP(nearest_vec<kNear, 1>), kPure),
    op("aten::upsample_nearest2d(Tensor self, SymInt[2] output_size, float? scales_h=None, float? scales_w=None) -> Tensor", TAPER_OP(nearest_2d<kNear>),
       kPure),
    op_out("aten::upsample_nearest2d.out(Tensor self, SymInt[2] output_size, float? scales_h=None, float? scales_w=None, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(nearest_2d<kNear>)),
    op("aten::upsample_nearest2d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor", TAPER_OP(nearest_vec<kNear, 2>), kPure),
    op_out("aten::upsample_nearest2d.vec_out(Tensor input, SymInt[]? output_size, float[]? scale_factors, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(nearest_vec<kNear, 2>)),
    op("aten::upsample_nearest3d(Tensor self, SymInt[3] output_size, float? scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor",
       TAPER_OP(nearest_3d<kNear>), kPure),
    op_out("aten::upsample_nearest3d.out(Tensor self, SymInt[3] output_size, float? scales_d=None, float? scales_h=None, float? scales_w=None, *, "
           "Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(nearest_3d<kNear>)),
    op("aten::upsample_nearest3d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor", TAPER_OP(nearest_vec<kNear, 3>), kPure),
    op("aten::_upsample_nearest_exact1d(Tensor self, SymInt[1] output_size, float? scales=None) -> Tensor", TAPER_OP(nearest_1d<kExact>), kPure),
    op_out("aten::_upsample_nearest_exact1d.out(Tensor self, SymInt[1] output_size, float? scales=None, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(nearest_1d<kExact>)),
    op("aten::_upsample_nearest_exact1d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor", TAPER_OP(nearest_vec<kExact, 1>), kPure),
    op("aten::_upsample_nearest_exact2d(Tensor self, SymInt[2] output_size, float? scales_h=None, float? scales_w=None) -> Tensor",
       TAPER_OP(nearest_2d<kExact>), kPure),
    op_out("aten::_upsample_nearest_exact2d.out(Tensor self, SymInt[2] output_size, float? scales_h=None, float? scales_w=None, *, Tensor(a!) out) -> "
           "Tensor(a!)",
           TAPER_OP(nearest_2d<kExact>)),
    op("aten::_upsample_nearest_exact2d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor", TAPER_OP(nearest_vec<kExact, 2>), kPure),
    op("aten::_upsample_nearest_exact3d(Tensor self, SymInt[3] output_size, float? scales_d=None, float? scales_h=None, float? scales_w=None) -> Tensor",
       TAPER_OP(nearest_3d<kExact>), kPure),
    op_out("aten::_upsample_nearest_exact3d.out(Tensor self, SymInt[3] output_size, float? scales_d=None, float? scales_h=None, float? scales_w=None, *, "
           "Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(nearest_3d<kExact>)),
    op("aten::_upsample_nearest_exact3d.vec(Tensor input, SymInt[]? output_size, float[]? scale_factors) -> Tensor", TAPER_OP(nearest_vec<kExact, 3>), kPure),
    op("aten::upsample_linear1d(Tensor self, SymInt[1] output_size, bool align_corners, float? scales=None) -> Tensor", TAPER_OP(linear_1d), kPure),
    op_out("aten::upsample_linear1d.out(Tensor self, SymInt[1] output_size, bool align_corners, float? scales=None, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(linear_1d)),
    op("aten::upsample_linear1d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor", TAPER_OP(smooth_vec<kLin, 1>),
       kPure),
    op("aten::upsample_bilinear2d(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor",
       TAPER_OP(smooth_2d<kLin>), kPure),
    op_out("aten::upsample_bilinear2d.out(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None, *, "
           "Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(smooth_2d<kLin>)),
    op("aten::upsample_bilinear2d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor",
       TAPER_OP(smooth_vec<kLin, 2>), kPure),
    op_out("aten::upsample_bilinear2d.vec_out(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors, *, Tensor(a!) out) -> "
           "Tensor(a!)",
           TAPER_OP(smooth_vec<kLin, 2>)),
    op("aten::upsample_trilinear3d(Tensor self, SymInt[3] output_size, bool align_corners, float? scales_d=None, float? scales_h=None, float? "
       "scales_w=None) -> Tensor",
       TAPER_OP(trilinear_3d), kPure),
    op_out("aten::upsample_trilinear3d.out(Tensor self, SymInt[3] output_size, bool align_corners, float? scales_d=None, float? scales_h=None, float? "
           "scales_w=None, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(trilinear_3d)),
    op("aten::upsample_trilinear3d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor",
       TAPER_OP(smooth_vec<kLin, 3>), kPure),
    op("aten::upsample_bicubic2d(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor",
       TAPER_OP(smooth_2d<kCub>), kPure),
    op_out("aten::upsample_bicubic2d.out(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None, *, "
           "Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(smooth_2d<kCub>)),
    op("aten::upsample_bicubic2d.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor", TAPER_OP(smooth_vec<kCub, 2>),
       kPure),
    op("aten::_upsample_bilinear2d_aa(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor",
       TAPER_OP(smooth_2d<kLinAa>), kPure),
    op_out("aten::_upsample_bilinear2d_aa.out(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None, *, "
           "Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(smooth_2d<kLinAa>)),
    op("aten::_upsample_bilinear2d_aa.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor",
       TAPER_OP(smooth_vec<kLinAa, 2>), kPure),
    op("aten::_upsample_bicubic2d_aa(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor",
       TAPER_OP(smooth_2d<kCubAa>), kPure),
    op_out("aten::_upsample_bicubic2d_aa.out(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None, *, "
           "Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(smooth_2d<kCubAa>)),
    op("aten::_upsample_bicubic2d_aa.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor",
       TAPER_OP(smooth_vec<kCubAa, 2>), kPure),
    op("aten::_upsample_lanczos2d_aa(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None) -> Tensor",
       TAPER_OP(smooth_2d<kLanAa>), kPure),
    op_out("aten::_upsample_lanczos2d_aa.out(Tensor self, SymInt[2] output_size, bool align_corners, float? scales_h=None, float? scales_w=None, *, "
           "Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(smooth_2d<kLanAa>)),
    op("aten::_upsample_lanczos2d_aa.vec(Tensor input, SymInt[]? output_size, bool align_corners, float[]? scale_factors) -> Tensor",
       TAPER_OP(smooth_vec<kLanAa, 2>), kPure),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> upsample_rows() { return aten::kRows; }
}  // namespace taper::impl
