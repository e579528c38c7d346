// Elementwise arithmetic with promotion and broadcasting that other families build on.
#pragma once

#include "core/context.h"

namespace taper::impl::aten {

Tensor add(Context& ctx, const Tensor& self, const Tensor& other, const Scalar& alpha = Scalar(1));
Tensor sub(Context& ctx, const Tensor& self, const Tensor& other, const Scalar& alpha = Scalar(1));
Tensor mul(Context& ctx, const Tensor& self, const Tensor& other);
Tensor div(Context& ctx, const Tensor& self, const Tensor& other);
Tensor pow(Context& ctx, const Tensor& self, const Tensor& exponent);
Tensor maximum(Context& ctx, const Tensor& self, const Tensor& other);
Tensor minimum(Context& ctx, const Tensor& self, const Tensor& other);
Tensor floor_divide(Context& ctx, const Tensor& self, const Tensor& other);
Tensor remainder(Context& ctx, const Tensor& self, const Tensor& other);
// condition ? self : other, broadcast; self and other promote.
Tensor where(Context& ctx, const Tensor& condition, const Tensor& self, const Tensor& other);

}  // namespace taper::impl::aten
