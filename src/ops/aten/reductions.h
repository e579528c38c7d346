// Reductions that other families build on.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

Tensor sum(Context& ctx, const Tensor& self, std::optional<IntView> dims, bool keepdim, std::optional<DType> dtype = std::nullopt);
Tensor mean(Context& ctx, const Tensor& self, std::optional<IntView> dims, bool keepdim, std::optional<DType> dtype = std::nullopt);
// correction: 1 for unbiased.
std::tuple<Tensor, Tensor> var_mean(Context& ctx, const Tensor& self, std::optional<IntView> dims, double correction, bool keepdim);
Tensor cumsum(Context& ctx, const Tensor& self, int64_t dim, std::optional<DType> dtype = std::nullopt);
Tensor vector_norm(Context& ctx, const Tensor& self, double order, std::optional<IntView> dims, bool keepdim, std::optional<DType> dtype = std::nullopt);
Tensor amax(Context& ctx, const Tensor& self, IntView dims, bool keepdim);
Tensor amin(Context& ctx, const Tensor& self, IntView dims, bool keepdim);
std::tuple<Tensor, Tensor> max_dim(Context& ctx, const Tensor& self, int64_t dim, bool keepdim);
std::tuple<Tensor, Tensor> min_dim(Context& ctx, const Tensor& self, int64_t dim, bool keepdim);

}  // namespace taper::impl::aten
