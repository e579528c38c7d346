// Names that PyTorch keeps for its own code and for old archives, for what other operators do.
#include <algorithm>
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/index.h"
#include "ops/aten/join.h"
#include "ops/aten/pad.h"
#include "ops/aten/random.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

using OptInt = std::optional<int64_t>;
using OptDType = std::optional<DType>;

// What torch.nn.init does.
Tensor init_fill(Context& ctx, const Tensor& self, double value) { return fill_(ctx, self, Scalar(value)); }
Tensor init_zero(Context& ctx, const Tensor& self) { return fill_(ctx, self, Scalar(0)); }
Tensor init_normal(Context& ctx, const Tensor& self, double mean, double deviation, MaybeGenerator g) {
  fill_normal(ctx, self, mean, deviation, g.or_default(ctx));
  return self;
}
Tensor init_uniform(Context& ctx, const Tensor& self, double from, double to, MaybeGenerator g) {
  fill_uniform(ctx, self, from, to, g.or_default(ctx));
  return self;
}

Tensor shape_as_tensor(Context&, const Tensor& self) {
  Tensor out = make_tensor({self.dim()}, DType::kLong);
  std::copy(self.sizes().begin(), self.sizes().end(), out.mutable_data<int64_t>());
  return out;
}

// The diagonal of all dimensions; `wrap` starts another one a row below the end of each in a tall matrix.
Tensor fill_diagonal_(Context& ctx, const Tensor& self, const Scalar& value, bool wrap) {
  check(self.dim() >= 2, "dimensions must larger than 1");
  int64_t height = self.size(0), width = self.size(1), step = 0, length = height;
  for (int64_t d = 0; d < self.dim(); ++d) {
    check(self.dim() == 2 || self.size(d) == height, "all dimensions of input must be of equal length");
    length = std::min(length, self.size(d));
    step += self.stride(d);
  }
  fill_(ctx, self.as_view(Dims{length}, Dims{step}, self.offset()), value);
  if (!wrap || self.dim() != 2 || width == 0) return self;
  for (int64_t row = width + 1; row < height; row += width + 1) {
    ctx.spend(1);
    fill_(ctx, self.as_view(Dims{std::min(width, height - row)}, Dims{step}, self.offset() + row * self.stride(0)), value);
  }
  return self;
}

// arange with its end.
Tensor inclusive_range(Context& ctx, const Scalar& start, const Scalar& end, const Scalar& step, DType dtype) {
  double first = start.to_double(), last = end.to_double(), by = step.to_double();
  if (is_integral(dtype)) first = std::trunc(first), last = std::trunc(last), by = std::trunc(by);
  check(by != 0, "step must be nonzero");
  check(std::isfinite(first) && std::isfinite(last), "unsupported range: ", first, " -> ", last);
  check((by > 0 && last >= first) || (by < 0 && last <= first), "upper bound and lower bound inconsistent with step sign");
  double count = std::floor((last - first) / by) + 1;
  check(count >= 0 && count < 0x1p62, "invalid size, possible overflow?");
  Tensor out = make_tensor({int64_t(count)}, DType::kDouble);
  ctx.spend(out.numel() / 50 + 1);
  auto* to = out.mutable_data<double>();
  for (int64_t i = 0, n = out.numel(); i < n; ++i) to[i] = first + double(i) * by;
  return to_dtype(ctx, out, dtype);
}
Tensor range_step(Context& ctx, const Scalar& start, const Scalar& end, const Scalar& step, OptDType dtype, OptInt layout, std::optional<Device> device,
                  std::optional<bool>) {
  check_factory(ctx, layout, device);
  return inclusive_range(ctx, start, end, step, dtype.value_or(ctx.default_dtype));
}
Tensor range(Context& ctx, const Scalar& start, const Scalar& end, OptDType dtype, OptInt layout, std::optional<Device> device, std::optional<bool> pin) {
  return range_step(ctx, start, end, Scalar(1), dtype, layout, device, pin);
}
Tensor range_step_out(Context& ctx, const Scalar& start, const Scalar& end, const Scalar& step, const Tensor& out) {
  Tensor made = inclusive_range(ctx, start, end, step, out.dtype());
  resize_tensor(out, made.sizes());
  return copy_(ctx, out, made);
}
Tensor range_out(Context& ctx, const Scalar& start, const Scalar& end, const Tensor& out) { return range_step_out(ctx, start, end, Scalar(1), out); }

// Columns are powers of x, from the highest unless increasing.
Tensor vander(Context& ctx, const Tensor& x, OptInt n, bool increasing) {
  check(x.dim() == 1, "x must be a one-dimensional tensor.");
  int64_t count = n.value_or(x.size(0));
  check(count >= 0, "N must be non-negative.");
  DType dtype = promote(x.dtype(), DType::kLong);
  Tensor out = full(ctx, Dims{x.size(0), count}, Scalar(1), dtype), base = to_dtype(ctx, x, dtype);
  ctx.spend(out.numel() / 50 + count + 1);
  for (int64_t power = 1; power < count && x.size(0) > 0; ++power) {
    auto column = [&](int64_t k) { return select(ctx, out, 1, increasing ? k : count - 1 - k); };
    copy_(ctx, column(power), mul(ctx, column(power - 1), base));
  }
  return out;
}

