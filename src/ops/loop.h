// The elementwise loop: broadcasts operands, orders dimensions by how the output lies in memory, and feeds kernels with
// rows of elements in a compute type.
//
// A kernel is a plain function over rows:
//   void mul_f32(const void* const* in, void* out, int64_t n, const Params&) {
//     auto* a = static_cast<const float*>(in[0]); auto* b = static_cast<const float*>(in[1]); ...
//   }
// Rows that already have the compute type and lie densely are passed as they are; others go through a buffer. An operand
// that does not move along the row (a number, a broadcast dimension) arrives as a row of equal elements. in and out may be
// the same address, never otherwise overlap.
#pragma once

#include <array>

#include "core/context.h"
#include "ops/convert.h"

namespace taper::impl {

// What a kernel may need besides rows: alpha, slopes, bounds.
struct Params {
  double real[4] = {};
  int64_t integer[2] = {};
  ComplexDouble complex{};
};

using Kernel = void (*)(const void* const* in, void* out, int64_t n, const Params& params);

// One operation in the compute types that it has; null where PyTorch has none.
struct Kernels {
  const char* name;  // as in "\"name\" not implemented for 'Half'"
  Kernel f32 = nullptr;
  Kernel f64 = nullptr;
  Kernel i64 = nullptr;
  Kernel c128 = nullptr;
  Kernel find(ComputeType type) const noexcept {
    return type == ComputeType::kFloat ? f32 : type == ComputeType::kDouble ? f64 : type == ComputeType::kInt ? i64 : c128;
  }
};

// The sizes that all broadcast to; PyTorch's text when they do not.
Dims broadcast_sizes(std::span<const Tensor* const> tensors);
Dims broadcast_sizes(IntView a, IntView b);

// A fresh result (or the context's destination) of these sizes: its strides follow the inputs' common dense layout.
Tensor loop_output(Context& ctx, IntView sizes, DType dtype, std::initializer_list<const Tensor*> inputs);

// out = kernel(inputs) elementwise. Inputs are converted to `compute`; the kernel writes `out_compute` elements, which
// are converted to out's dtype. out must have the broadcast sizes and may be one of the inputs.
void run_loop(Context& ctx, const Tensor& out, ComputeType out_compute, std::span<const Tensor* const> inputs, ComputeType compute,
              Kernel kernel, const Params& params = {});

// The kernel writes bools (comparisons): out_compute is a byte row.
void run_predicate(Context& ctx, const Tensor& out, std::span<const Tensor* const> inputs, ComputeType compute, Kernel kernel,
                   const Params& params = {});

}  // namespace taper::impl
