// Factorizations: LU with what follows from it (determinants, inverse), Cholesky, QR, LDL.
#include <cmath>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/linalg.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/loop.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

Tensor none(DType dtype) { return make_tensor({0}, dtype); }

// LU.

using Three = std::tuple<Tensor, Tensor, Tensor>;

void check_lu(const Tensor& a, const char* name) {
  check(a.dim() >= 2, name, ": Expected tensor with 2 or more dimensions. Got size: ", a.sizes(), " instead");
  check_compute(a, "lu_cpu");
}
constexpr const char* kNoPivots = "linalg.lu_factor: LU without pivoting is not implemented on the CPU";
Three lu_factor_ex(Context& ctx, const Tensor& a, bool pivot, bool check_errors) {
  check_lu(a, "torch.lu_factor");
  check(pivot || a.numel() == 0, kNoPivots);
  Factored f = lu_factored(ctx, a, pivot);
  if (check_errors) check_infos(f.info, "torch.linalg.lu_factor");
  return {to_dtype(ctx, f.matrix, a.dtype()), f.pivots, f.info};
}
std::tuple<Tensor, Tensor> lu_factor(Context& ctx, const Tensor& a, bool pivot) {
  auto [lu, pivots, info] = lu_factor_ex(ctx, a, pivot, true);
  return {lu, pivots};
}
Three lu_with_info(Context& ctx, const Tensor& a, bool pivot, bool) { return lu_factor_ex(ctx, a, pivot, false); }

Tensor triangle_of(Context& ctx, const Tensor& lu, int64_t rows, int64_t cols, bool upper, DType dtype) {
  Tensor part = narrow(ctx, narrow(ctx, lu, -2, 0, rows), -1, 0, cols);
  Tensor out = contiguous(ctx, to_dtype(ctx, part, dtype, true));
  if (out.numel() == 0) return out;
  size_t width = out.item_size();
  auto* data = static_cast<char*>(out.mutable_data());
  for (int64_t b = 0; b < batch_count(out); ++b)
    for (int64_t i = 0; i < rows; ++i) {
      char* row = data + (b * rows + i) * cols * int64_t(width);
      int64_t first = upper ? 0 : std::min(i, cols), last = upper ? std::min(i, cols) : cols;
      std::memset(row + first * int64_t(width), 0, size_t(last - first) * width);
    }
  if (!upper) fill_(ctx, diagonal(ctx, out, 0, -2, -1), Scalar(1));
  return out;
}
// P as a matrix: P L U = A.
Tensor permutation_matrix(Context& ctx, const Tensor& pivots, IntView batch, int64_t rows, DType dtype) {
  Tensor dense = contiguous(ctx, pivots);
  const auto* pivot = dense.data<int32_t>();
  int64_t steps = pivots.size(-1);
  for (int64_t i = 0; i < dense.numel(); ++i)
    check(pivot[i] >= 1 && pivot[i] <= rows,
          "pivots passed to lu_unpack must be between 1 and LU.size(-2) inclusive.Did you properly pass the result of lu_factor?");
  Tensor out = zeros(ctx, with_tail(batch, {rows, rows}), DType::kByte);
  auto* flags = out.mutable_data<uint8_t>();
  int64_t count = rows == 0 ? 0 : batch_count(out);
  check(steps == 0 || count == 0 || dense.numel() == count * steps, "lu_unpack: LU_pivots must have LU_data's batch");
  check(steps <= rows || count == 0, "lu_unpack: too many pivots");
  Vec<int64_t> order(static_cast<size_t>(rows));
  for (int64_t b = 0; b < count; ++b) {
    for (int64_t i = 0; i < rows; ++i) order[size_t(i)] = i;
    for (int64_t i = 0; i < steps; ++i) std::swap(order[size_t(i)], order[size_t(pivot[b * steps + i] - 1)]);
    for (int64_t i = 0; i < rows; ++i) flags[(b * rows + order[size_t(i)]) * rows + i] = 1;
  }
  return to_dtype(ctx, out, dtype);
}
Three unpack(Context& ctx, const Tensor& lu, const Tensor& pivots, DType dtype, bool data, bool permutation) {
  int64_t m = lu.size(-2), n = lu.size(-1), k = std::min(m, n);
  Tensor p = permutation ? permutation_matrix(ctx, pivots, batch_sizes(lu), m, dtype) : none(dtype);
  if (!data) return {p, none(dtype), none(dtype)};
  return {p, triangle_of(ctx, lu, m, k, false, dtype), triangle_of(ctx, lu, k, n, true, dtype)};
}
Three lu_unpack(Context& ctx, const Tensor& lu, const Tensor& pivots, bool data, bool permutation) {
  check(lu.dim() >= 2, "torch.lu_unpack: Expected tensor with 2 or more dimensions. Got size: ", lu.sizes(), " instead");
  if (permutation)
    check(pivots.dtype() == DType::kInt && pivots.dim() >= 1,
          "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\nNote: this function is intended "
          "to be used with the output produced by linalg.lu_factor");
  Tensor rows = pivots;
  // Pivots beyond the matrix's steps are not looked at.
  if (permutation && rows.size(-1) > std::min(lu.size(-2), lu.size(-1))) rows = narrow(ctx, rows, -1, 0, std::min(lu.size(-2), lu.size(-1)));
  return unpack(ctx, lu, rows, lu.dtype(), data, permutation);
}
Three linalg_lu(Context& ctx, const Tensor& a, bool pivot) {
  check_lu(a, "linalg.lu");
  check(pivot || a.numel() == 0, kNoPivots);
  Factored f = lu_factored(ctx, a, pivot);
  return unpack(ctx, f.matrix, f.pivots, a.dtype(), true, true);
}

