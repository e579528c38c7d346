// softmax and log_softmax along one dimension.
#include "ops/aten/softmax.h"

#include <algorithm>
#include <cmath>

#include "ops/aten/copy.h"
#include "ops/aten/norm_rows.h"
#include "ops/families.h"
#include "ops/kernels/float_math.h"
#include "ops/kernels/row_math.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

enum class Form { kSoftmax, kLog, kSafe };  // safe: a line of minus infinities gives zeros

struct FloatLine {
  const RowMath& math;
  const FloatMath& fn;
  explicit FloatLine(const Context& ctx) : math(row_math(ctx.cpu_level)), fn(float_math(ctx.cpu_level)) {}
  float highest(const float* x, int64_t n) const { return math.highest(x, n); }
  // y = exp(x - center), and its sum
  double exponentials(float* y, const float* x, float center, int64_t n) const {
    math.center_scale(y, x, center, 1, n);
    const void* in[] = {y};
    fn.exp(in, y, n, Params());
    return math.sum(y, n);
  }
  void scale(float* y, float by, int64_t n) const { math.center_scale(y, y, 0, by, n); }
  void subtract(float* y, const float* x, float by, int64_t n) const { math.center_scale(y, x, by, 1, n); }
};

struct DoubleLine {
  const DoubleMath& fn;
  explicit DoubleLine(const Context& ctx) : fn(double_math(ctx.cpu_level)) {}
  double highest(const double* x, int64_t n) const {
    double best = x[0];
    for (int64_t i = 1; i < n; ++i) best = x[i] > best || x[i] != x[i] ? x[i] : best;
    return best;
  }
  double exponentials(double* y, const double* x, double center, int64_t n) const {
    double total = 0;
    for (int64_t i = 0; i < n; ++i) y[i] = x[i] - center;
    const void* in[] = {y};
    fn.exp(in, y, n, Params());
    for (int64_t i = 0; i < n; ++i) total += y[i];
    return total;
  }
  void scale(double* y, double by, int64_t n) const {
    for (int64_t i = 0; i < n; ++i) y[i] *= by;
  }
  void subtract(double* y, const double* x, double by, int64_t n) const {
    for (int64_t i = 0; i < n; ++i) y[i] = x[i] - by;
  }
};

template <class T>
using LineOf = std::conditional_t<std::is_same_v<T, float>, FloatLine, DoubleLine>;

// One dense line of a tensor whose sums have `dtype`; y and x may be the same.
template <class T>
void line(const LineOf<T>& math, const T* x, T* y, int64_t n, Form form, T* scratch, DType dtype) {
  T high = math.highest(x, n);
  if (form == Form::kSafe && high == -std::numeric_limits<T>::infinity()) return void(std::fill_n(y, n, T(0)));
  if (form == Form::kLog) {
    // A line of half numbers along the last dimension keeps the sum and its logarithm in their type.
    double total = math.exponentials(scratch, x, high, n), shift = std::log(total);
    if (is_reduced_float(dtype)) shift = rounded_to(std::log(rounded_to(total, dtype)), dtype);
    // In two steps: the logarithm would be lost beside a large maximum.
    math.subtract(y, x, high, n);
    math.subtract(y, y, T(shift), n);
    return;
  }
  double total = math.exponentials(y, x, high, n);
  math.scale(y, T(1 / total), n);
}

constexpr int64_t kColumns = 128;

// Lines side by side: element i of line c at x[i * step + c], for c < width <= kColumns.
void columns(const FloatLine& math, const float* x, float* y, int64_t n, int64_t step, int64_t width, Form form) {
  float high[kColumns], total[kColumns] = {}, row[kColumns];
  std::copy_n(x, width, high);
  for (int64_t i = 1; i < n; ++i) math.math.max_into(high, x + i * step, width, 1);
  float center[kColumns];
  constexpr float kNone = -std::numeric_limits<float>::infinity();
  for (int64_t c = 0; c < width; ++c) center[c] = form == Form::kSafe && high[c] == kNone ? 0.0f : high[c];
  Params p;
  p.real[0] = 1;
  for (int64_t i = 0; i < n; ++i) {
    float* to = form == Form::kLog ? row : y + i * step;
    const void* in[] = {x + i * step, center};
    math.fn.sub(in, to, width, p);
    const void* same[] = {to};
    math.fn.exp(same, to, width, Params());
    math.math.add_into(total, to, width, 1);
  }
  for (int64_t c = 0; c < width; ++c) {
    if (form == Form::kLog) total[c] = std::log(total[c]);
    else total[c] = form == Form::kSafe && total[c] == 0 ? 0.0f : 1 / total[c];
  }
  for (int64_t i = 0; i < n; ++i) {
    float* to = y + i * step;
    if (form == Form::kLog) {
      const void* first[] = {x + i * step, high};
      math.fn.sub(first, to, width, p);
      const void* second[] = {to, total};
      math.fn.sub(second, to, width, p);
    } else {
      const void* in[] = {to, total};
      math.fn.mul(in, to, width, p);
    }
  }
}
void columns(const DoubleLine& math, const double* x, double* y, int64_t n, int64_t step, int64_t width, Form form) {
  Vec<double> one(static_cast<size_t>(n)), scratch(static_cast<size_t>(n));
  for (int64_t c = 0; c < width; ++c) {
    for (int64_t i = 0; i < n; ++i) one[size_t(i)] = x[i * step + c];
    line<double>(math, one.data(), one.data(), n, form, scratch.data(), DType::kDouble);
    for (int64_t i = 0; i < n; ++i) y[i * step + c] = one[size_t(i)];
  }
}

