// Shared parts of the linear algebra families (linalg.h).
#include "ops/aten/linalg.h"

#include "ops/aten/copy.h"
#include "ops/aten/view.h"

namespace taper::impl::aten {

void check_matrix(const Tensor& a, std::string_view name, std::string_view argument) {
  check(a.dim() >= 2, name, ": The input tensor ", argument, " must have at least 2 dimensions.");
}
void check_square(const Tensor& a, std::string_view name, std::string_view argument) {
  check_matrix(a, name, argument);
  check(a.size(-1) == a.size(-2), name, ": ", argument, " must be batches of square matrices, but they are ", a.size(-2), " by ", a.size(-1), " matrices");
}
void check_float_matrix(const Tensor& a, std::string_view name, bool low_precision) {
  check(a.is_floating() || a.is_complex(), name, ": Expected a floating point or complex tensor as input. Got ", scalar_type_name(a.dtype()));
  if (!low_precision) check(item_size(to_real(a.dtype())) >= 4, name, ": Low precision dtypes not supported. Got ", scalar_type_name(a.dtype()));
}
void check_compute(const Tensor& a, std::string_view kernel) {
  DType real = to_real(a.dtype());
  if (a.numel() == 0) return;  // PyTorch then does not come to its kernel
  if (real != DType::kFloat && real != DType::kDouble) fail_dtype(kernel, a.dtype());
}

IntView batch_sizes(const Tensor& a) { return a.sizes().first(size_t(a.dim() - 2)); }
int64_t batch_count(const Tensor& a) {
  int64_t count = 1;
  for (int64_t n : batch_sizes(a)) count *= n;
  return count;
}
Dims with_tail(IntView batch, std::initializer_list<int64_t> tail) {
  Dims sizes(batch);
  for (int64_t n : tail) sizes.push_back(n);
  return sizes;
}
Tensor empty_columns(IntView sizes, DType dtype) {
  checked_numel(sizes);
  Dims strides = contiguous_strides(sizes);
  size_t d = sizes.size();
  strides[d - 2] = 1;
  strides[d - 1] = std::max<int64_t>(sizes[d - 2], 1);
  return make_tensor_strided(sizes, strides, dtype);
}
Tensor columns(Context& ctx, const Tensor& a) {
  Tensor out = empty_columns(a.sizes(), compute_dtype(a));
  ctx.spend(a.numel() / 100 + 1);
  copy_(ctx, out, a);
  return out;
}
Tensor columns_expanded(Context& ctx, const Tensor& a, IntView batch) { return columns(ctx, expand(ctx, a, with_tail(batch, {a.size(-2), a.size(-1)}))); }
Tensor identity_columns(IntView batch, int64_t n, DType dtype) {
  Tensor out = empty_columns(with_tail(batch, {n, n}), dtype);
  visit_compute(dtype, [&](auto zero) {
    using T = decltype(zero);
    for (int64_t b = 0; b < batch_count(out) && n > 0; ++b) {
      auto m = matrix_at<T>(out, b);
      for (int64_t j = 0; j < n; ++j)
        for (int64_t i = 0; i < n; ++i) m(i, j) = i == j ? 1 : 0;
    }
  });
  return out;
}
Tensor adjoint(Context& ctx, const Tensor& a) {
  Tensor t = transpose(ctx, a, -2, -1);
  return t.is_complex() ? conj(ctx, t) : t;
}
void keep_triangle(const Tensor& t, bool upper) {
  if (t.numel() == 0) return;
  visit_compute(t.dtype(), [&](auto zero) {
    for (int64_t b = 0; b < batch_count(t); ++b) {
      auto m = matrix_at<decltype(zero)>(t, b);
      for (int64_t j = 0; j < m.cols; ++j)
        for (int64_t i = upper ? j + 1 : 0; i < (upper ? m.rows : std::min(j, m.rows)); ++i) m(i, j) = 0;
    }
  });
}

bool is_vector_batch(const Tensor& a, const Tensor& b) {
  return b.dim() == 1 || (a.dim() - 1 == b.dim() && same(b.sizes(), a.sizes().first(size_t(a.dim() - 1))));
}
void check_same_dtype(const Tensor& a, const Tensor& b, std::string_view name, std::string_view a_name, std::string_view b_name) {
  if (a.dtype() != b.dtype())
    fail_runtime(name, ": Expected ", a_name, " and ", b_name, " to have the same dtype, but found ", a_name, " of type ", scalar_type_name(a.dtype()), " and ",
                 b_name, " of type ", scalar_type_name(b.dtype()), " instead");
}
void check_solver_shapes(const Tensor& a, const Tensor& b, bool left, std::string_view name) {
  check_square(a, name);
  check_matrix(b, name, "B");
  if (left ? a.size(-2) != b.size(-2) : a.size(-1) != b.size(-1))
    fail_runtime(name, ": Incompatible shapes of A and B for the equation ", left ? "AX = B" : "XA = B", " (", a.size(-2), "x", a.size(-1), " and ", b.size(-2),
                 "x", b.size(-1), ")");
}

void check_infos(const Tensor& infos, std::string_view name) {
  const auto* info = infos.data<int32_t>();
  for (int64_t b = 0; b < infos.numel(); ++b) {
    int32_t at = info[b];
    if (at == 0) continue;
    std::string where = infos.dim() == 0 ? std::string(": ") : cat(": (Batch element ", b, "): ");
    if (name == "linalg.inv" || name == "inv" || name == "cholesky_inverse")
      fail_runtime(name, where, "The diagonal element ", at, " is zero, the inversion could not be completed because the input matrix is singular.");
    if (name == "torch.linalg.solve") fail_runtime(name, where, "The solver failed because the input matrix is singular.");
    if (name == "linalg.cholesky" || name == "cholesky")
      fail_runtime(name, where, "The factorization could not be completed because the input is not positive-definite (the leading minor of order ", at,
                   " is not positive-definite).");
    if (name == "torch.linalg.lu_factor")
      fail_runtime(name, where, "U[", at, ",", at,
                   "] is zero and using it on lu_solve would result in a division by zero. If you still want to perform the "
                   "factorization, consider calling linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)");
    if (name == "linalg.svd")
      fail_runtime(name, where,
                   at < 0 ? std::string("The algorithm failed to converge because the input matrix contained non-finite values.")
                          : cat("The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated singular "
                                "values (error code: ",
                                at, ")."));
    if (name == "linalg.eigh" || name == "linalg.eig")
      fail_runtime(name, where,
                   "The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated eigenvalues (error code: ", at, ").");
    fail_runtime(name, where, "Unknown error code: ", at, ".");
  }
}

Factored lu_factored(Context& ctx, const Tensor& a, bool pivot) {
  Factored f{columns(ctx, a), Tensor(), make_tensor(batch_sizes(a), DType::kInt)};
  int64_t steps = std::min(a.size(-2), a.size(-1));
  f.pivots = make_tensor(with_tail(batch_sizes(a), {steps}), DType::kInt);
  check(a.size(-2) <= INT32_MAX, "lu_factor: the matrix has too many rows");
  auto* pivots = f.pivots.mutable_data<int32_t>();
  auto* info = f.info.mutable_data<int32_t>();
  visit_compute(f.matrix.dtype(), [&](auto zero) {
    for (int64_t b = 0; b < f.info.numel(); ++b)
      info[b] = steps == 0 ? 0 : int32_t(dense::lu(ctx, matrix_at<decltype(zero)>(f.matrix, b), pivots + b * steps, pivot));
  });
  return f;
}

namespace {
template <class T>
void conjugate(const dense::Matrix<T>& m) {
  if constexpr (std::is_same_v<T, ComplexDouble>)
    for (int64_t j = 0; j < m.cols; ++j)
      for (int64_t i = 0; i < m.rows; ++i) m(i, j) = std::conj(m(i, j));
}
}  // namespace

void solve_lu(Context& ctx, const Tensor& lu, const Tensor& pivots, const Tensor& b, bool left, bool adjoint) {
  int64_t n = lu.size(-1);
  if (b.numel() == 0) return;
  visit_compute(lu.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t k = 0; k < batch_count(b); ++k) {
      auto a = matrix_at<T>(lu, k), x = matrix_at<T>(b, k);
      if (!left) x = x.transposed();
      const int32_t* rows = pivots.data<int32_t>() + k * n;
      if (adjoint) conjugate(x);
      if (left == adjoint) {  // A^T x = b
        dense::solve_triangular(ctx, a.transposed(), x, false, false);
        dense::solve_triangular(ctx, a.transposed(), x, true, true);
        dense::exchange_rows(x, rows, n, true);
      } else {
        dense::exchange_rows(x, rows, n, false);
        dense::solve_triangular(ctx, a, x, false, true);
        dense::solve_triangular(ctx, a, x, true, false);
      }
      if (adjoint) conjugate(x);
    }
  });
}

}  // namespace taper::impl::aten
