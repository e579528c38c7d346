// Products: powers and the exponential of matrices, cross products, Vandermonde matrices.
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/join.h"
#include "ops/aten/linalg.h"
#include "ops/aten/matmul.h"
#include "ops/aten/reductions.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/loop.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

Tensor matrix_power(Context& ctx, const Tensor& self, int64_t n) {
  check_square(self, "linalg.matrix_power");
  if (n == 0) {
    Tensor out = zeros(ctx, self.sizes(), self.dtype());
    fill_(ctx, diagonal(ctx, out, 0, -2, -1), Scalar(1));
    return out;
  }
  Tensor base = self;
  if (n < 0) {
    auto [inverse, info] = linalg_inv_ex(ctx, self, true);
    base = inverse;
  }
  uint64_t left = n < 0 ? uint64_t(0) - uint64_t(n) : uint64_t(n);
  if (left == 1) return n == 1 ? clone(ctx, base, MemoryFormat::kContiguous) : base;
  Tensor out;
  for (;;) {
    if (left & 1) out = out.defined() ? matmul(ctx, out, base) : base;
    left >>= 1;
    if (left == 0) return out;
    ctx.spend(1);
    base = matmul(ctx, base, base);
  }
}

// exp(A) = exp(A / 2^s)^(2^s), with Taylor's series of degree 18 by Paterson and Stockmeyer's scheme where the norm is at
// most one; each matrix of the batch has its own s.
Tensor exp_of(Context& ctx, const Tensor& matrix, double norm) {
  constexpr int kDegree = 18;
  int squarings = 0;
  if (norm > 1 && std::isfinite(norm)) squarings = std::ilogb(norm) + 1;
  Tensor a = mul(ctx, matrix, scalar_tensor(ctx, Scalar(std::ldexp(1.0, -squarings)), DType::kDouble));
  int64_t n = matrix.size(-1);
  Tensor identity = identity_columns({}, n, a.dtype());
  double factor[kDegree + 1] = {1};
  for (int i = 1; i <= kDegree; ++i) factor[i] = factor[i - 1] / i;
  Tensor power[5] = {identity, a};
  for (int i = 2; i < 5; ++i) power[i] = mm(ctx, power[i - 1], a);
  // Blocks of four: ((B4 A^4 + B3) A^4 + ...) + B0 with B_j = sum of factor[4 j + i] A^i.
  Tensor out;
  for (int block = kDegree / 4; block >= 0; --block) {
    Tensor sum = zeros(ctx, matrix.sizes(), a.dtype());
    for (int i = 0; i < 4 && 4 * block + i <= kDegree; ++i) sum = add(ctx, sum, power[i], Scalar(factor[4 * block + i]));
    out = out.defined() ? add(ctx, mm(ctx, out, power[4]), sum) : sum;
  }
  for (int i = 0; i < squarings; ++i) {
    ctx.spend(1);
    out = mm(ctx, out, out);
  }
  return out;
}
Tensor matrix_exp(Context& ctx, const Tensor& self) {
  check_square(self, "linalg.matrix_exp");
  check_float_matrix(self, "linalg.matrix_exp", true);
  Tensor out = make_tensor(self.sizes(), self.dtype());
  if (self.numel() == 0) return out;
  int64_t n = self.size(-1);
  const int64_t flat[3] = {batch_count(self), n, n};
  const int64_t dims[2] = {-2, -1};
  Tensor x = reshape(ctx, to_dtype(ctx, self, compute_dtype(self)), flat), y = view(ctx, out, flat);
  Tensor norms = contiguous(ctx, matrix_norm(ctx, x, 1.0, dims, false, {}));
  for (int64_t b = 0; b < flat[0]; ++b) copy_(ctx, select(ctx, y, 0, b), exp_of(ctx, resolved(ctx, select(ctx, x, 0, b)), norms.data<double>()[b]));
  return out;
}

