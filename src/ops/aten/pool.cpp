// Pooling over one to three spatial dimensions: maximum, average and their adaptive forms.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/layout.h"
#include "ops/aten/norm_rows.h"
#include "ops/aten/pool_windows.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/kernels/row_math.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

// float, double or int64: what a dtype is pooled in.
DType pooled_type(DType dtype) { return is_floating(dtype) ? wide_float(dtype) : DType::kLong; }

template <class Fn>
void visit_pooled(DType dtype, Fn&& fn) {
  if (dtype == DType::kDouble) fn(double());
  else if (dtype == DType::kFloat) fn(float());
  else fn(int64_t());
}

int64_t grain(const Windows& w) { return std::max<int64_t>(1, 16384 / std::max<int64_t>(1, w.out_area() + w.in_area())); }

template <class T>
T lowest() {
  if constexpr (std::is_integral_v<T>) return std::numeric_limits<T>::lowest();
  else return -std::numeric_limits<T>::infinity();
}

template <class T>
void max_plane(const Windows& w, const T* plane, T* out, int64_t* indices) {
  for_places(w, [&](int64_t place, const Window& a, const Window& b, const Window& c) {
    int64_t best = (a.start * w.in[1] + b.start) * w.in[2] + c.start;
    T high = lowest<T>();
    for (int64_t x = a.start; x < a.end; x += a.step)
      for (int64_t y = b.start; y < b.end; y += b.step)
        for (int64_t z = c.start; z < c.end; z += c.step) {
          int64_t at = (x * w.in[1] + y) * w.in[2] + z;
          T v = plane[at];
          if (v > high || v != v) {
            high = v;
            best = at;
          }
        }
    out[place] = high;
    if (indices) indices[place] = best;
  });
}

// The places of a row whose windows lie inside as a whole: kernel k of them reads x * stride + shift[k].
struct Row {
  int64_t first = 0, last = 0;  // [first, last)
  int64_t stride = 1, start = 0, step = 1, taps = 1;
};

Row inner_row(const Windows& w, const PoolShape& s) {
  size_t k = s.dims - 1;
  Row row{0, w.out[2], s.stride[k], -s.padding[k], s.dilation[k], s.kernel[k]};
  while (row.first < row.last && row.first * row.stride + row.start < 0) ++row.first;
  while (row.last > row.first && (row.last - 1) * row.stride + row.start + (row.taps - 1) * row.step >= w.in[2]) --row.last;
  return row;
}

// Rows of windows that slide: first the input rows under a window become one, then its elements.
template <class Fold, class Whole>
void slide_plane(const Windows& w, const Row& row, const float* plane, float* out, float start, float* line, Fold&& fold, Whole&& one) {
  for (const Window& a : w.places[0])
    for (const Window& b : w.places[1]) {
      std::fill_n(line, w.in[2], start);
      for (int64_t x = a.start; x < a.end; x += a.step)
        for (int64_t y = b.start; y < b.end; y += b.step) fold(line, plane + (x * w.in[1] + y) * w.in[2], w.in[2], int64_t(1));
      std::fill_n(out, w.out[2], start);
      if (row.last > row.first)
        for (int64_t k = 0; k < row.taps; ++k)
          fold(out + row.first, line + row.first * row.stride + row.start + k * row.step, row.last - row.first, row.stride);
      for (int64_t o = 0; o < w.out[2]; ++o) {
        if (o == row.first) o = row.last;
        if (o >= w.out[2]) break;
        const Window& c = w.places[2][size_t(o)];
        for (int64_t z = c.start; z < c.end; z += c.step) one(out[o], line[z]);
      }
      out += w.out[2];
    }
}

struct Pooled {
  Tensor out, indices;
};

