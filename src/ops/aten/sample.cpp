// Samples of distributions whose parameters are tensors: Poisson, binomial, gamma, Dirichlet. The same seed gives PyTorch's
// numbers, because the published algorithms behind them take the same draws in the same order:
//   Poisson from 10 on: W. Hoermann, "The transformed rejection method for generating Poisson random variables" (1993), PTRS;
//   binomial from n p = 10 on: W. Hoermann, "The generation of binomial random variates" (1993), BTRS;
//   gamma: G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables" (2000).
// Rejection loops end after kTries: what is not accepted by then (a parameter that is no number) never would be.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/random.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/loop.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

constexpr int kTries = 10000;

// As x86 converts: what does not fit is the lowest integer.
int64_t to_int(double x) { return x >= -0x1p63 && x < 0x1p63 ? int64_t(x) : INT64_MIN; }

int64_t poisson_by_rejection(double rate, Generator& g) {
  double root = std::sqrt(rate), log_rate = std::log(rate);
  double b = 0.931 + 2.53 * root, a = -0.059 + 0.02483 * b;
  double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
  for (int tries = 0; tries < kTries; ++tries) {
    double u = unit_double(g) - 0.5, v = unit_double(g), us = 0.5 - std::fabs(u);
    int64_t k = to_int(std::floor((2 * a / us + b) * u + rate + 0.43));
    if (us >= 0.07 && v <= v_r) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v) + std::log(inverse_alpha) - std::log(a / (us * us) + b) <= -rate + double(k) * log_rate - std::lgamma(double(k) + 1)) return k;
  }
  return INT64_MIN;
}

int64_t poisson_draw(double rate, Generator& g) {
  check(rate >= 0, "invalid Poisson rate, expected rate to be non-negative");
  if (rate >= 10) return poisson_by_rejection(rate, g);
  if (rate == 0) return 0;
  // Arrivals until the product of uniform numbers falls below exp(-rate).
  double end = std::exp(-rate), product = 1;
  for (int64_t k = 0;; ++k) {
    product *= unit_double(g);
    if (!(product > end)) return k;
  }
}

// log(k!) less Stirling's approximation of it.
double stirling_tail(double k) {
  constexpr double kTable[] = {0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.0207906721037650,  0.0166446911898211,
                               0.0138761288230707, 0.0118967099458917, 0.0104112652619720, 0.00925546218271273, 0.00833056343336287};
  if (k >= 0 && k <= 9) return kTable[size_t(k)];
  double n = k + 1, square = n * n;
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / n;
}

// T: what the parameters are products of; everything else is double.
template <class T>
T binomial_by_rejection(T count, T p, Generator& g) {
  double deviation = std::sqrt(double(count * p * (1 - p)));
  double b = 1.15 + 2.53 * deviation, a = -0.0873 + 0.0248 * b + 0.01 * double(p), c = double(count * p) + 0.5, v_r = 0.92 - 4.2 / b;
  double r = double(p / (1 - p)), alpha = (2.83 + 5.1 / b) * deviation, m = std::floor(double((count + 1) * p)), n = double(count);
  for (int tries = 0; tries < kTries; ++tries) {
    double u = unit_double(g) - 0.5, v = unit_double(g), us = 0.5 - std::fabs(u);
    T k = T(std::floor((2 * a / us + b) * u + c));
    if (k < 0 || k > count) continue;
    if (us >= 0.07 && v <= v_r) return k;
    v = std::log(v * alpha / (a / (us * us) + b));
    double x = double(k);
    double bound = (m + 0.5) * std::log((m + 1) / (r * (n - m + 1))) + (n + 1) * std::log((n - m + 1) / (n - x + 1)) +
                   (x + 0.5) * std::log(r * (n - x + 1) / (x + 1)) + stirling_tail(m) + stirling_tail(n - m) - stirling_tail(x) - stirling_tail(n - x);
    if (v <= bound) return k;
  }
  return std::numeric_limits<T>::quiet_NaN();
}

// Geometric waiting times until they exceed the count.
template <class T>
T binomial_by_waiting(T count, T p, Generator& g) {
  double total = 0, log_q = std::log1p(-double(p));
  for (T k = 0;; k += 1) {
    total += std::ceil(std::log(unit_double(g)) / log_q);
    if (!(total <= double(count))) return k;
  }
}

template <class T>
T binomial_draw(T count, T p, Generator& g) {
  auto below_half = [&](T q) { return count * q >= T(10) ? binomial_by_rejection(count, q, g) : binomial_by_waiting(count, q, g); };
  if (count <= 0 || p <= 0) return 0;
  if (std::isnan(count) || std::isnan(p)) return std::numeric_limits<T>::quiet_NaN();
  if (p >= 1) return count;
  return p <= T(0.5) ? below_half(p) : count - below_half(1 - p);
}