// Determinants.

// The transpose's factors serve as well, and lie right where a is row-major: PyTorch hands those out.
Factored det_factors(Context& ctx, const Tensor& a) { return lu_factored(ctx, a.is_contiguous() && !a.is_complex() ? transpose(ctx, a, -2, -1) : a, true); }
// each(b, sign of the permutation, diagonal...) over the batch.
template <class Each>
void over_diagonals(const Factored& f, Each each) {
  int64_t n = f.matrix.size(-1);
  const auto* pivots = f.pivots.data<int32_t>();
  visit_compute(f.matrix.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t b = 0; b < f.info.numel(); ++b) {
      bool odd = false;
      for (int64_t i = 0; i < n; ++i) odd ^= pivots[b * n + i] != i + 1;
      each(b, T(odd ? -1 : 1), matrix_at<T>(f.matrix, b));
    }
  });
}
Three det_parts(Context& ctx, const Tensor& a) {
  check_square(a, "linalg.det");
  check_float_matrix(a, "linalg.det", true);
  check_compute(a, "lu_cpu");
  Factored f = det_factors(ctx, a);
  Tensor out = make_tensor(batch_sizes(a), f.matrix.dtype());
  over_diagonals(f, [&](int64_t b, auto product, auto m) {
    using T = decltype(product);
    for (int64_t i = 0; i < m.rows; ++i) product = dense::times(product, m(i, i));
    out.mutable_data<T>()[b] = product;
  });
  return {to_dtype(ctx, out, a.dtype()), to_dtype(ctx, f.matrix, a.dtype()), f.pivots};
}
Tensor linalg_det(Context& ctx, const Tensor& a) { return std::get<0>(det_parts(ctx, a)); }

struct SignLog {
  Tensor sign, log;  // compute dtype, double
  Factored factors;
};
SignLog sign_log(Context& ctx, const Tensor& a, const char* name) {
  check_square(a, name);
  check_float_matrix(a, name);
  Factored f = det_factors(ctx, a);
  SignLog out{make_tensor(batch_sizes(a), f.matrix.dtype()), make_tensor(batch_sizes(a), DType::kDouble), f};
  over_diagonals(f, [&](int64_t b, auto sign, auto m) {
    using T = decltype(sign);
    double log = 0;
    for (int64_t i = 0; i < m.rows; ++i) {
      double size = std::abs(m(i, i));
      sign = size == 0 ? T(0) : dense::times(sign, m(i, i) / size);
      log += std::log(size);
    }
    out.sign.template mutable_data<T>()[b] = sign;
    out.log.template mutable_data<double>()[b] = log;
  });
  return out;
}
std::tuple<Tensor, Tensor, Tensor, Tensor> slogdet_parts(Context& ctx, const Tensor& a) {
  SignLog parts = sign_log(ctx, a, "linalg.slogdet");
  return {to_dtype(ctx, parts.sign, a.dtype()), to_dtype(ctx, parts.log, to_real(a.dtype())), to_dtype(ctx, parts.factors.matrix, a.dtype()),
          parts.factors.pivots};
}
std::tuple<Tensor, Tensor> slogdet(Context& ctx, const Tensor& a) {
  auto [sign, log, lu, pivots] = slogdet_parts(ctx, a);
  return {sign, log};
}
Tensor logdet(Context& ctx, const Tensor& a) {
  SignLog parts = sign_log(ctx, a, "logdet");
  Tensor out = make_tensor(batch_sizes(a), parts.sign.dtype());
  const auto* log = parts.log.data<double>();
  visit_compute(out.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const T* sign = parts.sign.data<T>();
    for (int64_t b = 0; b < out.numel(); ++b) out.mutable_data<T>()[b] = std::log(sign[b]) + log[b];
  });
  return to_dtype(ctx, out, a.dtype());
}

