// Functions of two elements: arithmetic, extrema, bits, powers.
#include <cmath>
#include <numeric>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/families.h"
#include "ops/kernels/float_math.h"
#include "ops/kernels/special_functions.h"
#include "ops/pointwise.h"

namespace taper::impl::aten {
namespace {

template <class C>
C alpha_of(const Params& p) {
  if constexpr (std::is_same_v<C, int64_t>) return p.integer[0];
  else if constexpr (std::is_same_v<C, ComplexDouble>) return p.complex;
  else return C(p.real[0]);
}

struct Add {
  template <class C>
  static C of(C a, C b, const Params& p) {
    if constexpr (std::is_same_v<C, int64_t>) return int64_t(uint64_t(a) + uint64_t(alpha_of<C>(p)) * uint64_t(b));
    else if constexpr (std::is_same_v<C, ComplexDouble>) return a + multiply(alpha_of<C>(p), b);
    else return a + alpha_of<C>(p) * b;
  }
};
struct Sub {
  template <class C>
  static C of(C a, C b, const Params& p) {
    if constexpr (std::is_same_v<C, int64_t>) return int64_t(uint64_t(a) - uint64_t(alpha_of<C>(p)) * uint64_t(b));
    else if constexpr (std::is_same_v<C, ComplexDouble>) return a - multiply(alpha_of<C>(p), b);
    else return a - alpha_of<C>(p) * b;
  }
};
struct Mul {
  template <class C>
  static C of(C a, C b, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) return int64_t(uint64_t(a) * uint64_t(b));
    else if constexpr (std::is_same_v<C, ComplexDouble>) return multiply(a, b);
    else return a * b;
  }
};
struct Div {
  template <class C>
  static C of(C a, C b, const Params&) {
    if constexpr (std::is_same_v<C, ComplexDouble>) return divide(a, b);
    else return a / b;
  }
};

int64_t floor_div(int64_t a, int64_t b) {
  check(b != 0, "ZeroDivisionError");
  if (b == -1) return int64_t(0 - uint64_t(a));
  int64_t q = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}
// Python's floor division of floats: exact where a - fmod(a, b) divides evenly.
template <class C>
C floor_div(C a, C b) {
  if (b == 0) return a / b;
  C mod = std::fmod(a, b);
  C q = (a - mod) / b;
  if (mod != 0 && (b < 0) != (mod < 0)) q -= 1;
  if (q == 0) return std::copysign(C(0), a / b);
  C whole = std::floor(q);
  return q - whole > C(0.5) ? whole + 1 : whole;
}
struct FloorDivide {
  template <class C>
  static C of(C a, C b, const Params&) {
    return floor_div(a, b);
  }
};
struct TruncDivide {
  template <class C>
  static C of(C a, C b, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) {
      check(b != 0, "ZeroDivisionError");
      return b == -1 ? int64_t(0 - uint64_t(a)) : a / b;
    } else {
      return std::trunc(a / b);
    }
  }
};
template <class H>
struct RoundedTruncDivide {
  static float of(float a, float b, const Params&) { return std::trunc(float(H(a / b))); }
};
struct Remainder {
  template <class C>
  static C of(C a, C b, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) {
      check(b != 0, "ZeroDivisionError");
      if (b == -1) return 0;
      int64_t r = a % b;
      return r != 0 && (r < 0) != (b < 0) ? r + b : r;
    } else {
      C r = std::fmod(a, b);
      return r != 0 && (r < 0) != (b < 0) ? r + b : r;
    }
  }
};
struct Fmod {
  template <class C>
  static C of(C a, C b, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) {
      check(b != 0, "ZeroDivisionError");
      return b == -1 ? 0 : a % b;
    } else {
      return std::fmod(a, b);
    }
  }
};
struct Maximum {
  template <class C>
  static C of(C a, C b, const Params&) {
    return a != a ? a : b != b ? b : a > b ? a : b;
  }
};
struct Minimum {
  template <class C>
  static C of(C a, C b, const Params&) {
    return a != a ? a : b != b ? b : a < b ? a : b;
  }
};
struct Fmax {
  template <class C>
  static C of(C a, C b, const Params&) {
    return a != a ? b : b != b ? a : a > b ? a : b;
  }
};
struct Fmin {
  template <class C>
  static C of(C a, C b, const Params&) {
    return a != a ? b : b != b ? a : a < b ? a : b;
  }
};
struct Atan2 {
  template <class C>
  static C of(C a, C b, const Params&) {
    return std::atan2(a, b);
  }
};
struct Hypot {
  template <class C>
  static C of(C a, C b, const Params&) {
    return std::hypot(a, b);
  }
};
struct Copysign {
  template <class C>
  static C of(C a, C b, const Params&) {
    return std::copysign(a, b);
  }
};
struct Nextafter {
  template <class C>
  static C of(C a, C b, const Params&) {
    return std::nextafter(a, b);
  }
};
template <class H>
struct NextafterOf {
  static float of(float a, float b, const Params&) {
    if (a != a || b != b) return a + b;
    if (a == b) return b;
    H h(a);
    if (a == 0) h.bits = uint16_t((b < 0 ? 0x8000 : 0) | 1);
    else h.bits = uint16_t(h.bits + ((a < b) == (a > 0) ? 1 : -1));
    return float(h);
  }
};
struct LogAddExp {
  template <class C>
  static C of(C a, C b, const Params&) {
    if constexpr (std::is_same_v<C, ComplexDouble>) return complex_logaddexp(a, b);
    else return of_real(a, b);
  }
  template <class C>
  static C of_real(C a, C b) {
    if (std::isinf(a) && a == b) return a;
    C high = std::max(a, b);
    return a != a || b != b ? a + b : high + std::log1p(std::exp(-std::fabs(a - b)));
  }
};
struct LogAddExp2 {
  template <class C>
  static C of(C a, C b, const Params&) {
    if (std::isinf(a) && a == b) return a;
    C high = std::max(a, b);
    return a != a || b != b ? a + b : high + std::log1p(std::exp2(-std::fabs(a - b))) * C(1.4426950408889634);
  }
};
struct Heaviside {
  template <class C>
  static C of(C a, C b, const Params&) {
    return a == 0 ? b : C(a > 0);
  }
};
struct Xlogy {
  template <class C>
  static C of(C a, C b, const Params&) {
    return b != b ? b : a == 0 ? C(0) : a * std::log(b);
  }
};
uint64_t magnitude(int64_t x) { return x < 0 ? 0 - uint64_t(x) : uint64_t(x); }
struct Gcd {
  static int64_t of(int64_t a, int64_t b, const Params&) { return int64_t(std::gcd(magnitude(a), magnitude(b))); }
};
// The product wraps at integer[0] bits (an int's for the narrow types) before its sign goes.
struct Lcm {
  static int64_t of(int64_t a, int64_t b, const Params& p) {
    auto g = int64_t(std::gcd(magnitude(a), magnitude(b)));
    if (g == 0) return 0;
    int64_t unused = 64 - p.integer[0];
    return int64_t(magnitude(int64_t(uint64_t(a / g) * uint64_t(b) << unused) >> unused));
  }
};
struct FlagAnd {
  static uint8_t of(uint8_t a, uint8_t b, const Params&) { return a & b; }
};
struct FlagOr {
  static uint8_t of(uint8_t a, uint8_t b, const Params&) { return a | b; }
};
struct FlagXor {
  static uint8_t of(uint8_t a, uint8_t b, const Params&) { return a ^ b; }
};
struct BitAnd {
  static int64_t of(int64_t a, int64_t b, const Params&) { return a & b; }
};
struct BitOr {
  static int64_t of(int64_t a, int64_t b, const Params&) { return a | b; }
};
struct BitXor {
  static int64_t of(int64_t a, int64_t b, const Params&) { return a ^ b; }
};
// integer[0] is the width of the element: a shift by that much or more gives 0, or the sign to the right.
struct ShiftLeft {
  static int64_t of(int64_t a, int64_t b, const Params& p) { return b < 0 || b >= p.integer[0] ? 0 : int64_t(uint64_t(a) << b); }
};
struct ShiftRight {
  static int64_t of(int64_t a, int64_t b, const Params& p) { return a >> (b < 0 || b >= p.integer[0] ? 63 : b); }
};
struct Pow {
  template <class C>
  static C of(C a, C b, const Params&) {
    if constexpr (std::is_same_v<C, int64_t>) {
      if (b < 0) return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0;
      uint64_t result = 1, base = uint64_t(a);
      for (auto e = uint64_t(b); e; e >>= 1) {
        if (e & 1) result *= base;
        base *= base;
      }
      return int64_t(result);
    } else {
      return std::pow(a, b);
    }
  }
};

