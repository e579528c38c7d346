// Activation functions.
#include <cmath>
#include <cstdio>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/random.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/kernels/float_math.h"
#include "ops/pointwise.h"

namespace taper::impl::aten {
namespace {

void check_same_out(const Context& ctx, const Tensor& self) {
  if (ctx.dest.defined())
    check(ctx.dest.dtype() == self.dtype(), "Found dtype ", scalar_type_name(ctx.dest.dtype()), " but expected ", scalar_type_name(self.dtype()));
}

struct Relu {
  template <class C>
  static C of(C x, const Params&) {
    return x < 0 ? C(0) : x;
  }
};
constexpr Kernels kRelu = functor_kernels<Relu, 1, void, float, double, int64_t>("clamp_min_scalar_cpu");
Tensor relu(Context& ctx, const Tensor& self) {
  check(self.dtype() != DType::kBool, "Boolean inputs not supported for relu");
  check(!self.is_complex(), "clamp is not supported for complex types");
  return pointwise_as(ctx, with_f32(kRelu, float_math(ctx.cpu_level).relu), self.dtype(), {&self});
}

// real: alpha * scale, scale, input scale.
struct Elu {
  template <class C>
  static C of(C x, const Params& p) {
    return x < 0 ? std::expm1(x * C(p.real[2])) * C(p.real[0]) : x * C(p.real[1]);
  }
};
constexpr Kernels kElu = functor_kernels<Elu, 1, void, float, double>("elu_cpu");
Tensor elu_with(Context& ctx, const Tensor& self, double negative, double positive, double inside) {
  Params p;
  p.real[0] = negative;
  p.real[1] = positive;
  p.real[2] = inside;
  return pointwise_same(ctx, with_f32(kElu, float_math(ctx.cpu_level).elu), self, p);
}
Tensor elu(Context& ctx, const Tensor& self, const Scalar& alpha, const Scalar& scale, const Scalar& input_scale) {
  check_same_out(ctx, self);
  kernel_for(kElu, self.dtype());
  double a = real_number(alpha, self.dtype()), s = real_number(scale, self.dtype());
  return elu_with(ctx, self, a * s, s, real_number(input_scale, self.dtype()));
}
Tensor selu(Context& ctx, const Tensor& self) { return elu_with(ctx, self, 1.6732632423543772 * 1.0507009873554805, 1.0507009873554805, 1); }
Tensor celu(Context& ctx, const Tensor& self, const Scalar& alpha) {
  double a = real_number(alpha, DType::kDouble);
  check(a != 0, "ZeroDivisionError: alpha cannot be 0 for CELU");
  return elu_with(ctx, self, a, 1, 1 / a);
}

struct Gelu {
  template <class C>
  static C of(C x, const Params&) {
    return x * C(0.5) * (C(1) + std::erf(x * C(0.7071067811865476)));
  }
};
struct GeluTanh {
  template <class C>
  static C of(C x, const Params&) {
    return C(0.5) * x * (C(1) + std::tanh(C(0.7978845608028654) * (x + C(0.044715) * x * x * x)));
  }
};
constexpr Kernels kGelu = functor_kernels<Gelu, 1, void, float, double>("GeluKernelImpl");
constexpr Kernels kGeluTanh = functor_kernels<GeluTanh, 1, void, float, double>("GeluKernelImpl");
Tensor gelu(Context& ctx, const Tensor& self, std::string_view approximate) {
  const FloatMath& fast = float_math(ctx.cpu_level);
  if (approximate == "tanh") return pointwise_same(ctx, with_f32(kGeluTanh, fast.gelu_tanh), self);
  check(approximate == "none", "approximate argument must be either none or tanh.");
  return pointwise_same(ctx, with_f32(kGelu, fast.gelu), self);
}

struct Silu {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, ComplexDouble>) return divide(x, C(1) + std::exp(-x));
    else return x / (C(1) + std::exp(-x));
  }
};
constexpr Kernels kSilu = functor_kernels<Silu, 1, void, float, double, ComplexDouble>("silu_cpu");
Tensor silu(Context& ctx, const Tensor& self) {
  Kernels kernels = with_f32(kSilu, float_math(ctx.cpu_level).silu);
  kernels.f64 = double_math(ctx.cpu_level).silu;
  return pointwise_same(ctx, kernels, self);
}

