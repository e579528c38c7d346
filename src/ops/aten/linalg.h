// What the linear algebra families share: checks with PyTorch's texts, and batches of column-major matrices in the dtype
// that the algorithms compute in (double or complex<double>, see ops/kernels/dense.h), which results are rounded from.
#pragma once

#include "core/boxing.h"
#include "ops/aten/copy.h"
#include "ops/kernels/dense.h"

namespace taper::impl::aten {

// "NAME: The input tensor A must have at least 2 dimensions." and so on.
void check_matrix(const Tensor& a, std::string_view name, std::string_view argument = "A");
void check_square(const Tensor& a, std::string_view name, std::string_view argument = "A");
void check_float_matrix(const Tensor& a, std::string_view name, bool low_precision = false);
// "\"lu_cpu\" not implemented for 'Half'": what is not single or double precision.
void check_compute(const Tensor& a, std::string_view kernel);

// The function of an out= row whose resized destination lies by rows, whatever the functional result does.
template <auto F>
struct ByRows;
template <class... Ps, Tensor (*F)(Context&, Ps...)>
struct ByRows<F> {
  static Tensor of(Context& ctx, Ps... ps) { return contiguous(ctx, F(ctx, ps...)); }
};

inline DType compute_dtype(DType dtype) { return is_complex(dtype) ? DType::kComplexDouble : DType::kDouble; }
inline DType compute_dtype(const Tensor& a) { return compute_dtype(a.dtype()); }
template <class Fn>
void visit_compute(DType dtype, Fn&& fn) {
  if (is_complex(dtype)) fn(ComplexDouble());
  else fn(double());
}

IntView batch_sizes(const Tensor& a);
int64_t batch_count(const Tensor& a);
Dims with_tail(IntView batch, std::initializer_list<int64_t> tail);
// Fresh, the last two dimensions column-major, as LAPACK's results lie.
Tensor empty_columns(IntView sizes, DType dtype);
// A copy in the compute dtype with that layout; conj and neg bits are applied.
Tensor columns(Context& ctx, const Tensor& a);
// The same with the batch expanded to `batch`.
Tensor columns_expanded(Context& ctx, const Tensor& a, IntView batch);
Tensor identity_columns(IntView batch, int64_t n, DType dtype);
// The conjugate transpose; a view.
Tensor adjoint(Context& ctx, const Tensor& a);
// Zeroes what lies above (or below) the diagonal of every matrix.
void keep_triangle(const Tensor& columns, bool upper);

// Matrix b of a batch that columns() or empty_columns() made.
template <class T>
dense::Matrix<T> matrix_at(const Tensor& t, int64_t b) {
  int64_t rows = t.size(-2), cols = t.size(-1);
  return {t.mutable_data<T>() + b * rows * cols, rows, cols, 1, std::max<int64_t>(rows, 1)};
}

// B stands for vectors, one for each matrix of A's batch.
bool is_vector_batch(const Tensor& a, const Tensor& b);
// "Expected A and B to have the same dtype", then the shapes of AX = B or XA = B.
void check_same_dtype(const Tensor& a, const Tensor& b, std::string_view name, std::string_view a_name, std::string_view b_name);
void check_solver_shapes(const Tensor& a, const Tensor& b, bool left, std::string_view name);

// Throws the text of the first failure among LAPACK's infos (int32).
void check_infos(const Tensor& infos, std::string_view name);

struct Factored {
  Tensor matrix, pivots, info;  // the matrix in compute dtype
};
Factored lu_factored(Context& ctx, const Tensor& a, bool pivot);
// x in place of b (columns), batches equal; adjoint solves with A^H.
void solve_lu(Context& ctx, const Tensor& lu, const Tensor& pivots, const Tensor& b, bool left, bool adjoint);

std::tuple<Tensor, Tensor> linalg_inv_ex(Context& ctx, const Tensor& a, bool check_errors);
// U, S, Vh in compute dtype; U and Vh undefined unless wanted.
struct Svd {
  Tensor u, s, vh;
};
Svd svd_of(Context& ctx, const Tensor& a, bool full, bool vectors);
Tensor svdvals(Context& ctx, const Tensor& a);  // in a's real dtype
// Eigenvalues and vectors in compute dtype.
std::tuple<Tensor, Tensor> eigh_of(Context& ctx, const Tensor& a, bool upper, bool vectors);

Tensor matrix_norm(Context& ctx, const Tensor& self, double order, IntView dims, bool keepdim, std::optional<DType> dtype);
Tensor matrix_norm(Context& ctx, const Tensor& self, std::string_view order, IntView dims, bool keepdim, std::optional<DType> dtype);

}  // namespace taper::impl::aten