constexpr Kernels kAdd = functor_kernels<Add, 2, void, float, double, int64_t, ComplexDouble>("add_stub");
constexpr Kernels kSub = functor_kernels<Sub, 2, void, float, double, int64_t, ComplexDouble>("sub_stub");
constexpr Kernels kMul = with_exact_numbers(functor_kernels<Mul, 2, void, float, double, int64_t, ComplexDouble>("mul_cpu"));
constexpr Kernels kDiv = with_exact_numbers(functor_kernels<Div, 2, void, float, double, ComplexDouble>("div_true_cpu"));
constexpr Kernels kFloorDivide = with_exact_numbers(without_bool(functor_kernels<FloorDivide, 2, void, float, double, int64_t>("div_floor_cpu")));
constexpr Kernels kTruncDivide = with_exact_numbers(without_bool(functor_kernels<TruncDivide, 2, void, float, double, int64_t>("div_trunc_cpu")));
constexpr Kernels kRemainder = without_bool(functor_kernels<Remainder, 2, void, float, double, int64_t>("remainder_cpu"));
constexpr Kernels kFmod = without_bool(functor_kernels<Fmod, 2, void, float, double, int64_t>("fmod_cpu"));
constexpr Kernels kMaximum = functor_kernels<Maximum, 2, void, float, double, int64_t>("maximum_cpu");
constexpr Kernels kMinimum = functor_kernels<Minimum, 2, void, float, double, int64_t>("minimum_cpu");
constexpr Kernels kFmax = functor_kernels<Fmax, 2, void, float, double, int64_t>("fmax_cpu");
constexpr Kernels kFmin = functor_kernels<Fmin, 2, void, float, double, int64_t>("fmin_cpu");
constexpr Kernels kAtan2 = functor_kernels<Atan2, 2, void, float, double>("atan2_cpu");
constexpr Kernels kHypot = functor_kernels<Hypot, 2, void, float, double>("hypot_cpu");
constexpr Kernels kCopysign = functor_kernels<Copysign, 2, void, float, double>("copysign_cpu");
constexpr Kernels kNextafter = functor_kernels<Nextafter, 2, void, float, double>("nextafter_cpu");
constexpr Kernels kLogAddExp = functor_kernels<LogAddExp, 2, void, float, double, ComplexDouble>("logaddexp_cpu");
constexpr Kernels kLogAddExp2 = functor_kernels<LogAddExp2, 2, void, float, double>("logaddexp2_cpu");
constexpr Kernels kHeaviside = functor_kernels<Heaviside, 2, void, float, double, int64_t>("heaviside_cpu");
template <class H>
struct RoundedXlogy {
  static float of(float a, float b, const Params&) { return b != b ? b : a == 0 ? 0 : a * float(H(std::log(b))); }
};
constexpr Kernels kXlogy = functor_kernels<Xlogy, 2, void, float, double>("xlogy_cpu");
constexpr Kernels kGcd = without_bool(functor_kernels<Gcd, 2, void, int64_t>("gcd_cpu"));
constexpr Kernels kLcm = without_bool(functor_kernels<Lcm, 2, void, int64_t>("lcm_cpu"));
constexpr Kernels kBitAnd = with_flags<FlagAnd, 2>(functor_kernels<BitAnd, 2, void, int64_t>("bitwise_and_cpu"));
constexpr Kernels kBitOr = with_flags<FlagOr, 2>(functor_kernels<BitOr, 2, void, int64_t>("bitwise_or_cpu"));
constexpr Kernels kBitXor = with_flags<FlagXor, 2>(functor_kernels<BitXor, 2, void, int64_t>("bitwise_xor_cpu"));
constexpr Kernels kShiftLeft = without_bool(functor_kernels<ShiftLeft, 2, void, int64_t>("lshift_cpu"));
constexpr Kernels kShiftRight = without_bool(functor_kernels<ShiftRight, 2, void, int64_t>("rshift_cpu"));
constexpr Kernels kPow = functor_kernels<Pow, 2, void, float, double, int64_t, ComplexDouble>("pow");
constexpr Kernels kPowTensors = without_bool(kPow);

// PyTorch rounds the product before it adds.
template <class H>
struct RoundedAdd {
  static float of(float a, float b, const Params& p) { return a + float(H(float(H(float(p.real[0]))) * b)); }
};

Params alpha_params(const Context& ctx, DType common, const Scalar& alpha) {
  if (ctx.dest.defined()) check_castable(common, ctx.dest.dtype());
  check(!alpha.is_bool() || common == DType::kBool, "Boolean alpha only supported for Boolean results.");
  check(is_floating(common) || is_complex(common) || alpha.is_integral(), "For integral input tensors, argument alpha must not be a floating point number.");
  check(is_complex(common) || !alpha.is_complex(), "For non-complex input tensors, argument alpha must not be a complex number.");
  Params p;
  p.complex = alpha.to_complex();
  p.real[0] = alpha.d;
  p.integer[0] = common == DType::kBool ? alpha.i != 0 : alpha.i;
  return p;
}

}  // namespace

