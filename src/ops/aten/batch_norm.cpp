// Normalization by channel: with running statistics, with those of the batch, and of each sample on its own.
#include <algorithm>
#include <cmath>

#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/layout.h"
#include "ops/aten/norm_rows.h"
#include "ops/aten/reductions.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

struct Channels {
  int64_t batch, channels, area;
};

Channels channels_of(const Tensor& input) {
  check(input.dim() >= 2, "Dimension out of range (expected to be in range of [-", std::max<int64_t>(input.dim(), 1), ", ",
        std::max<int64_t>(input.dim() - 1, 0), "], but got 1)");
  return {input.sizes()[0], input.sizes()[1], checked_numel(input.sizes().subspan(2))};
}

// The running statistics move towards the batch's: r = (1 - momentum) r + momentum s.
void update_running(Context& ctx, const Tensor& running, const Vec<double>& batch, double momentum) {
  Tensor values = contiguous(ctx, to_dtype(ctx, running, DType::kDouble, true));
  double* r = values.mutable_data<double>();
  for (size_t c = 0; c < batch.size(); ++c) r[c] = momentum * batch[c] + (1 - momentum) * r[c];
  copy_(ctx, running, values);
}

struct Parameters {
  Tensor weight, bias, mean, var;  // wide and dense, or undefined
};

// y = x * scale + shift for every channel.
template <class T>
void apply(Context& ctx, const Channels& s, const T* x, T* y, const Vec<T>& scale, const Vec<T>& shift, bool last) {
  NormRows<T> math(ctx);
  if (last) {
    ctx.parallel_for(s.batch * s.area, std::max<int64_t>(1, 16384 / std::max<int64_t>(1, s.channels)), [&](int64_t begin, int64_t end) {
      for (int64_t p = begin; p < end; ++p) math.center_scale_each(y + p * s.channels, x + p * s.channels, T(0), T(1), scale.data(), shift.data(), s.channels);
    });
    return;
  }
  ctx.parallel_for(s.batch * s.channels, std::max<int64_t>(1, 16384 / std::max<int64_t>(1, s.area)), [&](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p)
      math.scale_shift(y + p * s.area, x + p * s.area, scale[size_t(p % s.channels)], shift[size_t(p % s.channels)], s.area);
  });
}

struct BatchNorm {
  Tensor out, mean, invstd;  // the statistics are empty outside training
};

