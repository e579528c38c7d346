// Functions of one element: math, rounding, signs, classification.
#include <cmath>

#include "ops/aten/copy.h"
#include "ops/families.h"
#include "ops/kernels/float_math.h"
#include "ops/kernels/special_functions.h"
#include "ops/pointwise.h"

namespace taper::impl::aten {
namespace {

// The vector kernels serve float, the half types and double; the plain ones the rest.
Tensor fast_float(Context& ctx, const Tensor& self, Kernels plain, Kernel FloatMath::*f32, Kernel DoubleMath::*f64 = nullptr) {
  plain.f32 = float_math(ctx.cpu_level).*f32;
  if (f64) plain.f64 = double_math(ctx.cpu_level).*f64;
  return pointwise_float(ctx, plain, {&self});
}
Tensor fast_same(Context& ctx, const Tensor& self, Kernels plain, Kernel FloatMath::*f32) {
  plain.f32 = float_math(ctx.cpu_level).*f32;
  return pointwise_same(ctx, plain, self);
}

struct Erf {
  template <class C>
  static C of(C x, const Params&) {
    return std::erf(x);
  }
};
constexpr Kernels kErf = functor_kernels<Erf, 1, void, float, double>("erf_vml_cpu");
Tensor erf(Context& ctx, const Tensor& self) { return fast_float(ctx, self, kErf, &FloatMath::erf); }
struct Erfc {
  template <class C>
  static C of(C x, const Params&) {
    return std::erfc(x);
  }
};
constexpr Kernels kErfc = functor_kernels<Erfc, 1, void, float, double>("erfc_vml_cpu");
Tensor erfc(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kErfc, {&self}); }
// complex<float> rounds the product, and its large phases show it. integer[0]: the dtype is complex<float>.
ComplexDouble rounded(ComplexDouble x, const Params& p) { return p.integer[0] ? ComplexDouble(ComplexFloat(x)) : x; }
Params rounding_params(const Tensor& self) {
  Params p;
  p.integer[0] = self.dtype() == DType::kComplexFloat;
  return p;
}
struct Exp2 {
  template <class C>
  static C of(C x, [[maybe_unused]] const Params& p) {
    if constexpr (std::is_same_v<C, ComplexDouble>) return std::exp(rounded(x * 0.6931471805599453, p));
    else return std::exp2(x);
  }
};
constexpr Kernels kExp2 = functor_kernels<Exp2, 1, void, float, double, ComplexDouble>("exp2");
Tensor exp2(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kExp2, {&self}, rounding_params(self)); }
// For complex x + iy: e^x cos y - 1 without its cancellation.
struct Expm1 {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, ComplexDouble>) {
      double half = std::sin(x.imag() / 2);
      return {std::expm1(x.real()) * std::cos(x.imag()) - 2 * half * half, std::exp(x.real()) * std::sin(x.imag())};
    } else {
      return std::expm1(x);
    }
  }
};
constexpr Kernels kExpm1 = functor_kernels<Expm1, 1, void, float, double, ComplexDouble>("expm1");
Tensor expm1(Context& ctx, const Tensor& self) { return fast_float(ctx, self, kExpm1, &FloatMath::expm1); }
struct Log1p {
  template <class C>
  static C of(C x, [[maybe_unused]] const Params& p) {
    if constexpr (std::is_same_v<C, ComplexDouble>) {
      // Where 1 + x rounds, PyTorch's correction makes NaN of an infinite imaginary part.
      const double above = p.integer[0] ? double(float(x.real()) + 1.0f) - 1 : (x.real() + 1) - 1;
      if (std::isinf(x.imag()) && std::isfinite(x.real()) && above != x.real()) return {NAN, NAN};
      if (std::isnan(x.real()) || std::isnan(x.imag())) return {NAN, NAN};
      return complex_log1p(x);
    } else {
      return std::log1p(x);
    }
  }
};
constexpr Kernels kLog1p = functor_kernels<Log1p, 1, void, float, double, ComplexDouble>("log1p");
Tensor log1p(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kLog1p, {&self}, rounding_params(self)); }
struct Lgamma {
  template <class C>
  static C of(C x, const Params&) {
    return C(lgamma_value(double(x)));
  }
};
constexpr Kernels kLgamma = functor_kernels<Lgamma, 1, void, float, double>("lgamma_vml_cpu");
Tensor lgamma(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kLgamma, {&self}); }
struct Digamma {
  template <class C>
  static C of(C x, const Params&) {
    return C(digamma_value(double(x)));
  }
};
constexpr Kernels kDigamma = functor_kernels<Digamma, 1, void, float, double>("digamma");
Tensor digamma(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kDigamma, {&self}); }
struct Erfinv {
  template <class C>
  static C of(C x, const Params&) {
    return C(erfinv_value(double(x)));
  }
};
constexpr Kernels kErfinv = functor_kernels<Erfinv, 1, void, float, double>("erfinv_vml_cpu");
Tensor erfinv(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kErfinv, {&self}); }
struct Deg2rad {
  template <class C>
  static C of(C x, const Params&) {
    return x * C(0.017453292519943295);
  }
};
constexpr Kernels kDeg2rad = functor_kernels<Deg2rad, 1, void, float, double>("deg2rad");
Tensor deg2rad(Context& ctx, const Tensor& self) {
  check(!self.is_complex(), "deg2rad is not supported for complex tensors.");
  return pointwise_float(ctx, kDeg2rad, {&self});
}
struct Rad2deg {
  template <class C>
  static C of(C x, const Params&) {
    return x * C(57.29577951308232);
  }
};
constexpr Kernels kRad2deg = functor_kernels<Rad2deg, 1, void, float, double>("rad2deg");
Tensor rad2deg(Context& ctx, const Tensor& self) {
  check(!self.is_complex(), "rad2deg is not supported for complex tensors.");
  return pointwise_float(ctx, kRad2deg, {&self});
}
struct I0 {
  template <class C>
  static C of(C x, const Params&) {
    return C(bessel_i0(double(x)));
  }
};
constexpr Kernels kI0 = functor_kernels<I0, 1, void, float, double>("i0_vml_cpu");
Tensor i0(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kI0, {&self}); }
struct Acos {
  template <class C>
  static C of(C x, const Params&) {
    return std::acos(x);
  }
};
constexpr Kernels kAcos = functor_kernels<Acos, 1, void, float, double, ComplexDouble>("acos");
Tensor acos(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kAcos, {&self}); }
struct Acosh {
  template <class C>
  static C of(C x, const Params&) {
    return std::acosh(x);
  }
};
constexpr Kernels kAcosh = functor_kernels<Acosh, 1, void, float, double, ComplexDouble>("acosh");
Tensor acosh(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kAcosh, {&self}); }
struct Asin {
  template <class C>
  static C of(C x, const Params&) {
    return std::asin(x);
  }
};
constexpr Kernels kAsin = functor_kernels<Asin, 1, void, float, double, ComplexDouble>("asin");
Tensor asin(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kAsin, {&self}); }
struct Asinh {
  template <class C>
  static C of(C x, const Params&) {
    return std::asinh(x);
  }
};
constexpr Kernels kAsinh = functor_kernels<Asinh, 1, void, float, double, ComplexDouble>("asinh");
Tensor asinh(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kAsinh, {&self}); }
struct Atan {
  template <class C>
  static C of(C x, const Params&) {
    return std::atan(x);
  }
};
constexpr Kernels kAtan = functor_kernels<Atan, 1, void, float, double, ComplexDouble>("atan");
Tensor atan(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kAtan, {&self}); }
struct Atanh {
  template <class C>
  static C of(C x, const Params&) {
    return std::atanh(x);
  }
};
constexpr Kernels kAtanh = functor_kernels<Atanh, 1, void, float, double, ComplexDouble>("atanh");
Tensor atanh(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kAtanh, {&self}); }
struct Cos {
  template <class C>
  static C of(C x, const Params&) {
    return std::cos(x);
  }
};
constexpr Kernels kCos = functor_kernels<Cos, 1, void, float, double, ComplexDouble>("cos");
Tensor cos(Context& ctx, const Tensor& self) { return fast_float(ctx, self, kCos, &FloatMath::cos, &DoubleMath::cos); }
struct Cosh {
  template <class C>
  static C of(C x, const Params&) {
    return std::cosh(x);
  }
};
constexpr Kernels kCosh = functor_kernels<Cosh, 1, void, float, double, ComplexDouble>("cosh");
Tensor cosh(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kCosh, {&self}); }
struct Sin {
  template <class C>
  static C of(C x, const Params&) {
    return std::sin(x);
  }
};
constexpr Kernels kSin = functor_kernels<Sin, 1, void, float, double, ComplexDouble>("sin");
Tensor sin(Context& ctx, const Tensor& self) { return fast_float(ctx, self, kSin, &FloatMath::sin, &DoubleMath::sin); }
struct Sinh {
  template <class C>
  static C of(C x, const Params&) {
    return std::sinh(x);
  }
};
constexpr Kernels kSinh = functor_kernels<Sinh, 1, void, float, double, ComplexDouble>("sinh");
Tensor sinh(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kSinh, {&self}); }
struct Tan {
  template <class C>
  static C of(C x, const Params&) {
    return std::tan(x);
  }
};
constexpr Kernels kTan = functor_kernels<Tan, 1, void, float, double, ComplexDouble>("tan");
Tensor tan(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kTan, {&self}); }
struct Tanh {
  template <class C>
  static C of(C x, const Params&) {
    return std::tanh(x);
  }
};
constexpr Kernels kTanh = functor_kernels<Tanh, 1, void, float, double, ComplexDouble>("tanh");
Tensor tanh(Context& ctx, const Tensor& self) { return fast_float(ctx, self, kTanh, &FloatMath::tanh, &DoubleMath::tanh); }
struct Exp {
  template <class C>
  static C of(C x, const Params&) {
    return std::exp(x);
  }
};
constexpr Kernels kExp = functor_kernels<Exp, 1, void, float, double, ComplexDouble>("exp");
Tensor exp(Context& ctx, const Tensor& self) { return fast_float(ctx, self, kExp, &FloatMath::exp, &DoubleMath::exp); }
struct Log {
  template <class C>
  static C of(C x, const Params&) {
    return std::log(x);
  }
};
constexpr Kernels kLog = functor_kernels<Log, 1, void, float, double, ComplexDouble>("log");
Tensor log(Context& ctx, const Tensor& self) { return fast_float(ctx, self, kLog, &FloatMath::log, &DoubleMath::log); }
struct Log10 {
  template <class C>
  static C of(C x, const Params&) {
    return std::log10(x);
  }
};
constexpr Kernels kLog10 = functor_kernels<Log10, 1, void, float, double, ComplexDouble>("log10");
Tensor log10(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kLog10, {&self}); }
struct Sqrt {
  template <class C>
  static C of(C x, const Params&) {
    return std::sqrt(x);
  }
};
constexpr Kernels kSqrt = functor_kernels<Sqrt, 1, void, float, double, ComplexDouble>("sqrt");
Tensor sqrt(Context& ctx, const Tensor& self) { return fast_float(ctx, self, kSqrt, &FloatMath::sqrt, &DoubleMath::sqrt); }
struct Log2 {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, ComplexDouble>) return std::log(x) / 0.6931471805599453;
    else return std::log2(x);
  }
};
constexpr Kernels kLog2 = functor_kernels<Log2, 1, void, float, double, ComplexDouble>("log2");
Tensor log2(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kLog2, {&self}); }
struct Rsqrt {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, ComplexDouble>) {  // PyTorch's division makes NaN of two infinite parts
      ComplexDouble root = std::sqrt(x);
      return std::isinf(root.real()) && std::isinf(root.imag()) ? C(NAN, NAN) : C(1) / root;
    } else {
      return C(1) / std::sqrt(x);
    }
  }
};
template <class H>
struct RoundedRsqrt {
  static float of(float x, const Params&) { return 1 / float(H(std::sqrt(x))); }
};
constexpr Kernels kRsqrt = functor_kernels<Rsqrt, 1, void, float, double, ComplexDouble>("rsqrt");
Tensor rsqrt(Context& ctx, const Tensor& self) {
  return pointwise_float(ctx, with_rounding<RoundedRsqrt, 1>(with_f32(kRsqrt, float_math(ctx.cpu_level).rsqrt), self.dtype()), {&self});
}
struct Reciprocal {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, ComplexDouble>) return divide(1, x);
    else return C(1) / x;
  }
};
constexpr Kernels kReciprocal = functor_kernels<Reciprocal, 1, void, float, double, ComplexDouble>("reciprocal");
Tensor reciprocal(Context& ctx, const Tensor& self) { return fast_float(ctx, self, kReciprocal, &FloatMath::reciprocal); }
struct Sinc {
  template <class C>
  static C of(C x, [[maybe_unused]] const Params& p) {
    if (x == C(0)) return C(1);
    if constexpr (std::is_same_v<C, ComplexDouble>) {
      C y = rounded(x * (p.integer[0] ? double(3.14159274f) : 3.141592653589793), p);
      return divide(std::sin(y), y);
    } else {
      C y = x * C(3.141592653589793);
      return std::sin(y) / y;
    }
  }
};
constexpr Kernels kSinc = functor_kernels<Sinc, 1, void, float, double, ComplexDouble>("sinc");
Tensor sinc(Context& ctx, const Tensor& self) { return pointwise_float(ctx, kSinc, {&self}, rounding_params(self)); }
struct Neg {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return int64_t(0 - uint64_t(x));
    else return -x;
  }
};
constexpr Kernels kNeg = functor_kernels<Neg, 1, void, float, double, int64_t, ComplexDouble>("neg");
Tensor neg(Context& ctx, const Tensor& self) {
  check(self.dtype() != DType::kBool,
        "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.");
  return fast_same(ctx, self, kNeg, &FloatMath::neg);
}
struct Square {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return int64_t(uint64_t(x) * uint64_t(x));
    else return x * x;
  }
};
constexpr Kernels kSquare = functor_kernels<Square, 1, void, float, double, int64_t, ComplexDouble>("square");
// pow(2): a bool promotes with the number.
Tensor square(Context& ctx, const Tensor& self) {
  return pointwise_as(ctx, with_f32(kSquare, float_math(ctx.cpu_level).square), self.dtype() == DType::kBool ? DType::kLong : self.dtype(), {&self});
}
struct Ceil {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return x;
    else return std::ceil(x);
  }
};
constexpr Kernels kCeil = without_bool(functor_kernels<Ceil, 1, void, float, double, int64_t>("ceil_vml_cpu"));
Tensor ceil(Context& ctx, const Tensor& self) {
  check(!self.is_complex(), "ceil is not supported for complex inputs");
  return fast_same(ctx, self, kCeil, &FloatMath::ceil);
}
struct Floor {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return x;
    else return std::floor(x);
  }
};
constexpr Kernels kFloor = without_bool(functor_kernels<Floor, 1, void, float, double, int64_t>("floor_vml_cpu"));
Tensor floor(Context& ctx, const Tensor& self) {
  check(!self.is_complex(), "floor is not supported for complex inputs");
  return fast_same(ctx, self, kFloor, &FloatMath::floor);
}
struct Trunc {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return x;
    else return std::trunc(x);
  }
};
constexpr Kernels kTrunc = without_bool(functor_kernels<Trunc, 1, void, float, double, int64_t>("trunc_vml_cpu"));
Tensor trunc(Context& ctx, const Tensor& self) {
  check(!self.is_complex(), "trunc is not supported for complex inputs");
  return fast_same(ctx, self, kTrunc, &FloatMath::trunc);
}
struct Round {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return x;
    else return std::nearbyint(x);  // halves to even
  }
};
constexpr Kernels kRound = without_bool(functor_kernels<Round, 1, void, float, double, int64_t>("round_vml_cpu"));
Tensor round(Context& ctx, const Tensor& self) { return fast_same(ctx, self, kRound, &FloatMath::round); }
struct Frac {
  template <class C>
  static C of(C x, const Params&) {
    return x - std::trunc(x);
  }
};
constexpr Kernels kFrac = functor_kernels<Frac, 1, void, float, double>("frac_cpu");
Tensor frac(Context& ctx, const Tensor& self) { return pointwise_same(ctx, kFrac, self); }
struct Sign {
  template <class C>
  static C of(C x, const Params&) {
    return C((C(0) < x) - (x < C(0)));
  }
};
constexpr Kernels kSign = functor_kernels<Sign, 1, void, float, double, int64_t>("sign");
Tensor sign(Context& ctx, const Tensor& self) {
  check(!self.is_complex(), "Unlike NumPy, torch.sign is not intended to support complex numbers. Please use torch.sgn instead.");
  return pointwise_same(ctx, kSign, self);
}
struct Sgn {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, ComplexDouble>) return x == C(0) ? C(0) : x / std::abs(x);
    else return C((C(0) < x) - (x < C(0)));
  }
};
constexpr Kernels kSgn = functor_kernels<Sgn, 1, void, float, double, int64_t, ComplexDouble>("sgn");
Tensor sgn(Context& ctx, const Tensor& self) { return pointwise_same(ctx, kSgn, self); }
struct Isnan {
  template <class C>
  static bool of([[maybe_unused]] C x, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return false;
    else if constexpr (std::is_same_v<C, ComplexDouble>) return x.real() != x.real() || x.imag() != x.imag();
    else return x != x;
  }
};
constexpr Kernels kIsnan = functor_kernels<Isnan, 1, bool, float, double, int64_t, ComplexDouble>("isnan");
Tensor isnan(Context& ctx, const Tensor& self) { return predicate(ctx, kIsnan, {&self}); }
struct Isinf {
  template <class C>
  static bool of([[maybe_unused]] C x, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return false;
    else if constexpr (std::is_same_v<C, ComplexDouble>) return std::isinf(x.real()) || std::isinf(x.imag());
    else return std::isinf(x);
  }
};
constexpr Kernels kIsinf = functor_kernels<Isinf, 1, bool, float, double, int64_t, ComplexDouble>("isinf");
Tensor isinf(Context& ctx, const Tensor& self) { return predicate(ctx, kIsinf, {&self}); }
struct Isfinite {
  template <class C>
  static bool of([[maybe_unused]] C x, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return true;
    else if constexpr (std::is_same_v<C, ComplexDouble>) return std::isfinite(x.real()) && std::isfinite(x.imag());
    else return std::isfinite(x);
  }
};
constexpr Kernels kIsfinite = functor_kernels<Isfinite, 1, bool, float, double, int64_t, ComplexDouble>("isfinite");
Tensor isfinite(Context& ctx, const Tensor& self) { return predicate(ctx, kIsfinite, {&self}); }
struct Isposinf {
  template <class C>
  static bool of([[maybe_unused]] C x, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return false;
    else return x == C(INFINITY);
  }
};
constexpr Kernels kIsposinf = functor_kernels<Isposinf, 1, bool, float, double, int64_t>("isposinf");
Tensor isposinf(Context& ctx, const Tensor& self) {
  check(!self.is_complex(), "isposinf does not support complex inputs.");
  check(!ctx.dest.defined() || ctx.dest.dtype() == DType::kBool, "isposinf does not support non-boolean outputs.");
  return predicate(ctx, kIsposinf, {&self});
}
struct Isneginf {
  template <class C>
  static bool of([[maybe_unused]] C x, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return false;
    else return x == C(-INFINITY);
  }
};
constexpr Kernels kIsneginf = functor_kernels<Isneginf, 1, bool, float, double, int64_t>("isneginf");
Tensor isneginf(Context& ctx, const Tensor& self) {
  check(!self.is_complex(), "isneginf does not support complex inputs.");
  check(!ctx.dest.defined() || ctx.dest.dtype() == DType::kBool, "isneginf does not support non-boolean outputs.");
  return predicate(ctx, kIsneginf, {&self});
}
struct Signbit {
  template <class C>
  static bool of([[maybe_unused]] C x, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return x < 0;
    else return std::signbit(x);
  }
};
constexpr Kernels kSignbit = functor_kernels<Signbit, 1, bool, float, double, int64_t>("signbit");
Tensor signbit(Context& ctx, const Tensor& self) {
  check(!self.is_complex(), "signbit is not implemented for complex tensors.");
  check(!ctx.dest.defined() || ctx.dest.dtype() == DType::kBool, "signbit does not support non-boolean outputs.");
  return predicate(ctx, kSignbit, {&self});
}
struct FlagNot {
  static uint8_t of(uint8_t x, const Params&) { return x == 0; }
};
struct LogicalNot {
  template <class C>
  static bool of([[maybe_unused]] C x, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return x == 0;
    else if constexpr (std::is_same_v<C, ComplexDouble>) return x == C(0);
    else return x == C(0);
  }
};
constexpr Kernels kLogicalNot = with_flags<FlagNot, 1>(functor_kernels<LogicalNot, 1, bool, float, double, int64_t, ComplexDouble>("logical_not"));
Tensor logical_not(Context& ctx, const Tensor& self) { return predicate(ctx, kLogicalNot, {&self}); }
struct Isreal {
  template <class C>
  static bool of([[maybe_unused]] C x, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return true;
    else if constexpr (std::is_same_v<C, ComplexDouble>) return x.imag() == 0;
    else return true;
  }
};
constexpr Kernels kIsreal = functor_kernels<Isreal, 1, bool, float, double, int64_t, ComplexDouble>("isreal");
Tensor isreal(Context& ctx, const Tensor& self) { return predicate(ctx, kIsreal, {&self}); }

