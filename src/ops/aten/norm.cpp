// Normalization: layer, group, batch, instance and root-mean-square.
//
// All are y = (x - mean) * scale + shift over groups of elements; they differ in what a group is and where scale and
// shift come from. Work happens in float (double for double) on dense rows.
#include "ops/aten/norm.h"

#include <algorithm>
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/reduce.h"
#include "ops/aten/reductions.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

// fn(float()) or fn(double()): what the dtype computes in.
template <class Fn>
void visit_real_compute(DType dtype, const char* name, Fn&& fn) {
  check(is_floating(dtype), "\"", name, "\" not implemented for '", scalar_type_name(dtype), "'");
  if (dtype == DType::kDouble) fn(double());
  else fn(float());
}

// A dense tensor's elements as C, and back.
template <class C>
Vec<C> values_of(Context& ctx, const MaybeTensor& t) {
  if (!t) return {};
  Tensor dense = contiguous(ctx, to_dtype(ctx, *t, dtype_of<C>));
  return Vec<C>(dense.data<C>(), dense.data<C>() + dense.numel());
}

// Mean and variance of n elements in two passes.
template <class C>
void moments(const C* x, int64_t n, double& mean, double& variance) {
  double total = 0;
  for (int64_t first = 0; first < n; first += kReduceChunk) {
    int64_t end = std::min(n, first + kReduceChunk), i = first;
    C lane[8] = {};
    for (; i + 8 <= end; i += 8)
      for (int k = 0; k < 8; ++k) lane[k] += x[i + k];
    C part = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
    for (; i < end; ++i) part += x[i];
    total += double(part);
  }
  mean = total / double(n);
  C center = C(mean);
  double squares = 0;
  for (int64_t first = 0; first < n; first += kReduceChunk) {
    int64_t end = std::min(n, first + kReduceChunk), i = first;
    C lane[8] = {};
    for (; i + 8 <= end; i += 8)
      for (int k = 0; k < 8; ++k) {
        C d = x[i + k] - center;
        lane[k] += d * d;
      }
    C part = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
    for (; i < end; ++i) part += (x[i] - center) * (x[i] - center);
    squares += double(part);
  }
  variance = squares / double(n);
}

Dims leading(const Tensor& self, size_t drop, bool keep_ones) {
  Dims sizes(self.sizes().first(self.sizes().size() - drop));
  if (keep_ones)
    for (size_t i = 0; i < drop; ++i) sizes.push_back(1);
  return sizes;
}

}  // namespace

std::tuple<Tensor, Tensor, Tensor> native_layer_norm(Context& ctx, const Tensor& input, IntView shape, const MaybeTensor& weight, const MaybeTensor& bias,
                                                     double eps) {
  auto drop = shape.size();
  check(drop > 0, "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got normalized_shape = ", shape);
  bool fits = input.sizes().size() >= drop && same(input.sizes().last(drop), shape);
  check(fits, "Given normalized_shape=", shape, ", expected input with shape [*, ", shape, "], but got input of size", input.sizes());
  check(!weight || same(weight->sizes(), shape), "Expected weight to be of same shape as normalized_shape, but got weight of shape ",
        weight ? weight->sizes() : IntView(), " and normalized_shape = ", shape);
  check(!bias || same(bias->sizes(), shape), "Expected bias to be of same shape as normalized_shape, but got bias of shape ", bias ? bias->sizes() : IntView(),
        " and normalized_shape = ", shape);
  Tensor x = contiguous(ctx, input), out = make_tensor(input.sizes(), input.dtype());
  int64_t n = checked_numel(shape), rows = n == 0 ? 0 : x.numel() / n;
  DType stat_dtype = is_reduced_float(x.dtype()) ? (weight && weight->dtype() == DType::kFloat ? DType::kFloat : x.dtype()) : x.dtype();
  Dims stat_sizes = leading(input, drop, true);
  Tensor mean_out = make_tensor(stat_sizes, stat_dtype), rstd_out = make_tensor(stat_sizes, stat_dtype);
  if (out.numel() == 0) return {out, mean_out, rstd_out};
  visit_real_compute(x.dtype(), "LayerNormKernelImpl", [&](auto zero) {
    using C = decltype(zero);
    bool direct = x.dtype() == dtype_of<C>;
    Vec<C> w = direct && weight && weight->is_contiguous() && weight->dtype() == dtype_of<C> ? Vec<C>() : values_of<C>(ctx, weight);
    Vec<C> b = direct && bias && bias->is_contiguous() && bias->dtype() == dtype_of<C> ? Vec<C>() : values_of<C>(ctx, bias);
    const C* scale = !weight ? nullptr : w.empty() ? weight->data<C>() : w.data();
    const C* shift = !bias ? nullptr : b.empty() ? bias->data<C>() : b.data();
    void* to = out.mutable_data();
    void* means = mean_out.mutable_data();
    void* rstds = rstd_out.mutable_data();
    auto item = int64_t(out.item_size());
    ctx.parallel_for(rows, std::max<int64_t>(1, 16384 / n), [&](int64_t begin, int64_t end) {
      Vec<C> buffer(direct ? 0 : size_t(n));
      for (int64_t r = begin; r < end; ++r) {
        const C* in = static_cast<const C*>(x.data()) + r * n;
        C* y = static_cast<C*>(to) + r * n;
        if (!direct) {
          load(buffer.data(), x, r * n, 1, n);
          in = buffer.data();
          y = buffer.data();
        }
        double mean = 0, variance = 0;
        moments(in, n, mean, variance);
        double rstd = 1 / std::sqrt(variance + eps);
        C a = C(rstd), c = C(-mean * rstd);
        if (scale && shift)
          for (int64_t i = 0; i < n; ++i) y[i] = (in[i] * a + c) * scale[i] + shift[i];
        else
          for (int64_t i = 0; i < n; ++i) y[i] = (in[i] * a + c) * (scale ? scale[i] : C(1)) + (shift ? shift[i] : C(0));
        if (!direct)
          for (int64_t i = 0; i < n; ++i) store(static_cast<char*>(to) + (r * n + i) * item, out.dtype(), 0, y[i]);
        store(means, stat_dtype, r, mean);
        store(rstds, stat_dtype, r, rstd);
      }
    });
  });
  return {out, mean_out, rstd_out};
}

