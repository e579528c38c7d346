// Views: new sizes and strides on the same storage; no element moves. Errors carry PyTorch's texts.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

// Sizes with one -1 filled in so that the product is numel.
Dims infer_size(IntView sizes, int64_t numel);
// The strides that show `self`'s elements under new sizes without a copy; nothing when that cannot be done.
std::optional<Dims> view_strides(const Tensor& self, IntView sizes);

Tensor view(Context& ctx, const Tensor& self, IntView size);
Tensor view_dtype(Context& ctx, const Tensor& self, DType dtype);
Tensor reshape(Context& ctx, const Tensor& self, IntView shape);  // a view when it can be one, else a copy
Tensor permute(Context& ctx, const Tensor& self, IntView dims);
Tensor transpose(Context& ctx, const Tensor& self, int64_t dim0, int64_t dim1);
Tensor t(Context& ctx, const Tensor& self);
Tensor squeeze(Context& ctx, const Tensor& self);
Tensor squeeze_dim(Context& ctx, const Tensor& self, int64_t dim);
Tensor squeeze_dims(Context& ctx, const Tensor& self, IntView dims);
Tensor unsqueeze(Context& ctx, const Tensor& self, int64_t dim);
Tensor expand(Context& ctx, const Tensor& self, IntView size, bool implicit = false);
Tensor select(Context& ctx, const Tensor& self, int64_t dim, int64_t index);
Tensor slice(Context& ctx, const Tensor& self, int64_t dim, std::optional<int64_t> start, std::optional<int64_t> end, int64_t step);
Tensor narrow(Context& ctx, const Tensor& self, int64_t dim, int64_t start, int64_t length);
Vec<Tensor> split(Context& ctx, const Tensor& self, int64_t size, int64_t dim);
Vec<Tensor> split_with_sizes(Context& ctx, const Tensor& self, IntView sizes, int64_t dim);
Vec<Tensor> chunk(Context& ctx, const Tensor& self, int64_t chunks, int64_t dim);
Vec<Tensor> unbind(Context& ctx, const Tensor& self, int64_t dim);
Tensor flatten(Context& ctx, const Tensor& self, int64_t start, int64_t end);
Tensor diagonal(Context& ctx, const Tensor& self, int64_t offset, int64_t dim1, int64_t dim2);
Tensor as_strided(Context& ctx, const Tensor& self, IntView size, IntView stride, std::optional<int64_t> offset);
Tensor unfold(Context& ctx, const Tensor& self, int64_t dim, int64_t size, int64_t step);
Tensor movedim(Context& ctx, const Tensor& self, IntView source, IntView destination);
Tensor view_as_real(Context& ctx, const Tensor& self);
Tensor view_as_complex(Context& ctx, const Tensor& self);
Tensor conj(Context& ctx, const Tensor& self);  // lazy: sets the conj bit
Tensor real(Context& ctx, const Tensor& self);
Tensor imag(Context& ctx, const Tensor& self);
Tensor mT(Context& ctx, const Tensor& self);

}  // namespace taper::impl::aten
