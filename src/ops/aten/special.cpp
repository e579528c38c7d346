// Special functions: computed in double, whatever the dtype, for accuracy is what they are called for.
#include <cmath>

#include "ops/aten/copy.h"
#include "ops/families.h"
#include "ops/kernels/special_functions.h"
#include "ops/pointwise.h"

namespace taper::impl::aten {
namespace {

// fn of one or two doubles, as kernels for float and double rows.
template <auto Fn>
struct Wide {
  template <class C>
  static C of(C x, const Params&) {
    return C(Fn(double(x)));
  }
  template <class C>
  static C of(C x, C y, const Params&) {
    return C(Fn(double(x), double(y)));
  }
};
// `half`: PyTorch has the function for half types too.
template <auto Fn>
Tensor unary(Context& ctx, const Tensor& self, const char* name, bool half = false) {
  constexpr Kernels kKernels = functor_kernels<Wide<Fn>, 1, void, float, double>("");
  Kernels kernels = kKernels;
  kernels.name = name;
  kernels.no_half = !half;
  return pointwise_float(ctx, kernels, {&self});
}
template <auto Fn>
Tensor binary(Context& ctx, const Tensor& a, const Tensor& b, const char* name, bool half = false) {
  constexpr Kernels kKernels = functor_kernels<Wide<Fn>, 2, void, float, double>("");
  Kernels kernels = kKernels;
  kernels.name = name;
  kernels.no_half = !half;
  return pointwise_float(ctx, kernels, {&a, &b});
}

Tensor i0e(Context& ctx, const Tensor& self) { return unary<&bessel_i0e>(ctx, self, "i0e_cpu", true); }
Tensor i1(Context& ctx, const Tensor& self) { return unary<&bessel_i1>(ctx, self, "i1_cpu", true); }
Tensor i1e(Context& ctx, const Tensor& self) { return unary<&bessel_i1e>(ctx, self, "i1e_cpu", true); }
Tensor entr(Context& ctx, const Tensor& self) { return unary<&entr_value>(ctx, self, "entr_cpu", true); }
// From erf, also where erfc would keep more digits: PyTorch's answers lose them.
struct Ndtr {
  template <class C>
  static C of(C x, const Params&) {
    return (C(1) + std::erf(x * C(0.70710678118654752440))) * C(0.5);
  }
};
template <class H>
struct RoundedNdtr {
  static float of(float x, const Params&) {
    float turned = float(H(x * float(H(0.70710678118654752440f))));
    return float(H(1 + float(H(std::erf(turned))))) * 0.5f;
  }
};
constexpr Kernels kNdtr = functor_kernels<Ndtr, 1, void, float, double>("erf_vml_cpu");
Tensor ndtr(Context& ctx, const Tensor& self) { return pointwise_float(ctx, with_rounding<RoundedNdtr, 1>(kNdtr, self.dtype()), {&self}); }
Tensor ndtri(Context& ctx, const Tensor& self) { return unary<&ndtri_value>(ctx, self, "ndtri_cpu"); }
Tensor log_ndtr(Context& ctx, const Tensor& self) { return unary<&log_ndtr_value>(ctx, self, "log_ndtr_cpu"); }
Tensor erfcx(Context& ctx, const Tensor& self) { return unary<&erfcx_value>(ctx, self, "erfcx_cpu"); }
Tensor bessel_j0(Context& ctx, const Tensor& self) {
  return unary<[](double x) { return bessel_j(0, x); }>(ctx, self, "bessel_j0_cpu");
}
Tensor bessel_j1(Context& ctx, const Tensor& self) {
  return unary<[](double x) { return bessel_j(1, x); }>(ctx, self, "bessel_j1_cpu");
}
Tensor bessel_y0(Context& ctx, const Tensor& self) {
  return unary<[](double x) { return bessel_y(0, x); }>(ctx, self, "bessel_y0_cpu");
}
Tensor bessel_y1(Context& ctx, const Tensor& self) {
  return unary<[](double x) { return bessel_y(1, x); }>(ctx, self, "bessel_y1_cpu");
}
Tensor modified_bessel_i0(Context& ctx, const Tensor& self) {
  return unary<[](double x) -> double { return std::isinf(x) ? NAN : bessel_i0(x); }>(ctx, self, "modified_bessel_i0_cpu");
}
Tensor modified_bessel_i1(Context& ctx, const Tensor& self) {
  return unary<[](double x) -> double { return std::isinf(x) ? NAN : bessel_i1(x); }>(ctx, self, "modified_bessel_i1_cpu");
}
Tensor modified_bessel_k0(Context& ctx, const Tensor& self) {
  return unary<[](double x) { return modified_bessel_k(0, x, false); }>(ctx, self, "modified_bessel_k0_cpu");
}
Tensor modified_bessel_k1(Context& ctx, const Tensor& self) {
  return unary<[](double x) { return modified_bessel_k(1, x, false); }>(ctx, self, "modified_bessel_k1_cpu");
}
Tensor scaled_modified_bessel_k0(Context& ctx, const Tensor& self) {
  return unary<[](double x) { return modified_bessel_k(0, x, true); }>(ctx, self, "scaled_modified_bessel_k0_cpu");
}
Tensor scaled_modified_bessel_k1(Context& ctx, const Tensor& self) {
  return unary<[](double x) { return modified_bessel_k(1, x, true); }>(ctx, self, "scaled_modified_bessel_k1_cpu");
}
Tensor spherical_bessel_j0(Context& ctx, const Tensor& self) { return unary<&spherical_j0_value>(ctx, self, "spherical_bessel_j0_cpu"); }
Tensor airy_ai(Context& ctx, const Tensor& self) { return unary<&airy_value>(ctx, self, "airy_ai_cpu"); }

#define TAPER_NUMBER_FORMS(NAME)                                                                                           \
  Tensor NAME##_of_number(Context& ctx, const Scalar& a, const Tensor& b) { return NAME(ctx, wrapped_number(ctx, a), b); } \
  Tensor NAME##_by_number(Context& ctx, const Tensor& a, const Scalar& b) { return NAME(ctx, a, wrapped_number(ctx, b)); }

Tensor xlog1py(Context& ctx, const Tensor& a, const Tensor& b) {
  return binary<[](double x, double y) { return y != y ? y : x == 0 ? 0 : x * std::log1p(y); }>(ctx, a, b, "xlog1py_cpu", true);
}
TAPER_NUMBER_FORMS(xlog1py)
Tensor zeta(Context& ctx, const Tensor& a, const Tensor& b) { return binary<&zeta_value>(ctx, a, b, "zeta_cpu"); }
TAPER_NUMBER_FORMS(zeta)
Tensor igamma(Context& ctx, const Tensor& a, const Tensor& x) {
  return pointwise(ctx, functor_kernels<Wide<&gamma_lower>, 2, void, float, double>("igamma_cpu"), {&a, &x});
}
Tensor igammac(Context& ctx, const Tensor& a, const Tensor& x) {
  return pointwise(ctx, functor_kernels<Wide<&gamma_upper>, 2, void, float, double>("igammac_cpu"), {&a, &x});
}

template <Polynomial Kind>
struct PolynomialOf {
  template <class C>
  static C of(C x, C n, const Params&) {
    // A degree that is no int64 is the lowest one, and a negative degree gives 0.
    return n >= C(-0x1p63) && n < C(0x1p63) ? polynomial_value(Kind, x, int64_t(n)) : C(0);
  }
};
template <Polynomial Kind>
Tensor polynomial(Context& ctx, const Tensor& x, const Tensor& n, const char* name) {
  Kernels kernels = functor_kernels<PolynomialOf<Kind>, 2, void, float, double>(name);
  kernels.no_half = true;
  return pointwise_float(ctx, kernels, {&x, &n});
}
Tensor chebyshev_polynomial_t(Context& ctx, const Tensor& x, const Tensor& n) {
  return polynomial<Polynomial::kChebyshevT>(ctx, x, n, "chebyshev_polynomial_t_cpu");
}
TAPER_NUMBER_FORMS(chebyshev_polynomial_t)
Tensor chebyshev_polynomial_u(Context& ctx, const Tensor& x, const Tensor& n) {
  return polynomial<Polynomial::kChebyshevU>(ctx, x, n, "chebyshev_polynomial_u_cpu");
}
TAPER_NUMBER_FORMS(chebyshev_polynomial_u)
Tensor chebyshev_polynomial_v(Context& ctx, const Tensor& x, const Tensor& n) {
  return polynomial<Polynomial::kChebyshevV>(ctx, x, n, "chebyshev_polynomial_v_cpu");
}
TAPER_NUMBER_FORMS(chebyshev_polynomial_v)
Tensor chebyshev_polynomial_w(Context& ctx, const Tensor& x, const Tensor& n) {
  return polynomial<Polynomial::kChebyshevW>(ctx, x, n, "chebyshev_polynomial_w_cpu");
}
TAPER_NUMBER_FORMS(chebyshev_polynomial_w)
Tensor shifted_chebyshev_polynomial_t(Context& ctx, const Tensor& x, const Tensor& n) {
  return polynomial<Polynomial::kShiftedT>(ctx, x, n, "shifted_chebyshev_polynomial_t_cpu");
}
TAPER_NUMBER_FORMS(shifted_chebyshev_polynomial_t)
Tensor shifted_chebyshev_polynomial_u(Context& ctx, const Tensor& x, const Tensor& n) {
  return polynomial<Polynomial::kShiftedU>(ctx, x, n, "shifted_chebyshev_polynomial_u_cpu");
}
TAPER_NUMBER_FORMS(shifted_chebyshev_polynomial_u)
Tensor shifted_chebyshev_polynomial_v(Context& ctx, const Tensor& x, const Tensor& n) {
  return polynomial<Polynomial::kShiftedV>(ctx, x, n, "shifted_chebyshev_polynomial_v_cpu");
}
TAPER_NUMBER_FORMS(shifted_chebyshev_polynomial_v)
Tensor shifted_chebyshev_polynomial_w(Context& ctx, const Tensor& x, const Tensor& n) {
  return polynomial<Polynomial::kShiftedW>(ctx, x, n, "shifted_chebyshev_polynomial_w_cpu");
}
TAPER_NUMBER_FORMS(shifted_chebyshev_polynomial_w)
Tensor hermite_polynomial_h(Context& ctx, const Tensor& x, const Tensor& n) { return polynomial<Polynomial::kHermiteH>(ctx, x, n, "hermite_polynomial_h_cpu"); }
TAPER_NUMBER_FORMS(hermite_polynomial_h)
Tensor hermite_polynomial_he(Context& ctx, const Tensor& x, const Tensor& n) {
  return polynomial<Polynomial::kHermiteHe>(ctx, x, n, "hermite_polynomial_he_cpu");
}
TAPER_NUMBER_FORMS(hermite_polynomial_he)
Tensor laguerre_polynomial_l(Context& ctx, const Tensor& x, const Tensor& n) {
  return polynomial<Polynomial::kLaguerre>(ctx, x, n, "laguerre_polynomial_l_cpu");
}
TAPER_NUMBER_FORMS(laguerre_polynomial_l)
Tensor legendre_polynomial_p(Context& ctx, const Tensor& x, const Tensor& n) {
  return polynomial<Polynomial::kLegendre>(ctx, x, n, "legendre_polynomial_p_cpu");
}
TAPER_NUMBER_FORMS(legendre_polynomial_p)

struct Polygamma {
  template <class C>
  static C of(C x, const Params& p) {
    return p.integer[0] == 1 ? trigamma_value(x) : C(polygamma_value(p.integer[0], double(x)));
  }
};
constexpr Kernels kPolygamma = functor_kernels<Polygamma, 1, void, float, double>("polygamma");
Tensor polygamma(Context& ctx, int64_t n, const Tensor& self) {
  check(n >= 0, "polygamma(n, x) does not support negative n.");
  Params p;
  p.integer[0] = n;
  Kernels kernels = kPolygamma;
  if (n == 1) kernels.name = "trigamma";
  return pointwise_float(ctx, kernels, {&self}, p);
}
Tensor polygamma_(Context& ctx, const Tensor& self, int64_t n) { return polygamma(ctx, n, self); }

// The sum of lgamma(x - i / 2) for i below p, and its constant.
struct MultiLgamma {
  template <class C>
  static C of(C x, const Params& p) {
    double count = double(p.integer[0]), sum = count * (count - 1) / 4 * 1.14472988584940017414;
    for (int64_t i = 0; i < p.integer[0]; ++i) sum += lgamma_value(double(x) - double(i) / 2);
    return C(sum);
  }
};
template <class H>
struct RoundedMultiLgamma {
  static float of(float x, const Params& p) {
    double count = double(p.integer[0]);
    float sum = 0;
    for (int64_t i = 0; i < p.integer[0]; ++i) sum += float(H(float(lgamma_value(double(float(H(x - float(i) / 2)))))));
    return float(H(sum)) + float(count * (count - 1) / 4 * 1.14472988584940017414);
  }
};
constexpr Kernels kMultiLgamma = functor_kernels<MultiLgamma, 1, void, float, double>("mvlgamma");
Tensor mvlgamma(Context& ctx, const Tensor& self, int64_t count) {
  check(count >= 1, "p has to be greater than or equal to 1");
  check(count <= 1000000, "mvlgamma: p above 1000000 is not supported, got ", count);
  check(self.dtype() != DType::kBool, "The input tensor may not be a boolean tensor.");
  if (self.is_complex()) fail_dtype("arange_cpu", self.dtype());
  DType result = float_result(ctx, self.dtype());
  if (ctx.dest.defined())
    check(can_cast(result, ctx.dest.dtype()), "mvlgamma: result type ", scalar_type_name(result), " can't be cast to the desired output type ",
          scalar_type_name(ctx.dest.dtype()));
  Params p;
  p.integer[0] = count;
  Tensor dense = contiguous(ctx, self);  // a sum over terms, in PyTorch: laid out row-major
  return pointwise_float(ctx, with_rounding<RoundedMultiLgamma, 1>(kMultiLgamma, self.dtype()), {&dense}, p);
}

std::tuple<Tensor, Tensor> frexp(Context& ctx, const Tensor& self) {
  check(self.is_floating(), "torch.frexp() only supports floating-point dtypes");
  struct Mantissa {
    static double of(double x, const Params&) {
      int exponent;
      return std::frexp(x, &exponent);
    }
  };
  struct Exponent {
    static int64_t of(double x, const Params&) {
      int exponent = 0;
      std::frexp(x, &exponent);
      return std::isfinite(x) ? exponent : 0;
    }
  };
  const Tensor* inputs[] = {&self};
  Tensor mantissa = loop_output(ctx, self.sizes(), self.dtype(), inputs), exponent = loop_output(ctx, self.sizes(), DType::kInt, inputs);
  run_loop(ctx, mantissa, ComputeType::kDouble, inputs, ComputeType::kDouble, &functor_row<Mantissa, double, double, 1>);
  run_loop(ctx, exponent, ComputeType::kInt, inputs, ComputeType::kDouble, &functor_row<Exponent, double, int64_t, 1>);
  return {mantissa, exponent};
}

constexpr OpDef kRows[] = {
    op("aten::special_i0e(Tensor self) -> Tensor", TAPER_OP(i0e), kPure | kUsesDest),
    op_out("aten::special_i0e.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(i0e), kUsesDest),
    op("aten::special_i1(Tensor self) -> Tensor", TAPER_OP(i1), kPure | kUsesDest),
    op_out("aten::special_i1.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(i1), kUsesDest),
    op("aten::special_i1e(Tensor self) -> Tensor", TAPER_OP(i1e), kPure | kUsesDest),
    op_out("aten::special_i1e.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(i1e), kUsesDest),
    op("aten::special_entr(Tensor self) -> Tensor", TAPER_OP(entr), kPure | kUsesDest),
    op_out("aten::special_entr.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(entr), kUsesDest),
    op("aten::special_ndtr(Tensor self) -> Tensor", TAPER_OP(ndtr), kPure | kUsesDest),
    op_out("aten::special_ndtr.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ndtr), kUsesDest),
    op("aten::special_ndtri(Tensor self) -> Tensor", TAPER_OP(ndtri), kPure | kUsesDest),
    op_out("aten::special_ndtri.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ndtri), kUsesDest),
    op("aten::special_log_ndtr(Tensor self) -> Tensor", TAPER_OP(log_ndtr), kPure | kUsesDest),
    op_out("aten::special_log_ndtr.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(log_ndtr), kUsesDest),
    op("aten::special_erfcx(Tensor self) -> Tensor", TAPER_OP(erfcx), kPure | kUsesDest),
    op_out("aten::special_erfcx.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(erfcx), kUsesDest),
    op("aten::special_bessel_j0(Tensor self) -> Tensor", TAPER_OP(bessel_j0), kPure | kUsesDest),
    op_out("aten::special_bessel_j0.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bessel_j0), kUsesDest),
    op("aten::special_bessel_j1(Tensor self) -> Tensor", TAPER_OP(bessel_j1), kPure | kUsesDest),
    op_out("aten::special_bessel_j1.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bessel_j1), kUsesDest),
    op("aten::special_bessel_y0(Tensor self) -> Tensor", TAPER_OP(bessel_y0), kPure | kUsesDest),
    op_out("aten::special_bessel_y0.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bessel_y0), kUsesDest),
    op("aten::special_bessel_y1(Tensor self) -> Tensor", TAPER_OP(bessel_y1), kPure | kUsesDest),
    op_out("aten::special_bessel_y1.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(bessel_y1), kUsesDest),
    op("aten::special_modified_bessel_i0(Tensor self) -> Tensor", TAPER_OP(modified_bessel_i0), kPure | kUsesDest),
    op_out("aten::special_modified_bessel_i0.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(modified_bessel_i0), kUsesDest),
    op("aten::special_modified_bessel_i1(Tensor self) -> Tensor", TAPER_OP(modified_bessel_i1), kPure | kUsesDest),
    op_out("aten::special_modified_bessel_i1.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(modified_bessel_i1), kUsesDest),
    op("aten::special_modified_bessel_k0(Tensor self) -> Tensor", TAPER_OP(modified_bessel_k0), kPure | kUsesDest),
    op_out("aten::special_modified_bessel_k0.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(modified_bessel_k0), kUsesDest),
    op("aten::special_modified_bessel_k1(Tensor self) -> Tensor", TAPER_OP(modified_bessel_k1), kPure | kUsesDest),
    op_out("aten::special_modified_bessel_k1.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(modified_bessel_k1), kUsesDest),
    op("aten::special_scaled_modified_bessel_k0(Tensor x) -> Tensor", TAPER_OP(scaled_modified_bessel_k0), kPure | kUsesDest),
    op_out("aten::special_scaled_modified_bessel_k0.out(Tensor x, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(scaled_modified_bessel_k0), kUsesDest),
    op("aten::special_scaled_modified_bessel_k1(Tensor x) -> Tensor", TAPER_OP(scaled_modified_bessel_k1), kPure | kUsesDest),
    op_out("aten::special_scaled_modified_bessel_k1.out(Tensor x, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(scaled_modified_bessel_k1), kUsesDest),
    op("aten::special_spherical_bessel_j0(Tensor x) -> Tensor", TAPER_OP(spherical_bessel_j0), kPure | kUsesDest),
    op_out("aten::special_spherical_bessel_j0.out(Tensor x, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(spherical_bessel_j0), kUsesDest),
    op("aten::special_airy_ai(Tensor x) -> Tensor", TAPER_OP(airy_ai), kPure | kUsesDest),
    op_out("aten::special_airy_ai.out(Tensor x, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(airy_ai), kUsesDest),
    op("aten::special_xlog1py(Tensor self, Tensor other) -> Tensor", TAPER_OP(xlog1py), kPure | kUsesDest),
    op("aten::special_xlog1py.other_scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(xlog1py_by_number), kPure | kUsesDest),
    op_out("aten::special_xlog1py.other_scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(xlog1py_by_number), kUsesDest),
    op_out("aten::special_xlog1py.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(xlog1py), kUsesDest),
    op("aten::special_xlog1py.self_scalar(Scalar self, Tensor other) -> Tensor", TAPER_OP(xlog1py_of_number), kPure | kUsesDest),
    op_out("aten::special_xlog1py.self_scalar_out(Scalar self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(xlog1py_of_number), kUsesDest),
    op("aten::special_zeta(Tensor self, Tensor other) -> Tensor", TAPER_OP(zeta), kPure | kUsesDest),
    op("aten::special_zeta.other_scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(zeta_by_number), kPure | kUsesDest),
    op_out("aten::special_zeta.other_scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(zeta_by_number), kUsesDest),
    op_out("aten::special_zeta.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(zeta), kUsesDest),
    op("aten::special_zeta.self_scalar(Scalar self, Tensor other) -> Tensor", TAPER_OP(zeta_of_number), kPure | kUsesDest),
    op_out("aten::special_zeta.self_scalar_out(Scalar self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(zeta_of_number), kUsesDest),
    op("aten::igamma(Tensor self, Tensor other) -> Tensor", TAPER_OP(igamma), kPure | kUsesDest),
    op_out("aten::igamma.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(igamma), kUsesDest),
    op_inplace("aten::igamma_(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(igamma), kUsesDest),
    op("aten::special_gammainc(Tensor self, Tensor other) -> Tensor", TAPER_OP(igamma), kPure | kUsesDest),
    op_out("aten::special_gammainc.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(igamma), kUsesDest),
    op("aten::igammac(Tensor self, Tensor other) -> Tensor", TAPER_OP(igammac), kPure | kUsesDest),
    op_out("aten::igammac.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(igammac), kUsesDest),
    op_inplace("aten::igammac_(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(igammac), kUsesDest),
    op("aten::special_gammaincc(Tensor self, Tensor other) -> Tensor", TAPER_OP(igammac), kPure | kUsesDest),
    op_out("aten::special_gammaincc.out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(igammac), kUsesDest),
    op("aten::special_chebyshev_polynomial_t(Tensor x, Tensor n) -> Tensor", TAPER_OP(chebyshev_polynomial_t), kPure | kUsesDest),
    op("aten::special_chebyshev_polynomial_t.n_scalar(Tensor x, Scalar n) -> Tensor", TAPER_OP(chebyshev_polynomial_t_by_number), kPure | kUsesDest),
    op_out("aten::special_chebyshev_polynomial_t.n_scalar_out(Tensor x, Scalar n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(chebyshev_polynomial_t_by_number),
           kUsesDest),
    op_out("aten::special_chebyshev_polynomial_t.out(Tensor x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(chebyshev_polynomial_t), kUsesDest),
    op("aten::special_chebyshev_polynomial_t.x_scalar(Scalar x, Tensor n) -> Tensor", TAPER_OP(chebyshev_polynomial_t_of_number), kPure | kUsesDest),
    op_out("aten::special_chebyshev_polynomial_t.x_scalar_out(Scalar x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(chebyshev_polynomial_t_of_number),
           kUsesDest),
    op("aten::special_chebyshev_polynomial_u(Tensor x, Tensor n) -> Tensor", TAPER_OP(chebyshev_polynomial_u), kPure | kUsesDest),
    op("aten::special_chebyshev_polynomial_u.n_scalar(Tensor x, Scalar n) -> Tensor", TAPER_OP(chebyshev_polynomial_u_by_number), kPure | kUsesDest),
    op_out("aten::special_chebyshev_polynomial_u.n_scalar_out(Tensor x, Scalar n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(chebyshev_polynomial_u_by_number),
           kUsesDest),
    op_out("aten::special_chebyshev_polynomial_u.out(Tensor x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(chebyshev_polynomial_u), kUsesDest),
    op("aten::special_chebyshev_polynomial_u.x_scalar(Scalar x, Tensor n) -> Tensor", TAPER_OP(chebyshev_polynomial_u_of_number), kPure | kUsesDest),
    op_out("aten::special_chebyshev_polynomial_u.x_scalar_out(Scalar x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(chebyshev_polynomial_u_of_number),
           kUsesDest),
    op("aten::special_chebyshev_polynomial_v(Tensor x, Tensor n) -> Tensor", TAPER_OP(chebyshev_polynomial_v), kPure | kUsesDest),
    op("aten::special_chebyshev_polynomial_v.n_scalar(Tensor x, Scalar n) -> Tensor", TAPER_OP(chebyshev_polynomial_v_by_number), kPure | kUsesDest),
    op_out("aten::special_chebyshev_polynomial_v.n_scalar_out(Tensor x, Scalar n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(chebyshev_polynomial_v_by_number),
           kUsesDest),
    op_out("aten::special_chebyshev_polynomial_v.out(Tensor x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(chebyshev_polynomial_v), kUsesDest),
    op("aten::special_chebyshev_polynomial_v.x_scalar(Scalar x, Tensor n) -> Tensor", TAPER_OP(chebyshev_polynomial_v_of_number), kPure | kUsesDest),
    op_out("aten::special_chebyshev_polynomial_v.x_scalar_out(Scalar x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(chebyshev_polynomial_v_of_number),
           kUsesDest),
    op("aten::special_chebyshev_polynomial_w(Tensor x, Tensor n) -> Tensor", TAPER_OP(chebyshev_polynomial_w), kPure | kUsesDest),
    op("aten::special_chebyshev_polynomial_w.n_scalar(Tensor x, Scalar n) -> Tensor", TAPER_OP(chebyshev_polynomial_w_by_number), kPure | kUsesDest),
    op_out("aten::special_chebyshev_polynomial_w.n_scalar_out(Tensor x, Scalar n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(chebyshev_polynomial_w_by_number),
           kUsesDest),
    op_out("aten::special_chebyshev_polynomial_w.out(Tensor x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(chebyshev_polynomial_w), kUsesDest),
    op("aten::special_chebyshev_polynomial_w.x_scalar(Scalar x, Tensor n) -> Tensor", TAPER_OP(chebyshev_polynomial_w_of_number), kPure | kUsesDest),
    op_out("aten::special_chebyshev_polynomial_w.x_scalar_out(Scalar x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(chebyshev_polynomial_w_of_number),
           kUsesDest),
    op("aten::special_shifted_chebyshev_polynomial_t(Tensor x, Tensor n) -> Tensor", TAPER_OP(shifted_chebyshev_polynomial_t), kPure | kUsesDest),
    op("aten::special_shifted_chebyshev_polynomial_t.n_scalar(Tensor x, Scalar n) -> Tensor", TAPER_OP(shifted_chebyshev_polynomial_t_by_number),
       kPure | kUsesDest),
    op_out("aten::special_shifted_chebyshev_polynomial_t.n_scalar_out(Tensor x, Scalar n, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(shifted_chebyshev_polynomial_t_by_number), kUsesDest),
    op_out("aten::special_shifted_chebyshev_polynomial_t.out(Tensor x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(shifted_chebyshev_polynomial_t),
           kUsesDest),
    op("aten::special_shifted_chebyshev_polynomial_t.x_scalar(Scalar x, Tensor n) -> Tensor", TAPER_OP(shifted_chebyshev_polynomial_t_of_number),
       kPure | kUsesDest),
    op_out("aten::special_shifted_chebyshev_polynomial_t.x_scalar_out(Scalar x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(shifted_chebyshev_polynomial_t_of_number), kUsesDest),
    op("aten::special_shifted_chebyshev_polynomial_u(Tensor x, Tensor n) -> Tensor", TAPER_OP(shifted_chebyshev_polynomial_u), kPure | kUsesDest),
    op("aten::special_shifted_chebyshev_polynomial_u.n_scalar(Tensor x, Scalar n) -> Tensor", TAPER_OP(shifted_chebyshev_polynomial_u_by_number),
       kPure | kUsesDest),
    op_out("aten::special_shifted_chebyshev_polynomial_u.n_scalar_out(Tensor x, Scalar n, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(shifted_chebyshev_polynomial_u_by_number), kUsesDest),
    op_out("aten::special_shifted_chebyshev_polynomial_u.out(Tensor x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(shifted_chebyshev_polynomial_u),
           kUsesDest),
    op("aten::special_shifted_chebyshev_polynomial_u.x_scalar(Scalar x, Tensor n) -> Tensor", TAPER_OP(shifted_chebyshev_polynomial_u_of_number),
       kPure | kUsesDest),
    op_out("aten::special_shifted_chebyshev_polynomial_u.x_scalar_out(Scalar x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(shifted_chebyshev_polynomial_u_of_number), kUsesDest),
    op("aten::special_shifted_chebyshev_polynomial_v(Tensor x, Tensor n) -> Tensor", TAPER_OP(shifted_chebyshev_polynomial_v), kPure | kUsesDest),
    op("aten::special_shifted_chebyshev_polynomial_v.n_scalar(Tensor x, Scalar n) -> Tensor", TAPER_OP(shifted_chebyshev_polynomial_v_by_number),
       kPure | kUsesDest),
    op_out("aten::special_shifted_chebyshev_polynomial_v.n_scalar_out(Tensor x, Scalar n, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(shifted_chebyshev_polynomial_v_by_number), kUsesDest),
    op_out("aten::special_shifted_chebyshev_polynomial_v.out(Tensor x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(shifted_chebyshev_polynomial_v),
           kUsesDest),
    op("aten::special_shifted_chebyshev_polynomial_v.x_scalar(Scalar x, Tensor n) -> Tensor", TAPER_OP(shifted_chebyshev_polynomial_v_of_number),
       kPure | kUsesDest),
    op_out("aten::special_shifted_chebyshev_polynomial_v.x_scalar_out(Scalar x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(shifted_chebyshev_polynomial_v_of_number), kUsesDest),
    op("aten::special_shifted_chebyshev_polynomial_w(Tensor x, Tensor n) -> Tensor", TAPER_OP(shifted_chebyshev_polynomial_w), kPure | kUsesDest),
    op("aten::special_shifted_chebyshev_polynomial_w.n_scalar(Tensor x, Scalar n) -> Tensor", TAPER_OP(shifted_chebyshev_polynomial_w_by_number),
       kPure | kUsesDest),
    op_out("aten::special_shifted_chebyshev_polynomial_w.n_scalar_out(Tensor x, Scalar n, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(shifted_chebyshev_polynomial_w_by_number), kUsesDest),
    op_out("aten::special_shifted_chebyshev_polynomial_w.out(Tensor x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(shifted_chebyshev_polynomial_w),
           kUsesDest),
    op("aten::special_shifted_chebyshev_polynomial_w.x_scalar(Scalar x, Tensor n) -> Tensor", TAPER_OP(shifted_chebyshev_polynomial_w_of_number),
       kPure | kUsesDest),
    op_out("aten::special_shifted_chebyshev_polynomial_w.x_scalar_out(Scalar x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(shifted_chebyshev_polynomial_w_of_number), kUsesDest),
    op("aten::special_hermite_polynomial_h(Tensor x, Tensor n) -> Tensor", TAPER_OP(hermite_polynomial_h), kPure | kUsesDest),
    op("aten::special_hermite_polynomial_h.n_scalar(Tensor x, Scalar n) -> Tensor", TAPER_OP(hermite_polynomial_h_by_number), kPure | kUsesDest),
    op_out("aten::special_hermite_polynomial_h.n_scalar_out(Tensor x, Scalar n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(hermite_polynomial_h_by_number),
           kUsesDest),
    op_out("aten::special_hermite_polynomial_h.out(Tensor x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(hermite_polynomial_h), kUsesDest),
    op("aten::special_hermite_polynomial_h.x_scalar(Scalar x, Tensor n) -> Tensor", TAPER_OP(hermite_polynomial_h_of_number), kPure | kUsesDest),
    op_out("aten::special_hermite_polynomial_h.x_scalar_out(Scalar x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(hermite_polynomial_h_of_number),
           kUsesDest),
    op("aten::special_hermite_polynomial_he(Tensor x, Tensor n) -> Tensor", TAPER_OP(hermite_polynomial_he), kPure | kUsesDest),
    op("aten::special_hermite_polynomial_he.n_scalar(Tensor x, Scalar n) -> Tensor", TAPER_OP(hermite_polynomial_he_by_number), kPure | kUsesDest),
    op_out("aten::special_hermite_polynomial_he.n_scalar_out(Tensor x, Scalar n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(hermite_polynomial_he_by_number),
           kUsesDest),
    op_out("aten::special_hermite_polynomial_he.out(Tensor x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(hermite_polynomial_he), kUsesDest),
    op("aten::special_hermite_polynomial_he.x_scalar(Scalar x, Tensor n) -> Tensor", TAPER_OP(hermite_polynomial_he_of_number), kPure | kUsesDest),
    op_out("aten::special_hermite_polynomial_he.x_scalar_out(Scalar x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(hermite_polynomial_he_of_number),
           kUsesDest),
    op("aten::special_laguerre_polynomial_l(Tensor x, Tensor n) -> Tensor", TAPER_OP(laguerre_polynomial_l), kPure | kUsesDest),
    op("aten::special_laguerre_polynomial_l.n_scalar(Tensor x, Scalar n) -> Tensor", TAPER_OP(laguerre_polynomial_l_by_number), kPure | kUsesDest),
    op_out("aten::special_laguerre_polynomial_l.n_scalar_out(Tensor x, Scalar n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(laguerre_polynomial_l_by_number),
           kUsesDest),
    op_out("aten::special_laguerre_polynomial_l.out(Tensor x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(laguerre_polynomial_l), kUsesDest),
    op("aten::special_laguerre_polynomial_l.x_scalar(Scalar x, Tensor n) -> Tensor", TAPER_OP(laguerre_polynomial_l_of_number), kPure | kUsesDest),
    op_out("aten::special_laguerre_polynomial_l.x_scalar_out(Scalar x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(laguerre_polynomial_l_of_number),
           kUsesDest),
    op("aten::special_legendre_polynomial_p(Tensor x, Tensor n) -> Tensor", TAPER_OP(legendre_polynomial_p), kPure | kUsesDest),
    op("aten::special_legendre_polynomial_p.n_scalar(Tensor x, Scalar n) -> Tensor", TAPER_OP(legendre_polynomial_p_by_number), kPure | kUsesDest),
    op_out("aten::special_legendre_polynomial_p.n_scalar_out(Tensor x, Scalar n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(legendre_polynomial_p_by_number),
           kUsesDest),
    op_out("aten::special_legendre_polynomial_p.out(Tensor x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(legendre_polynomial_p), kUsesDest),
    op("aten::special_legendre_polynomial_p.x_scalar(Scalar x, Tensor n) -> Tensor", TAPER_OP(legendre_polynomial_p_of_number), kPure | kUsesDest),
    op_out("aten::special_legendre_polynomial_p.x_scalar_out(Scalar x, Tensor n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(legendre_polynomial_p_of_number),
           kUsesDest),
    op("aten::polygamma(int n, Tensor self) -> Tensor", TAPER_OP(polygamma), kPure | kUsesDest),
    op_out("aten::polygamma.out(int n, Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(polygamma), kUsesDest),
    op("aten::special_polygamma(int n, Tensor self) -> Tensor", TAPER_OP(polygamma), kPure | kUsesDest),
    op_out("aten::special_polygamma.out(int n, Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(polygamma), kUsesDest),
    op_inplace("aten::polygamma_(Tensor(a!) self, int n) -> Tensor(a!)", TAPER_OP(polygamma_), kUsesDest),
    op("aten::mvlgamma(Tensor self, int p) -> Tensor", TAPER_OP(mvlgamma), kPure | kUsesDest),
    op_out("aten::mvlgamma.out(Tensor self, int p, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(mvlgamma), kUsesDest),
    op_inplace("aten::mvlgamma_(Tensor(a!) self, int p) -> Tensor(a!)", TAPER_OP(mvlgamma), kUsesDest),
    op("aten::special_multigammaln(Tensor self, int p) -> Tensor", TAPER_OP(mvlgamma), kPure | kUsesDest),
    op_out("aten::special_multigammaln.out(Tensor self, int p, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(mvlgamma), kUsesDest),
    op("aten::frexp.Tensor(Tensor self) -> (Tensor mantissa, Tensor exponent)", TAPER_OP(frexp), kPure),
    op_out<2>("aten::frexp.Tensor_out(Tensor self, *, Tensor(a!) mantissa, Tensor(b!) exponent) -> (Tensor(a!) mantissa, Tensor(b!) exponent)",
              TAPER_OP(frexp)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> special_rows() { return aten::kRows; }
}  // namespace taper::impl
