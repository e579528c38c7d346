// Sorting along a dimension; stable, NaN last.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

std::tuple<Tensor, Tensor> sort(Context& ctx, const Tensor& self, int64_t dim, bool descending);

}  // namespace taper::impl::aten