BatchNorm normalize(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias, const MaybeTensor& running_mean,
                    const MaybeTensor& running_var, bool training, double momentum, double eps) {
  Channels s = channels_of(input);
  auto check_parameter = [&](const MaybeTensor& t, const char* name) {
    check(!t || t->numel() == s.channels, name, " should contain ", s.channels, " elements not ", t ? t->numel() : int64_t(0));
  };
  check_parameter(running_mean, "running_mean");
  check(training || running_mean, "running_mean must be defined in evaluation mode");
  check_parameter(running_var, "running_var");
  check(training || running_var, "running_var must be defined in evaluation mode");
  check_parameter(weight, "weight");
  check_parameter(bias, "bias");
  if (!input.is_floating()) fail_dtype("batch_norm", input.dtype());
  DType dtype = input.dtype(), wide = wide_float(dtype);
  bool mixed = is_reduced_float(dtype);
  if (mixed) {
    mixed = false;
    for (const MaybeTensor* t : {&weight, &bias, &running_mean, &running_var}) mixed = mixed || (*t && (*t)->dtype() == DType::kFloat);
  }
  DType statistics = mixed ? DType::kFloat : dtype;
  bool last = suggests_channels_last(input);
  Tensor x = to_dtype(ctx, input, wide);
  // Statistics want planes; the rest can go by pixels.
  bool pixels = last && !training && x.is_contiguous(input.dim() == 4 ? MemoryFormat::kChannelsLast : MemoryFormat::kChannelsLast3d) && !x.is_conj();
  if (!pixels) x = contiguous(ctx, x);
  Tensor out = make_image(input.sizes(), wide, pixels);
  Tensor mean_out = make_tensor({training ? s.channels : 0}, wide), invstd_out = make_tensor({training ? s.channels : 0}, wide);
  Parameters p{widened(ctx, weight.or_undefined(), wide), widened(ctx, bias.or_undefined(), wide), Tensor(), Tensor()};
  if (!training) p.mean = widened(ctx, *running_mean, wide), p.var = widened(ctx, *running_var, wide);
  Vec<double> means(training ? size_t(s.channels) : 0), vars(training ? size_t(s.channels) : 0);
  visit_float(wide, "batch_norm", [&](auto zero) {
    using T = decltype(zero);
    NormRows<T> math(ctx);
    Vec<T> scale(static_cast<size_t>(s.channels)), shift(static_cast<size_t>(s.channels));
    const T* from = x.data<T>();
    const T* w = p.weight.defined() ? p.weight.data<T>() : nullptr;
    const T* b = p.bias.defined() ? p.bias.data<T>() : nullptr;
    if (training) {
      double n = double(s.batch) * double(s.area);
      T *save_mean = mean_out.mutable_data<T>(), *save_invstd = invstd_out.mutable_data<T>();
      ctx.parallel_for(s.channels, std::max<int64_t>(1, 16384 / std::max<int64_t>(1, s.batch * s.area)), [&](int64_t begin, int64_t end) {
        for (int64_t c = begin; c < end; ++c) {
          double sum = 0, squares = 0;
          for (int64_t i = 0; i < s.batch; ++i) sum += math.sum(from + (i * s.channels + c) * s.area, s.area);
          double mean = sum / n;
          for (int64_t i = 0; i < s.batch; ++i) squares += math.sum_of_squares(from + (i * s.channels + c) * s.area, s.area, T(mean));
          // bfloat16 statistics are kept as a sum of squares and a variance of that type in between.
          bool coarse = statistics == DType::kBFloat16;
          if (coarse) squares = rounded_to(squares, statistics);
          double var = coarse ? rounded_to(squares / n, statistics) : squares / n, invstd = var == 0 && eps == 0 ? 0 : 1 / std::sqrt(var + eps);
          means[size_t(c)] = mean;
          vars[size_t(c)] = squares / (n - 1);
          save_mean[c] = T(rounded_to(mean, statistics));
          save_invstd[c] = T(rounded_to(invstd, statistics));
          scale[size_t(c)] = save_invstd[c] * (w ? w[c] : T(1));
          shift[size_t(c)] = (b ? b[c] : T(0)) - save_mean[c] * scale[size_t(c)];
        }
      });
    } else {
      const T *mean = p.mean.data<T>(), *var = p.var.data<T>();
      for (int64_t c = 0; c < s.channels; ++c) {
        scale[size_t(c)] = T(1) / std::sqrt(var[c] + T(eps)) * (w ? w[c] : T(1));
        shift[size_t(c)] = (b ? b[c] : T(0)) - mean[c] * scale[size_t(c)];
      }
    }
    if (out.numel() > 0) apply<T>(ctx, s, from, out.mutable_data<T>(), scale, shift, pixels);
  });
  if (training && running_mean) update_running(ctx, *running_mean, means, momentum);
  if (training && running_var) update_running(ctx, *running_var, vars, momentum);
  BatchNorm result{Tensor(), to_dtype(ctx, mean_out, statistics), to_dtype(ctx, invstd_out, statistics)};
  if (last && !pixels) {
    result.out = make_image(input.sizes(), dtype, true);
    copy_(ctx, result.out, out);
  } else {
    result.out = to_dtype(ctx, out, dtype);
  }
  return result;
}