// `layout` says where the result's elements lie; input's planes are pooled one by one.
Pooled max_over(Context& ctx, const Tensor& input, const Windows& w, size_t dims, bool want_indices, const PoolShape* slides) {
  Dims sizes = pooled_sizes(input, w, dims);
  DType dtype = input.dtype(), wide = pooled_type(dtype);
  Tensor x = contiguous(ctx, to_dtype(ctx, input, wide)), out = make_tensor(sizes, wide);
  Tensor indices = want_indices ? make_tensor(sizes, DType::kLong) : Tensor();
  if (out.numel() > 0) {
    int64_t planes = out.numel() / w.out_area(), in_area = w.in_area(), out_area = w.out_area();
    ctx.spend(x.numel() / 200 + out.numel() / 100 + 1);
    int64_t* at = want_indices ? indices.mutable_data<int64_t>() : nullptr;
    visit_pooled(wide, [&](auto zero) {
      using T = decltype(zero);
      const T* from = x.data<T>();
      T* to = out.mutable_data<T>();
      ctx.parallel_for(planes, grain(w), [&](int64_t begin, int64_t end) {
        if constexpr (std::is_same_v<T, float>) {
          if (slides && !at) {
            const RowMath& math = row_math(ctx.cpu_level);
            Row row = inner_row(w, *slides);
            Vec<float> line(static_cast<size_t>(w.in[2]));
            for (int64_t p = begin; p < end; ++p)
              slide_plane(w, row, from + p * in_area, to + p * out_area, lowest<float>(), line.data(), math.max_into,
                          [](float& high, float v) { high = v > high || v != v ? v : high; });
            return;
          }
        }
        for (int64_t p = begin; p < end; ++p) max_plane(w, from + p * in_area, to + p * out_area, at ? at + p * out_area : nullptr);
      });
    });
  }
  Pooled result{to_dtype(ctx, out, dtype), indices};
  if (!suggests_channels_last(input)) return result;
  Pooled images{make_image(sizes, dtype, true), Tensor()};
  copy_(ctx, images.out, result.out);
  if (want_indices) copy_(ctx, images.indices = make_image(sizes, DType::kLong, true), indices);
  return images;
}

struct Divisor {
  std::optional<int64_t> given;
  bool with_padding = false;
  int64_t of(const Window& a, const Window& b, const Window& c) const {
    if (given) return *given;
    if (with_padding) return a.size * b.size * c.size;
    return std::max<int64_t>(a.end - a.start, 0) * std::max<int64_t>(b.end - b.start, 0) * std::max<int64_t>(c.end - c.start, 0);
  }
};

bool is_empty(const Window& w) { return w.start >= w.end; }

template <class T>
void average_plane(const Windows& w, const Divisor& divisor, const T* plane, T* out) {
  for_places(w, [&](int64_t place, const Window& a, const Window& b, const Window& c) {
    T total = 0;
    for (int64_t x = a.start; x < a.end; ++x)
      for (int64_t y = b.start; y < b.end; ++y) {
        const T* line = plane + (x * w.in[1] + y) * w.in[2];
        for (int64_t z = c.start; z < c.end; ++z) total += line[z];
      }
    out[place] = is_empty(a) || is_empty(b) || is_empty(c) ? T(0) : T(total / T(divisor.of(a, b, c)));
  });
}

// The adaptive 3-d average of half types adds and divides in the type itself.
void average_plane_rounded(const Windows& w, DType dtype, const float* plane, float* out) {
  for_places(w, [&](int64_t place, const Window& a, const Window& b, const Window& c) {
    double total = 0;
    for (int64_t x = a.start; x < a.end; ++x)
      for (int64_t y = b.start; y < b.end; ++y)
        for (int64_t z = c.start; z < c.end; ++z) total = rounded_to(float(total) + plane[(x * w.in[1] + y) * w.in[2] + z], dtype);
    for (const Window* v : {&a, &b, &c}) total = rounded_to(float(total) / float(v->end - v->start), dtype);
    out[place] = float(total);
  });
}

