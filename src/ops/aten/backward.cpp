// Derivatives that archives call by name.
#include <cmath>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/layout.h"
#include "ops/aten/pool_windows.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

// softmax: y (g - sum(g y)); log_softmax: g - exp(y) sum(g); along one dimension, in double.
template <bool Log>
Tensor softmax_backward(Context& ctx, const Tensor& grad, const Tensor& output, int64_t dim_in, DType dtype) {
  const char* name = Log ? "log_softmax_backward" : "softmax_backward";
  int64_t dim = wrap_dim(dim_in, grad.dim());
  check(same(grad.sizes(), output.sizes()), "Expected tensor for argument #1 'grad' to have same size as tensor for argument #2 'output'; but ", grad.sizes(),
        " does not equal ", output.sizes(), " (while checking arguments for ", name, ")");
  check(is_floating(grad.dtype()), "\"", name, "_lastdim_kernel_impl\" not implemented for '", scalar_type_name(grad.dtype()), "'");
  check(output.dtype() == grad.dtype(), "expected scalar type ", scalar_type_name(grad.dtype()), " but found ", scalar_type_name(output.dtype()));
  check(dtype == grad.dtype(), "expected scalar type ", scalar_type_name(grad.dtype()), " but found ", scalar_type_name(dtype));
  auto lines = [&](const Tensor& t) {
    Tensor wide = to_dtype(ctx, t, DType::kDouble);
    return contiguous(ctx, wide.dim() == 0 ? reshape(ctx, wide, Dims{1}) : movedim(ctx, wide, Dims{dim}, Dims{-1}));
  };
  Tensor g = lines(grad), y = lines(output), out = make_tensor(g.sizes(), DType::kDouble);
  ctx.spend(g.numel() / 50 + 1);
  const auto *from = g.data<double>(), *value = y.data<double>();
  auto* to = out.mutable_data<double>();
  int64_t n = g.size(-1);
  for (int64_t first = 0; first < g.numel(); first += n) {
    double total = 0;
    for (int64_t i = first; i < first + n; ++i) total += Log ? from[i] : from[i] * value[i];
    for (int64_t i = first; i < first + n; ++i) to[i] = Log ? from[i] - std::exp(value[i]) * total : value[i] * (from[i] - total);
  }
  out = grad.dim() == 0 ? reshape(ctx, out, {}) : movedim(ctx, out, Dims{-1}, Dims{dim});
  return to_dtype(ctx, contiguous(ctx, out), dtype);
}

Dims pair(IntView values, const char* name, IntView otherwise = {}) {
  if (values.empty() && !otherwise.empty()) return Dims(otherwise);
  check(values.size() == 1 || values.size() == 2, "max_pool2d: ", name, " must either be a single int, or a tuple of two ints");
  return {values[0], values.back()};
}

Tensor max_pool2d_backward(Context& ctx, const Tensor& grad, const Tensor& self, IntView kernel, IntView stride, IntView padding, IntView dilation, bool ceil,
                           const Tensor& indices) {
  PoolShape s;
  s.kernel = pair(kernel, "kernel_size");
  s.stride = pair(stride, "stride", s.kernel);
  s.padding = pair(padding, "padding");
  s.dilation = pair(dilation, "dilation");
  s.ceil = ceil;
  check(self.dim() == 3 || self.dim() == 4, "non-empty 3D or 4D (batch mode) tensor expected for input");
  check(grad.dtype() == self.dtype(), "expected dtype ", scalar_type_name(self.dtype()), " for `grad_output` but got dtype ", scalar_type_name(grad.dtype()));
  Windows w = sliding_windows(self, s, [] {});
  Dims sizes(self.sizes());
  sizes[sizes.size() - 2] = w.out[1];
  sizes[sizes.size() - 1] = w.out[2];
  auto check_sizes = [&](const Tensor& t) {
    for (size_t d = 0; d < sizes.size(); ++d)
      check(t.dim() == self.dim() && t.size(int64_t(d)) == sizes[d], "Expected a tensor of dimension ", sizes.size(), " and tensor.size[", d, "] == ", sizes[d],
            " but got: dimension ", t.dim(), " and tensor.size[", d, "] = ", int64_t(d) < t.dim() ? t.size(int64_t(d)) : 0);
  };
  check_sizes(grad);
  check_sizes(indices);
  check(indices.dtype() == DType::kLong, "expected scalar type Long but found ", scalar_type_name(indices.dtype()));
  Tensor from = contiguous(ctx, grad), places = contiguous(ctx, indices), out = zeros(ctx, self.sizes(), self.dtype());
  ctx.spend((out.numel() + from.numel()) / 100 + 1);
  int64_t in = w.in_area(), area = w.out_area();
  const auto* place = places.data<int64_t>();
  visit_floating(self.dtype(), "max_pool2d_backward", [&](auto zero) {
    using T = decltype(zero);
    const T* g = from.data<T>();
    T* to = out.mutable_data<T>();
    for (int64_t i = 0, n = from.numel(); i < n; ++i) {
      check(place[i] >= 0 && place[i] < in, "max_pool2d_with_indices_backward: index ", place[i], " is out of range for a plane of ", in, " elements");
      T& sum = to[i / area * in + place[i]];
      sum = T(sum + g[i]);
    }
  });
  if (!suggests_channels_last(self)) return out;
  return copy_(ctx, make_image(self.sizes(), self.dtype(), true), out);
}

#define POOL "Tensor grad_output, Tensor self, int[2] kernel_size, int[2] stride, int[2] padding, int[2] dilation, bool ceil_mode, Tensor indices"
#define SOFTMAX "Tensor grad_output, Tensor output, int dim, ScalarType input_dtype"

constexpr OpDef kRows[] = {
    op("aten::_softmax_backward_data(" SOFTMAX ") -> Tensor", TAPER_OP(softmax_backward<false>), kPure),
    op_out("aten::_softmax_backward_data.out(" SOFTMAX ", *, Tensor(a!) grad_input) -> Tensor(a!)", TAPER_OP(softmax_backward<false>), kExactOut),
    op("aten::_log_softmax_backward_data(" SOFTMAX ") -> Tensor", TAPER_OP(softmax_backward<true>), kPure),
    op_out("aten::_log_softmax_backward_data.out(" SOFTMAX ", *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(softmax_backward<true>), kExactOut),
    op("aten::max_pool2d_with_indices_backward(" POOL ") -> Tensor", TAPER_OP(max_pool2d_backward), kPure),
    op_out("aten::max_pool2d_with_indices_backward.grad_input(" POOL ", *, Tensor(a!) grad_input) -> Tensor(a!)", TAPER_OP(max_pool2d_backward), kExactOut),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> backward_rows() { return aten::kRows; }
}  // namespace taper::impl
