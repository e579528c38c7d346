// Eigenvalues and singular values.
#include <limits>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/linalg.h"
#include "ops/aten/matmul.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

double precision_of(DType dtype) {
  return to_real(dtype) == DType::kFloat ? double(std::numeric_limits<float>::epsilon()) : std::numeric_limits<double>::epsilon();
}
Tensor no_values(DType dtype) { return make_tensor({0}, dtype); }
Tensor infos_like(const Tensor& a) { return make_tensor(batch_sizes(a), DType::kInt); }

}  // namespace

// Wide matrices are decomposed by their adjoints, long ones through R of A = Q R where PyTorch's gesdd does so (MKL's, whose
// thresholds these are): the signs of the vectors depend on it.
Svd svd_of(Context& ctx, const Tensor& a, bool full, bool vectors) {
  int64_t m = a.size(-2), n = a.size(-1), k = std::min(m, n), rows = std::max(m, n), kept = full ? rows : k;
  bool wide = m < n;
  Tensor x = columns(ctx, wide ? adjoint(ctx, a) : a);
  IntView batch = batch_sizes(a);
  double precision = precision_of(a.dtype());
  Svd out;
  out.s = make_tensor(with_tail(batch, {k}), DType::kDouble);
  Tensor info = make_tensor(batch, DType::kInt), q, left, right;
  auto* s = out.s.mutable_data<double>();
  auto* infos = info.mutable_data<int32_t>();
  bool by_r = rows > k && k > 0 && (x.is_complex() ? rows >= k * 17 / 9 : !wide && rows >= k * 3 / 2);
  visit_compute(x.dtype(), [&](auto zero) {
    using T = decltype(zero);
    for (int64_t b = 0; b < info.numel(); ++b) infos[b] = dense::all_finite(matrix_at<T>(x, b)) ? 0 : -1;
    check_infos(info, "linalg.svd");
    bool transposed = wide;
    if (by_r) {
      Tensor tau = make_tensor(with_tail(batch, {k}), x.dtype());
      for (int64_t b = 0; b < info.numel(); ++b) dense::qr(ctx, matrix_at<T>(x, b), tau.template mutable_data<T>() + b * k);
      if (vectors) {
        q = empty_columns(with_tail(batch, {rows, kept}), x.dtype());
        copy_(ctx, narrow(ctx, q, -1, 0, k), x);
        for (int64_t b = 0; b < info.numel(); ++b) dense::make_q(ctx, matrix_at<T>(q, b), tau.data<T>() + b * k, k);
      }
      Tensor r = columns(ctx, narrow(ctx, x, -2, 0, k));
      keep_triangle(r, true);
      x = wide ? columns(ctx, adjoint(ctx, r)) : r;
      transposed = false;
    }
    if (vectors) {
      left = empty_columns(with_tail(batch, {x.size(-2), by_r ? k : kept}), x.dtype());
      right = empty_columns(with_tail(batch, {k, k}), x.dtype());
    }
    for (int64_t b = 0; b < info.numel(); ++b) {
      if (vectors) {
        auto u = matrix_at<T>(left, b), v = matrix_at<T>(right, b);
        infos[b] = int32_t(dense::svd<T>(ctx, matrix_at<T>(x, b), s + b * k, &u, &v, transposed, precision));
      } else {
        infos[b] = int32_t(dense::svd<T>(ctx, matrix_at<T>(x, b), s + b * k, nullptr, nullptr, transposed, precision));
      }
    }
  });
  check_infos(info, "linalg.svd");
  if (!vectors) return out;
  if (wide && !by_r) std::swap(left, right);
  if (by_r) {  // Q meets the side that is long
    Tensor& part = wide ? right : left;
    Tensor first = narrow(ctx, q, -1, 0, k);
    copy_(ctx, first, matmul(ctx, first, part));
    part = q;
  }
  out.u = left;
  out.vh = adjoint(ctx, right);
  return out;
}

Tensor svdvals(Context& ctx, const Tensor& a) {
  check_matrix(a, "linalg.svd");
  check_float_matrix(a, "linalg.svd", true);
  check_compute(a, "linalg_svd_cpu");
  return to_dtype(ctx, svd_of(ctx, a, false, false).s, to_real(a.dtype()));
}

std::tuple<Tensor, Tensor> eigh_of(Context& ctx, const Tensor& a, bool upper, bool vectors) {
  Tensor x = columns(ctx, a), info = infos_like(a);
  int64_t n = a.size(-1);
  double precision = precision_of(a.dtype());
  Tensor values = make_tensor(with_tail(batch_sizes(a), {n}), DType::kDouble);
  auto* w = values.mutable_data<double>();
  auto* infos = info.mutable_data<int32_t>();
  visit_compute(x.dtype(), [&](auto zero) {
    for (int64_t b = 0; b < info.numel(); ++b) {
      auto matrix = matrix_at<decltype(zero)>(x, b);
      infos[b] = n == 0                      ? 0
                 : dense::all_finite(matrix) ? int32_t(dense::eigh(ctx, matrix, w + b * n, upper, vectors, precision))
                                             : int32_t(std::max<int64_t>(n - 1, 1));
    }
  });
  check_infos(info, "linalg.eigh");
  return {values, vectors ? x : Tensor()};
}

