// Between the files of the matrix product. The way of a call:
//
//   gemm.cpp          arguments that need no product, the choice of a path, batches
//     gemm_blas.cpp     the OpenBLAS provider, where it is built in
//     gemm_small.cpp    few rows or little work: operands are read where they lie, nothing is packed
//     gemm_blocked.cpp  the rest: packed blocks that fit the caches
//       gemm_pack.cpp     copies of A and B in the order in which the kernels read them
//     gemm_plain.cpp    every type but float and double
//   gemm_kernel_*.cpp   the innermost loops, one file a CPU level
//
// The path depends on shapes, strides and the CPU level, never on the number of threads.
#pragma once

#include <algorithm>

#include "core/context.h"
#include "core/pool.h"
#include "ops/kernels/gemm.h"
#include "ops/kernels/gemm_kernels.h"

namespace taper::impl {

// A call on its way: m, n and k are at least 1, alpha is not 0, `add` says what is added (null: nothing).
template <class T>
struct GemmProblem {
  GemmArgs<T> g;
  const GemmKernels<T>* kernels;
  bool transposed;  // rows and columns of C are the caller's columns and rows
};

// Products of sizes. An expanded operand has sizes that no memory backs, so they may be anything: these stop at a value
// that no allocation survives and that still takes an element size.
inline int64_t gemm_product(int64_t a, int64_t b) {
  constexpr int64_t kMost = int64_t{1} << 58;
  int64_t product;
  return __builtin_mul_overflow(a, b, &product) || product > kMost ? kMost : product;
}
inline int64_t gemm_product(int64_t a, int64_t b, int64_t c) { return gemm_product(gemm_product(a, b), c); }

// f(i) for every i in [0, count), on the lent threads.
template <class F>
void gemm_tasks(ParallelFor* parallel, int64_t count, F&& f) {
  auto range = [&f](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) f(i);
  };
  if (!parallel || count <= 1) range(0, count);
  else parallel->run(count, 1, range);
}

inline int64_t gemm_width(const ParallelFor* parallel) { return parallel ? std::max(parallel->width(), 1) : 1; }

// Scratch for one call: the caller's workspace where it suffices, else a piece of the current pool.
class GemmScratch {
 public:
  GemmScratch(void* workspace, size_t workspace_bytes, size_t bytes)
      : memory_(workspace_bytes >= bytes ? workspace : pool_allocate(bytes < 1024 ? 1024 : bytes)), owned_(workspace_bytes < bytes) {}
  ~GemmScratch() {
    if (owned_) pool_free(memory_);
  }
  GemmScratch(const GemmScratch&) = delete;
  GemmScratch& operator=(const GemmScratch&) = delete;
  template <class T>
  T* as() const {
    return static_cast<T*>(memory_);
  }

 private:
  void* memory_;
  bool owned_;
};

// k in equal blocks of at most kGemmBlockK.
struct KBlocks {
  int64_t size;
  explicit KBlocks(int64_t k) : size(k) {
    if (k <= kGemmBlockK) return;
    const int64_t count = (k + kGemmBlockK - 1) / kGemmBlockK;
    size = ((k + count - 1) / count + 3) / 4 * 4;
  }
};

// How the tile at (row, col) joins C after the k block that begins at `depth`.
template <class T>
inline GemmStore<T> gemm_store_at(const GemmArgs<T>& g, int64_t depth, int64_t row, int64_t col) {
  GemmStore<T> to;
  to.alpha = g.alpha;
  to.c = g.c + row * g.c_row + col * g.c_col;
  to.c_row = g.c_row;
  to.c_col = g.c_col;
  if (depth > 0) {
    to.beta = T(1);
    to.add = to.c;
    to.add_row = g.c_row;
    to.add_col = g.c_col;
  } else {
    to.beta = g.beta;
    to.add = g.add ? g.add + row * g.add_row + col * g.add_col : nullptr;
    to.add_row = g.add_row;
    to.add_col = g.add_col;
  }
  return to;
}

template <class T>
inline void gemm_finish(const GemmProblem<T>& problem, int64_t row, int64_t rows, int64_t col, int64_t cols) {
  const GemmArgs<T>& g = problem.g;
  if (!g.finish) return;
  T* c = g.c + row * g.c_row + col * g.c_col;
  if (problem.transposed) g.finish(g.finish_self, {c, cols, rows, g.c_col, g.c_row, col, row});
  else g.finish(g.finish_self, {c, rows, cols, g.c_row, g.c_col, row, col});
}

// gemm_small.cpp. gemm_dot wants B contiguous along k (and copies A where it is not); gemm_direct packs B, which should
// be small, unless it comes packed or contiguous along n; gemm_stream is for one row and a large B contiguous along n.
template <class T>
size_t gemm_dot_bytes(const GemmProblem<T>& problem);
template <class T>
void gemm_dot(const GemmProblem<T>& problem);
template <class T>
size_t gemm_stream_bytes(const GemmProblem<T>& problem);
template <class T>
void gemm_stream(const GemmProblem<T>& problem);
template <class T>
size_t gemm_direct_bytes(const GemmProblem<T>& problem);
template <class T>
void gemm_direct(const GemmProblem<T>& problem);

// gemm_blocked.cpp.
template <class T>
size_t gemm_blocked_bytes(const GemmProblem<T>& problem);
template <class T>
void gemm_blocked(const GemmProblem<T>& problem);

// gemm_pack.cpp. A tile of A: element (i, p) at out[p * rows + i].
template <class T>
void pack_a_tile(int64_t k, const T* a, int64_t a_row, int64_t a_col, int64_t rows, T* out);
// k rows of `cols` columns as panels one after another, the last one filled up with zeros.
template <class T>
void pack_b_panels(int64_t k, int64_t cols, const T* b, int64_t b_row, int64_t b_col, T* out);

// gemm_half.cpp: Half and BFloat16 through float.
template <class T>
size_t gemm_half_bytes(const GemmArgs<T>& g);
template <class T>
void gemm_half(const GemmArgs<T>& g);

// gemm_plain.cpp: every type, any strides, no scratch.
template <class T>
void gemm_plain(const GemmArgs<T>& g);

// gemm_blas.cpp: the OpenBLAS provider. It takes what it can express: two strides of which one is 1, sizes that fit an
// int, B as a plain matrix.
#if defined(TAPER_BLAS_OPENBLAS)
inline constexpr bool kGemmHasBlas = true;
template <class T>
bool gemm_blas_takes(const GemmArgs<T>& g);
template <class T>
void gemm_blas(const GemmArgs<T>& g);
#else
inline constexpr bool kGemmHasBlas = false;
template <class T>
bool gemm_blas_takes(const GemmArgs<T>&) {
  return false;
}
template <class T>
void gemm_blas(const GemmArgs<T>&) {}
#endif

}  // namespace taper::impl
