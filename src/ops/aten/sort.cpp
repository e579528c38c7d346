// Order along a dimension: sort, topk, kthvalue, median, mode.
//
// NaN is the greatest value. Lines become integers of the same order, so that one instantiation orders all dtypes; their
// order is found as a list of places, by which the elements are gathered.
#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/index.h"
#include "ops/aten/reduce.h"
#include "ops/aten/sort.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

// The key of a NaN, and of the largest integer.
constexpr int64_t kNan = INT64_MAX;

int64_t key_of(int64_t x) { return x; }
int64_t key_of(double x) {
  if (x != x) return kNan;
  if (x == 0) return 0;  // both zeros
  auto bits = std::bit_cast<int64_t>(x);
  return bits ^ ((bits >> 63) & INT64_MAX);
}
int64_t key_of(float x) { return key_of(double(x)); }

// A tensor with the dimension last, dense, and what brings results back.
struct Lines {
  Tensor x;
  int64_t dim, n, count;
};
Lines lines_of(Context& ctx, const Tensor& self, int64_t dim_in) {
  int64_t dim = wrap_dim(dim_in, self.dim());
  Tensor x = self.dim() == 0 ? reshape(ctx, self, Dims{1}) : self;
  x = contiguous(ctx, movedim(ctx, x, Dims{dim}, Dims{-1}));
  int64_t n = x.size(-1);
  return {x, dim, n, n == 0 ? 0 : x.numel() / n};
}
Dims line_sizes(const Lines& lines, int64_t width) {
  Dims sizes(lines.x.sizes());
  sizes.back() = width;
  return sizes;
}
void check_nonempty(const Tensor& self, const Lines& lines, const char* name) {
  check(self.dim() == 0 || lines.n > 0, name, "(): Expected reduction dim ", lines.dim, " to have non-zero size.");
}
// The only element of a 0-dim tensor, where PyTorch asks nothing about its dtype.
std::tuple<Tensor, Tensor> only_element(Context& ctx, const Tensor& self) { return {clone(ctx, self), zeros(ctx, {}, DType::kLong)}; }

// From [..., width] to the dimension's own place; a 0-dim input gives 0-dim results.
Tensor placed(Context& ctx, const Tensor& self, const Lines& lines, const Tensor& result) {
  if (self.dim() == 0) return reshape(ctx, result, {});
  return contiguous(ctx, movedim(ctx, result, Dims{-1}, Dims{lines.dim}));
}
// [..., 1] with the dimension kept or dropped.
Tensor reduced(Context& ctx, const Tensor& self, const Lines& lines, const Tensor& result, bool keepdim) {
  if (self.dim() == 0) return reshape(ctx, result, {});
  Tensor out = placed(ctx, self, lines, result);
  return keepdim ? out : squeeze_dim(ctx, out, lines.dim);
}

// choose(keys, n, order) writes `width` positions of a line to order.
std::tuple<Tensor, Tensor> chosen(Context& ctx, const Lines& lines, int64_t width, FunctionRef<void(const int64_t*, int64_t, int64_t*)> choose) {
  Tensor indices = make_tensor(line_sizes(lines, width), DType::kLong);
  auto* places = indices.mutable_data<int64_t>();
  if (indices.numel() > 0)
    visit_accumulation(lines.x.dtype(), [&](auto zero) {
      using A = decltype(zero);
      if constexpr (!std::is_same_v<A, ComplexDouble>) {
        Vec<A> values(static_cast<size_t>(lines.n));
        Vec<int64_t> keys(static_cast<size_t>(lines.n));
        for (int64_t line = 0; line < lines.count; ++line) {
          load(values.data(), lines.x, line * lines.n, 1, lines.n);
          std::transform(values.begin(), values.end(), keys.begin(), [](A x) { return key_of(x); });
          choose(keys.data(), lines.n, places + line * width);
        }
      }
    });
  return {gather(ctx, lines.x, -1, indices), indices};
}

}  // namespace

