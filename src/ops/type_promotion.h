// The dtype of a result of mixed operands: tensors with dimensions outrank 0-dim tensors, which outrank wrapped numbers,
// unless the lower rank is of a higher category (bool < integral < floating < complex).
#pragma once

#include "core/context.h"

namespace taper::impl {

DType result_type(const Context& ctx, std::span<const Tensor* const> tensors);
inline DType result_type(const Context& ctx, std::initializer_list<const Tensor*> tensors) {
  return result_type(ctx, std::span<const Tensor* const>(tensors.begin(), tensors.size()));
}
// A 0-dim tensor that promotes as a Python number. With a context: its scratch tensor, when nobody else holds it, for
// numbers that do not outlive the call.
Tensor wrapped_number(const Scalar& value);
const Tensor& wrapped_number(Context& ctx, const Scalar& value);
// Integers and bool become the default dtype: what sin, div and mean of ints give.
inline DType float_result(const Context& ctx, DType dtype) { return is_integral_or_bool(dtype) ? ctx.default_dtype : dtype; }

}  // namespace taper::impl
