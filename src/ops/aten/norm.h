// Normalization that other families build on.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

// Result, means and reciprocal deviations of the groups.
std::tuple<Tensor, Tensor, Tensor> native_layer_norm(Context& ctx, const Tensor& input, IntView shape, const MaybeTensor& weight, const MaybeTensor& bias,
                                                     double eps);

}  // namespace taper::impl::aten
