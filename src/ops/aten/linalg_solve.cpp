// Systems of linear equations: by LU, triangular, least squares, of tensors.
#include <cmath>
#include <limits>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/linalg.h"
#include "ops/aten/matmul.h"
#include "ops/aten/reductions.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/loop.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

Tensor none(DType dtype) { return make_tensor({0}, dtype); }

// LU and pivots of one batch expanded to another.
std::pair<Tensor, Tensor> expanded_factors(Context& ctx, const Tensor& lu, const Tensor& pivots, IntView batch) {
  if (same(batch, batch_sizes(lu)) && lu.dtype() == compute_dtype(lu) && !lu.is_conj() && lu.strides()[size_t(lu.dim() - 2)] == 1 &&
      same(lu.strides(), empty_columns(lu.sizes(), DType::kByte).strides()))
    return {lu, contiguous(ctx, pivots)};
  return {columns_expanded(ctx, lu, batch), contiguous(ctx, expand(ctx, pivots, with_tail(batch, {lu.size(-1)})))};
}

// As PyTorch's solutions lie: by columns where X stands right of A, else by rows.
Tensor solution_of(Context& ctx, const Tensor& x, DType dtype, bool left) {
  if (left) return to_dtype(ctx, x, dtype);
  Tensor out = make_tensor(x.sizes(), dtype);
  copy_(ctx, out, x);
  return out;
}

std::tuple<Tensor, Tensor, Tensor, Tensor> solve_parts(Context& ctx, const Tensor& a, const Tensor& b, bool left, bool check_errors) {
  check_matrix(a, "linalg.solve");
  check_float_matrix(a, "linalg.solve", true);
  check_same_dtype(a, b, "linalg.solve", "A", "B");
  bool vectors = is_vector_batch(a, b);
  Tensor right = vectors ? unsqueeze(ctx, b, -1) : b;
  check(left || !vectors,
        "linalg.solve: Vector broadcasting of the left hand side is not supported for left=False. In this case linalg.solve is equivalent to B / "
        "A.squeeze(-1)");
  check_solver_shapes(a, right, left, "linalg.solve");
  Dims batch = broadcast_sizes(batch_sizes(right), batch_sizes(a));
  check_compute(a, "lu_cpu");
  Factored f = lu_factored(ctx, a, true);
  if (check_errors) check_infos(f.info, "torch.linalg.solve");
  Tensor x = columns_expanded(ctx, right, batch);
  auto [lu, pivots] = expanded_factors(ctx, f.matrix, f.pivots, batch);
  solve_lu(ctx, lu, pivots, x, left, false);
  Tensor out = solution_of(ctx, x, a.dtype(), left);
  return {vectors ? squeeze_dim(ctx, out, -1) : out, to_dtype(ctx, f.matrix, a.dtype()), f.pivots, f.info};
}
std::tuple<Tensor, Tensor> linalg_solve_ex(Context& ctx, const Tensor& a, const Tensor& b, bool left, bool check_errors) {
  auto [x, lu, pivots, info] = solve_parts(ctx, a, b, left, check_errors);
  return {x, info};
}
Tensor linalg_solve(Context& ctx, const Tensor& a, const Tensor& b, bool left) { return std::get<0>(solve_parts(ctx, a, b, left, true)); }

Tensor linalg_lu_solve(Context& ctx, const Tensor& lu, const Tensor& pivots, const Tensor& b, bool left, bool adjoint) {
  check_float_matrix(lu, "torch.linalg.lu_solve", true);
  check_same_dtype(lu, b, "linalg.lu_solve", "LU", "B");
  check(pivots.dtype() == DType::kInt, "linalg.lu_solve: pivots should be a Tensor of scalar type torch.int32");
  check_square(lu, "torch.linalg.lu_solve");
  check_solver_shapes(lu, b, left, "linalg.lu_solve");
  int64_t n = lu.size(-1);
  check(pivots.dim() >= 1 && pivots.size(-1) == n, "linalg.lu_solve: Number of pivots per batch should be same as the dimension of the matrix");
  check(same(pivots.sizes(), lu.sizes().first(size_t(lu.dim() - 1))),
        "linalg.lu_solve: Expected LU.shape[:-1] and pivots.shape to be the same, but got pivots with shape ", pivots.sizes(), " instead");
  check_compute(lu, "linalg.lu_solve_cpu");
  Dims batch = broadcast_sizes(batch_sizes(lu), batch_sizes(b));
  auto [factors, rows] = expanded_factors(ctx, lu, pivots, batch);
  const auto* row = rows.data<int32_t>();
  for (int64_t i = 0; i < rows.numel(); ++i) {
    check(row[i] >= 1, "Pivots given to lu_solve must all be greater or equal to 1. Did you properly pass the result of lu_factor?");
    check(row[i] <= n, "Pivots given to lu_solve must all be smaller or equal to LU.size(-2). Did you properly pass the result of lu_factor?");
  }
  Tensor x = columns_expanded(ctx, b, batch);
  solve_lu(ctx, factors, rows, x, left, adjoint);
  return solution_of(ctx, x, b.dtype(), left);
}
Tensor lu_solve(Context& ctx, const Tensor& b, const Tensor& lu, const Tensor& pivots) { return linalg_lu_solve(ctx, lu, pivots, b, true, false); }

