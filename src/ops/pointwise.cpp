#include "ops/pointwise.h"

#include <cmath>

namespace taper::impl {
namespace {

using View = std::span<const Tensor* const>;

// In PyTorch's order: shapes, then types. An in-place call cannot grow its input.
void check_destination(const Tensor& dest, IntView sizes, DType result, View inputs) {
  for (const Tensor* input : inputs)
    check(*input != dest || same(sizes, dest.sizes()), "output with shape ", dest.sizes(), " doesn't match the broadcast shape ", sizes);
  check_castable(result, dest.dtype());
}

Tensor run(Context& ctx, const Kernels& kernels, DType common, DType result, View inputs, const Params& params, bool predicate) {
  // One shape but for numbers: nothing to broadcast.
  const Tensor* shaped = inputs[0];
  bool same_sizes = true;
  for (size_t i = 1; i < inputs.size(); ++i) {
    const Tensor* t = inputs[i];
    if (shaped->dim() == 0) shaped = t;
    else same_sizes = same_sizes && (t->dim() == 0 || same(t->sizes(), shaped->sizes()));
  }
  Dims broadcast;
  if (!same_sizes) broadcast = broadcast_sizes(inputs);
  IntView sizes = same_sizes ? shaped->sizes() : IntView(broadcast);
  if (ctx.dest.defined()) check_destination(ctx.dest, sizes, result, inputs);
  Kernel kernel = kernel_for(kernels, common);
  ComputeType compute = compute_type(common);
  Tensor out = loop_output(ctx, sizes, result, inputs, common, kernels.mask_first);
  run_loop(ctx, out, inputs,
           {.compute = compute,
            .out_compute = compute,
            .kernel = kernel,
            .params = &params,
            .flags = kernels.flags,
            .predicate = predicate,
            .common = common,
            .exact_numbers = kernels.exact_numbers});
  return out;
}

}  // namespace

Kernel kernel_for(const Kernels& kernels, DType dtype) {
  Kernel kernel = kernels.find(compute_type(dtype));
  if (!kernel || (kernels.no_bool && dtype == DType::kBool) || (kernels.no_half && is_reduced_float(dtype))) fail_dtype(kernels.name, dtype);
  return kernel;
}

// By the larger part of the divisor, so that squares do not overflow.
ComplexDouble divide(ComplexDouble a, ComplexDouble b) {
  double c = b.real(), d = b.imag();
  if (std::fabs(c) >= std::fabs(d)) {
    if (c == 0 && d == 0) return {a.real() / std::fabs(c), a.imag() / std::fabs(d)};
    double ratio = d / c, scale = 1 / (c + d * ratio);
    return {(a.real() + a.imag() * ratio) * scale, (a.imag() - a.real() * ratio) * scale};
  }
  double ratio = c / d, scale = 1 / (c * ratio + d);
  return {(a.real() * ratio + a.imag()) * scale, (a.imag() * ratio - a.real()) * scale};
}

namespace {

const char* number_type(DType dtype) {
  switch (dtype) {
    case DType::kByte: return "uint8_t";
    case DType::kChar: return "int8_t";
    case DType::kShort: return "int16_t";
    case DType::kInt: return "int";
    case DType::kLong: return "int64_t";
    case DType::kHalf: return "c10::Half";
    case DType::kBFloat16: return "c10::BFloat16";
    case DType::kDouble: return "double";
    default: return "float";
  }
}

bool representable(const Scalar& value, DType dtype) {
  if (dtype == DType::kBool) return true;
  if (is_complex(dtype)) return dtype != DType::kComplexFloat || !std::isfinite(value.d) || std::fabs(value.d) <= 3.4028234663852886e38;
  if (value.imaginary != 0) return false;
  if (is_floating(dtype)) {
    double most = dtype == DType::kHalf ? 65504.0 : dtype == DType::kBFloat16 ? 3.3895313892515355e38 : 3.4028234663852886e38;
    return dtype == DType::kDouble || !std::isfinite(value.d) || std::fabs(value.d) <= most;
  }
  int bits = int(item_size(dtype)) * 8;
  double least = is_signed(dtype) ? -std::ldexp(1.0, bits - 1) : 0, most = std::ldexp(1.0, is_signed(dtype) ? bits - 1 : bits) - 1;
  if (!value.is_integral()) return value.d >= least && value.d <= most;
  if (bits == 64) return true;
  return double(value.i) >= (is_signed(dtype) ? least : -most) && double(value.i) <= most;  // negative ints wrap
}

}  // namespace

void check_number(const Scalar& value, DType dtype) {
  check(representable(value, dtype), "value cannot be converted to type ", number_type(dtype), " without overflow");
}

double real_number(const Scalar& value, DType dtype) {
  check_number(value, dtype == DType::kDouble ? dtype : DType::kFloat);
  return value.d;
}

int64_t integer_number(const Scalar& value, DType dtype) {
  check_number(value, dtype);
  int64_t x = value.is_integral() ? value.i : int64_t(value.d);
  switch (dtype) {
    case DType::kByte: return uint8_t(x);
    case DType::kUInt16: return uint16_t(x);
    case DType::kUInt32: return uint32_t(x);
    case DType::kBool: return value.to_bool();
    default: return x;
  }
}

Tensor pointwise_as(Context& ctx, const Kernels& kernels, DType dtype, Inputs inputs, const Params& params) {
  return run(ctx, kernels, dtype, dtype, View(inputs.begin(), inputs.size()), params, false);
}

Tensor pointwise(Context& ctx, const Kernels& kernels, Inputs inputs, const Params& params) {
  View list(inputs.begin(), inputs.size());
  DType dtype = result_type(ctx, list);
  return run(ctx, kernels, dtype, dtype, list, params, false);
}

Tensor pointwise_same(Context& ctx, const Kernels& kernels, const Tensor& self, const Params& params) {
  if (ctx.dest.defined())
    check(ctx.dest.dtype() == self.dtype(), "Found dtype ", scalar_type_name(ctx.dest.dtype()), " but expected ", scalar_type_name(self.dtype()));
  const Tensor* inputs[] = {&self};
  return run(ctx, kernels, self.dtype(), self.dtype(), inputs, params, false);
}

Tensor pointwise_float(Context& ctx, const Kernels& kernels, Inputs inputs, const Params& params) {
  View list(inputs.begin(), inputs.size());
  DType dtype = float_result(ctx, result_type(ctx, list));
  return run(ctx, kernels, dtype, dtype, list, params, false);
}

Tensor predicate(Context& ctx, const Kernels& kernels, Inputs inputs, const Params& params) {
  View list(inputs.begin(), inputs.size());
  return run(ctx, kernels, result_type(ctx, list), DType::kBool, list, params, true);
}

}  // namespace taper::impl
