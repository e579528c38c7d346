// The OpenBLAS provider: part of the build only where TAPER_BLAS_OPENBLAS is defined.
#if defined(TAPER_BLAS_OPENBLAS)

#include <cblas.h>

#include <climits>
#include <utility>

#include "ops/kernels/gemm_internal.h"

namespace taper::impl {
namespace {

// A matrix as BLAS sees one: contiguous rows, or the transpose of such.
struct BlasMatrix {
  bool ok = false;
  CBLAS_TRANSPOSE transpose = CblasNoTrans;
  int lead = 1;
};

bool fits(int64_t x) { return x <= INT_MAX; }

BlasMatrix as_blas(int64_t rows, int64_t cols, int64_t row_stride, int64_t col_stride) {
  const bool rows_contiguous = col_stride == 1 || cols == 1;
  const bool cols_contiguous = row_stride == 1 || rows == 1;
  if (rows_contiguous && (rows == 1 || (row_stride >= cols && fits(row_stride)))) return {true, CblasNoTrans, rows == 1 ? int(cols) : int(row_stride)};
  if (cols_contiguous && (cols == 1 || (col_stride >= rows && fits(col_stride)))) return {true, CblasTrans, cols == 1 ? int(rows) : int(col_stride)};
  return {};
}

void multiply(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, const GemmArgs<float>& g, int lda, int ldb, int ldc) {
  cblas_sgemm(CblasRowMajor, ta, tb, int(g.m), int(g.n), int(g.k), g.alpha, g.a, lda, g.b, ldb, g.beta, g.c, ldc);
}
void multiply(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, const GemmArgs<double>& g, int lda, int ldb, int ldc) {
  cblas_dgemm(CblasRowMajor, ta, tb, int(g.m), int(g.n), int(g.k), g.alpha, g.a, lda, g.b, ldb, g.beta, g.c, ldc);
}
void multiply_vector(CBLAS_TRANSPOSE t, int rows, int cols, float alpha, const float* a, int lda, const float* x, int step_x, float beta, float* y,
                     int step_y) {
  cblas_sgemv(CblasRowMajor, t, rows, cols, alpha, a, lda, x, step_x, beta, y, step_y);
}
void multiply_vector(CBLAS_TRANSPOSE t, int rows, int cols, double alpha, const double* a, int lda, const double* x, int step_x, double beta, double* y,
                     int step_y) {
  cblas_dgemv(CblasRowMajor, t, rows, cols, alpha, a, lda, x, step_x, beta, y, step_y);
}

template <class T>
GemmArgs<T> transposed(const GemmArgs<T>& old) {
  GemmArgs<T> g = old;
  g.m = old.n, g.n = old.m;
  g.a = old.b, g.a_row = old.b_col, g.a_col = old.b_row;
  g.b = old.a, g.b_row = old.a_col, g.b_col = old.a_row;
  g.c_row = old.c_col, g.c_col = old.c_row;
  g.add_row = old.add_col, g.add_col = old.add_row;
  return g;
}

}  // namespace

template <class T>
bool gemm_blas_takes(const GemmArgs<T>& g) {
  return !g.builtin_only && !g.packed_b && !g.fill_b && fits(g.m) && fits(g.n) && fits(g.k) && as_blas(g.m, g.k, g.a_row, g.a_col).ok &&
         as_blas(g.k, g.n, g.b_row, g.b_col).ok && as_blas(g.m, g.n, g.c_row, g.c_col).ok;
}

template <class T>
void gemm_blas(const GemmArgs<T>& args) {
  // BLAS adds C alone: bring S there first.
  if (args.beta != T(0) && args.add && args.add != args.c)
    for (int64_t i = 0; i < args.m; ++i)
      for (int64_t j = 0; j < args.n; ++j) args.c[i * args.c_row + j * args.c_col] = args.add[i * args.add_row + j * args.add_col];
  const BlasMatrix c = as_blas(args.m, args.n, args.c_row, args.c_col);
  const GemmArgs<T> g = c.transpose == CblasTrans ? transposed(args) : args;
  const BlasMatrix a = as_blas(g.m, g.k, g.a_row, g.a_col), b = as_blas(g.k, g.n, g.b_row, g.b_col);
  auto other = [](CBLAS_TRANSPOSE t) { return t == CblasNoTrans ? CblasTrans : CblasNoTrans; };
  auto stored = [](const BlasMatrix& l, int rows, int cols) {
    return l.transpose == CblasNoTrans ? std::pair<int, int>(rows, cols) : std::pair<int, int>(cols, rows);
  };
  if (g.m == 1 && fits(g.a_col)) {
    const auto [rows, cols] = stored(b, int(g.k), int(g.n));
    multiply_vector(other(b.transpose), rows, cols, g.alpha, g.b, b.lead, g.a, g.k == 1 ? 1 : int(g.a_col), g.beta, g.c, 1);
  } else if (g.n == 1 && fits(g.b_row) && fits(g.c_row)) {
    const auto [rows, cols] = stored(a, int(g.m), int(g.k));
    multiply_vector(a.transpose, rows, cols, g.alpha, g.a, a.lead, g.b, g.k == 1 ? 1 : int(g.b_row), g.beta, g.c, int(g.c_row));
  } else {
    multiply(a.transpose, b.transpose, g, a.lead, b.lead, c.lead);
  }
  if (args.finish) args.finish(args.finish_self, {args.c, args.m, args.n, args.c_row, args.c_col, 0, 0});
}

template bool gemm_blas_takes(const GemmArgs<float>&);
template bool gemm_blas_takes(const GemmArgs<double>&);
template void gemm_blas(const GemmArgs<float>&);
template void gemm_blas(const GemmArgs<double>&);

}  // namespace taper::impl

#endif
