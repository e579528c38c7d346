// Reductions by order: max, min, amax, amin, argmax, argmin, aminmax, and cumulative scans.
#include <algorithm>
#include <cmath>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/reduce.h"
#include "ops/aten/reductions.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

using OptInt = std::optional<int64_t>;

using Float4 = float __attribute__((vector_size(16)));

// The extreme element and its position; the first of equals, and a NaN beats everything.
template <class A, bool Max>
struct Extreme {
  A best{};
  int64_t index = -1, position = 0;
  void add(A x) {
    bool better = index < 0 || (best == best && (x != x || (Max ? x > best : x < best)));
    if (better) {
      best = x;
      index = position;
    }
    ++position;
  }
  // First the extreme of the row, in vectors, then its place if it is better than what there is.
  void add_row(const A* x, int64_t n)
    requires std::is_same_v<A, float>
  {
    using Vec = Float4;
    constexpr int64_t kVecs = 4, kLanes = 4, kStep = kVecs * kLanes;
    if (n < 2 * kStep || (index >= 0 && best != best)) {
      for (int64_t i = 0; i < n; ++i) add(x[i]);
      return;
    }
    Vec lanes[kVecs];
    __builtin_memcpy(lanes, x, sizeof lanes);
    auto nan = lanes[0] != lanes[0];
    for (int k = 1; k < kVecs; ++k) nan |= lanes[k] != lanes[k];
    int64_t i = kStep;
    for (; i + kStep <= n; i += kStep)
#pragma GCC unroll 4
      for (int k = 0; k < kVecs; ++k) {
        Vec v;
        __builtin_memcpy(&v, x + i + k * kLanes, sizeof v);
        lanes[k] = (Max ? lanes[k] < v : v < lanes[k]) ? v : lanes[k];
        nan |= v != v;
      }
    for (int k = 1; k < kVecs; ++k) lanes[0] = (Max ? lanes[0] < lanes[k] : lanes[k] < lanes[0]) ? lanes[k] : lanes[0];
    bool any_nan = false;
    A top = lanes[0][0];
    for (int64_t k = 0; k < kLanes; ++k) {
      any_nan |= nan[k] != 0;
      top = (Max ? top < lanes[0][k] : lanes[0][k] < top) ? lanes[0][k] : top;
    }
    for (; i < n; ++i) {
      any_nan |= x[i] != x[i];
      top = (Max ? top < x[i] : x[i] < top) ? x[i] : top;
    }
    if (any_nan || index < 0 || (Max ? top > best : top < best)) {
      int64_t at = 0;
      while (any_nan ? x[at] == x[at] : x[at] != top) ++at;
      best = x[at];
      index = position + at;
    }
    position += n;
  }
  Extreme result() const { return *this; }
};

// The caller has refused complex numbers.
template <bool Max, class Each>
void for_extremes(const Tensor& self, const ReducePlan& plan, Each each) {
  visit_accumulation(self.dtype(), [&](auto zero) {
    using A = decltype(zero);
    if constexpr (!std::is_same_v<A, ComplexDouble>) reduce_each<A>(self, plan, Extreme<A, Max>(), each);
  });
}

// Of a tensor without elements no reduced dimension may be empty, even where there is no result either.
void check_nonempty(const Tensor& self, IntView dims, const char* name) {
  if (self.numel() > 0) return;
  if (dims.empty()) fail_runtime(name, "Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.");
  for (int64_t dim : dims) {
    int64_t at = wrap_dim(dim, self.dim());
    check(self.sizes()[size_t(at)] != 0, name, "Expected reduction dim ", at, " to have non-zero size.");
  }
}

template <bool Max>
Tensor values_only(const Tensor& self, const ReducePlan& plan, const char* kernel) {
  Tensor out = make_tensor(plan.result_sizes, self.dtype());
  if (out.numel() == 0) return out;
  if (self.is_complex()) fail_dtype(kernel, self.dtype());
  void* data = out.mutable_data();
  for_extremes<Max>(self, plan, [&](int64_t i, const auto& e) { store(data, self.dtype(), i, e.best); });
  return out;
}

template <bool Max>
std::tuple<Tensor, Tensor> with_indices(const Tensor& self, int64_t dim, bool keepdim, const char* name) {
  Dims dims{wrap_dim(dim, self.dim())};
  check_nonempty(self, dims, name);
  check(!self.is_complex(), name, "does not support complex input");
  ReducePlan plan = plan_reduction(self, IntView(dims), keepdim);
  Tensor values = make_tensor(plan.result_sizes, self.dtype()), indices = make_tensor(plan.result_sizes, DType::kLong);
  if (values.numel() == 0) return {values, indices};
  void* data = values.mutable_data();
  auto* places = indices.mutable_data<int64_t>();
  for_extremes<Max>(self, plan, [&](int64_t i, const auto& e) {
    store(data, self.dtype(), i, e.best);
    places[i] = e.index;
  });
  return {values, indices};
}