Tensor linalg_cross(Context& ctx, const Tensor& self, const Tensor& other, int64_t dim_in) {
  check(self.dim() == other.dim(), "linalg.cross: inputs must have the same number of dimensions.");
  int64_t dim = wrap_dim(dim_in, self.dim());
  check(self.dim() > 0 && self.size(dim) == 3 && other.size(dim) == 3, "linalg.cross: inputs dimension ", dim_in, " must have length 3. Got ",
        self.dim() > 0 ? self.size(dim) : 1, " and ", self.dim() > 0 ? other.size(dim) : 1);
  Dims sizes = broadcast_sizes(self.sizes(), other.sizes());
  check(self.dtype() == other.dtype(), "expected scalar type ", scalar_type_name(self.dtype()), " but found ", scalar_type_name(other.dtype()));
  if (self.dtype() == DType::kBool) fail_dtype("cross", self.dtype());
  Tensor a = expand(ctx, self, sizes), b = expand(ctx, other, sizes), out = make_tensor(sizes, self.dtype());
  for (int64_t i = 0; i < 3; ++i) {
    int64_t j = (i + 1) % 3, k = (i + 2) % 3;
    auto part = [&](const Tensor& t, int64_t at) { return select(ctx, t, dim, at); };
    copy_(ctx, part(out, i), sub(ctx, mul(ctx, part(a, j), part(b, k)), mul(ctx, part(a, k), part(b, j))));
  }
  return out;
}
// Without a dimension: the first of size 3.
Tensor cross(Context& ctx, const Tensor& self, const Tensor& other, std::optional<int64_t> dim) {
  if (dim) return linalg_cross(ctx, self, other, *dim);
  check(self.dim() == other.dim(), "linalg.cross: inputs must have the same number of dimensions.");
  for (int64_t d = 0; d < self.dim(); ++d)
    if (self.size(d) == 3) return linalg_cross(ctx, self, other, d);
  fail_runtime("no dimension of size 3 in input");
}

Tensor linalg_vander(Context& ctx, const Tensor& self, std::optional<int64_t> count) {
  check(is_integral(self.dtype()) || ((self.is_floating() || self.is_complex()) && item_size(to_real(self.dtype())) >= 4),
        "linalg.vander supports floating point, complex, and integer tensors, but got ", scalar_type_name(self.dtype()));
  Tensor x = self.dim() == 0 ? unsqueeze(ctx, self, 0) : self;
  int64_t n = count ? *count : x.size(-1);
  check(n > 1, "N must be greater than 1.");
  DType dtype = is_integral(x.dtype()) ? DType::kLong : x.dtype();
  Dims sizes(x.sizes());
  sizes.push_back(n);
  checked_numel(sizes);
  Tensor out = make_tensor(sizes, dtype), base = to_dtype(ctx, x, dtype);
  fill_(ctx, select(ctx, out, -1, 0), Scalar(1));
  Tensor power = base;
  for (int64_t i = 1; i < n; ++i) {
    ctx.spend(1 + x.numel() / 100);
    copy_(ctx, select(ctx, out, -1, i), power);
    if (i + 1 < n) power = mul(ctx, power, base);
  }
  return out;
}

Tensor linalg_diagonal(Context& ctx, const Tensor& a, int64_t offset, int64_t dim1, int64_t dim2) { return diagonal(ctx, a, offset, dim1, dim2); }

void linalg_check_errors(Context&, const Tensor& info, std::string_view name, bool is_matrix) {
  check(info.dtype() == DType::kInt && info.is_contiguous(), "_linalg_check_errors: expected contiguous infos of int32");
  check(!is_matrix || info.numel() == 1, "_linalg_check_errors: expected one info for a matrix");
  check_infos(is_matrix ? info.as_view({}, {}, info.offset()) : info, name);
}

constexpr OpDef kRows[] = {
    op("aten::matrix_power(Tensor self, int n) -> Tensor", TAPER_OP(matrix_power), kPure),
    op_out("aten::matrix_power.out(Tensor self, int n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ByRows<matrix_power>::of), kSameOut),
    op("aten::linalg_matrix_power(Tensor self, int n) -> Tensor", TAPER_OP(matrix_power), kPure),
    op_out("aten::linalg_matrix_power.out(Tensor self, int n, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ByRows<matrix_power>::of), kSameOut),
    op("aten::matrix_exp(Tensor self) -> Tensor", TAPER_OP(matrix_exp), kPure),
    op("aten::linalg_matrix_exp(Tensor self) -> Tensor", TAPER_OP(matrix_exp), kPure),
    op_out("aten::linalg_matrix_exp.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(matrix_exp), kExactOut),
    op("aten::linalg_cross(Tensor self, Tensor other, *, int dim=-1) -> Tensor", TAPER_OP(linalg_cross), kPure),
    op_out("aten::linalg_cross.out(Tensor self, Tensor other, *, int dim=-1, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_cross), kSameOut),
    op("aten::cross(Tensor self, Tensor other, int? dim=None) -> Tensor", TAPER_OP(cross), kPure),
    op_out("aten::cross.out(Tensor self, Tensor other, int? dim=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(cross), kSameOut),
    op("aten::linalg_vander(Tensor x, *, SymInt? N=None) -> Tensor", TAPER_OP(linalg_vander), kPure),
    op("aten::linalg_diagonal(Tensor(a) A, *, int offset=0, int dim1=-2, int dim2=-1) -> Tensor(a)", TAPER_OP(linalg_diagonal), kPure | kView),
    op("aten::_linalg_check_errors(Tensor info, str api_name, *, bool is_matrix) -> ()", TAPER_OP(linalg_check_errors), kSideEffect),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> linalg_product_rows() { return aten::kRows; }
}  // namespace taper::impl
