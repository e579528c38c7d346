#include "ops/type_promotion.h"

namespace taper::impl {
namespace {

DType combine(DType higher, DType lower) {
  if (higher == DType::kUndefined) return lower;
  if (lower == DType::kUndefined) return higher;
  if (is_complex(higher)) return higher;
  if (is_floating(higher)) return is_complex(lower) ? to_complex(higher) : higher;
  if (higher == DType::kBool || is_floating(lower) || is_complex(lower)) return promote(higher, lower);
  return higher;
}

}  // namespace

DType result_type(const Context& ctx, std::span<const Tensor* const> tensors) {
  DType with_dims = DType::kUndefined, zero_dim = DType::kUndefined, wrapped = DType::kUndefined;
  for (const Tensor* t : tensors) {
    DType dtype = t->dtype();
    if (t->is_wrapped_number()) {
      if (is_complex(dtype)) dtype = ctx.default_dtype == DType::kDouble ? DType::kComplexDouble : DType::kComplexFloat;
      else if (is_floating(dtype)) dtype = ctx.default_dtype;
      wrapped = promote(wrapped, dtype);
    } else if (t->dim() == 0) {
      zero_dim = promote(zero_dim, dtype);
    } else {
      with_dims = promote(with_dims, dtype);
    }
  }
  return combine(with_dims, combine(zero_dim, wrapped));
}

namespace {

void set_number(const Tensor& number, const Scalar& value) {
  switch (value.kind) {
    case Scalar::Kind::kInt: *number.mutable_data<int64_t>() = value.i; break;
    case Scalar::Kind::kFloat: *number.mutable_data<double>() = value.d; break;
    case Scalar::Kind::kBool: *number.mutable_data<bool>() = value.i != 0; break;
    case Scalar::Kind::kComplex: *number.mutable_data<ComplexDouble>() = value.to_complex(); break;
  }
}

}  // namespace

Tensor wrapped_number(const Scalar& value) {
  Tensor out = make_tensor(IntView(), value.dtype());
  set_number(out, value);
  out.impl()->wrapped_number = true;
  return out;
}

const Tensor& wrapped_number(Context& ctx, const Scalar& value) {
  Tensor& number = ctx.number;
  if (!number.defined() || number.impl()->use_count() != 1 || number.storage().use_count() != 1) {
    number = make_tensor(IntView(), DType::kComplexDouble);  // room for every kind
    number.impl()->wrapped_number = true;
  }
  number.impl()->dtype = value.dtype();
  set_number(number, value);
  return number;
}

}  // namespace taper::impl