std::tuple<Tensor, Tensor> sort(Context& ctx, const Tensor& self, int64_t dim, bool descending) {
  Lines lines = lines_of(ctx, self, dim);
  check(!self.is_complex(), " Sort does not support complex dtypes on CPU");
  auto [values, indices] = chosen(ctx, lines, lines.n, [&](const int64_t* x, int64_t n, int64_t* order) {
    std::iota(order, order + n, int64_t(0));
    if (descending) std::stable_sort(order, order + n, [&](int64_t a, int64_t b) { return x[b] < x[a]; });
    else std::stable_sort(order, order + n, [&](int64_t a, int64_t b) { return x[a] < x[b]; });
  });
  if (self.is_contiguous()) return {placed(ctx, self, lines, values), placed(ctx, self, lines, indices)};
  // Both lie in memory as the input does.
  auto laid_out = [&](const Tensor& result) { return copy_(ctx, empty_like(self, result.dtype()), placed(ctx, self, lines, result)); };
  return {laid_out(values), laid_out(indices)};
}

namespace {

std::tuple<Tensor, Tensor> sort_stable(Context& ctx, const Tensor& self, std::optional<bool>, int64_t dim, bool descending) {
  return sort(ctx, self, dim, descending);
}
Tensor argsort(Context& ctx, const Tensor& self, int64_t dim, bool descending) { return std::get<1>(sort(ctx, self, dim, descending)); }
Tensor argsort_stable(Context& ctx, const Tensor& self, bool, int64_t dim, bool descending) { return std::get<1>(sort(ctx, self, dim, descending)); }
Tensor msort(Context& ctx, const Tensor& self) { return std::get<0>(sort(ctx, self, 0, false)); }

std::tuple<Tensor, Tensor> topk(Context& ctx, const Tensor& self, int64_t k, int64_t dim, bool largest, bool sorted) {
  Lines lines = lines_of(ctx, self, dim);
  check(!self.is_complex(), " topk does not support complex dtypes on CPU");
  check(self.dtype() != DType::kBool, "topk does not support bool dtypes on CPU");
  check(k >= 0 && k <= lines.n, "selected index k out of range");
  if (self.dim() == 0) return only_element(ctx, self);
  auto [values, indices] = chosen(ctx, lines, k, [&](const int64_t* x, int64_t n, int64_t* out) {
    if (k == 0) return;
    Vec<int64_t> order(static_cast<size_t>(n));
    std::iota(order.begin(), order.end(), int64_t(0));
    // Which of equal elements come first, and how, follows from PyTorch's choice of algorithms.
    auto before = [&](int64_t a, int64_t b) { return largest ? x[b] < x[a] : x[a] < x[b]; };
    if (k * 64 <= n) {
      std::partial_sort(order.begin(), order.begin() + k, order.end(), before);
    } else {
      std::nth_element(order.begin(), order.begin() + (k - 1), order.end(), before);
      if (sorted) std::sort(order.begin(), order.begin() + (k - 1), before);
    }
    std::copy_n(order.begin(), k, out);
  });
  return {placed(ctx, self, lines, values), placed(ctx, self, lines, indices)};
}

// Brings the element of rank k to its place: quickselect with the median of three as pivot. Which of equal elements that
// is depends on each exchange, and these are PyTorch's.
template <class Greater>
void select(Vec<int64_t>& order, int64_t k, Greater greater) {
  auto swap = [&](int64_t a, int64_t b) { std::swap(order[size_t(a)], order[size_t(b)]); };
  auto out_of_order = [&](int64_t a, int64_t b) { return greater(order[size_t(a)], order[size_t(b)]); };
  int64_t low = 0, high = int64_t(order.size()) - 1;
  while (low < high) {
    if (high == low + 1) {
      if (out_of_order(low, high)) swap(low, high);
      return;
    }
    swap(low + (high - low) / 2, low + 1);
    if (out_of_order(low + 1, high)) swap(low + 1, high);
    if (out_of_order(low, high)) swap(low, high);
    if (out_of_order(low + 1, low)) swap(low + 1, low);
    int64_t pivot = order[size_t(low)], up = low + 1, down = high;
    for (;;) {
      do ++up;
      while (up < high && greater(pivot, order[size_t(up)]));
      do --down;
      while (down > low && greater(order[size_t(down)], pivot));
      if (down < up) break;
      swap(up, down);
    }
    swap(low, down);
    if (down <= k) low = up;
    if (down >= k) high = down - 1;
  }
}

std::tuple<Tensor, Tensor> kthvalue(Context& ctx, const Tensor& self, int64_t k, int64_t dim, bool keepdim) {
  Lines lines = lines_of(ctx, self, dim);
  check_nonempty(self, lines, "kthvalue");
  check(k >= 1 && k <= lines.n, "kthvalue(): selected number k out of range for dimension ", lines.dim);
  if (self.dim() == 0) return only_element(ctx, self);
  if (self.is_complex() || self.dtype() == DType::kBool) fail_dtype("kthvalue_cpu", self.dtype());
  auto [values, indices] = chosen(ctx, lines, 1, [&](const int64_t* x, int64_t n, int64_t* out) {
    Vec<int64_t> order(static_cast<size_t>(n));
    std::iota(order.begin(), order.end(), int64_t(0));
    select(order, k - 1, [&](int64_t a, int64_t b) { return x[b] < x[a]; });
    *out = order[size_t(k - 1)];
  });
  return {reduced(ctx, self, lines, values, keepdim), reduced(ctx, self, lines, indices, keepdim)};
}

// The lower of the two middle elements. A NaN in the line wins, unless NaNs are left out.
template <bool SkipNan>
std::tuple<Tensor, Tensor> median_dim(Context& ctx, const Tensor& self, int64_t dim, bool keepdim) {
  Lines lines = lines_of(ctx, self, dim);
  check_nonempty(self, lines, "median");
  if (self.is_complex() || self.dtype() == DType::kBool) fail_dtype("median_out", self.dtype());
  auto [values, indices] = chosen(ctx, lines, 1, [&](const int64_t* x, int64_t n, int64_t* out) {
    Vec<int64_t> order(static_cast<size_t>(n));
    std::iota(order.begin(), order.end(), int64_t(0));
    int64_t nans = 0, first_nan = -1;
    for (int64_t i = 0; i < n && self.is_floating(); ++i)
      if (x[i] == kNan) {
        if (first_nan < 0) first_nan = i;
        ++nans;
      }
    if (nans > 0 && !SkipNan) {
      *out = first_nan;
      return;
    }
    // The first of equals; among nothing but NaNs the one that nth_element gives when nothing is before anything.
    int64_t middle = nans == n ? 0 : (n - nans - 1) / 2;
    std::nth_element(order.begin(), order.begin() + middle, order.end(),
                     [&](int64_t a, int64_t b) { return x[a] < x[b] || (x[a] == x[b] && nans < n && a < b); });
    *out = order[size_t(middle)];
  });
  return {reduced(ctx, self, lines, values, keepdim), reduced(ctx, self, lines, indices, keepdim)};
}
template <bool SkipNan>
Tensor median(Context& ctx, const Tensor& self) {
  if (self.numel() == 0) {  // a NaN, or what converting one gives
    switch (self.dtype()) {
      case DType::kInt: return full(ctx, {}, Scalar(int64_t(INT32_MIN)), self.dtype());
      case DType::kLong: return full(ctx, {}, Scalar(INT64_MIN), self.dtype());
      case DType::kBool: return full(ctx, {}, Scalar(true), self.dtype());
      default: return full(ctx, {}, is_integral(self.dtype()) ? Scalar(int64_t(0)) : Scalar(double(NAN)), self.dtype());
    }
  }
  if (self.is_complex() || self.dtype() == DType::kBool) fail_dtype("median_cpu", self.dtype());
  return std::get<0>(median_dim<SkipNan>(ctx, reshape(ctx, self, Dims{-1}), 0, false));
}

// Sorts places as PyTorch's mode does, which compares with < alone: a NaN is before nothing and behind nothing, so that it
// stays where insertion finds it. Longer lines with NaNs, whose order is then undefined, get them last.
void sort_for_mode(const int64_t* x, Vec<int64_t>& order, bool nans) {
  if (!nans || order.size() > 16) {
    std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return x[a] < x[b]; });
    return;
  }
  auto before = [&](int64_t a, int64_t b) { return x[a] < x[b] && x[b] != kNan; };
  for (size_t i = 1; i < order.size(); ++i) {
    int64_t item = order[i];
    size_t at = i;
    if (before(item, order[0]))
      for (; at > 0; --at) order[at] = order[at - 1];
    else
      for (; before(item, order[at - 1]); --at) order[at] = order[at - 1];
    order[at] = item;
  }
}

