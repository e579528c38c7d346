// softmax and log_softmax along one dimension.
#include <algorithm>
#include <cmath>

#include "ops/aten/copy.h"
#include "ops/aten/reduce.h"
#include "ops/aten/softmax.h"
#include "ops/families.h"
#include "ops/kernels/float_math.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

// One line of n values in place: x -> softmax(x) or log_softmax(x). scratch holds n floats for the vector exp.
template <class C>
void line(C* x, int64_t n, bool log, Kernel fast_exp) {
  C high = x[0];
  bool nan = false;
  for (int64_t i = 0; i < n; ++i) {
    nan = nan || x[i] != x[i];
    high = x[i] > high ? x[i] : high;
  }
  if (nan) high = C(NAN);
  double total = 0;
  if (log) {
    for (int64_t i = 0; i < n; ++i) total += std::exp(double(x[i] - high));
    C shift = high + C(std::log(total));
    for (int64_t i = 0; i < n; ++i) x[i] -= shift;
    return;
  }
  for (int64_t i = 0; i < n; ++i) x[i] -= high;
  if constexpr (std::is_same_v<C, float>) {
    const void* in[] = {x};
    fast_exp(in, x, n, Params());
  } else {
    (void)fast_exp;
    for (int64_t i = 0; i < n; ++i) x[i] = std::exp(x[i]);
  }
  for (int64_t first = 0; first < n; first += 256) {
    int64_t end = std::min(n, first + 256), i = first;
    C lane[8] = {};
    for (; i + 8 <= end; i += 8)
      for (int k = 0; k < 8; ++k) lane[k] += x[i + k];
    C part = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
    for (; i < end; ++i) part += x[i];
    total += double(part);
  }
  C scale = C(1 / total);
  for (int64_t i = 0; i < n; ++i) x[i] *= scale;
}

Tensor along(Context& ctx, const Tensor& self, int64_t dim_in, DType dtype, bool log, const char* name) {
  check(is_floating(dtype), "\"", name, "\" not implemented for '", scalar_type_name(dtype), "'");
  int64_t dim = wrap_dim(dim_in, self.dim());
  Tensor x = to_dtype(ctx, self, dtype);
  Tensor out = make_tensor(x.sizes(), dtype);
  if (out.numel() == 0) return out;
  int64_t n = x.dim() == 0 ? 1 : x.size(dim), in_step = x.dim() == 0 ? 1 : x.stride(dim), out_step = x.dim() == 0 ? 1 : out.stride(dim);
  Dims sizes(x.sizes()), in_strides(x.strides()), out_strides(out.strides());
  if (x.dim() > 0) {
    sizes.erase(size_t(dim));
    in_strides.erase(size_t(dim));
    out_strides.erase(size_t(dim));
  }
  Kernel fast_exp = float_math(ctx.cpu_level).exp;
  void* data = out.mutable_data();
  auto item = int64_t(out.item_size());
  auto run = [&](auto zero) {
    using C = decltype(zero);
    bool direct = dtype == dtype_of<C> && out_step == 1;
    Vec<C> buffer(direct ? 0 : size_t(n));
    walk_rows<2>(sizes, {in_strides, out_strides}, [&](const Offsets<2>& at, int64_t rows, const Offsets<2>& step) {
      for (int64_t r = 0; r < rows; ++r) {
        int64_t place = at[1] + r * step[1];
        C* values = direct ? static_cast<C*>(data) + place : buffer.data();
        load(values, x, at[0] + r * step[0], in_step, n);
        line(values, n, log, fast_exp);
        if (!direct)
          for (int64_t i = 0; i < n; ++i) store(static_cast<char*>(data) + (place + i * out_step) * item, dtype, 0, values[i]);
      }
    });
  };
  if (dtype == DType::kDouble) run(double());
  else run(float());
  return out;
}

}  // namespace

Tensor softmax(Context& ctx, const Tensor& self, int64_t dim, std::optional<DType> dtype) {
  return along(ctx, self, dim, dtype.value_or(self.dtype()), false, "softmax_lastdim_kernel_impl");
}
Tensor log_softmax(Context& ctx, const Tensor& self, int64_t dim, std::optional<DType> dtype) {
  return along(ctx, self, dim, dtype.value_or(self.dtype()), true, "log_softmax_lastdim_kernel_impl");
}

namespace {

Tensor softmax_half(Context& ctx, const Tensor& self, int64_t dim, bool half_to_float) {
  check(!half_to_float, "softmax with half to float conversion is not supported on CPU");
  return softmax(ctx, self, dim, std::nullopt);
}
Tensor log_softmax_half(Context& ctx, const Tensor& self, int64_t dim, bool half_to_float) {
  check(!half_to_float, "softmax with half to float conversion is not supported on CPU");
  return log_softmax(ctx, self, dim, std::nullopt);
}

constexpr OpDef kRows[] = {
    op("aten::softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor", TAPER_OP(softmax), kPure),
    op_out("aten::softmax.int_out(Tensor self, int dim, ScalarType? dtype=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(softmax)),
    op("aten::_softmax(Tensor self, int dim, bool half_to_float) -> Tensor", TAPER_OP(softmax_half), kPure),
    op_out("aten::_softmax.out(Tensor self, int dim, bool half_to_float, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(softmax_half)),
    op("aten::special_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor", TAPER_OP(softmax), kPure),
    op("aten::log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor", TAPER_OP(log_softmax), kPure),
    op_out("aten::log_softmax.int_out(Tensor self, int dim, ScalarType? dtype=None, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(log_softmax)),
    op("aten::_log_softmax(Tensor self, int dim, bool half_to_float) -> Tensor", TAPER_OP(log_softmax_half), kPure),
    op_out("aten::_log_softmax.out(Tensor self, int dim, bool half_to_float, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(log_softmax_half)),
    op("aten::special_log_softmax(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor", TAPER_OP(log_softmax), kPure),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> softmax_rows() { return aten::kRows; }
}  // namespace taper::impl