Tensor average_over(Context& ctx, const Tensor& input, const Windows& w, size_t dims, const Divisor& divisor, const PoolShape* slides) {
  Dims sizes = pooled_sizes(input, w, dims);
  DType dtype = input.dtype(), wide = pooled_type(dtype);
  Tensor x = contiguous(ctx, to_dtype(ctx, input, wide)), out = make_tensor(sizes, wide);
  if (out.numel() > 0) {
    int64_t planes = out.numel() / w.out_area(), in_area = w.in_area(), out_area = w.out_area();
    ctx.spend(x.numel() / 200 + out.numel() / 100 + 1);
    bool rounded = !slides && dims == 3 && out_area > 1 && is_reduced_float(dtype);
    visit_pooled(wide, [&](auto zero) {
      using T = decltype(zero);
      const T* from = x.data<T>();
      T* to = out.mutable_data<T>();
      ctx.parallel_for(planes, grain(w), [&](int64_t begin, int64_t end) {
        if constexpr (std::is_same_v<T, float>) {
          const RowMath& math = row_math(ctx.cpu_level);
          if (rounded) {
            for (int64_t p = begin; p < end; ++p) average_plane_rounded(w, dtype, from + p * in_area, to + p * out_area);
            return;
          }
          if (out_area == 1 && !slides) {  // the whole plane
            for (int64_t p = begin; p < end; ++p) to[p] = float(math.sum(from + p * in_area, in_area) / double(in_area));
            return;
          }
          if (slides) {
            Row row = inner_row(w, *slides);
            Vec<float> line(static_cast<size_t>(w.in[2])), by;
            for_places(w, [&](int64_t, const Window& a, const Window& b, const Window& c) { by.push_back(float(divisor.of(a, b, c))); });
            for (int64_t p = begin; p < end; ++p) {
              float* plane = to + p * out_area;
              slide_plane(w, row, from + p * in_area, plane, 0.0f, line.data(), math.add_into, [](float& sum, float v) { sum += v; });
              for (int64_t i = 0; i < out_area; ++i) plane[i] = by[size_t(i)] == 0 ? 0.0f : plane[i] / by[size_t(i)];
            }
            return;
          }
        }
        for (int64_t p = begin; p < end; ++p) average_plane(w, divisor, from + p * in_area, to + p * out_area);
      });
    });
  }
  Tensor result = to_dtype(ctx, out, dtype);
  if (!suggests_channels_last(input)) return result;
  return copy_(ctx, make_image(sizes, dtype, true), result);
}

// ---- arguments ----

constexpr const char* kCounts[] = {"", "", "two", "three"};

enum class Wording { kMax, kAverage3d };

Dims pool_list(IntView list, size_t dims, const char* name, const char* what, IntView otherwise, Wording wording) {
  if (list.empty() && !otherwise.empty()) list = otherwise;
  if (list.size() != 1 && list.size() != dims) {
    std::string_view w = what;
    const char* form = wording == Wording::kAverage3d
                           ? (w == "stride" ? " must be omitted, a single int, or a tuple of " : " must be a single int, or a tuple of ")
                       : w == "stride"   ? " must either be omitted, a single int, or a tuple of "
                       : w == "dilation" ? " must be either a single int, or a tuple of "
                                         : " must either be a single int, or a tuple of ";
    fail_runtime(name, ": ", what, form, kCounts[dims], " ints");
  }
  Dims out(list);
  while (out.size() < dims) out.push_back(list[0]);
  return out;
}

// The dimensions without the batch are not empty.
void check_filled(const Tensor& self, size_t dims, const char* what) {
  size_t rank = self.sizes().size();
  bool filled = rank == dims + 1 || rank == dims + 2;
  if (dims == 2) {
    for (size_t d = rank == 4 ? 1 : 0; d < rank && filled; ++d) filled = self.sizes()[d] != 0;
    check(filled, "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:", self.sizes());
    return;
  }
  check(filled, "non-empty 4D or 5D (batch mode) tensor expected for input");
  for (size_t d = 0; d < 4; ++d)
    check(self.sizes()[rank - 4 + d] > 0, what, ": Expected input's non-batch dimensions to have positive length, but input has a shape of ", self.sizes(),
          " and non-batch dimension 0 has length zero!");
}

PoolShape max_shape(IntView kernel, IntView stride, IntView padding, IntView dilation, bool ceil, size_t dims) {
  const char* name = dims == 2 ? "max_pool2d" : "max_pool3d";
  PoolShape s;
  s.dims = dims;
  s.kernel = pool_list(kernel, dims, name, "kernel_size", {}, Wording::kMax);
  s.stride = pool_list(stride, dims, name, "stride", kernel, Wording::kMax);
  s.padding = pool_list(padding, dims, name, "padding", {}, Wording::kMax);
  s.dilation = pool_list(dilation, dims, name, "dilation", {}, Wording::kMax);
  s.ceil = ceil;
  return s;
}

Pooled max_pool(Context& ctx, const Tensor& self, const PoolShape& s, bool want_indices) {
  size_t rank = self.sizes().size();
  check(rank == s.dims + 1 || rank == s.dims + 2, "non-empty ", s.dims + 1, "D or ", s.dims + 2, "D (batch mode) tensor expected for input");
  Windows w = sliding_windows(self, s, [&] { check_filled(self, s.dims, "max_pool3d_with_indices_out_cpu_template()"); });
  if (is_complex(self.dtype()) || self.dtype() == DType::kBool) fail_dtype(s.dims == 2 ? "max_pool2d" : "max_pool3d", self.dtype());
  return max_over(ctx, self, w, s.dims, want_indices, &s);
}

