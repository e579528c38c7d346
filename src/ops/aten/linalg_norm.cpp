// Norms of matrices and what is made of singular values alone: linalg_norm, matrix_norm, cond, matrix_rank, pinv.
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
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

using OptScalar = std::optional<Scalar>;
using OptInts = std::optional<IntView>;
using OptDType = std::optional<DType>;
using OptFloat = std::optional<double>;

std::string joined(IntView values) {
  std::string out;
  for (size_t i = 0; i < values.size(); ++i) append(out, cat(i ? ", " : "", values[i]));
  return out;
}
// The two dimensions, wrapped.
std::pair<int64_t, int64_t> matrix_dims(const Tensor& self, IntView dims) {
  check(dims.size() == 2, "linalg.matrix_norm: dim must be a 2-tuple. Got ", joined(dims));
  int64_t first = wrap_dim(dims[0], self.dim()), second = wrap_dim(dims[1], self.dim());
  check(first != second, "linalg.matrix_norm: dims must be different. Got (", first, ", ", second, ")");
  return {first, second};
}
void check_norm_dtype(const Tensor& self, OptDType dtype, const char* name) {
  if (!dtype) return;
  check(is_floating(*dtype) || is_complex(*dtype), name, ": dtype should be floating point or complex, but got ", scalar_type_name(*dtype));
  check(is_complex(*dtype) == self.is_complex(), name, ": dtype should be ", self.is_complex() ? "complex" : "real", " for ",
        self.is_complex() ? "complex" : "real", " inputs, but got ", scalar_type_name(*dtype));
  check(promote(self.dtype(), *dtype) == *dtype, name, ": the dtype of the input (", scalar_type_name(self.dtype()),
        ") should be convertible without narrowing to the specified dtype (", scalar_type_name(*dtype), ")");
}
// Singular values of the matrices in two dimensions, in a last dimension; reduce() drops it.
template <class Reduce>
Tensor reduce_values(Context& ctx, const Tensor& self, int64_t first, int64_t second, bool keepdim, OptDType dtype, Reduce reduce) {
  check_float_matrix(self, "linalg.matrix_norm");
  Tensor x = dtype ? to_dtype(ctx, self, *dtype) : self;
  int64_t from[2] = {first, second};
  const int64_t to[2] = {-2, -1};
  Tensor out = reduce(svdvals(ctx, movedim(ctx, x, from, to)));
  if (!keepdim) return out;
  out = unsqueeze(ctx, out, std::min(first, second));
  return unsqueeze(ctx, out, std::max(first, second));
}

}  // namespace

Tensor matrix_norm(Context& ctx, const Tensor& self, double order, IntView dims, bool keepdim, OptDType dtype) {
  check_matrix(self, "linalg.matrix_norm");
  check_float_matrix(self, "linalg.matrix_norm", true);
  auto [first, second] = matrix_dims(self, dims);
  check_norm_dtype(self, dtype, "linalg.matrix_norm");
  double size = std::abs(order);
  check(size == 1 || size == 2 || size == INFINITY, "linalg.matrix_norm: Order ", order, " not supported.");
  const int64_t last[1] = {-1};
  // The greatest of nothing is 0, the least is an error.
  auto extreme = [&](const Tensor& values, IntView at, bool keep) {
    if (order < 0) return amin(ctx, values, at, keep);
    return values.size(at[0]) == 0 ? sum(ctx, values, at, keep) : amax(ctx, values, at, keep);
  };
  if (size == 2) return reduce_values(ctx, self, first, second, keepdim, dtype, [&](const Tensor& s) { return extreme(s, last, false); });
  int64_t summed = size == 1 ? first : second, kept = size == 1 ? second : first;
  if (!keepdim && kept > summed) --kept;
  Tensor sums = vector_norm(ctx, self, 1, IntView(&summed, 1), keepdim, dtype);
  return extreme(sums, IntView(&kept, 1), keepdim);
}

Tensor matrix_norm(Context& ctx, const Tensor& self, std::string_view order, IntView dims, bool keepdim, OptDType dtype) {
  check_matrix(self, "linalg.matrix_norm");
  check_float_matrix(self, "linalg.matrix_norm", true);
  auto [first, second] = matrix_dims(self, dims);
  check_norm_dtype(self, dtype, "linalg.matrix_norm");
  check(order == "fro" || order == "nuc", "linalg.matrix_norm: Order ", order, " not supported.");
  int64_t both[2] = {first, second};
  if (order == "fro") return vector_norm(ctx, self, 2, IntView(both), keepdim, dtype);
  const int64_t last[1] = {-1};
  return reduce_values(ctx, self, first, second, keepdim, dtype, [&](const Tensor& s) { return sum(ctx, s, IntView(last), false); });
}