struct Abs {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return x < 0 ? int64_t(0 - uint64_t(x)) : x;
    else return std::fabs(x);
  }
};
constexpr Kernels kAbs = without_bool(functor_kernels<Abs, 1, void, float, double, int64_t>("abs_cpu"));
struct ComplexAbs {
  static double of(ComplexDouble x, const Params&) { return std::abs(x); }
};
struct ComplexAngle {
  static double of(ComplexDouble x, const Params&) { return std::arg(x); }
};

// A complex tensor's real-valued function: computed in complex<double>, stored as the real dtype.
Tensor complex_to_real(Context& ctx, const Tensor& self, Kernel kernel) {
  Tensor out = loop_output(ctx, self.sizes(), to_real(self.dtype()), {&self});
  const Tensor* inputs[] = {&self};
  run_loop(ctx, out, ComputeType::kDouble, inputs, ComputeType::kComplex, kernel);
  return out;
}
Tensor abs(Context& ctx, const Tensor& self) {
  if (!self.is_complex()) return fast_same(ctx, self, kAbs, &FloatMath::abs);
  if (ctx.dest.defined()) {
    check_castable(to_real(self.dtype()), ctx.dest.dtype());
    check(!ctx.dest.is_complex() || ctx.dest.dtype() == self.dtype(), "Found dtype ", scalar_type_name(ctx.dest.dtype()), " but expected ",
          scalar_type_name(self.dtype()));
  }
  return complex_to_real(ctx, self, &functor_row<ComplexAbs, ComplexDouble, double, 1>);
}