template <size_t N>
Tensor max_pool_values(Context& ctx, const Tensor& self, IntView kernel, IntView stride, IntView padding, IntView dilation, bool ceil) {
  return max_pool(ctx, self, max_shape(kernel, stride, padding, dilation, ceil, N), false).out;
}
template <size_t N>
std::tuple<Tensor, Tensor> max_pool_indices(Context& ctx, const Tensor& self, IntView kernel, IntView stride, IntView padding, IntView dilation, bool ceil) {
  Pooled r = max_pool(ctx, self, max_shape(kernel, stride, padding, dilation, ceil, N), true);
  return {r.out, r.indices};
}

// 1-d pooling is 2-d over images of one row.
Dims with_one(IntView list, int64_t first, const char* name, const char* what) {
  check(list.size() == 1, name, "() argument '", what, "' should contain one int (got ", list.size(), ")");
  return {first, list[0]};
}
void check_1d(const Tensor& self, const char* name) {
  check(self.dim() == 2 || self.dim() == 3, "Expected 2 to 3 dimensions, but got ", self.dim(),
        "-dimensional tensor for argument #1 'self' (while checking arguments for ", name, ")");
}

Tensor max_pool1d(Context& ctx, const Tensor& self, IntView kernel, IntView stride_in, IntView padding, IntView dilation, bool ceil) {
  IntView stride = stride_in.empty() ? kernel : stride_in;
  bool filled = self.dim() == 2 || self.dim() == 3;
  for (int64_t d = self.dim() == 3 ? 1 : 0; d < self.dim() && filled; ++d) filled = self.sizes()[size_t(d)] != 0;
  check(filled, "max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:", self.sizes());
  check(kernel.size() == 1, "max_pool1d() kernel_size must be an int, list of ints or tuple of ints of size 1 but got size ", kernel.size());
  check(stride.size() == 1, "max_pool1d() stride must be None, an int, list of ints, or tuple of ints of size 1 but got size ", stride.size());
  check(padding.size() == 1, "max_pool1d() padding must be an int, list of ints, or tuple of ints of size 1 but got size ", padding.size());
  check(dilation.size() == 1, "max_pool1d() dilation must be an int, list of ints or tuple of ints of size 1 but got size ", dilation.size());
  check(kernel[0] > 0, "max_pool1d() kernel_size must be greater than zero, but got ", kernel[0]);
  check(stride[0] > 0, "max_pool1d() stride must be greater than zero, but got ", stride[0]);
  check(padding[0] >= 0, "max_pool1d() padding must be non-negative, but got ", padding[0]);
  check(padding[0] <= kernel[0] / 2, "max_pool1d() padding should be at most half of kernel size, but got padding=", padding[0],
        " and kernel_size=", kernel[0]);
  check(dilation[0] > 0, "max_pool1d() dilation must be greater than zero, but got ", dilation[0]);
  constexpr int64_t kLimit = int64_t(1) << 40;
  int64_t size = self.size(-1);
  bool small = kernel[0] < kLimit && stride[0] < kLimit && dilation[0] < kLimit && size < kLimit && double(dilation[0]) * double(kernel[0]) < double(kLimit);
  check(small, "max_pool1d() sizes are too large");
  int64_t room = size + 2 * padding[0] - dilation[0] * (kernel[0] - 1) - 1 + (ceil ? stride[0] - 1 : 0);
  int64_t out = room < 0 ? -((stride[0] - 1 - room) / stride[0]) + 1 : room / stride[0] + 1;
  check(out > 0, "max_pool1d() Invalid computed output size: ", out);
  if (!self.is_floating()) fail_dtype("max_pool1d_impl", self.dtype());
  PoolShape s = max_shape(Dims{1, kernel[0]}, Dims{1, stride[0]}, Dims{0, padding[0]}, Dims{1, dilation[0]}, ceil, 2);
  return squeeze_dim(ctx, max_pool(ctx, contiguous(ctx, unsqueeze(ctx, self, -2)), s, false).out, -2);
}
std::tuple<Tensor, Tensor> max_pool1d_indices(Context& ctx, const Tensor& self, IntView kernel, IntView stride, IntView padding, IntView dilation, bool ceil) {
  if (stride.empty()) stride = kernel;
  check_1d(self, "max_pool1d");
  PoolShape s = max_shape(with_one(kernel, 1, "max_pool1d", "kernel_size"), with_one(stride, 1, "max_pool1d", "stride"),
                          with_one(padding, 0, "max_pool1d", "padding"), with_one(dilation, 1, "max_pool1d", "dilation"), ceil, 2);
  Pooled r = max_pool(ctx, contiguous(ctx, unsqueeze(ctx, self, -2)), s, true);
  return {squeeze_dim(ctx, r.out, -2), squeeze_dim(ctx, r.indices, -2)};
}

