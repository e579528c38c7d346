// Putting tensors together and moving their elements around.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

Tensor cat(Context& ctx, Tensors tensors, int64_t dim);
Tensor stack(Context& ctx, Tensors tensors, int64_t dim);
Tensor flip(Context& ctx, const Tensor& self, IntView dims);
Tensor repeat(Context& ctx, const Tensor& self, IntView repeats);
Tensor roll(Context& ctx, const Tensor& self, IntView shifts, IntView dims);

}  // namespace taper::impl::aten
