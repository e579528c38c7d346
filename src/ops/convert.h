// Elements in and out of the types that kernels compute in. A kernel is written for four compute types: float (float and
// half types), double, int64 (integers and bool; narrower results wrap on the way out) and complex<double>.
#pragma once

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
size_t compute_size(ComputeType type) noexcept;
// A tensor of this dtype already holds its elements in that compute type.
bool is_direct(DType dtype, ComputeType type) noexcept;

// out[i] = convert(data[i * step]) for n elements; applies conj and neg. From any dtype to any compute type, as PyTorch
// casts: floats truncate to ints, complex drops its imaginary part, bool is 0 or 1.
void load_elements(ComputeType type, void* out, DType dtype, const void* data, int64_t step, int64_t n, bool conj, bool neg);
// data[i * step] = convert(in[i]).
void store_elements(ComputeType type, const void* in, DType dtype, void* data, int64_t step, int64_t n);

}  // namespace taper::impl
