#include "ops/aten/conv_compute.inc"

namespace taper::impl::aten {

TAPER_CONVOLVE(ComplexFloat)
TAPER_CONVOLVE(ComplexDouble)
TAPER_CONVOLVE(int64_t)

}  // namespace taper::impl::aten
