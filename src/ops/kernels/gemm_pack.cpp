#include <cstring>

#include "ops/kernels/gemm_internal.h"

namespace taper::impl {
namespace {

// Square blocks that move through 16-byte registers: 4 by 4 floats, 2 by 2 doubles.
template <class T>
struct Square;

template <>
struct Square<float> {
  static constexpr int kSide = 4;
  using Vec = float __attribute__((vector_size(16)));
  // out[p * out_row + i] = in[i * in_row + p]
  static void transpose(const float* in, int64_t in_row, float* out, int64_t out_row) {
    Vec r[4], t[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) std::memcpy(&r[i], in + i * in_row, 16);
    t[0] = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5);
    t[1] = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5);
    t[2] = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
    t[3] = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
    r[0] = __builtin_shufflevector(t[0], t[1], 0, 1, 4, 5);
    r[1] = __builtin_shufflevector(t[0], t[1], 2, 3, 6, 7);
    r[2] = __builtin_shufflevector(t[2], t[3], 0, 1, 4, 5);
    r[3] = __builtin_shufflevector(t[2], t[3], 2, 3, 6, 7);
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) std::memcpy(out + i * out_row, &r[i], 16);
  }
};

template <>
struct Square<double> {
  static constexpr int kSide = 2;
  using Vec = double __attribute__((vector_size(16)));
  static void transpose(const double* in, int64_t in_row, double* out, int64_t out_row) {
    Vec a, b;
    std::memcpy(&a, in, 16);
    std::memcpy(&b, in + in_row, 16);
    const Vec low = __builtin_shufflevector(a, b, 0, 2), high = __builtin_shufflevector(a, b, 1, 3);
    std::memcpy(out, &low, 16);
    std::memcpy(out + out_row, &high, 16);
  }
};

// out[p * out_row + i] = in[i * in_row + p] for i < rows, p < k.
template <class T>
void transpose_rows(int64_t k, const T* in, int64_t in_row, int64_t rows, T* out, int64_t out_row) {
  constexpr int kSide = Square<T>::kSide;
  const int64_t whole_k = k - k % kSide;
  int64_t i = 0;
  for (; i + kSide <= rows; i += kSide) {
    const T* from = in + i * in_row;
    for (int64_t p = 0; p < whole_k; p += kSide) Square<T>::transpose(from + p, in_row, out + p * out_row + i, out_row);
    for (int64_t p = whole_k; p < k; ++p)
      for (int s = 0; s < kSide; ++s) out[p * out_row + i + s] = from[s * in_row + p];
  }
  for (; i < rows; ++i)
    for (int64_t p = 0; p < k; ++p) out[p * out_row + i] = in[i * in_row + p];
}

// `cols` columns of one panel.
template <class T>
void pack_part(int64_t k, int64_t cols, const T* b, int64_t b_row, int64_t b_col, T* out) {
  constexpr int64_t kPanel = kGemmPanel<T>;
  if (b_row == 1) {
    transpose_rows(k, b, b_col, cols, out, kPanel);
    return;
  }
  for (int64_t p = 0; p < k; ++p)
    for (int64_t j = 0; j < cols; ++j) out[p * kPanel + j] = b[p * b_row + j * b_col];
}

constexpr int64_t kRowsAhead = 8;  // prefetch distance while rows are copied

}  // namespace

template <class T>
void pack_a_tile(int64_t k, const T* a, int64_t a_row, int64_t a_col, int64_t rows, T* out) {
  if (a_col == 1) {
    transpose_rows(k, a, a_row, rows, out, rows);
    return;
  }
  if (a_row == 1) {
    constexpr int64_t kStep = 16 / sizeof(T);
    for (int64_t p = 0; p < k; ++p, a += a_col, out += rows) {
      int64_t i = 0;
      for (; i + kStep <= rows; i += kStep) std::memcpy(out + i, a + i, 16);
      for (; i < rows; ++i) out[i] = a[i];
    }
    return;
  }
  for (int64_t p = 0; p < k; ++p)
    for (int64_t i = 0; i < rows; ++i) out[p * rows + i] = a[i * a_row + p * a_col];
}

template <class T>
void pack_b_panels(int64_t k, int64_t cols, const T* b, int64_t b_row, int64_t b_col, T* out) {
  constexpr int64_t kPanel = kGemmPanel<T>;
  const int64_t whole = cols - cols % kPanel, rest = cols - whole;
  if (b_col == 1) {
    // Rows across all panels: the longer the piece of a row, the fewer pages and cache lines are met twice.
    for (int64_t p = 0; p < k; ++p) {
      const T* row = b + p * b_row;
      const T* ahead = row + kRowsAhead * b_row;
      for (int64_t j = 0; j < whole; j += kPanel) {
        __builtin_prefetch(ahead + j);
        std::memcpy(out + j * k + p * kPanel, row + j, kPanel * sizeof(T));
      }
    }
  } else {
    for (int64_t j = 0; j < whole; j += kPanel) pack_part(k, kPanel, b + j * b_col, b_row, b_col, out + j * k);
  }
  if (rest > 0) {
    T* panel = out + whole * k;
    pack_part(k, rest, b + whole * b_col, b_row, b_col, panel);
    for (int64_t p = 0; p < k; ++p) std::memset(panel + p * kPanel + rest, 0, size_t(kPanel - rest) * sizeof(T));
  }
}

template <class T>
size_t packed_b_bytes(int64_t k, int64_t n) {
  return size_t(gemm_product((n + kGemmPanel<T> - 1) / kGemmPanel<T>, k, kGemmPanel<T>)) * sizeof(T);
}

template <class T>
void pack_b(int64_t k, int64_t n, const T* b, int64_t b_row, int64_t b_col, T* out, ParallelFor* parallel) {
  constexpr int64_t kPanel = kGemmPanel<T>;
  gemm_tasks(parallel, (n + kPanel - 1) / kPanel, [&](int64_t panel) {
    const int64_t col = panel * kPanel;
    pack_b_panels(k, n - col < kPanel ? n - col : kPanel, b + col * b_col, b_row, b_col, out + col * k);
  });
}

template void pack_a_tile(int64_t, const float*, int64_t, int64_t, int64_t, float*);
template void pack_a_tile(int64_t, const double*, int64_t, int64_t, int64_t, double*);
template void pack_b_panels(int64_t, int64_t, const float*, int64_t, int64_t, float*);
template void pack_b_panels(int64_t, int64_t, const double*, int64_t, int64_t, double*);
template size_t packed_b_bytes<float>(int64_t, int64_t);
template size_t packed_b_bytes<double>(int64_t, int64_t);
template void pack_b(int64_t, int64_t, const float*, int64_t, int64_t, float*, ParallelFor*);
template void pack_b(int64_t, int64_t, const double*, int64_t, int64_t, double*, ParallelFor*);

}  // namespace taper::impl
