// Special functions that the C++ library lacks or that are not reentrant there, in double. What they answer at poles,
// infinities and outside their domains is what PyTorch answers.
#pragma once

#include <complex>
#include <cstdint>

namespace taper::impl {

double lgamma_value(double x);
double digamma_value(double x);  // NaN at the poles except 0: -inf (sign of zero)
float trigamma_value(float x);
double trigamma_value(double x);
double polygamma_value(int64_t n, double x);
double zeta_value(double x, double q);   // Hurwitz
double gamma_lower(double a, double x);  // regularized incomplete gamma functions
double gamma_upper(double a, double x);

double erfinv_value(double x);  // +-inf at +-1, NaN outside
double erfcx_value(double x);   // exp(x^2) erfc(x)
double ndtri_value(double p);
double log_ndtr_value(double x);
double entr_value(double x);

double bessel_i0(double x);
double bessel_i1(double x);
double bessel_i0e(double x);  // exp(-|x|) times the above
double bessel_i1e(double x);
double modified_bessel_k(int order, double x, bool scaled);  // order 0 or 1; scaled by exp(x)
double bessel_j(int order, double x);
double bessel_y(int order, double x);
double spherical_j0_value(double x);
double airy_value(double x);

// Orthogonal polynomials of degree n at x; a negative degree gives 0.
enum class Polynomial {
  kChebyshevT,
  kChebyshevU,
  kChebyshevV,
  kChebyshevW,
  kShiftedT,
  kShiftedU,
  kShiftedV,
  kShiftedW,
  kHermiteH,
  kHermiteHe,
  kLaguerre,
  kLegendre
};
float polynomial_value(Polynomial kind, float x, int64_t n);
double polynomial_value(Polynomial kind, double x, int64_t n);

std::complex<double> complex_log1p(std::complex<double> x);
std::complex<double> complex_logaddexp(std::complex<double> a, std::complex<double> b);

}  // namespace taper::impl
