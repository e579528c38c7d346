// The elementwise loop: broadcasts operands, orders dimensions by how the output lies in memory, and feeds kernels with
// rows of elements in a compute type.
//
// A kernel is a plain function over rows:
//   void mul_f32(const void* const* in, void* out, int64_t n, const Params&) {
//     auto* a = static_cast<const float*>(in[0]); auto* b = static_cast<const float*>(in[1]); ...
//   }
// Rows that already have the compute type and lie densely are passed as they are; others go through a buffer, several
// short ones at once. An operand that does not move along the row (a number, a broadcast dimension) arrives as a row of
// equal elements. in and out may be the same address, never otherwise overlap.
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
  Kernel flags = nullptr;      // bool in, bool out, as bytes: where everything lies densely
  bool exact_numbers = false;  // see LoopSpec
  bool no_bool = false;        // i64 serves the integers only
  bool no_half = false;        // f32 serves float only
  bool mask_first = false;     // the first input chooses; it has no part in the common dtype
  Kernel find(ComputeType type) const noexcept {
    return type == ComputeType::kFloat ? f32 : type == ComputeType::kDouble ? f64 : type == ComputeType::kInt ? i64 : c128;
  }
};

// The sizes that all broadcast to; PyTorch's text when they do not.
Dims broadcast_sizes(std::span<const Tensor* const> tensors);
Dims broadcast_sizes(IntView a, IntView b);

// The strides that PyTorch gives a fresh elementwise result of these sizes: the inputs' common dense layout, or the order
// of dimensions that the first of them that decides it has. Empty: contiguous.
// Inputs of another dtype than `common` count as their copies in it.
Dims result_strides(IntView sizes, std::span<const Tensor* const> inputs, DType common = DType::kUndefined, bool mask_first = false);

// A result of these sizes: the context's destination, the memory of an input that dies with the call, or a fresh tensor
// with result_strides.
Tensor loop_output(Context& ctx, IntView sizes, DType dtype, std::span<const Tensor* const> inputs, DType common = DType::kUndefined, bool mask_first = false);
inline Tensor loop_output(Context& ctx, IntView sizes, DType dtype, std::initializer_list<const Tensor*> inputs) {
  return loop_output(ctx, sizes, dtype, std::span<const Tensor* const>(inputs.begin(), inputs.size()));
}

// One run of a kernel. The defaults suit most.
struct LoopSpec {
  ComputeType compute;      // inputs are converted to it
  ComputeType out_compute;  // what the kernel writes, converted to the output's dtype
  Kernel kernel = nullptr;  // null: elements move from the only input to the output
  const Params* params = nullptr;
  Kernel flags = nullptr;  // see Kernels
  bool predicate = false;  // the kernel writes bytes that hold 0 or 1; out_compute does not matter
  // Inputs round to this dtype first, as a cast to the common dtype does. kUndefined: they do not.
  DType common = DType::kUndefined;
  bool exact_numbers = false;  // but 0-dim ones do not (PyTorch keeps them wide in some kernels)
};

// out = kernel(inputs) elementwise, up to four inputs. out must have the broadcast sizes and may be one of the inputs.
void run_loop(Context& ctx, const Tensor& out, std::span<const Tensor* const> inputs, const LoopSpec& spec);

inline void run_loop(Context& ctx, const Tensor& out, ComputeType out_compute, std::span<const Tensor* const> inputs, ComputeType compute, Kernel kernel,
                     const Params& params = {}) {
  run_loop(ctx, out, inputs, {.compute = compute, .out_compute = out_compute, .kernel = kernel, .params = &params});
}

}  // namespace taper::impl