Tensor along(Context& ctx, const Tensor& self, int64_t dim_in, DType dtype, Form form, const char* name) {
  int64_t dim = wrap_dim(dim_in, self.dim());
  if (!is_floating(dtype)) fail_dtype(name, dtype);
  DType wide = wide_float(dtype);
  // A narrower result dtype rounds its input first, as PyTorch's conversion does.
  Tensor x = contiguous(ctx, to_dtype(ctx, to_dtype(ctx, self, dtype), wide));
  Tensor out = make_tensor(x.sizes(), wide);
  int64_t n = x.dim() == 0 ? 1 : x.sizes()[size_t(dim)], inner = 1;
  for (int64_t d = dim + 1; d < x.dim(); ++d) inner *= x.sizes()[size_t(d)];
  if (out.numel() == 0) return to_dtype(ctx, out, dtype);
  int64_t outer = out.numel() / (n * inner);
  ctx.spend(out.numel() / 1000 + 1);
  DType sums = dim + 1 < x.dim() ? wide : dtype;
  visit_float(wide, name, [&](auto zero) {
    using T = decltype(zero);
    LineOf<T> math(ctx);
    const T* from = x.data<T>();
    T* to = out.mutable_data<T>();
    if (inner == 1) {
      ctx.parallel_for(outer, std::max<int64_t>(1, 8192 / n), [&](int64_t begin, int64_t end) {
        Vec<T> scratch(form == Form::kLog ? size_t(n) : 0);
        for (int64_t r = begin; r < end; ++r) line<T>(math, from + r * n, to + r * n, n, form, scratch.data(), sums);
      });
      return;
    }
    int64_t blocks = (inner + kColumns - 1) / kColumns;
    ctx.parallel_for(outer * blocks, std::max<int64_t>(1, 8192 / (n * std::min(inner, kColumns))), [&](int64_t begin, int64_t end) {
      for (int64_t at = begin; at < end; ++at) {
        int64_t first = at % blocks * kColumns, place = at / blocks * n * inner + first;
        columns(math, from + place, to + place, n, inner, std::min(kColumns, inner - first), form);
      }
    });
  });
  return to_dtype(ctx, out, dtype);
}

}  // namespace

Tensor softmax(Context& ctx, const Tensor& self, int64_t dim, std::optional<DType> dtype) {
  return along(ctx, self, dim, dtype.value_or(self.dtype()), Form::kSoftmax, "softmax_lastdim_kernel_impl");
}
Tensor log_softmax(Context& ctx, const Tensor& self, int64_t dim, std::optional<DType> dtype) {
  return along(ctx, self, dim, dtype.value_or(self.dtype()), Form::kLog, "log_softmax_lastdim_kernel_impl");
}

namespace {

Tensor safe_softmax(Context& ctx, const Tensor& self, int64_t dim, std::optional<DType> dtype) {
  return along(ctx, self, dim, dtype.value_or(self.dtype()), Form::kSafe, "softmax_lastdim_kernel_impl");
}
Tensor softmax_half(Context& ctx, const Tensor& self, int64_t dim, bool half_to_float) {
  check(!half_to_float, "softmax with half to float conversion is not supported on CPU");
  return softmax(ctx, self, dim, std::nullopt);
}
Tensor log_softmax_half(Context& ctx, const Tensor& self, int64_t dim, bool half_to_float) {
  check(!half_to_float, "softmax with half to float conversion is not supported on CPU");
  return log_softmax(ctx, self, dim, std::nullopt);
}

constexpr OpDef kRows[] = {
    op("aten::softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor", TAPER_OP(softmax), kPure),
    op_out("aten::softmax.int_out(Tensor self, int dim, ScalarType? dtype=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(softmax)),
    op("aten::_softmax(Tensor self, int dim, bool half_to_float) -> Tensor", TAPER_OP(softmax_half), kPure),
    op_out("aten::_softmax.out(Tensor self, int dim, bool half_to_float, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(softmax_half)),
    op("aten::special_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor", TAPER_OP(softmax), kPure),
    op("aten::_safe_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor", TAPER_OP(safe_softmax), kPure),
    op("aten::log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor", TAPER_OP(log_softmax), kPure),
    op_out("aten::log_softmax.int_out(Tensor self, int dim, ScalarType? dtype=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(log_softmax)),
    op("aten::_log_softmax(Tensor self, int dim, bool half_to_float) -> Tensor", TAPER_OP(log_softmax_half), kPure),
    op_out("aten::_log_softmax.out(Tensor self, int dim, bool half_to_float, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(log_softmax_half)),
    op("aten::special_log_softmax(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor", TAPER_OP(log_softmax), kPure),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> softmax_rows() { return aten::kRows; }
}  // namespace taper::impl