double gamma_draw(double alpha, Generator& g) {
  constexpr double kThird = 1.0f / 3.0f, kSqueeze = 0.0331f;
  double scale = 1;
  if (!(alpha > 0)) return 0;
  if (alpha < 1) {  // from alpha + 1, which is accepted more often
    scale = std::pow(1 - unit_double(g), 1 / alpha);
    alpha += 1;
  }
  double d = alpha - kThird, c = 1 / std::sqrt(9 * d);
  for (int tries = 0; tries < kTries; ++tries) {
    double x = normal_double(g), y = 1 + c * x;
    if (y <= 0) continue;
    double v = y * y * y, u = 1 - unit_double(g), square = x * x;
    if (u < 1 - kSqueeze * square * square) return scale * d * v;
    if (std::log(u) < 0.5 * square + d * (1 - v + std::log(v))) return scale * d * v;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

// Elements are drawn in row-major order; a draw costs about as much as twenty additions.
template <class T, class Draw>
Tensor drawn(Context& ctx, const Tensor& self, DType dtype, Draw&& draw) {
  Tensor from = contiguous(ctx, self), out = make_tensor(self.sizes(), dtype);
  ctx.spend(self.numel() / 5 + 1);
  const T* x = from.data<T>();
  visit_floating(dtype, "random", [&](auto zero) {
    using R = decltype(zero);
    R* to = out.mutable_data<R>();
    for (int64_t i = 0, n = out.numel(); i < n; ++i) to[i] = R(draw(x[i]));
  });
  return out;
}

Tensor poisson(Context& ctx, const Tensor& self, MaybeGenerator g) {
  check(is_floating(self.dtype()), "\"poisson_cpu\" not implemented for '", scalar_type_name(self.dtype()), "'");
  Generator& source = g.or_default(ctx);
  return to_dtype(ctx, drawn<double>(ctx, to_dtype(ctx, self, DType::kDouble), DType::kDouble, [&](double rate) { return double(poisson_draw(rate, source)); }),
                  self.dtype());
}

Tensor binomial(Context& ctx, const Tensor& count, const Tensor& prob, MaybeGenerator g) {
  check(count.is_floating(), "binomial only supports floating-point dtypes for count, got: ", scalar_type_name(count.dtype()));
  check(prob.is_floating(), "binomial only supports floating-point dtypes for prob, got: ", scalar_type_name(prob.dtype()));
  check(count.dtype() == prob.dtype(), "Found dtype ", scalar_type_name(prob.dtype()), " but expected ", scalar_type_name(count.dtype()));
  Dims sizes = broadcast_sizes(count.sizes(), prob.sizes());
  Generator& source = g.or_default(ctx);
  return visit_float(count.dtype(), "binomial_cpu", [&](auto zero) {
    using T = decltype(zero);
    Tensor p = contiguous(ctx, expand(ctx, prob, sizes));
    const T* chance = p.data<T>();
    return drawn<T>(ctx, expand(ctx, count, sizes), count.dtype(), [&](T n) { return binomial_draw(n, *chance++, source); });
  });
}

// The smallest normal number of the result's dtype stands for what would be less.
double smallest(DType dtype) { return dtype == DType::kFloat ? double(std::numeric_limits<float>::min()) : std::numeric_limits<double>::min(); }

Tensor gamma_samples(Context& ctx, const Tensor& self, const char* name, double least, Generator& g) {
  check(self.dtype() == DType::kFloat || self.dtype() == DType::kDouble, "\"", name, "\" not implemented for '", scalar_type_name(self.dtype()), "'");
  return drawn<double>(ctx, to_dtype(ctx, self, DType::kDouble), DType::kDouble, [&](double alpha) { return std::max(least, gamma_draw(alpha, g)); });
}
Tensor standard_gamma(Context& ctx, const Tensor& self, MaybeGenerator g) {
  return to_dtype(ctx, gamma_samples(ctx, self, "gamma_cpu", smallest(self.dtype()), g.or_default(ctx)), self.dtype());
}

// Gamma samples over their sum along the last dimension, kept inside (0, 1).
Tensor sample_dirichlet(Context& ctx, const Tensor& self, MaybeGenerator g) {
  Tensor out = gamma_samples(ctx, self, "dirichlet", smallest(DType::kDouble), g.or_default(ctx));
  bool narrow = self.dtype() == DType::kFloat;
  double least = smallest(self.dtype()), most = narrow ? double(std::nexttoward(1.0f, 0.0L)) : std::nexttoward(1.0, 0.0L);
  int64_t n = self.dim() == 0 ? 1 : self.size(-1);
  auto* data = out.mutable_data<double>();
  for (int64_t first = 0; first < out.numel(); first += n) {
    double total = 0;
    for (int64_t i = first; i < first + n; ++i) total += data[i];
    for (int64_t i = first; i < first + n; ++i) data[i] = std::min(most, std::max(least, narrow ? double(float(data[i] / total)) : data[i] / total));
  }
  return to_dtype(ctx, out, self.dtype());
}

#define FROM ", Generator? generator=None"
#define INTO FROM ", *, Tensor(a!) out) -> Tensor(a!)"

constexpr OpDef kRows[] = {
    op("aten::poisson(Tensor self" FROM ") -> Tensor", TAPER_OP(poisson), kRandom),
    op_out("aten::poisson.out(Tensor self" INTO, TAPER_OP(poisson), kRandom | kExactOut),
    op("aten::binomial(Tensor count, Tensor prob" FROM ") -> Tensor", TAPER_OP(binomial), kRandom),
    op_out("aten::binomial.out(Tensor count, Tensor prob" INTO, TAPER_OP(binomial), kRandom | kExactOut),
    op("aten::_standard_gamma(Tensor self" FROM ") -> Tensor", TAPER_OP(standard_gamma), kRandom),
    op_out("aten::_standard_gamma.out(Tensor self" INTO, TAPER_OP(standard_gamma), kRandom | kExactOut),
    op("aten::_sample_dirichlet(Tensor self" FROM ") -> Tensor", TAPER_OP(sample_dirichlet), kRandom),
    op_out("aten::_sample_dirichlet.out(Tensor self" INTO, TAPER_OP(sample_dirichlet), kRandom | kExactOut),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> sample_rows() { return aten::kRows; }
}  // namespace taper::impl