namespace {

std::tuple<Tensor, Tensor, Tensor> linalg_svd_parts(Context& ctx, const Tensor& a, bool full, bool vectors, std::optional<std::string_view> driver) {
  check_matrix(a, "linalg.svd");
  check_float_matrix(a, "linalg.svd", true);
  check(!driver, "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend.");
  check_compute(a, "linalg_svd_cpu");
  Svd parts = svd_of(ctx, a, full, vectors);
  Tensor s = to_dtype(ctx, parts.s, to_real(a.dtype()));
  if (!vectors) return {no_values(a.dtype()), s, no_values(a.dtype())};
  auto finished = [&](const Tensor& t) {
    Tensor out = empty_columns(t.sizes(), a.dtype());
    copy_(ctx, out, t);
    return out;
  };
  return {finished(parts.u), s, finished(parts.vh)};
}
std::tuple<Tensor, Tensor, Tensor> linalg_svd(Context& ctx, const Tensor& a, bool full, std::optional<std::string_view> driver) {
  return linalg_svd_parts(ctx, a, full, true, driver);
}
Tensor linalg_svdvals(Context& ctx, const Tensor& a, std::optional<std::string_view> driver) {
  return std::get<1>(linalg_svd_parts(ctx, a, false, false, driver));
}
std::tuple<Tensor, Tensor, Tensor> svd(Context& ctx, const Tensor& self, bool some, bool vectors) {
  check(self.dim() >= 2, "linalg.svd: input should have at least 2 dimensions, but has ", self.dim(), " dimensions instead");
  auto [u, s, vh] = linalg_svd_parts(ctx, self, !some, vectors, {});
  if (vectors) return {u, s, adjoint(ctx, vh)};
  int64_t m = self.size(-2), n = self.size(-1);
  return {zeros(ctx, with_tail(batch_sizes(self), {m, m}), self.dtype()), s,
          transpose(ctx, zeros(ctx, with_tail(batch_sizes(self), {n, n}), self.dtype()), -2, -1)};
}

std::tuple<Tensor, Tensor> linalg_eigh_parts(Context& ctx, const Tensor& a, std::string_view uplo, bool vectors) {
  check_square(a, "linalg.eigh");
  check(uplo == "L" || uplo == "U" || uplo == "l" || uplo == "u", "Expected UPLO argument to be 'L' or 'U', but got ", uplo);
  check_compute(a, "linalg_eigh_cpu");
  auto [values, found] = eigh_of(ctx, a, uplo == "U" || uplo == "u", vectors);
  return {to_dtype(ctx, values, to_real(a.dtype())), vectors ? to_dtype(ctx, found, a.dtype()) : no_values(a.dtype())};
}
std::tuple<Tensor, Tensor> linalg_eigh(Context& ctx, const Tensor& a, std::string_view uplo) { return linalg_eigh_parts(ctx, a, uplo, true); }
Tensor linalg_eigvalsh(Context& ctx, const Tensor& a, std::string_view uplo) { return std::get<0>(linalg_eigh_parts(ctx, a, uplo, false)); }
// Until 1.8, from the upper triangle by default.
std::tuple<Tensor, Tensor> symeig(Context& ctx, const Tensor& self, bool vectors, bool upper) {
  return linalg_eigh_parts(ctx, self, upper ? "U" : "L", vectors);
}

std::tuple<Tensor, Tensor> eig_of(Context& ctx, const Tensor& a, bool vectors, const char* name) {
  check_square(a, name);
  check(a.is_floating() || a.is_complex(), "Unknown Complex ScalarType for ", scalar_type_name(a.dtype()));
  check_compute(a, "linalg_eig_out_cpu");
  Tensor x = columns(ctx, a), info = infos_like(a);
  int64_t n = a.size(-1);
  double precision = precision_of(a.dtype());
  Tensor values = make_tensor(with_tail(batch_sizes(a), {n}), DType::kComplexDouble);
  Tensor found = vectors ? empty_columns(a.sizes(), DType::kComplexDouble) : Tensor();
  auto* w = values.mutable_data<ComplexDouble>();
  auto* infos = info.mutable_data<int32_t>();
  visit_compute(x.dtype(), [&](auto zero) {
    for (int64_t b = 0; b < info.numel(); ++b) {
      infos[b] = 0;
      if (n == 0) continue;
      auto matrix = matrix_at<decltype(zero)>(x, b);
      check(dense::all_finite(matrix), "torch.linalg.eig: input tensor should not contain infs or NaNs.");
      if (vectors) {
        auto v = matrix_at<ComplexDouble>(found, b);
        infos[b] = int32_t(dense::eig(ctx, matrix, w + b * n, &v, precision));
      } else {
        infos[b] = int32_t(dense::eig(ctx, matrix, w + b * n, nullptr, precision));
      }
    }
  });
  check_infos(info, "linalg.eig");
  DType dtype = to_complex(a.dtype());
  return {to_dtype(ctx, values, dtype), vectors ? to_dtype(ctx, found, dtype) : Tensor()};
}
std::tuple<Tensor, Tensor> linalg_eig(Context& ctx, const Tensor& a) { return eig_of(ctx, a, true, "linalg.eig"); }
Tensor linalg_eigvals(Context& ctx, const Tensor& a) { return std::get<0>(eig_of(ctx, a, false, "linalg.eigvals")); }

#define SVD_OUTS "Tensor(a!) U, Tensor(b!) S, Tensor(c!) Vh) -> (Tensor(a!) U, Tensor(b!) S, Tensor(c!) Vh)"
constexpr OpDef kRows[] = {
    op("aten::linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)", TAPER_OP(linalg_svd), kPure),
    op_out<3>("aten::linalg_svd.U(Tensor A, bool full_matrices=True, *, str? driver=None, " SVD_OUTS, TAPER_OP(linalg_svd), kSameOut),
    op("aten::linalg_svdvals(Tensor A, *, str? driver=None) -> Tensor", TAPER_OP(linalg_svdvals), kPure),
    op_out("aten::linalg_svdvals.out(Tensor A, *, str? driver=None, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_svdvals), kSameOut),
    op("aten::_linalg_svd(Tensor A, bool full_matrices=False, bool compute_uv=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)",
       TAPER_OP(linalg_svd_parts), kPure),
    op_out<3>("aten::_linalg_svd.U(Tensor A, bool full_matrices=False, bool compute_uv=True, *, str? driver=None, " SVD_OUTS, TAPER_OP(linalg_svd_parts),
              kSameOut),
    op("aten::svd(Tensor self, bool some=True, bool compute_uv=True) -> (Tensor U, Tensor S, Tensor V)", TAPER_OP(svd), kPure),
    op_out<3>("aten::svd.U(Tensor self, bool some=True, bool compute_uv=True, *, Tensor(a!) U, Tensor(b!) S, Tensor(c!) V) -> (Tensor(a!) U, Tensor(b!) S, "
              "Tensor(c!) V)",
              TAPER_OP(svd), kSameOut),
    op("aten::linalg_eigh(Tensor self, str UPLO=\"L\") -> (Tensor eigenvalues, Tensor eigenvectors)", TAPER_OP(linalg_eigh), kPure),
    op_out<2>("aten::linalg_eigh.eigvals(Tensor self, str UPLO=\"L\", *, Tensor(a!) eigvals, Tensor(b!) eigvecs) -> (Tensor(a!) eigenvalues, Tensor(b!) "
              "eigenvectors)",
              TAPER_OP(linalg_eigh), kSameOut),
    op("aten::_linalg_eigh(Tensor A, str UPLO=\"L\", bool compute_v=True) -> (Tensor eigenvalues, Tensor eigenvectors)", TAPER_OP(linalg_eigh_parts), kPure),
    op_out<2>("aten::_linalg_eigh.eigenvalues(Tensor A, str UPLO=\"L\", bool compute_v=True, *, Tensor(a!) eigenvalues, Tensor(b!) eigenvectors) -> "
              "(Tensor(a!) eigenvalues, Tensor(b!) eigenvectors)",
              TAPER_OP(linalg_eigh_parts), kSameOut),
    op("aten::linalg_eigvalsh(Tensor self, str UPLO=\"L\") -> Tensor", TAPER_OP(linalg_eigvalsh), kPure),
    op_out("aten::linalg_eigvalsh.out(Tensor self, str UPLO=\"L\", *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_eigvalsh), kSameOut),
    op("aten::symeig(Tensor self, bool eigenvectors=False, bool upper=True) -> (Tensor eigenvalues, Tensor eigenvectors)", TAPER_OP(symeig), kPure),
    op_out<2>("aten::symeig.e(Tensor self, bool eigenvectors=False, bool upper=True, *, Tensor(a!) e, Tensor(b!) V) -> (Tensor(a!) eigenvalues, Tensor(b!) "
              "eigenvectors)",
              TAPER_OP(symeig)),
    op("aten::linalg_eig(Tensor self) -> (Tensor eigenvalues, Tensor eigenvectors)", TAPER_OP(linalg_eig), kPure),
    op_out<2>("aten::linalg_eig.out(Tensor self, *, Tensor(a!) eigenvalues, Tensor(b!) eigenvectors) -> (Tensor(a!) eigenvalues, Tensor(b!) eigenvectors)",
              TAPER_OP(linalg_eig)),
    op("aten::linalg_eigvals(Tensor self) -> Tensor", TAPER_OP(linalg_eigvals), kPure),
    op_out("aten::linalg_eigvals.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_eigvals)),
    op("aten::_linalg_eigvals(Tensor self) -> Tensor", TAPER_OP(linalg_eigvals), kPure),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> linalg_spectral_rows() { return aten::kRows; }
}  // namespace taper::impl
