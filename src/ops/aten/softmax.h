// softmax and log_softmax along one dimension; the result has `dtype`, or the input's.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

Tensor softmax(Context& ctx, const Tensor& self, int64_t dim, std::optional<DType> dtype = std::nullopt);
Tensor log_softmax(Context& ctx, const Tensor& self, int64_t dim, std::optional<DType> dtype = std::nullopt);

}  // namespace taper::impl::aten