// The most frequent value, the smallest of equals; the index of the last of its occurrences in the sorted line.
std::tuple<Tensor, Tensor> mode(Context& ctx, const Tensor& self, int64_t dim, bool keepdim) {
  Lines lines = lines_of(ctx, self, dim);
  check_nonempty(self, lines, "mode");
  if (self.dim() == 0) return only_element(ctx, self);
  if (self.is_complex() && lines.count > 0) fail_dtype("mode_cpu", self.dtype());
  auto [values, indices] = chosen(ctx, lines, 1, [&](const int64_t* x, int64_t n, int64_t* out) {
    Vec<int64_t> order(static_cast<size_t>(n));
    std::iota(order.begin(), order.end(), int64_t(0));
    sort_for_mode(x, order, self.is_floating() && std::find(x, x + n, kNan) != x + n);
    int64_t best = 0;
    for (int64_t first = 0; first < n;) {
      int64_t last = first;
      int64_t key = x[order[size_t(first)]];
      bool nan = key == kNan && self.is_floating();  // equals nothing
      while (last < n && x[order[size_t(last)]] == key && !nan) ++last;
      if (nan) ++last;
      if (last - first > best) {
        best = last - first;
        *out = order[size_t(last - 1)];
      }
      first = last;
    }
  });
  return {reduced(ctx, self, lines, values, keepdim), reduced(ctx, self, lines, indices, keepdim)};
}

