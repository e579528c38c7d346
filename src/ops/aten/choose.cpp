// Choosing and mixing elements: where, clamp, lerp, addcmul, masked_fill; complex numbers from parts.
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/kernels/float_math.h"
#include "ops/pointwise.h"

namespace taper::impl::aten {
namespace {

struct Where {
  template <class C>
  static C of(C condition, C a, C b, const Params&) {
    return condition != C(0) ? a : b;
  }
};
constexpr Kernels kWhere = with_mask_first(functor_kernels<Where, 3, void, float, double, int64_t, ComplexDouble>("where_cpu"));

}  // namespace

Tensor where(Context& ctx, const Tensor& condition, const Tensor& self, const Tensor& other) {
  check(condition.dtype() == DType::kBool || condition.dtype() == DType::kByte, "where expected condition to be a boolean tensor, but got a tensor with dtype ",
        scalar_type_name(condition.dtype()));
  DType common = result_type(ctx, {&self, &other});
  if (ctx.dest.defined())
    check(ctx.dest.dtype() == common, "Expected out type to be ", scalar_type_name(common), " but got ", scalar_type_name(ctx.dest.dtype()));
  return pointwise_as(ctx, kWhere, common, {&condition, &self, &other});
}

namespace {

Tensor where_scalar_other(Context& ctx, const Tensor& condition, const Tensor& self, const Scalar& other) {
  return where(ctx, condition, self, wrapped_number(ctx, other));
}
Tensor where_scalar_self(Context& ctx, const Tensor& condition, const Scalar& self, const Tensor& other) {
  return where(ctx, condition, wrapped_number(ctx, self), other);
}
Tensor where_scalars(Context& ctx, const Tensor& condition, const Scalar& self, const Scalar& other) {
  Tensor a = wrapped_number(self), b = wrapped_number(other);
  return where(ctx, condition, a, b);
}

// Bounds that are absent are infinite; NaN stays.
struct Clamp {
  template <class C>
  static C of(C x, const Params& p) {
    if constexpr (std::is_same_v<C, int64_t>) {
      C y = x < p.integer[0] ? p.integer[0] : x;
      return y > p.integer[1] ? p.integer[1] : y;
    } else {
      C y = x < C(p.real[0]) ? C(p.real[0]) : x;
      return y > C(p.real[1]) ? C(p.real[1]) : y;
    }
  }
};
constexpr Kernels kClamp = without_bool(functor_kernels<Clamp, 1, void, float, double, int64_t>("clamp_scalar_cpu"));
Tensor clamp(Context& ctx, const Tensor& self, std::optional<Scalar> low, std::optional<Scalar> high) {
  check(low || high, "torch.clamp: At least one of 'min' or 'max' must not be None");
  check(!self.is_complex(), "clamp is not supported for complex types");
  for (const std::optional<Scalar>& bound : {low, high})
    if (bound) real_number(*bound, DType::kDouble);
  DType common = self.dtype();
  for (const std::optional<Scalar>& bound : {low, high})
    if (bound) {
      const Tensor& wrapped = wrapped_number(ctx, *bound);
      common = promote(common, result_type(ctx, {&self, &wrapped}));
    }
  if (const Tensor& dest = ctx.dest; dest.defined()) {
    check(!(dest == self) || can_cast(common, self.dtype()), "result type ", scalar_type_name(common), " can't be cast to the desired output type ",
          cpp_type_name(self.dtype()));
    check(dest == self || dest.dtype() == common, "Found dtype ", scalar_type_name(dest.dtype()), " but expected ", scalar_type_name(common));
  }
  // A NaN bound makes everything NaN.
  for (const std::optional<Scalar>& bound : {low, high})
    if (bound && bound->d != bound->d) {
      Tensor out = loop_output(ctx, self.sizes(), common, {&self});
      return fill_(ctx, out, *bound);
    }
  Params p;
  if (is_integral_or_bool(common)) {
    p.integer[0] = low ? integer_number(*low, common) : INT64_MIN;
    p.integer[1] = high ? integer_number(*high, common) : INT64_MAX;
  } else {
    p.real[0] = low ? real_number(*low, common) : -INFINITY;
    p.real[1] = high ? real_number(*high, common) : INFINITY;
  }
  return pointwise_as(ctx, with_f32(kClamp, float_math(ctx.cpu_level).clamp), common, {&self}, p);
}
Tensor clamp_min(Context& ctx, const Tensor& self, const Scalar& low) {
  check(!low.is_complex(), "clamp is not supported for complex types");
  return clamp(ctx, self, low, std::nullopt);
}
Tensor clamp_max(Context& ctx, const Tensor& self, const Scalar& high) {
  check(!high.is_complex(), "clamp is not supported for complex types");
  return clamp(ctx, self, std::nullopt, high);
}

// Limits do not promote an integer input, as clamp's do.
Tensor hardtanh(Context& ctx, const Tensor& self, const Scalar& low, const Scalar& high) {
  check(self.dtype() != DType::kBool, "Bool inputs not supported for hardtanh");
  if (!is_integral(self.dtype())) return clamp(ctx, self, low, high);
  int64_t least = integer_number(low, DType::kLong), most = integer_number(high, DType::kLong);
  check(self.dtype() != DType::kByte || (least >= 0 && most >= 0), "cannot do hardtanh on an unsigned type with negative limits");
  return clamp(ctx, self, Scalar(least), Scalar(most));
}
Tensor relu6(Context& ctx, const Tensor& self) { return hardtanh(ctx, self, Scalar(0), Scalar(6)); }

void check_bound(Context& ctx, const Tensor& self, const Tensor& bound, std::string_view kernel) {
  DType common = result_type(ctx, {&self, &bound});
  if (!is_complex(common)) return;
  if (ctx.dest.defined()) check_castable(common, ctx.dest.dtype());
  fail_dtype(kernel, common);
}
Tensor clamp_min_tensor(Context& ctx, const Tensor& self, const Tensor& low) {
  check_bound(ctx, self, low, "maximum_cpu");
  return maximum(ctx, self, low);
}
Tensor clamp_max_tensor(Context& ctx, const Tensor& self, const Tensor& high) {
  check_bound(ctx, self, high, "minimum_cpu");
  return minimum(ctx, self, high);
}

struct ClampBetween {
  template <class C>
  static C of(C x, C low, C high, const Params&) {
    if (x != x) return x;
    if (low != low) return low;
    if (high != high) return high;
    C y = x < low ? low : x;
    return y > high ? high : y;
  }
};
constexpr Kernels kClampBetween = without_bool(functor_kernels<ClampBetween, 3, void, float, double, int64_t>("clamp_cpu"));
Tensor clamp_tensor(Context& ctx, const Tensor& self, const MaybeTensor& low, const MaybeTensor& high) {
  check(low || high, "torch.clamp: At least one of 'min' or 'max' must not be None");
  if (!high) return clamp_min_tensor(ctx, self, *low);
  if (!low) return clamp_max_tensor(ctx, self, *high);
  check(!self.is_complex() && !low->is_complex() && !high->is_complex(), "clamp is not supported for complex types");
  return pointwise(ctx, kClampBetween, {&self, &*low, &*high});
}

// From the nearer end, so that weight 0 and 1 are exact.
struct Lerp {
  template <class C>
  static C of(C a, C b, C w, const Params&) {
    if constexpr (std::is_same_v<C, ComplexDouble>) return std::norm(w) < 0.25 ? a + multiply(w, b - a) : b - multiply(b - a, C(1) - w);
    else return std::fabs(w) < C(0.5) ? a + w * (b - a) : b - (b - a) * (C(1) - w);
  }
};
constexpr Kernels kLerp = functor_kernels<Lerp, 3, void, float, double, ComplexDouble>("lerp_kernel_tensor");
Tensor lerp(Context& ctx, const Tensor& self, const Tensor& end, const Tensor& weight) {
  check(self.dtype() == end.dtype(), "expected dtype ", cpp_type_name(self.dtype()), " for `end` but got dtype ", cpp_type_name(end.dtype()));
  check(self.dtype() == weight.dtype() || weight.dim() == 0, "expected dtype ", cpp_type_name(self.dtype()), " for `weight` but got dtype ",
        cpp_type_name(weight.dtype()));
  if (ctx.dest.defined())
    check(ctx.dest.dtype() == self.dtype(), "Found dtype ", scalar_type_name(ctx.dest.dtype()), " but expected ", scalar_type_name(self.dtype()));
  return pointwise_as(ctx, kLerp, self.dtype(), {&self, &end, &weight});
}
Tensor lerp_scalar(Context& ctx, const Tensor& self, const Tensor& end, const Scalar& weight) {
  check(self.dtype() == end.dtype(), "expected dtype ", cpp_type_name(self.dtype()), " for `end` but got dtype ", cpp_type_name(end.dtype()));
  Kernels kernels = kLerp;
  kernels.name = "lerp_kernel_scalar";
  kernels.exact_numbers = true;
  kernel_for(kernels, self.dtype());
  if (!self.is_complex()) real_number(weight, self.dtype());
  return pointwise_as(ctx, kernels, self.dtype(), {&self, &end, &wrapped_number(ctx, weight)});
}

template <class C>
C value_of(const Params& p) {
  if constexpr (std::is_same_v<C, int64_t>) return p.integer[0];
  else if constexpr (std::is_same_v<C, ComplexDouble>) return p.complex;
  else return C(p.real[0]);
}
struct AddCMul {
  template <class C>
  static C of(C x, C a, C b, const Params& p) {
    if constexpr (std::is_same_v<C, int64_t>) return int64_t(uint64_t(x) + uint64_t(value_of<C>(p)) * uint64_t(a) * uint64_t(b));
    else if constexpr (std::is_same_v<C, ComplexDouble>) return x + multiply(multiply(value_of<C>(p), a), b);
    else return x + value_of<C>(p) * a * b;
  }
};
struct AddCDiv {
  template <class C>
  static C of(C x, C a, C b, const Params& p) {
    if constexpr (std::is_same_v<C, ComplexDouble>) return x + divide(multiply(value_of<C>(p), a), b);
    else return x + value_of<C>(p) * a / b;
  }
};
constexpr Kernels kAddCMul = without_bool(functor_kernels<AddCMul, 3, void, float, double, int64_t, ComplexDouble>("addcmul_cpu_out"));
constexpr Kernels kAddCDiv = functor_kernels<AddCDiv, 3, void, float, double, ComplexDouble>("addcdiv_cpu_out");
Tensor with_value(Context& ctx, const Kernels& kernels, const Tensor& self, const Tensor& a, const Tensor& b, const Scalar& value) {
  DType common = result_type(ctx, {&self, &a, &b});
  if (ctx.dest.defined()) check_castable(common, ctx.dest.dtype());
  kernel_for(kernels, common);
  Params p;
  if (is_integral(common)) p.integer[0] = integer_number(value, common);
  else if (is_complex(common)) check_number(value, common), p.complex = value.to_complex();
  else p.real[0] = real_number(value, common);
  return pointwise_as(ctx, kernels, common, {&self, &a, &b}, p);
}
Tensor addcmul(Context& ctx, const Tensor& self, const Tensor& a, const Tensor& b, const Scalar& value) { return with_value(ctx, kAddCMul, self, a, b, value); }
Tensor addcdiv(Context& ctx, const Tensor& self, const Tensor& a, const Tensor& b, const Scalar& value) {
  check(!is_integral_or_bool(a.dtype()) || !is_integral_or_bool(b.dtype()),
        "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true division of tensor1 and tensor2. The "
        "historic addcdiv behavior can be implemented as (input + value * torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input "
        "+ value * tensor1 / tensor2) for float inputs. The future addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), "
        "for all dtypes.");
  return with_value(ctx, kAddCDiv, self, a, b, value);
}

void check_mask(const Tensor& mask) {
  check(mask.dtype() == DType::kBool, "masked_fill_ only supports boolean masks, but got mask with dtype ", cpp_type_name(mask.dtype()));
}
// The value in self's dtype, as a number.
Scalar mask_value(const Tensor& self, const Scalar& value) {
  check_number(value, self.dtype());
  return self.dtype() == DType::kBool ? Scalar(value.to_bool()) : value;
}
Scalar mask_value(const Tensor& self, const Tensor& value) {
  check(value.dim() == 0, "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with ", value.dim(), " dimension(s).");
  return mask_value(self, item(value));
}
Tensor masked_fill(Context& ctx, const Tensor& self, const Tensor& mask, const Scalar& value) {
  check_mask(mask);
  const Tensor* inputs[] = {&mask, &wrapped_number(ctx, mask_value(self, value)), &self};
  Tensor out = make_tensor(broadcast_sizes(self.sizes(), mask.sizes()), self.dtype());  // contiguous, whatever the inputs are
  ComputeType type = compute_type(self.dtype());
  run_loop(ctx, out, type, inputs, type, kernel_for(kWhere, self.dtype()));
  return out;
}
Tensor masked_fill_tensor(Context& ctx, const Tensor& self, const Tensor& mask, const Tensor& value) {
  return masked_fill(ctx, self, mask, mask_value(self, value));
}
Tensor masked_fill_(Context& ctx, const Tensor& self, const Tensor& mask, const Scalar& value) {
  check_mask(mask);
  Dims sizes = broadcast_sizes(self.sizes(), mask.sizes());
  check(same(sizes, self.sizes()), "output with shape ", self.sizes(), " doesn't match the broadcast shape ", sizes);
  Scalar number = mask_value(self, value);
  if (self.is_conj() || self.is_neg()) return copy_(ctx, self, masked_fill(ctx, self, mask, number));
  const Tensor* inputs[] = {&mask, &wrapped_number(ctx, number), &self};
  ComputeType type = compute_type(self.dtype());
  run_loop(ctx, self, type, inputs, type, kernel_for(kWhere, self.dtype()));
  return self;
}
Tensor masked_fill_tensor_(Context& ctx, const Tensor& self, const Tensor& mask, const Tensor& value) {
  return masked_fill_(ctx, self, mask, mask_value(self, value));
}
struct FromParts {
  static ComplexDouble of(double re, double im, const Params&) { return {re, im}; }
};
struct FromPolar {
  static ComplexDouble of(double r, double angle, const Params&) { return {r * std::cos(angle), r * std::sin(angle)}; }
};
Tensor from_two(Context& ctx, const Tensor& a, const Tensor& b, Kernel kernel) {
  check(a.is_floating() && a.dtype() != DType::kBFloat16 && b.is_floating() && b.dtype() != DType::kBFloat16,
        "Expected both inputs to be Half, Float or Double tensors but got ", scalar_type_name(a.dtype()), " and ", scalar_type_name(b.dtype()));
  check(a.dtype() == b.dtype(), "Expected object of scalar type ", scalar_type_name(a.dtype()), " but got scalar type ", scalar_type_name(b.dtype()),
        " for second argument");
  if (ctx.dest.defined())
    check(ctx.dest.dtype() == to_complex(a.dtype()), "Expected object of scalar type ", scalar_type_name(to_complex(a.dtype())), " but got scalar type ",
          scalar_type_name(ctx.dest.dtype()), " for argument 'out'");
  Tensor out = loop_output(ctx, broadcast_sizes(a.sizes(), b.sizes()), to_complex(a.dtype()), {&a, &b});
  const Tensor* inputs[] = {&a, &b};
  run_loop(ctx, out, ComputeType::kComplex, inputs, ComputeType::kDouble, kernel);
  return out;
}
Tensor make_complex(Context& ctx, const Tensor& re, const Tensor& im) { return from_two(ctx, re, im, &functor_row<FromParts, double, ComplexDouble, 2>); }
Tensor polar(Context& ctx, const Tensor& r, const Tensor& angle) {
  if (r.dtype() == DType::kHalf && angle.dtype() == DType::kHalf) fail_dtype("polar_cpu", DType::kHalf);
  return from_two(ctx, r, angle, &functor_row<FromPolar, double, ComplexDouble, 2>);
}

constexpr OpDef kRows[] = {
    op("aten::relu6(Tensor self) -> Tensor", TAPER_OP(relu6), kPure | kUsesDest),
    op_inplace("aten::relu6_(Tensor(a!) self) -> Tensor(a!)", TAPER_OP(relu6), kUsesDest),
    op("aten::hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor", TAPER_OP(hardtanh), kPure | kUsesDest),
    op_inplace("aten::hardtanh_(Tensor(a!) self, Scalar min_val=-1, Scalar max_val=1) -> Tensor(a!)", TAPER_OP(hardtanh), kUsesDest),
    op_out("aten::hardtanh.out(Tensor self, Scalar min_val=-1, Scalar max_val=1, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(hardtanh), kUsesDest),
    op("aten::where.self(Tensor condition, Tensor self, Tensor other) -> Tensor", TAPER_OP(where), kPure | kUsesDest),
    op_out("aten::where.self_out(Tensor condition, Tensor self, Tensor other, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(where), kUsesDest),
    op("aten::where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor", TAPER_OP(where_scalar_other), kPure | kUsesDest),
    op("aten::where.ScalarSelf(Tensor condition, Scalar self, Tensor other) -> Tensor", TAPER_OP(where_scalar_self), kPure | kUsesDest),
    op("aten::where.Scalar(Tensor condition, Scalar self, Scalar other) -> Tensor", TAPER_OP(where_scalars), kPure | kUsesDest),
    op("aten::clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor", TAPER_OP(clamp), kPure | kUsesDest),
    op_inplace("aten::clamp_(Tensor(a!) self, Scalar? min=None, Scalar? max=None) -> Tensor(a!)", TAPER_OP(clamp), kUsesDest),
    op_out("aten::clamp.out(Tensor self, Scalar? min=None, Scalar? max=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(clamp), kUsesDest),
    op("aten::clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor", TAPER_OP(clamp_tensor), kPure | kUsesDest),
    op_inplace("aten::clamp_.Tensor(Tensor(a!) self, Tensor? min=None, Tensor? max=None) -> Tensor(a!)", TAPER_OP(clamp_tensor), kUsesDest),
    op_out("aten::clamp.Tensor_out(Tensor self, Tensor? min=None, Tensor? max=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(clamp_tensor), kUsesDest),
    op("aten::clip(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor", TAPER_OP(clamp), kPure | kUsesDest),
    op_inplace("aten::clip_(Tensor(a!) self, Scalar? min=None, Scalar? max=None) -> Tensor(a!)", TAPER_OP(clamp), kUsesDest),
    op_out("aten::clip.out(Tensor self, Scalar? min=None, Scalar? max=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(clamp), kUsesDest),
    op("aten::clip.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor", TAPER_OP(clamp_tensor), kPure | kUsesDest),
    op_inplace("aten::clip_.Tensor(Tensor(a!) self, Tensor? min=None, Tensor? max=None) -> Tensor(a!)", TAPER_OP(clamp_tensor), kUsesDest),
    op_out("aten::clip.Tensor_out(Tensor self, Tensor? min=None, Tensor? max=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(clamp_tensor), kUsesDest),
    op("aten::clamp_min(Tensor self, Scalar min) -> Tensor", TAPER_OP(clamp_min), kPure | kUsesDest),
    op_inplace("aten::clamp_min_(Tensor(a!) self, Scalar min) -> Tensor(a!)", TAPER_OP(clamp_min), kUsesDest),
    op_out("aten::clamp_min.out(Tensor self, Scalar min, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(clamp_min), kUsesDest),
    op("aten::clamp_min.Tensor(Tensor self, Tensor min) -> Tensor", TAPER_OP(clamp_min_tensor), kPure | kUsesDest),
    op_inplace("aten::clamp_min_.Tensor(Tensor(a!) self, Tensor min) -> Tensor(a!)", TAPER_OP(clamp_min_tensor), kUsesDest),
    op_out("aten::clamp_min.Tensor_out(Tensor self, Tensor min, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(clamp_min_tensor), kUsesDest),
    op("aten::clamp_max(Tensor self, Scalar max) -> Tensor", TAPER_OP(clamp_max), kPure | kUsesDest),
    op_inplace("aten::clamp_max_(Tensor(a!) self, Scalar max) -> Tensor(a!)", TAPER_OP(clamp_max), kUsesDest),
    op_out("aten::clamp_max.out(Tensor self, Scalar max, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(clamp_max), kUsesDest),
    op("aten::clamp_max.Tensor(Tensor self, Tensor max) -> Tensor", TAPER_OP(clamp_max_tensor), kPure | kUsesDest),
    op_inplace("aten::clamp_max_.Tensor(Tensor(a!) self, Tensor max) -> Tensor(a!)", TAPER_OP(clamp_max_tensor), kUsesDest),
    op_out("aten::clamp_max.Tensor_out(Tensor self, Tensor max, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(clamp_max_tensor), kUsesDest),
    op("aten::lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor", TAPER_OP(lerp_scalar), kPure | kUsesDest),
    op_inplace("aten::lerp_.Scalar(Tensor(a!) self, Tensor end, Scalar weight) -> Tensor(a!)", TAPER_OP(lerp_scalar), kUsesDest),
    op_out("aten::lerp.Scalar_out(Tensor self, Tensor end, Scalar weight, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(lerp_scalar), kUsesDest),
    op("aten::lerp.Tensor(Tensor self, Tensor end, Tensor weight) -> Tensor", TAPER_OP(lerp), kPure | kUsesDest),
    op_inplace("aten::lerp_.Tensor(Tensor(a!) self, Tensor end, Tensor weight) -> Tensor(a!)", TAPER_OP(lerp), kUsesDest),
    op_out("aten::lerp.Tensor_out(Tensor self, Tensor end, Tensor weight, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(lerp), kUsesDest),
    op("aten::addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor", TAPER_OP(addcmul), kPure | kUsesDest),
    op_inplace("aten::addcmul_(Tensor(a!) self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor(a!)", TAPER_OP(addcmul), kUsesDest),
    op_out("aten::addcmul.out(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(addcmul), kUsesDest),
    op("aten::addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor", TAPER_OP(addcdiv), kPure | kUsesDest),
    op_inplace("aten::addcdiv_(Tensor(a!) self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor(a!)", TAPER_OP(addcdiv), kUsesDest),
    op_out("aten::addcdiv.out(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(addcdiv), kUsesDest),
    op("aten::masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor", TAPER_OP(masked_fill), kPure),
    op_out("aten::masked_fill.Scalar_out(Tensor self, Tensor mask, Scalar value, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(masked_fill), kExactOut),
    op("aten::masked_fill.Tensor(Tensor self, Tensor mask, Tensor value) -> Tensor", TAPER_OP(masked_fill_tensor), kPure),
    op_out("aten::masked_fill.Tensor_out(Tensor self, Tensor mask, Tensor value, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(masked_fill_tensor), kExactOut),
    op("aten::complex(Tensor real, Tensor imag) -> Tensor", TAPER_OP(make_complex), kPure | kUsesDest),
    op_out("aten::complex.out(Tensor real, Tensor imag, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(make_complex), kUsesDest),
    op("aten::polar(Tensor abs, Tensor angle) -> Tensor", TAPER_OP(polar), kPure | kUsesDest),
    op_out("aten::polar.out(Tensor abs, Tensor angle, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(polar), kUsesDest),
    op("aten::masked_fill_.Scalar(Tensor(a!) self, Tensor mask, Scalar value) -> Tensor(a!)", TAPER_OP(masked_fill_)),
    op("aten::masked_fill_.Tensor(Tensor(a!) self, Tensor mask, Tensor value) -> Tensor(a!)", TAPER_OP(masked_fill_tensor_)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> choose_rows() { return aten::kRows; }
}  // namespace taper::impl
