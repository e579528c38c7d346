// Copies, fills and conversions of dtype and layout.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

// Broadcasts src into self and converts; overlapping memory is handled as if src had been copied first.
Tensor copy_(Context& ctx, const Tensor& self, const Tensor& src);
Tensor fill_(Context& ctx, const Tensor& self, const Scalar& value);
// A fresh tensor; lazy conj and neg are resolved.
Tensor clone(Context& ctx, const Tensor& self, MemoryFormat format = MemoryFormat::kPreserve);
// self if it is dense row-major without pending bits, else a clone that is.
Tensor contiguous(Context& ctx, const Tensor& self);
// self if it has the dtype already (unless copy), else converted.
Tensor to_dtype(Context& ctx, const Tensor& self, DType dtype, bool copy = false);
// conj and neg bits applied; self when there are none.
Tensor resolved(Context& ctx, const Tensor& self);
// The only element; PyTorch's text when there are several.
Scalar item(const Tensor& self);

}  // namespace taper::impl::aten
