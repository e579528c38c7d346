// Normalization of rows and groups: layer, root-mean-square and group norms, and weights in terms of their norms.
#include "ops/aten/norm.h"

#include <algorithm>
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/layout.h"
#include "ops/aten/norm_rows.h"
#include "ops/aten/reductions.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"
#include "ops/type_promotion.h"

namespace taper::impl::aten {
namespace {

std::string listed(IntView sizes) {  // "3, 5"
  std::string text;
  for (size_t d = 0; d < sizes.size(); ++d) text += cat(d ? ", " : "", sizes[d]);
  return text;
}

void check_normalized(const Tensor& input, IntView shape, const MaybeTensor& weight, const MaybeTensor& bias, const char* separator) {
  check(!shape.empty(), "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = ", shape);
  check(!weight || same(weight->sizes(), shape), "Expected weight to be of same shape as normalized_shape, but got weight of shape ",
        weight ? weight->sizes() : IntView(), " and normalized_shape = ", shape);
  check(!bias || same(bias->sizes(), shape), "Expected bias to be of same shape as normalized_shape, but got bias of shape ", bias ? bias->sizes() : IntView(),
        " and normalized_shape = ", shape);
  if (input.sizes().size() < shape.size() || !same(input.sizes().last(shape.size()), shape))
    fail_runtime("Given normalized_shape=", shape, ", expected input with shape [*", separator, listed(shape), "], but got input of size", input.sizes());
}

Dims leading(const Tensor& self, size_t drop) {
  Dims sizes(self.sizes().first(self.sizes().size() - drop));
  for (size_t i = 0; i < drop; ++i) sizes.push_back(1);
  return sizes;
}

// Half inputs with float parameters have float statistics.
DType statistics_dtype(const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias) {
  bool mixed = is_reduced_float(input.dtype()) && ((weight && weight->dtype() == DType::kFloat) || (bias && bias->dtype() == DType::kFloat));
  return mixed ? DType::kFloat : input.dtype();
}

// A parameter vector, or n times the same value.
template <class T>
const T* values_or(const Tensor& given, T otherwise, int64_t n, Vec<T>& storage) {
  if (given.defined()) return given.data<T>();
  storage.assign(size_t(n), otherwise);
  return storage.data();
}

}  // namespace

std::tuple<Tensor, Tensor, Tensor> native_layer_norm(Context& ctx, const Tensor& input, IntView shape, const MaybeTensor& weight_in, const MaybeTensor& bias_in,
                                                     double eps) {
  check_normalized(input, shape, weight_in, bias_in, ", ");
  if (!input.is_floating()) fail_dtype("LayerNormKernelImpl", input.dtype());
  DType dtype = input.dtype(), wide = wide_float(dtype), statistics = statistics_dtype(input, weight_in, bias_in);
  Tensor x = widened(ctx, input, wide), weight = widened(ctx, weight_in.or_undefined(), wide), bias = widened(ctx, bias_in.or_undefined(), wide);
  Tensor out = make_tensor(input.sizes(), wide);
  int64_t n = checked_numel(shape), rows = n == 0 ? 0 : x.numel() / n;
  Dims kept = leading(input, shape.size());
  Tensor mean_out = make_tensor(kept, wide), rstd_out = make_tensor(kept, wide);
  visit_float(wide, "LayerNormKernelImpl", [&](auto zero) {
    using T = decltype(zero);
    if (n == 0) return;
    NormRows<T> math(ctx);
    const T* from = x.data<T>();
    T *to = out.mutable_data<T>(), *means = mean_out.mutable_data<T>(), *rstds = rstd_out.mutable_data<T>();
    bool plain = !weight.defined() && !bias.defined();
    Vec<T> ones, zeros;
    const T* scale = plain ? nullptr : values_or<T>(weight, T(1), n, ones);
    const T* shift = plain ? nullptr : values_or<T>(bias, T(0), n, zeros);
    ctx.parallel_for(rows, std::max<int64_t>(1, 16384 / n), [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        const T* row = from + r * n;
        double mean = math.sum(row, n) / double(n);
        double variance = math.sum_of_squares(row, n, T(mean)) / double(n);
        T center = T(mean), factor = T(1 / std::sqrt(variance + eps));
        if (plain) math.center_scale(to + r * n, row, center, factor, n);
        else math.center_scale_each(to + r * n, row, center, factor, scale, shift, n);
        means[r] = center;
        rstds[r] = factor;
      }
    });
  });
  return {to_dtype(ctx, out, dtype), to_dtype(ctx, mean_out, statistics), to_dtype(ctx, rstd_out, statistics)};
}