Tensor abs_(Context& ctx, const Tensor& self) {
  check(!self.is_complex(), "In-place abs is not supported for complex tensors.");
  return abs(ctx, self);
}

struct Angle {
  template <class C>
  static C of(C x, const Params&) {
    return x != x ? x : x < 0 ? C(3.141592653589793) : C(0);
  }
};
constexpr Kernels kAngle = functor_kernels<Angle, 1, void, float, double>("angle");
Tensor angle(Context& ctx, const Tensor& self) {
  if (!self.is_complex()) return pointwise_float(ctx, kAngle, {&self});
  if (ctx.dest.defined()) return complex_to_real(ctx, self, &functor_row<ComplexAngle, ComplexDouble, double, 1>);
  return complex_to_real(ctx, contiguous(ctx, self), &functor_row<ComplexAngle, ComplexDouble, double, 1>);  // row-major, whatever the input is
}

struct Sigmoid {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, ComplexDouble>) return divide(1, C(1) + std::exp(-x));
    else return C(1) / (C(1) + std::exp(-x));
  }
};
constexpr Kernels kSigmoid = functor_kernels<Sigmoid, 1, void, float, double, ComplexDouble>("sigmoid");
Tensor sigmoid(Context& ctx, const Tensor& self) { return fast_float(ctx, self, kSigmoid, &FloatMath::sigmoid, &DoubleMath::sigmoid); }