// Inverse.

Tensor linalg_inv(Context& ctx, const Tensor& a) { return std::get<0>(linalg_inv_ex(ctx, a, true)); }

// Cholesky.

// The lower triangle's factor, or of the upper one's adjoint.
Factored cholesky_factored(Context& ctx, const Tensor& a, bool upper) {
  Factored f{columns(ctx, upper ? adjoint(ctx, a) : a), Tensor(), make_tensor(batch_sizes(a), DType::kInt)};
  auto* info = f.info.mutable_data<int32_t>();
  keep_triangle(f.matrix, false);
  visit_compute(f.matrix.dtype(), [&](auto zero) {
    for (int64_t b = 0; b < f.info.numel(); ++b) info[b] = int32_t(dense::cholesky(ctx, matrix_at<decltype(zero)>(f.matrix, b)));
  });
  return f;
}
Tensor cholesky_result(Context& ctx, const Factored& f, bool upper, DType dtype) {
  Tensor out = empty_columns(f.matrix.sizes(), dtype);
  copy_(ctx, out, upper ? adjoint(ctx, f.matrix) : f.matrix);
  return out;
}
std::tuple<Tensor, Tensor> cholesky_ex(Context& ctx, const Tensor& a, bool upper, bool check_errors) {
  check_square(a, "linalg.cholesky");
  check_float_matrix(a, "linalg.cholesky", true);
  check_compute(a, "cholesky_cpu");
  Factored f = cholesky_factored(ctx, a, upper);
  if (check_errors) check_infos(f.info, "linalg.cholesky");
  return {cholesky_result(ctx, f, upper, a.dtype()), f.info};
}
Tensor linalg_cholesky(Context& ctx, const Tensor& a, bool upper) { return std::get<0>(cholesky_ex(ctx, a, upper, true)); }
Tensor cholesky(Context& ctx, const Tensor& a, bool upper) {
  if (a.numel() == 0 && a.dim() >= 2) return empty_columns(a.sizes(), a.dtype());
  check_square(a, "cholesky");
  check_compute(a, "cholesky_cpu");
  Factored f = cholesky_factored(ctx, a, upper);
  check_infos(f.info, "cholesky");
  return cholesky_result(ctx, f, upper, a.dtype());
}
// (L L^H)^-1 b in place, from columns.
void solve_cholesky(Context& ctx, const Tensor& factor, const Tensor& factor_adjoint, const Tensor& b) {
  if (b.numel() == 0) return;
  visit_compute(b.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t k = 0; k < batch_count(b); ++k) {
      auto x = matrix_at<T>(b, k);
      dense::solve_triangular(ctx, matrix_at<T>(factor, k), x, false, false);
      dense::solve_triangular(ctx, matrix_at<T>(factor_adjoint, k), x, true, false);
    }
  });
}
Tensor cholesky_inverse(Context& ctx, const Tensor& self, bool upper) {
  check_square(self, "cholesky_inverse");
  check_compute(self, "cholesky_inverse_out_cpu");
  Tensor lower = columns(ctx, upper ? adjoint(ctx, self) : self), other = columns(ctx, adjoint(ctx, lower)), info = make_tensor(batch_sizes(self), DType::kInt);
  auto* infos = info.mutable_data<int32_t>();
  visit_compute(lower.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t b = 0; b < info.numel(); ++b) {
      auto m = matrix_at<T>(lower, b);
      infos[b] = 0;
      for (int64_t i = m.rows - 1; i >= 0; --i)
        if (m(i, i) == T(0)) infos[b] = int32_t(i + 1);
    }
  });
  check_infos(info, "cholesky_inverse");
  Tensor out = identity_columns(batch_sizes(self), self.size(-1), lower.dtype());
  solve_cholesky(ctx, lower, other, out);
  return to_dtype(ctx, out, self.dtype());
}
Tensor cholesky_solve(Context& ctx, const Tensor& b, const Tensor& a, bool upper) {
  check(b.dim() >= 2, "b should have at least 2 dimensions, but has ", b.dim(), " dimensions instead");
  check(a.dim() >= 2, "u should have at least 2 dimensions, but has ", a.dim(), " dimensions instead");
  check(a.dtype() == b.dtype(), "Expected b and A to have the same dtype, but found b of type ", scalar_type_name(b.dtype()), " and A of type ",
        scalar_type_name(a.dtype()), ".");
  check(a.size(-1) == a.size(-2), "A must be batches of square matrices, but they are ", a.size(-2), " by ", a.size(-1), " matrices");
  check(a.size(-1) == b.size(-2), "Incompatible matrix sizes for cholesky_solve: each A matrix is ", a.size(-1), " by ", a.size(-1), " but each b matrix is ",
        b.size(-2), " by ", b.size(-1));
  check_compute(a, "cholesky_solve_cpu");
  Dims batch = broadcast_sizes(batch_sizes(b), batch_sizes(a));
  Tensor lower = columns_expanded(ctx, upper ? adjoint(ctx, a) : a, batch), x = columns_expanded(ctx, b, batch);
  solve_cholesky(ctx, lower, columns(ctx, adjoint(ctx, lower)), x);
  return to_dtype(ctx, x, b.dtype());
}

