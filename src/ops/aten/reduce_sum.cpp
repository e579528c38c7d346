// Sums and what is made of them: sum, nansum, mean, prod, any, all, count_nonzero, var, std, norms, logsumexp.
#include <algorithm>
#include <cmath>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/norm_rows.h"
#include "ops/aten/reduce.h"
#include "ops/aten/reductions.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

using OptDType = std::optional<DType>;
using OptInts = std::optional<IntView>;

// Floats are summed in eight lanes over a chunk, chunks in double, which keeps the error of long sums near one rounding.
template <class A>
struct Sum {
  using Total = std::conditional_t<std::is_same_v<A, float>, double, std::conditional_t<std::is_same_v<A, int64_t>, uint64_t, A>>;
  Total total{};
  void add(A x) { total += Total(x); }
  void add_row(const A* x, int64_t n) {
    if constexpr (std::is_same_v<A, int64_t> || std::is_same_v<A, ComplexDouble>) {
      for (int64_t i = 0; i < n; ++i) total += Total(x[i]);
    } else {
      for (int64_t first = 0; first < n; first += kReduceChunk) {
        int64_t count = std::min(kReduceChunk, n - first), i = 0;
        A lane[8] = {};
        for (; i + 8 <= count; i += 8)
          for (int k = 0; k < 8; ++k) lane[k] += x[first + i + k];
        A rest = 0;
        for (; i < count; ++i) rest += x[first + i];
        total += Total(((lane[0] + lane[4]) + (lane[1] + lane[5])) + ((lane[2] + lane[6]) + (lane[3] + lane[7])) + rest);
      }
    }
  }
  auto result() const {
    if constexpr (std::is_same_v<A, int64_t>) return int64_t(total);
    else return total;
  }
};

template <class A>
struct NanSum {
  Sum<A> sum;
  void add(A x) {
    if (x == x) sum.add(x);
  }
  auto result() const { return sum.result(); }
};

template <class A>
struct Mean {
  Sum<A> sum;
  double count = 1;
  void add(A x) { sum.add(x); }
  void add_row(const A* x, int64_t n) { sum.add_row(x, n); }
  auto result() const {
    // By a complex number without imaginary part: what is not finite in one part spoils the other.
    if constexpr (std::is_same_v<A, ComplexDouble>)
      return ComplexDouble((sum.total.real() + sum.total.imag() * 0.0) / count, (sum.total.imag() - sum.total.real() * 0.0) / count);
    else return double(sum.total) / count;
  }
};

template <class A>
struct Prod {
  std::conditional_t<std::is_same_v<A, int64_t>, uint64_t, A> total = 1;
  void add(A x) { total = plain_product(total, decltype(total)(x)); }
  auto result() const {
    if constexpr (std::is_same_v<A, int64_t>) return int64_t(total);
    else return total;
  }
};

template <class A>
struct Any {
  bool found = false;
  void add(A x) { found |= x != A(); }
  bool result() const { return found; }
};
template <class A>
struct All {
  bool holds = true;
  void add(A x) { holds &= x != A(); }
  bool result() const { return holds; }
};
template <class A>
struct CountNonzero {
  int64_t count = 0;
  void add(A x) { count += x != A(); }
  int64_t result() const { return count; }
};

// Welford's running mean and squared distance.
template <class A>
struct Variance {
  using V = std::conditional_t<std::is_same_v<A, ComplexDouble>, ComplexDouble, double>;
  V mean{};
  double distance = 0, n = 0;
  void add(A x) {
    n += 1;
    V delta = V(x) - mean;
    mean += delta / n;
    if constexpr (std::is_same_v<V, ComplexDouble>) distance += (delta * std::conj(V(x) - mean)).real();
    else distance += delta * (V(x) - mean);
  }
  Variance result() const { return *this; }
};