Tensor average(Context& ctx, const Tensor& self, const PoolShape& s, bool with_padding, std::optional<int64_t> divisor) {
  check(!divisor || *divisor != 0, "divisor must be not zero");
  size_t rank = self.sizes().size();
  bool fits = rank == s.dims + 1 || rank == s.dims + 2;
  check(fits || s.dims == 3, "Expected 3D or 4D (batch mode) tensor with optional 0 dim batch size for input, but got:", self.sizes());
  check(fits, "non-empty 4D or 5D (batch mode) tensor expected for input");
  Windows w = sliding_windows(self, s, [&] {
    check_filled(self, s.dims, "avg_pool3d()");
    if (s.dims == 2) return;
    IntView in = self.sizes().last(3);
    check(in[0] >= s.kernel[0] && in[1] >= s.kernel[1] && in[2] >= s.kernel[2], "input image (T: ", in[0], " H: ", in[1], " W: ", in[2],
          ") smaller than kernel size (kT: ", s.kernel[0], " kH: ", s.kernel[1], " kW: ", s.kernel[2], ")");
  });
  if (!self.is_floating() && self.dtype() != DType::kLong) fail_dtype(s.dims == 2 ? "avg_pool2d" : "avg_pool3d_out_frame", self.dtype());
  return average_over(ctx, self, w, s.dims, {divisor, with_padding}, &s);
}

template <size_t N>
Tensor avg_pool(Context& ctx, const Tensor& self, IntView kernel, IntView stride, IntView padding, bool ceil, bool with_padding,
                std::optional<int64_t> divisor) {
  const char* name = N == 2 ? "avg_pool2d" : "avg_pool3d";
  Wording wording = N == 2 ? Wording::kMax : Wording::kAverage3d;
  PoolShape s;
  s.dims = N;
  s.kernel = pool_list(kernel, N, name, "kernel_size", {}, wording);
  s.stride = pool_list(stride, N, name, "stride", kernel, wording);
  s.padding = pool_list(padding, N, name, "padding", {}, wording);
  s.dilation = Dims(N, 1);
  s.ceil = ceil;
  return average(ctx, self, s, with_padding, divisor);
}
Tensor avg_pool1d(Context& ctx, const Tensor& self, IntView kernel, IntView stride, IntView padding, bool ceil, bool with_padding) {
  if (stride.empty()) stride = kernel;
  check_1d(self, "avg_pool1d");
  PoolShape s;
  s.kernel = with_one(kernel, 1, "avg_pool1d", "kernel_size");
  s.stride = with_one(stride, 1, "avg_pool1d", "stride");
  s.padding = with_one(padding, 0, "avg_pool1d", "padding");
  s.dilation = Dims(2, 1);
  s.ceil = ceil;
  return squeeze_dim(ctx, average(ctx, contiguous(ctx, unsqueeze(ctx, self, -2)), s, with_padding, std::nullopt), -2);
}

Dims adaptive_list(IntView output, size_t dims, const char* text) {
  check(output.size() == dims || output.size() == 1, text, dims);
  Dims out(output);
  while (out.size() < dims) out.push_back(output[0]);
  return out;
}

void check_adaptive(const Tensor& self, size_t dims, const char* name, bool colon, size_t first_filled) {
  size_t rank = self.sizes().size();
  check(rank == dims + 1 || rank == dims + 2, name, "(): Expected ", dims + 1, "D or ", dims + 2, "D tensor, but got", colon ? ": " : " ", self.sizes());
  for (size_t d = std::max(rank - dims - 1, first_filled); d < rank; ++d)
    check(self.sizes()[d] > 0, name, "(): Expected input to have non-zero size for non-batch dimensions, but input has sizes ", self.sizes(),
          " with dimension ", d, " being empty");
}

