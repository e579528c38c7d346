// Elements in and out of the types that kernels compute in. A kernel is written for four compute types: float (float and
// half types), double, int64 (integers and bool; narrower results wrap on the way out) and complex<double>.
//
//   MoveRows load = loader(ComputeType::kFloat, DType::kHalf, ctx.cpu_level);
//   load(buffer, tensor_data, 1, 0, count, step);     // buffer[i] = float(tensor_data[i * step])
#pragma once

#include "core/platform/cpu.h"
#include "core/tensor.h"

namespace taper::impl {

// The compute type of a dtype, and a visit of it: fn(float()), fn(double()), fn(int64_t()) or fn(ComplexDouble()).
enum class ComputeType : uint8_t { kFloat, kDouble, kInt, kComplex };
ComputeType compute_type(DType dtype);
template <class Fn>
decltype(auto) visit_compute(ComputeType type, Fn&& fn) {
  switch (type) {
    case ComputeType::kFloat: return fn(float());
    case ComputeType::kDouble: return fn(double());
    case ComputeType::kInt: return fn(int64_t());
    default: return fn(ComplexDouble());
  }
}
inline size_t compute_size(ComputeType type) noexcept { return type == ComputeType::kFloat ? 4 : type == ComputeType::kComplex ? 16 : 8; }
// A tensor of this dtype already holds its elements in that compute type.
inline bool is_direct(DType dtype, ComputeType type) noexcept {
  constexpr DType kDirect[] = {DType::kFloat, DType::kDouble, DType::kLong, DType::kComplexDouble};
  return dtype == kDirect[size_t(type)];
}

// Moves rows of n elements between a tensor, where rows lie row_step apart and elements step apart (both counted in
// elements), and a dense buffer. `to` and `from` are the buffer and the tensor when loading, the tensor and the buffer
// when storing.
using MoveRows = void (*)(void* to, const void* from, int64_t rows, int64_t row_step, int64_t n, int64_t step);

// From any dtype to any compute type and back, as PyTorch casts: floats truncate to ints (what is out of range as x86
// does it), ints wrap, complex drops its imaginary part, bool is 0 or 1. Lazy conj and neg are the caller's.
MoveRows loader(ComputeType type, DType dtype, CpuLevel level);
MoveRows storer(ComputeType type, DType dtype, CpuLevel level);
// The kernel's row is bytes that hold 0 or 1.
MoveRows flag_storer(DType dtype);

// Dense rows of a compute type, changed in place.
void conjugate(ComputeType type, void* row, int64_t n);
void negate(ComputeType type, void* row, int64_t n);

}  // namespace taper::impl
