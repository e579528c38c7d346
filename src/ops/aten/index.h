// Reading and writing by index. Every index is checked against its dimension before it is used.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

Tensor index_select(Context& ctx, const Tensor& self, int64_t dim, const Tensor& index);
Tensor gather(Context& ctx, const Tensor& self, int64_t dim, const Tensor& index, bool sparse_grad = false);
Tensor index(Context& ctx, const Tensor& self, MaybeTensors indices);  // x[a, :, b]
Tensor index_put_(Context& ctx, const Tensor& self, MaybeTensors indices, const Tensor& values, bool accumulate);
Tensor nonzero(Context& ctx, const Tensor& self);
Tensor masked_select(Context& ctx, const Tensor& self, const Tensor& mask);
Tensor take(Context& ctx, const Tensor& self, const Tensor& index);

}  // namespace taper::impl::aten