// Triangular.

// x in place of b's columns; a too in compute dtype, batches equal.
void solve_triangles(Context& ctx, const Tensor& a, const Tensor& b, bool upper, bool left, bool transposed, bool unit) {
  if (b.numel() == 0) return;
  visit_compute(a.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t k = 0; k < batch_count(b); ++k) {
      auto m = matrix_at<T>(a, k), x = matrix_at<T>(b, k);
      bool flip = left == transposed;
      dense::solve_triangular(ctx, flip ? m.transposed() : m, left ? x : x.transposed(), upper != flip, unit);
    }
  });
}
Tensor linalg_solve_triangular(Context& ctx, const Tensor& a, const Tensor& b, bool upper, bool left, bool unit) {
  check_solver_shapes(a, b, left, "linalg.solve_triangular");
  check(a.dtype() == b.dtype(), "expected scalar type ", scalar_type_name(a.dtype()), " but found ", scalar_type_name(b.dtype()));
  Dims batch = broadcast_sizes(batch_sizes(b), batch_sizes(a));
  check_compute(a, "triangular_solve_cpu");
  Tensor m = columns_expanded(ctx, a, batch), x = columns_expanded(ctx, b, batch);
  solve_triangles(ctx, m, x, upper, left, false, unit);
  return to_dtype(ctx, x, b.dtype());
}
std::tuple<Tensor, Tensor> triangular_solve(Context& ctx, const Tensor& b, const Tensor& a, bool upper, bool transposed, bool unit) {
  check(b.dim() >= 2, "torch.triangular_solve: Expected b to have at least 2 dimensions, but it has ", b.dim(), " dimensions instead");
  check(a.dim() >= 2, "torch.triangular_solve: Expected A to have at least 2 dimensions, but it has ", a.dim(), " dimensions instead");
  check(a.dtype() == b.dtype(), "Expected b and A to have the same dtype, but found b of type ", scalar_type_name(b.dtype()), " and A of type ",
        scalar_type_name(a.dtype()), " instead.");
  check(a.size(-1) == a.size(-2), "A must be batches of square matrices, but they are ", a.size(-2), " by ", a.size(-1), " matrices");
  check(a.size(-1) == b.size(-2), "Incompatible matrix sizes for triangular_solve: each A matrix is ", a.size(-1), " by ", a.size(-1), " but each b matrix is ",
        b.size(-2), " by ", b.size(-1));
  Dims batch = broadcast_sizes(batch_sizes(b), batch_sizes(a));
  check_compute(a, "triangular_solve_cpu");
  Tensor m = columns_expanded(ctx, a, batch), x = columns_expanded(ctx, b, batch);
  solve_triangles(ctx, m, x, upper, true, transposed, unit);
  return {to_dtype(ctx, x, b.dtype()), to_dtype(ctx, m, a.dtype())};
}