template <bool Max>
Tensor positions(const Tensor& self, OptInt dim, bool keepdim, const char* name) {
  check(!self.is_complex(), name, "does not support complex input");
  check(self.dtype() != DType::kBool, name, "does not support bool input");
  Dims dims;
  if (dim) dims.push_back(*dim);
  check_nonempty(self, dims, name);
  ReducePlan plan = plan_reduction(self, dim ? std::optional<IntView>(IntView(dims)) : std::nullopt, keepdim);
  Tensor out = make_tensor(plan.result_sizes, DType::kLong);
  if (out.numel() == 0) return out;
  auto* places = out.mutable_data<int64_t>();
  for_extremes<Max>(self, plan, [&](int64_t i, const auto& e) { places[i] = e.index; });
  return out;
}

template <bool Max>
Tensor over_dims(const Tensor& self, IntView dims, bool keepdim, const char* name) {
  check_nonempty(self, dims, name);
  return values_only<Max>(self, plan_reduction(self, dims, keepdim), Max ? "max_values_cpu" : "min_values_cpu");
}

}  // namespace

Tensor amax(Context&, const Tensor& self, IntView dims, bool keepdim) { return over_dims<true>(self, dims, keepdim, "amax(): "); }
Tensor amin(Context&, const Tensor& self, IntView dims, bool keepdim) { return over_dims<false>(self, dims, keepdim, "amin(): "); }
std::tuple<Tensor, Tensor> max_dim(Context&, const Tensor& self, int64_t dim, bool keepdim) { return with_indices<true>(self, dim, keepdim, "max(): "); }
std::tuple<Tensor, Tensor> min_dim(Context&, const Tensor& self, int64_t dim, bool keepdim) { return with_indices<false>(self, dim, keepdim, "min(): "); }

namespace {

Tensor max_all(Context&, const Tensor& self) {
  check_nonempty(self, IntView(), "max(): ");
  return values_only<true>(self, plan_reduction(self, std::nullopt, false), "max_all");
}
Tensor min_all(Context&, const Tensor& self) {
  check_nonempty(self, IntView(), "min(): ");
  return values_only<false>(self, plan_reduction(self, std::nullopt, false), "min_all");
}
Tensor argmax(Context&, const Tensor& self, OptInt dim, bool keepdim) { return positions<true>(self, dim, keepdim, "argmax(): "); }
Tensor argmin(Context&, const Tensor& self, OptInt dim, bool keepdim) { return positions<false>(self, dim, keepdim, "argmin(): "); }
std::tuple<Tensor, Tensor> aminmax(Context&, const Tensor& self, OptInt dim, bool keepdim) {
  Dims dims;
  if (dim) dims.push_back(*dim);
  check(self.numel() > 0 || dim, "aminmax(): cannot compute aminmax over an empty dimension as the operation has no identity.");
  if (dim) {
    dims[0] = wrap_dim(*dim, self.dim());
    check_nonempty(self, dims, "aminmax: ");
  }
  if (self.is_complex()) fail_dtype("aminmax_cpu", self.dtype());
  ReducePlan plan = plan_reduction(self, dim ? std::optional<IntView>(IntView(dims)) : std::nullopt, keepdim);
  return {values_only<false>(self, plan, "aminmax_cpu"), values_only<true>(self, plan, "aminmax_cpu")};
}

// A scan along one dimension. `step` turns (state, element) into the next state, which is written out.
template <class A, class State, class Step>
void scan(const Tensor& self, int64_t dim, const Tensor& out, State start, Step step) {
  Dims sizes(self.sizes()), in_strides(self.strides()), out_strides(out.strides());
  auto at = size_t(dim);
  int64_t n = sizes[at], in_step = in_strides[at], out_step = out_strides[at];
  sizes.erase(at);
  in_strides.erase(at);
  out_strides.erase(at);
  void* data = out.mutable_data();
  walk_rows<2>(sizes, {in_strides, out_strides}, [&](const Offsets<2>& o, int64_t rows, const Offsets<2>& row_step) {
    A buffer[kReduceChunk];
    decltype(step(start, A(), 0, 0)) results[kReduceChunk];
    for (int64_t r = 0; r < rows; ++r) {
      State state = start;
      int64_t in_at = o[0] + r * row_step[0], out_at = o[1] + r * row_step[1];
      for (int64_t first = 0; first < n; first += kReduceChunk) {
        int64_t count = std::min(kReduceChunk, n - first);
        load(buffer, self, in_at + first * in_step, in_step, count);
        for (int64_t i = 0; i < count; ++i) results[i] = step(state, buffer[i], first + i, out_at + (first + i) * out_step);
        store_row(data, out.dtype(), out_at + first * out_step, out_step, results, count);
      }
    }
  });
}

DType scan_dtype(const Tensor& self, std::optional<DType> dtype) { return dtype ? *dtype : is_integral_or_bool(self.dtype()) ? DType::kLong : self.dtype(); }
template <bool Product>
Tensor cumulative(Context& ctx, const Tensor& self_in, int64_t dim_in, std::optional<DType> dtype) {
  int64_t dim = wrap_dim(dim_in, self_in.dim());
  DType result = scan_dtype(self_in, dtype);
  Tensor self = dtype && *dtype != self_in.dtype() ? to_dtype(ctx, self_in, *dtype) : self_in;
  if (self.dim() == 0) return to_dtype(ctx, self, result, true);
  Tensor out = make_tensor(self.sizes(), result);
  if (out.numel() == 0) return out;
  visit_accumulation(self.dtype(), [&](auto zero) {
    using A = decltype(zero);
    using S = std::conditional_t<std::is_same_v<A, float>, double, std::conditional_t<std::is_same_v<A, int64_t>, uint64_t, A>>;
    scan<A>(self, dim, out, S(Product ? 1 : 0), [](S& state, A x, int64_t, int64_t) {
      if constexpr (Product) state = plain_product(state, S(x));
      else state += S(x);
      if constexpr (std::is_same_v<S, uint64_t>) return int64_t(state);
      else return state;
    });
  });
  return out;
}

}  // namespace