Tensor add(Context& ctx, const Tensor& self, const Tensor& other, const Scalar& alpha) {
  DType common = result_type(ctx, {&self, &other});
  Kernels kernels = with_f32(kAdd, float_math(ctx.cpu_level).add);
  if (is_reduced_float(common) && alpha.d != 1) kernels = with_rounding<RoundedAdd, 2>(kernels, common);
  return pointwise_as(ctx, kernels, common, {&self, &other}, alpha_params(ctx, common, alpha));
}
Tensor sub(Context& ctx, const Tensor& self, const Tensor& other, const Scalar& alpha) {
  check(self.dtype() != DType::kBool || other.dtype() != DType::kBool,
        "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.");
  check(
      self.dtype() != DType::kBool && other.dtype() != DType::kBool,
      "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.");
  DType common = result_type(ctx, {&self, &other});
  Kernels kernels = with_f32(kSub, float_math(ctx.cpu_level).sub);
  Params p = alpha_params(ctx, common, alpha);
  if (is_reduced_float(common) && alpha.d != 1) {
    kernels = with_rounding<RoundedAdd, 2>(kernels, common);
    p.real[0] = -p.real[0];
  }
  return pointwise_as(ctx, kernels, common, {&self, &other}, p);
}
Tensor mul(Context& ctx, const Tensor& self, const Tensor& other) { return pointwise(ctx, with_f32(kMul, float_math(ctx.cpu_level).mul), {&self, &other}); }
Tensor div(Context& ctx, const Tensor& self, const Tensor& other) {
  if (result_type(ctx, {&self, &other}) == DType::kComplexHalf) fail_dtype("div_cpu", DType::kComplexHalf);
  return pointwise_float(ctx, with_f32(kDiv, float_math(ctx.cpu_level).div), {&self, &other});
}
Tensor maximum(Context& ctx, const Tensor& self, const Tensor& other) {
  check(!self.is_complex() && !other.is_complex(), "maximum not implemented for complex tensors.");
  return pointwise(ctx, with_f32(kMaximum, float_math(ctx.cpu_level).maximum), {&self, &other});
}
Tensor minimum(Context& ctx, const Tensor& self, const Tensor& other) {
  check(!self.is_complex() && !other.is_complex(), "minimum not implemented for complex tensors.");
  return pointwise(ctx, with_f32(kMinimum, float_math(ctx.cpu_level).minimum), {&self, &other});
}
Tensor pow(Context& ctx, const Tensor& self, const Tensor& exponent) {
  if (result_type(ctx, {&self, &exponent}) == DType::kComplexHalf) fail_dtype("pow", DType::kComplexHalf);
  return pointwise(ctx, kPowTensors, {&self, &exponent});
}
Tensor floor_divide(Context& ctx, const Tensor& self, const Tensor& other) { return pointwise(ctx, kFloorDivide, {&self, &other}); }
Tensor remainder(Context& ctx, const Tensor& self, const Tensor& other) { return pointwise(ctx, kRemainder, {&self, &other}); }

