// Comparisons of elements, and of whole tensors.
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/families.h"
#include "ops/pointwise.h"

namespace taper::impl::aten {
namespace {

struct Eq {
  template <class C>
  static bool of(C a, C b, const Params&) {
    return a == b;
  }
};
constexpr Kernels kEq = functor_kernels<Eq, 2, bool, float, double, int64_t, ComplexDouble>("eq_cpu");
Tensor eq(Context& ctx, const Tensor& self, const Tensor& other) { return predicate(ctx, kEq, {&self, &other}); }
Tensor eq_scalar(Context& ctx, const Tensor& self, const Scalar& other) { return eq(ctx, self, wrapped_number(ctx, other)); }
struct Ne {
  template <class C>
  static bool of(C a, C b, const Params&) {
    return a != b;
  }
};
constexpr Kernels kNe = functor_kernels<Ne, 2, bool, float, double, int64_t, ComplexDouble>("ne_cpu");
Tensor ne(Context& ctx, const Tensor& self, const Tensor& other) { return predicate(ctx, kNe, {&self, &other}); }
Tensor ne_scalar(Context& ctx, const Tensor& self, const Scalar& other) { return ne(ctx, self, wrapped_number(ctx, other)); }
struct Lt {
  template <class C>
  static bool of(C a, C b, const Params&) {
    return a < b;
  }
};
constexpr Kernels kLt = functor_kernels<Lt, 2, bool, float, double, int64_t>("lt_cpu");
Tensor lt(Context& ctx, const Tensor& self, const Tensor& other) { return predicate(ctx, kLt, {&self, &other}); }
Tensor lt_scalar(Context& ctx, const Tensor& self, const Scalar& other) { return lt(ctx, self, wrapped_number(ctx, other)); }
struct Le {
  template <class C>
  static bool of(C a, C b, const Params&) {
    return a <= b;
  }
};
constexpr Kernels kLe = functor_kernels<Le, 2, bool, float, double, int64_t>("le_cpu");
Tensor le(Context& ctx, const Tensor& self, const Tensor& other) { return predicate(ctx, kLe, {&self, &other}); }
Tensor le_scalar(Context& ctx, const Tensor& self, const Scalar& other) { return le(ctx, self, wrapped_number(ctx, other)); }
struct Gt {
  template <class C>
  static bool of(C a, C b, const Params&) {
    return a > b;
  }
};
constexpr Kernels kGt = functor_kernels<Gt, 2, bool, float, double, int64_t>("gt_cpu");
Tensor gt(Context& ctx, const Tensor& self, const Tensor& other) { return predicate(ctx, kGt, {&self, &other}); }
Tensor gt_scalar(Context& ctx, const Tensor& self, const Scalar& other) { return gt(ctx, self, wrapped_number(ctx, other)); }
struct Ge {
  template <class C>
  static bool of(C a, C b, const Params&) {
    return a >= b;
  }
};
constexpr Kernels kGe = functor_kernels<Ge, 2, bool, float, double, int64_t>("ge_cpu");
Tensor ge(Context& ctx, const Tensor& self, const Tensor& other) { return predicate(ctx, kGe, {&self, &other}); }
Tensor ge_scalar(Context& ctx, const Tensor& self, const Scalar& other) { return ge(ctx, self, wrapped_number(ctx, other)); }

// real[0], real[1]: rtol, atol; integer[0]: NaN equals NaN.
struct IsClose {
  template <class C>
  static bool of(C a, C b, const Params& p) {
    if (a == b) return true;
    if constexpr (std::is_same_v<C, int64_t>) {
      return std::fabs(double(a) - double(b)) <= p.real[1] + p.real[0] * std::fabs(double(b));
    } else {
      bool a_nan = a != a, b_nan = b != b;
      if (a_nan || b_nan) return p.integer[0] && a_nan && b_nan;
      double difference = double(std::abs(a - b));
      return std::isfinite(difference) && difference <= p.real[1] + p.real[0] * double(std::abs(b));
    }
  }
};
constexpr Kernels kIsClose = functor_kernels<IsClose, 2, bool, float, double, int64_t, ComplexDouble>("isclose");

Tensor isclose(Context& ctx, const Tensor& self, const Tensor& other, double rtol, double atol, bool equal_nan) {
  check(self.dtype() == other.dtype(), scalar_type_name(self.dtype()), " did not match ", scalar_type_name(other.dtype()));
  check(rtol >= 0, "rtol must be greater than or equal to zero, but got ", rtol);
  check(atol >= 0, "atol must be greater than or equal to zero, but got ", atol);
  Params p;
  p.real[0] = rtol;
  p.real[1] = atol;
  p.integer[0] = equal_nan;
  return predicate(ctx, kIsClose, {&self, &other}, p);
}

bool all_true(const Tensor& flags) {
  const bool* data = flags.data<bool>();
  for (int64_t i = 0; i < flags.numel(); ++i)
    if (!data[i]) return false;
  return true;
}
bool allclose(Context& ctx, const Tensor& self, const Tensor& other, double rtol, double atol, bool equal_nan) {
  return all_true(contiguous(ctx, isclose(ctx, self, other, rtol, atol, equal_nan)));
}
bool equal(Context& ctx, const Tensor& self, const Tensor& other) {
  return same(self.sizes(), other.sizes()) && all_true(contiguous(ctx, eq(ctx, self, other)));
}

constexpr OpDef kRows[] = {
    op("aten::eq.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(eq), kPure | kUsesDest),
    op_inplace("aten::eq_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(eq), kUsesDest),
    op_out("aten::eq.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(eq), kUsesDest),
    op("aten::eq.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(eq_scalar), kPure | kUsesDest),
    op_inplace("aten::eq_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(eq_scalar), kUsesDest),
    op_out("aten::eq.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(eq_scalar), kUsesDest),
    op("aten::ne.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(ne), kPure | kUsesDest),
    op_inplace("aten::ne_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(ne), kUsesDest),
    op_out("aten::ne.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ne), kUsesDest),
    op("aten::ne.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(ne_scalar), kPure | kUsesDest),
    op_inplace("aten::ne_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(ne_scalar), kUsesDest),
    op_out("aten::ne.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ne_scalar), kUsesDest),
    op("aten::not_equal.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(ne), kPure | kUsesDest),
    op_inplace("aten::not_equal_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(ne), kUsesDest),
    op_out("aten::not_equal.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ne), kUsesDest),
    op("aten::not_equal.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(ne_scalar), kPure | kUsesDest),
    op_inplace("aten::not_equal_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(ne_scalar), kUsesDest),
    op_out("aten::not_equal.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ne_scalar), kUsesDest),
    op("aten::lt.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(lt), kPure | kUsesDest),
    op_inplace("aten::lt_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(lt), kUsesDest),
    op_out("aten::lt.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(lt), kUsesDest),
    op("aten::lt.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(lt_scalar), kPure | kUsesDest),
    op_inplace("aten::lt_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(lt_scalar), kUsesDest),
    op_out("aten::lt.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(lt_scalar), kUsesDest),
    op("aten::less.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(lt), kPure | kUsesDest),
    op_inplace("aten::less_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(lt), kUsesDest),
    op_out("aten::less.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(lt), kUsesDest),
    op("aten::less.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(lt_scalar), kPure | kUsesDest),
    op_inplace("aten::less_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(lt_scalar), kUsesDest),
    op_out("aten::less.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(lt_scalar), kUsesDest),
    op("aten::le.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(le), kPure | kUsesDest),
    op_inplace("aten::le_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(le), kUsesDest),
    op_out("aten::le.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(le), kUsesDest),
    op("aten::le.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(le_scalar), kPure | kUsesDest),
    op_inplace("aten::le_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(le_scalar), kUsesDest),
    op_out("aten::le.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(le_scalar), kUsesDest),
    op("aten::less_equal.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(le), kPure | kUsesDest),
    op_inplace("aten::less_equal_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(le), kUsesDest),
    op_out("aten::less_equal.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(le), kUsesDest),
    op("aten::less_equal.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(le_scalar), kPure | kUsesDest),
    op_inplace("aten::less_equal_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(le_scalar), kUsesDest),
    op_out("aten::less_equal.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(le_scalar), kUsesDest),
    op("aten::gt.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(gt), kPure | kUsesDest),
    op_inplace("aten::gt_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(gt), kUsesDest),
    op_out("aten::gt.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(gt), kUsesDest),
    op("aten::gt.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(gt_scalar), kPure | kUsesDest),
    op_inplace("aten::gt_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(gt_scalar), kUsesDest),
    op_out("aten::gt.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(gt_scalar), kUsesDest),
    op("aten::greater.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(gt), kPure | kUsesDest),
    op_inplace("aten::greater_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(gt), kUsesDest),
    op_out("aten::greater.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(gt), kUsesDest),
    op("aten::greater.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(gt_scalar), kPure | kUsesDest),
    op_inplace("aten::greater_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(gt_scalar), kUsesDest),
    op_out("aten::greater.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(gt_scalar), kUsesDest),
    op("aten::ge.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(ge), kPure | kUsesDest),
    op_inplace("aten::ge_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(ge), kUsesDest),
    op_out("aten::ge.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ge), kUsesDest),
    op("aten::ge.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(ge_scalar), kPure | kUsesDest),
    op_inplace("aten::ge_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(ge_scalar), kUsesDest),
    op_out("aten::ge.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ge_scalar), kUsesDest),
    op("aten::greater_equal.Tensor(Tensor self, Tensor other) -> Tensor", TAPER_OP(ge), kPure | kUsesDest),
    op_inplace("aten::greater_equal_.Tensor(Tensor(a!) self, Tensor other) -> Tensor(a!)", TAPER_OP(ge), kUsesDest),
    op_out("aten::greater_equal.Tensor_out(Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ge), kUsesDest),
    op("aten::greater_equal.Scalar(Tensor self, Scalar other) -> Tensor", TAPER_OP(ge_scalar), kPure | kUsesDest),
    op_inplace("aten::greater_equal_.Scalar(Tensor(a!) self, Scalar other) -> Tensor(a!)", TAPER_OP(ge_scalar), kUsesDest),
    op_out("aten::greater_equal.Scalar_out(Tensor self, Scalar other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(ge_scalar), kUsesDest),
    op("aten::isclose(Tensor self, Tensor other, float rtol=1.0000000000000001e-05, float atol=1e-08, bool equal_nan=False) -> Tensor", TAPER_OP(isclose),
       kPure | kUsesDest),
    op("aten::allclose(Tensor self, Tensor other, float rtol=1.0000000000000001e-05, float atol=1e-08, bool equal_nan=False) -> bool", TAPER_OP(allclose),
       kPure),
    op("aten::equal(Tensor self, Tensor other) -> bool", TAPER_OP(equal), kPure),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> compare_rows() { return aten::kRows; }
}  // namespace taper::impl
