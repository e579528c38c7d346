#include "ops/pointwise.h"

namespace taper::impl {
namespace {

using View = std::span<const Tensor* const>;

Tensor run(Context& ctx, const Kernels& kernels, DType common, DType result, View inputs, const Params& params, bool predicate) {
  Kernel kernel = kernel_for(kernels, common);
  ComputeType compute = compute_type(common);
  bool same_sizes = true;
  for (size_t i = 1; i < inputs.size(); ++i) same_sizes = same_sizes && same(inputs[i]->sizes(), inputs[0]->sizes());
  Tensor out;
  if (same_sizes) out = loop_output(ctx, inputs[0]->sizes(), result, inputs);
  else out = loop_output(ctx, broadcast_sizes(inputs), result, inputs);
  run_loop(ctx, out, inputs,
           {.compute = compute, .out_compute = compute, .kernel = kernel, .params = &params, .predicate = predicate, .common = common,
            .exact_numbers = kernels.exact_numbers});
  return out;
}

}  // namespace

Kernel kernel_for(const Kernels& kernels, DType dtype) {
  Kernel kernel = kernels.find(compute_type(dtype));
  if (!kernel) fail_dtype(kernels.name, dtype);
  return kernel;
}

Tensor pointwise_as(Context& ctx, const Kernels& kernels, DType dtype, Inputs inputs, const Params& params) {
  return run(ctx, kernels, dtype, dtype, View(inputs.begin(), inputs.size()), params, false);
}

Tensor pointwise(Context& ctx, const Kernels& kernels, Inputs inputs, const Params& params) {
  View list(inputs.begin(), inputs.size());
  DType dtype = result_type(ctx, list);
  return run(ctx, kernels, dtype, dtype, list, params, false);
}

Tensor pointwise_same(Context& ctx, const Kernels& kernels, const Tensor& self, const Params& params) {
  if (ctx.dest.defined())
    check(ctx.dest.dtype() == self.dtype(), "Found dtype ", scalar_type_name(ctx.dest.dtype()), " but expected ", scalar_type_name(self.dtype()));
  const Tensor* inputs[] = {&self};
  return run(ctx, kernels, self.dtype(), self.dtype(), inputs, params, false);
}

Tensor pointwise_float(Context& ctx, const Kernels& kernels, Inputs inputs, const Params& params) {
  View list(inputs.begin(), inputs.size());
  DType dtype = float_result(ctx, result_type(ctx, list));
  return run(ctx, kernels, dtype, dtype, list, params, false);
}

Tensor predicate(Context& ctx, const Kernels& kernels, Inputs inputs, const Params& params) {
  View list(inputs.begin(), inputs.size());
  return run(ctx, kernels, result_type(ctx, list), DType::kBool, list, params, true);
}

}  // namespace taper::impl
