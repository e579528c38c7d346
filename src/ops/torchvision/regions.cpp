// torchvision's pooling of regions: roi_align and roi_pool, and their position sensitive forms, in which each cell of the
// result has channels of its own.
//
// A region is a row (image, x1, y1, x2, y2), scaled to the input's pixels and divided into pooled_height x pooled_width
// cells. The align forms average points sampled in a cell, the pool forms take whole pixels. Arithmetic is the input's
// own, so that half inputs round as they do in torchvision.
#include <algorithm>
#include <cfloat>
#include <cmath>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/families.h"
#include "ops/output.h"
#include "ops/stepped.h"

namespace taper::impl::torchvision {
namespace {

constexpr int64_t kManyPoints = int64_t(1) << 31;

struct Shape {
  int64_t regions, images, channels, height, width;  // of the input
  int64_t pooled_height, pooled_width, cells;
};

// Input and regions as T's stored type, dense.
struct Prepared {
  Tensor input, regions;
  Shape shape;
};

Prepared prepare(Context& ctx, const Tensor& input, const Tensor& regions, int64_t pooled_height, int64_t pooled_width, const char* name, const char* text) {
  wrap_dim(1, regions.dim());
  check(regions.dim() == 2 && regions.size(1) == 5, text);
  check(input.dtype() == regions.dtype(), "Expected tensor for argument #1 'input' to have the same type as tensor for argument #2 'rois'; but type torch.",
        scalar_type_name(input.dtype()), "Tensor does not equal torch.", scalar_type_name(regions.dtype()), "Tensor (while checking arguments for ", name, ")");
  wrap_dim(3, input.dim());
  check(input.dim() == 4, name, ": expected an input of 4 dimensions, got ", input.dim());
  check(pooled_height >= 0 && pooled_width >= 0, "zeros: Dimension size must be non-negative.");
  check(pooled_height < kManyPoints && pooled_width < kManyPoints, name, ": pooled size ", pooled_height, " x ", pooled_width, " is too large");
  DType dtype = input.dtype();
  if (dtype != DType::kFloat && dtype != DType::kDouble && dtype != DType::kHalf) fail_dtype(name, dtype);
  DType wide = dtype == DType::kDouble ? DType::kDouble : DType::kFloat;
  Prepared p{aten::contiguous(ctx, aten::to_dtype(ctx, input, wide)), aten::contiguous(ctx, aten::to_dtype(ctx, regions, wide)), {}};
  p.shape = {regions.size(0), input.size(0), input.size(1), input.size(2), input.size(3), pooled_height, pooled_width, pooled_height * pooled_width};
  return p;
}

template <class Fn>
void visit_number(DType dtype, Fn&& fn) {
  if (dtype == DType::kDouble) fn(double());
  else if (dtype == DType::kFloat) fn(float());
  else fn(Stepped<Half>());
}

// x as an int; what no int holds becomes the smallest one, as on x86.
int64_t as_int(double x) { return x > -2147483649.0 && x < 2147483648.0 ? int64_t(x) : INT32_MIN; }

template <class T>
struct Region {
  int64_t image;
  T left, top, right, bottom;  // scaled
};
template <class T>
Region<T> region_at(const Prepared& p, int64_t index, T scale) {
  const StoredAs<T>* r = p.regions.data<StoredAs<T>>() + 5 * index;
  int64_t image = as_int(double(r[0]));
  check(image >= 0 && image < p.shape.images, "region ", index, " lies in image ", image, " of ", p.shape.images);
  return {image, T(r[1]) * scale, T(r[2]) * scale, T(r[3]) * scale, T(r[4]) * scale};
}

// Four pixels around a point and their weights.
template <class T>
struct Point {
  int64_t at[4];
  T weight[4];
};
// False: the point lies outside.
template <class T>
bool surround(T y, T x, int64_t height, int64_t width, Point<T>& point) {
  if (!(y >= T(-1) && y <= T(height) && x >= T(-1) && x <= T(width)) || height == 0 || width == 0) return false;
  if (y <= T(0)) y = T(0);
  if (x <= T(0)) x = T(0);
  int64_t low_y = int64_t(plain(y)), low_x = int64_t(plain(x)), high_y = low_y + 1, high_x = low_x + 1;
  if (low_y >= height - 1) high_y = low_y = height - 1, y = T(low_y);
  if (low_x >= width - 1) high_x = low_x = width - 1, x = T(low_x);
  T part_y = y - T(low_y), part_x = x - T(low_x), rest_y = T(1) - part_y, rest_x = T(1) - part_x;
  point = {{low_y * width + low_x, low_y * width + high_x, high_y * width + low_x, high_y * width + high_x},
           {rest_y * rest_x, rest_y * part_x, part_y * rest_x, part_y * part_x}};
  return true;
}
template <class T>
T interpolate(const StoredAs<T>* plane, const Point<T>& point) {
  return point.weight[0] * T(plane[point.at[0]]) + point.weight[1] * T(plane[point.at[1]]) + point.weight[2] * T(plane[point.at[2]]) +
         point.weight[3] * T(plane[point.at[3]]);
}

// The points of a region's cells: rows x columns in each.
template <class T>
struct Samples {
  T top, left, cell_height, cell_width;
  int64_t rows, columns;
  T y(int64_t cell, int64_t row) const { return top + T(cell) * cell_height + T(float(row) + 0.5f) * cell_height / T(rows); }
  T x(int64_t cell, int64_t column) const { return left + T(cell) * cell_width + T(float(column) + 0.5f) * cell_width / T(columns); }
};
template <class T>
Samples<T> samples_of(const Region<T>& r, T shift, bool at_least_one, const Shape& s, int64_t sampling_ratio) {
  T top = r.top - shift, left = r.left - shift, height = r.bottom - shift - top, width = r.right - shift - left;
  if (at_least_one) height = std::max(height, T(1)), width = std::max(width, T(1));
  T cell_height = height / T(s.pooled_height), cell_width = width / T(s.pooled_width);
  if (sampling_ratio > 0) return {top, left, cell_height, cell_width, sampling_ratio, sampling_ratio};
  return {top, left, cell_height, cell_width, as_int(std::ceil(double(plain(cell_height)))), as_int(std::ceil(double(plain(cell_width))))};
}
void check_ratio(int64_t sampling_ratio) { check(sampling_ratio < kManyPoints, "sampling_ratio ", sampling_ratio, " is too large"); }

// Averages the points of all cells of one region. Points are found once for all channels, some thousands at a time.
template <class T>
void align_region(Context& ctx, const Prepared& p, const Samples<T>& s, int64_t image, StoredAs<T>* out) {
  constexpr size_t kBlock = 4096;
  struct CellPoint {
    int64_t cell;
    Point<T> point;
  };
  check((s.rows >= 0) == (s.columns >= 0) || s.rows == 0 || s.columns == 0, "cannot create std::vector larger than max_size()");
  const Shape& shape = p.shape;
  int64_t plane_size = shape.height * shape.width;
  const StoredAs<T>* planes = p.input.data<StoredAs<T>>() + image * shape.channels * plane_size;
  Vec<CellPoint> points;
  points.reserve(
      size_t(std::min<double>(double(kBlock), double(shape.cells) * double(std::max<int64_t>(s.rows, 0)) * double(std::max<int64_t>(s.columns, 0)))));
  std::fill_n(out, shape.channels * shape.cells, StoredAs<T>(0));
  auto flush = [&] {
    ctx.spend(int64_t(points.size()) * shape.channels / 25 + 1);
    ctx.parallel_for(shape.channels, 1 + 16384 / int64_t(points.size() + 1), [&](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; ++c) {
        const StoredAs<T>* plane = planes + c * plane_size;
        StoredAs<T>* sums = out + c * shape.cells;
        for (const CellPoint& each : points) sums[each.cell] = plain(T(sums[each.cell]) + interpolate<T>(plane, each.point));
      }
    });
    points.clear();
  };
  for (int64_t row = 0; row < shape.pooled_height; ++row)
    for (int64_t column = 0; column < shape.pooled_width; ++column)
      for (int64_t i = 0; i < s.rows; ++i) {
        T y = s.y(row, i);
        for (int64_t j = 0; j < s.columns; ++j) {
          // Points outside count as pixel 0 with weight 0, which NaN there passes.
          points.push_back({row * shape.pooled_width + column, {}});
          surround(y, s.x(column, j), shape.height, shape.width, points.back().point);
          if (points.size() == kBlock) flush();
        }
      }
  flush();
  T count = T(std::max<double>(double(s.rows) * double(s.columns), 1));
  for (int64_t i = 0; i < shape.channels * shape.cells; ++i) out[i] = plain(T(out[i]) / count);
}

Tensor roi_align(Context& ctx, const Tensor& input, const Tensor& rois, double scale, int64_t pooled_height, int64_t pooled_width, int64_t sampling_ratio,
                 bool aligned) {
  Prepared p = prepare(ctx, input, rois, pooled_height, pooled_width, "roi_align_forward_kernel", "rois must have shape as Tensor[K, 5]");
  check_ratio(sampling_ratio);
  const Shape& s = p.shape;
  Tensor out = aten::zeros(ctx, Dims{s.regions, s.channels, pooled_height, pooled_width}, p.input.dtype());
  if (out.numel() > 0 && p.input.numel() > 0)
    visit_number(input.dtype(), [&](auto zero) {
      using T = decltype(zero);
      auto* to = out.mutable_data<StoredAs<T>>();
      for (int64_t n = 0; n < s.regions; ++n) {
        Region<T> region = region_at(p, n, T(scale));
        align_region(ctx, p, samples_of(region, T(aligned ? 0.5 : 0.0), !aligned, s, sampling_ratio), region.image, to + n * s.channels * s.cells);
      }
    });
  return aten::to_dtype(ctx, out, input.dtype());
}

// The pixels [begin, end) of cell `index` along one axis of the input.
struct Range {
  int64_t begin, end;
  bool empty() const { return end <= begin; }
};
template <class T>
Range pixels(int64_t index, T cell, int64_t start, int64_t limit) {
  int64_t begin = as_int(std::floor(double(plain(T(index) * cell)))), end = as_int(std::ceil(double(plain(T(index + 1) * cell))));
  return {std::clamp<int64_t>(begin + start, 0, limit), std::clamp<int64_t>(end + start, 0, limit)};
}
template <class T>
int64_t rounded(T x) {
  return as_int(std::round(double(plain(x))));
}

std::tuple<Tensor, Tensor> roi_pool(Context& ctx, const Tensor& input, const Tensor& rois, double scale, int64_t pooled_height, int64_t pooled_width) {
  Prepared p = prepare(ctx, input, rois, pooled_height, pooled_width, "roi_pool_forward_kernel", "rois must have shape as Tensor[K, 5]");
  const Shape& s = p.shape;
  Dims sizes{s.regions, s.channels, pooled_height, pooled_width};
  Tensor out = aten::zeros(ctx, sizes, p.input.dtype()), places = aten::zeros(ctx, sizes, DType::kInt);
  if (out.numel() > 0 && p.input.numel() > 0)
    visit_number(input.dtype(), [&](auto zero) {
      using T = decltype(zero);
      using E = StoredAs<T>;
      E* to = out.mutable_data<E>();
      int32_t* place = places.mutable_data<int32_t>();
      for (int64_t n = 0; n < s.regions; ++n) {
        Region<T> region = region_at(p, n, T(scale));
        int64_t left = rounded(region.left), top = rounded(region.top);
        T cell_width = T(std::max<int64_t>(rounded(region.right) - left + 1, 1)) / T(pooled_width);
        T cell_height = T(std::max<int64_t>(rounded(region.bottom) - top + 1, 1)) / T(pooled_height);
        for (int64_t c = 0; c < s.channels; ++c) {
          const E* plane = p.input.data<E>() + (region.image * s.channels + c) * s.height * s.width;
          for (int64_t cell = 0; cell < s.cells; ++cell, ++to, ++place) {
            Range rows = pixels(cell / pooled_width, cell_height, top, s.height), columns = pixels(cell % pooled_width, cell_width, left, s.width);
            if (!rows.empty() && !columns.empty()) ctx.spend((rows.end - rows.begin) * (columns.end - columns.begin) / 100 + 1);
            E best = rows.empty() || columns.empty() ? E(0) : plain(T(-FLT_MAX));
            int64_t found = -1;
            for (int64_t y = rows.begin; y < rows.end; ++y)
              for (int64_t x = columns.begin; x < columns.end; ++x)
                if (plane[y * s.width + x] > best) best = plane[found = y * s.width + x];
            *to = best;
            *place = int32_t(found);
          }
        }
      }
    });
  return {aten::to_dtype(ctx, out, input.dtype()), places};
}

// Calls each_region(region, its image, index of its first result) and writes which channel of the input each result comes
// from: as many results as channels, in their order.
template <class T, class Fn>
void position_sensitive(const Prepared& p, T scale, const Tensor& mapping, Fn&& each_region) {
  const Shape& s = p.shape;
  int32_t* channel_of = mapping.mutable_data<int32_t>();
  int64_t per_region = s.channels;
  for (int64_t n = 0; n < s.regions; ++n) {
    for (int64_t i = 0; i < per_region; ++i) channel_of[n * per_region + i] = int32_t(i);
    Region<T> region = region_at(p, n, scale);
    each_region(region, p.input.data<StoredAs<T>>() + region.image * s.channels * s.height * s.width, n * per_region);
  }
}
Prepared prepare_sensitive(Context& ctx, const Tensor& input, const Tensor& rois, int64_t pooled_height, int64_t pooled_width, const char* name, Tensor& out,
                           Tensor& mapping) {
  Prepared p = prepare(ctx, input, rois, pooled_height, pooled_width, name, "Tensor rois should have shape as Tensor[K, 5]");
  const Shape& s = p.shape;
  check(s.cells > 0 && s.channels % s.cells == 0, "input channels must be a multiple of pooling height * pooling width");
  Dims sizes{s.regions, s.channels / s.cells, pooled_height, pooled_width};
  out = aten::zeros(ctx, sizes, p.input.dtype());
  mapping = aten::zeros(ctx, sizes, DType::kInt);
  return p;
}

std::tuple<Tensor, Tensor> ps_roi_align(Context& ctx, const Tensor& input, const Tensor& rois, double scale, int64_t pooled_height, int64_t pooled_width,
                                        int64_t sampling_ratio) {
  Tensor out, mapping;
  Prepared p = prepare_sensitive(ctx, input, rois, pooled_height, pooled_width, "ps_roi_align_forward_kernel", out, mapping);
  check_ratio(sampling_ratio);
  const Shape& s = p.shape;
  if (out.numel() > 0 && p.input.numel() > 0)
    visit_number(input.dtype(), [&](auto zero) {
      using T = decltype(zero);
      auto* to = out.mutable_data<StoredAs<T>>();
      position_sensitive(p, T(scale), mapping, [&](const Region<T>& region, const StoredAs<T>* planes, int64_t first) {
        Samples<T> samples = samples_of(region, T(0.5), false, s, sampling_ratio);
        T count = T(double(samples.rows) * double(samples.columns));
        for (int64_t c = 0; c < s.channels; ++c) {
          int64_t row = c % s.cells / s.pooled_width, column = c % s.pooled_width;
          T sum = T(0);
          for (int64_t i = 0; i < samples.rows; ++i) {
            T y = samples.y(row, i);
            ctx.spend(samples.columns / 25 + 1);
            for (int64_t j = 0; j < samples.columns; ++j) {
              Point<T> point;
              if (surround(y, samples.x(column, j), s.height, s.width, point)) sum += interpolate<T>(planes + c * s.height * s.width, point);
            }
          }
          to[first + c] = plain(sum / count);
        }
      });
    });
  return {aten::to_dtype(ctx, out, input.dtype()), mapping};
}

std::tuple<Tensor, Tensor> ps_roi_pool(Context& ctx, const Tensor& input, const Tensor& rois, double scale, int64_t pooled_height, int64_t pooled_width) {
  Tensor out, mapping;
  Prepared p = prepare_sensitive(ctx, input, rois, pooled_height, pooled_width, "ps_roi_pool_forward_kernel", out, mapping);
  const Shape& s = p.shape;
  if (out.numel() > 0 && p.input.numel() > 0)
    visit_number(input.dtype(), [&](auto zero) {
      using T = decltype(zero);
      auto* to = out.mutable_data<StoredAs<T>>();
      position_sensitive(p, T(scale), mapping, [&](const Region<T>& region, const StoredAs<T>* planes, int64_t first) {
        int64_t left = rounded(region.left), top = rounded(region.top);
        T cell_width = T(std::max<int64_t>(rounded(region.right) - left, 1)) / T(s.pooled_width);
        T cell_height = T(std::max<int64_t>(rounded(region.bottom) - top, 1)) / T(s.pooled_height);
        for (int64_t c = 0; c < s.channels; ++c) {
          const StoredAs<T>* plane = planes + c * s.height * s.width;
          // The last row and column of pixels are never taken.
          Range rows = pixels(c % s.cells / s.pooled_width, cell_height, top, s.height - 1),
                columns = pixels(c % s.pooled_width, cell_width, left, s.width - 1);
          if (rows.empty() || columns.empty()) continue;
          int64_t area = (rows.end - rows.begin) * (columns.end - columns.begin);
          ctx.spend(area / 100 + 1);
          T sum = T(0);
          for (int64_t y = rows.begin; y < rows.end; ++y)
            for (int64_t x = columns.begin; x < columns.end; ++x) sum += T(plane[y * s.width + x]);
          to[first + c] = plain(sum / T(area));
        }
      });
    });
  return {aten::to_dtype(ctx, out, input.dtype()), mapping};
}

constexpr OpDef kRows[] = {
    op("torchvision::roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, int sampling_ratio, bool aligned) -> "
       "Tensor",
       TAPER_OP(roi_align), kPure),
    op("torchvision::roi_pool(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width) -> (Tensor, Tensor)",
       TAPER_OP(roi_pool), kPure),
    op("torchvision::ps_roi_align(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width, int sampling_ratio) -> (Tensor, "
       "Tensor)",
       TAPER_OP(ps_roi_align), kPure),
    op("torchvision::ps_roi_pool(Tensor input, Tensor rois, float spatial_scale, SymInt pooled_height, SymInt pooled_width) -> (Tensor, Tensor)",
       TAPER_OP(ps_roi_pool), kPure),
};

}  // namespace
}  // namespace taper::impl::torchvision

namespace taper::impl {
std::span<const OpDef> regions_rows() { return torchvision::kRows; }
}  // namespace taper::impl