template <class A>
struct Norm {
  double order = 2;
  double total = 0;
  bool nan = false;
  static double magnitude(A x) {
    if constexpr (std::is_same_v<A, int64_t>) return std::fabs(double(x));
    else return double(std::abs(x));
  }
  void add(A x) {
    double m = magnitude(x);
    if (m != m && order != 0) nan = true;
    if (order == 2) total += m * m;
    else if (order == 1) total += m;
    else if (order == 0) total += m != 0;
    else if (order == INFINITY) total = std::max(total, m);
    else if (order == -INFINITY) total = std::min(total, m);
    else total += std::pow(m, order);
  }
  void add_row(const A* x, int64_t n) {
    int64_t i = 0;
    if constexpr (std::is_same_v<A, float> || std::is_same_v<A, double>) {
      if (order == 2 || order == 1) {  // a NaN spoils these by itself
        double lane[8] = {};
        for (; i + 8 <= n; i += 8)
          for (int k = 0; k < 8; ++k) {
            const double m = std::fabs(double(x[i + k]));
            lane[k] += order == 2 ? m * m : m;
          }
        total += ((lane[0] + lane[4]) + (lane[1] + lane[5])) + ((lane[2] + lane[6]) + (lane[3] + lane[7]));
      }
    }
    for (; i < n; ++i) add(x[i]);
  }
  double result() const {
    if (nan) return NAN;
    if (order == 2) return std::sqrt(total);
    if (order == 1 || order == 0 || std::isinf(order)) return total;
    return std::pow(total, 1 / order);
  }
};

// log(sum(exp(x))) with a running maximum.
template <class A>
struct LogSumExp {
  double high = -INFINITY, total = 0;
  void add(A value) {
    auto x = double(value);
    if (x <= high) {
      total += high == INFINITY ? 0 : std::exp(x - high);
    } else if (x > high) {
      total = high == -INFINITY ? 1 : total * std::exp(high - x) + 1;
      if (x == INFINITY) total = 1;
      high = x;
    } else if (x != x) {
      high = total = x;
    }
  }
  double result() const { return std::isinf(high) ? high : high + std::log(total); }
};
template <>
struct LogSumExp<ComplexDouble> {
  double high = -INFINITY;             // of the real parts
  ComplexDouble scaled{}, unscaled{};  // sums of exp(x - high), and of exp(x) for when the largest part is infinite
  void add(ComplexDouble x) {
    if (high != high) return;
    unscaled += std::exp(x);
    if (x.real() != x.real()) {
      high = NAN;
    } else if (x.real() > high) {
      scaled = std::isinf(high) ? ComplexDouble() : scaled * std::exp(high - x.real());
      high = x.real();
    }
    if (std::isfinite(high)) scaled += std::exp(x - high);
  }
  ComplexDouble result() const {
    if (high != high) return {NAN, NAN};
    return std::isinf(high) ? std::log(unscaled) : std::log(scaled) + high;
  }
};

DType sum_dtype(const Tensor& self, OptDType dtype) {
  if (dtype) return *dtype;
  return is_integral_or_bool(self.dtype()) ? DType::kLong : self.dtype();
}
Tensor cast_for(Context& ctx, const Tensor& self, OptDType dtype) {
  if (!dtype || *dtype == self.dtype()) return self;
  if (is_reduced_float(self.dtype()) && *dtype == DType::kFloat) return self;  // accumulated in float anyway
  return to_dtype(ctx, self, *dtype);
}

template <template <class> class R>
Tensor reduce_with(const Tensor& self, const ReducePlan& plan, DType out) {
  return reduce(self, plan, out, [](auto a) { return R<decltype(a)>(); });
}

}  // namespace

Tensor sum(Context& ctx, const Tensor& self, OptInts dims, bool keepdim, OptDType dtype) {
  Tensor x = cast_for(ctx, self, dtype);
  return reduce_with<Sum>(x, plan_reduction(x, dims, keepdim), sum_dtype(self, dtype));
}

Tensor mean(Context& ctx, const Tensor& self, OptInts dims, bool keepdim, OptDType dtype) {
  DType out = dtype.value_or(self.dtype());
  check(is_floating(out) || is_complex(out), "mean(): could not infer output dtype. ", dtype ? "Optional" : "Input",
        " dtype must be either a floating point or complex dtype. Got: ", scalar_type_name(out));
  Tensor x = cast_for(ctx, self, dtype);
  ReducePlan plan = plan_reduction(x, dims, keepdim);
  return reduce(x, plan, out, [&](auto a) {
    Mean<decltype(a)> start;
    start.count = double(plan.count);
    return start;
  });
}