constexpr OpDef kRows[] = {
    op("aten::sort(Tensor self, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)", TAPER_OP(sort), kPure),
    op("aten::sort.stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)", TAPER_OP(sort_stable), kPure),
    op_out<2>("aten::sort.values(Tensor self, int dim=-1, bool descending=False, *, Tensor(a!) values, Tensor(b!) indices) -> (Tensor(a!) values, Tensor(b!) "
              "indices)",
              TAPER_OP(sort)),
    op_out<2>("aten::sort.values_stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False, Tensor(a!) values, Tensor(b!) indices) -> (Tensor(a!) "
              "values, Tensor(b!) indices)",
              TAPER_OP(sort_stable)),
    op("aten::argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor", TAPER_OP(argsort), kPure),
    op("aten::argsort.stable(Tensor self, *, bool stable, int dim=-1, bool descending=False) -> Tensor", TAPER_OP(argsort_stable), kPure),
    op_out("aten::argsort.stable_out(Tensor self, *, bool stable, int dim=-1, bool descending=False, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(argsort_stable)),
    op("aten::msort(Tensor self) -> Tensor", TAPER_OP(msort), kPure),
    op_out("aten::msort.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(msort)),
    op("aten::topk(Tensor self, SymInt k, int dim=-1, bool largest=True, bool sorted=True) -> (Tensor values, Tensor indices)", TAPER_OP(topk), kPure),
    op_out<2>(
        "aten::topk.values(Tensor self, SymInt k, int dim=-1, bool largest=True, bool sorted=True, *, Tensor(a!) values, Tensor(b!) indices) -> (Tensor(a!) "
        "values, Tensor(b!) indices)",
        TAPER_OP(topk)),
    op("aten::kthvalue(Tensor self, SymInt k, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)", TAPER_OP(kthvalue), kPure),
    op_out<2>("aten::kthvalue.values(Tensor self, SymInt k, int dim=-1, bool keepdim=False, *, Tensor(a!) values, Tensor(b!) indices) -> (Tensor(a!) values, "
              "Tensor(b!) indices)",
              TAPER_OP(kthvalue)),
    op("aten::median(Tensor self) -> Tensor", TAPER_OP(median<false>), kPure),
    op("aten::median.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)", TAPER_OP(median_dim<false>), kPure),
    op_out<2>("aten::median.dim_values(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) values, Tensor(b!) indices) -> (Tensor(a!) values, Tensor(b!) "
              "indices)",
              TAPER_OP(median_dim<false>)),
    op("aten::nanmedian(Tensor self) -> Tensor", TAPER_OP(median<true>), kPure),
    op("aten::nanmedian.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)", TAPER_OP(median_dim<true>), kPure),
    op_out<2>(
        "aten::nanmedian.dim_values(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) values, Tensor(b!) indices) -> (Tensor(a!) values, Tensor(b!) "
        "indices)",
        TAPER_OP(median_dim<true>)),
    op("aten::mode(Tensor self, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)", TAPER_OP(mode), kPure),
    op_out<2>(
        "aten::mode.values(Tensor self, int dim=-1, bool keepdim=False, *, Tensor(a!) values, Tensor(b!) indices) -> (Tensor(a!) values, Tensor(b!) indices)",
        TAPER_OP(mode)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> sort_rows() { return aten::kRows; }
}  // namespace taper::impl
