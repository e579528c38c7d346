#include "ops/kernels/special_functions.h"

#include <cmath>

#include "core/error.h"

namespace taper::impl {

double lgamma_value(double x) {
  int sign;
  return ::lgamma_r(x, &sign);
}

// Recurrence up to x >= 10, then the asymptotic series; reflection below zero.
double digamma_value(double x) {
  constexpr double kPi = 3.14159265358979323846;
  if (x == 0) return std::copysign(INFINITY, -x);
  if (x < 0) {
    double whole;
    double fraction = std::modf(x, &whole);
    if (fraction == 0) return NAN;
    return digamma_value(1 - x) - kPi / std::tan(kPi * fraction);
  }
  double result = 0;
  while (x < 10) {
    result -= 1 / x;
    x += 1;
  }
  if (x < 1e17) {
    double z = 1 / (x * x);
    // Bernoulli numbers B_2k / 2k.
    double series = z * (1.0 / 12 - z * (1.0 / 120 - z * (1.0 / 252 - z * (1.0 / 240 - z * (1.0 / 132 - z * (691.0 / 32760 - z / 12))))));
    return result + std::log(x) - 0.5 / x - series;
  }
  return result + std::log(x);
}

// A start from Winitzki's approximation, then Newton steps on erf to full precision.
double erfinv_value(double x) {
  if (!(x >= -1 && x <= 1)) return NAN;
  if (x == 1 || x == -1) return std::copysign(INFINITY, x);
  if (x == 0) return x;
  constexpr double kA = 0.147, kTwoOverSqrtPi = 1.1283791670955126;
  double l = std::log1p(-x * x);
  double t = 2 / (3.14159265358979323846 * kA) + l / 2;
  double y = std::copysign(std::sqrt(std::sqrt(t * t - l / kA) - t), x);
  for (int i = 0; i < 4; ++i) {
    double error = std::fabs(y) < 3 ? std::erf(y) - x : std::copysign(1 - std::fabs(x) - std::erfc(std::fabs(y)), y);
    double slope = kTwoOverSqrtPi * std::exp(-y * y);
    if (slope == 0) break;
    double step = error / slope;
    y -= step / (1 + y * step);  // Halley
  }
  return y;
}

// exp(x^2) erfc(x): the product while both factors are numbers, then Lentz' continued fraction.
double erfcx_value(double x) {
  if (x < 6) return std::exp(x * x) * std::erfc(x);
  if (std::isinf(x)) return 0;
  double f = x, c = x, d = 0;
  for (int k = 1; k < 200; ++k) {
    double a = k * 0.5;
    d = 1 / (x + a * d);
    c = x + a / c;
    double step = c * d;
    f *= step;
    if (std::fabs(step - 1) < 1e-16) break;
  }
  return 0.56418958354775628695 / f;
}

double log_ndtr_value(double x) {
  constexpr double kRootHalf = 0.70710678118654752440;
  if (x < -1) return std::log(erfcx_value(-x * kRootHalf) / 2) - x * x / 2;
  return std::log1p(-std::erfc(x * kRootHalf) / 2);
}

// A start from the tail's logarithm or the middle's slope, then Halley steps on the distribution function.
double ndtri_value(double p) {
  if (p == 0) return -INFINITY;
  if (p == 1) return INFINITY;
  if (!(p > 0 && p < 1)) return NAN;
  double tail = p < 0.5 ? p : 1 - p;
  double x;
  if (tail > 0.1) {
    x = erfinv_value(2 * p - 1) * 1.41421356237309504880;
    return x;
  }
  double t = std::sqrt(-2 * std::log(tail));
  x = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
  for (int i = 0; i < 4; ++i) {
    // In units of the density, where neither underflows.
    double mills = 0.5 * erfcx_value(-x * 0.70710678118654752440) * 2.50662827463100050242;  // distribution / density at x
    double wanted = std::exp(std::log(tail) + x * x / 2) * 2.50662827463100050242;
    double step = mills - wanted;
    x -= step / (1 + x * step / 2);
  }
  return p < 0.5 ? x : -x;
}

double entr_value(double x) { return x != x ? x : x > 0 ? -x * std::log(x) : x == 0 ? 0 : -INFINITY; }

// Euler and Maclaurin: the first terms, then the integral and its corrections.
double zeta_value(double x, double q) {
  if (x == 1) return INFINITY;
  if (x < 1) return NAN;
  if (q <= 0) {
    if (q == std::floor(q)) return INFINITY;
    if (x != std::floor(x)) return NAN;
  }
  if (x != x || q != q || std::isinf(q)) return NAN;
  if (std::isinf(x)) return q == 1 ? 1 : q > 1 ? NAN : INFINITY;
  double sum = std::pow(q, -x), a = q, term = sum;
  if (sum == 0 && q > 1 && std::isinf(std::pow(x, 23))) return NAN;  // the expansion's factors overflow: 0 * inf
  for (int i = 0; i < 9 || a <= 9; ++i) {
    a += 1;
    term = std::pow(a, -x);
    sum += term;
    if (std::fabs(term) < 1e-17 * std::fabs(sum)) return sum;
  }
  double w = a;
  sum += term * w / (x - 1) - term / 2;
  // B_2k / (2k)!
  constexpr double kCoefficients[] = {1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600, 1.0 / 47900160, -691.0 / 1307674368000.0, 1.0 / 74724249600.0};
  double factor = x * term / w;
  for (int k = 0; k < 7; ++k) {
    double part = factor * kCoefficients[k];
    sum += part;
    if (std::fabs(part) < 1e-17 * std::fabs(sum)) break;
    factor *= (x + 2 * k + 1) * (x + 2 * k + 2) / (w * w);
  }
  return sum;
}

namespace {

// The reflection's sine is taken in the element's type, as its rounding shows at the poles.
template <class C>
C trigamma_in(C x) {
  if (x != x || x == -INFINITY) return NAN;
  if (x >= C(0.5)) return std::isinf(x) ? 0 : C(zeta_value(2, double(x)));
  constexpr C kPi = C(3.14159265358979323846);
  C sine = std::sin(kPi * x);
  return kPi * kPi / (sine * sine) - trigamma_in<C>(1 - x);
}

}  // namespace

float trigamma_value(float x) { return trigamma_in<float>(x); }
double trigamma_value(double x) { return trigamma_in<double>(x); }

double polygamma_value(int64_t n, double x) {
  if (n == 0) return digamma_value(x);
  if (n == 1) return trigamma_value(x);
  double magnitude = std::exp(lgamma_value(double(n) + 1)) * zeta_value(double(n) + 1, x);
  return n % 2 ? magnitude : -magnitude;
}

namespace {

// x^a e^-x / Gamma(a + 1)
double gamma_density(double a, double x) { return std::exp(a * std::log(x) - x - lgamma_value(a + 1)); }

double lower_series(double a, double x) {
  double term = 1, sum = 1;
  for (int k = 1; k < 10000; ++k) {
    term *= x / (a + k);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return gamma_density(a, x) * sum;
}

double upper_fraction(double a, double x) {
  constexpr double kTiny = 1e-300;
  double b = x + 1 - a, c = 1 / kTiny, d = 1 / b, f = d;
  for (int k = 1; k < 10000; ++k) {
    double an = -k * (k - a);
    b += 2;
    d = an * d + b;
    if (std::fabs(d) < kTiny) d = kTiny;
    c = b + an / c;
    if (std::fabs(c) < kTiny) c = kTiny;
    d = 1 / d;
    double step = d * c;
    f *= step;
    if (std::fabs(step - 1) < 1e-16) break;
  }
  return gamma_density(a, x) * a * f;
}

}  // namespace

double gamma_lower(double a, double x) {
  if (a < 0 || x < 0) return NAN;
  if (a == 0) return x > 0 ? 1 : NAN;
  if (x == 0) return 0;
  if (std::isinf(a)) return std::isinf(x) ? NAN : 0;
  if (std::isinf(x)) return 1;
  if (a != a || x != x) return NAN;
  return x < a + 1 ? lower_series(a, x) : 1 - upper_fraction(a, x);
}

double gamma_upper(double a, double x) {
  if (a < 0 || x < 0) return NAN;
  if (a == 0) return x > 0 ? 0 : NAN;
  if (x == 0) return 1;
  if (std::isinf(a)) return std::isinf(x) ? NAN : 1;
  if (std::isinf(x)) return 0;
  if (a != a || x != x) return NAN;
  return x < a + 1 ? 1 - lower_series(a, x) : upper_fraction(a, x);
}

// Modified functions of the first kind of order 0 or 1 times exp(-|x|): the power series, the asymptotic one beyond.
namespace {

double scaled_i(int order, double x) {
  double a = std::fabs(x);
  if (std::isinf(a)) return 0;
  double result;
  if (a < 20) {
    double q = a * a / 4, term = order ? a / 2 : 1, sum = term;
    for (int k = 1; k < 200 && term > sum * 1e-17; ++k) {
      term *= q / (double(k) * (k + order));
      sum += term;
    }
    result = sum * std::exp(-a);
  } else {
    double term = 1, sum = 1, mu = 4.0 * order * order;
    for (int k = 1; k < 30; ++k) {
      double odd = 2.0 * k - 1, next = term * -(mu - odd * odd) / (8 * a * k);
      if (std::fabs(next) > std::fabs(term)) break;
      term = next;
      sum += term;
    }
    result = sum / std::sqrt(2 * 3.14159265358979323846 * a);
  }
  return order && x < 0 ? -result : result;
}

}  // namespace

double bessel_i0e(double x) { return scaled_i(0, x); }
double bessel_i1e(double x) { return x == 0 ? x : scaled_i(1, x); }
double bessel_i0(double x) { return scaled_i(0, x) * std::exp(std::fabs(x)); }
double bessel_i1(double x) { return bessel_i1e(x) * std::exp(std::fabs(x)); }

namespace {

// exp(x) K_order(x) as the integral of exp(-x (cosh t - 1)) cosh(order t): the trapezoidal rule converges at once.
// Far out the asymptotic series does.
double scaled_k(double order, double x) {
  if (x > 30) {
    double term = 1, sum = 1, mu = 4 * order * order;
    for (int k = 1; k < 30; ++k) {
      double odd = 2.0 * k - 1, next = term * (mu - odd * odd) / (8 * x * k);
      if (std::fabs(next) > std::fabs(term)) break;
      term = next;
      sum += term;
    }
    return sum * std::sqrt(1.57079632679489661923 / x);
  }
  constexpr double kStep = 1.0 / 16;
  double sum = 0.5;
  for (int i = 1; i < 2000; ++i) {
    double t = i * kStep, half = std::sinh(t / 2), term = std::exp(-2 * x * half * half) * std::cosh(order * t);
    sum += term;
    if (term < sum * 1e-18) break;
  }
  return sum * kStep;
}

}  // namespace

double modified_bessel_k(int order, double x, bool scaled) {
  if (x == 0) return INFINITY;
  if (!(x > 0)) return NAN;
  if (std::isinf(x)) return 0;
  if (x > 2) return scaled ? scaled_k(order, x) : scaled_k(order, x) * std::exp(-x);
  // The power series with the logarithm.
  double q = x * x / 4, logarithm = std::log(x / 2) + 0.57721566490153286061;
  double value;
  if (order == 0) {
    double term = 1, harmonic = 0, sum = -logarithm;
    for (int k = 1; k < 40; ++k) {
      term *= q / (double(k) * k);
      harmonic += 1.0 / k;
      sum += term * (harmonic - logarithm);
    }
    value = sum;
  } else {
    double term = x / 2, harmonic = 0, sum = 0;
    for (int k = 0; k < 40; ++k) {
      sum += term * (logarithm - harmonic - 0.5 / (k + 1));
      harmonic += 1.0 / (k + 1);
      term *= q / ((k + 1.0) * (k + 2));
    }
    value = 1 / x + sum;
  }
  return scaled ? value * std::exp(x) : value;
}

double bessel_j(int order, double x) {
  if (std::isinf(x)) return NAN;
  return order ? ::j1(x) : ::j0(x);
}

double bessel_y(int order, double x) {
  if (x == 0) return -INFINITY;
  if (!(x > 0) || std::isinf(x)) return NAN;
  return order ? ::y1(x) : ::y0(x);
}

double spherical_j0_value(double x) {
  if (std::isinf(x)) return 0;
  if (std::fabs(x) >= 0.5) return std::sin(x) / x;
  double z = x * x;
  return 1 - z / 6 * (1 - z / 20 * (1 - z / 42 * (1 - z / 72 * (1 - z / 110 * (1 - z / 156)))));
}

// Right of 2 by the modified function of order 1/3, left of -8 by the asymptotic series, between by the power series.
double airy_value(double x) {
  constexpr double kPi = 3.14159265358979323846;
  if (std::isinf(x) || x != x) return NAN;
  if (x > 103.892) return 0;
  double a = std::fabs(x), zeta = 2 * a * std::sqrt(a) / 3;
  if (x > 2) return std::sqrt(x / 3) / kPi * scaled_k(1.0 / 3, zeta) * std::exp(-zeta);
  if (x < -8) {
    double even = 0, odd = 0, term = 1;
    for (int k = 0; k < 24; ++k) {
      double sign = (k / 2) % 2 ? -1 : 1;
      (k % 2 ? odd : even) += sign * term;
      double next = term * ((6.0 * k + 5) * (6.0 * k + 1)) / (72.0 * (k + 1) * zeta);
      if (next > term) break;
      term = next;
    }
    return (std::sin(zeta + kPi / 4) * even - std::cos(zeta + kPi / 4) * odd) / (std::sqrt(kPi) * std::sqrt(std::sqrt(a)));
  }
  double cube = x * x * x, f = 1, g = x, f_sum = 1, g_sum = x;
  for (int k = 1; k < 80; ++k) {
    f *= cube / ((3.0 * k - 1) * (3.0 * k));
    g *= cube / ((3.0 * k) * (3.0 * k + 1));
    f_sum += f;
    g_sum += g;
  }
  return 0.35502805388781723926 * f_sum - 0.25881940379280679841 * g_sum;
}

namespace {

constexpr int64_t kMostSteps = 10000000;  // of a recurrence, for one element

// p_0 = 1, p_1 = first, p_k+1 = twice * p_k - p_k-1.
template <class C>
C chebyshev(C twice, C first, int64_t n) {
  if (n == 0) return 1;
  C before = 1, now = first;
  for (int64_t k = 2; k <= n && now == now; ++k) {
    check(k <= kMostSteps, "polynomials of degree ", n, " are not supported here");
    C next = std::fma(twice, now, -before);  // as PyTorch's compiler fuses it, here and below
    before = now;
    now = next;
  }
  return now;
}

// The Chebyshev family at y; left and right: at -1 and 1, where closed forms hold.
template <class C>
C chebyshev_kind(int kind, C y, int64_t n, bool left, bool right) {
  C odd_count = C(n) + C(n) + 1, count = C(n) + 1;
  C sign = n % 2 ? C(-1) : C(1);
  if (right) return kind == 0 || kind == 2 ? C(1) : kind == 1 ? count : odd_count;
  if (left) return kind == 0 || kind == 3 ? sign : kind == 1 ? sign * count : sign * odd_count;
  if (n > (kind == 0 ? 6 : 8) && std::fabs(y) < 1) {
    C angle = std::acos(y);
    switch (kind) {
      case 0: return std::cos(C(n) * angle);
      case 1: return std::sin(count * angle) / std::sin(angle);
      case 2: return std::cos((C(n) + C(0.5)) * angle) / std::cos(angle / 2);
      default: return std::sin((C(n) + C(0.5)) * angle) / std::sin(angle / 2);
    }
  }
  C first = kind == 0 ? y : kind == 1 ? y + y : kind == 2 ? y + y - 1 : y + y + 1;
  return chebyshev<C>(y + y, first, n);
}

template <class C>
C polynomial_in(Polynomial kind, C x, int64_t n) {
  if (n < 0) return 0;
  int index = int(kind);
  if (index < 4) return chebyshev_kind<C>(index, x, n, x == -1, x == 1);
  if (index < 8) return chebyshev_kind<C>(index - 4, x + x - 1, n, x == 0, x == 1);
  if (n == 0) return 1;
  bool hermite = kind == Polynomial::kHermiteH || kind == Polynomial::kHermiteHe;
  if (hermite && n > (sizeof(C) == 4 ? 128 : 512)) return C(NAN);
  if (kind == Polynomial::kLaguerre && x == 0) return 1;
  if (kind == Polynomial::kLegendre && std::fabs(x) == 1) return x > 0 || n % 2 == 0 ? C(1) : C(-1);
  C before = 1, now = kind == Polynomial::kHermiteH ? x + x : kind == Polynomial::kLaguerre ? 1 - x : x;
  for (int64_t k = 1; k < n && now == now; ++k) {
    check(k <= kMostSteps, "polynomials of degree ", n, " are not supported here");
    C next, m = C(k);
    switch (kind) {
      case Polynomial::kHermiteH: next = std::fma(x + x, now, -((m + m) * before)); break;
      case Polynomial::kHermiteHe: next = std::fma(x, now, -(m * before)); break;
      case Polynomial::kLaguerre: next = std::fma((m + m) + (1 - x), now, -(m * before)) / (m + 1); break;
      default: next = std::fma((m + m + 1) * x, now, -(m * before)) / (m + 1); break;
    }
    before = now;
    now = next;
  }
  return now;
}

}  // namespace

float polynomial_value(Polynomial kind, float x, int64_t n) { return polynomial_in<float>(kind, x, n); }
double polynomial_value(Polynomial kind, double x, int64_t n) { return polynomial_in<double>(kind, x, n); }

// Near zero the modulus of 1 + x is close to 1 and its logarithm cancels.
std::complex<double> complex_log1p(std::complex<double> z) {
  double x = z.real(), y = z.imag(), angle = std::atan2(y, x + 1);
  if (std::abs(z) < 0.5) {
    double r = x * (2 + x) + y * y;
    return {r == 0 ? x : 0.5 * std::log1p(r), angle};
  }
  return {std::log(std::hypot(x + 1, y)), angle};
}

// Ordered by the real parts; NaN anywhere is NaN.
std::complex<double> complex_logaddexp(std::complex<double> a, std::complex<double> b) {
  if (a.real() != a.real() || a.imag() != a.imag() || b.real() != b.real() || b.imag() != b.imag()) return {NAN, NAN};
  std::complex<double> low = a.real() < b.real() ? a : b, high = a.real() < b.real() ? b : a;
  if (!std::isfinite(low.real()) && low.real() == high.real()) return low.real() < 0 ? low : std::log(std::exp(low) + std::exp(high));
  return complex_log1p(std::exp(low - high)) + high;
}

}  // namespace taper::impl