namespace {

// The scalar forms are the tensor forms on a wrapped number.
#define TAPER_WITH_SCALAR(NAME) \
  Tensor NAME##_scalar(Context& ctx, const Tensor& self, const Scalar& other) { return NAME(ctx, self, wrapped_number(ctx, other)); }
#define TAPER_FROM_SCALAR(NAME) \
  Tensor NAME##_from(Context& ctx, const Scalar& self, const Tensor& other) { return NAME(ctx, wrapped_number(ctx, self), other); }

Tensor add_scalar(Context& ctx, const Tensor& self, const Scalar& other, const Scalar& alpha) { return add(ctx, self, wrapped_number(ctx, other), alpha); }
Tensor sub_scalar(Context& ctx, const Tensor& self, const Scalar& other, const Scalar& alpha) { return sub(ctx, self, wrapped_number(ctx, other), alpha); }
Tensor rsub(Context& ctx, const Tensor& self, const Tensor& other, const Scalar& alpha) { return sub(ctx, other, self, alpha); }
Tensor rsub_scalar(Context& ctx, const Tensor& self, const Scalar& other, const Scalar& alpha) { return sub(ctx, wrapped_number(ctx, other), self, alpha); }
TAPER_WITH_SCALAR(mul)
TAPER_WITH_SCALAR(div)
TAPER_WITH_SCALAR(floor_divide)
TAPER_WITH_SCALAR(remainder)
TAPER_FROM_SCALAR(remainder)

Tensor div_mode(Context& ctx, const Tensor& self, const Tensor& other, std::optional<std::string_view> mode) {
  if (!mode) return div(ctx, self, other);
  if (*mode == "floor") return pointwise(ctx, kFloorDivide, {&self, &other});
  if (*mode == "trunc") return pointwise(ctx, with_rounding<RoundedTruncDivide, 2>(kTruncDivide, result_type(ctx, {&self, &other})), {&self, &other});
  fail_runtime("div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '", *mode, "'");
}
Tensor div_scalar_mode(Context& ctx, const Tensor& self, const Scalar& other, std::optional<std::string_view> mode) {
  return div_mode(ctx, self, wrapped_number(ctx, other), mode);
}
Tensor fmod(Context& ctx, const Tensor& self, const Tensor& other) { return pointwise(ctx, kFmod, {&self, &other}); }
TAPER_WITH_SCALAR(fmod)
Tensor fmax(Context& ctx, const Tensor& self, const Tensor& other) {
  check(!self.is_complex() && !other.is_complex(), "fmax not implemented for complex tensors.");
  return pointwise(ctx, kFmax, {&self, &other});
}
Tensor fmin(Context& ctx, const Tensor& self, const Tensor& other) {
  check(!self.is_complex() && !other.is_complex(), "fmin not implemented for complex tensors.");
  return pointwise(ctx, kFmin, {&self, &other});
}
Tensor atan2(Context& ctx, const Tensor& self, const Tensor& other) { return pointwise_float(ctx, kAtan2, {&self, &other}); }
Tensor hypot(Context& ctx, const Tensor& self, const Tensor& other) { return pointwise(ctx, kHypot, {&self, &other}); }
Tensor copysign(Context& ctx, const Tensor& self, const Tensor& other) { return pointwise_float(ctx, kCopysign, {&self, &other}); }
TAPER_WITH_SCALAR(copysign)
Tensor nextafter(Context& ctx, const Tensor& self, const Tensor& other) {
  DType common = result_type(ctx, {&self, &other});
  // Half floats have steps of their own; the rows hold them exactly.
  return pointwise_as(ctx, with_rounding<NextafterOf, 2>(kNextafter, common), common, {&self, &other});
}
Tensor logaddexp(Context& ctx, const Tensor& self, const Tensor& other) { return pointwise(ctx, kLogAddExp, {&self, &other}); }
Tensor logaddexp2(Context& ctx, const Tensor& self, const Tensor& other) { return pointwise(ctx, kLogAddExp2, {&self, &other}); }
Tensor gcd(Context& ctx, const Tensor& self, const Tensor& other) { return pointwise(ctx, kGcd, {&self, &other}); }
Tensor lcm(Context& ctx, const Tensor& self, const Tensor& other) {
  DType common = result_type(ctx, {&self, &other});
  Params p;
  p.integer[0] = common == DType::kLong ? 64 : 32;
  return pointwise_as(ctx, kLcm, common, {&self, &other}, p);
}
Tensor heaviside(Context& ctx, const Tensor& self, const Tensor& values) {
  check(!self.is_complex() && !values.is_complex() && !(ctx.dest.defined() && ctx.dest.is_complex()), "heaviside is not yet implemented for complex tensors.");
  check(self.dtype() == values.dtype() && (!ctx.dest.defined() || ctx.dest.dtype() == self.dtype()),
        "heaviside is not yet implemented for tensors with different dtypes.");
  return pointwise(ctx, kHeaviside, {&self, &values});
}
Tensor xlogy(Context& ctx, const Tensor& self, const Tensor& other) {
  return pointwise_float(ctx, with_rounding<RoundedXlogy, 2>(kXlogy, result_type(ctx, {&self, &other})), {&self, &other});
}
Tensor xlogy_other(Context& ctx, const Tensor& self, const Scalar& other) { return xlogy(ctx, self, wrapped_number(ctx, other)); }
Tensor xlogy_self(Context& ctx, const Scalar& self, const Tensor& other) { return xlogy(ctx, wrapped_number(ctx, self), other); }
// A float by a power of two: exact, in self's dtype. Everything else is a product with pow(2, other).
struct Ldexp {
  template <class C>
  static C of(C x, C n, const Params&) {
    const int64_t whole = double(n) >= 0x1p63 ? INT64_MAX : int64_t(n);
    return std::ldexp(x, int(uint32_t(whole)));  // the low half of an int64, as PyTorch's cast takes
  }
};
constexpr Kernels kLdexp = functor_kernels<Ldexp, 2, void, float, double>("ldexp_cpu");
Tensor ldexp(Context& ctx, const Tensor& self, const Tensor& other) {
  if (is_floating(self.dtype()) && is_integral_or_bool(other.dtype())) {
    if (ctx.dest.defined())
      check(can_cast(self.dtype(), ctx.dest.dtype()), "ldexp can't be cast to the desired output type ", scalar_type_name(ctx.dest.dtype()));
    if (other.dtype() == DType::kBool) fail_dtype("ldexp_cpu_exp", DType::kBool);
    const Tensor* inputs[] = {&self, &other};
    Tensor out = loop_output(ctx, broadcast_sizes(inputs), self.dtype(), inputs);
    ComputeType compute = compute_type(self.dtype());
    run_loop(ctx, out, compute, inputs, compute, kernel_for(kLdexp, self.dtype()));
    return out;
  }
  Tensor dest = std::exchange(ctx.dest, Tensor());
  ctx.movable_arguments = 0;
  Tensor two = wrapped_number(Scalar(2.0));
  Tensor power = pointwise_as(ctx, kPow, float_result(ctx, other.dtype()), {&two, &other});
  if (dest.defined())
    check(can_cast(result_type(ctx, {&self, &power}), dest.dtype()), "ldexp can't be cast to the desired output type ", scalar_type_name(dest.dtype()));
  ctx.dest = dest;
  return mul(ctx, self, power);
}

Tensor bitwise_and(Context& ctx, const Tensor& self, const Tensor& other) { return pointwise(ctx, kBitAnd, {&self, &other}); }
Tensor bitwise_or(Context& ctx, const Tensor& self, const Tensor& other) { return pointwise(ctx, kBitOr, {&self, &other}); }
Tensor bitwise_xor(Context& ctx, const Tensor& self, const Tensor& other) { return pointwise(ctx, kBitXor, {&self, &other}); }
TAPER_WITH_SCALAR(bitwise_and)
TAPER_WITH_SCALAR(bitwise_or)
TAPER_WITH_SCALAR(bitwise_xor)
TAPER_FROM_SCALAR(bitwise_and)
TAPER_FROM_SCALAR(bitwise_or)
TAPER_FROM_SCALAR(bitwise_xor)

Tensor shift(Context& ctx, const Kernels& kernels, const Tensor& self, const Tensor& other) {
  DType common = result_type(ctx, {&self, &other});
  Params p;
  p.integer[0] = int64_t(item_size(common)) * 8;
  return pointwise_as(ctx, kernels, common, {&self, &other}, p);
}
Tensor shift_left(Context& ctx, const Tensor& self, const Tensor& other) { return shift(ctx, kShiftLeft, self, other); }
Tensor shift_right(Context& ctx, const Tensor& self, const Tensor& other) { return shift(ctx, kShiftRight, self, other); }
TAPER_WITH_SCALAR(shift_left)
TAPER_WITH_SCALAR(shift_right)
TAPER_FROM_SCALAR(shift_left)
TAPER_FROM_SCALAR(shift_right)

struct Truth {
  template <class C>
  static bool is(C x) {
    return x != C(0);
  }
};
struct LogicalAnd : Truth {
  template <class C>
  static bool of(C a, C b, const Params&) {
    return is(a) && is(b);
  }
};
struct LogicalOr : Truth {
  template <class C>
  static bool of(C a, C b, const Params&) {
    return is(a) || is(b);
  }
};
struct LogicalXor : Truth {
  template <class C>
  static bool of(C a, C b, const Params&) {
    return is(a) != is(b);
  }
};
constexpr Kernels kLogicalAnd = with_flags<FlagAnd, 2>(functor_kernels<LogicalAnd, 2, bool, float, double, int64_t, ComplexDouble>("logical_and_cpu"));
constexpr Kernels kLogicalOr = with_flags<FlagOr, 2>(functor_kernels<LogicalOr, 2, bool, float, double, int64_t, ComplexDouble>("logical_or_cpu"));
constexpr Kernels kLogicalXor = with_flags<FlagXor, 2>(functor_kernels<LogicalXor, 2, bool, float, double, int64_t, ComplexDouble>("logical_xor_cpu"));
Tensor logical_and(Context& ctx, const Tensor& self, const Tensor& other) { return predicate(ctx, kLogicalAnd, {&self, &other}); }
Tensor logical_or(Context& ctx, const Tensor& self, const Tensor& other) { return predicate(ctx, kLogicalOr, {&self, &other}); }
Tensor logical_xor(Context& ctx, const Tensor& self, const Tensor& other) { return predicate(ctx, kLogicalXor, {&self, &other}); }

struct SquareOf {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, ComplexDouble>) return multiply(x, x);
    else return x * x;
  }
};
struct CubeOf {
  template <class C>
  static C of(C x, const Params&) {
    if constexpr (std::is_same_v<C, ComplexDouble>) return multiply(multiply(x, x), x);
    else return x * x * x;
  }
};
struct RootOf {
  template <class C>
  static C of(C x, const Params&) {
    return std::sqrt(x);
  }
};
constexpr Kernels kSquare = functor_kernels<SquareOf, 1, void, float, double, ComplexDouble>("pow");
constexpr Kernels kCube = functor_kernels<CubeOf, 1, void, float, double, ComplexDouble>("pow");
struct One {
  template <class C>
  static C of(C, const Params&) {
    return C(1);
  }
};
constexpr Kernels kOne = functor_kernels<One, 1, void, float, double, int64_t, ComplexDouble>("pow");
struct Same {
  template <class C>
  static C of(C x, const Params&) {
    return x;
  }
};
constexpr Kernels kSame = functor_kernels<Same, 1, void, float, double, int64_t, ComplexDouble>("pow");
constexpr Kernels kRoot = functor_kernels<RootOf, 1, void, float, double, ComplexDouble>("pow");