struct Threshold {
  template <class C>
  static C of(C x, const Params& p) {
    if constexpr (std::is_same_v<C, int64_t>) return x <= p.integer[0] ? p.integer[1] : x;
    else return x <= C(p.real[0]) ? C(p.real[1]) : x;
  }
};
constexpr Kernels kThreshold = without_bool(functor_kernels<Threshold, 1, void, float, double, int64_t>("threshold_cpu"));
Tensor threshold(Context& ctx, const Tensor& self, const Scalar& limit, const Scalar& value) {
  if (ctx.dest.defined()) check_castable(self.dtype(), ctx.dest.dtype());
  kernel_for(kThreshold, self.dtype());
  Params p;
  if (is_integral(self.dtype())) {
    p.integer[0] = integer_number(limit, self.dtype());
    p.integer[1] = integer_number(value, self.dtype());
  } else {
    check_number(limit, self.dtype());
    check_number(value, self.dtype());
    p.real[0] = limit.d;
    p.real[1] = value.d;
  }
  return pointwise(ctx, kThreshold, {&self}, p);
}

struct LeakyRelu {
  template <class C>
  static C of(C x, [[maybe_unused]] const Params& p) {
    return x > 0 ? x : x * C(p.real[0]);
  }
};
constexpr Kernels kLeakyRelu = functor_kernels<LeakyRelu, 1, void, float, double>("leaky_relu_cpu");
Tensor leaky_relu(Context& ctx, const Tensor& self, const Scalar& slope) {
  check_same_out(ctx, self);
  kernel_for(kLeakyRelu, self.dtype());
  Params p;
  p.real[0] = real_number(slope, self.dtype());
  return pointwise_same(ctx, with_f32(kLeakyRelu, float_math(ctx.cpu_level).leaky_relu), self, p);
}

struct Mish {
  template <class C>
  static C of(C x, [[maybe_unused]] const Params& p) {
    C e = x > C(20) ? x : std::log1p(std::exp(x));
    return x * std::tanh(e);
  }
};
constexpr Kernels kMish = functor_kernels<Mish, 1, void, float, double>("mish_cpu");
Tensor mish(Context& ctx, const Tensor& self) { return pointwise_same(ctx, with_f32(kMish, float_math(ctx.cpu_level).mish), self); }

struct Hardswish {
  template <class C>
  static C of(C x, [[maybe_unused]] const Params& p) {
    return x * std::min(std::max(x + C(3), C(0)), C(6)) / C(6);
  }
};
constexpr Kernels kHardswish = functor_kernels<Hardswish, 1, void, float, double>("hardswish_cpu");
Tensor hardswish(Context& ctx, const Tensor& self) { return pointwise_same(ctx, with_f32(kHardswish, float_math(ctx.cpu_level).hardswish), self); }

struct Hardsigmoid {
  template <class C>
  static C of(C x, [[maybe_unused]] const Params& p) {
    return std::min(std::max(x + C(3), C(0)), C(6)) / C(6);
  }
};
constexpr Kernels kHardsigmoid = functor_kernels<Hardsigmoid, 1, void, float, double>("hardsigmoid_cpu");
Tensor hardsigmoid(Context& ctx, const Tensor& self) { return pointwise_same(ctx, with_f32(kHardsigmoid, float_math(ctx.cpu_level).hardsigmoid), self); }

struct Softplus {
  template <class C>
  static C of(C x, [[maybe_unused]] const Params& p) {
    C beta = C(p.real[0]);
    return x * beta > C(p.real[1]) ? x : std::log1p(std::exp(x * beta)) / beta;
  }
};
constexpr Kernels kSoftplus = functor_kernels<Softplus, 1, void, float, double>("softplus_cpu");
Tensor softplus(Context& ctx, const Tensor& self, const Scalar& beta, const Scalar& threshold) {
  check_same_out(ctx, self);
  kernel_for(kSoftplus, self.dtype());
  Params p;
  p.real[0] = real_number(beta, self.dtype());
  p.real[1] = real_number(threshold, self.dtype());
  return pointwise_same(ctx, with_f32(kSoftplus, float_math(ctx.cpu_level).softplus), self, p);
}

