// Matrix products for every type and any strides: the path of integers and complex numbers, and of C = beta * S for
// all types. Rows of C are summed in pieces that stay in the first cache, so that B is read along its rows where it
// has any.
#include "ops/kernels/gemm_internal.h"

namespace taper::impl {
namespace {

// The type that sums are kept in. Integers wrap, so they are summed unsigned (signed overflow is undefined).
template <class T>
struct SumOf {
  using type = T;
};
template <>
struct SumOf<Half> {
  using type = float;
};
template <>
struct SumOf<BFloat16> {
  using type = float;
};
template <>
struct SumOf<int8_t> {
  using type = uint32_t;
};
template <>
struct SumOf<uint8_t> {
  using type = uint32_t;
};
template <>
struct SumOf<int16_t> {
  using type = uint32_t;
};
template <>
struct SumOf<int32_t> {
  using type = uint32_t;
};
template <>
struct SumOf<int64_t> {
  using type = uint64_t;
};

// std::complex's product repairs infinities with a slow library call; PyTorch's is the plain formula.
template <class S>
S multiply(S a, S b) {
  return a * b;
}
template <class R>
std::complex<R> multiply(std::complex<R> a, std::complex<R> b) {
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

constexpr int64_t kPieceCols = 256;
constexpr int64_t kMinTaskWork = 64 << 10;

template <class T>
void plain_piece(const GemmArgs<T>& g, int64_t row, int64_t col, int64_t cols) {
  using Sum = typename SumOf<T>::type;
  Sum sums[kPieceCols];
  for (int64_t j = 0; j < cols; ++j) sums[j] = Sum(0);
  if (g.alpha != typename GemmArgs<T>::Scalar(0)) {
    const T* a = g.a + row * g.a_row;
    const T* b = g.b + col * g.b_col;
    if (g.b_row == 1 && g.b_col != 1) {
      for (int64_t j = 0; j < cols; ++j) {
        Sum sum = Sum(0);
        for (int64_t p = 0; p < g.k; ++p) sum += multiply(Sum(a[p * g.a_col]), Sum(b[j * g.b_col + p]));
        sums[j] = sum;
      }
    } else {
      for (int64_t p = 0; p < g.k; ++p) {
        const Sum x = Sum(a[p * g.a_col]);
        const T* b_at = b + p * g.b_row;
        if (g.b_col == 1)
          for (int64_t j = 0; j < cols; ++j) sums[j] += multiply(x, Sum(b_at[j]));
        else
          for (int64_t j = 0; j < cols; ++j) sums[j] += multiply(x, Sum(b_at[j * g.b_col]));
      }
    }
  }
  T* c = g.c + row * g.c_row + col * g.c_col;
  const bool adds = g.beta != typename GemmArgs<T>::Scalar(0);
  for (int64_t j = 0; j < cols; ++j) {
    Sum x = multiply(Sum(g.alpha), sums[j]);
    if (adds) {
      const T s = g.add ? g.add[row * g.add_row + (col + j) * g.add_col] : c[j * g.c_col];
      x += multiply(Sum(g.beta), Sum(s));
    }
    c[j * g.c_col] = T(x);
  }
  if (g.finish) g.finish(g.finish_self, {c, 1, cols, g.c_row, g.c_col, row, col});
}

}  // namespace

template <class T>
void gemm_plain(const GemmArgs<T>& g) {
  const int64_t pieces = (g.n + kPieceCols - 1) / kPieceCols;
  const int64_t units = g.m * pieces;
  const int64_t piece_work = gemm_product(g.n < kPieceCols ? g.n : kPieceCols, g.k > 0 ? g.k : 1);
  const int64_t task_units = piece_work >= kMinTaskWork ? 1 : kMinTaskWork / piece_work;
  const int64_t tasks = (units + task_units - 1) / task_units;
  gemm_tasks(g.parallel, tasks, [&](int64_t task) {
    const int64_t end = (task + 1) * task_units < units ? (task + 1) * task_units : units;
    for (int64_t unit = task * task_units; unit < end; ++unit) {
      const int64_t col = unit % pieces * kPieceCols;
      plain_piece(g, unit / pieces, col, g.n - col < kPieceCols ? g.n - col : kPieceCols);
    }
  });
}

template void gemm_plain(const GemmArgs<float>&);
template void gemm_plain(const GemmArgs<double>&);
template void gemm_plain(const GemmArgs<Half>&);
template void gemm_plain(const GemmArgs<BFloat16>&);
template void gemm_plain(const GemmArgs<ComplexFloat>&);
template void gemm_plain(const GemmArgs<ComplexDouble>&);
template void gemm_plain(const GemmArgs<uint8_t>&);
template void gemm_plain(const GemmArgs<int8_t>&);
template void gemm_plain(const GemmArgs<int16_t>&);
template void gemm_plain(const GemmArgs<int32_t>&);
template void gemm_plain(const GemmArgs<int64_t>&);

}  // namespace taper::impl