namespace {

Tensor layer_norm(Context& ctx, const Tensor& input, IntView shape, const MaybeTensor& weight, const MaybeTensor& bias, double eps, bool) {
  return std::get<0>(native_layer_norm(ctx, input, shape, weight, bias, eps));
}

std::tuple<Tensor, Tensor> fused_rms_norm(Context& ctx, const Tensor& input, IntView shape, const MaybeTensor& weight_in, std::optional<double> eps_in) {
  check_normalized(input, shape, weight_in, {}, "");
  if (input.is_complex()) {
    Dims last;
    for (size_t d = 0; d < shape.size(); ++d) last.push_back(int64_t(d) - int64_t(shape.size()));
    Tensor mean_square = mean(ctx, mul(ctx, input, input), IntView(last), true);
    double least = input.dtype() == DType::kComplexDouble ? 2.220446049250313e-16 : 1.1920928955078125e-07;
    Tensor factor = pow(ctx, add(ctx, mean_square, wrapped_number(Scalar(eps_in.value_or(least)))), wrapped_number(Scalar(-0.5)));
    Tensor scaled = mul(ctx, input, factor);
    return {weight_in ? mul(ctx, scaled, *weight_in) : scaled, factor};
  }
  if (!input.is_floating()) fail_dtype("rms_norm", input.dtype());
  DType dtype = input.dtype(), wide = wide_float(dtype);
  double eps = eps_in.value_or(dtype == DType::kDouble ? 2.220446049250313e-16 : 1.1920928955078125e-07);
  Tensor x = widened(ctx, input, wide), weight = widened(ctx, weight_in.or_undefined(), wide), out = make_tensor(input.sizes(), wide);
  int64_t n = checked_numel(shape), rows = n == 0 ? 0 : x.numel() / n;
  Tensor rstd_out = make_tensor(leading(input, shape.size()), wide);
  visit_float(wide, "rms_norm", [&](auto zero) {
    using T = decltype(zero);
    if (n == 0) return;
    NormRows<T> math(ctx);
    const T* from = x.data<T>();
    T *to = out.mutable_data<T>(), *rstds = rstd_out.mutable_data<T>();
    Vec<T> ones, zeros;
    const T* scale = weight.defined() ? weight.data<T>() : nullptr;
    const T* shift = scale ? values_or<T>(Tensor(), T(0), n, zeros) : nullptr;
    ctx.parallel_for(rows, std::max<int64_t>(1, 16384 / n), [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; ++r) {
        const T* row = from + r * n;
        T factor = T(1 / std::sqrt(math.sum_of_squares(row, n, T(0)) / double(n) + eps));
        if (scale) math.center_scale_each(to + r * n, row, T(0), factor, scale, shift, n);
        else math.center_scale(to + r * n, row, T(0), factor, n);
        rstds[r] = factor;
      }
    });
  });
  return {to_dtype(ctx, out, dtype), rstd_out};
}
Tensor rms_norm(Context& ctx, const Tensor& input, IntView shape, const MaybeTensor& weight, std::optional<double> eps) {
  return std::get<0>(fused_rms_norm(ctx, input, shape, weight, eps));
}