struct Hardshrink {
  template <class C>
  static C of(C x, [[maybe_unused]] const Params& p) {
    return x >= C(-p.real[0]) && x <= C(p.real[0]) ? C(0) : x;
  }
};
constexpr Kernels kHardshrink = functor_kernels<Hardshrink, 1, void, float, double>("hardshrink_cpu");
Tensor hardshrink(Context& ctx, const Tensor& self, const Scalar& lambd) {
  check_same_out(ctx, self);
  kernel_for(kHardshrink, self.dtype());
  check_number(lambd, self.dtype());
  Params p;
  p.real[0] = lambd.d;
  return pointwise_same(ctx, kHardshrink, self, p);
}

struct Softshrink {
  template <class C>
  static C of(C x, [[maybe_unused]] const Params& p) {
    C l = C(p.real[0]);
    return x > l ? x - l : x < -l ? x + l : x * C(0);
  }
};
constexpr Kernels kSoftshrink = functor_kernels<Softshrink, 1, void, float, double>("softshrink_check");
Tensor softshrink(Context& ctx, const Tensor& self, const Scalar& lambd) {
  Params p;
  p.real[0] = real_number(lambd, DType::kDouble);
  kernel_for(kSoftshrink, self.dtype());
  double most = self.dtype() == DType::kDouble     ? 1.7976931348623157e308
                : self.dtype() == DType::kHalf     ? 65504
                : self.dtype() == DType::kBFloat16 ? 3.3895313892515355e38
                                                   : 3.4028234663852886e38;
  auto six_digits = [](double x) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", x);
    return std::string(text);
  };
  if (!(p.real[0] >= 0 && p.real[0] <= most))
    fail_runtime("lambda must be in range [0, ", six_digits(most), "] for input dtype ", scalar_type_name(self.dtype()), ", but found ", six_digits(p.real[0]));
  return pointwise_same(ctx, kSoftshrink, self, p);
}

struct LogSigmoid {
  template <class C>
  static C of(C x, [[maybe_unused]] const Params& p) {
    return std::min(x, C(0)) - std::log1p(std::exp(-std::fabs(x)));
  }
};
constexpr Kernels kLogSigmoid = functor_kernels<LogSigmoid, 1, void, float, double>("log_sigmoid_cpu");
Tensor log_sigmoid(Context& ctx, const Tensor& self) {
  kernel_for(kLogSigmoid, self.dtype());
  check(!ctx.dest.defined() || ctx.dest.dtype() == self.dtype(), "expected scalar type ", scalar_type_name(self.dtype()), " but found ",
        scalar_type_name(ctx.dest.defined() ? ctx.dest.dtype() : self.dtype()));
  Kernels kernels = with_f32(kLogSigmoid, float_math(ctx.cpu_level).log_sigmoid);
  // Contiguous, whatever the input is.
  if (ctx.dest.defined() && !same(ctx.dest.sizes(), self.sizes())) resize_tensor(ctx.dest, self.sizes());
  if (ctx.dest.defined()) return pointwise_same(ctx, kernels, self);
  const Tensor* inputs[] = {&self};
  Tensor out = make_tensor(self.sizes(), self.dtype());
  ComputeType compute = compute_type(self.dtype());
  run_loop(ctx, out, compute, inputs, compute, kernel_for(kernels, self.dtype()));
  return out;
}

struct Prelu {
  template <class C>
  static C of(C x, C w, const Params&) {
    return x > 0 ? x : w * x;
  }
};
constexpr Kernels kPrelu = functor_kernels<Prelu, 2, void, float, double>("prelu_cpu");
Tensor prelu_kernel(Context& ctx, const Tensor& self, const Tensor& weight) { return pointwise(ctx, kPrelu, {&self, &weight}); }
// One slope, or one for each channel (dimension 1).
Tensor prelu(Context& ctx, const Tensor& self, const Tensor& weight_in) {
  check(self.dtype() == weight_in.dtype(), "prelu: Type promoting not supported. Got ", scalar_type_name(self.dtype()), " and ",
        scalar_type_name(weight_in.dtype()));
  Tensor weight = weight_in;
  if (weight.numel() != 1) {
    check(self.dim() > 0, "Not allow zero-dim input tensor.");
    int64_t channels = self.dim() > 1 ? self.size(1) : 1;
    check(channels == weight.numel(), "Mismatch of parameter numbers and input channel size. Found parameter numbers = ", weight.numel(),
          " and channel size = ", channels, ".");
    check(weight.dim() <= 1, "prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = ", weight.dim());
    Dims shape(size_t(self.dim()), 1);
    if (self.dim() > 1) shape[1] = weight.numel();
    weight = view(ctx, weight, shape);
  } else {
    check(weight.dim() <= 1, "prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = ", weight.dim());
    if (self.dim() == 0) weight = view(ctx, weight, Dims());
  }
  return prelu_kernel(ctx, self, weight);
}