// QR.

struct Reflectors {
  Tensor matrix, tau;  // compute dtype
};
Reflectors reflectors_of(Context& ctx, const Tensor& a) {
  int64_t k = std::min(a.size(-2), a.size(-1));
  Reflectors r{columns(ctx, a), Tensor()};
  r.tau = make_tensor(with_tail(batch_sizes(a), {k}), r.matrix.dtype());
  visit_compute(r.matrix.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t b = 0; b < batch_count(a) && k > 0; ++b) dense::qr(ctx, matrix_at<T>(r.matrix, b), r.tau.template mutable_data<T>() + b * k);
  });
  return r;
}
// Q's first `cols` columns in place of the reflectors in columns().
void make_q(Context& ctx, const Tensor& q, const Tensor& tau) {
  int64_t k = tau.size(-1);
  if (q.numel() == 0) return;
  visit_compute(q.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t b = 0; b < batch_count(q); ++b) dense::make_q(ctx, matrix_at<T>(q, b), tau.data<T>() + b * k, k);
  });
}
std::tuple<Tensor, Tensor> geqrf(Context& ctx, const Tensor& a) {
  check(a.dim() >= 2, "torch.geqrf: input must have at least 2 dimensions.");
  check_compute(a, "geqrf_cpu");
  Reflectors r = reflectors_of(ctx, a);
  return {to_dtype(ctx, r.matrix, a.dtype()), to_dtype(ctx, r.tau, a.dtype())};
}
std::tuple<Tensor, Tensor> linalg_qr(Context& ctx, const Tensor& a, std::string_view mode) {
  check_matrix(a, "linalg.qr");
  check_float_matrix(a, "linalg.qr", true);
  check(mode == "reduced" || mode == "complete" || mode == "r", "qr received unrecognized mode '", mode,
        "' but expected one of 'reduced' (default), 'r', or 'complete'");
  check_compute(a, "geqrf_cpu");
  Reflectors r = reflectors_of(ctx, a);
  int64_t m = a.size(-2), n = a.size(-1), k = std::min(m, n), rows = mode == "complete" ? m : k;
  Tensor upper = columns(ctx, narrow(ctx, r.matrix, -2, 0, k));
  keep_triangle(upper, true);
  Tensor right = empty_columns(with_tail(batch_sizes(a), {rows, n}), a.dtype());
  if (rows > k) fill_(ctx, right, Scalar(0));
  copy_(ctx, narrow(ctx, right, -2, 0, k), upper);
  if (mode == "r") return {none(a.dtype()), right};
  Tensor q = empty_columns(with_tail(batch_sizes(a), {m, rows}), r.matrix.dtype());
  copy_(ctx, narrow(ctx, q, -1, 0, k), narrow(ctx, r.matrix, -1, 0, k));
  make_q(ctx, q, r.tau);
  return {to_dtype(ctx, q, a.dtype()), right};
}
std::tuple<Tensor, Tensor> qr(Context& ctx, const Tensor& a, bool some) { return linalg_qr(ctx, a, some ? "reduced" : "complete"); }

