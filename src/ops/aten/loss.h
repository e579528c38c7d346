// What the families of losses share.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

// PyTorch's numbers for a loss's `reduction`.
enum Reduction : int64_t { kNoReduction = 0, kMeanReduction = 1, kSumReduction = 2 };

Tensor reduce_loss(Context& ctx, const Tensor& loss, int64_t reduction);

}  // namespace taper::impl::aten