std::tuple<Tensor, Tensor, Tensor> native_group_norm(Context& ctx, const Tensor& input, const MaybeTensor& weight_in, const MaybeTensor& bias_in, int64_t batch,
                                                     int64_t channels, int64_t area, int64_t groups, double eps) {
  check(groups > 0, "Expected num groups to be greater than 0, got ", groups);
  check(channels % groups == 0, "Expected number of channels in input to be divisible by num_groups, but got input of shape ", input.sizes(),
        " and num_groups=", groups);
  check(!weight_in || (weight_in->dim() == 1 && weight_in->numel() == channels),
        "Expected weight to be a vector of size equal to the number of channels in input, but got weight of shape ", weight_in ? weight_in->sizes() : IntView(),
        " and input of shape ", input.sizes());
  check(!bias_in || (bias_in->dim() == 1 && bias_in->numel() == channels),
        "Expected bias to be a vector of size equal to the number of channels in input, but got bias of shape ", bias_in ? bias_in->sizes() : IntView(),
        " and input of shape ", input.sizes());
  int64_t expected;
  check(batch >= 0 && channels >= 0 && area >= 0 && !__builtin_mul_overflow(batch, channels, &expected) && !__builtin_mul_overflow(expected, area, &expected) &&
            expected == input.numel(),
        "native_group_norm: N, C and HxW do not match the input of shape ", input.sizes());
  if (!input.is_floating()) fail_dtype("GroupNormKernelImpl", input.dtype());
  DType dtype = input.dtype(), wide = wide_float(dtype), statistics = statistics_dtype(input, weight_in, bias_in);
  bool last = suggests_channels_last(input);
  Tensor x = widened(ctx, input, wide), weight = widened(ctx, weight_in.or_undefined(), wide), bias = widened(ctx, bias_in.or_undefined(), wide);
  Tensor out = make_tensor(input.sizes(), wide), mean_out = make_tensor({batch, groups}, wide), rstd_out = make_tensor({batch, groups}, wide);
  int64_t per_group = channels / groups, n = per_group * area;
  visit_float(wide, "GroupNormKernelImpl", [&](auto zero) {
    using T = decltype(zero);
    NormRows<T> math(ctx);
    const T* from = x.data<T>();
    T *to = out.mutable_data<T>(), *means = mean_out.mutable_data<T>(), *rstds = rstd_out.mutable_data<T>();
    const T* w = weight.defined() ? weight.data<T>() : nullptr;
    const T* b = bias.defined() ? bias.data<T>() : nullptr;
    ctx.parallel_for(batch * groups, std::max<int64_t>(1, 16384 / std::max<int64_t>(n, 1)), [&](int64_t begin, int64_t end) {
      for (int64_t g = begin; g < end; ++g) {
        const T* group = from + g * n;
        double mean = math.sum(group, n) / double(n);
        double variance = math.sum_of_squares(group, n, T(mean)) / double(n), rstd = 1 / std::sqrt(variance + eps);
        means[g] = T(mean);
        rstds[g] = T(rstd);
        for (int64_t c = 0; c < per_group; ++c) {
          int64_t channel = g % groups * per_group + c;
          T scale = T(rstd) * (w ? w[channel] : T(1)), shift = (b ? b[channel] : T(0)) - T(mean) * scale;
          math.scale_shift(to + g * n + c * area, group + c * area, scale, shift, area);
        }
      }
    });
  });
  if (!last) return {to_dtype(ctx, out, dtype), to_dtype(ctx, mean_out, statistics), to_dtype(ctx, rstd_out, statistics)};
  Tensor image = make_image(input.sizes(), dtype, true);
  copy_(ctx, image, out);
  return {image, to_dtype(ctx, mean_out, statistics), to_dtype(ctx, rstd_out, statistics)};
}
Tensor group_norm(Context& ctx, const Tensor& input, int64_t groups, const MaybeTensor& weight, const MaybeTensor& bias, double eps, bool) {
  check(input.dim() >= 2, "Dimension out of range (expected to be in range of [-", std::max<int64_t>(input.dim(), 1), ", ",
        std::max<int64_t>(input.dim() - 1, 0), "], but got 1)");
  int64_t batch = input.sizes()[0], channels = input.sizes()[1], area = checked_numel(input.sizes().subspan(2));
  return std::get<0>(native_group_norm(ctx, input, weight, bias, batch, channels, area, groups, eps));
}

// The norm over all dimensions but one, which stays.
Tensor norm_except_dim(Context& ctx, const Tensor& v, int64_t pow, int64_t dim) {
  if (dim == -1) return vector_norm(ctx, v, double(pow), std::nullopt, false);
  int64_t kept = wrap_dim(dim, v.dim());
  Dims others;
  for (int64_t d = 0; d < v.dim(); ++d)
    if (d != kept) others.push_back(d);
  check(!others.empty(), "norm_except_dim: expected at least two dimensions, got ", v.dim());
  return vector_norm(ctx, v, double(pow), IntView(others), true);
}

std::tuple<Tensor, Tensor> weight_norm_interface(Context& ctx, const Tensor& v, const Tensor& g, int64_t dim) {
  check(dim == 0 || dim == v.dim() - 1, "fused kernels can only be applied for first or last dim");
  DType wide = wide_float(v.dtype());
  Tensor norms = norm_except_dim(ctx, to_dtype(ctx, v, wide), 2, dim == v.dim() - 1 && v.dim() == 1 ? 0 : dim);
  Tensor w = mul(ctx, to_dtype(ctx, v, wide), div(ctx, to_dtype(ctx, g, wide), norms));
  return {to_dtype(ctx, w, v.dtype()), is_reduced_float(v.dtype()) ? norms : to_dtype(ctx, norms, g.dtype())};
}
Tensor weight_norm(Context& ctx, const Tensor& v, const Tensor& g, int64_t dim) { return mul(ctx, v, div(ctx, g, norm_except_dim(ctx, v, 2, dim))); }