struct BitwiseNot {
  static int64_t of(int64_t x, const Params& p) { return p.integer[0] ? x == 0 : ~x; }
};
constexpr Kernels kBitwiseNot = with_flags<FlagNot, 1>(functor_kernels<BitwiseNot, 1, void, int64_t>("bitwise_not_cpu"));
Tensor bitwise_not(Context& ctx, const Tensor& self) {
  Params p;
  p.integer[0] = self.dtype() == DType::kBool;
  return pointwise_same(ctx, kBitwiseNot, self, p);
}

// Rounds at a decimal place: real[0] = 10^|decimals|, integer[0] says which way.
struct RoundDecimals {
  template <class C>
  static C of(C x, const Params& p) {
    C scale = C(p.real[0]);
    return p.integer[0] ? std::nearbyint(x / scale) * scale : std::nearbyint(x * scale) / scale;
  }
};
constexpr Kernels kRoundDecimals = functor_kernels<RoundDecimals, 1, void, float, double>("round_cpu");
Tensor round_decimals(Context& ctx, const Tensor& self, int64_t decimals) {
  Params p;
  check(is_floating(self.dtype()) || decimals != 0, "\"round_vml_cpu\" not implemented for '", scalar_type_name(self.dtype()), "'");
  if (decimals == 0) return round(ctx, self);
  p.real[0] = std::pow(10.0, double(decimals < 0 ? -decimals : decimals));
  p.integer[0] = decimals < 0;
  return pointwise_same(ctx, kRoundDecimals, self, p);
}

