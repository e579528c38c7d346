// Distances and similarities of vectors, and the losses made of them.
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/loss.h"
#include "ops/aten/matmul.h"
#include "ops/aten/reductions.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/loop.h"
#include "ops/output.h"
#include "ops/type_promotion.h"

namespace taper::impl::aten {
namespace {

Tensor number(Context& ctx, double value, DType dtype) { return full(ctx, {}, Scalar(value), dtype); }

// Eight lanes, so that long vectors are summed as they are loaded.
constexpr int kLanes = 8;

template <class T, class Fn>
T sum_over(const T* a, const T* b, int64_t n, Fn&& fn) {
  T lane[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (int k = 0; k < kLanes; ++k) lane[k] += fn(std::fabs(a[i + k] - b[i + k]));
  T rest = 0;
  for (; i < n; ++i) rest += fn(std::fabs(a[i] - b[i]));
  return ((lane[0] + lane[4]) + (lane[1] + lane[5])) + ((lane[2] + lane[6]) + (lane[3] + lane[7])) + rest;
}

template <class T>
T vector_distance(const T* a, const T* b, int64_t n, double p) {
  if (p == 0) return sum_over(a, b, n, [](T d) { return T(d != 0); });
  if (p == 1) return sum_over(a, b, n, [](T d) { return d; });
  if (p == 2) return std::sqrt(sum_over(a, b, n, [](T d) { return d * d; }));
  if (std::isinf(p)) {
    T most = 0;
    for (int64_t i = 0; i < n; ++i) {
      T d = std::fabs(a[i] - b[i]);
      if (d > most || d != d) most = d;
    }
    return most;
  }
  return T(std::pow(double(sum_over(a, b, n, [p](T d) { return T(std::pow(d, T(p))); })), 1 / p));
}

// |x|^2 - 2 x y + |y|^2 as one product of matrices that carry the squares in two more columns.
Tensor euclidean(Context& ctx, const Tensor& x1, const Tensor& x2) {
  int64_t n = x1.size(-1);
  auto widen = [&](const Tensor& x, double scale, bool squares_first) {
    Dims sizes(x.sizes());
    sizes[sizes.size() - 1] = n + 2;
    Tensor out = make_tensor(sizes, x.dtype());
    Tensor from = contiguous(ctx, x);
    visit_float(x.dtype(), "cdist", [&](auto zero) {
      using T = decltype(zero);
      const T* in = from.data<T>();
      T* to = out.mutable_data<T>();
      for (int64_t r = 0, rows = n > 0 ? x.numel() / n : 0; r < rows; ++r, in += n, to += n + 2) {
        T square = 0;
        for (int64_t i = 0; i < n; ++i) square += in[i] * in[i], to[i] = T(scale) * in[i];
        to[n] = squares_first ? square : T(1);
        to[n + 1] = squares_first ? T(1) : square;
      }
    });
    return out;
  };
  Tensor squared = matmul(ctx, widen(x1, -2, true), mT(ctx, widen(x2, 1, false)));
  visit_float(squared.dtype(), "cdist", [&](auto zero) {
    using T = decltype(zero);
    T* data = squared.mutable_data<T>();
    for (int64_t i = 0, count = squared.numel(); i < count; ++i) data[i] = std::sqrt(data[i] < 0 ? T(0) : data[i]);
  });
  return squared;
}

// Below this many terms distances are taken term by term, which loses no digits to cancellation.
constexpr double kDirectTerms = 1 << 24;

Tensor cdist_impl(Context& ctx, const Tensor& x1, const Tensor& x2, double p, std::optional<int64_t> mode_in) {
  check(x1.dim() >= 2, "cdist only supports at least 2D tensors, X1 got: ", x1.dim(), "D");
  check(x2.dim() >= 2, "cdist only supports at least 2D tensors, X2 got: ", x2.dim(), "D");
  check(x1.size(-1) == x2.size(-1), "X1 and X2 must have the same number of columns. X1: ", x1.size(-1), " X2: ", x2.size(-1));
  check(x1.is_floating(), "cdist only supports floating-point dtypes, X1 got: ", scalar_type_name(x1.dtype()));
  check(x2.is_floating(), "cdist only supports floating-point dtypes, X2 got: ", scalar_type_name(x2.dtype()));
  check(p >= 0, "cdist only supports non-negative p values");
  int64_t mode = mode_in.value_or(0);
  check(mode >= 0 && mode <= 2, "possible modes: 0, 1, 2, but was: ", mode);
  DType dtype = promote(x1.dtype(), x2.dtype());
  if (dtype != DType::kFloat && dtype != DType::kDouble) fail_dtype("cdist", dtype);
  int64_t rows = x1.size(-2), cols = x2.size(-2), n = x1.size(-1);
  Dims sizes = broadcast_sizes(x1.sizes().first(x1.sizes().size() - 2), x2.sizes().first(x2.sizes().size() - 2));
  auto spread = [&](const Tensor& x) {
    Dims full(sizes);
    full.push_back(x.size(-2));
    full.push_back(n);
    return contiguous(ctx, to_dtype(ctx, expand(ctx, x, full), dtype));
  };
  Tensor a = spread(x1), b = spread(x2);
  int64_t batch = checked_numel(sizes);
  sizes.push_back(rows);
  sizes.push_back(cols);
  if (n == 0) return zeros(ctx, sizes, dtype);
  double terms = double(batch) * double(rows) * double(cols) * double(n);
  if (p == 2 && terms > kDirectTerms && (mode == 1 || (mode == 0 && (rows > 25 || cols > 25)))) return euclidean(ctx, a, b);
  Tensor out = make_tensor(sizes, dtype);
  ctx.spend(int64_t(std::min(terms / 500, 1e15)) + 1);
  visit_float(dtype, "cdist", [&](auto zero) {
    using T = decltype(zero);
    const T* x = a.data<T>();
    const T* y = b.data<T>();
    T* to = out.mutable_data<T>();
    if (out.numel() == 0) return;
    ctx.parallel_for(batch * rows, std::max<int64_t>(1, 16384 / (cols * n)), [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r)
        for (int64_t c = 0; c < cols; ++c) to[r * cols + c] = vector_distance(x + r * n, y + (r / rows * cols + c) * n, n, p);
    });
  });
  return out;
}

Tensor cdist(Context& ctx, const Tensor& x1, const Tensor& x2, double p, std::optional<int64_t> mode) { return cdist_impl(ctx, x1, x2, p, mode); }
Tensor euclidean_dist(Context& ctx, const Tensor& x1, const Tensor& x2) { return cdist_impl(ctx, x1, x2, 2, std::nullopt); }

Tensor pdist(Context& ctx, const Tensor& self, double p) {
  check(self.dim() == 2, "pdist only supports 2D tensors, got: ", self.dim(), "D");
  check(self.is_floating(), "pdist only supports floating-point dtypes");
  check(p >= 0, "pdist only supports non-negative p values");
  if (self.dtype() != DType::kFloat && self.dtype() != DType::kDouble) fail_dtype("pdist", self.dtype());
  int64_t rows = self.sizes()[0], n = self.sizes()[1], pairs = 0;
  if (rows > 1) check(!__builtin_mul_overflow(rows, rows - 1, &pairs), "pdist: the result is too large");
  pairs /= 2;
  if (n == 0 || pairs == 0) return zeros(ctx, Dims{pairs}, self.dtype());
  Tensor from = contiguous(ctx, self), out = make_tensor({pairs}, self.dtype());
  ctx.spend(int64_t(std::min(double(pairs) * double(n) / 500, 1e15)) + 1);
  visit_float(self.dtype(), "pdist", [&](auto zero) {
    using T = decltype(zero);
    const T* x = from.data<T>();
    T* to = out.mutable_data<T>();
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = i + 1; j < rows; ++j) *to++ = vector_distance(x + i * n, x + j * n, n, p);
  });
  return out;
}

Tensor pairwise_distance(Context& ctx, const Tensor& x1, const Tensor& x2, double p, double eps, bool keepdim) {
  Tensor difference = sub(ctx, x1, x2);
  difference = add(ctx, difference, wrapped_number(Scalar(eps)));
  const int64_t last[1] = {-1};
  return vector_norm(ctx, difference, p, IntView(last), keepdim);
}

Tensor cosine_similarity(Context& ctx, const Tensor& x1, const Tensor& x2, int64_t dim, double eps) {
  DType dtype = result_type(ctx, {&x1, &x2});
  check(is_floating(dtype) || is_complex(dtype), "expected common dtype to be floating point, yet common dtype is ", scalar_type_name(dtype));
  Dims sizes = broadcast_sizes(x1.sizes(), x2.sizes());
  Tensor a = to_dtype(ctx, expand(ctx, x1, sizes), dtype), b = to_dtype(ctx, expand(ctx, x2, sizes), dtype);
  IntView along(&dim, 1);
  Tensor least = number(ctx, eps, to_real(dtype));
  auto unit = [&](const Tensor& x) { return div(ctx, x, maximum(ctx, vector_norm(ctx, x, 2, along, true), least)); };
  return sum(ctx, mul(ctx, unit(a), unit(b)), along, false);
}

Tensor clamp_at_zero(Context& ctx, const Tensor& x) { return maximum(ctx, x, number(ctx, 0, x.dtype())); }

Tensor cosine_embedding_loss(Context& ctx, const Tensor& x1, const Tensor& x2, const Tensor& target, double margin, int64_t reduction) {
  check(target.dim() == 0 || target.dim() == 1, "0D or 1D target tensor expected, multi-target not supported");
  if (target.dim() == 1)
    check(x1.dim() == 2 && x2.dim() == 2, "1D target tensor expects 2D input tensors, but found inputs with sizes ", x1.sizes(), " and ", x2.sizes(), ".");
  else check(x1.dim() == 1 && x2.dim() == 1, "0D target tensor expects 1D input tensors, but found inputs with sizes ", x1.sizes(), " and ", x2.sizes(), ".");
  constexpr double kEps = 1e-12;
  const int64_t last[1] = {target.dim()};
  auto dot = [&](const Tensor& a, const Tensor& b) { return sum(ctx, mul(ctx, a, b), IntView(last), false); };
  auto plus = [&](const Tensor& t, double by) { return add(ctx, t, wrapped_number(Scalar(by))); };
  Tensor cosine = dot(x1, x2);
  cosine = div(ctx, cosine, pow(ctx, mul(ctx, plus(dot(x1, x1), kEps), plus(dot(x2, x2), kEps)), wrapped_number(Scalar(0.5))));
  Tensor zero = number(ctx, 0, cosine.dtype());
  Tensor equal = sub(ctx, number(ctx, 1, cosine.dtype()), cosine), apart = clamp_at_zero(ctx, plus(cosine, -margin));
  // The target is 1, -1 or something that counts nothing.
  Tensor wanted = contiguous(ctx, to_dtype(ctx, target, DType::kDouble)), is_equal = make_tensor(target.sizes(), DType::kBool),
         is_apart = make_tensor(target.sizes(), DType::kBool);
  for (int64_t i = 0, n = wanted.numel(); i < n; ++i) {
    is_equal.mutable_data<bool>()[i] = wanted.data<double>()[i] == 1;
    is_apart.mutable_data<bool>()[i] = wanted.data<double>()[i] == -1;
  }
  return reduce_loss(ctx, add(ctx, where(ctx, is_equal, equal, zero), where(ctx, is_apart, apart, zero)), reduction);
}

Tensor triplet_margin_loss(Context& ctx, const Tensor& anchor, const Tensor& positive, const Tensor& negative, double margin, double p, double eps, bool swap,
                           int64_t reduction) {
  check(anchor.dim() == positive.dim() && positive.dim() == negative.dim(),
        "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor ", anchor.dim(), "D, positive ",
        positive.dim(), "D, and negative ", negative.dim(), "D inputs");
  Tensor near = pairwise_distance(ctx, anchor, positive, p, eps, false), far = pairwise_distance(ctx, anchor, negative, p, eps, false);
  if (swap) far = minimum(ctx, far, pairwise_distance(ctx, positive, negative, p, eps, false));
  return reduce_loss(ctx, clamp_at_zero(ctx, sub(ctx, add(ctx, near, wrapped_number(Scalar(margin))), far)), reduction);
}

Tensor dist(Context& ctx, const Tensor& self, const Tensor& other, const Scalar& p) {
  return vector_norm(ctx, sub(ctx, self, other), p.to_double(), std::nullopt, false);
}

constexpr OpDef kRows[] = {
    op("aten::cdist(Tensor x1, Tensor x2, float p=2., int? compute_mode=None) -> Tensor", TAPER_OP(cdist), kPure),
    op("aten::_cdist_forward(Tensor x1, Tensor x2, float p, int? compute_mode) -> Tensor", TAPER_OP(cdist), kPure),
    op_out("aten::_cdist_forward.out(Tensor x1, Tensor x2, float p, int? compute_mode, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(cdist)),
    op("aten::_euclidean_dist(Tensor x1, Tensor x2) -> Tensor", TAPER_OP(euclidean_dist), kPure),
    op_out("aten::_euclidean_dist.out(Tensor x1, Tensor x2, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(euclidean_dist)),
    op("aten::pdist(Tensor self, float p=2.) -> Tensor", TAPER_OP(pdist), kPure),
    op("aten::_pdist_forward(Tensor self, float p=2.) -> Tensor", TAPER_OP(pdist), kPure),
    op_out("aten::_pdist_forward.out(Tensor self, float p=2., *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(pdist)),
    op("aten::pairwise_distance(Tensor x1, Tensor x2, float p=2., float eps=9.9999999999999995e-07, bool keepdim=False) -> Tensor", TAPER_OP(pairwise_distance),
       kPure),
    op("aten::cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor", TAPER_OP(cosine_similarity), kPure),
    op("aten::cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int reduction=1) -> Tensor", TAPER_OP(cosine_embedding_loss),
       kPure),
    op("aten::triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, float margin=1., float p=2., float eps=9.9999999999999995e-07, bool "
       "swap=False, int reduction=1) -> Tensor",
       TAPER_OP(triplet_margin_loss), kPure),
    op("aten::dist(Tensor self, Tensor other, Scalar p=2) -> Tensor", TAPER_OP(dist), kPure),
    op_out("aten::dist.out(Tensor self, Tensor other, Scalar p=2, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(dist)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> distance_rows() { return aten::kRows; }
}  // namespace taper::impl