Tensor adaptive_average(Context& ctx, const Tensor& self, const Dims& out) {
  size_t dims = out.size();
  const char* name = dims == 2 ? "adaptive_avg_pool2d" : "adaptive_avg_pool3d";
  bool positive = std::all_of(out.begin(), out.end(), [](int64_t n) { return n >= 0; });
  if (!positive)
    fail_runtime(name, ": elements of output_size must be greater than or equal to 0 but received {", out[0], ", ", out[1], dims == 3 ? cat(",", out[2]) : "",
                 "}");
  check_adaptive(self, dims, name, false, dims == 2 ? self.sizes().size() - 2 : 0);
  if (!self.is_floating() && self.numel() > 0) fail_dtype(dims == 2 ? "adaptive_avg_pool2d" : "adaptive_avg_pool3d_cpu", self.dtype());
  return average_over(ctx, self, adaptive_windows(self, out), dims, {}, nullptr);
}
Tensor adaptive_avg_pool1d(Context& ctx, const Tensor& self, IntView output) {
  check_1d(self, "adaptive_avg_pool1d");
  Dims out = with_one(output, 1, "adaptive_avg_pool1d", "output_size");
  return squeeze_dim(ctx, adaptive_average(ctx, contiguous(ctx, unsqueeze(ctx, self, -2)), out), -2);
}
Tensor adaptive_avg_pool2d(Context& ctx, const Tensor& self, IntView output) {
  return adaptive_average(ctx, self, adaptive_list(output, 2, "adaptive_avg_pool2d: output_size must be "));
}
Tensor adaptive_avg_pool3d(Context& ctx, const Tensor& self, IntView output) {
  return adaptive_average(ctx, self, adaptive_list(output, 3, "adaptive_avg_pool3d: output_size must be "));
}

std::tuple<Tensor, Tensor> adaptive_max(Context& ctx, const Tensor& self, const Dims& out, const char* name) {
  size_t dims = out.size();
  check_adaptive(self, dims, name, true, 0);
  Dims sizes(self.sizes().first(self.sizes().size() - dims));
  for (int64_t n : out) sizes.push_back(n);
  for (int64_t n : out) check(n >= 0, "Trying to create tensor with negative dimension ", n, ": ", sizes);
  if (!self.is_floating()) fail_dtype(dims == 2 ? "adaptive_max_pool2d" : "adaptive_max_pool3d_cpu", self.dtype());
  Pooled r = max_over(ctx, self, adaptive_windows(self, out), dims, true, nullptr);
  return {r.out, r.indices};
}
std::tuple<Tensor, Tensor> adaptive_max_pool1d(Context& ctx, const Tensor& self, IntView output) {
  check_1d(self, "adaptive_max_pool1d");
  Dims out = with_one(output, 1, "adaptive_max_pool1d", "output_size");
  for (int64_t d = self.dim() == 3 ? 1 : 0; d < self.dim(); ++d)
    check(self.sizes()[size_t(d)] > 0, "adaptive_max_pool1d(): Expected input to have non-zero size for non-batch dimensions, but input has sizes ",
          self.sizes(), " with dimension ", d, " being empty");
  auto [values, indices] = adaptive_max(ctx, contiguous(ctx, unsqueeze(ctx, self, -2)), out, "adaptive_max_pool2d");
  return {squeeze_dim(ctx, values, -2), squeeze_dim(ctx, indices, -2)};
}
std::tuple<Tensor, Tensor> adaptive_max_pool2d(Context& ctx, const Tensor& self, IntView output) {
  return adaptive_max(ctx, self, adaptive_list(output, 2, "adaptive_max_pool2d(): internal error: output_size.size() must be "), "adaptive_max_pool2d");
}
std::tuple<Tensor, Tensor> adaptive_max_pool3d(Context& ctx, const Tensor& self, IntView output) {
  return adaptive_max(ctx, self, adaptive_list(output, 3, "adaptive_max_pool3d(): internal error: output_size.size() must be "), "adaptive_max_pool3d");
}

