// Matrix products: the one door to them for linear, matmul, bmm, addmm, convolution, lstm and attention.
//
//   C = alpha * A * B + beta * S          A is [m, k], B is [k, n], S and C are [m, n]
//
// Nothing here knows tensors. A matrix is a pointer and two element strides, so a transpose is a swap of strides, a
// slice is an offset and an expanded dimension is a stride of 0: nobody copies before calling. For example
// y = x W^T + bias with row-major x [m, k] and weight W [n, k]:
//
//   GemmArgs<float> g;
//   g.m = m, g.n = n, g.k = k;
//   g.a = x, g.a_row = k, g.a_col = 1;
//   g.b = w, g.b_row = 1, g.b_col = k;      // element (p, j) of B is w[j * k + p]
//   g.c = y, g.c_row = n;
//   g.add_bias_per_column(bias);
//   g.cpu_level = context.cpu_level, g.parallel = context.parallel;
//   gemm(g);
//
// The added matrix S is `add` with strides of its own: a bias per column has row stride 0, one per row (convolution's
// channels) column stride 0, addmm's `self` any broadcast. Without `add`, S is C itself, the BLAS form.
//
// What holds for every type and provider:
//   - beta == 0: S is not read (C may be uninitialized memory). alpha == 0 or k == 0: A and B are not read.
//   - C overlaps neither A nor B; S either is C with the same strides or does not overlap it.
//   - The result does not depend on how many threads help: work is split over rows and columns, never over k.
//   - float and double sum along k in blocks of at most kGemmBlockK terms (or in parallel lanes), as BLAS does, with
//     fused multiply-add where the level has it. Integers wrap. Half and BFloat16 sum in float and round once at the
//     end. Complex values multiply by the plain formula.
//   - Memory beyond the arguments is `workspace` where it is big enough, else pool_allocate (so: the context's pool).
//
// Instantiated for float, double, Half, BFloat16, complex<float>, complex<double>, uint8_t and int8_t to int64_t.
// Float and double go to fast kernels (or to OpenBLAS where taper is built with it), the rest to a plain loop.
//
// Constant weights: pack_b() once, then set `packed_b` instead of `b`. The packed form is the same at every CPU level.
// Computed matrices: `fill_b` writes a piece of B when it is wanted, so that a convolution's unfolded input never exists
// whole.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>

#include "core/dtype.h"
#include "core/platform/cpu.h"

namespace taper::impl {

class ParallelFor;  // core/context.h

// A finished rectangle of C, still in the cache: what a fused activation works on.
template <class T>
struct GemmBlock {
  T* c;  // its first element
  int64_t rows, cols;
  int64_t row_stride, col_stride;
  int64_t first_row, first_col;  // where it lies in C
};

template <class T>
struct GemmScalarOf {
  using type = T;
};
template <>
struct GemmScalarOf<Half> {
  using type = float;
};
template <>
struct GemmScalarOf<BFloat16> {
  using type = float;
};

template <class T>
struct GemmArgs {
  using Scalar = typename GemmScalarOf<T>::type;

  int64_t m = 0, n = 0, k = 0;
  const T* a = nullptr;
  int64_t a_row = 0, a_col = 1;
  const T* b = nullptr;
  int64_t b_row = 0, b_col = 1;
  T* c = nullptr;
  int64_t c_row = 0, c_col = 1;

  Scalar alpha = Scalar(1), beta = Scalar(0);
  const T* add = nullptr;  // S; null: C itself
  int64_t add_row = 0, add_col = 0;

  // B in another form, float and double only: see pack_b and below. At most one of b, packed_b, fill_b is set.
  const T* packed_b = nullptr;
  // Writes rows [row, row + rows) of B's columns [col, col + cols) to out: element (p, j) at
  // out[p * kGemmPanel<T> + j], relative to the corner, and zero for j in [cols, kGemmPanel<T>).
  // cols <= kGemmPanel<T>. Several threads may call it at once.
  void (*fill_b)(void* self, int64_t row, int64_t rows, int64_t col, int64_t cols, T* out) = nullptr;
  void* fill_b_self = nullptr;

  // Called once for every element of C after its last change, rectangle by rectangle, on the thread that computed it.
  void (*finish)(void* self, const GemmBlock<T>& block) = nullptr;
  void* finish_self = nullptr;

  CpuLevel cpu_level = detected_cpu_level();
  bool builtin_only = false;  // not through a BLAS, for comparisons
  ParallelFor* parallel = nullptr;
  void* workspace = nullptr;  // 64-byte aligned
  size_t workspace_bytes = 0;

  void add_bias_per_column(const T* bias) { add = bias, add_row = 0, add_col = 1, beta = Scalar(1); }
  void add_bias_per_row(const T* bias) { add = bias, add_row = 1, add_col = 0, beta = Scalar(1); }
};

template <class T>
void gemm(const GemmArgs<T>& args);

// What gemm would take for these arguments (pointers are not looked at, except which of them are null).
template <class T>
size_t gemm_workspace_bytes(const GemmArgs<T>& args);

// One dimension of a batch: how many, and the step of each operand from one matrix to the next (0 repeats it).
struct GemmBatchDim {
  int64_t count = 1;
  int64_t a = 0, b = 0, c = 0, add = 0;
};

// gemm for every index of `rank` batch dimensions (attention uses two: batch and head). `args` is the first matrix;
// packed_b and fill_b are shared by all, and `finish` counts rows and columns within its matrix. Threads share out
// whole matrices where there are enough of them. Steps of C other than 0 must make the results disjoint.
template <class T>
void gemm_batched(const GemmArgs<T>& args, const GemmBatchDim* dims, int rank);

// Terms of a dot product that are summed before they join C.
inline constexpr int64_t kGemmBlockK = 256;

// Columns in a panel of packed B: 64 bytes. Packed B is ceil(n / panel) panels after one another, each k rows of
// kGemmPanel elements; the last panel is filled up with zeros.
template <class T>
inline constexpr int64_t kGemmPanel = int64_t(64 / sizeof(T));

// Whether callers gain from packing constant weights (a BLAS packs on its own and has no use for ours).
bool gemm_gains_from_packing() noexcept;

template <class T>
size_t packed_b_bytes(int64_t k, int64_t n);  // float, double

// Writes the packed form of B to out (64-byte aligned, packed_b_bytes long).
template <class T>
void pack_b(int64_t k, int64_t n, const T* b, int64_t b_row, int64_t b_col, T* out, ParallelFor* parallel = nullptr);

#define TAPER_GEMM_EXTERN(T)                                          \
  extern template void gemm<T>(const GemmArgs<T>&);                   \
  extern template size_t gemm_workspace_bytes<T>(const GemmArgs<T>&); \
  extern template void gemm_batched<T>(const GemmArgs<T>&, const GemmBatchDim*, int);
TAPER_GEMM_EXTERN(float)
TAPER_GEMM_EXTERN(double)
TAPER_GEMM_EXTERN(Half)
TAPER_GEMM_EXTERN(BFloat16)
TAPER_GEMM_EXTERN(ComplexFloat)
TAPER_GEMM_EXTERN(ComplexDouble)
TAPER_GEMM_EXTERN(uint8_t)
TAPER_GEMM_EXTERN(int8_t)
TAPER_GEMM_EXTERN(int16_t)
TAPER_GEMM_EXTERN(int32_t)
TAPER_GEMM_EXTERN(int64_t)
#undef TAPER_GEMM_EXTERN

}  // namespace taper::impl
