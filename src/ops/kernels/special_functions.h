// Special functions that the C++ library lacks or that are not reentrant there.
#pragma once

#include <complex>

namespace taper::impl {

double lgamma_value(double x);
double digamma_value(double x);   // NaN at the poles except 0: -inf (sign of zero)
double erfinv_value(double x);    // +-inf at +-1, NaN outside
double bessel_i0(double x);
std::complex<double> complex_log1p(std::complex<double> x);
std::complex<double> complex_logaddexp(std::complex<double> a, std::complex<double> b);

}  // namespace taper::impl
