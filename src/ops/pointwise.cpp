#include "ops/pointwise.h"

namespace taper::impl {

Kernel kernel_for(const Kernels& kernels, DType dtype) {
  Kernel kernel = kernels.find(compute_type(dtype));
  if (!kernel) fail_dtype(kernels.name, dtype);
  return kernel;
}

Tensor pointwise_as(Context& ctx, const Kernels& kernels, DType dtype, std::initializer_list<const Tensor*> inputs, const Params& params) {
  std::span<const Tensor* const> list(inputs.begin(), inputs.size());
  Kernel kernel = kernel_for(kernels, dtype);
  ComputeType compute = compute_type(dtype);
  Tensor out = loop_output(ctx, broadcast_sizes(list), dtype, inputs);
  run_loop(ctx, out, compute, list, compute, kernel, params);
  return out;
}

Tensor pointwise(Context& ctx, const Kernels& kernels, std::initializer_list<const Tensor*> inputs, const Params& params) {
  return pointwise_as(ctx, kernels, result_type(ctx, inputs), inputs, params);
}

Tensor pointwise_float(Context& ctx, const Kernels& kernels, std::initializer_list<const Tensor*> inputs, const Params& params) {
  return pointwise_as(ctx, kernels, float_result(ctx, result_type(ctx, inputs)), inputs, params);
}

Tensor predicate(Context& ctx, const Kernels& kernels, std::initializer_list<const Tensor*> inputs, const Params& params) {
  std::span<const Tensor* const> list(inputs.begin(), inputs.size());
  DType dtype = result_type(ctx, list);
  Kernel kernel = kernel_for(kernels, dtype);
  Tensor out = loop_output(ctx, broadcast_sizes(list), DType::kBool, inputs);
  run_predicate(ctx, out, list, compute_type(dtype), kernel, params);
  return out;
}

}  // namespace taper::impl
