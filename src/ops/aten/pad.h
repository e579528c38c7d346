// Padding that other families build on. Amounts are (before, after) from the last dimension on; negative ones crop.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

Tensor constant_pad(Context& ctx, const Tensor& self, IntView amounts, const Scalar& value);
// "constant", "reflect", "replicate" or "circular"
Tensor pad(Context& ctx, const Tensor& self, IntView amounts, std::string_view mode, std::optional<double> value);

}  // namespace taper::impl::aten