struct Glu {
  template <class C>
  static C of(C a, C b, const Params&) {
    return a / (C(1) + std::exp(-b));
  }
};
constexpr Kernels kGlu = functor_kernels<Glu, 2, void, float, double>("glu_cpu");
Tensor glu(Context& ctx, const Tensor& self, int64_t dim) {
  check(self.dim() > 0, "glu does not support 0-dimensional tensors");
  int64_t size = self.size(dim);
  check(size % 2 == 0, "Halving dimension must be even, but dimension ", wrap_dim(dim, self.dim()), " is size ", size);
  Tensor a = narrow(ctx, self, dim, 0, size / 2), b = narrow(ctx, self, dim, size / 2, size / 2);
  return pointwise(ctx, kGlu, {&a, &b});
}

// In training every element that is not positive draws its slope.
Tensor leak_at_random(Context& ctx, const Tensor& self, double low, double high, Generator& g) {
  Tensor out = clone(ctx, self, MemoryFormat::kContiguous);
  ctx.spend(out.numel() / 100 + 1);
  visit_floating(out.dtype(), "rrelu_with_noise_out_cpu", [&](auto zero) {
    using T = decltype(zero);
    using W = std::conditional_t<std::is_same_v<T, double>, double, float>;
    T* data = out.mutable_data<T>();
    for (int64_t i = 0, n = out.numel(); i < n; ++i)
      if (W x = W(data[i]); x <= 0) data[i] = T(x * W(T(W(unit_double(g) * (high - low) + low))));
  });
  return out;
}

// Outside training the slope is the middle of the range.
Tensor rrelu(Context& ctx, const Tensor& self, const Scalar& lower, const Scalar& upper, bool training, MaybeGenerator g) {
  double low = real_number(lower, DType::kDouble), high = real_number(upper, DType::kDouble);
  if (!ctx.dest.defined()) {  // the in-place form does not ask
    check(std::isfinite(low), "rrelu: lower bound must be finite, got ", low);
    check(std::isfinite(high), "rrelu: upper bound must be finite, got ", high);
  }
  check(low <= high, "Lower bound should be less than or equal to the upper bound");
  if (training) return leak_at_random(ctx, self, low, high, g.or_default(ctx));
  // Out of place PyTorch answers row-major.
  return leaky_relu(ctx, ctx.dest.defined() ? self : contiguous(ctx, self), Scalar((low + high) / 2));
}