namespace {

std::tuple<Tensor, Tensor> spread(const Tensor& self, OptInts dims, double correction, bool keepdim, const char* name) {
  check(self.is_floating() || self.is_complex(), name, " only support floating point and complex dtypes");
  ReducePlan plan = plan_reduction(self, dims, keepdim);
  Tensor var = make_tensor(plan.result_sizes, to_real(self.dtype())), mean_out = make_tensor(plan.result_sizes, self.dtype());
  if (var.numel() == 0) return {var, mean_out};
  void* var_data = var.mutable_data();
  void* mean_data = mean_out.mutable_data();
  visit_accumulation(self.dtype(), [&](auto zero) {
    using A = decltype(zero);
    if constexpr (!std::is_same_v<A, int64_t>)
      reduce_each<A>(self, plan, Variance<A>(), [&](int64_t i, const Variance<A>& v) {
        double freedom = std::max(0.0, v.n - correction);
        store(var_data, var.dtype(), i, v.n == 0 ? double(NAN) : v.distance / freedom);
        if constexpr (std::is_same_v<A, ComplexDouble>) store(mean_data, mean_out.dtype(), i, v.n == 0 ? ComplexDouble(NAN, NAN) : v.mean);
        else store(mean_data, mean_out.dtype(), i, v.n == 0 ? double(NAN) : v.mean);
      });
  });
  return {var, mean_out};
}

}  // namespace

std::tuple<Tensor, Tensor> var_mean(Context&, const Tensor& self, OptInts dims, double correction, bool keepdim) {
  return spread(self, dims, correction, keepdim, "var_mean");
}

Tensor vector_norm(Context& ctx, const Tensor& self, double order, OptInts dims, bool keepdim, OptDType dtype) {
  check(self.is_floating() || self.is_complex(), "linalg.vector_norm: Expected a floating point or complex tensor as input. Got ",
        scalar_type_name(self.dtype()));
  Tensor x = cast_for(ctx, self, dtype);
  ReducePlan plan = plan_reduction(x, dims, keepdim);
  if (plan.count == 0 && (order < 0 || std::isinf(order))) {
    if (dims)
      for (int64_t dim : *dims)
        check(x.size(dim) != 0, "linalg.vector_norm cannot compute the ", order, " norm on the dimension ", dim,
              "because this dimension is empty and the operation does not have an identity");
    fail_runtime("linalg.vector_norm cannot compute the ", order, " norm on an empty tensor because the operation does not have an identity");
  }
  return reduce(x, plan, to_real(dtype.value_or(self.dtype())), [&](auto a) {
    Norm<decltype(a)> start;
    start.order = order;
    if (order == -INFINITY) start.total = INFINITY;
    return start;
  });
}