constexpr OpDef kRows[] = {
    op("aten::max_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], int[1] dilation=[1], bool ceil_mode=False) -> Tensor",
       TAPER_OP(max_pool1d), kPure),
    op("aten::max_pool1d_with_indices(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], int[1] dilation=[1], bool ceil_mode=False) -> "
       "(Tensor, Tensor)",
       TAPER_OP(max_pool1d_indices), kPure),
    op("aten::max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> Tensor",
       TAPER_OP(max_pool_values<2>), kPure),
    op("aten::max_pool2d_with_indices(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> "
       "(Tensor, Tensor)",
       TAPER_OP(max_pool_indices<2>), kPure),
    op_out<2>("aten::max_pool2d_with_indices.out(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool "
              "ceil_mode=False, *, Tensor(a!) out, Tensor(b!) indices) -> (Tensor(a!), Tensor(b!))",
              TAPER_OP(max_pool_indices<2>)),
    op("aten::max_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> Tensor",
       TAPER_OP(max_pool_values<3>), kPure),
    op("aten::max_pool3d_with_indices(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> "
       "(Tensor, Tensor)",
       TAPER_OP(max_pool_indices<3>), kPure),
    op_out<2>("aten::max_pool3d_with_indices.out(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool "
              "ceil_mode=False, *, Tensor(a!) out, Tensor(b!) indices) -> (Tensor(a!), Tensor(b!))",
              TAPER_OP(max_pool_indices<3>)),
    op("aten::avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], bool ceil_mode=False, bool count_include_pad=True) -> "
       "Tensor",
       TAPER_OP(avg_pool1d), kPure),
    op_out("aten::avg_pool1d.out(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=[0], bool ceil_mode=False, bool count_include_pad=True, "
           "*, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(avg_pool1d)),
    op("aten::avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? "
       "divisor_override=None) -> Tensor",
       TAPER_OP(avg_pool<2>), kPure),
    op_out("aten::avg_pool2d.out(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, "
           "int? divisor_override=None, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(avg_pool<2>)),
    op("aten::avg_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? "
       "divisor_override=None) -> Tensor",
       TAPER_OP(avg_pool<3>), kPure),
    op_out("aten::avg_pool3d.out(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, bool ceil_mode=False, bool count_include_pad=True, "
           "int? divisor_override=None, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(avg_pool<3>)),
    op("aten::adaptive_avg_pool1d(Tensor self, int[1] output_size) -> Tensor", TAPER_OP(adaptive_avg_pool1d), kPure),
    op_out("aten::adaptive_avg_pool1d.out(Tensor self, int[1] output_size, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(adaptive_avg_pool1d)),
    op("aten::adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor", TAPER_OP(adaptive_avg_pool2d), kPure),
    op_out("aten::adaptive_avg_pool2d.out(Tensor self, SymInt[2] output_size, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(adaptive_avg_pool2d)),
    op("aten::_adaptive_avg_pool2d(Tensor self, SymInt[2] output_size) -> Tensor", TAPER_OP(adaptive_avg_pool2d), kPure),
    op_out("aten::_adaptive_avg_pool2d.out(Tensor self, SymInt[2] output_size, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(adaptive_avg_pool2d)),
    op("aten::adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor", TAPER_OP(adaptive_avg_pool3d), kPure),
    op_out("aten::adaptive_avg_pool3d.out(Tensor self, SymInt[3] output_size, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(adaptive_avg_pool3d)),
    op("aten::_adaptive_avg_pool3d(Tensor self, SymInt[3] output_size) -> Tensor", TAPER_OP(adaptive_avg_pool3d), kPure),
    op_out("aten::_adaptive_avg_pool3d.out(Tensor self, SymInt[3] output_size, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(adaptive_avg_pool3d)),
    op("aten::adaptive_max_pool1d(Tensor self, int[1] output_size) -> (Tensor, Tensor)", TAPER_OP(adaptive_max_pool1d), kPure),
    op("aten::adaptive_max_pool2d(Tensor self, int[2] output_size) -> (Tensor, Tensor)", TAPER_OP(adaptive_max_pool2d), kPure),
    op_out<2>("aten::adaptive_max_pool2d.out(Tensor self, int[2] output_size, *, Tensor(a!) out, Tensor(b!) indices) -> (Tensor(a!), Tensor(b!))",
              TAPER_OP(adaptive_max_pool2d)),
    op("aten::adaptive_max_pool3d(Tensor self, int[3] output_size) -> (Tensor, Tensor)", TAPER_OP(adaptive_max_pool3d), kPure),
    op_out<2>("aten::adaptive_max_pool3d.out(Tensor self, int[3] output_size, *, Tensor(a!) out, Tensor(b!) indices) -> (Tensor(a!), Tensor(b!))",
              TAPER_OP(adaptive_max_pool3d)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> pool_rows() { return aten::kRows; }
}  // namespace taper::impl