namespace {

Tensor layer_norm(Context& ctx, const Tensor& input, IntView shape, const MaybeTensor& weight, const MaybeTensor& bias, double eps, bool) {
  return std::get<0>(native_layer_norm(ctx, input, shape, weight, bias, eps));
}

Tensor rms_norm(Context& ctx, const Tensor& input, IntView shape, const MaybeTensor& weight, std::optional<double> eps_in) {
  auto drop = shape.size();
  check(drop > 0 && input.sizes().size() >= drop && same(input.sizes().last(drop), shape), "Given normalized_shape=", shape,
        ", expected input with shape [*, ", shape, "], but got input of size", input.sizes());
  double eps = eps_in.value_or(input.dtype() == DType::kDouble ? 2.220446049250313e-16 : 1.1920928955078125e-07);
  Tensor x = contiguous(ctx, input), out = make_tensor(input.sizes(), input.dtype());
  int64_t n = checked_numel(shape), rows = n == 0 ? 0 : x.numel() / n;
  if (out.numel() == 0) return out;
  visit_real_compute(x.dtype(), "rms_norm", [&](auto zero) {
    using C = decltype(zero);
    Vec<C> w = values_of<C>(ctx, weight), row(static_cast<size_t>(n));
    void* to = out.mutable_data();
    auto item = int64_t(out.item_size());
    for (int64_t r = 0; r < rows; ++r) {
      load(row.data(), x, r * n, 1, n);
      double squares = 0;
      for (C v : row) squares += double(v) * double(v);
      C scale = C(1 / std::sqrt(squares / double(n) + eps));
      for (int64_t i = 0; i < n; ++i) store(static_cast<char*>(to) + (r * n + i) * item, out.dtype(), 0, row[size_t(i)] * scale * (w.empty() ? C(1) : w[size_t(i)]));
    }
  });
  return out;
}

std::tuple<Tensor, Tensor, Tensor> native_group_norm(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias, int64_t batch,
                                                     int64_t channels, int64_t area, int64_t groups, double eps) {
  check(groups > 0, "Expected num groups to be greater than 0, got ", groups);
  check(channels % groups == 0, "Expected number of channels in input to be divisible by num_groups, but got input of shape ", input.sizes(), " and num_groups=",
        groups);
  check(!weight || weight->numel() == channels, "Expected weight to be a vector of size equal to the number of channels in input, but got weight of shape ",
        weight ? weight->sizes() : IntView(), " and input of shape ", input.sizes());
  check(!bias || bias->numel() == channels, "Expected bias to be a vector of size equal to the number of channels in input, but got bias of shape ",
        bias ? bias->sizes() : IntView(), " and input of shape ", input.sizes());
  int64_t expected;
  check(batch >= 0 && area >= 0 && !__builtin_mul_overflow(batch, channels, &expected) && !__builtin_mul_overflow(expected, area, &expected) &&
            expected == input.numel(), "native_group_norm: N, C and HxW do not match the input of shape ", input.sizes());
  Tensor x = contiguous(ctx, input), out = make_tensor(input.sizes(), input.dtype());
  Tensor mean_out = make_tensor({batch, groups}, input.dtype()), rstd_out = make_tensor({batch, groups}, input.dtype());
  if (out.numel() == 0) return {out, mean_out, rstd_out};
  int64_t per_group = channels / groups, n = per_group * area;
  visit_real_compute(x.dtype(), "GroupNormKernelImpl", [&](auto zero) {
    using C = decltype(zero);
    Vec<C> w = values_of<C>(ctx, weight), b = values_of<C>(ctx, bias), row(static_cast<size_t>(n));
    void* to = out.mutable_data();
    void* means = mean_out.mutable_data();
    void* rstds = rstd_out.mutable_data();
    auto item = int64_t(out.item_size());
    for (int64_t g = 0; g < batch * groups; ++g) {
      load(row.data(), x, g * n, 1, n);
      double mean = 0, variance = 0;
      moments(row.data(), n, mean, variance);
      double rstd = 1 / std::sqrt(variance + eps);
      for (int64_t c = 0; c < per_group; ++c) {
        auto channel = size_t((g % groups) * per_group + c);
        C scale = C(rstd) * (w.empty() ? C(1) : w[channel]);
        C shift = (b.empty() ? C(0) : b[channel]) - C(mean) * scale;
        C* part = row.data() + c * area;
        for (int64_t i = 0; i < area; ++i) part[i] = part[i] * scale + shift;
      }
      if (out.dtype() == dtype_of<C>) std::copy(row.begin(), row.end(), static_cast<C*>(to) + g * n);
      else
        for (int64_t i = 0; i < n; ++i) store(static_cast<char*>(to) + (g * n + i) * item, out.dtype(), 0, row[size_t(i)]);
      store(means, out.dtype(), g, mean);
      store(rstds, out.dtype(), g, rstd);
    }
  });
  return {out, mean_out, rstd_out};
}
Tensor group_norm(Context& ctx, const Tensor& input, int64_t groups, const MaybeTensor& weight, const MaybeTensor& bias, double eps, bool) {
  check(input.dim() >= 2, "Expected at least 2 dimensions for input tensor but received ", input.dim());
  int64_t batch = input.size(0), channels = input.size(1), area = 1;
  for (int64_t d = 2; d < input.dim(); ++d) area *= input.size(d);
  return std::get<0>(native_group_norm(ctx, input, weight, bias, batch, channels, area, groups, eps));
}

// The running statistics move towards the batch's: r = (1 - momentum) r + momentum s.
void update_running(Context& ctx, const MaybeTensor& running, const Vec<double>& batch, double momentum) {
  if (!running) return;
  Tensor r = *running;
  for (int64_t c = 0; c < r.numel(); ++c) {
    Tensor place = select(ctx, r, 0, c);
    double old = item(place).to_double();
    fill_(ctx, place, Scalar((1 - momentum) * old + momentum * batch[size_t(c)]));
  }
}

// (y, batch mean, batch 1/std); the statistics are empty outside training.
std::tuple<Tensor, Tensor, Tensor> batch_norm_impl(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias,
                                                   const MaybeTensor& running_mean, const MaybeTensor& running_var, bool training, double momentum, double eps) {
  check(input.dim() >= 2, "Expected 2D or more input to batch_norm, got ", input.dim(), "D input");
  int64_t batch = input.size(0), channels = input.size(1), area = 1;
  for (int64_t d = 2; d < input.dim(); ++d) area *= input.size(d);
  auto check_parameter = [&](const MaybeTensor& t, const char* name) {
    check(!t || t->numel() == channels, name, " should contain ", channels, " elements not ", t ? t->numel() : 0);
  };
  check_parameter(running_mean, "running_mean");
  check_parameter(running_var, "running_var");
  check_parameter(weight, "weight");
  check_parameter(bias, "bias");
  check(training || (running_mean && running_var), "Expected running_mean and running_var to be defined when not training");
  DType stat_dtype = is_reduced_float(input.dtype()) ? DType::kFloat : input.dtype();
  bool channels_last = input.dim() == 4 && !input.is_contiguous() && input.is_contiguous(MemoryFormat::kChannelsLast);
  Tensor x = channels_last ? resolved(ctx, input) : contiguous(ctx, input);
  Tensor out = channels_last ? empty_like(input, input.dtype()) : make_tensor(input.sizes(), input.dtype());
  Tensor save_mean = make_tensor({training ? channels : 0}, stat_dtype), save_rstd = make_tensor({training ? channels : 0}, stat_dtype);
  visit_real_compute(x.dtype(), "batch_norm", [&](auto zero) {
    using C = decltype(zero);
    Vec<C> w = values_of<C>(ctx, weight), b = values_of<C>(ctx, bias), scale(static_cast<size_t>(channels)), shift(static_cast<size_t>(channels));
    int64_t channel_step = x.stride(1), batch_step = x.stride(0), element_step = channels_last ? channels : 1;
    if (training) {
      int64_t n = batch * area;
      check(n > 0 || channels == 0, "batch_norm: no elements to take statistics of");
      Vec<double> means, vars;
      for (int64_t c = 0; c < channels; ++c) {
        Vec<C> all(static_cast<size_t>(n));
        for (int64_t i = 0; i < batch; ++i) load(all.data() + i * area, x, i * batch_step + c * channel_step, element_step, area);
        double mean = 0, variance = 0;
        moments(all.data(), n, mean, variance);
        double rstd = 1 / std::sqrt(variance + eps);
        store(save_mean.mutable_data(), stat_dtype, c, mean);
        store(save_rstd.mutable_data(), stat_dtype, c, rstd);
        means.push_back(mean);
        vars.push_back(variance * double(n) / double(n - 1));
        C s = C(rstd) * (w.empty() ? C(1) : w[size_t(c)]);
        scale[size_t(c)] = s;
        shift[size_t(c)] = (b.empty() ? C(0) : b[size_t(c)]) - C(mean) * s;
      }
      update_running(ctx, running_mean, means, momentum);
      update_running(ctx, running_var, vars, momentum);
    } else {
      Vec<C> mean = values_of<C>(ctx, running_mean), var = values_of<C>(ctx, running_var);
      for (size_t c = 0; c < size_t(channels); ++c) {
        C s = C(1) / std::sqrt(var[c] + C(eps)) * (w.empty() ? C(1) : w[c]);
        scale[c] = s;
        shift[c] = (b.empty() ? C(0) : b[c]) - mean[c] * s;
      }
    }
    if (out.numel() == 0) return;
    void* to = out.mutable_data();
    auto item = int64_t(out.item_size());
    if (channels_last) {
      Vec<C> row(static_cast<size_t>(channels));
      for (int64_t p = 0; p < batch * area; ++p) {
        load(row.data(), x, p * channels, 1, channels);
        for (size_t c = 0; c < size_t(channels); ++c) row[c] = row[c] * scale[c] + shift[c];
        for (int64_t c = 0; c < channels; ++c) store(static_cast<char*>(to) + (p * channels + c) * item, out.dtype(), 0, row[size_t(c)]);
      }
      return;
    }
    bool direct = x.dtype() == dtype_of<C>;
    ctx.parallel_for(batch * channels, std::max<int64_t>(1, 16384 / std::max<int64_t>(1, area)), [&](int64_t begin, int64_t end) {
      Vec<C> row(direct ? 0 : size_t(area));
      for (int64_t p = begin; p < end; ++p) {
        auto c = size_t(p % channels);
        if (direct) {
          const C* in = static_cast<const C*>(x.data()) + p * area;
          C* y = static_cast<C*>(to) + p * area;
          C s = scale[c], t = shift[c];
          for (int64_t i = 0; i < area; ++i) y[i] = in[i] * s + t;
        } else {
          load(row.data(), x, p * area, 1, area);
          for (int64_t i = 0; i < area; ++i) store(static_cast<char*>(to) + (p * area + i) * item, out.dtype(), 0, row[size_t(i)] * scale[c] + shift[c]);
        }
      }
    });
  });
  return {out, save_mean, save_rstd};
}
Tensor batch_norm(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias, const MaybeTensor& mean, const MaybeTensor& var,
                  bool training, double momentum, double eps, bool) {
  return std::get<0>(batch_norm_impl(ctx, input, weight, bias, mean, var, training, momentum, eps));
}
std::tuple<Tensor, Tensor, Tensor> batch_norm_legit(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias, const Tensor& mean,
                                                    const Tensor& var, bool training, double momentum, double eps) {
  return batch_norm_impl(ctx, input, weight, bias, mean, var, training, momentum, eps);
}
std::tuple<Tensor, Tensor, Tensor> batch_norm_no_stats(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias, bool training,
                                                       double momentum, double eps) {
  return batch_norm_impl(ctx, input, weight, bias, std::nullopt, std::nullopt, training, momentum, eps);
}
std::tuple<Tensor, Tensor, Tensor> batch_norm_no_training(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias, const Tensor& mean,
                                                          const Tensor& var, double momentum, double eps) {
  return batch_norm_impl(ctx, input, weight, bias, mean, var, false, momentum, eps);
}

// Each sample's channel on its own: batch norm of [1, batch * channels, ...].
Tensor instance_norm(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias, const MaybeTensor& running_mean,
                     const MaybeTensor& running_var, bool use_input_stats, double momentum, double eps, bool) {
  check(use_input_stats || (running_mean && running_var), "Expected running_mean and running_var to be defined when use_input_stats is false");
  check(input.dim() >= 2, "Expected 2D or more input to instance_norm, got ", input.dim(), "D input");
  int64_t batch = input.size(0), channels = input.size(1);
  Dims folded(input.sizes());
  folded[0] = 1;
  folded[1] = batch * channels;
  auto repeated = [&](const MaybeTensor& t) { return t ? reshape(ctx, expand(ctx, unsqueeze(ctx, *t, 0), Dims{batch, channels}), Dims{-1}) : Tensor(); };
  Tensor w = repeated(weight), b = repeated(bias), mean = repeated(running_mean), var = repeated(running_var);
  if (mean.defined()) mean = clone(ctx, mean), var = clone(ctx, var);
  Tensor out = std::get<0>(batch_norm_impl(ctx, reshape(ctx, contiguous(ctx, input), folded), w, b, mean, var, use_input_stats, momentum, eps));
  auto average_back = [&](const MaybeTensor& running, const Tensor& all) {
    Dims first{0};
    if (running) copy_(ctx, *running, aten::mean(ctx, view(ctx, all, Dims{batch, channels}), IntView(first), false));
  };
  if (use_input_stats && mean.defined()) {
    average_back(running_mean, mean);
    average_back(running_var, var);
  }
  return view(ctx, out, input.sizes());
}

constexpr OpDef kRows[] = {
    op("aten::layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1.0000000000000001e-05, bool "
       "cudnn_enable=True) -> Tensor", TAPER_OP(layer_norm), kPure),
    op("aten::native_layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> (Tensor, Tensor, Tensor)",
       TAPER_OP(native_layer_norm), kPure),
    op("aten::rms_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor", TAPER_OP(rms_norm), kPure),
    op("aten::group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1.0000000000000001e-05, bool "
       "cudnn_enabled=True) -> Tensor", TAPER_OP(group_norm), kPure),
    op("aten::native_group_norm(Tensor input, Tensor? weight, Tensor? bias, SymInt N, SymInt C, SymInt HxW, int group, float eps) -> (Tensor, Tensor, "
       "Tensor)", TAPER_OP(native_group_norm), kPure),
    op("aten::batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float "
       "eps, bool cudnn_enabled) -> Tensor", TAPER_OP(batch_norm), kSideEffect),
    op("aten::native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, "
       "float eps) -> (Tensor, Tensor, Tensor)", TAPER_OP(batch_norm_impl), kSideEffect),
    op("aten::_native_batch_norm_legit(Tensor input, Tensor? weight, Tensor? bias, Tensor(a!) running_mean, Tensor(b!) running_var, bool training, float "
       "momentum, float eps) -> (Tensor, Tensor, Tensor)", TAPER_OP(batch_norm_legit)),
    op("aten::_native_batch_norm_legit.no_stats(Tensor input, Tensor? weight, Tensor? bias, bool training, float momentum, float eps) -> (Tensor, Tensor, "
       "Tensor)", TAPER_OP(batch_norm_no_stats), kPure),
    op("aten::_native_batch_norm_legit_no_training(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, float momentum, "
       "float eps) -> (Tensor, Tensor, Tensor)", TAPER_OP(batch_norm_no_training), kPure),
    op("aten::instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, float momentum, "
       "float eps, bool cudnn_enabled) -> Tensor", TAPER_OP(instance_norm), kSideEffect),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> norm_rows() { return aten::kRows; }
}  // namespace taper::impl