// Slices along a dimension whose norm is above maxnorm are scaled down to it.
Tensor renorm(Context& ctx, const Tensor& self, const Scalar& p, int64_t dim_in, const Scalar& maxnorm) {
  check(self.is_floating() || self.is_complex(), "\"renorm_scale_factor_cpu\" not implemented for '", scalar_type_name(self.dtype()), "'");
  check(!p.is_complex() && p.to_double() > 0, "renorm: non-positive-norm not supported");
  check(!maxnorm.is_complex(), "renorm: maxnorm must be real-valued");
  check(maxnorm.to_double() >= 0, "renorm: expected maxnorm to be >= 0 but got ", maxnorm.to_double());
  check(self.dim() > 1, "renorm: input needs at least 2 dimensions, got ", self.dim(), " dimensions");
  int64_t dim = wrap_dim(dim_in, self.dim());
  Dims others;
  for (int64_t d = 0; d < self.dim(); ++d)
    if (d != dim) others.push_back(d);
  DType real = to_real(self.dtype()), wide = wide_float(real);
  Tensor norms = contiguous(ctx, to_dtype(ctx, vector_norm(ctx, self, p.to_double(), IntView(others), true), wide, true));
  double most = maxnorm.to_double();
  visit_float(wide, "renorm", [&](auto zero) {
    using T = decltype(zero);
    T* x = norms.mutable_data<T>();
    for (int64_t i = 0, n = norms.numel(); i < n; ++i) x[i] = double(x[i]) > most ? T(most / (double(x[i]) + 1e-7)) : T(1);
  });
  return mul(ctx, self, to_dtype(ctx, norms, real));
}

constexpr OpDef kRows[] = {
    op("aten::layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1.0000000000000001e-05, bool "
       "cudnn_enable=True) -> Tensor",
       TAPER_OP(layer_norm), kPure),
    op("aten::native_layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> (Tensor, Tensor, Tensor)",
       TAPER_OP(native_layer_norm), kPure),
    op_out<3>("aten::native_layer_norm.out(Tensor input, SymInt[] normalized_shape, Tensor? weight, Tensor? bias, float eps, *, Tensor(a!) out0, "
              "Tensor(b!) out1, Tensor(c!) out2) -> (Tensor(a!), Tensor(b!), Tensor(c!))",
              TAPER_OP(native_layer_norm)),
    op("aten::rms_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor", TAPER_OP(rms_norm), kPure),
    op("aten::_fused_rms_norm(Tensor input, int[] normalized_shape, Tensor? weight, float? eps) -> (Tensor, Tensor)", TAPER_OP(fused_rms_norm), kPure),
    op("aten::group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1.0000000000000001e-05, bool "
       "cudnn_enabled=True) -> Tensor",
       TAPER_OP(group_norm), kPure),
    op("aten::native_group_norm(Tensor input, Tensor? weight, Tensor? bias, SymInt N, SymInt C, SymInt HxW, int group, float eps) -> (Tensor, Tensor, "
       "Tensor)",
       TAPER_OP(native_group_norm), kPure),
    op_out<3>("aten::native_group_norm.out(Tensor input, Tensor? weight, Tensor? bias, SymInt N, SymInt C, SymInt HxW, int group, float eps, *, Tensor(a!) "
              "out0, Tensor(b!) out1, Tensor(c!) out2) -> (Tensor(a!), Tensor(b!), Tensor(c!))",
              TAPER_OP(native_group_norm)),
    op("aten::norm_except_dim(Tensor v, int pow=2, int dim=0) -> Tensor", TAPER_OP(norm_except_dim), kPure),
    op("aten::_weight_norm(Tensor v, Tensor g, int dim=0) -> Tensor", TAPER_OP(weight_norm), kPure),
    op("aten::_weight_norm_interface(Tensor v, Tensor g, int dim=0) -> (Tensor, Tensor)", TAPER_OP(weight_norm_interface), kPure),
    op_out<2>("aten::_weight_norm_interface.out(Tensor v, Tensor g, int dim=0, *, Tensor(a!) out0, Tensor(b!) out1) -> (Tensor(a!), Tensor(b!))",
              TAPER_OP(weight_norm_interface)),
    op("aten::renorm(Tensor self, Scalar p, int dim, Scalar maxnorm) -> Tensor", TAPER_OP(renorm), kPure),
    op_inplace("aten::renorm_(Tensor(a!) self, Scalar p, int dim, Scalar maxnorm) -> Tensor(a!)", TAPER_OP(renorm)),
    op_out("aten::renorm.out(Tensor self, Scalar p, int dim, Scalar maxnorm, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(renorm)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> norm_rows() { return aten::kRows; }
}  // namespace taper::impl
