// What a CPU level gives to the matrix product: a table of small kernels, one table for float and one for double.
//
// Included by the per-level files, which are compiled with flags that other machines lack: plain declarations only, no
// function bodies (the linker would keep one copy of an inline function for everyone, maybe the AVX-512 one).
//
// All of a kernel's sums start at zero and end in `out`, a tile of rows with out_row elements from one to the next; the
// table's `store` then brings a tile to C. Vector v of a tile row holds columns [v * lanes, (v + 1) * lanes).
#pragma once

#include <cstdint>

namespace taper::impl {

inline constexpr int kMaxTileRows = 14;
inline constexpr int kMaxDirectRows = 8;
inline constexpr int kMaxDotRows = 4;
inline constexpr int kDotCols = 64;
inline constexpr int kStreamRows = 8;
// What the largest tile takes: 14 rows of 2 AVX-512 vectors.
inline constexpr int kMaxTileBytes = kMaxTileRows * 2 * 64;

// How a tile joins C: c = alpha * tile + beta * add. add is null when nothing is added.
template <class T>
struct GemmStore {
  T alpha, beta;
  const T* add;
  int64_t add_row, add_col;
  T* c;
  int64_t c_row, c_col;
};

template <class T>
struct GemmKernels {
  // `a` packed: element (i, p) at a[p * rows + i]. `b` points into packed panels (row p of a panel at p * panel) and
  // the next panel lies panel_stride elements on.
  using Tile = void (*)(int64_t k, const T* a, const T* b, int64_t panel_stride, T* out, int64_t out_row);

  // `a` and `b` where they lie: (i, p) at a[i * a_row + p * a_col], (p, j) at b[p * b_row + j] in the first panel of
  // 64 bytes, the next panel panel_stride elements on. Only `last` lanes (1..lanes) of the last vector are read and
  // written.
  using Direct = void (*)(int64_t k, const T* a, int64_t a_row, int64_t a_col, const T* b, int64_t b_row, int64_t panel_stride, int last, T* out,
                          int64_t out_row);

  // Both operands contiguous along k: out[i * kDotCols + j] = sum of a[i * a_row + p] * b[j * b_col + p] for j < cols,
  // cols <= kDotCols; up to three elements more are written to each row of out.
  using Dot = void (*)(int64_t k, const T* a, int64_t a_row, const T* b, int64_t b_col, int64_t cols, T* out);

  // For long rows of B: out[j] += a[p * a_col] * b[p * b_row + j], for p < rows <= kStreamRows in turn, j < cols.
  using Stream = void (*)(int64_t rows, const T* a, int64_t a_col, const T* b, int64_t b_row, int64_t cols, T* out);

  using Store = void (*)(const T* tile, int64_t tile_row, int64_t rows, int64_t cols, const GemmStore<T>& to);

  int lanes;              // of a vector
  int tile_rows;          // most rows of a tile; tile[r - 1][v - 1] for v of 1 and 2 vectors
  int direct_rows;        // most rows of a direct tile; direct[r - 1][log2 v] for v of 1, 2, 4, null where there is none;
                          // direct[0] is for A of one row alone: it sums in another order (gemm_kernel_body.inc)
  int dot_rows;           // most rows of a dot tile
  int64_t long_dot_rows;  // rows up to which dot products beat packing where k is long (bench/gemm_bench.cpp)
  int64_t direct_work;    // multiply-adds up to which reading B's rows in place beats packing them (likewise)
  Tile tile[kMaxTileRows][2];
  Direct direct[kMaxDirectRows][3];
  Dot dot[kMaxDotRows];
  Dot dot_row;  // for A of one row: sums as direct[0] does
  Stream stream;
  Store store;
};

extern const GemmKernels<float> kGemmBaselineFloat, kGemmAvx2Float, kGemmAvx512Float;
extern const GemmKernels<double> kGemmBaselineDouble, kGemmAvx2Double, kGemmAvx512Double;

}  // namespace taper::impl