std::tuple<Tensor, Tensor, Tensor> native_batch_norm(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias,
                                                     const MaybeTensor& mean, const MaybeTensor& var, bool training, double momentum, double eps) {
  BatchNorm r = normalize(ctx, input, weight, bias, mean, var, training, momentum, eps);
  return {r.out, r.mean, r.invstd};
}
Tensor batch_norm(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias, const MaybeTensor& mean, const MaybeTensor& var,
                  bool training, double momentum, double eps, bool) {
  return normalize(ctx, input, weight, bias, mean, var, training, momentum, eps).out;
}
std::tuple<Tensor, Tensor, Tensor> legit(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias, const Tensor& mean,
                                         const Tensor& var, bool training, double momentum, double eps) {
  return native_batch_norm(ctx, input, weight, bias, mean, var, training, momentum, eps);
}
std::tuple<Tensor, Tensor, Tensor> no_stats(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias, bool training,
                                            double momentum, double eps) {
  return native_batch_norm(ctx, input, weight, bias, std::nullopt, std::nullopt, training, momentum, eps);
}
std::tuple<Tensor, Tensor, Tensor> no_training(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias, const Tensor& mean,
                                               const Tensor& var, double momentum, double eps) {
  return native_batch_norm(ctx, input, weight, bias, mean, var, false, momentum, eps);
}
std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> functional(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias,
                                                              const Tensor& mean, const Tensor& var, bool training, double momentum, double eps) {
  Tensor new_mean = clone(ctx, mean), new_var = clone(ctx, var);
  BatchNorm r = normalize(ctx, input, weight, bias, new_mean, new_var, training, momentum, eps);
  return {r.out, r.mean, r.invstd, new_mean, new_var};
}

std::tuple<Tensor, Tensor, Tensor, Tensor, int64_t> impl_index(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias,
                                                               const MaybeTensor& mean, const MaybeTensor& var, bool training, double momentum, double eps,
                                                               bool) {
  BatchNorm r = normalize(ctx, input, weight, bias, mean, var, training, momentum, eps);
  return {r.out, r.mean, r.invstd, make_tensor({0}, DType::kByte), int64_t(0)};
}
std::tuple<Tensor, Tensor, Tensor, Tensor> with_update(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias,
                                                       const Tensor& mean, const Tensor& var, double momentum, double eps) {
  BatchNorm r = normalize(ctx, input, weight, bias, mean, var, true, momentum, eps);
  return {r.out, r.mean, r.invstd, make_tensor({0}, DType::kByte)};
}
std::tuple<Tensor, Tensor, Tensor, Tensor> no_update(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias,
                                                     const MaybeTensor& mean, const MaybeTensor& var, double momentum, double eps) {
  BatchNorm r = normalize(ctx, input, weight, bias, mean, var, false, momentum, eps);
  return {r.out, r.mean, r.invstd, make_tensor({0}, DType::kByte)};
}

// Each sample's channel on its own: batch norm of [1, batch * channels, ...].
Tensor instance_norm(Context& ctx, const Tensor& input, const MaybeTensor& weight, const MaybeTensor& bias, const MaybeTensor& running_mean,
                     const MaybeTensor& running_var, bool use_input_stats, double momentum, double eps, bool) {
  check(use_input_stats || (running_mean && running_var), "Expected running_mean and running_var to be defined when use_input_stats is false");
  Channels s = channels_of(input);
  Dims folded(input.sizes());
  folded[0] = 1;
  check(!__builtin_mul_overflow(s.batch, s.channels, &folded[1]), "instance_norm: the input is too large");
  auto repeated = [&](const MaybeTensor& t) {
    if (!t) return Tensor();
    check(t->numel() == s.channels, "instance_norm: expected ", s.channels, " elements of a parameter, got ", t->numel());
    Dims one{1, s.channels}, all{s.batch, s.channels}, flat{folded[1]};
    return clone(ctx, reshape(ctx, expand(ctx, reshape(ctx, *t, one), all), flat), MemoryFormat::kContiguous);
  };
  Tensor w = repeated(weight), b = repeated(bias), mean = repeated(running_mean), var = repeated(running_var);
  Tensor out = normalize(ctx, reshape(ctx, contiguous(ctx, input), folded), w, b, mean, var, use_input_stats, momentum, eps).out;
  auto average_back = [&](const MaybeTensor& running, const Tensor& all) {
    const int64_t first[1] = {0};
    Dims by_sample{s.batch, s.channels};
    if (running) copy_(ctx, *running, aten::mean(ctx, view(ctx, all, by_sample), IntView(first), false));
  };
  if (use_input_stats) {
    average_back(running_mean, mean);
    average_back(running_var, var);
  }
  return view(ctx, out, input.sizes());
}

