// Creating tensors: the options that factories share, and the strides that *_like results take.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

// The dtype, layout, device, pin_memory tail of factory schemas, checked: strided, on the CPU (or mapped to it).
void check_factory(const Context& ctx, std::optional<int64_t> layout, std::optional<Device> device);
void check_device(const Context& ctx, Device device);

// The strides of a fresh tensor like `self` under a memory format; kPreserve keeps the order of dimensions in memory.
Dims strides_like(const Tensor& self, MemoryFormat format);
MemoryFormat memory_format(std::optional<int64_t> number, MemoryFormat otherwise = MemoryFormat::kPreserve);
// Uninitialized, with strides_like.
Tensor empty_like(const Tensor& self, DType dtype, MemoryFormat format = MemoryFormat::kPreserve);

Tensor full(Context& ctx, IntView size, const Scalar& value, DType dtype);
Tensor zeros(Context& ctx, IntView size, DType dtype);
Tensor scalar_tensor(Context& ctx, const Scalar& value, DType dtype);  // 0-dim
Tensor arange(Context& ctx, const Scalar& start, const Scalar& end, const Scalar& step, DType dtype);

}  // namespace taper::impl::aten
