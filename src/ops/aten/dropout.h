// Dropout, for the families that drop inside themselves.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

// The input itself when nothing is dropped; else elements kept with probability 1 - p, divided by it. Draws from the
// generator in the order of the elements in memory, as PyTorch does.
Tensor dropout(Context& ctx, const Tensor& input, double p, bool train);

}  // namespace taper::impl::aten
