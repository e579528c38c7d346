// Special functions that the C++ library lacks or that are not reentrant there.
#pragma once

namespace taper::impl {

double lgamma_value(double x);
double digamma_value(double x);   // NaN at the poles except 0: -inf (sign of zero)
double erfinv_value(double x);    // +-inf at +-1, NaN outside
double bessel_i0(double x);

}  // namespace taper::impl