Tensor pow_scalar(Context& ctx, const Tensor& self, const Scalar& exponent) {
  Tensor wrapped = wrapped_number(exponent);
  DType common = result_type(ctx, {&self, &wrapped});
  check(!(is_integral_or_bool(common) && exponent.is_integral() && exponent.i < 0), "Integers to negative integer powers are not allowed.");
  if (common == DType::kComplexHalf) fail_dtype("pow", common);
  if (exponent.d == 0 && exponent.imaginary == 0) return pointwise_as(ctx, kOne, common, {&self});
  if (exponent.d == 1 && exponent.imaginary == 0) return pointwise_as(ctx, kSame, common, {&self});
  if (!is_integral_or_bool(common) && !exponent.is_complex()) {
    if (exponent.d == 2) return pointwise_as(ctx, with_f32(kSquare, float_math(ctx.cpu_level).square), common, {&self});
    if (exponent.d == 3) return pointwise_as(ctx, kCube, common, {&self});
    if (exponent.d == 0.5 && common != DType::kHalf) return pointwise_as(ctx, with_f32(kRoot, float_math(ctx.cpu_level).sqrt), common, {&self});
  }
  return pointwise_as(ctx, kPow, common, {&self, &wrapped});
}
// Of a number PyTorch lays powers out row-major.
Tensor pow_from(Context& ctx, const Scalar& self, const Tensor& exponent) { return pow(ctx, wrapped_number(ctx, self), contiguous(ctx, exponent)); }

// In double or complex double whatever the inputs are; a destination must have just that.
Tensor float_power(Context& ctx, const Tensor& self, const Tensor& exponent) {
  DType common = is_complex(result_type(ctx, {&self, &exponent})) ? DType::kComplexDouble : DType::kDouble;
  check(!ctx.dest.defined() || ctx.dest.dtype() == common, "the output given to float_power has dtype ",
        scalar_type_name(ctx.dest.defined() ? ctx.dest.dtype() : common), " but the operation's result requires dtype ", scalar_type_name(common));
  return pointwise_as(ctx, kPow, common, {&self, &exponent});
}
// As pow of the self in the wide dtype, which has its own ways with some exponents.
Tensor float_power_scalar(Context& ctx, const Tensor& self, const Scalar& exponent) {
  const bool complex = self.is_complex() || exponent.is_complex();
  DType common = complex ? DType::kComplexDouble : DType::kDouble;
  check(!ctx.dest.defined() || ctx.dest.dtype() == common, "the output given to float_power has dtype ",
        scalar_type_name(ctx.dest.defined() ? ctx.dest.dtype() : common), " but the operation's result requires dtype ", scalar_type_name(common));
  if (self.dtype() == common) return pow_scalar(ctx, self, complex ? Scalar(exponent.to_complex()) : Scalar(exponent.to_double()));
  Tensor dest = std::exchange(ctx.dest, Tensor());
  Tensor wide = to_dtype(ctx, self, common);
  ctx.dest = dest;
  return pow_scalar(ctx, wide, complex ? Scalar(exponent.to_complex()) : Scalar(exponent.to_double()));
}
Tensor float_power_from(Context& ctx, const Scalar& self, const Tensor& exponent) {
  return float_power(ctx, wrapped_number(ctx, self), contiguous(ctx, exponent));
}
void check_float_power_base(Context& ctx, const Tensor& self, const Tensor& exponent) {
  DType common = is_complex(result_type(ctx, {&self, &exponent})) ? DType::kComplexDouble : DType::kDouble;
  check(self.dtype() == common, "the base given to float_power_ has dtype ", scalar_type_name(self.dtype()), " but the operation's result requires dtype ",
        scalar_type_name(common));
}
Tensor float_power_(Context& ctx, const Tensor& self, const Tensor& exponent) {
  check_float_power_base(ctx, self, exponent);
  return float_power(ctx, self, exponent);
}
Tensor float_power_scalar_(Context& ctx, const Tensor& self, const Scalar& exponent) {
  check_float_power_base(ctx, self, wrapped_number(exponent));
  return float_power_scalar(ctx, self, exponent);
}

