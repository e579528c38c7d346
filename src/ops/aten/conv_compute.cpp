#include "ops/aten/conv_compute.inc"

namespace taper::impl::aten {

TAPER_CONVOLVE(float)
TAPER_CONVOLVE(double)

}  // namespace taper::impl::aten