Tensor householder_product(Context& ctx, const Tensor& input, const Tensor& tau) {
  check(input.dim() >= 2, "torch.linalg.householder_product: input must have at least 2 dimensions.");
  check(tau.dim() >= 1, "Dimension specified as -1 but tensor has no dimensions");
  check(input.size(-2) >= input.size(-1), "torch.linalg.householder_product: input.shape[-2] must be greater than or equal to input.shape[-1]");
  check(input.size(-1) >= tau.size(-1), "torch.linalg.householder_product: input.shape[-1] must be greater than or equal to tau.shape[-1]");
  check(input.dim() - tau.dim() == 1, "torch.linalg.householder_product: Expected tau to have one dimension less than input, but got tau.ndim equal to ",
        tau.dim(), " and input.ndim is equal to ", input.dim());
  IntView batch = tau.sizes().first(size_t(tau.dim() - 1));
  check(same(batch, batch_sizes(input)), "torch.linalg.householder_product: Expected batch dimensions of tau to be equal to input.shape[:-2], but got ", batch);
  check(tau.dtype() == input.dtype(), "torch.linalg.householder_product: tau dtype ", scalar_type_name(tau.dtype()), " does not match input dtype ",
        scalar_type_name(input.dtype()));
  check_compute(input, "orgqr_cpu");
  Tensor q = columns(ctx, input);
  make_q(ctx, q, contiguous(ctx, to_dtype(ctx, tau, q.dtype())));
  return to_dtype(ctx, q, input.dtype());
}
Tensor ormqr(Context& ctx, const Tensor& input, const Tensor& tau, const Tensor& other, bool left, bool transposed) {
  check(input.dim() >= 2, "torch.ormqr: input must have at least 2 dimensions.");
  check(other.dim() >= 2, "torch.ormqr: other must have at least 2 dimensions.");
  check(tau.dim() >= 1, "Dimension specified as -1 but tensor has no dimensions");
  int64_t side = left ? -2 : -1, reflectors = tau.size(-1);
  check(other.size(side) >= reflectors, "torch.ormqr: other.shape[", side, "] must be greater than or equal to tau.shape[-1]");
  check(other.size(side) == input.size(-2), "torch.ormqr: other.shape[", side, "] must be equal to input.shape[-2]");
  check(reflectors == std::min(other.size(side), input.size(-1)), "torch.ormqr: tau.shape[-1] must be equal to min(other.shape[", side, "], input.shape[-1])");
  check(input.dim() - tau.dim() == 1, "torch.ormqr: Expected tau to have one dimension less than input, but got tau.ndim equal to ", tau.dim(),
        " and input.ndim is equal to ", input.dim());
  check(input.dim() == other.dim(), "torch.ormqr: Expected other to have the same number of dimensions as input, but got other.ndim equal to ", other.dim(),
        " and input.ndim is equal to ", input.dim());
  IntView batch = batch_sizes(input), tau_batch = tau.sizes().first(size_t(tau.dim() - 1));
  check(same(tau_batch, batch), "torch.ormqr: Expected batch dimensions of tau to be equal to input.shape[:-2], but got ", tau_batch);
  check(same(batch_sizes(other), batch), "torch.ormqr: Expected batch dimensions of other to be equal to input.shape[:-2], but got ", batch_sizes(other));
  check(tau.dtype() == input.dtype(), "torch.ormqr: Expected input and tau to have the same dtype, but input has dtype", scalar_type_name(input.dtype()),
        " and tau has dtype ", scalar_type_name(tau.dtype()));
  check(other.dtype() == input.dtype(), "torch.ormqr: Expected input and other to have the same dtype, but input has dtype", scalar_type_name(input.dtype()),
        " and other has dtype ", scalar_type_name(other.dtype()));
  check_compute(input, "ormqr_cpu");
  // C Q = (Q^H C^H)^H
  Tensor a = columns(ctx, input), t = contiguous(ctx, to_dtype(ctx, tau, a.dtype())), c = columns(ctx, left ? other : adjoint(ctx, other));
  if (c.numel() > 0)
    visit_compute(a.dtype(), [&](auto zero) {
      using T = decltype(zero);
      for (int64_t b = 0; b < batch_count(c); ++b)
        dense::apply_q(ctx, matrix_at<T>(a, b), t.data<T>() + b * reflectors, reflectors, matrix_at<T>(c, b), left == transposed);
    });
  return to_dtype(ctx, left ? c : columns(ctx, adjoint(ctx, c)), input.dtype());
}

// LDL.