constexpr OpDef kRows[] = {
    op("aten::relu(Tensor self) -> Tensor", TAPER_OP(relu), kPure | kUsesDest),
    op_inplace("aten::relu_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(relu), kUsesDest),
    op_out("aten::relu.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(relu), kExactOut),
    op("aten::leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor", TAPER_OP(leaky_relu), kPure | kUsesDest),
    op_inplace("aten::leaky_relu_(Tensor(a!) self, Scalar negative_slope=0.01) -> Tensor(a!)", TAPER_OP(leaky_relu), kUsesDest),
    op_out("aten::leaky_relu.out(Tensor self, Scalar negative_slope=0.01, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(leaky_relu), kUsesDest),
    op("aten::elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor", TAPER_OP(elu), kPure | kUsesDest),
    op_inplace("aten::elu_(Tensor(a!) self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor(a!)", TAPER_OP(elu), kUsesDest),
    op_out("aten::elu.out(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(elu), kUsesDest),
    op("aten::selu(Tensor self) -> Tensor", TAPER_OP(selu), kPure | kUsesDest),
    op_inplace("aten::selu_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(selu), kUsesDest),
    op("aten::celu(Tensor self, Scalar alpha=1.) -> Tensor", TAPER_OP(celu), kPure | kUsesDest),
    op_inplace("aten::celu_(Tensor(a!) self, Scalar alpha=1.) -> Tensor(a!)", TAPER_OP(celu), kUsesDest),
    op_out("aten::celu.out(Tensor self, Scalar alpha=1., *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(celu), kExactOut),
    op("aten::gelu(Tensor self, *, str approximate=\"none\") -> Tensor", TAPER_OP(gelu), kPure | kUsesDest),
    op_inplace("aten::gelu_(Tensor(a!) self, *, str approximate=\"none\") -> Tensor(a!)", TAPER_OP(gelu), kUsesDest),
    op_out("aten::gelu.out(Tensor self, *, str approximate=\"none\", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(gelu), kUsesDest),
    op("aten::silu(Tensor self) -> Tensor", TAPER_OP(silu), kPure | kUsesDest),
    op_inplace("aten::silu_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(silu), kUsesDest),
    op_out("aten::silu.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(silu), kUsesDest),
    op("aten::mish(Tensor self) -> Tensor", TAPER_OP(mish), kPure | kUsesDest),
    op_inplace("aten::mish_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(mish), kUsesDest),
    op_out("aten::mish.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(mish), kUsesDest),
    op("aten::hardswish(Tensor self) -> Tensor", TAPER_OP(hardswish), kPure | kUsesDest),
    op_inplace("aten::hardswish_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(hardswish), kUsesDest),
    op_out("aten::hardswish.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(hardswish), kUsesDest),
    op("aten::hardsigmoid(Tensor self) -> Tensor", TAPER_OP(hardsigmoid), kPure | kUsesDest),
    op_inplace("aten::hardsigmoid_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(hardsigmoid), kUsesDest),
    op_out("aten::hardsigmoid.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(hardsigmoid), kUsesDest),
    op("aten::softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor", TAPER_OP(softplus), kPure | kUsesDest),
    op_out("aten::softplus.out(Tensor self, Scalar beta=1, Scalar threshold=20, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(softplus), kUsesDest),
    op("aten::threshold(Tensor self, Scalar threshold, Scalar value) -> Tensor", TAPER_OP(threshold), kPure | kUsesDest),
    op_inplace("aten::threshold_(Tensor(a!) self, Scalar threshold, Scalar value) -> Tensor(a!)", TAPER_OP(threshold), kUsesDest),
    op_out("aten::threshold.out(Tensor self, Scalar threshold, Scalar value, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(threshold), kUsesDest),
    op("aten::hardshrink(Tensor self, Scalar lambd=0.5) -> Tensor", TAPER_OP(hardshrink), kPure | kUsesDest),
    op_out("aten::hardshrink.out(Tensor self, Scalar lambd=0.5, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(hardshrink), kUsesDest),
    op("aten::softshrink(Tensor self, Scalar lambd=0.5) -> Tensor", TAPER_OP(softshrink), kPure | kUsesDest),
    op_out("aten::softshrink.out(Tensor self, Scalar lambd=0.5, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(softshrink), kUsesDest),
    op("aten::log_sigmoid(Tensor self) -> Tensor", TAPER_OP(log_sigmoid), kPure | kUsesDest),
    op_out("aten::log_sigmoid.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(log_sigmoid), kUsesDest),
    op("aten::glu(Tensor self, int dim=-1) -> Tensor", TAPER_OP(glu), kPure),
    op_out("aten::glu.out(Tensor self, int dim=-1, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(glu)),
    op("aten::rrelu(Tensor self, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> Tensor",
       TAPER_OP(rrelu), kRandom),
    op_inplace(
        "aten::rrelu_(Tensor(a!) self, Scalar lower=0.125, Scalar upper=0.33333333333333331, bool training=False, Generator? generator=None) -> Tensor(a!)",
        TAPER_OP(rrelu), kUsesDest | kRandom),
    op("aten::prelu(Tensor self, Tensor weight) -> Tensor", TAPER_OP(prelu), kPure | kUsesDest),
    op("aten::_prelu_kernel(Tensor self, Tensor weight) -> Tensor", TAPER_OP(prelu_kernel), kPure | kUsesDest),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> activation_rows() { return aten::kRows; }
}  // namespace taper::impl