Tensor cumsum(Context& ctx, const Tensor& self, int64_t dim, std::optional<DType> dtype) { return cumulative<false>(ctx, self, dim, dtype); }

namespace {

Tensor cumprod(Context& ctx, const Tensor& self, int64_t dim, std::optional<DType> dtype) { return cumulative<true>(ctx, self, dim, dtype); }

template <bool Max>
std::tuple<Tensor, Tensor> cumulative_extreme(Context& ctx, const Tensor& self, int64_t dim_in) {
  if (self.dim() == 0) {
    check(dim_in == 0 || dim_in == -1, Max ? "cummax" : "cummin", "(): Expected reduction dim -1 or 0 for scalar but got ", dim_in);
    return {clone(ctx, self), zeros(ctx, {}, DType::kLong)};
  }
  Tensor values = make_tensor(self.sizes(), self.dtype()), indices = make_tensor(self.sizes(), DType::kLong);
  if (values.numel() == 0) return {values, indices};
  int64_t dim = wrap_dim(dim_in, self.dim());
  auto* places = indices.mutable_data<int64_t>();
  visit_accumulation(self.dtype(), [&](auto zero) {
    using A = decltype(zero);
    if constexpr (std::is_same_v<A, ComplexDouble>) {
      fail_dtype(Max ? "cummax_cpu" : "cummin_cpu", self.dtype());
    } else {
      struct State {
        A best{};
        int64_t index = -1;
      };
      scan<A>(self, dim, values, State(), [&](State& s, A x, int64_t i, int64_t place) {
        // The last of equals.
        if (s.index < 0 || x != x || (s.best == s.best && (Max ? x >= s.best : x <= s.best))) s = {x, i};
        places[place] = s.index;
        return s.best;
      });
    }
  });
  return {values, indices};
}
std::tuple<Tensor, Tensor> cummax(Context& ctx, const Tensor& self, int64_t dim) { return cumulative_extreme<true>(ctx, self, dim); }
std::tuple<Tensor, Tensor> cummin(Context& ctx, const Tensor& self, int64_t dim) { return cumulative_extreme<false>(ctx, self, dim); }

// log(exp(a) + exp(b)) of complex numbers. A NaN in either infects both parts; of two zero exponentials the angle is lost.
ComplexDouble log_add_exp(ComplexDouble a, ComplexDouble b) {
  auto is_nan = [](ComplexDouble x) { return std::isnan(x.real()) || std::isnan(x.imag()); };
  if (is_nan(a) || is_nan(b)) return {NAN, NAN};
  ComplexDouble low = a.real() < b.real() ? a : b, high = a.real() < b.real() ? b : a;
  if (std::isinf(low.real()) && low.real() == high.real()) return low.real() < 0 ? low : std::log(std::exp(low) + std::exp(high));
  return std::log(1.0 + std::exp(low - high)) + high;
}

Tensor logcumsumexp(Context& ctx, const Tensor& self, int64_t dim_in) {
  int64_t dim = wrap_dim(dim_in, self.dim());
  if (is_integral_or_bool(self.dtype())) fail_dtype("logcumsumexp_out_cpu", self.dtype());
  if (self.dim() == 0) return clone(ctx, self);
  Tensor out = make_tensor(self.sizes(), self.dtype());
  if (out.numel() == 0) return out;
  visit_accumulation(self.dtype(), [&](auto zero) {
    using A = decltype(zero);
    if constexpr (std::is_same_v<A, float> || std::is_same_v<A, double>)
      scan<A>(self, dim, out, -double(INFINITY), [](double& state, A x_in, int64_t, int64_t) {
        double x = double(x_in), high = std::max(state, x), low = std::min(state, x);
        if (state != state || x != x) state = NAN;
        else if (!(std::isinf(high) && high == low)) state = high + std::log1p(std::exp(low - high));
        return state;
      });
    else if constexpr (std::is_same_v<A, ComplexDouble>)
      scan<A>(self, dim, out, ComplexDouble(-INFINITY), [](ComplexDouble& state, ComplexDouble x, int64_t, int64_t) { return state = log_add_exp(x, state); });
  });
  return out;
}

constexpr OpDef kRows[] = {
    op("aten::max(Tensor self) -> Tensor", TAPER_OP(max_all), kPure),
    op_out("aten::max.unary_out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(max_all)),
    op("aten::min(Tensor self) -> Tensor", TAPER_OP(min_all), kPure),
    op_out("aten::min.unary_out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(min_all)),
    op("aten::max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)", TAPER_OP(max_dim), kPure),
    op_out<2>("aten::max.dim_max(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) max, Tensor(b!) max_values) -> (Tensor(a!) values, "
              "Tensor(b!) indices)",
              TAPER_OP(max_dim)),
    op("aten::min.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)", TAPER_OP(min_dim), kPure),
    op_out<2>("aten::min.dim_min(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) min, Tensor(b!) min_indices) -> (Tensor(a!) values, "
              "Tensor(b!) indices)",
              TAPER_OP(min_dim)),
    op("aten::amax(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor", TAPER_OP(amax), kPure),
    op_out("aten::amax.out(Tensor self, int[1] dim=[], bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(amax)),
    op("aten::amin(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor", TAPER_OP(amin), kPure),
    op_out("aten::amin.out(Tensor self, int[1] dim=[], bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(amin)),
    op("aten::aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)", TAPER_OP(aminmax), kPure),
    op_out<2>("aten::aminmax.out(Tensor self, *, int? dim=None, bool keepdim=False, Tensor(a!) min, Tensor(b!) max) -> (Tensor(a!) min, Tensor(b!) max)",
              TAPER_OP(aminmax)),
    op("aten::argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor", TAPER_OP(argmax), kPure),
    op_out("aten::argmax.out(Tensor self, int? dim=None, bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(argmax)),
    op("aten::argmin(Tensor self, int? dim=None, bool keepdim=False) -> Tensor", TAPER_OP(argmin), kPure),
    op_out("aten::argmin.out(Tensor self, int? dim=None, bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(argmin)),
    op("aten::cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor", TAPER_OP(cumsum), kPure),
    op_inplace("aten::cumsum_(Tensor(a!) self, int dim, *, ScalarType? dtype=None) -> Tensor(a!)", TAPER_OP(cumsum)),
    op_out("aten::cumsum.out(Tensor self, int dim, *, ScalarType? dtype=None, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(cumsum)),
    op("aten::cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor", TAPER_OP(cumprod), kPure),
    op_inplace("aten::cumprod_(Tensor(a!) self, int dim, *, ScalarType? dtype=None) -> Tensor(a!)", TAPER_OP(cumprod)),
    op_out("aten::cumprod.out(Tensor self, int dim, *, ScalarType? dtype=None, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(cumprod)),
    op("aten::cummax(Tensor self, int dim) -> (Tensor values, Tensor indices)", TAPER_OP(cummax), kPure),
    op_out<2>("aten::cummax.out(Tensor self, int dim, *, Tensor(a!) values, Tensor(b!) indices) -> (Tensor(a!) values, Tensor(b!) indices)", TAPER_OP(cummax)),
    op("aten::cummin(Tensor self, int dim) -> (Tensor values, Tensor indices)", TAPER_OP(cummin), kPure),
    op_out<2>("aten::cummin.out(Tensor self, int dim, *, Tensor(a!) values, Tensor(b!) indices) -> (Tensor(a!) values, Tensor(b!) indices)", TAPER_OP(cummin)),
    op("aten::logcumsumexp(Tensor self, int dim) -> Tensor", TAPER_OP(logcumsumexp), kPure),
    op_out("aten::logcumsumexp.out(Tensor self, int dim, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(logcumsumexp)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> reduce_order_rows() { return aten::kRows; }
}  // namespace taper::impl