Tensor pad_circular(Context& ctx, const Tensor& self, IntView amounts) { return pad(ctx, self, amounts, "circular", std::nullopt); }
Tensor pad_enum(Context& ctx, const Tensor& self, IntView amounts, int64_t mode, std::optional<double> value) {
  constexpr const char* kModes[] = {"reflect", "replicate", "circular", "constant"};
  check(mode >= 0 && mode < 4, "Unrecognised padding mode ", mode);
  return pad(ctx, self, amounts, kModes[mode], value);
}

Tensor unsafe_index_put(Context& ctx, const Tensor& self, MaybeTensors indices, const Tensor& values, bool accumulate) {
  return index_put_(ctx, clone(ctx, self), indices, values, accumulate);
}
Tensor unsafe_index_put_twin(Context& ctx, const Tensor& self, Tensors indices, const Tensor& values, bool accumulate) {
  return index_put_(ctx, clone(ctx, self), MaybeTensors(indices.values()), values, accumulate);
}

template <bool All>
Tensor is_true(Context& ctx, const Tensor& self) {
  check(self.dtype() == DType::kBool, "expected a bool tensor, but got ", scalar_type_name(self.dtype()));
  Tensor dense = contiguous(ctx, self);
  const bool *first = dense.data<bool>(), *last = first + dense.numel();
  bool answer = All ? std::find(first, last, false) == last : std::find(first, last, true) != last;
  return full(ctx, {}, Scalar(answer), DType::kBool);
}

Tensor conj_physical(Context& ctx, const Tensor& self) { return self.is_complex() ? clone(ctx, conj(ctx, self)) : clone(ctx, self); }
Tensor lift(Context&, const Tensor& self) { return self; }
bool is_set_to(Context&, const Tensor& self, const Tensor& other) {
  return &self.storage() == &other.storage() && self.offset() == other.offset() && same(self.sizes(), other.sizes()) && same(self.strides(), other.strides());
}

#define FACTORY ", *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor"

constexpr OpDef kRows[] = {
    op("aten::_no_grad_fill_(Tensor(a!) tensor, float val) -> Tensor(a!)", TAPER_OP(init_fill)),
    op("aten::_no_grad_zero_(Tensor(a!) tensor) -> Tensor(a!)", TAPER_OP(init_zero)),
    op("aten::_no_grad_normal_(Tensor(a!) tensor, float mean, float std, Generator? generator=None) -> Tensor(a!)", TAPER_OP(init_normal), kRandom),
    op("aten::_no_grad_uniform_(Tensor(a!) tensor, float a, float b, Generator? generator=None) -> Tensor(a!)", TAPER_OP(init_uniform), kRandom),
    op("aten::_shape_as_tensor(Tensor self) -> Tensor", TAPER_OP(shape_as_tensor), kPure),
    op("aten::fill_diagonal_(Tensor(a!) self, Scalar fill_value, bool wrap=False) -> Tensor(a!)", TAPER_OP(fill_diagonal_)),
    op("aten::range.step(Scalar start, Scalar end, Scalar step=1" FACTORY, TAPER_OP(range_step)),
    op("aten::range(Scalar start, Scalar end" FACTORY, TAPER_OP(range)),
    op("aten::range.out(Scalar start, Scalar end, Scalar step=1, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(range_step_out)),
    op("aten::range.out_(Scalar start, Scalar end, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(range_out)),
    op("aten::vander(Tensor x, int? N=None, bool increasing=False) -> Tensor", TAPER_OP(vander), kPure),
    op("aten::_pad_circular(Tensor self, SymInt[] pad) -> Tensor", TAPER_OP(pad_circular), kPure),
    op("aten::_pad_enum(Tensor self, SymInt[] pad, int mode, float? value=None) -> Tensor", TAPER_OP(pad_enum), kPure),
    op("aten::_unsafe_index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor", TAPER_OP(unsafe_index_put), kPure),
    op("aten::_unsafe_index_put.hacked_twin(Tensor self, Tensor[] indices, Tensor values, bool accumulate=False) -> Tensor", TAPER_OP(unsafe_index_put_twin),
       kPure),
    op("aten::_is_all_true(Tensor self) -> Tensor", TAPER_OP(is_true<true>), kPure),
    op("aten::_is_any_true(Tensor self) -> Tensor", TAPER_OP(is_true<false>), kPure),
    op("aten::_stack(Tensor[] tensors, int dim=0) -> Tensor", TAPER_OP(stack), kPure),
    op_out("aten::_stack.out(Tensor[] tensors, int dim=0, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(stack)),
    op("aten::_conj_physical(Tensor self) -> Tensor", TAPER_OP(conj_physical), kPure),
    op_out("aten::_conj_physical.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(conj_physical), kExactOut),
    op("aten::lift(Tensor self) -> Tensor", TAPER_OP(lift), kView),
    op_out("aten::lift.out(Tensor self, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(lift), kExactOut),
    op("aten::is_set_to(Tensor self, Tensor tensor) -> bool", TAPER_OP(is_set_to)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> archived_rows() { return aten::kRows; }
}  // namespace taper::impl
