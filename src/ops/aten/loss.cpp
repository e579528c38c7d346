// Losses over elements: regression and binary targets, margins and divergences.
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/loss.h"
#include "ops/aten/reductions.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/pointwise.h"

namespace taper::impl::aten {

Tensor reduce_loss(Context& ctx, const Tensor& loss, int64_t reduction) {
  if (reduction == kMeanReduction) return mean(ctx, loss, std::nullopt, false);
  if (reduction == kSumReduction) return sum(ctx, loss, std::nullopt, false, loss.dtype());
  return loss;
}

namespace {

template <class C>
C square(C x) {
  return x * x;
}

struct AbsoluteError {
  template <class C>
  static C of(C a, C b, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return a > b ? a - b : b - a;
    else return std::fabs(a - b);
  }
};
struct SmoothL1 {
  template <class C>
  static C of(C a, C b, const Params& p) {
    C beta = C(p.real[0]), z = std::fabs(a - b);
    return z < beta ? C(0.5) * z * z / beta : z - C(0.5) * beta;
  }
};
struct Huber {
  template <class C>
  static C of(C a, C b, const Params& p) {
    C delta = C(p.real[0]), z = std::fabs(a - b);
    return z <= delta ? C(0.5) * z * z : delta * (z - C(0.5) * delta);
  }
};
// Formulas that PyTorch makes of several operators round half types after each: R is Half or BFloat16 then, else void.
template <class R, class C>
C step(C x) {
  if constexpr (std::is_void_v<R>) return x;
  else return C(float(R(float(x))));
}

template <class R>
struct SquaredError {
  template <class C>
  static C of(C a, C b, const Params&) {
    return square(step<R>(a - b));
  }
};
template <class R>
struct Divergence {  // of a log-probability a and a probability b
  template <class C>
  static C of(C a, C b, const Params&) {
    C entropy = std::isnan(b) ? b : b == 0 ? C(0) : step<R>(b * step<R>(std::log(b)));
    return entropy - step<R>(b * a);
  }
};
template <class R>
struct LogDivergence {
  template <class C>
  static C of(C a, C b, const Params&) {
    return step<R>(std::exp(b)) * step<R>(b - a);
  }
};
template <class R>
struct CrossEntropy {
  template <class C>
  static C of(C a, C b, const Params&) {
    C other = std::max(step<R>(std::log1p(-a)), C(-100)), own = std::max(step<R>(std::log(a)), C(-100));
    return step<R>(step<R>(b - 1) * other) - step<R>(b * own);
  }
};
template <class C>
C log_sigmoid(C x) {
  return std::min(x, C(0)) - std::log1p(std::exp(-std::fabs(x)));
}
template <class R>
struct LogitEntropy {
  template <class C>
  static C of(C x, C t, const Params&) {
    return step<R>(step<R>(1 - t) * x) - step<R>(log_sigmoid(x));
  }
};
template <class R>
struct WeightedLogitEntropy {
  template <class C>
  static C of(C x, C t, C w, const Params&) {
    C factor = step<R>(step<R>(step<R>(w - 1) * t) + 1);
    return step<R>(step<R>(1 - t) * x) - step<R>(factor * step<R>(log_sigmoid(x)));
  }
};
template <class R>
struct SoftMargin {
  template <class C>
  static C of(C x, C t, const Params&) {
    return std::log1p(step<R>(std::exp(step<R>(-x * t))));
  }
};
struct HingeEmbedding {
  template <class C>
  static C of(C x, C t, const Params& p) {
    C hinge = C(p.real[0]) - x;
    C apart = t != 1 ? (hinge < 0 ? C(0) : hinge) : C(0);
    return apart + (t != -1 ? x : C(0));
  }
};
template <class R>
struct MarginRanking {
  template <class C>
  static C of(C a, C b, C t, const Params& p) {
    C hinge = step<R>(-t * step<R>(a - b)) + step<R>(C(p.real[0]));
    return hinge < 0 ? C(0) : hinge;
  }
};
template <class R>
struct Poisson {  // real[0]: eps, integer[0]: a is a logarithm, integer[1]: with Stirling's term
  template <class C>
  static C of(C a, C t, const Params& p) {
    C loss = p.integer[0] ? step<R>(std::exp(a)) - step<R>(t * a) : a - step<R>(t * step<R>(std::log(step<R>(a + C(p.real[0])))));
    if (!p.integer[1] || t <= 1) return loss;
    C stirling = step<R>(step<R>(t * step<R>(std::log(t))) - t);
    return step<R>(loss) + step<R>(stirling + step<R>(C(0.5) * step<R>(std::log(step<R>(C(6.283185307179586) * t)))));
  }
};

template <class F, size_t N = 2>
constexpr Kernels real_kernels(const char* name) {
  return functor_kernels<F, N, void, float, double>(name);
}
constexpr Kernels kMse = real_kernels<SquaredError<void>>("mse_cpu");
constexpr Kernels kL1 = functor_kernels<AbsoluteError, 2, void, float, double, int64_t>("abs_cpu");
constexpr Kernels kSmoothL1 = real_kernels<SmoothL1>("smooth_l1_cpu");
constexpr Kernels kHuber = real_kernels<Huber>("huber_cpu");
constexpr Kernels kDivergence = real_kernels<Divergence<void>>("kl_div");
constexpr Kernels kLogDivergence = real_kernels<LogDivergence<void>>("kl_div");
constexpr Kernels kCrossEntropy = real_kernels<CrossEntropy<void>>("binary_cross_entropy");
constexpr Kernels kLogitEntropy = real_kernels<LogitEntropy<void>>("binary_cross_entropy_with_logits");
constexpr Kernels kWeightedLogitEntropy = real_kernels<WeightedLogitEntropy<void>, 3>("binary_cross_entropy_with_logits");
constexpr Kernels kSoftMargin = real_kernels<SoftMargin<void>>("soft_margin_loss");
constexpr Kernels kHinge = real_kernels<HingeEmbedding>("hinge_embedding_loss");
constexpr Kernels kRanking = real_kernels<MarginRanking<void>, 3>("margin_ranking_loss");
constexpr Kernels kPoisson = real_kernels<Poisson<void>>("poisson_nll_loss");

// The dtype that a formula over these runs in, for with_rounding.
DType common(const Context& ctx, std::initializer_list<const Tensor*> tensors) { return result_type(ctx, tensors); }

Params real_params(double value) {
  Params p;
  p.real[0] = value;
  return p;
}

Tensor mse_loss(Context& ctx, const Tensor& self, const Tensor& target, int64_t reduction) {
  return reduce_loss(ctx, pointwise(ctx, with_rounding<SquaredError, 2>(kMse, common(ctx, {&self, &target})), {&self, &target}), reduction);
}

Tensor l1_loss(Context& ctx, const Tensor& self, const Tensor& target, int64_t reduction) {
  if (self.is_complex() || target.is_complex()) {
    Tensor parts = view_as_real(ctx, contiguous(ctx, sub(ctx, self, target)));
    const int64_t last[1] = {-1};
    return reduce_loss(ctx, vector_norm(ctx, parts, 2, IntView(last), false), reduction);
  }
  return reduce_loss(ctx, pointwise(ctx, kL1, {&self, &target}), reduction);
}

Tensor smooth_l1_loss(Context& ctx, const Tensor& self, const Tensor& target, int64_t reduction, double beta) {
  check(beta >= 0, "smooth_l1_loss does not support negative values for beta.");
  if (beta == 0) return l1_loss(ctx, self, target, reduction);
  return reduce_loss(ctx, pointwise(ctx, kSmoothL1, {&self, &target}, real_params(beta)), reduction);
}

Tensor huber_loss(Context& ctx, const Tensor& self, const Tensor& target, int64_t reduction, double delta) {
  check(delta > 0, "huber_loss does not support non-positive values for delta.");
  return reduce_loss(ctx, pointwise(ctx, kHuber, {&self, &target}, real_params(delta)), reduction);
}

Tensor kl_div(Context& ctx, const Tensor& self, const Tensor& target, int64_t reduction, bool log_target) {
  check(!self.is_complex() && !target.is_complex(), "kl_div: Complex inputs not supported.");
  check(!is_integral_or_bool(self.dtype()) && !is_integral_or_bool(target.dtype()), "kl_div: Integral inputs not supported.");
  DType dtype = common(ctx, {&self, &target});
  Kernels kernels = log_target ? with_rounding<LogDivergence, 2>(kLogDivergence, dtype) : with_rounding<Divergence, 2>(kDivergence, dtype);
  return reduce_loss(ctx, pointwise(ctx, kernels, {&self, &target}), reduction);
}

Tensor weighted(Context& ctx, const Tensor& loss, const MaybeTensor& weight, int64_t reduction) {
  return reduce_loss(ctx, weight ? mul(ctx, loss, *weight) : loss, reduction);
}

Tensor binary_cross_entropy(Context& ctx, const Tensor& self, const Tensor& target, const MaybeTensor& weight, int64_t reduction) {
  check(same(self.sizes(), target.sizes()), "Using a target size (", target.sizes(), ") that is different to the input size (", self.sizes(),
        ") is deprecated. Please ensure they have the same size.");
  if (self.numel() > 0) {
    Scalar low = item(amin(ctx, self, {}, false)), high = item(amax(ctx, self, {}, false));
    check(low.d >= 0 && high.d <= 1, "all elements of input should be between 0 and 1");
  }
  return weighted(ctx, pointwise(ctx, with_rounding<CrossEntropy, 2>(kCrossEntropy, common(ctx, {&self, &target})), {&self, &target}), weight, reduction);
}

Tensor bce_with_logits(Context& ctx, const Tensor& self, const Tensor& target, const MaybeTensor& weight, const MaybeTensor& pos_weight, int64_t reduction) {
  DType dtype = common(ctx, {&self, &target});
  Tensor loss = pos_weight ? pointwise(ctx, with_rounding<WeightedLogitEntropy, 3>(kWeightedLogitEntropy, dtype), {&self, &target, &*pos_weight})
                           : pointwise(ctx, with_rounding<LogitEntropy, 2>(kLogitEntropy, dtype), {&self, &target});
  return weighted(ctx, loss, weight, reduction);
}

Tensor soft_margin_loss(Context& ctx, const Tensor& self, const Tensor& target, int64_t reduction) {
  return reduce_loss(ctx, pointwise(ctx, with_rounding<SoftMargin, 2>(kSoftMargin, common(ctx, {&self, &target})), {&self, &target}), reduction);
}

Tensor hinge_embedding_loss(Context& ctx, const Tensor& self, const Tensor& target, double margin, int64_t reduction) {
  return reduce_loss(ctx, pointwise(ctx, kHinge, {&self, &target}, real_params(margin)), reduction);
}

Tensor margin_ranking_loss(Context& ctx, const Tensor& input1, const Tensor& input2, const Tensor& target, double margin, int64_t reduction) {
  check(input1.dim() == input2.dim() && input1.dim() == target.dim(),
        "margin_ranking_loss : All input tensors should have same dimension but got sizes: ", "input1: ", input1.sizes(), ", input2: ", input2.sizes(),
        ", target: ", target.sizes(), " ");
  if (is_integral(common(ctx, {&input1, &input2, &target}))) {  // integers wrap before the margin joins
    Tensor product = mul(ctx, mul(ctx, target, full(ctx, {}, Scalar(-1), target.dtype())), sub(ctx, input1, input2));
    Tensor hinge = add(ctx, product, wrapped_number(Scalar(margin)));
    return reduce_loss(ctx, maximum(ctx, hinge, full(ctx, {}, Scalar(0), hinge.dtype())), reduction);
  }
  Params p = real_params(margin);
  return reduce_loss(ctx,
                     pointwise_float(ctx, with_rounding<MarginRanking, 3>(kRanking, common(ctx, {&input1, &input2, &target})), {&input1, &input2, &target}, p),
                     reduction);
}

Tensor poisson_nll_loss(Context& ctx, const Tensor& input, const Tensor& target, bool log_input, bool full, double eps, int64_t reduction) {
  Params p = real_params(eps);
  p.integer[0] = log_input;
  p.integer[1] = full;
  broadcast_sizes(target.sizes(), input.sizes());
  return reduce_loss(ctx, pointwise_float(ctx, with_rounding<Poisson, 2>(kPoisson, common(ctx, {&input, &target})), {&input, &target}, p), reduction);
}

constexpr OpDef kRows[] = {
    op("aten::mse_loss(Tensor self, Tensor target, int reduction=1) -> Tensor", TAPER_OP(mse_loss), kPure),
    op_out("aten::mse_loss.out(Tensor self, Tensor target, int reduction=1, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(mse_loss)),
    op("aten::l1_loss(Tensor self, Tensor target, int reduction=1) -> Tensor", TAPER_OP(l1_loss), kPure),
    op("aten::smooth_l1_loss(Tensor self, Tensor target, int reduction=1, float beta=1.) -> Tensor", TAPER_OP(smooth_l1_loss), kPure),
    op_out("aten::smooth_l1_loss.out(Tensor self, Tensor target, int reduction=1, float beta=1., *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(smooth_l1_loss)),
    op("aten::huber_loss(Tensor self, Tensor target, int reduction=1, float delta=1.) -> Tensor", TAPER_OP(huber_loss), kPure),
    op_out("aten::huber_loss.out(Tensor self, Tensor target, int reduction=1, float delta=1., *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(huber_loss)),
    op("aten::kl_div(Tensor self, Tensor target, int reduction=1, *, bool log_target=False) -> Tensor", TAPER_OP(kl_div), kPure),
    op("aten::binary_cross_entropy(Tensor self, Tensor target, Tensor? weight=None, int reduction=1) -> Tensor", TAPER_OP(binary_cross_entropy), kPure),
    op_out("aten::binary_cross_entropy.out(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(binary_cross_entropy)),
    op("aten::binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, int reduction=1) -> Tensor",
       TAPER_OP(bce_with_logits), kPure),
    op_out("aten::binary_cross_entropy_with_logits.out(Tensor self, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, int reduction=1, *, "
           "Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(bce_with_logits)),
    op("aten::soft_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor", TAPER_OP(soft_margin_loss), kPure),
    op_out("aten::soft_margin_loss.out(Tensor self, Tensor target, int reduction=1, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(soft_margin_loss)),
    op("aten::hinge_embedding_loss(Tensor self, Tensor target, float margin=1., int reduction=1) -> Tensor", TAPER_OP(hinge_embedding_loss), kPure),
    op("aten::margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int reduction=1) -> Tensor", TAPER_OP(margin_ranking_loss),
       kPure),
    op("aten::poisson_nll_loss(Tensor input, Tensor target, bool log_input, bool full, float eps, int reduction) -> Tensor", TAPER_OP(poisson_nll_loss), kPure),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> loss_rows() { return aten::kRows; }
}  // namespace taper::impl