// Least squares: the shortest solution, from the singular values above rcond times the greatest.
std::tuple<Tensor, Tensor, Tensor, Tensor> linalg_lstsq(Context& ctx, const Tensor& a, const Tensor& b, std::optional<double> rcond,
                                                        std::optional<std::string_view> driver) {
  check(a.dim() >= 2, "torch.linalg.lstsq: input must have at least 2 dimensions.");
  check(b.dim() >= 1, "torch.linalg.lstsq: other must have at least 1 dimension.");
  check(a.dtype() == b.dtype(), "torch.linalg.lstsq: Expected input and other to have the same dtype, but got input's dtype ", scalar_type_name(a.dtype()),
        " and other's dtype ", scalar_type_name(b.dtype()));
  int64_t after = a.dim() - b.dim();
  check(after == 0 || after == 1, "torch.linalg.lstsq: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1");
  bool vectors = after == 1;
  Tensor right = vectors ? unsqueeze(ctx, b, -1) : b;
  check(a.size(-2) == right.size(-2), "torch.linalg.lstsq: input.size(-2) should match other.size(", vectors ? -1 : -2, ")");
  std::string_view name = driver.value_or("gelsy");
  check(name == "gels" || name == "gelsy" || name == "gelsd" || name == "gelss",
        "torch.linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)");
  DType real = to_real(a.dtype());
  check(real == DType::kFloat || real == DType::kDouble, "This function doesn't handle types other than float and double");
  int64_t m = a.size(-2), n = a.size(-1), k = std::min(m, n);
  double eps = real == DType::kFloat ? double(std::numeric_limits<float>::epsilon()) : std::numeric_limits<double>::epsilon();
  double bound = name == "gels" ? 0 : rcond.value_or(eps * double(std::max(m, n)));
  if (bound < 0) bound = eps;  // LAPACK: the machine's precision
  Dims batch = broadcast_sizes(batch_sizes(a), batch_sizes(right));
  Tensor matrix = expand(ctx, a, with_tail(batch, {m, n})), x = columns_expanded(ctx, right, batch);
  Svd parts = svd_of(ctx, matrix, false, true);
  Tensor rank = zeros(ctx, batch, DType::kLong), inverse = make_tensor(parts.s.sizes(), DType::kDouble);
  bool full = true;
  for (int64_t i = 0; i < rank.numel(); ++i) {
    const double* s = parts.s.data<double>() + i * k;
    for (int64_t j = 0; j < k; ++j) {
      bool counts = s[j] > bound * s[0];
      inverse.mutable_data<double>()[i * k + j] = counts ? 1 / s[j] : 0;
      rank.mutable_data<int64_t>()[i] += counts;
    }
    full = full && rank.data<int64_t>()[i] == n;
  }
  Tensor solution = matmul(ctx, adjoint(ctx, parts.u), x);
  solution = matmul(ctx, adjoint(ctx, parts.vh), mul(ctx, solution, unsqueeze(ctx, inverse, -1)));
  Tensor residuals = none(real);
  if (m > n && name != "gelsy" && full) {
    const int64_t rows[1] = {-2};
    Tensor off = sub(ctx, matmul(ctx, columns(ctx, matrix), solution), x);
    Tensor length = vector_norm(ctx, off, 2, IntView(rows), false);
    residuals = to_dtype(ctx, mul(ctx, length, length), real);
  }
  bool values = name == "gelsd" || name == "gelss";
  // The solution lies where the right hand sides were.
  Tensor place = narrow(ctx, empty_columns(with_tail(batch, {std::max(m, n), right.size(-1)}), a.dtype()), -2, 0, n);
  copy_(ctx, place, solution);
  if (vectors) place = squeeze_dim(ctx, place, -1);
  return {place, residuals, name == "gels" ? none(DType::kLong) : rank, values ? to_dtype(ctx, parts.s, real) : none(real)};
}

// Of tensors that stand for matrices.

int64_t product(IntView sizes) { return checked_numel(sizes); }

Tensor linalg_tensorinv(Context& ctx, const Tensor& self, int64_t ind) {
  check(ind > 0, "Expected a strictly positive integer for 'ind', but got ", ind);
  check(ind <= self.dim(), "ArrayRef: invalid slice, N = ", ind, "; size = ", self.dim());
  IntView head = self.sizes().first(size_t(ind)), tail = self.sizes().subspan(size_t(ind));
  int64_t rows = product(head), cols = product(tail);
  check(rows == cols, "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got ", cols, " != ", rows);
  Dims sizes(tail);
  for (int64_t n : head) sizes.push_back(n);
  const int64_t flat[2] = {rows, cols};
  auto [inverse, info] = linalg_inv_ex(ctx, reshape(ctx, self, flat), false);
  check_infos(info, "inv");
  return reshape(ctx, inverse, sizes);
}
Tensor linalg_tensorsolve(Context& ctx, const Tensor& self, const Tensor& other, std::optional<IntView> dims) {
  Tensor a = self;
  if (dims) {
    Dims to;
    for (size_t i = 0; i < dims->size(); ++i) to.push_back(self.dim() - int64_t(dims->size()) + int64_t(i));
    check(int64_t(dims->size()) <= self.dim(), "linalg.tensorsolve: more dims than self has");
    a = movedim(ctx, self, *dims, to);
  }
  check(a.dim() >= other.dim(), "ArrayRef: invalid slice, N = ", other.dim(), "; size = ", a.dim());
  IntView head = a.sizes().first(size_t(other.dim())), tail = a.sizes().subspan(size_t(other.dim()));
  int64_t rows = product(head), cols = product(tail);
  check(rows == cols, "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got ", cols, " != ", rows);
  const int64_t flat[2] = {rows, cols};
  const int64_t all[1] = {-1};
  return reshape(ctx, linalg_solve(ctx, reshape(ctx, a, flat), reshape(ctx, other, all), true), Dims(tail));
}