namespace {

Tensor sum_all(Context& ctx, const Tensor& self, OptDType dtype) { return sum(ctx, self, std::nullopt, false, dtype); }
Tensor mean_all(Context& ctx, const Tensor& self, OptDType dtype) { return mean(ctx, self, std::nullopt, false, dtype); }
Tensor nansum(Context& ctx, const Tensor& self, OptInts dims, bool keepdim, OptDType dtype) {
  plan_reduction(self, dims, keepdim);  // what is wrong with the dims is said first
  check(!self.is_complex(), "nansum on CPU does not support complex inputs");
  Tensor x = cast_for(ctx, self, dtype);
  return reduce_with<NanSum>(x, plan_reduction(x, dims, keepdim), sum_dtype(self, dtype));
}
Tensor nanmean(Context& ctx, const Tensor& self, OptInts dims, bool keepdim, OptDType dtype) {
  check(self.is_floating() || self.is_complex(), "nanmean(): expected input to have floating point or complex dtype but got ", scalar_type_name(self.dtype()));
  Tensor x = cast_for(ctx, self, dtype);
  ReducePlan plan = plan_reduction(x, dims, keepdim);
  Tensor out = make_tensor(plan.result_sizes, dtype.value_or(self.dtype()));
  if (out.numel() == 0) return out;
  void* data = out.mutable_data();
  struct Present {
    double total = 0, n = 0;
    void add(double v) {
      if (v == v) total += v, n += 1;
    }
    double result() const { return total / n; }
  };
  check(!x.is_complex(), "nanmean of complex tensors is not supported");
  visit_accumulation(x.dtype(), [&](auto zero) {
    using A = decltype(zero);
    if constexpr (std::is_same_v<A, float> || std::is_same_v<A, double>)
      reduce_each<A>(x, plan, Present(), [&](int64_t i, double v) { store(data, out.dtype(), i, v); });
  });
  return out;
}

Tensor prod_dim(Context& ctx, const Tensor& self, int64_t dim, bool keepdim, OptDType dtype) {
  Tensor x = cast_for(ctx, self, dtype);
  Dims dims{dim};
  return reduce_with<Prod>(x, plan_reduction(x, IntView(dims), keepdim), sum_dtype(self, dtype));
}
Tensor prod_all(Context& ctx, const Tensor& self, OptDType dtype) {
  Tensor x = cast_for(ctx, self, dtype);
  return reduce_with<Prod>(x, plan_reduction(x, std::nullopt, false), sum_dtype(self, dtype));
}

// any and all of a uint8 tensor stay uint8, for compatibility with masks of old.
DType truth_dtype(const Tensor& self) { return self.dtype() == DType::kByte ? DType::kByte : DType::kBool; }
template <template <class> class R>
Tensor truth_all(Context&, const Tensor& self) {
  return reduce_with<R>(self, plan_reduction(self, std::nullopt, false), truth_dtype(self));
}
template <template <class> class R>
Tensor truth_dim(Context&, const Tensor& self, int64_t dim, bool keepdim) {
  Dims dims{dim};
  return reduce_with<R>(self, plan_reduction(self, IntView(dims), keepdim), truth_dtype(self));
}
template <template <class> class R>
Tensor truth_dims(Context&, const Tensor& self, OptInts dims, bool keepdim) {
  return reduce_with<R>(self, plan_reduction(self, dims, keepdim, false), truth_dtype(self));
}

Tensor count_nonzero_dims(Context&, const Tensor& self, IntView dims) {
  return reduce_with<CountNonzero>(self, plan_reduction(self, dims, false), DType::kLong);
}
Tensor count_nonzero(Context& ctx, const Tensor& self, std::optional<int64_t> dim) {
  return dim ? count_nonzero_dims(ctx, self, Dims{*dim}) : reduce_with<CountNonzero>(self, plan_reduction(self, std::nullopt, false), DType::kLong);
}

// Of half numbers PyTorch rounds every step: less the maximum, exponentials, their sum, its logarithm.
Tensor logsumexp_of_half(Context& ctx, const Tensor& self, IntView dims, bool keepdim) {
  DType dtype = self.dtype();
  auto rounded = [&](double x) { return float(rounded_to(x, dtype)); };
  Tensor high = to_dtype(ctx, amax(ctx, self, dims, true), DType::kFloat), terms = clone(ctx, to_dtype(ctx, self, DType::kFloat), MemoryFormat::kContiguous);
  auto* highs = high.mutable_data<float>();
  for (int64_t i = 0; i < high.numel(); ++i)
    if (std::isinf(highs[i])) highs[i] = 0;
  Tensor wide = contiguous(ctx, expand(ctx, high, self.sizes()));
  auto* x = terms.mutable_data<float>();
  for (int64_t i = 0; i < terms.numel(); ++i) x[i] = rounded(std::exp(rounded(x[i] - wide.data<float>()[i])));
  Tensor total = sum(ctx, terms, dims, keepdim);
  auto* sums = total.mutable_data<float>();
  for (int64_t i = 0; i < total.numel(); ++i) sums[i] = rounded(std::log(rounded(sums[i]))) + highs[i];
  return to_dtype(ctx, total, dtype);
}

Tensor logsumexp(Context& ctx, const Tensor& self, IntView dims, bool keepdim) {
  if (is_integral_or_bool(self.dtype())) return logsumexp(ctx, to_dtype(ctx, self, ctx.default_dtype), dims, keepdim);
  ReducePlan plan = plan_reduction(self, dims, keepdim);
  // PyTorch drops the dimensions of the maxima by the list of dims, of the sums by its meaning.
  if (dims.empty() && self.dim() > 0 && self.numel() > 0 && !keepdim)
    fail_runtime("output with shape [] doesn't match the broadcast shape ", IntView(Dims(size_t(self.dim()), 1)));
  if (is_reduced_float(self.dtype()) && self.numel() > 0) return logsumexp_of_half(ctx, self, dims, keepdim);
  return reduce_with<LogSumExp>(self, plan, self.dtype());
}

// sqrt of a real tensor that was just made, in place.
Tensor rooted(Tensor t) {
  visit_floating(t.dtype(), "std", [&](auto tag) {
    using T = decltype(tag);
    T* data = t.mutable_data<T>();
    for (int64_t i = 0; i < t.numel(); ++i) {
      if constexpr (std::is_same_v<T, double>) data[i] = std::sqrt(data[i]);
      else data[i] = T(std::sqrt(float(data[i])));
    }
  });
  return t;
}
double correction_of(const std::optional<Scalar>& correction) { return correction ? correction->to_double() : 1.0; }
Tensor var_correction(Context&, const Tensor& self, OptInts dims, std::optional<Scalar> correction, bool keepdim) {
  return std::get<0>(spread(self, dims, correction_of(correction), keepdim, "std and var"));
}
Tensor std_correction(Context& ctx, const Tensor& self, OptInts dims, std::optional<Scalar> correction, bool keepdim) {
  return rooted(var_correction(ctx, self, dims, correction, keepdim));
}
Tensor var_dim(Context&, const Tensor& self, OptInts dims, bool unbiased, bool keepdim) {
  return std::get<0>(spread(self, dims, unbiased, keepdim, "std and var"));
}
Tensor std_dim(Context& ctx, const Tensor& self, OptInts dims, bool unbiased, bool keepdim) { return rooted(var_dim(ctx, self, dims, unbiased, keepdim)); }
Tensor var_all(Context& ctx, const Tensor& self, bool unbiased) { return var_dim(ctx, self, std::nullopt, unbiased, false); }
Tensor std_all(Context& ctx, const Tensor& self, bool unbiased) { return std_dim(ctx, self, std::nullopt, unbiased, false); }
std::tuple<Tensor, Tensor> var_mean_correction(Context& ctx, const Tensor& self, OptInts dims, std::optional<Scalar> correction, bool keepdim) {
  return var_mean(ctx, self, dims, correction_of(correction), keepdim);
}
std::tuple<Tensor, Tensor> std_mean_correction(Context&, const Tensor& self, OptInts dims, std::optional<Scalar> correction, bool keepdim) {
  auto [var, mean_out] = spread(self, dims, correction_of(correction), keepdim, "std_mean");
  return {rooted(var), mean_out};
}
std::tuple<Tensor, Tensor> var_mean_dim(Context& ctx, const Tensor& self, OptInts dims, bool unbiased, bool keepdim) {
  return var_mean(ctx, self, dims, unbiased, keepdim);
}
std::tuple<Tensor, Tensor> std_mean_dim(Context&, const Tensor& self, OptInts dims, bool unbiased, bool keepdim) {
  auto [var, mean_out] = spread(self, dims, unbiased, keepdim, "std_mean");
  return {rooted(var), mean_out};
}
std::tuple<Tensor, Tensor> var_mean_all(Context& ctx, const Tensor& self, bool unbiased) { return var_mean(ctx, self, std::nullopt, unbiased, false); }
std::tuple<Tensor, Tensor> std_mean_all(Context& ctx, const Tensor& self, bool unbiased) { return std_mean_dim(ctx, self, std::nullopt, unbiased, false); }

Tensor linalg_vector_norm(Context& ctx, const Tensor& self, const Scalar& order, OptInts dims, bool keepdim, OptDType dtype) {
  return vector_norm(ctx, self, order.to_double(), dims, keepdim, dtype);
}
void check_norm_dtype(const Tensor& self) {
  check(!is_integral_or_bool(self.dtype()), "norm(): input dtype should be either floating point or complex. Got ", scalar_type_name(self.dtype()),
        " instead.");
}
Tensor norm_all(Context& ctx, const Tensor& self, const Scalar& p) {
  check_norm_dtype(self);
  return vector_norm(ctx, self, p.to_double(), std::nullopt, false);
}
Tensor norm_dim(Context& ctx, const Tensor& self, std::optional<Scalar> p, IntView dims, bool keepdim) {
  check_norm_dtype(self);
  return vector_norm(ctx, self, p ? p->to_double() : 2.0, dims, keepdim);
}
Tensor norm_dim_dtype(Context& ctx, const Tensor& self, std::optional<Scalar> p, IntView dims, bool keepdim, DType dtype) {
  return vector_norm(ctx, self, p ? p->to_double() : 2.0, dims, keepdim, dtype);
}
Tensor norm_dtype(Context& ctx, const Tensor& self, std::optional<Scalar> p, DType dtype) {
  return vector_norm(ctx, self, p ? p->to_double() : 2.0, std::nullopt, false, dtype);
}
Tensor frobenius_norm(Context& ctx, const Tensor& self, IntView dims, bool keepdim) { return vector_norm(ctx, self, 2, dims, keepdim); }

Tensor sum_to_size(Context& ctx, const Tensor& self, IntView size) {
  check(self.dim() >= int64_t(size.size()), "size {", size, "} is not expandable to size {", self.sizes(), "}.");
  Dims dims;
  auto lead = size_t(self.dim()) - size.size();
  for (size_t d = 0; d < size_t(self.dim()); ++d) {
    if (d < lead) {
      dims.push_back(int64_t(d));
      continue;
    }
    check(size[d - lead] == self.sizes()[d] || size[d - lead] == 1, "size {", size, "} is not expandable to size {", self.sizes(), "}.");
    if (size[d - lead] == 1 && self.sizes()[d] != 1) dims.push_back(int64_t(d));
  }
  if (size.empty()) return sum(ctx, self, std::nullopt, false);
  if (dims.empty()) return self;
  return view(ctx, sum(ctx, self, IntView(dims), true), size);
}

Tensor trace(Context& ctx, const Tensor& self) {
  if (self.dtype() == DType::kBool) fail_dtype("trace", self.dtype());
  check(self.dim() == 2, "trace: expected a matrix, but got tensor with dim ", self.dim());
  return sum(ctx, diagonal(ctx, self, 0, 0, 1), std::nullopt, false);
}

constexpr OpDef kRows[] = {
    op("aten::sum(Tensor self, *, ScalarType? dtype=None) -> Tensor", TAPER_OP(sum_all), kPure),
    op_out("aten::sum.out(Tensor self, *, ScalarType? dtype=None, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sum_all)),
    op("aten::sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", TAPER_OP(sum), kPure),
    op_out("aten::sum.IntList_out(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sum)),
    op("aten::nansum(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", TAPER_OP(nansum), kPure),
    op_out("aten::nansum.out(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(nansum)),
    op("aten::mean(Tensor self, *, ScalarType? dtype=None) -> Tensor", TAPER_OP(mean_all), kPure),
    op_out("aten::mean.dtype_out(Tensor self, *, ScalarType? dtype=None, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(mean_all)),
    op("aten::mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", TAPER_OP(mean), kPure),
    op_out("aten::mean.out(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(mean)),
    op("aten::nanmean(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", TAPER_OP(nanmean), kPure),
    op_out("aten::nanmean.out(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(nanmean)),
    op("aten::prod(Tensor self, *, ScalarType? dtype=None) -> Tensor", TAPER_OP(prod_all), kPure),
    op_out("aten::prod.out(Tensor self, *, ScalarType? dtype=None, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(prod_all)),
    op("aten::prod.dim_int(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor", TAPER_OP(prod_dim), kPure),
    op_out("aten::prod.int_out(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(prod_dim)),
    op("aten::any(Tensor self) -> Tensor", TAPER_OP(truth_all<Any>), kPure),
    op_out("aten::any.all_out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(truth_all<Any>)),
    op("aten::any.dim(Tensor self, int dim, bool keepdim=False) -> Tensor", TAPER_OP(truth_dim<Any>), kPure),
    op_out("aten::any.out(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(truth_dim<Any>)),
    op("aten::any.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor", TAPER_OP(truth_dims<Any>), kPure),
    op_out("aten::any.dims_out(Tensor self, int[]? dim=None, bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(truth_dims<Any>)),
    op("aten::all(Tensor self) -> Tensor", TAPER_OP(truth_all<All>), kPure),
    op_out("aten::all.all_out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(truth_all<All>)),
    op("aten::all.dim(Tensor self, int dim, bool keepdim=False) -> Tensor", TAPER_OP(truth_dim<All>), kPure),
    op_out("aten::all.out(Tensor self, int dim, bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(truth_dim<All>)),
    op("aten::all.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor", TAPER_OP(truth_dims<All>), kPure),
    op_out("aten::all.dims_out(Tensor self, int[]? dim=None, bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(truth_dims<All>)),
    op("aten::count_nonzero(Tensor self, int? dim=None) -> Tensor", TAPER_OP(count_nonzero), kPure),
    op_out("aten::count_nonzero.out(Tensor self, int? dim=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(count_nonzero)),
    op("aten::count_nonzero.dim_IntList(Tensor self, int[] dim) -> Tensor", TAPER_OP(count_nonzero_dims), kPure),
    op_out("aten::count_nonzero.dim_IntList_out(Tensor self, int[] dim, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(count_nonzero_dims)),
    op("aten::logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor", TAPER_OP(logsumexp), kPure),
    op_out("aten::logsumexp.out(Tensor self, int[1] dim, bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(logsumexp)),
    op("aten::special_logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor", TAPER_OP(logsumexp), kPure),
    op_out("aten::special_logsumexp.out(Tensor self, int[1] dim, bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(logsumexp)),
    op("aten::var(Tensor self, bool unbiased=True) -> Tensor", TAPER_OP(var_all), kPure),
    op("aten::var.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor", TAPER_OP(var_dim), kPure),
    op_out("aten::var.out(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(var_dim)),
    op("aten::var.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor", TAPER_OP(var_correction), kPure),
    op_out("aten::var.correction_out(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(var_correction)),
    op("aten::std(Tensor self, bool unbiased=True) -> Tensor", TAPER_OP(std_all), kPure),
    op("aten::std.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor", TAPER_OP(std_dim), kPure),
    op_out("aten::std.out(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(std_dim)),
    op("aten::std.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor", TAPER_OP(std_correction), kPure),
    op_out("aten::std.correction_out(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(std_correction)),
    op("aten::var_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)", TAPER_OP(var_mean_all), kPure),
    op("aten::var_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)", TAPER_OP(var_mean_dim), kPure),
    op("aten::var_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor, Tensor)",
       TAPER_OP(var_mean_correction), kPure),
    op("aten::std_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)", TAPER_OP(std_mean_all), kPure),
    op("aten::std_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)", TAPER_OP(std_mean_dim), kPure),
    op("aten::std_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor, Tensor)",
       TAPER_OP(std_mean_correction), kPure),
    op("aten::linalg_vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
       TAPER_OP(linalg_vector_norm), kPure),
    op_out("aten::linalg_vector_norm.out(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None, Tensor(a!) out) "
           "-> Tensor(a!)",
           TAPER_OP(linalg_vector_norm)),
    op("aten::norm.Scalar(Tensor self, Scalar p=2) -> Tensor", TAPER_OP(norm_all), kPure),
    op("aten::norm.ScalarOpt_dim(Tensor self, Scalar? p, int[1] dim, bool keepdim=False) -> Tensor", TAPER_OP(norm_dim), kPure),
    op("aten::norm.ScalarOpt_dim_dtype(Tensor self, Scalar? p, int[1] dim, bool keepdim, *, ScalarType dtype) -> Tensor", TAPER_OP(norm_dim_dtype), kPure),
    op("aten::norm.ScalarOpt_dtype(Tensor self, Scalar? p, *, ScalarType dtype) -> Tensor", TAPER_OP(norm_dtype), kPure),
    op_out("aten::norm.out(Tensor self, Scalar? p, int[1] dim, bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(norm_dim)),
    op("aten::frobenius_norm.dim(Tensor self, int[1] dim, bool keepdim=False) -> Tensor", TAPER_OP(frobenius_norm), kPure),
    op_out("aten::frobenius_norm.out(Tensor self, int[1] dim, bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(frobenius_norm)),
    op("aten::sum_to_size(Tensor self, SymInt[] size) -> Tensor", TAPER_OP(sum_to_size), kPure),
    op("aten::trace(Tensor self) -> Tensor", TAPER_OP(trace), kPure),
    op_out("aten::trace.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(trace)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> reduce_sum_rows() { return aten::kRows; }
}  // namespace taper::impl
