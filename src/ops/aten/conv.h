// Convolutions over any number of spatial dimensions.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

// input [batch, channels, spatial...], weight [out, channels / groups, kernel...] (transposed: [channels, out / groups,
// kernel...]).
Tensor convolution(Context& ctx, const Tensor& input, const Tensor& weight, const MaybeTensor& bias, IntView stride, IntView padding, IntView dilation,
                   bool transposed, IntView output_padding, int64_t groups);

}  // namespace taper::impl::aten