constexpr OpDef kRows[] = {
    op("aten::batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float "
       "eps, bool cudnn_enabled) -> Tensor",
       TAPER_OP(batch_norm), kSideEffect),
    op("aten::native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, "
       "float eps) -> (Tensor, Tensor, Tensor)",
       TAPER_OP(native_batch_norm), kSideEffect),
    op_out<3>("aten::native_batch_norm.out(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float "
              "momentum, float eps, *, Tensor(a!) out, Tensor(b!) save_mean, Tensor(c!) save_invstd) -> (Tensor(a!), Tensor(b!), Tensor(c!))",
              TAPER_OP(native_batch_norm), kSideEffect),
    op("aten::_native_batch_norm_legit(Tensor input, Tensor? weight, Tensor? bias, Tensor(a!) running_mean, Tensor(b!) running_var, bool training, float "
       "momentum, float eps) -> (Tensor, Tensor, Tensor)",
       TAPER_OP(legit)),
    op_out<3>("aten::_native_batch_norm_legit.out(Tensor input, Tensor? weight, Tensor? bias, Tensor(a!) running_mean, Tensor(b!) running_var, bool "
              "training, float momentum, float eps, *, Tensor(d!) out, Tensor(e!) save_mean, Tensor(f!) save_invstd) -> (Tensor(d!), Tensor(e!), "
              "Tensor(f!))",
              TAPER_OP(legit)),
    op("aten::_native_batch_norm_legit.no_stats(Tensor input, Tensor? weight, Tensor? bias, bool training, float momentum, float eps) -> (Tensor, Tensor, "
       "Tensor)",
       TAPER_OP(no_stats), kPure),
    op_out<3>("aten::_native_batch_norm_legit.no_stats_out(Tensor input, Tensor? weight, Tensor? bias, bool training, float momentum, float eps, *, "
              "Tensor(a!) out, Tensor(b!) save_mean, Tensor(c!) save_invstd) -> (Tensor(a!), Tensor(b!), Tensor(c!))",
              TAPER_OP(no_stats)),
    op("aten::_native_batch_norm_legit_no_training(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, float momentum, "
       "float eps) -> (Tensor, Tensor, Tensor)",
       TAPER_OP(no_training), kPure),
    op_out<3>("aten::_native_batch_norm_legit_no_training.out(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, float "
              "momentum, float eps, *, Tensor(a!) out0, Tensor(b!) out1, Tensor(c!) out2) -> (Tensor(a!), Tensor(b!), Tensor(c!))",
              TAPER_OP(no_training)),
    op("aten::_native_batch_norm_legit_functional(Tensor input, Tensor? weight, Tensor? bias, Tensor running_mean, Tensor running_var, bool training, "
       "float momentum, float eps) -> (Tensor, Tensor, Tensor, Tensor running_mean_out, Tensor running_var_out)",
       TAPER_OP(functional), kPure),
    op("aten::_batch_norm_impl_index(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, "
       "float eps, bool cudnn_enabled) -> (Tensor, Tensor, Tensor, Tensor, int)",
       TAPER_OP(impl_index), kSideEffect),
    op("aten::_batch_norm_with_update(Tensor input, Tensor? weight, Tensor? bias, Tensor(a!) running_mean, Tensor(b!) running_var, float momentum, float "
       "eps) -> (Tensor, Tensor, Tensor, Tensor)",
       TAPER_OP(with_update)),
    op("aten::_batch_norm_no_update(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, float momentum, float eps) -> "
       "(Tensor, Tensor, Tensor, Tensor)",
       TAPER_OP(no_update), kPure),
    op("aten::instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, float momentum, "
       "float eps, bool cudnn_enabled) -> Tensor",
       TAPER_OP(instance_norm), kSideEffect),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> batch_norm_rows() { return aten::kRows; }
}  // namespace taper::impl