Three ldl_factor_ex(Context& ctx, const Tensor& a, bool hermitian, bool check_errors) {
  check_square(a, "torch.linalg.ldl_factor_ex");
  check_float_matrix(a, "torch.linalg.ldl_factor_ex", true);
  check_compute(a, "ldl_factor_kernel_cpu");
  int64_t n = a.size(-1);
  check(n <= INT32_MAX, "torch.linalg.ldl_factor_ex: the matrix has too many rows");
  Tensor x = columns(ctx, a), pivots = make_tensor(with_tail(batch_sizes(a), {n}), DType::kInt), info = make_tensor(batch_sizes(a), DType::kInt);
  keep_triangle(x, false);
  auto* infos = info.mutable_data<int32_t>();
  auto* rows = pivots.mutable_data<int32_t>();
  visit_compute(x.dtype(), [&](auto zero) {
    for (int64_t b = 0; b < info.numel(); ++b) infos[b] = int32_t(dense::ldl(ctx, matrix_at<decltype(zero)>(x, b), rows + b * n, hermitian));
  });
  if (check_errors) check_infos(info, "torch.linalg.ldl_factor");
  return {to_dtype(ctx, x, a.dtype()), pivots, info};
}
std::tuple<Tensor, Tensor> ldl_factor(Context& ctx, const Tensor& a, bool hermitian) {
  auto [ld, pivots, info] = ldl_factor_ex(ctx, a, hermitian, true);
  return {ld, pivots};
}
Tensor ldl_solve(Context& ctx, const Tensor& ld, const Tensor& pivots, const Tensor& b, bool hermitian) {
  check_square(ld, "torch.linalg.ldl_solve");
  check_float_matrix(ld, "torch.linalg.ldl_solve", true);
  if (b.dim() < 2) wrap_dim(-2, b.dim());
  check(ld.dtype() == b.dtype(), "Expected b and A to have the same dtype, but found b of type ", scalar_type_name(b.dtype()), " and A of type ",
        scalar_type_name(ld.dtype()), ".");
  int64_t n = ld.size(-1);
  check(n == b.size(-2), "Incompatible matrix sizes for torch.linalg.ldl_solve: each A matrix is ", n, " by ", n, " but each b matrix is ", b.size(-2), " by ",
        b.size(-1));
  check(same(pivots.sizes(), ld.sizes().first(size_t(ld.dim() - 1))),
        "torch.linalg.ldl_solve: Expected LD.shape[:-1] and pivots.shape to be the same, but got pivots with shape ", pivots.sizes(), " instead");
  check(is_integral(pivots.dtype()), "torch.linalg.ldl_solve: Expected pivots to be integers. Got ", scalar_type_name(pivots.dtype()));
  check_compute(ld, "ldl_solve_kernel_cpu");
  Dims batch = broadcast_sizes(batch_sizes(b), batch_sizes(ld));
  Tensor a = columns_expanded(ctx, ld, batch), x = columns_expanded(ctx, b, batch);
  Tensor rows = contiguous(ctx, expand(ctx, to_dtype(ctx, pivots, DType::kInt), with_tail(batch, {n})));
  const auto* row = rows.data<int32_t>();
  for (int64_t i = 0; i < rows.numel(); ++i)
    check(row[i] != 0 && row[i] <= n && row[i] >= -n, "torch.linalg.ldl_solve: pivots must be rows of the matrix, as linalg.ldl_factor gives them");
  if (x.numel() > 0)
    visit_compute(a.dtype(), [&](auto zero) {
      using T = decltype(zero);
      for (int64_t k = 0; k < batch_count(x); ++k) dense::ldl_solve(ctx, matrix_at<T>(a, k), row + k * n, matrix_at<T>(x, k), hermitian);
    });
  return to_dtype(ctx, x, b.dtype());
}

}  // namespace

std::tuple<Tensor, Tensor> linalg_inv_ex(Context& ctx, const Tensor& a, bool check_errors) {
  check_square(a, "linalg.inv");
  check_float_matrix(a, "linalg.inv");
  Factored f = lu_factored(ctx, a, true);
  if (check_errors) check_infos(f.info, "linalg.inv");
  Tensor out = identity_columns(batch_sizes(a), a.size(-1), f.matrix.dtype());
  solve_lu(ctx, f.matrix, f.pivots, out, true, false);
  return {to_dtype(ctx, out, a.dtype()), f.info};
}