constexpr OpDef kRows[] = {
    op("aten::linalg_solve(Tensor A, Tensor B, *, bool left=True) -> Tensor", TAPER_OP(linalg_solve), kPure),
    op_out("aten::linalg_solve.out(Tensor A, Tensor B, *, bool left=True, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_solve), kSameOut),
    op("aten::linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor info)", TAPER_OP(linalg_solve_ex),
       kPure),
    op_out<2>("aten::linalg_solve_ex.out(Tensor A, Tensor B, *, bool left=True, bool check_errors=False, Tensor(a!) result, Tensor(b!) info) -> (Tensor(a!) "
              "result, Tensor(b!) info)",
              TAPER_OP(linalg_solve_ex), kSameOut),
    op("aten::_linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor LU, Tensor pivots, Tensor info)",
       TAPER_OP(solve_parts), kPure),
    op_out<4>(
        "aten::_linalg_solve_ex.result(Tensor A, Tensor B, *, bool left=True, bool check_errors=False, Tensor(a!) result, Tensor(b!) LU, Tensor(c!) pivots, "
        "Tensor(d!) info) -> (Tensor(a!) result, Tensor(b!) LU, Tensor(c!) pivots, Tensor(d!) info)",
        TAPER_OP(solve_parts), kSameOut),
    op("aten::linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False) -> Tensor", TAPER_OP(linalg_lu_solve), kPure),
    op_out("aten::linalg_lu_solve.out(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(linalg_lu_solve), kSameOut),
    op("aten::lu_solve(Tensor self, Tensor LU_data, Tensor LU_pivots) -> Tensor", TAPER_OP(lu_solve), kPure),
    op_out("aten::lu_solve.out(Tensor self, Tensor LU_data, Tensor LU_pivots, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(lu_solve), kSameOut),
    op("aten::linalg_solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool unitriangular=False) -> Tensor",
       TAPER_OP(linalg_solve_triangular), kPure),
    op_out("aten::linalg_solve_triangular.out(Tensor self, Tensor B, *, bool upper, bool left=True, bool unitriangular=False, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(linalg_solve_triangular), kSameOut),
    op("aten::triangular_solve(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False) -> (Tensor solution, Tensor "
       "cloned_coefficient)",
       TAPER_OP(triangular_solve), kPure),
    op_out<2>(
        "aten::triangular_solve.X(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False, *, Tensor(a!) X, Tensor(b!) M) -> "
        "(Tensor(a!) solution, Tensor(b!) cloned_coefficient)",
        TAPER_OP(triangular_solve), kSameOut),
    op("aten::linalg_lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> (Tensor solution, Tensor residuals, Tensor rank, Tensor "
       "singular_values)",
       TAPER_OP(linalg_lstsq), kPure),
    op_out<4>(
        "aten::linalg_lstsq.out(Tensor self, Tensor b, float? rcond=None, *, str? driver=None, Tensor(a!) solution, Tensor(b!) residuals, Tensor(c!) rank, "
        "Tensor(d!) singular_values) -> (Tensor(a!) solution, Tensor(b!) residuals, Tensor(c!) rank, Tensor(d!) singular_values)",
        TAPER_OP(linalg_lstsq)),
    op("aten::linalg_tensorinv(Tensor self, int ind=2) -> Tensor", TAPER_OP(linalg_tensorinv), kPure),
    op_out("aten::linalg_tensorinv.out(Tensor self, int ind=2, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ByRows<linalg_tensorinv>::of)),
    op("aten::linalg_tensorsolve(Tensor self, Tensor other, int[]? dims=None) -> Tensor", TAPER_OP(linalg_tensorsolve), kPure),
    op_out("aten::linalg_tensorsolve.out(Tensor self, Tensor other, int[]? dims=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_tensorsolve)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> linalg_solve_rows() { return aten::kRows; }
}  // namespace taper::impl
