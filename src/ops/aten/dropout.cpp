// Dropout in its variants: of elements, of whole channels, and keeping mean and variance (alpha). Outside training all are
// the identity.
#include "ops/aten/dropout.h"

#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/random.h"
#include "ops/families.h"
#include "ops/output.h"
#include "ops/type_promotion.h"

namespace taper::impl::aten {

namespace {

Tensor number(double value) { return wrapped_number(Scalar(value)); }

void check_probability(double p) { check(p >= 0 && p <= 1, "dropout probability has to be between 0 and 1, but got ", p); }

// One draw a channel.
Tensor channel_noise(const Tensor& input) {
  check(input.dim() >= 2, "Feature dropout requires at least 2 dimensions in the input");
  Dims sizes(input.sizes());
  for (size_t d = 2; d < sizes.size(); ++d) sizes[d] = 1;
  return make_tensor(sizes, input.dtype());
}

template <bool Features, bool Alpha>
Tensor drop(Context& ctx, const Tensor& input, double p, bool train) {
  check_probability(p);
  if (p == 0 || !train || input.numel() == 0) return input;
  if (p == 1) return mul(ctx, input, number(0));
  check_castable(input.is_complex() ? input.dtype() : is_floating(input.dtype()) ? input.dtype() : ctx.default_dtype, input.dtype());
  Tensor noise = Features ? channel_noise(input) : empty_like(input, input.dtype());
  fill_bernoulli(ctx, noise, 1 - p, ctx.generator());
  if (!Alpha) return mul(ctx, input, div(ctx, noise, number(1 - p)));
  // Dropped elements become SELU's lower bound; then scale and shift restore mean 0 and variance 1.
  constexpr double kAlpha = 1.7580993408473766;
  double a = 1 / std::sqrt((kAlpha * kAlpha * p + 1) * (1 - p));
  Tensor shift = mul(ctx, sub(ctx, noise, number(1)), number(kAlpha * a));
  shift = add(ctx, shift, number(kAlpha * a * p));
  return add(ctx, mul(ctx, input, mul(ctx, noise, number(a))), shift);
}

template <bool Features, bool Alpha>
Tensor drop_(Context& ctx, const Tensor& self, double p, bool train) {
  Tensor result = drop<Features, Alpha>(ctx, self, p, train);
  if (!(result == self)) copy_(ctx, self, result);
  return self;
}

std::tuple<Tensor, Tensor> native_dropout(Context& ctx, const Tensor& input, double p, std::optional<bool> train) {
  check_probability(p);
  Tensor mask = empty_like(input, DType::kBool);
  if (!train.value_or(true)) {
    fill_(ctx, mask, Scalar(true));
    return {clone(ctx, input), mask};
  }
  fill_bernoulli(ctx, mask, 1 - p, ctx.generator());
  double scale = p == 1 ? 0 : 1 / (1 - p);
  return {mul(ctx, mul(ctx, input, mask), number(scale)), mask};
}

Tensor native_dropout_backward(Context& ctx, const Tensor& grad_output, const Tensor& mask, double scale) {
  return mul(ctx, grad_output, mul(ctx, to_dtype(ctx, mask, grad_output.dtype()), number(scale)));
}

}  // namespace

Tensor dropout(Context& ctx, const Tensor& input, double p, bool train) { return drop<false, false>(ctx, input, p, train); }

namespace {

constexpr OpDef kRows[] = {
    op("aten::dropout(Tensor input, float p, bool train) -> Tensor", TAPER_OP(dropout), kRandom | kView),
    op("aten::dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)", TAPER_OP(drop_<false, false>), kRandom),
    op("aten::feature_dropout(Tensor input, float p, bool train) -> Tensor", TAPER_OP(drop<true, false>), kRandom | kView),
    op("aten::feature_dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)", TAPER_OP(drop_<true, false>), kRandom),
    op("aten::alpha_dropout(Tensor input, float p, bool train) -> Tensor", TAPER_OP(drop<false, true>), kRandom | kView),
    op("aten::alpha_dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)", TAPER_OP(drop_<false, true>), kRandom),
    op("aten::feature_alpha_dropout(Tensor input, float p, bool train) -> Tensor", TAPER_OP(drop<true, true>), kRandom | kView),
    op("aten::feature_alpha_dropout_(Tensor(a!) self, float p, bool train) -> Tensor(a!)", TAPER_OP(drop_<true, true>), kRandom),
    op("aten::native_dropout(Tensor input, float p, bool? train) -> (Tensor, Tensor)", TAPER_OP(native_dropout), kRandom),
    op_out<2>("aten::native_dropout.out(Tensor input, float p, bool? train, *, Tensor(a!) out0, Tensor(b!) out1) -> (Tensor(a!), Tensor(b!))",
              TAPER_OP(native_dropout), kRandom),
    op("aten::native_dropout_backward(Tensor grad_output, Tensor mask, float scale) -> Tensor", TAPER_OP(native_dropout_backward), kPure),
    op_out("aten::native_dropout_backward.out(Tensor grad_output, Tensor mask, float scale, *, Tensor(a!) out) -> Tensor(a!)",
           TAPER_OP(native_dropout_backward)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> dropout_rows() { return aten::kRows; }
}  // namespace taper::impl
