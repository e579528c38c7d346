// Sampling images at positions that a tensor gives: grid_sampler and the grids of affine maps.
#include <algorithm>
#include <cmath>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/matmul.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"
#include "ops/stepped.h"

namespace taper::impl::aten {
namespace {

template <class T, class Fn>
T apply_to(T x, Fn&& fn) {
  if constexpr (std::is_floating_point_v<T>) return fn(x);
  else return T(fn(x.v));
}
template <class T>
T floor_of(T x) {
  return apply_to(x, [](auto v) { return std::floor(v); });
}
template <class T>
T round_of(T x) {
  return apply_to(x, [](auto v) { return std::nearbyint(v); });
}
template <class T>
T abs_of(T x) {
  return apply_to(x, [](auto v) { return std::fabs(v); });
}
template <class T>
T rest_of(T x, T by) {
  if constexpr (std::is_floating_point_v<T>) return std::fmod(x, by);
  else return T(std::fmod(x.v, by.v));
}

enum Interpolation : int64_t { kLinear = 0, kNearest = 1, kCubic = 2 };
enum Padding : int64_t { kZeros = 0, kBorder = 1, kReflection = 2 };

template <class T>
T unnormalize(T x, int64_t size, bool align_corners) {
  return align_corners ? (x + T(1)) / T(2) * T(size - 1) : ((x + T(1)) * T(size) - T(1)) / T(2);
}

inline double float_or_double(double x) { return x; }
template <class R>
float float_or_double(Stepped<R> x) {
  return x.v;
}

// Folds x back into [low / 2, high / 2].
template <class T>
T reflect(T x, int64_t twice_low, int64_t twice_high) {
  if (twice_low == twice_high) return 0;
  T low = T(twice_low) / T(2), span = T(twice_high - twice_low) / T(2);
  x = abs_of(x - low);
  T extra = rest_of(x, span), flips = floor_of(x / span);
  return rest_of(flips, T(2)) == T(0) ? extra + low : span - extra + low;
}

// Where a position lies after padding; what no index can be made of lies outside.
template <class T>
T place(T x, int64_t size, int64_t padding, bool align_corners) {
  if (padding == kReflection) x = align_corners ? reflect(x, 0, 2 * (size - 1)) : reflect(x, -1, 2 * size - 1);
  if (padding != kZeros) x = std::min(std::max(x, T(0)), T(size - 1));
  double wide = double(float_or_double(x));
  return wide >= -2147483648.0 && wide <= 2147483646.0 ? x : T(-100);
}

// Up to 16 elements of a plane and their weights.
template <class T>
struct Taps {
  int64_t offset[16];
  T weight[16];
  int count;
  void add(int64_t at, T w) {
    offset[count] = at;
    weight[count++] = w;
  }
};

struct Plane {
  int64_t size[3], stride[3];
  size_t dims;
};

template <class T>
void taps_linear(const T* at, const Plane& plane, Taps<T>& taps) {
  int64_t low[3];
  T part[3];
  for (size_t d = 0; d < plane.dims; ++d) {
    T floored = floor_of(at[d]);
    low[d] = int64_t(floored);
    part[d] = at[d] - floored;
  }
  for (int corner = 0; corner < (1 << plane.dims); ++corner) {
    int64_t offset = 0;
    T weight = T(1);
    bool inside = true;
    for (size_t d = plane.dims; d-- > 0;) {
      bool high = corner >> (plane.dims - 1 - d) & 1;
      int64_t i = low[d] + high;
      inside = inside && i >= 0 && i < plane.size[d];
      offset += i * plane.stride[d];
      weight *= high ? part[d] : T(1) - part[d];
    }
    if (inside) taps.add(offset, weight);
  }
}

template <class T>
void taps_nearest(const T* at, const Plane& plane, Taps<T>& taps) {
  int64_t offset = 0;
  for (size_t d = 0; d < plane.dims; ++d) {
    auto i = int64_t(round_of(at[d]));
    if (i < 0 || i >= plane.size[d]) return;
    offset += i * plane.stride[d];
  }
  taps.add(offset, T(1));
}

template <class T>
void cubic_weights(T part, T* weights) {
  const T a = T(-0.75);
  auto near = [&](T x) { return ((a + T(2)) * x - (a + T(3))) * x * x + T(1); };
  auto far = [&](T x) { return ((a * x - T(5) * a) * x + T(8) * a) * x - T(4) * a; };
  weights[0] = far(part + T(1)), weights[1] = near(part), weights[2] = near(T(1) - part), weights[3] = far(T(2) - part);
}

template <class T>
void taps_cubic(const T* at, const Plane& plane, int64_t padding, bool align_corners, Taps<T>& taps) {
  T weights[2][4];
  int64_t index[2][4];
  for (size_t d = 0; d < 2; ++d) {
    T floored = floor_of(at[d]);
    cubic_weights(at[d] - floored, weights[d]);
    for (int k = 0; k < 4; ++k) index[d][k] = int64_t(place(floored - T(1) + T(k), plane.size[d], padding, align_corners));
  }
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j)
      if (index[0][i] >= 0 && index[0][i] < plane.size[0] && index[1][j] >= 0 && index[1][j] < plane.size[1])
        taps.add(index[0][i] * plane.stride[0] + index[1][j] * plane.stride[1], weights[0][i] * weights[1][j]);
}

void check_grid(const Tensor& input, const Tensor& grid, int64_t interpolation, size_t spatial) {
  check(input.dtype() == grid.dtype(), "grid_sampler(): expected input and grid to have same dtype, but input has ", cpp_type_name(input.dtype()),
        " and grid has ", cpp_type_name(grid.dtype()));
  check(input.dim() > 0 && grid.dim() > 0 && input.sizes()[0] == grid.sizes()[0],
        "grid_sampler(): expected grid and input to have same batch size, but got input with sizes ", input.sizes(), " and grid with sizes ", grid.sizes());
  check(grid.size(-1) == input.dim() - 2, "grid_sampler(): expected grid to have size ", input.dim() - 2, " in last dimension, but got grid with sizes ",
        grid.sizes());
  for (size_t d = 2; d < input.sizes().size(); ++d)
    check(input.sizes()[d] > 0, "grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes ", input.sizes(), " with dimension ",
          d, " being empty");
  check(input.sizes().size() == spatial + 2 && input.dim() == grid.dim(), "grid_sampler(): expected ", spatial + 2,
        "D input and grid with same number of dimensions, but got input with sizes ", input.sizes(), " and grid with sizes ", grid.sizes());
  check(interpolation >= 0 && interpolation <= 2, "grid_sampler(): unknown interpolation mode ", interpolation);
  check(spatial == 2 || interpolation != kCubic, "grid_sampler(): bicubic interpolation only supports 4D input");
}

Tensor sample(Context& ctx, const Tensor& input_in, const Tensor& grid_in, int64_t interpolation, int64_t padding, bool align_corners, size_t spatial) {
  check_grid(input_in, grid_in, interpolation, spatial);
  check(padding >= 0 && padding <= 2, "grid_sampler(): unknown padding mode ", padding);
  DType dtype = input_in.dtype();
  check(is_floating(dtype), "\"grid_sampler_", spatial, "d_cpu\" not implemented for '", scalar_type_name(dtype), "'");
  DType wide = dtype == DType::kDouble ? DType::kDouble : DType::kFloat;
  Tensor input = to_dtype(ctx, input_in, wide), grid = contiguous(ctx, to_dtype(ctx, grid_in, wide));
  int64_t batch = input.sizes()[0], channels = input.sizes()[1];
  Dims sizes{batch, channels};
  Plane plane;
  plane.dims = spatial;
  int64_t points = 1;
  for (size_t d = 0; d < spatial; ++d) {
    plane.size[d] = input.sizes()[d + 2];
    plane.stride[d] = input.strides()[d + 2];
    sizes.push_back(grid.sizes()[d + 1]);
    points *= grid.sizes()[d + 1];
  }
  Tensor out = make_tensor(sizes, wide);
  ctx.spend(out.numel() / 100 + 1);
  int64_t batch_step = input.strides()[0], channel_step = input.strides()[1];
  auto run = [&](auto step) {
    using T = decltype(step);
    using E = std::conditional_t<std::is_same_v<T, double>, double, float>;
    const E* x = input.data<E>();
    const E* g = grid.data<E>();
    E* y = out.mutable_data<E>();
    if (out.numel() == 0) return;
    ctx.parallel_for(batch * points, 512, [&](int64_t begin, int64_t end) {
      for (int64_t p = begin; p < end; ++p) {
        // The last dimension of the grid counts from the innermost axis.
        T at[3];
        for (size_t d = 0; d < spatial; ++d) {
          T raw = unnormalize(T(g[p * int64_t(spatial) + int64_t(spatial - 1 - d)]), plane.size[d], align_corners);
          // Cubic places each of its taps instead.
          at[d] = interpolation == kCubic ? place(raw, plane.size[d], kZeros, align_corners) : place(raw, plane.size[d], padding, align_corners);
        }
        Taps<T> taps;
        taps.count = 0;
        if (interpolation == kLinear) taps_linear(at, plane, taps);
        else if (interpolation == kNearest) taps_nearest(at, plane, taps);
        else taps_cubic(at, plane, padding, align_corners, taps);
        int64_t n = p / points;
        const E* from = x + n * batch_step;
        E* to = y + n * channels * points + p % points;
        for (int64_t c = 0; c < channels; ++c) {
          T sum = T(0);
          for (int k = 0; k < taps.count; ++k) sum += taps.weight[k] * T(from[taps.offset[k]]);
          *to = E(sum);
          from += channel_step;
          to += points;
        }
      }
    });
  };
  if (dtype == DType::kHalf) run(Stepped<Half>());
  else if (dtype == DType::kBFloat16) run(Stepped<BFloat16>());
  else if (dtype == DType::kDouble) run(double());
  else run(float());
  return to_dtype(ctx, out, dtype);
}

Tensor grid_sampler_2d(Context& ctx, const Tensor& input, const Tensor& grid, int64_t interpolation, int64_t padding, bool align_corners) {
  return sample(ctx, input, grid, interpolation, padding, align_corners, 2);
}
Tensor grid_sampler_3d(Context& ctx, const Tensor& input, const Tensor& grid, int64_t interpolation, int64_t padding, bool align_corners) {
  return sample(ctx, input, grid, interpolation, padding, align_corners, 3);
}
Tensor grid_sampler(Context& ctx, const Tensor& input, const Tensor& grid, int64_t interpolation, int64_t padding, bool align_corners) {
  check((input.dim() == 4 || input.dim() == 5) && input.dim() == grid.dim(),
        "grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, but got input with sizes ", input.sizes(), " and grid with sizes ",
        grid.sizes());
  return sample(ctx, input, grid, interpolation, padding, align_corners, size_t(input.dim() - 2));
}

Tensor affine_grid(Context& ctx, const Tensor& theta, IntView size, bool align_corners) {
  check(size.size() == 4 || size.size() == 5, "AffineGridGenerator needs 4d (spatial) or 5d (volumetric) inputs.");
  check(theta.is_floating(), "affine_grid_generator: expected a floating point theta, got ", scalar_type_name(theta.dtype()));
  size_t spatial = size.size() - 2;
  for (int64_t s : size) check(s >= 0, "affine_grid_generator: negative size in ", size);
  auto dims = int64_t(spatial);
  int64_t theta_sizes[3] = {size[0], dims, dims + 1};
  check(same(theta.sizes(), theta_sizes), "Expected a batch of ", spatial == 2 ? "2D" : "3D", " affine matrices of shape ", IntView(theta_sizes), " for size ",
        size, ". Got ", theta.sizes(), ".");
  // The positions of all pixels, [points, dims + 1] with a last column of ones.
  IntView spatial_sizes = size.subspan(2);
  int64_t points = checked_numel(spatial_sizes);
  int64_t base_sizes[2] = {points, dims + 1};
  Tensor base = make_tensor(base_sizes, theta.dtype());
  DType wide = theta.dtype() == DType::kDouble ? DType::kDouble : DType::kFloat;
  Tensor filled = theta.dtype() == wide ? base : make_tensor(base_sizes, wide);
  visit_float(wide, "affine_grid_generator", [&](auto zero) {
    using T = decltype(zero);
    T* data = filled.mutable_data<T>();
    int64_t inner = 1;
    for (size_t d = spatial; d-- > 0;) {
      int64_t n = spatial_sizes[d];
      Vec<T> line(size_t(n), T(0));
      T step = n > 1 ? T(2) / T(n - 1) : T(0);
      for (int64_t i = 0; i < n && n > 1; ++i) {
        T x = i < n / 2 ? T(-1) + step * T(i) : T(1) - step * T(n - 1 - i);
        line[size_t(i)] = align_corners ? x : x * T(n - 1) / T(n);
      }
      for (int64_t p = 0; p < points; ++p) data[p * (dims + 1) + int64_t(spatial - 1 - d)] = line[size_t(p / inner % n)];
      inner *= n;
    }
    for (int64_t p = 0; p < points; ++p) data[p * (dims + 1) + dims] = T(1);
  });
  if (theta.dtype() != wide) copy_(ctx, base, filled);
  Tensor grid = matmul(ctx, unsqueeze(ctx, base, 0), transpose(ctx, theta, 1, 2));
  Dims out{size[0]};
  for (int64_t s : spatial_sizes) out.push_back(s);
  out.push_back(dims);
  return view(ctx, grid, out);
}

constexpr OpDef kRows[] = {
    op("aten::grid_sampler(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor", TAPER_OP(grid_sampler), kPure),
    op("aten::grid_sampler_2d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor", TAPER_OP(grid_sampler_2d),
       kPure),
    op_out("aten::grid_sampler_2d.out(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners, *, Tensor(a!) out) -> "
           "Tensor(a!)",
           TAPER_OP(grid_sampler_2d)),
    op("aten::_grid_sampler_2d_cpu_fallback(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor",
       TAPER_OP(grid_sampler_2d), kPure),
    op("aten::grid_sampler_3d(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor", TAPER_OP(grid_sampler_3d),
       kPure),
    op_out("aten::grid_sampler_3d.out(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners, *, Tensor(a!) out) -> "
           "Tensor(a!)",
           TAPER_OP(grid_sampler_3d)),
    op("aten::affine_grid_generator(Tensor theta, SymInt[] size, bool align_corners) -> Tensor", TAPER_OP(affine_grid), kPure),
    op_out("aten::affine_grid_generator.out(Tensor theta, SymInt[] size, bool align_corners, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(affine_grid)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> grid_rows() { return aten::kRows; }
}  // namespace taper::impl
