// Dropout, for the families that drop inside themselves.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

// The input itself when nothing is dropped; else elements kept with probability 1 - p, divided by it. Draws from the
// generator in the order of the elements in memory, as PyTorch does.
Tensor dropout(Context& ctx, const Tensor& input, double p, bool train);

// 1 with probability p, element by element in memory.
void fill_bernoulli(Context& ctx, const Tensor& self, double p);

}  // namespace taper::impl::aten
