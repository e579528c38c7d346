#include "ops/kernels/special_functions.h"

#include <cmath>

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

// Power series for small arguments, the asymptotic one beyond.
double bessel_i0(double x) {
  double a = std::fabs(x);
  if (a < 20) {
    double term = 1, sum = 1, q = a * a / 4;
    for (int k = 1; k < 200 && term > sum * 1e-17; ++k) {
      term *= q / (double(k) * k);
      sum += term;
    }
    return sum;
  }
  double term = 1, sum = 1;
  for (int k = 1; k < 30; ++k) {
    double odd = 2.0 * k - 1;
    double next = term * odd * odd / (8 * a * k);
    if (next > term) break;
    term = next;
    sum += term;
  }
  return std::exp(a) / std::sqrt(2 * 3.14159265358979323846 * a) * sum;
}

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
  if (!std::isfinite(low.real()) && low.real() == high.real())
    return low.real() < 0 ? low : std::log(std::exp(low) + std::exp(high));
  return complex_log1p(std::exp(low - high)) + high;
}

}  // namespace taper::impl
