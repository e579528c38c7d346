// Padding: constant, reflection, replication, circular.
#include "ops/aten/pad.h"

#include <algorithm>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/index.h"
#include "ops/aten/layout.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {

Tensor constant_pad(Context& ctx, const Tensor& self, IntView pad, const Scalar& value) {
  check(pad.size() % 2 == 0, "Length of pad must be even but instead it equals ", pad.size());
  check(pad.size() / 2 <= size_t(self.dim()), "Length of pad should be no more than twice the number of dimensions of the input. Pad length is ", pad.size(),
        " while the input has ", self.dim(), " dimensions.");
  Dims sizes(self.sizes());
  Tensor from = self;
  Dims starts(sizes.size(), 0);
  bool crops_only = true;
  for (size_t i = pad.size() / 2; i-- > 0;) {
    int64_t before = pad[2 * i], after = pad[2 * i + 1], left = sizes[sizes.size() - 1 - i];
    crops_only = crops_only && before <= 0 && after <= 0;
    for (int64_t amount : {before, after})
      if (amount < 0) check(!__builtin_add_overflow(left, amount, &left) && left >= 0, "narrow(): length must be non-negative.");
  }
  for (size_t i = 0; i < pad.size() / 2; ++i) {
    size_t d = sizes.size() - 1 - i;
    int64_t before = pad[2 * i], after = pad[2 * i + 1], size = sizes[d], total;
    check(!__builtin_add_overflow(before, after, &total) && !__builtin_add_overflow(total, size, &total) && total >= 0, "The input size ", size,
          ", plus negative padding ", before, " and ", after, " resulted in a negative output size, which is invalid. Check dimension ", d, " of your input.");
    int64_t crop_before = std::min(size, std::max<int64_t>(0, -before)), crop_after = std::min(size - crop_before, std::max<int64_t>(0, -after));
    from = narrow(ctx, from, int64_t(d), crop_before, size - crop_before - crop_after);
    sizes[d] = total;
    starts[d] = std::max<int64_t>(0, before);
  }
  if (crops_only) return clone(ctx, from);
  Tensor out = make_image(sizes, self.dtype(), suggests_channels_last(self));
  fill_(ctx, out, value);
  Tensor place = out;
  for (size_t d = 0; d < sizes.size(); ++d) place = narrow(ctx, place, int64_t(d), starts[d], from.sizes()[d]);
  copy_(ctx, place, from);
  return out;
}

namespace {

enum class Mode { kReflect, kReplicate, kCircular };

// Each padded dimension is a gather of source positions.
Tensor mapped_pad(Context& ctx, const Tensor& self, IntView pad, Mode mode, const char* name) {
  check(pad.size() % 2 == 0 && pad.size() / 2 <= size_t(self.dim()), name, ": padding ", pad, " does not fit an input of ", self.dim(), " dimensions");
  Tensor out = self;
  for (size_t i = 0; i < pad.size() / 2; ++i) {
    int64_t d = self.dim() - 1 - int64_t(i), before = pad[2 * i], after = pad[2 * i + 1], size = self.size(d), total;
    if (before == 0 && after == 0) continue;
    check(!__builtin_add_overflow(before, after, &total) && !__builtin_add_overflow(total, size, &total) && total > 0 && total < (int64_t(1) << 40),
          "input (dim ", d, ": ", size, ") is too small for padding (", before, ", ", after, ")");
    if (mode == Mode::kReflect)
      check(before < size && after < size, "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding (", before, ", ",
            after, ") at dimension ", d, " of input ", self.sizes());
    if (mode == Mode::kCircular) check(before <= size && after <= size, "Padding value causes wrapping around more than once.");
    check(size > 0, name, ": input has an empty dimension ", d);
    Tensor index = make_tensor({total}, DType::kLong);
    auto* places = index.mutable_data<int64_t>();
    for (int64_t o = 0; o < total; ++o) {
      int64_t x = o - before;
      if (mode == Mode::kReflect) x = x < 0 ? -x : x >= size ? 2 * (size - 1) - x : x;
      else if (mode == Mode::kReplicate) x = std::clamp<int64_t>(x, 0, size - 1);
      else x = ((x % size) + size) % size;
      places[o] = x;
    }
    out = index_select(ctx, out, d, index);
  }
  return out == self ? clone(ctx, self) : out;
}

template <size_t N, Mode M>
Tensor pad_nd(Context& ctx, const Tensor& self, IntView padding) {
  check(padding.size() == 2 * N, "padding size is expected to be ", 2 * N, ", but got: ", padding.size());
  check(self.dim() == int64_t(N + 1) || self.dim() == int64_t(N + 2), "Expected ", N + 1, "D or ", N + 2,
        "D (batch mode) tensor with possibly 0 batch size and other "
        "non-zero dimensions for input, but got: ",
        self.sizes());
  return mapped_pad(ctx, self, padding, M, M == Mode::kReflect ? "reflection_pad" : "replication_pad");
}

}  // namespace

Tensor pad(Context& ctx, const Tensor& self, IntView amounts, std::string_view mode, std::optional<double> value) {
  if (mode == "constant") return constant_pad(ctx, self, amounts, Scalar(value.value_or(0)));
  check(!value || *value == 0, "Padding mode \"", mode, "\" doesn't take in value argument");
  auto dims = int64_t(amounts.size() / 2);
  check(amounts.size() % 2 == 0 && dims >= 1 && dims <= 3 && (self.dim() == dims + 1 || self.dim() == dims + 2),
        "Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now");
  if (mode == "reflect") return mapped_pad(ctx, self, amounts, Mode::kReflect, "reflection_pad");
  if (mode == "replicate") return mapped_pad(ctx, self, amounts, Mode::kReplicate, "replication_pad");
  if (mode == "circular") return mapped_pad(ctx, self, amounts, Mode::kCircular, "circular_pad");
  fail_runtime("Unrecognised padding mode ", mode);
}

namespace {

constexpr OpDef kRows[] = {
    op("aten::constant_pad_nd(Tensor self, SymInt[] pad, Scalar value=0) -> Tensor", TAPER_OP(constant_pad), kPure),
    op("aten::pad(Tensor self, SymInt[] pad, str mode=\"constant\", float? value=None) -> Tensor", TAPER_OP(pad), kPure),
    op("aten::reflection_pad1d(Tensor self, SymInt[2] padding) -> Tensor", TAPER_OP(pad_nd<1, Mode::kReflect>), kPure),
    op("aten::reflection_pad2d(Tensor self, SymInt[4] padding) -> Tensor", TAPER_OP(pad_nd<2, Mode::kReflect>), kPure),
    op("aten::reflection_pad3d(Tensor self, SymInt[6] padding) -> Tensor", TAPER_OP(pad_nd<3, Mode::kReflect>), kPure),
    op("aten::replication_pad1d(Tensor self, SymInt[2] padding) -> Tensor", TAPER_OP(pad_nd<1, Mode::kReplicate>), kPure),
    op("aten::replication_pad2d(Tensor self, SymInt[4] padding) -> Tensor", TAPER_OP(pad_nd<2, Mode::kReplicate>), kPure),
    op("aten::replication_pad3d(Tensor self, SymInt[6] padding) -> Tensor", TAPER_OP(pad_nd<3, Mode::kReplicate>), kPure),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> pad_rows() { return aten::kRows; }
}  // namespace taper::impl