namespace {

Tensor linalg_matrix_norm(Context& ctx, const Tensor& self, const Scalar& order, IntView dims, bool keepdim, OptDType dtype) {
  return matrix_norm(ctx, self, order.to_double(), dims, keepdim, dtype);
}

Tensor linalg_matrix_norm_str(Context& ctx, const Tensor& self, std::string_view order, IntView dims, bool keepdim, OptDType dtype) {
  return matrix_norm(ctx, self, order, dims, keepdim, dtype);
}

void check_norm_dims(const Tensor& self, OptInts dims, bool ordered) {
  if (dims) check(dims->size() == 1 || dims->size() == 2, "linalg.norm: If dim is specified, it must be of length 1 or 2. Got ", *dims);
  else if (ordered)
    check(self.dim() == 1 || self.dim() == 2, "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got ", self.dim(), "D.");
}
constexpr int64_t kBoth[2] = {0, 1};

Tensor linalg_norm(Context& ctx, const Tensor& self, OptScalar order, OptInts dims, bool keepdim, OptDType dtype) {
  check_norm_dims(self, dims, order.has_value());
  if (order && (dims ? dims->size() == 2 : self.dim() == 2)) return matrix_norm(ctx, self, order->to_double(), dims.value_or(IntView(kBoth)), keepdim, dtype);
  check_norm_dtype(self, dtype, "linalg.vector_norm");
  return vector_norm(ctx, self, order ? order->to_double() : 2, dims, keepdim, dtype);
}
Tensor linalg_norm_str(Context& ctx, const Tensor& self, std::string_view order, OptInts dims, bool keepdim, OptDType dtype) {
  check_norm_dims(self, dims, true);
  return matrix_norm(ctx, self, order, dims.value_or(IntView(kBoth)), keepdim, dtype);
}
constexpr int64_t kLastTwo[2] = {-2, -1};
Tensor nuclear_norm(Context& ctx, const Tensor& self, bool keepdim) { return matrix_norm(ctx, self, "nuc", kLastTwo, keepdim, {}); }
Tensor nuclear_norm_dim(Context& ctx, const Tensor& self, IntView dims, bool keepdim) { return matrix_norm(ctx, self, "nuc", dims, keepdim, {}); }

// norm(a) * norm(a^-1); infinite where there is no inverse.
template <class Order>
Tensor cond_by_inverse(Context& ctx, const Tensor& self, Order order, std::string_view shown) {
  check_square(self, cat("linalg.cond(ord=", shown, ")"));
  if (self.numel() == 0) return full(ctx, batch_sizes(self), Scalar(0), to_real(self.dtype()));
  auto [inverse, info] = linalg_inv_ex(ctx, self, false);
  Tensor there = matrix_norm(ctx, self, order, kLastTwo, false, {}), back = matrix_norm(ctx, inverse, order, kLastTwo, false, {});
  Tensor infinite = full(ctx, {}, Scalar(double(INFINITY)), back.dtype());
  return mul(ctx, there, where(ctx, to_dtype(ctx, info, DType::kBool), infinite, back));
}
Tensor linalg_cond(Context& ctx, const Tensor& self, OptScalar p) {
  check(self.dim() >= 2, "linalg.cond: The input tensor must have at least 2 dimensions.");
  double order = p ? p->to_double() : 2;
  double size = std::abs(order);
  check(size == 1 || size == 2 || size == INFINITY, "linalg.cond got an invalid norm type: ", order);
  if (size != 2) return cond_by_inverse(ctx, self, order, cat(order));
  Tensor s = svdvals(ctx, self);
  if (self.numel() == 0) return full(ctx, batch_sizes(self), Scalar(0), s.dtype());
  Tensor greatest = select(ctx, s, -1, 0), least = select(ctx, s, -1, -1);
  return order > 0 ? div(ctx, greatest, least) : div(ctx, least, greatest);
}
Tensor linalg_cond_str(Context& ctx, const Tensor& self, std::string_view p) {
  check(self.dim() >= 2, "linalg.cond: The input tensor must have at least 2 dimensions.");
  check(p == "fro" || p == "nuc", "linalg.cond got an invalid norm type: ", p);
  return cond_by_inverse(ctx, self, p, p);
}

double epsilon(DType dtype) {
  DType real = to_real(dtype);
  check(real == DType::kFloat || real == DType::kDouble, "This function doesn't handle types other than float and double");
  return real == DType::kFloat ? double(std::numeric_limits<float>::epsilon()) : std::numeric_limits<double>::epsilon();
}
double default_rtol(const Tensor& self) {
  double eps = epsilon(self.dtype());
  return eps * double(std::max(self.size(-1), self.size(-2)));
}

// Two bounds of singular values: absolute, and relative to the greatest. Tensors of the batch's shape, in double.
struct Tolerance {
  Tensor absolute, relative;
};
Tolerance tolerance(Context& ctx, const Tensor& self, OptFloat atol, OptFloat rtol) {
  double absolute = atol.value_or(0), relative = rtol ? *rtol : absolute > 0 ? 0 : default_rtol(self);
  return {full(ctx, {}, Scalar(absolute), DType::kDouble), full(ctx, {}, Scalar(relative), DType::kDouble)};
}
Tolerance tolerance(Context& ctx, const Tensor& self, const MaybeTensor& atol, const MaybeTensor& rtol, const char* name) {
  if (atol) check(!atol->is_complex(), name, ": atol tensor of complex type is not supported. Got ", scalar_type_name(atol->dtype()));
  if (rtol) check(!rtol->is_complex(), name, ": rtol tensor of complex type is not supported. Got ", scalar_type_name(rtol->dtype()));
  Tensor zero = full(ctx, {}, Scalar(0.0), DType::kDouble);
  Tensor absolute = atol ? to_dtype(ctx, *atol, DType::kDouble) : zero;
  if (rtol) return {absolute, to_dtype(ctx, *rtol, DType::kDouble)};
  Tensor usual = full(ctx, {}, Scalar(default_rtol(self)), DType::kDouble);
  if (!atol) return {absolute, usual};
  Tensor given = make_tensor(absolute.sizes(), DType::kBool);
  Tensor dense = contiguous(ctx, absolute);
  for (int64_t i = 0; i < dense.numel(); ++i) given.mutable_data<bool>()[i] = dense.data<double>()[i] > 0;
  return {absolute, where(ctx, given, zero, usual)};
}

// Singular values, or the sizes of eigenvalues, and for each whether it exceeds its bound: values [batch, k] in double and
// a mask of their broadcast shape.
Tensor exceeding(Context& ctx, const Tensor& values, const Tolerance& bounds) {
  const int64_t last[1] = {-1};
  Tensor sizes = contiguous(ctx, values);
  if (sizes == values) sizes = clone(ctx, values);
  auto* size = sizes.mutable_data<double>();
  for (int64_t i = 0; i < sizes.numel(); ++i) size[i] = std::abs(size[i]);
  Tensor greatest = amax(ctx, sizes, last, true);
  Tensor bound = maximum(ctx, unsqueeze(ctx, bounds.absolute, -1), mul(ctx, unsqueeze(ctx, bounds.relative, -1), greatest));
  Tensor above = sub(ctx, sizes, bound);  // infinite minus infinite is no excess
  Tensor mask = make_tensor(above.sizes(), DType::kBool);
  above = contiguous(ctx, above);
  for (int64_t i = 0; i < mask.numel(); ++i) mask.mutable_data<bool>()[i] = above.data<double>()[i] > 0;
  return mask;
}

Tensor rank_of(Context& ctx, const Tensor& self, const Tolerance& bounds, bool hermitian) {
  if (hermitian) check_square(self, "linalg.eigh");
  if (self.numel() == 0) return zeros(ctx, batch_sizes(self), DType::kLong);
  check_float_matrix(self, "linalg.svd", true);
  check_compute(self, hermitian ? "linalg_eigh_cpu" : "linalg_svd_cpu");
  Tensor s = hermitian ? std::get<0>(eigh_of(ctx, self, false, false)) : svd_of(ctx, self, false, false).s;
  const int64_t last[1] = {-1};
  return sum(ctx, exceeding(ctx, s, bounds), IntView(last), false, DType::kLong);
}
void check_rank(const Tensor& self) { check_matrix(self, "torch.linalg.matrix_rank", "input"); }
Tensor matrix_rank_floats(Context& ctx, const Tensor& self, OptFloat atol, OptFloat rtol, bool hermitian) {
  check_rank(self);
  return rank_of(ctx, self, tolerance(ctx, self, atol, rtol), hermitian);
}
Tensor matrix_rank_tensors(Context& ctx, const Tensor& self, const MaybeTensor& atol, const MaybeTensor& rtol, bool hermitian) {
  check_rank(self);
  return rank_of(ctx, self, tolerance(ctx, self, atol, rtol, "torch.linalg.matrix_rank"), hermitian);
}
Tensor matrix_rank_tol(Context& ctx, const Tensor& self, double tol, bool hermitian) {
  check_rank(self);
  return rank_of(ctx, self, tolerance(ctx, self, tol, 0.0), hermitian);
}
Tensor matrix_rank_tol_tensor(Context& ctx, const Tensor& self, const Tensor& tol, bool hermitian) {
  check_rank(self);
  return rank_of(ctx, self, tolerance(ctx, self, tol, full(ctx, {}, Scalar(0.0), DType::kDouble), "torch.linalg.matrix_rank"), hermitian);
}

Tensor pinv_of(Context& ctx, const Tensor& self, const Tolerance& bounds, bool hermitian) {
  DType real = to_real(self.dtype());
  if (self.dim() < 2 || (real != DType::kFloat && real != DType::kDouble))
    fail_runtime("linalg.pinv(", scalar_type_name(self.dtype()), "{", self.sizes(),
                 "}): expected a tensor with 2 or more dimensions of float, double, cfloat or cdouble types");
  if (self.numel() == 0) return make_tensor(with_tail(batch_sizes(self), {self.size(-1), self.size(-2)}), self.dtype());
  Tensor s, left, right;  // right diag(1 / s) left
  if (hermitian) {
    check_square(self, "linalg.eigh");
    std::tie(s, right) = eigh_of(ctx, self, false, true);
    left = adjoint(ctx, right);
  } else {
    Svd parts = svd_of(ctx, self, false, true);
    s = parts.s;
    left = adjoint(ctx, parts.u);
    right = adjoint(ctx, parts.vh);
  }
  Tensor one = full(ctx, {}, Scalar(1.0), DType::kDouble), zero = full(ctx, {}, Scalar(0.0), DType::kDouble);
  Tensor inverse = where(ctx, exceeding(ctx, s, bounds), div(ctx, one, s), zero);
  return to_dtype(ctx, matmul(ctx, mul(ctx, right, unsqueeze(ctx, inverse, -2)), left), self.dtype());
}
Tensor pinv_floats(Context& ctx, const Tensor& self, OptFloat atol, OptFloat rtol, bool hermitian) {
  if (self.dim() < 2) wrap_dim(-2, self.dim());
  return pinv_of(ctx, self, tolerance(ctx, self, atol, rtol), hermitian);
}
Tensor pinv_tensors(Context& ctx, const Tensor& self, const MaybeTensor& atol, const MaybeTensor& rtol, bool hermitian) {
  if (self.dim() < 2) wrap_dim(-2, self.dim());
  return pinv_of(ctx, self, tolerance(ctx, self, atol, rtol, "torch.linalg.pinv"), hermitian);
}
Tensor pinv_rcond(Context& ctx, const Tensor& self, double rcond, bool hermitian) { return pinv_of(ctx, self, tolerance(ctx, self, 0.0, rcond), hermitian); }
Tensor pinv_rcond_tensor(Context& ctx, const Tensor& self, const Tensor& rcond, bool hermitian) {
  return pinv_of(ctx, self, tolerance(ctx, self, MaybeTensor(), rcond, "torch.linalg.pinv"), hermitian);
}
Tensor pinverse(Context& ctx, const Tensor& self, double rcond) { return pinv_rcond(ctx, self, rcond, false); }

#define NORM_TAIL "bool keepdim=False, *, ScalarType? dtype=None"
#define TENSOR_BOUNDS "*, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False"
#define FLOAT_BOUNDS "*, float? atol=None, float? rtol=None, bool hermitian=False"
constexpr OpDef kRows[] = {
    op("aten::linalg_norm(Tensor self, Scalar? ord=None, int[1]? dim=None, " NORM_TAIL ") -> Tensor", TAPER_OP(linalg_norm), kPure),
    op("aten::linalg_norm.ord_str(Tensor self, str ord, int[1]? dim=None, " NORM_TAIL ") -> Tensor", TAPER_OP(linalg_norm_str), kPure),
    op_out("aten::linalg_norm.out(Tensor self, Scalar? ord=None, int[1]? dim=None, " NORM_TAIL ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_norm),
           kSameOut),
    op_out("aten::linalg_norm.ord_str_out(Tensor self, str ord, int[1]? dim=None, " NORM_TAIL ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_norm_str),
           kSameOut),
    op("aten::linalg_matrix_norm(Tensor self, Scalar ord, int[] dim=[-2, -1], " NORM_TAIL ") -> Tensor", TAPER_OP(linalg_matrix_norm), kPure),
    op("aten::linalg_matrix_norm.str_ord(Tensor self, str ord=\"fro\", int[] dim=[-2, -1], " NORM_TAIL ") -> Tensor", TAPER_OP(linalg_matrix_norm_str), kPure),
    op_out("aten::linalg_matrix_norm.out(Tensor self, Scalar ord, int[] dim=[-2, -1], " NORM_TAIL ", Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(linalg_matrix_norm), kSameOut),
    op_out("aten::linalg_matrix_norm.str_ord_out(Tensor self, str ord=\"fro\", int[] dim=[-2, -1], " NORM_TAIL ", Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(linalg_matrix_norm_str), kSameOut),
    op("aten::nuclear_norm(Tensor self, bool keepdim=False) -> Tensor", TAPER_OP(nuclear_norm), kPure),
    op("aten::nuclear_norm.dim(Tensor self, int[2] dim, bool keepdim=False) -> Tensor", TAPER_OP(nuclear_norm_dim), kPure),
    op_out("aten::nuclear_norm.out(Tensor self, bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(nuclear_norm), kSameOut),
    op_out("aten::nuclear_norm.dim_out(Tensor self, int[2] dim, bool keepdim=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(nuclear_norm_dim), kSameOut),
    op("aten::linalg_cond(Tensor self, Scalar? p=None) -> Tensor", TAPER_OP(linalg_cond), kPure),
    op("aten::linalg_cond.p_str(Tensor self, str p) -> Tensor", TAPER_OP(linalg_cond_str), kPure),
    op_out("aten::linalg_cond.out(Tensor self, Scalar? p=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_cond)),
    op_out("aten::linalg_cond.p_str_out(Tensor self, str p, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(linalg_cond_str)),
    op("aten::linalg_matrix_rank(Tensor self, float tol, bool hermitian=False) -> Tensor", TAPER_OP(matrix_rank_tol), kPure),
    op("aten::linalg_matrix_rank.tol_tensor(Tensor input, Tensor tol, bool hermitian=False) -> Tensor", TAPER_OP(matrix_rank_tol_tensor), kPure),
    op("aten::linalg_matrix_rank.atol_rtol_tensor(Tensor input, " TENSOR_BOUNDS ") -> Tensor", TAPER_OP(matrix_rank_tensors), kPure),
    op("aten::linalg_matrix_rank.atol_rtol_float(Tensor self, " FLOAT_BOUNDS ") -> Tensor", TAPER_OP(matrix_rank_floats), kPure),
    op_out("aten::linalg_matrix_rank.atol_rtol_tensor_out(Tensor input, " TENSOR_BOUNDS ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(matrix_rank_tensors)),
    op_out("aten::linalg_matrix_rank.atol_rtol_float_out(Tensor self, " FLOAT_BOUNDS ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(matrix_rank_floats)),
    op_out("aten::linalg_matrix_rank.out(Tensor self, float tol, bool hermitian=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(matrix_rank_tol)),
    op_out("aten::linalg_matrix_rank.out_tol_tensor(Tensor input, Tensor tol, bool hermitian=False, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(matrix_rank_tol_tensor)),
    op("aten::linalg_pinv(Tensor self, float rcond, bool hermitian=False) -> Tensor", TAPER_OP(pinv_rcond), kPure),
    op("aten::linalg_pinv.rcond_tensor(Tensor self, Tensor rcond, bool hermitian=False) -> Tensor", TAPER_OP(pinv_rcond_tensor), kPure),
    op("aten::linalg_pinv.atol_rtol_float(Tensor self, " FLOAT_BOUNDS ") -> Tensor", TAPER_OP(pinv_floats), kPure),
    op("aten::linalg_pinv.atol_rtol_tensor(Tensor self, " TENSOR_BOUNDS ") -> Tensor", TAPER_OP(pinv_tensors), kPure),
    op_out("aten::linalg_pinv.atol_rtol_tensor_out(Tensor self, " TENSOR_BOUNDS ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(pinv_tensors)),
    op_out("aten::linalg_pinv.atol_rtol_float_out(Tensor self, " FLOAT_BOUNDS ", Tensor(a!) out) -> Tensor(a!)", TAPER_OP(pinv_floats)),
    op_out("aten::linalg_pinv.out(Tensor self, float rcond, bool hermitian=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(pinv_rcond)),
    op_out("aten::linalg_pinv.out_rcond_tensor(Tensor self, Tensor rcond, bool hermitian=False, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(pinv_rcond_tensor)),
    op("aten::pinverse(Tensor self, float rcond=1.0000000000000001e-15) -> Tensor", TAPER_OP(pinverse), kPure),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> linalg_norm_rows() { return aten::kRows; }
}  // namespace taper::impl