struct NanToNum {
  template <class C>
  static C of(C x, const Params& p) {
    if constexpr (std::is_same_v<C, int64_t>) return x;
    else if constexpr (std::is_same_v<C, ComplexDouble>) return {of(x.real(), p), of(x.imag(), p)};
    else return x != x ? C(p.real[0]) : x == C(INFINITY) ? C(p.real[1]) : x == C(-INFINITY) ? C(p.real[2]) : x;
  }
};
constexpr Kernels kNanToNum = functor_kernels<NanToNum, 1, void, float, double, int64_t, ComplexDouble>("nan_to_num");
Tensor nan_to_num(Context& ctx, const Tensor& self, std::optional<double> nan, std::optional<double> posinf, std::optional<double> neginf) {
  double high = to_real(self.dtype()) == DType::kDouble ? 1.7976931348623157e308
                : self.dtype() == DType::kHalf          ? 65504.0
                : self.dtype() == DType::kBFloat16      ? 3.3895313892515355e38
                                                        : 3.4028234663852886e38;
  Params p;
  p.real[0] = nan.value_or(0);
  p.real[1] = posinf.value_or(high);
  p.real[2] = neginf.value_or(-high);
  check(!ctx.dest.defined() || ctx.dest.dtype() == self.dtype(),
        "nan_to_num: dtype of out: ", scalar_type_name(ctx.dest.defined() ? ctx.dest.dtype() : self.dtype()),
        " should be same as input: ", scalar_type_name(self.dtype()));
  return pointwise_same(ctx, kNanToNum, self, p);
}

struct Logit {
  template <class C>
  static C of(C x, const Params& p) {
    C eps = C(p.real[0]);
    C y = eps < 0 ? x : x < eps ? eps : x > C(1) - eps ? C(1) - eps : x;
    return std::log(y / (C(1) - y));
  }
};
template <class H>
struct RoundedLogit {
  static float of(float x, const Params& p) {
    float eps = float(H(float(p.real[0]))), high = float(H(1 - eps));
    float y = p.real[0] < 0 ? x : x < eps ? eps : x > high ? high : x;
    return std::log(float(H(y / float(H(1 - y)))));
  }
};
constexpr Kernels kLogit = functor_kernels<Logit, 1, void, float, double>("logit_cpu");
Tensor logit(Context& ctx, const Tensor& self, std::optional<double> eps) {
  Params p;
  p.real[0] = eps.value_or(-1);
  return pointwise_float(ctx, with_rounding<RoundedLogit, 1>(kLogit, self.dtype()), {&self}, p);
}

Tensor positive(Context&, const Tensor& self) {
  check(self.dtype() != DType::kBool, "The `+` operator, on a bool tensor is not supported.");
  return self;
}