namespace {

#define LU_OUTS "Tensor(a!) P, Tensor(b!) L, Tensor(c!) U) -> (Tensor(a!) P, Tensor(b!) L, Tensor(c!) U)"
constexpr OpDef kRows[] = {
    op("aten::linalg_inv_ex(Tensor A, *, bool check_errors=False) -> (Tensor inverse, Tensor info)", TAPER_OP(linalg_inv_ex), kPure),
    op_out<2>("aten::linalg_inv_ex.inverse(Tensor A, *, bool check_errors=False, Tensor(a!) inverse, Tensor(b!) info) -> (Tensor(a!) inverse, Tensor(b!) info)",
              TAPER_OP(linalg_inv_ex), kSameOut),
    op("aten::linalg_inv(Tensor A) -> Tensor", TAPER_OP(linalg_inv), kPure),
    op_out("aten::linalg_inv.out(Tensor A, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_inv), kSameOut),
    op("aten::inverse(Tensor self) -> Tensor", TAPER_OP(linalg_inv), kPure),
    op_out("aten::inverse.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_inv), kSameOut),
    op("aten::linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False) -> (Tensor LU, Tensor pivots, Tensor info)", TAPER_OP(lu_factor_ex),
       kPure),
    op_out<3>("aten::linalg_lu_factor_ex.out(Tensor A, *, bool pivot=True, bool check_errors=False, Tensor(a!) LU, Tensor(b!) pivots, Tensor(c!) info) -> "
              "(Tensor(a!) LU, Tensor(b!) pivots, Tensor(c!) info)",
              TAPER_OP(lu_factor_ex), kSameOut),
    op("aten::linalg_lu_factor(Tensor A, *, bool pivot=True) -> (Tensor LU, Tensor pivots)", TAPER_OP(lu_factor), kPure),
    op_out<2>("aten::linalg_lu_factor.out(Tensor A, *, bool pivot=True, Tensor(a!) LU, Tensor(b!) pivots) -> (Tensor(a!) LU, Tensor(b!) pivots)",
              TAPER_OP(lu_factor), kSameOut),
    op("aten::_lu_with_info(Tensor self, bool pivot=True, bool check_errors=True) -> (Tensor LU, Tensor pivots, Tensor info)", TAPER_OP(lu_with_info), kPure),
    op("aten::linalg_lu(Tensor A, *, bool pivot=True) -> (Tensor P, Tensor L, Tensor U)", TAPER_OP(linalg_lu), kPure),
    op_out<3>("aten::linalg_lu.out(Tensor A, *, bool pivot=True, " LU_OUTS, TAPER_OP(linalg_lu), kSameOut),
    op("aten::lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True) -> (Tensor P, Tensor L, Tensor U)",
       TAPER_OP(lu_unpack), kPure),
    op_out<3>("aten::lu_unpack.out(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True, *, " LU_OUTS, TAPER_OP(lu_unpack),
              kSameOut),
    op("aten::det(Tensor self) -> Tensor", TAPER_OP(linalg_det), kPure),
    op("aten::linalg_det(Tensor A) -> Tensor", TAPER_OP(linalg_det), kPure),
    op_out("aten::linalg_det.out(Tensor A, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_det), kSameOut),
    op("aten::_linalg_det(Tensor A) -> (Tensor result, Tensor LU, Tensor pivots)", TAPER_OP(det_parts), kPure),
    op_out<3>("aten::_linalg_det.result(Tensor A, *, Tensor(a!) result, Tensor(b!) LU, Tensor(c!) pivots) -> (Tensor(a!) result, Tensor(b!) LU, Tensor(c!) "
              "pivots)",
              TAPER_OP(det_parts), kSameOut),
    op("aten::slogdet(Tensor self) -> (Tensor sign, Tensor logabsdet)", TAPER_OP(slogdet), kPure),
    op_out<2>("aten::slogdet.out(Tensor self, *, Tensor(a!) sign, Tensor(b!) logabsdet) -> (Tensor(a!) sign, Tensor(b!) logabsdet)", TAPER_OP(slogdet),
              kSameOut),
    op("aten::linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)", TAPER_OP(slogdet), kPure),
    op_out<2>("aten::linalg_slogdet.out(Tensor A, *, Tensor(a!) sign, Tensor(b!) logabsdet) -> (Tensor(a!) sign, Tensor(b!) logabsdet)", TAPER_OP(slogdet),
              kSameOut),
    op("aten::_linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet, Tensor LU, Tensor pivots)", TAPER_OP(slogdet_parts), kPure),
    op_out<4>(
        "aten::_linalg_slogdet.sign(Tensor A, *, Tensor(a!) sign, Tensor(b!) logabsdet, Tensor(c!) LU, Tensor(d!) pivots) -> (Tensor(a!) sign, Tensor(b!) "
        "logabsdet, Tensor(c!) LU, Tensor(d!) pivots)",
        TAPER_OP(slogdet_parts), kSameOut),
    op("aten::logdet(Tensor self) -> Tensor", TAPER_OP(logdet), kPure),
    op("aten::linalg_cholesky_ex(Tensor self, *, bool upper=False, bool check_errors=False) -> (Tensor L, Tensor info)", TAPER_OP(cholesky_ex), kPure),
    op_out<2>(
        "aten::linalg_cholesky_ex.L(Tensor self, *, bool upper=False, bool check_errors=False, Tensor(a!) L, Tensor(b!) info) -> (Tensor(a!) L, Tensor(b!) "
        "info)",
        TAPER_OP(cholesky_ex), kSameOut),
    op("aten::linalg_cholesky(Tensor self, *, bool upper=False) -> Tensor", TAPER_OP(linalg_cholesky), kPure),
    op_out("aten::linalg_cholesky.out(Tensor self, *, bool upper=False, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_cholesky), kSameOut),
    op("aten::cholesky(Tensor self, bool upper=False) -> Tensor", TAPER_OP(cholesky), kPure),
    op_out("aten::cholesky.out(Tensor self, bool upper=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ByRows<cholesky>::of)),
    op("aten::cholesky_inverse(Tensor self, bool upper=False) -> Tensor", TAPER_OP(cholesky_inverse), kPure),
    op_out("aten::cholesky_inverse.out(Tensor self, bool upper=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(cholesky_inverse)),
    op("aten::cholesky_solve(Tensor self, Tensor input2, bool upper=False) -> Tensor", TAPER_OP(cholesky_solve), kPure),
    op_out("aten::cholesky_solve.out(Tensor self, Tensor input2, bool upper=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ByRows<cholesky_solve>::of)),
    op("aten::_cholesky_solve_helper(Tensor self, Tensor A, bool upper) -> Tensor", TAPER_OP(cholesky_solve), kPure),
    op_out("aten::_cholesky_solve_helper.out(Tensor self, Tensor A, bool upper, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(cholesky_solve), kExactOut),
    op("aten::geqrf(Tensor self) -> (Tensor a, Tensor tau)", TAPER_OP(geqrf), kPure),
    op_out<2>("aten::geqrf.a(Tensor self, *, Tensor(a!) a, Tensor(b!) tau) -> (Tensor(a!) a, Tensor(b!) tau)", TAPER_OP(geqrf)),
    op("aten::linalg_qr(Tensor A, str mode=\"reduced\") -> (Tensor Q, Tensor R)", TAPER_OP(linalg_qr), kPure),
    op_out<2>("aten::linalg_qr.out(Tensor A, str mode=\"reduced\", *, Tensor(a!) Q, Tensor(b!) R) -> (Tensor(a!) Q, Tensor(b!) R)", TAPER_OP(linalg_qr),
              kSameOut),
    op("aten::qr(Tensor self, bool some=True) -> (Tensor Q, Tensor R)", TAPER_OP(qr), kPure),
    op_out<2>("aten::qr.Q(Tensor self, bool some=True, *, Tensor(a!) Q, Tensor(b!) R) -> (Tensor(a!) Q, Tensor(b!) R)", TAPER_OP(qr), kSameOut),
    op("aten::linalg_householder_product(Tensor input, Tensor tau) -> Tensor", TAPER_OP(householder_product), kPure),
    op_out("aten::linalg_householder_product.out(Tensor input, Tensor tau, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(householder_product)),
    op("aten::orgqr(Tensor self, Tensor input2) -> Tensor", TAPER_OP(householder_product), kPure),
    op_out("aten::orgqr.out(Tensor self, Tensor input2, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(householder_product)),
    op("aten::ormqr(Tensor self, Tensor input2, Tensor input3, bool left=True, bool transpose=False) -> Tensor", TAPER_OP(ormqr), kPure),
    op_out("aten::ormqr.out(Tensor self, Tensor input2, Tensor input3, bool left=True, bool transpose=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ormqr),
           kSameOut),
    op("aten::linalg_ldl_factor_ex(Tensor self, *, bool hermitian=False, bool check_errors=False) -> (Tensor LD, Tensor pivots, Tensor info)",
       TAPER_OP(ldl_factor_ex), kPure),
    op_out<3>(
        "aten::linalg_ldl_factor_ex.out(Tensor self, *, bool hermitian=False, bool check_errors=False, Tensor(a!) LD, Tensor(b!) pivots, Tensor(c!) info) "
        "-> (Tensor(a!) LD, Tensor(b!) pivots, Tensor(c!) info)",
        TAPER_OP(ldl_factor_ex), kSameOut),
    op("aten::linalg_ldl_factor(Tensor self, *, bool hermitian=False) -> (Tensor LD, Tensor pivots)", TAPER_OP(ldl_factor), kPure),
    op_out<2>("aten::linalg_ldl_factor.out(Tensor self, *, bool hermitian=False, Tensor(a!) LD, Tensor(b!) pivots) -> (Tensor(a!) LD, Tensor(b!) pivots)",
              TAPER_OP(ldl_factor), kSameOut),
    op("aten::linalg_ldl_solve(Tensor LD, Tensor pivots, Tensor B, *, bool hermitian=False) -> Tensor", TAPER_OP(ldl_solve), kPure),
    op_out("aten::linalg_ldl_solve.out(Tensor LD, Tensor pivots, Tensor B, *, bool hermitian=False, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ldl_solve),
           kSameOut),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> linalg_factor_rows() { return aten::kRows; }
}  // namespace taper::impl