constexpr OpDef kRows[] = {
    op("aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", TAPER_OP(add), kPure | kUsesDest),
    op_inplace("aten::add_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)", TAPER_OP(add), kUsesDest),
    op_out("aten::add.out(Tensor self, Tensor other, *, Scalar alpha=1, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(add), kUsesDest),
    op("aten::add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor", TAPER_OP(add_scalar), kPure | kUsesDest),
    op_inplace("aten::add_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)", TAPER_OP(add_scalar), kUsesDest),
    op_out("aten::add.Scalar_out(Tensor self, Scalar other, Scalar alpha=1, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(add_scalar), kExactOut),
    op("aten::sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", TAPER_OP(sub), kPure | kUsesDest),
    op_inplace("aten::sub_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)", TAPER_OP(sub), kUsesDest),
    op_out("aten::sub.out(Tensor self, Tensor other, *, Scalar alpha=1, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sub), kUsesDest),
    op("aten::sub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor", TAPER_OP(sub_scalar), kPure | kUsesDest),
    op_inplace("aten::sub_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)", TAPER_OP(sub_scalar), kUsesDest),
    op_out("aten::sub.Scalar_out(Tensor self, Scalar other, Scalar alpha=1, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sub_scalar), kExactOut),
    op("aten::subtract.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", TAPER_OP(sub), kPure | kUsesDest),
    op_inplace("aten::subtract_.Tensor(Tensor(a!) self, Tensor other, *, Scalar alpha=1) -> Tensor(a!)", TAPER_OP(sub), kUsesDest),
    op_out("aten::subtract.out(Tensor self, Tensor other, *, Scalar alpha=1, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(sub), kUsesDest),
    op("aten::subtract.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor", TAPER_OP(sub_scalar), kPure | kUsesDest),
    op_inplace("aten::subtract_.Scalar(Tensor(a!) self, Scalar other, Scalar alpha=1) -> Tensor(a!)", TAPER_OP(sub_scalar), kUsesDest),
    op("aten::mul.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(mul), kPure | kUsesDest),
    op_inplace("aten::mul_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(mul), kUsesDest),
    op_out("aten::mul.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(mul), kUsesDest),
    op("aten::mul.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(mul_scalar), kPure | kUsesDest),
    op_inplace("aten::mul_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(mul_scalar), kUsesDest),
    op_out("aten::mul.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(mul_scalar), kExactOut),
    op("aten::multiply.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(mul), kPure | kUsesDest),
    op_inplace("aten::multiply_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(mul), kUsesDest),
    op_out("aten::multiply.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(mul), kUsesDest),
    op("aten::multiply.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(mul_scalar), kPure | kUsesDest),
    op_inplace("aten::multiply_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(mul_scalar), kUsesDest),
    op("aten::rsub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor", TAPER_OP(rsub), kPure),
    op_out("aten::rsub.Tensor_out(Tensor self, Tensor other, *, Scalar alpha=1, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(rsub), kExactOut),
    op("aten::rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor", TAPER_OP(rsub_scalar), kPure),
    op_out("aten::rsub.Scalar_out(Tensor self, Scalar other, Scalar alpha=1, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(rsub_scalar), kExactOut),
    op("aten::div.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(div), kPure | kUsesDest),
    op_inplace("aten::div_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(div), kUsesDest),
    op_out("aten::div.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(div), kUsesDest),
    op("aten::div.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(div_scalar), kPure | kUsesDest),
    op_inplace("aten::div_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(div_scalar), kUsesDest),
    op_out("aten::div.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(div_scalar), kExactOut),
    op("aten::divide.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(div), kPure | kUsesDest),
    op_inplace("aten::divide_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(div), kUsesDest),
    op_out("aten::divide.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(div), kUsesDest),
    op("aten::divide.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(div_scalar), kPure | kUsesDest),
    op_inplace("aten::divide_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(div_scalar), kUsesDest),
    op("aten::true_divide.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(div), kPure | kUsesDest),
    op_inplace("aten::true_divide_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(div), kUsesDest),
    op_out("aten::true_divide.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(div), kUsesDest),
    op("aten::true_divide.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(div_scalar), kPure | kUsesDest),
    op_inplace("aten::true_divide_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(div_scalar), kUsesDest),
    op("aten::div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor", TAPER_OP(div_mode), kPure | kUsesDest),
    op_inplace("aten::div_.Tensor_mode(Tensor(a!) self, Tensor other, *, str? rounding_mode) -> Tensor(a!)", TAPER_OP(div_mode), kUsesDest),
    op("aten::div.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor", TAPER_OP(div_scalar_mode), kPure | kUsesDest),
    op_inplace("aten::div_.Scalar_mode(Tensor(a!) self, Scalar other, *, str? rounding_mode) -> Tensor(a!)", TAPER_OP(div_scalar_mode), kUsesDest),
    op_out("aten::div.Scalar_mode_out(Tensor self, Scalar other, *, str? rounding_mode, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(div_scalar_mode), kExactOut),
    op("aten::divide.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor", TAPER_OP(div_mode), kPure | kUsesDest),
    op_inplace("aten::divide_.Tensor_mode(Tensor(a!) self, Tensor other, *, str? rounding_mode) -> Tensor(a!)", TAPER_OP(div_mode), kUsesDest),
    op("aten::divide.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor", TAPER_OP(div_scalar_mode), kPure | kUsesDest),
    op_inplace("aten::divide_.Scalar_mode(Tensor(a!) self, Scalar other, *, str? rounding_mode) -> Tensor(a!)", TAPER_OP(div_scalar_mode), kUsesDest),
    op("aten::floor_divide(Tensor self, Tensor other) -> Tensor", TAPER_OP(floor_divide), kPure | kUsesDest),
    op_out("aten::floor_divide.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(floor_divide), kUsesDest),
    op("aten::floor_divide.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(floor_divide_scalar), kPure | kUsesDest),
    op_inplace("aten::floor_divide_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(floor_divide_scalar), kUsesDest),
    op_out("aten::floor_divide.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(floor_divide_scalar), kExactOut),
    op_inplace("aten::floor_divide_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(floor_divide), kUsesDest),
    op("aten::remainder.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(remainder), kPure | kUsesDest),
    op_inplace("aten::remainder_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(remainder), kUsesDest),
    op_out("aten::remainder.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(remainder), kUsesDest),
    op("aten::remainder.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(remainder_scalar), kPure | kUsesDest),
    op_inplace("aten::remainder_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(remainder_scalar), kUsesDest),
    op_out("aten::remainder.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(remainder_scalar), kUsesDest),
    op("aten::remainder.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", TAPER_OP(remainder_from), kPure | kUsesDest),
    op_out("aten::remainder.Scalar_Tensor_out(Scalar self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(remainder_from), kExactOut),
    op("aten::fmod.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(fmod), kPure | kUsesDest),
    op_inplace("aten::fmod_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(fmod), kUsesDest),
    op_out("aten::fmod.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(fmod), kUsesDest),
    op("aten::fmod.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(fmod_scalar), kPure | kUsesDest),
    op_inplace("aten::fmod_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(fmod_scalar), kUsesDest),
    op_out("aten::fmod.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(fmod_scalar), kUsesDest),
    op("aten::atan2(Tensor self, Tensor other) -> Tensor", TAPER_OP(atan2), kPure | kUsesDest),
    op_inplace("aten::atan2_(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(atan2), kUsesDest),
    op_out("aten::atan2.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(atan2), kUsesDest),
    op("aten::arctan2(Tensor self, Tensor other) -> Tensor", TAPER_OP(atan2), kPure | kUsesDest),
    op_inplace("aten::arctan2_(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(atan2), kUsesDest),
    op_out("aten::arctan2.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(atan2), kUsesDest),
    op("aten::hypot(Tensor self, Tensor other) -> Tensor", TAPER_OP(hypot), kPure | kUsesDest),
    op_inplace("aten::hypot_(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(hypot), kUsesDest),
    op_out("aten::hypot.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(hypot), kUsesDest),
    op("aten::maximum(Tensor self, Tensor other) -> Tensor", TAPER_OP(maximum), kPure | kUsesDest),
    op_out("aten::maximum.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(maximum), kUsesDest),
    op("aten::minimum(Tensor self, Tensor other) -> Tensor", TAPER_OP(minimum), kPure | kUsesDest),
    op_out("aten::minimum.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(minimum), kUsesDest),
    op("aten::fmax(Tensor self, Tensor other) -> Tensor", TAPER_OP(fmax), kPure | kUsesDest),
    op_out("aten::fmax.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(fmax), kUsesDest),
    op("aten::fmin(Tensor self, Tensor other) -> Tensor", TAPER_OP(fmin), kPure | kUsesDest),
    op_out("aten::fmin.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(fmin), kUsesDest),
    op("aten::logaddexp(Tensor self, Tensor other) -> Tensor", TAPER_OP(logaddexp), kPure | kUsesDest),
    op_out("aten::logaddexp.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(logaddexp), kUsesDest),
    op("aten::logaddexp2(Tensor self, Tensor other) -> Tensor", TAPER_OP(logaddexp2), kPure | kUsesDest),
    op_out("aten::logaddexp2.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(logaddexp2), kUsesDest),
    op("aten::nextafter(Tensor self, Tensor other) -> Tensor", TAPER_OP(nextafter), kPure | kUsesDest),
    op_inplace("aten::nextafter_(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(nextafter), kUsesDest),
    op_out("aten::nextafter.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(nextafter), kUsesDest),
    op("aten::gcd(Tensor self, Tensor other) -> Tensor", TAPER_OP(gcd), kPure | kUsesDest),
    op_inplace("aten::gcd_(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(gcd), kUsesDest),
    op_out("aten::gcd.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(gcd), kUsesDest),
    op("aten::lcm(Tensor self, Tensor other) -> Tensor", TAPER_OP(lcm), kPure | kUsesDest),
    op_inplace("aten::lcm_(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(lcm), kUsesDest),
    op_out("aten::lcm.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(lcm), kUsesDest),
    op("aten::heaviside(Tensor self, Tensor values) -> Tensor", TAPER_OP(heaviside), kPure | kUsesDest),
    op_inplace("aten::heaviside_(Tensor(a!) self, Tensor values) -> Tensor(a!)", TAPER_OP(heaviside), kUsesDest),
    op_out("aten::heaviside.out(Tensor self, Tensor values, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(heaviside), kUsesDest),
    op("aten::logical_and(Tensor self, Tensor other) -> Tensor", TAPER_OP(logical_and), kPure | kUsesDest),
    op_inplace("aten::logical_and_(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(logical_and), kUsesDest),
    op_out("aten::logical_and.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(logical_and), kUsesDest),
    op("aten::logical_or(Tensor self, Tensor other) -> Tensor", TAPER_OP(logical_or), kPure | kUsesDest),
    op_inplace("aten::logical_or_(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(logical_or), kUsesDest),
    op_out("aten::logical_or.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(logical_or), kUsesDest),
    op("aten::logical_xor(Tensor self, Tensor other) -> Tensor", TAPER_OP(logical_xor), kPure | kUsesDest),
    op_inplace("aten::logical_xor_(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(logical_xor), kUsesDest),
    op_out("aten::logical_xor.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(logical_xor), kUsesDest),
    op("aten::max.other(Tensor self, Tensor other) -> Tensor", TAPER_OP(maximum), kPure | kUsesDest),
    op("aten::min.other(Tensor self, Tensor other) -> Tensor", TAPER_OP(minimum), kPure | kUsesDest),
    op_out("aten::max.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(maximum), kUsesDest),
    op_out("aten::min.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(minimum), kUsesDest),
    op("aten::copysign.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(copysign), kPure | kUsesDest),
    op_inplace("aten::copysign_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(copysign), kUsesDest),
    op_out("aten::copysign.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(copysign), kUsesDest),
    op("aten::copysign.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(copysign_scalar), kPure | kUsesDest),
    op_inplace("aten::copysign_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(copysign_scalar), kUsesDest),
    op_out("aten::copysign.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(copysign_scalar), kUsesDest),
    op("aten::xlogy.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(xlogy), kPure | kUsesDest),
    op_inplace("aten::xlogy_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(xlogy), kUsesDest),
    op("aten::xlogy.Scalar_Other(Tensor self, Scalar other) -> Tensor", TAPER_OP(xlogy_other), kPure | kUsesDest),
    op_inplace("aten::xlogy_.Scalar_Other(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(xlogy_other), kUsesDest),
    op("aten::xlogy.Scalar_Self(Scalar self, Tensor other) -> Tensor", TAPER_OP(xlogy_self), kPure | kUsesDest),
    op("aten::special_xlogy(Tensor self, Tensor other) -> Tensor", TAPER_OP(xlogy), kPure | kUsesDest),
    op_out("aten::special_xlogy.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(xlogy), kUsesDest),
    op("aten::special_xlogy.other_scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(xlogy_other), kPure | kUsesDest),
    op_out("aten::special_xlogy.other_scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(xlogy_other), kUsesDest),
    op("aten::special_xlogy.self_scalar(Scalar self, Tensor other) -> Tensor", TAPER_OP(xlogy_self), kPure | kUsesDest),
    op_out("aten::special_xlogy.self_scalar_out(Scalar self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(xlogy_self), kUsesDest),
    op("aten::ldexp.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(ldexp), kPure),
    op_out("aten::ldexp.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ldexp), kUsesDest),
    op_inplace("aten::ldexp_(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(ldexp), kUsesDest),
    op("aten::bitwise_and.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(bitwise_and), kPure | kUsesDest),
    op_inplace("aten::bitwise_and_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(bitwise_and), kUsesDest),
    op_out("aten::bitwise_and.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bitwise_and), kUsesDest),
    op("aten::bitwise_and.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(bitwise_and_scalar), kPure | kUsesDest),
    op_inplace("aten::bitwise_and_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(bitwise_and_scalar), kUsesDest),
    op_out("aten::bitwise_and.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bitwise_and_scalar), kUsesDest),
    op("aten::bitwise_and.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", TAPER_OP(bitwise_and_from), kPure | kUsesDest),
    op_out("aten::bitwise_and.Scalar_Tensor_out(Scalar self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bitwise_and_from), kExactOut),
    op("aten::__and__.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(bitwise_and), kPure | kUsesDest),
    op("aten::__and__.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(bitwise_and_scalar), kPure | kUsesDest),
    op_inplace("aten::__iand__.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(bitwise_and), kUsesDest),
    op_inplace("aten::__iand__.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(bitwise_and_scalar), kUsesDest),
    op("aten::bitwise_or.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(bitwise_or), kPure | kUsesDest),
    op_inplace("aten::bitwise_or_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(bitwise_or), kUsesDest),
    op_out("aten::bitwise_or.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bitwise_or), kUsesDest),
    op("aten::bitwise_or.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(bitwise_or_scalar), kPure | kUsesDest),
    op_inplace("aten::bitwise_or_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(bitwise_or_scalar), kUsesDest),
    op_out("aten::bitwise_or.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bitwise_or_scalar), kUsesDest),
    op("aten::bitwise_or.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", TAPER_OP(bitwise_or_from), kPure | kUsesDest),
    op_out("aten::bitwise_or.Scalar_Tensor_out(Scalar self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bitwise_or_from), kExactOut),
    op("aten::__or__.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(bitwise_or), kPure | kUsesDest),
    op("aten::__or__.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(bitwise_or_scalar), kPure | kUsesDest),
    op_inplace("aten::__ior__.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(bitwise_or), kUsesDest),
    op_inplace("aten::__ior__.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(bitwise_or_scalar), kUsesDest),
    op("aten::bitwise_xor.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(bitwise_xor), kPure | kUsesDest),
    op_inplace("aten::bitwise_xor_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(bitwise_xor), kUsesDest),
    op_out("aten::bitwise_xor.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bitwise_xor), kUsesDest),
    op("aten::bitwise_xor.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(bitwise_xor_scalar), kPure | kUsesDest),
    op_inplace("aten::bitwise_xor_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(bitwise_xor_scalar), kUsesDest),
    op_out("aten::bitwise_xor.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bitwise_xor_scalar), kUsesDest),
    op("aten::bitwise_xor.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", TAPER_OP(bitwise_xor_from), kPure | kUsesDest),
    op_out("aten::bitwise_xor.Scalar_Tensor_out(Scalar self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bitwise_xor_from), kExactOut),
    op("aten::__xor__.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(bitwise_xor), kPure | kUsesDest),
    op("aten::__xor__.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(bitwise_xor_scalar), kPure | kUsesDest),
    op_inplace("aten::__ixor__.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(bitwise_xor), kUsesDest),
    op_inplace("aten::__ixor__.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(bitwise_xor_scalar), kUsesDest),
    op("aten::bitwise_left_shift.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(shift_left), kPure | kUsesDest),
    op_inplace("aten::bitwise_left_shift_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(shift_left), kUsesDest),
    op_out("aten::bitwise_left_shift.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(shift_left), kUsesDest),
    op("aten::bitwise_left_shift.Tensor_Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(shift_left_scalar), kPure | kUsesDest),
    op_inplace("aten::bitwise_left_shift_.Tensor_Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(shift_left_scalar), kUsesDest),
    op_out("aten::bitwise_left_shift.Tensor_Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(shift_left_scalar), kUsesDest),
    op("aten::bitwise_left_shift.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", TAPER_OP(shift_left_from), kPure | kUsesDest),
    op_out("aten::bitwise_left_shift.Scalar_Tensor_out(Scalar self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(shift_left_from), kExactOut),
    op("aten::__lshift__.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(shift_left), kPure | kUsesDest),
    op_out("aten::__lshift__.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(shift_left), kExactOut),
    op("aten::__lshift__.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(shift_left_scalar), kPure | kUsesDest),
    op_out("aten::__lshift__.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(shift_left_scalar), kExactOut),
    op_inplace("aten::__ilshift__.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(shift_left), kUsesDest),
    op_inplace("aten::__ilshift__.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(shift_left_scalar), kUsesDest),
    op("aten::bitwise_right_shift.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(shift_right), kPure | kUsesDest),
    op_inplace("aten::bitwise_right_shift_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(shift_right), kUsesDest),
    op_out("aten::bitwise_right_shift.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(shift_right), kUsesDest),
    op("aten::bitwise_right_shift.Tensor_Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(shift_right_scalar), kPure | kUsesDest),
    op_inplace("aten::bitwise_right_shift_.Tensor_Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(shift_right_scalar), kUsesDest),
    op_out("aten::bitwise_right_shift.Tensor_Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(shift_right_scalar), kUsesDest),
    op("aten::bitwise_right_shift.Scalar_Tensor(Scalar self, Tensor other) -> Tensor", TAPER_OP(shift_right_from), kPure | kUsesDest),
    op_out("aten::bitwise_right_shift.Scalar_Tensor_out(Scalar self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(shift_right_from), kExactOut),
    op("aten::__rshift__.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(shift_right), kPure | kUsesDest),
    op_out("aten::__rshift__.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(shift_right), kExactOut),
    op("aten::__rshift__.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(shift_right_scalar), kPure | kUsesDest),
    op_out("aten::__rshift__.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(shift_right_scalar), kExactOut),
    op_inplace("aten::__irshift__.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(shift_right), kUsesDest),
    op_inplace("aten::__irshift__.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(shift_right_scalar), kUsesDest),
    op_out("aten::div.out_mode(Tensor self, Tensor other, *, str? rounding_mode, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(div_mode), kUsesDest),
    op_out("aten::divide.out_mode(Tensor self, Tensor other, *, str? rounding_mode, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(div_mode), kUsesDest),
    op_out("aten::xlogy.OutTensor(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(xlogy), kUsesDest),
    op_out("aten::xlogy.OutScalar_Self(Scalar self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(xlogy_self), kUsesDest),
    op_out("aten::xlogy.OutScalar_Other(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(xlogy_other), kUsesDest),
    op("aten::pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor", TAPER_OP(pow), kPure | kUsesDest),
    op_out("aten::pow.Tensor_Tensor_out(Tensor self, Tensor exponent, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(pow), kUsesDest),
    op("aten::pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor", TAPER_OP(pow_scalar), kPure | kUsesDest),
    op_out("aten::pow.Tensor_Scalar_out(Tensor self, Scalar exponent, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(pow_scalar), kUsesDest),
    op("aten::pow.Scalar(Scalar self, Tensor exponent) -> Tensor", TAPER_OP(pow_from), kPure | kUsesDest),
    op_out("aten::pow.Scalar_out(Scalar self, Tensor exponent, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(pow_from), kUsesDest),
    op_inplace("aten::pow_.Tensor(Tensor(a!) self, Tensor exponent) -> Tensor(a!)", TAPER_OP(pow), kUsesDest),
    op_inplace("aten::pow_.Scalar(Tensor(a!) self, Scalar exponent) -> Tensor(a!)", TAPER_OP(pow_scalar), kUsesDest),
    op_inplace("aten::float_power_.Scalar(Tensor(a!) self, Scalar exponent) -> Tensor(a!)", TAPER_OP(float_power_scalar_), kUsesDest),
    op_inplace("aten::float_power_.Tensor(Tensor(a!) self, Tensor exponent) -> Tensor(a!)", TAPER_OP(float_power_), kUsesDest),
    op("aten::float_power.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor", TAPER_OP(float_power), kPure | kUsesDest),
    op_out("aten::float_power.Tensor_Tensor_out(Tensor self, Tensor exponent, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(float_power), kUsesDest),
    op("aten::float_power.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor", TAPER_OP(float_power_scalar), kPure | kUsesDest),
    op_out("aten::float_power.Tensor_Scalar_out(Tensor self, Scalar exponent, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(float_power_scalar), kUsesDest),
    op("aten::float_power.Scalar(Scalar self, Tensor exponent) -> Tensor", TAPER_OP(float_power_from), kPure | kUsesDest),
    op_out("aten::float_power.Scalar_out(Scalar self, Tensor exponent, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(float_power_from), kUsesDest),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> binary_rows() { return aten::kRows; }
}  // namespace taper::impl
