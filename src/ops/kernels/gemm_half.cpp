// Half and BFloat16: rows of A and panels of B are widened to float, multiplied by the float kernels and rounded once
// on the way to C.
#include "ops/kernels/gemm_internal.h"

namespace taper::impl {
namespace {

constexpr int64_t kRowsAtOnce = 256;  // bounds the float copies of A and C

int64_t rows_at_once(int64_t m) { return m < kRowsAtOnce ? m : kRowsAtOnce; }

template <class T>
struct Sizes {
  size_t a, c, product;  // bytes, multiples of 64
  explicit Sizes(const GemmArgs<T>& g, const GemmArgs<float>& wide)
      : a(aligned(size_t(gemm_product(rows_at_once(g.m), g.k)) * 4)),
        c(aligned(size_t(gemm_product(rows_at_once(g.m), g.n)) * 4)),
        product(aligned(gemm_workspace_bytes(wide))) {}
  static size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }
};

template <class T>
void fill_b(void* self, int64_t row, int64_t rows, int64_t col, int64_t cols, float* out) {
  const GemmArgs<T>& g = *static_cast<const GemmArgs<T>*>(self);
  for (int64_t p = 0; p < rows; ++p) {
    const T* from = g.b + (row + p) * g.b_row + col * g.b_col;
    float* to = out + p * kGemmPanel<float>;
    for (int64_t j = 0; j < cols; ++j) to[j] = float(from[j * g.b_col]);
    for (int64_t j = cols; j < kGemmPanel<float>; ++j) to[j] = 0;
  }
}

// The float product for up to kRowsAtOnce rows, without memory yet.
template <class T>
GemmArgs<float> widened(const GemmArgs<T>& g) {
  GemmArgs<float> wide;
  wide.m = rows_at_once(g.m), wide.n = g.n, wide.k = g.k;
  wide.a_row = g.k;
  wide.c_row = g.n;
  wide.fill_b = fill_b<T>;
  wide.fill_b_self = const_cast<GemmArgs<T>*>(&g);
  wide.cpu_level = g.cpu_level;
  wide.parallel = g.parallel;
  wide.builtin_only = true;
  return wide;
}

}  // namespace

template <class T>
size_t gemm_half_bytes(const GemmArgs<T>& g) {
  const Sizes<T> sizes(g, widened(g));
  return sizes.a + sizes.c + sizes.product;
}

template <class T>
void gemm_half(const GemmArgs<T>& g) {
  GemmArgs<float> wide = widened(g);
  const Sizes<T> sizes(g, wide);
  const GemmScratch scratch(g.workspace, g.workspace_bytes, sizes.a + sizes.c + sizes.product);
  float* const a = scratch.template as<float>();
  float* const c = a + sizes.a / 4;
  wide.a = a, wide.c = c;
  wide.workspace = c + sizes.c / 4, wide.workspace_bytes = sizes.product;
  for (int64_t row = 0; row < g.m; row += kRowsAtOnce) {
    wide.m = rows_at_once(g.m - row);
    for (int64_t i = 0; i < wide.m; ++i)
      for (int64_t p = 0; p < g.k; ++p) a[i * g.k + p] = float(g.a[(row + i) * g.a_row + p * g.a_col]);
    gemm(wide);
    for (int64_t i = 0; i < wide.m; ++i) {
      T* to = g.c + (row + i) * g.c_row;
      const T* add = g.add ? g.add + (row + i) * g.add_row : to;
      const int64_t add_col = g.add ? g.add_col : g.c_col;
      for (int64_t j = 0; j < g.n; ++j) {
        float x = g.alpha * c[i * g.n + j];
        if (g.beta != 0) x += g.beta * float(add[j * add_col]);
        to[j * g.c_col] = T(x);
      }
    }
    if (g.finish) g.finish(g.finish_self, {g.c + row * g.c_row, wide.m, g.n, g.c_row, g.c_col, row, 0});
  }
}

template size_t gemm_half_bytes(const GemmArgs<Half>&);
template size_t gemm_half_bytes(const GemmArgs<BFloat16>&);
template void gemm_half(const GemmArgs<Half>&);
template void gemm_half(const GemmArgs<BFloat16>&);

}  // namespace taper::impl