constexpr OpDef kRows[] = {
    op("aten::erf(Tensor self) -> Tensor", TAPER_OP(erf), kPure | kUsesDest),
    op_inplace("aten::erf_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(erf), kUsesDest),
    op_out("aten::erf.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(erf), kUsesDest),
    op("aten::special_erf(Tensor self) -> Tensor", TAPER_OP(erf), kPure | kUsesDest),
    op_out("aten::special_erf.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(erf), kUsesDest),
    op("aten::erfc(Tensor self) -> Tensor", TAPER_OP(erfc), kPure | kUsesDest),
    op_inplace("aten::erfc_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(erfc), kUsesDest),
    op_out("aten::erfc.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(erfc), kUsesDest),
    op("aten::special_erfc(Tensor self) -> Tensor", TAPER_OP(erfc), kPure | kUsesDest),
    op_out("aten::special_erfc.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(erfc), kUsesDest),
    op("aten::exp2(Tensor self) -> Tensor", TAPER_OP(exp2), kPure | kUsesDest),
    op_inplace("aten::exp2_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(exp2), kUsesDest),
    op_out("aten::exp2.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(exp2), kUsesDest),
    op("aten::special_exp2(Tensor self) -> Tensor", TAPER_OP(exp2), kPure | kUsesDest),
    op_out("aten::special_exp2.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(exp2), kUsesDest),
    op("aten::expm1(Tensor self) -> Tensor", TAPER_OP(expm1), kPure | kUsesDest),
    op_inplace("aten::expm1_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(expm1), kUsesDest),
    op_out("aten::expm1.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(expm1), kUsesDest),
    op("aten::special_expm1(Tensor self) -> Tensor", TAPER_OP(expm1), kPure | kUsesDest),
    op_out("aten::special_expm1.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(expm1), kUsesDest),
    op("aten::log1p(Tensor self) -> Tensor", TAPER_OP(log1p), kPure | kUsesDest),
    op_inplace("aten::log1p_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(log1p), kUsesDest),
    op_out("aten::log1p.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(log1p), kUsesDest),
    op("aten::special_log1p(Tensor self) -> Tensor", TAPER_OP(log1p), kPure | kUsesDest),
    op_out("aten::special_log1p.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(log1p), kUsesDest),
    op("aten::lgamma(Tensor self) -> Tensor", TAPER_OP(lgamma), kPure | kUsesDest),
    op_inplace("aten::lgamma_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(lgamma), kUsesDest),
    op_out("aten::lgamma.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(lgamma), kUsesDest),
    op("aten::special_gammaln(Tensor self) -> Tensor", TAPER_OP(lgamma), kPure | kUsesDest),
    op_out("aten::special_gammaln.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(lgamma), kUsesDest),
    op("aten::digamma(Tensor self) -> Tensor", TAPER_OP(digamma), kPure | kUsesDest),
    op_inplace("aten::digamma_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(digamma), kUsesDest),
    op_out("aten::digamma.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(digamma), kUsesDest),
    op("aten::special_digamma(Tensor self) -> Tensor", TAPER_OP(digamma), kPure | kUsesDest),
    op_out("aten::special_digamma.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(digamma), kUsesDest),
    op("aten::special_psi(Tensor self) -> Tensor", TAPER_OP(digamma), kPure | kUsesDest),
    op_out("aten::special_psi.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(digamma), kUsesDest),
    op("aten::erfinv(Tensor self) -> Tensor", TAPER_OP(erfinv), kPure | kUsesDest),
    op_inplace("aten::erfinv_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(erfinv), kUsesDest),
    op_out("aten::erfinv.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(erfinv), kUsesDest),
    op("aten::special_erfinv(Tensor self) -> Tensor", TAPER_OP(erfinv), kPure | kUsesDest),
    op_out("aten::special_erfinv.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(erfinv), kUsesDest),
    op("aten::deg2rad(Tensor self) -> Tensor", TAPER_OP(deg2rad), kPure | kUsesDest),
    op_inplace("aten::deg2rad_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(deg2rad), kUsesDest),
    op_out("aten::deg2rad.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(deg2rad), kUsesDest),
    op("aten::rad2deg(Tensor self) -> Tensor", TAPER_OP(rad2deg), kPure | kUsesDest),
    op_inplace("aten::rad2deg_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(rad2deg), kUsesDest),
    op_out("aten::rad2deg.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(rad2deg), kUsesDest),
    op("aten::i0(Tensor self) -> Tensor", TAPER_OP(i0), kPure | kUsesDest),
    op_inplace("aten::i0_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(i0), kUsesDest),
    op_out("aten::i0.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(i0), kUsesDest),
    op("aten::special_i0(Tensor self) -> Tensor", TAPER_OP(i0), kPure | kUsesDest),
    op_out("aten::special_i0.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(i0), kUsesDest),
    op("aten::acos(Tensor self) -> Tensor", TAPER_OP(acos), kPure | kUsesDest),
    op_inplace("aten::acos_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(acos), kUsesDest),
    op_out("aten::acos.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(acos), kUsesDest),
    op("aten::arccos(Tensor self) -> Tensor", TAPER_OP(acos), kPure | kUsesDest),
    op_inplace("aten::arccos_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(acos), kUsesDest),
    op_out("aten::arccos.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(acos), kUsesDest),
    op("aten::acosh(Tensor self) -> Tensor", TAPER_OP(acosh), kPure | kUsesDest),
    op_inplace("aten::acosh_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(acosh), kUsesDest),
    op_out("aten::acosh.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(acosh), kUsesDest),
    op("aten::arccosh(Tensor self) -> Tensor", TAPER_OP(acosh), kPure | kUsesDest),
    op_inplace("aten::arccosh_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(acosh), kUsesDest),
    op_out("aten::arccosh.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(acosh), kUsesDest),
    op("aten::asin(Tensor self) -> Tensor", TAPER_OP(asin), kPure | kUsesDest),
    op_inplace("aten::asin_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(asin), kUsesDest),
    op_out("aten::asin.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(asin), kUsesDest),
    op("aten::arcsin(Tensor self) -> Tensor", TAPER_OP(asin), kPure | kUsesDest),
    op_inplace("aten::arcsin_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(asin), kUsesDest),
    op_out("aten::arcsin.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(asin), kUsesDest),
    op("aten::asinh(Tensor self) -> Tensor", TAPER_OP(asinh), kPure | kUsesDest),
    op_inplace("aten::asinh_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(asinh), kUsesDest),
    op_out("aten::asinh.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(asinh), kUsesDest),
    op("aten::arcsinh(Tensor self) -> Tensor", TAPER_OP(asinh), kPure | kUsesDest),
    op_inplace("aten::arcsinh_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(asinh), kUsesDest),
    op_out("aten::arcsinh.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(asinh), kUsesDest),
    op("aten::atan(Tensor self) -> Tensor", TAPER_OP(atan), kPure | kUsesDest),
    op_inplace("aten::atan_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(atan), kUsesDest),
    op_out("aten::atan.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(atan), kUsesDest),
    op("aten::arctan(Tensor self) -> Tensor", TAPER_OP(atan), kPure | kUsesDest),
    op_inplace("aten::arctan_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(atan), kUsesDest),
    op_out("aten::arctan.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(atan), kUsesDest),
    op("aten::atanh(Tensor self) -> Tensor", TAPER_OP(atanh), kPure | kUsesDest),
    op_inplace("aten::atanh_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(atanh), kUsesDest),
    op_out("aten::atanh.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(atanh), kUsesDest),
    op("aten::arctanh(Tensor self) -> Tensor", TAPER_OP(atanh), kPure | kUsesDest),
    op_inplace("aten::arctanh_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(atanh), kUsesDest),
    op_out("aten::arctanh.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(atanh), kUsesDest),
    op("aten::cos(Tensor self) -> Tensor", TAPER_OP(cos), kPure | kUsesDest),
    op_inplace("aten::cos_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(cos), kUsesDest),
    op_out("aten::cos.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(cos), kUsesDest),
    op("aten::cosh(Tensor self) -> Tensor", TAPER_OP(cosh), kPure | kUsesDest),
    op_inplace("aten::cosh_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(cosh), kUsesDest),
    op_out("aten::cosh.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(cosh), kUsesDest),
    op("aten::sin(Tensor self) -> Tensor", TAPER_OP(sin), kPure | kUsesDest),
    op_inplace("aten::sin_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(sin), kUsesDest),
    op_out("aten::sin.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sin), kUsesDest),
    op("aten::sinh(Tensor self) -> Tensor", TAPER_OP(sinh), kPure | kUsesDest),
    op_inplace("aten::sinh_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(sinh), kUsesDest),
    op_out("aten::sinh.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sinh), kUsesDest),
    op("aten::tan(Tensor self) -> Tensor", TAPER_OP(tan), kPure | kUsesDest),
    op_inplace("aten::tan_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(tan), kUsesDest),
    op_out("aten::tan.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(tan), kUsesDest),
    op("aten::tanh(Tensor self) -> Tensor", TAPER_OP(tanh), kPure | kUsesDest),
    op_inplace("aten::tanh_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(tanh), kUsesDest),
    op_out("aten::tanh.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(tanh), kUsesDest),
    op("aten::exp(Tensor self) -> Tensor", TAPER_OP(exp), kPure | kUsesDest),
    op_inplace("aten::exp_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(exp), kUsesDest),
    op_out("aten::exp.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(exp), kUsesDest),
    op("aten::log(Tensor self) -> Tensor", TAPER_OP(log), kPure | kUsesDest),
    op_inplace("aten::log_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(log), kUsesDest),
    op_out("aten::log.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(log), kUsesDest),
    op("aten::log10(Tensor self) -> Tensor", TAPER_OP(log10), kPure | kUsesDest),
    op_inplace("aten::log10_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(log10), kUsesDest),
    op_out("aten::log10.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(log10), kUsesDest),
    op("aten::sqrt(Tensor self) -> Tensor", TAPER_OP(sqrt), kPure | kUsesDest),
    op_inplace("aten::sqrt_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(sqrt), kUsesDest),
    op_out("aten::sqrt.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sqrt), kUsesDest),
    op("aten::log2(Tensor self) -> Tensor", TAPER_OP(log2), kPure | kUsesDest),
    op_inplace("aten::log2_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(log2), kUsesDest),
    op_out("aten::log2.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(log2), kUsesDest),
    op("aten::rsqrt(Tensor self) -> Tensor", TAPER_OP(rsqrt), kPure | kUsesDest),
    op_inplace("aten::rsqrt_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(rsqrt), kUsesDest),
    op_out("aten::rsqrt.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(rsqrt), kUsesDest),
    op("aten::reciprocal(Tensor self) -> Tensor", TAPER_OP(reciprocal), kPure | kUsesDest),
    op_inplace("aten::reciprocal_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(reciprocal), kUsesDest),
    op_out("aten::reciprocal.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(reciprocal), kUsesDest),
    op("aten::sinc(Tensor self) -> Tensor", TAPER_OP(sinc), kPure | kUsesDest),
    op_inplace("aten::sinc_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(sinc), kUsesDest),
    op_out("aten::sinc.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sinc), kUsesDest),
    op("aten::special_sinc(Tensor self) -> Tensor", TAPER_OP(sinc), kPure | kUsesDest),
    op_out("aten::special_sinc.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sinc), kUsesDest),
    op("aten::neg(Tensor self) -> Tensor", TAPER_OP(neg), kPure | kUsesDest),
    op_inplace("aten::neg_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(neg), kUsesDest),
    op_out("aten::neg.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(neg), kUsesDest),
    op("aten::negative(Tensor self) -> Tensor", TAPER_OP(neg), kPure | kUsesDest),
    op_inplace("aten::negative_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(neg), kUsesDest),
    op_out("aten::negative.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(neg), kUsesDest),
    op("aten::square(Tensor self) -> Tensor", TAPER_OP(square), kPure | kUsesDest),
    op_inplace("aten::square_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(square), kUsesDest),
    op_out("aten::square.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(square), kUsesDest),
    op("aten::ceil(Tensor self) -> Tensor", TAPER_OP(ceil), kPure | kUsesDest),
    op_inplace("aten::ceil_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(ceil), kUsesDest),
    op_out("aten::ceil.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ceil), kUsesDest),
    op("aten::floor(Tensor self) -> Tensor", TAPER_OP(floor), kPure | kUsesDest),
    op_inplace("aten::floor_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(floor), kUsesDest),
    op_out("aten::floor.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(floor), kUsesDest),
    op("aten::trunc(Tensor self) -> Tensor", TAPER_OP(trunc), kPure | kUsesDest),
    op_inplace("aten::trunc_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(trunc), kUsesDest),
    op_out("aten::trunc.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(trunc), kUsesDest),
    op("aten::fix(Tensor self) -> Tensor", TAPER_OP(trunc), kPure | kUsesDest),
    op_inplace("aten::fix_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(trunc), kUsesDest),
    op_out("aten::fix.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(trunc), kUsesDest),
    op("aten::round(Tensor self) -> Tensor", TAPER_OP(round), kPure | kUsesDest),
    op_inplace("aten::round_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(round), kUsesDest),
    op_out("aten::round.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(round), kUsesDest),
    op("aten::special_round(Tensor self, *, int decimals=0) -> Tensor", TAPER_OP(round_decimals), kPure | kUsesDest),
    op_out("aten::special_round.out(Tensor self, *, int decimals=0, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(round_decimals), kUsesDest),
    op("aten::frac(Tensor self) -> Tensor", TAPER_OP(frac), kPure | kUsesDest),
    op_inplace("aten::frac_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(frac), kUsesDest),
    op_out("aten::frac.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(frac), kUsesDest),
    op("aten::sign(Tensor self) -> Tensor", TAPER_OP(sign), kPure | kUsesDest),
    op_inplace("aten::sign_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(sign), kUsesDest),
    op_out("aten::sign.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sign), kUsesDest),
    op("aten::sgn(Tensor self) -> Tensor", TAPER_OP(sgn), kPure | kUsesDest),
    op_inplace("aten::sgn_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(sgn), kUsesDest),
    op_out("aten::sgn.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sgn), kUsesDest),
    op("aten::isnan(Tensor self) -> Tensor", TAPER_OP(isnan), kPure | kUsesDest),
    op_out("aten::isnan.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(isnan), kExactOut),
    op("aten::isinf(Tensor self) -> Tensor", TAPER_OP(isinf), kPure | kUsesDest),
    op_out("aten::isinf.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(isinf), kExactOut),
    op("aten::isfinite(Tensor self) -> Tensor", TAPER_OP(isfinite), kPure | kUsesDest),
    op("aten::isposinf(Tensor self) -> Tensor", TAPER_OP(isposinf), kPure | kUsesDest),
    op_out("aten::isposinf.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(isposinf), kUsesDest),
    op("aten::isneginf(Tensor self) -> Tensor", TAPER_OP(isneginf), kPure | kUsesDest),
    op_out("aten::isneginf.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(isneginf), kUsesDest),
    op("aten::signbit(Tensor self) -> Tensor", TAPER_OP(signbit), kPure | kUsesDest),
    op_out("aten::signbit.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(signbit), kUsesDest),
    op("aten::logical_not(Tensor self) -> Tensor", TAPER_OP(logical_not), kPure | kUsesDest),
    op_inplace("aten::logical_not_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(logical_not), kUsesDest),
    op_out("aten::logical_not.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(logical_not), kUsesDest),
    op("aten::isreal(Tensor self) -> Tensor", TAPER_OP(isreal), kPure | kUsesDest),
    op("aten::abs(Tensor self) -> Tensor", TAPER_OP(abs), kPure | kUsesDest),
    op_inplace("aten::abs_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(abs_), kUsesDest),
    op_out("aten::abs.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(abs), kUsesDest),
    op("aten::absolute(Tensor self) -> Tensor", TAPER_OP(abs), kPure | kUsesDest),
    op_inplace("aten::absolute_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(abs_), kUsesDest),
    op_out("aten::absolute.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(abs), kUsesDest),
    op("aten::angle(Tensor self) -> Tensor", TAPER_OP(angle), kPure | kUsesDest),
    op_out("aten::angle.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(angle), kUsesDest),
    op("aten::sigmoid(Tensor self) -> Tensor", TAPER_OP(sigmoid), kPure | kUsesDest),
    op_inplace("aten::sigmoid_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(sigmoid), kUsesDest),
    op_out("aten::sigmoid.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sigmoid), kUsesDest),
    op("aten::special_expit(Tensor self) -> Tensor", TAPER_OP(sigmoid), kPure | kUsesDest),
    op_out("aten::special_expit.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sigmoid), kUsesDest),
    op("aten::bitwise_not(Tensor self) -> Tensor", TAPER_OP(bitwise_not), kPure | kUsesDest),
    op_inplace("aten::bitwise_not_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(bitwise_not), kUsesDest),
    op_out("aten::bitwise_not.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bitwise_not), kUsesDest),
    op("aten::round.decimals(Tensor self, *, int decimals) -> Tensor", TAPER_OP(round_decimals), kPure | kUsesDest),
    op_inplace("aten::round_.decimals(Tensor(a!) self, *, int decimals) -> Tensor(a!)", TAPER_OP(round_decimals), kUsesDest),
    op_out("aten::round.decimals_out(Tensor self, *, int decimals, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(round_decimals), kUsesDest),
    op("aten::nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor", TAPER_OP(nan_to_num), kPure | kUsesDest),
    op_inplace("aten::nan_to_num_(Tensor(a!) self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor(a!)", TAPER_OP(nan_to_num), kUsesDest),
    op_out("aten::nan_to_num.out(Tensor self, float? nan=None, float? posinf=None, float? neginf=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(nan_to_num),
           kUsesDest),
    op("aten::logit(Tensor self, float? eps=None) -> Tensor", TAPER_OP(logit), kPure | kUsesDest),
    op_inplace("aten::logit_(Tensor(a!) self, float? eps=None) -> Tensor(a!)", TAPER_OP(logit), kUsesDest),
    op_out("aten::logit.out(Tensor self, float? eps=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(logit), kUsesDest),
    op("aten::special_logit(Tensor self, float? eps=None) -> Tensor", TAPER_OP(logit), kPure | kUsesDest),
    op_out("aten::special_logit.out(Tensor self, float? eps=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(logit), kUsesDest),
    op("aten::positive(Tensor(a) self) -> Tensor(a)", TAPER_OP(positive), kView),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> unary_rows() { return aten::kRows; }
}  // namespace taper::impl
