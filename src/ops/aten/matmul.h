// Matrix products of tensors. All take any strides, broadcast batches without copies and end in one call of gemm.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

// c = alpha * a @ b + beta * add over the last two dimensions. Leading dimensions are a batch: a and b have c's rank and
// broadcast to its batch (size 1 repeats); so does `add` in every dimension, and undefined means c itself. The dtypes are
// equal, c overlaps neither a nor b, and conj or neg bits are not set. `name` is for PyTorch's text when gemm lacks the dtype.
void multiply_into(Context& ctx, const Tensor& c, const Tensor& a, const Tensor& b, const Scalar& alpha, const Scalar& beta, const Tensor& add,
                   std::string_view name);

Tensor mm(Context& ctx, const Tensor& self, const Tensor& mat2);
Tensor bmm(Context& ctx, const Tensor& self, const Tensor& mat2);
Tensor matmul(Context& ctx, const Tensor& self, const Tensor& other);
Tensor addmm(Context& ctx, const Tensor& self, const Tensor& mat1, const Tensor& mat2, const Scalar& beta, const Scalar& alpha);
Tensor baddbmm(Context& ctx, const Tensor& self, const Tensor& batch1, const Tensor& batch2, const Scalar& beta, const Scalar& alpha);
Tensor linear(Context& ctx, const Tensor& input, const Tensor& weight, const MaybeTensor& bias);
Tensor tensordot(Context& ctx, const Tensor& self, const Tensor& other, IntView dims_self, IntView dims_other);
Tensor einsum(Context& ctx, std::string_view equation, Tensors tensors, std::optional<IntView> path);

}  // namespace taper::impl::aten
