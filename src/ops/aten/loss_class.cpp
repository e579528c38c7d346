// Losses over classes: negative log-likelihood, cross entropy, and margins between classes.
#include <algorithm>
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/loss.h"
#include "ops/aten/reductions.h"
#include "ops/aten/softmax.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"
#include "ops/type_promotion.h"

namespace taper::impl::aten {
namespace {

// Targets as int64, whatever integer type PyTorch lets them have.
Tensor class_indices(Context& ctx, const Tensor& target) {
  check(target.dtype() == DType::kLong || target.dtype() == DType::kByte, "expected target dtype to be Long or Byte, but got ",
        scalar_type_name(target.dtype()));
  return contiguous(ctx, to_dtype(ctx, target, DType::kLong));
}

DType wide_type(DType dtype) { return dtype == DType::kDouble ? DType::kDouble : DType::kFloat; }

float rounded(float x, DType dtype) { return dtype == DType::kHalf ? float(Half(x)) : float(BFloat16(x)); }

// PyTorch sums half types in themselves, in a cascade of levels: each takes over the one below every 2^power elements.
struct HalfSum {
  static constexpr int kLevels = 8;
  float level[kLevels] = {};
  int power = 4;
  explicit HalfSum(int64_t count) {
    int bits = 0;
    while (bits < 62 && (int64_t(1) << bits) < count) ++bits;
    power = std::max(4, bits / kLevels);
  }
  void add(int64_t index, float x, DType dtype) {
    level[0] = rounded(level[0] + rounded(x, dtype), dtype);
    int64_t mask = (int64_t(1) << power) - 1;
    for (int k = 0; k + 1 < kLevels && !(index & (mask << (k * power))); ++k) {
      level[k + 1] = rounded(level[k + 1] + level[k], dtype);
      level[k] = 0;
    }
  }
  float total(DType dtype) const {
    float sum = 0;
    for (float x : level) sum = rounded(sum + x, dtype);
    return sum;
  }
};

// input [batch, classes, inner] in its own strides, target [batch, inner]. Gives the loss and the sum of weights.
std::tuple<Tensor, Tensor> nll(Context& ctx, const Tensor& input, const Tensor& target_in, const MaybeTensor& weight_in, int64_t reduction,
                               int64_t ignore_index, IntView batch_sizes, int64_t class_dim, const char* name) {
  int64_t classes = input.sizes()[size_t(class_dim)];
  check(!weight_in || (weight_in->dim() == 1 && weight_in->numel() == classes), "weight tensor should be defined either for all ", classes,
        " classes or no classes but got weight tensor of shape: ", weight_in ? weight_in->sizes() : IntView());
  if (!input.is_floating()) fail_dtype(name, input.dtype());
  DType dtype = input.dtype(), wide = wide_type(dtype);
  check(!weight_in || weight_in->dtype() == dtype, "expected scalar type ", scalar_type_name(dtype), " but found ",
        weight_in ? scalar_type_name(weight_in->dtype()) : std::string_view());
  Tensor target = class_indices(ctx, target_in);
  // Classes last, so that a row is one sample.
  Tensor moved = input.dim() == 1 ? input : contiguous(ctx, movedim(ctx, to_dtype(ctx, input, wide), IntView(&class_dim, 1), Dims{-1}));
  moved = contiguous(ctx, to_dtype(ctx, moved, wide));
  Tensor weight = weight_in ? contiguous(ctx, to_dtype(ctx, *weight_in, wide)) : Tensor();
  int64_t count = target.numel();
  bool none = reduction == kNoReduction && input.dim() > 1;
  Tensor loss = none ? make_tensor(batch_sizes, wide) : make_tensor(IntView(), wide), total = make_tensor(IntView(), wide);
  visit_float(wide, name, [&](auto zero) {
    using T = decltype(zero);
    const T* x = moved.data<T>();
    const T* w = weight.defined() ? weight.data<T>() : nullptr;
    const int64_t* t = target.data<int64_t>();
    T* each = none ? loss.mutable_data<T>() : nullptr;
    double sum = 0, weights = 0;
    HalfSum loss_sum(count), weight_sum(count);
    for (int64_t i = 0; i < count; ++i) {
      int64_t at = t[i];
      if (at == ignore_index) {
        if (each) each[i] = 0;
        continue;
      }
      check(at >= 0 && at < classes, "Target ", at, " is out of bounds.");
      T factor = w ? w[at] : T(1), value = -x[i * classes + at] * factor;
      if (each) each[i] = value;
      if (is_reduced_float(dtype)) {
        loss_sum.add(i, float(value), dtype);
        weight_sum.add(i, float(factor), dtype);
      } else {
        sum += value;
        weights += factor;
      }
    }
    if (is_reduced_float(dtype)) sum = loss_sum.total(dtype), weights = weight_sum.total(dtype);
    if (each) weights = 0;  // PyTorch gives none then
    *total.mutable_data<T>() = T(weights);
    if (!each) *loss.mutable_data<T>() = reduction == kMeanReduction ? T(sum / weights) : T(sum);
  });
  return {to_dtype(ctx, loss, dtype), to_dtype(ctx, total, dtype)};
}

std::tuple<Tensor, Tensor> nll_loss_forward(Context& ctx, const Tensor& self, const Tensor& target, const MaybeTensor& weight, int64_t reduction,
                                            int64_t ignore_index) {
  check(self.dim() > 0 && self.dim() <= 2, "input tensor should be 1D or 2D");
  check(target.dim() <= 1, "0D or 1D target tensor expected, multi-target not supported");
  check(!(self.dim() == 1 && target.dim() == 1) || target.numel() == 1,
        "For 1D input, 1D target must have size 1, but got target size: ", target.dim() == 1 ? target.sizes()[0] : int64_t(0));
  check(self.dim() == 1 || (target.dim() == 1 && self.sizes()[0] == target.sizes()[0]), "size mismatch (got input: ", self.sizes(),
        ", target: ", target.sizes(), ")");
  return nll(ctx, self, target, weight, reduction, ignore_index, self.dim() == 2 ? self.sizes().first(1) : IntView(), self.dim() - 1, "nll_loss_out_frame");
}
Tensor nll_loss(Context& ctx, const Tensor& self, const Tensor& target, const MaybeTensor& weight, int64_t reduction, int64_t ignore_index) {
  return std::get<0>(nll_loss_forward(ctx, self, target, weight, reduction, ignore_index));
}

std::tuple<Tensor, Tensor> nll_loss2d_forward(Context& ctx, const Tensor& self, const Tensor& target, const MaybeTensor& weight, int64_t reduction,
                                              int64_t ignore_index) {
  check(target.dim() == 3, "only batches of spatial targets supported (3D tensors) but got targets of dimension: ", target.dim());
  check(self.dim() == 4, "only batches of spatial inputs supported (4D tensors), but got input of dimension: ", self.dim());
  IntView x = self.sizes(), t = target.sizes();
  check(x[0] == t[0] && x[2] == t[1] && x[3] == t[2], "size mismatch (got input: ", x, " , target: ", t, "");
  return nll(ctx, self, target, weight, reduction, ignore_index, t, 1, "nll_loss2d_forward_out_frame");
}
Tensor nll_loss2d(Context& ctx, const Tensor& self, const Tensor& target, const MaybeTensor& weight, int64_t reduction, int64_t ignore_index) {
  return std::get<0>(nll_loss2d_forward(ctx, self, target, weight, reduction, ignore_index));
}

Tensor nll_loss_nd(Context& ctx, const Tensor& self, const Tensor& target, const MaybeTensor& weight, int64_t reduction, int64_t ignore_index) {
  check(self.dim() >= 1, "Expected 1 or more dimensions (got ", self.dim(), ")");
  check(self.dim() == 1 || (target.dim() > 0 && self.sizes()[0] == target.sizes()[0]), "Expected input batch_size (", self.sizes()[0],
        ") to match target batch_size (", target.dim() > 0 ? target.sizes()[0] : int64_t(0), ").");
  if (self.dim() <= 2) return nll_loss(ctx, self, target, weight, reduction, ignore_index);
  if (self.dim() == 4) return nll_loss2d(ctx, self, target, weight, reduction, ignore_index);
  Dims wanted{self.sizes()[0]};
  for (size_t d = 2; d < self.sizes().size(); ++d) wanted.push_back(self.sizes()[d]);
  check(same(IntView(wanted).subspan(1), target.sizes().subspan(1)), "Expected target size ", IntView(wanted), ", got ", target.sizes());
  Tensor loss = std::get<0>(nll(ctx, self, target, weight, reduction, ignore_index, wanted, 1, "nll_loss2d_forward_out_frame"));
  return loss;
}

Tensor number(Context& ctx, const Scalar& value, DType dtype) { return full(ctx, {}, value, dtype); }

// Weights per class along dimension `dim` of a tensor of `dims` dimensions.
Tensor along(Context& ctx, const Tensor& weight, int64_t dim, int64_t dims) {
  Dims sizes(size_t(dims), 1);
  sizes[size_t(dim)] = weight.numel();
  return view(ctx, contiguous(ctx, weight), sizes);
}

Tensor probability_entropy(Context& ctx, const Tensor& self, const Tensor& target_in, const MaybeTensor& weight, int64_t reduction, double smoothing) {
  int64_t dim = self.dim() == 1 ? 0 : 1, classes = self.sizes()[size_t(dim)];
  check(!weight || (weight->dim() == 1 && weight->numel() == classes), "cross_entropy: weight tensor should be defined either for all ", classes,
        " classes or no classes but got weight tensor of shape: ", weight ? weight->sizes() : IntView());
  Tensor scores = log_softmax(ctx, self, dim, self.dtype()), target = target_in;
  if (smoothing > 0) {
    check(smoothing <= 1, "label_smoothing must be between 0.0 and 1.0. Got: ", smoothing);
    target = add(ctx, mul(ctx, target, wrapped_number(Scalar(1 - smoothing))), wrapped_number(Scalar(smoothing / double(classes))));
  }
  Tensor product = mul(ctx, scores, target);
  if (weight) product = mul(ctx, product, along(ctx, *weight, dim, self.dim()));
  Tensor minus = number(ctx, Scalar(-1.0), product.dtype());
  if (reduction == kNoReduction) return mul(ctx, sum(ctx, product, IntView(&dim, 1), false), minus);
  Tensor total = mul(ctx, sum(ctx, product, std::nullopt, false), minus);
  if (reduction == kSumReduction) return total;
  double samples = classes > 0 ? double(product.numel() / classes) : 0;
  return div(ctx, total, wrapped_number(Scalar(samples)));
}

Tensor smoothed_entropy(Context& ctx, const Tensor& self, const Tensor& target_in, const MaybeTensor& weight, int64_t reduction, int64_t ignore_index,
                        double smoothing) {
  check(smoothing > 0 && smoothing <= 1, "label_smoothing must be between 0.0 and 1.0. Got: ", smoothing);
  int64_t dim = self.dim() == 1 ? 0 : 1, classes = self.sizes()[size_t(dim)];
  Tensor scores = log_softmax(ctx, self, dim, self.dtype());
  Tensor plain = nll_loss_nd(ctx, scores, target_in, weight, reduction, ignore_index);
  Tensor spread = weight ? mul(ctx, scores, along(ctx, *weight, dim, self.dim())) : scores;
  spread = mul(ctx, sum(ctx, spread, IntView(&dim, 1), false), number(ctx, Scalar(-1.0), spread.dtype()));
  Tensor smooth = clone(ctx, spread, MemoryFormat::kContiguous);
  Tensor target = class_indices(ctx, target_in);
  Tensor weights = weight ? contiguous(ctx, to_dtype(ctx, *weight, DType::kDouble)) : Tensor();
  check(smooth.numel() == target.numel(), "cross_entropy: the target's size does not fit");
  // Ignored samples count nothing; the mean goes over the weights of the others.
  double total_weight = 0;
  Tensor wide = to_dtype(ctx, smooth, DType::kDouble, true);
  double* values = wide.mutable_data<double>();
  double total = 0;
  for (int64_t i = 0, n = target.numel(); i < n; ++i) {
    int64_t at = target.data<int64_t>()[i];
    if (at == ignore_index) {
      values[i] = 0;
      continue;
    }
    check(at >= 0 && at < classes, "Target ", at, " is out of bounds.");
    total_weight += weights.defined() ? weights.data<double>()[at] : 1;
    total += values[i];
  }
  Tensor part;
  if (reduction == kNoReduction) part = to_dtype(ctx, wide, smooth.dtype());
  else part = number(ctx, Scalar(total), smooth.dtype());
  if (reduction == kMeanReduction) part = div(ctx, part, number(ctx, Scalar(total_weight), smooth.dtype()));
  return add(ctx, mul(ctx, plain, wrapped_number(Scalar(1 - smoothing))), mul(ctx, part, wrapped_number(Scalar(smoothing / double(classes)))));
}

Tensor cross_entropy_loss(Context& ctx, const Tensor& self, const Tensor& target, const MaybeTensor& weight, int64_t reduction, int64_t ignore_index,
                          double smoothing) {
  if (same(self.sizes(), target.sizes())) {
    check(target.is_floating(), "Expected floating point type for target with class probabilities, got ", scalar_type_name(target.dtype()));
    check(ignore_index < 0, "ignore_index is not supported for floating point target");
    check(self.dim() > 0, "Dimension specified as 0 but tensor has no dimensions");
    return probability_entropy(ctx, self, target, weight, reduction, smoothing);
  }
  check(self.dim() >= 1, "Expected 1 or more dimensions (got ", self.dim(), ")");
  if (smoothing != 0) return smoothed_entropy(ctx, self, target, weight, reduction, ignore_index, smoothing);
  return nll_loss_nd(ctx, log_softmax(ctx, self, self.dim() == 1 ? 0 : 1, self.dtype()), target, weight, reduction, ignore_index);
}

// Losses of one sample's row of scores.
struct Rows {
  int64_t count, classes;
};

Rows margin_rows(const Tensor& self) {
  bool vector = self.dim() <= 1;
  int64_t classes = self.dim() == 0 ? 1 : self.size(-1);
  check((self.dim() <= 2) && classes != 0, "Expected non-empty vector or matrix with optional 0-dim batch size, but got: ", self.sizes());
  return {vector ? int64_t(1) : self.sizes()[0], classes};
}

Tensor multi_margin_loss(Context& ctx, const Tensor& self, const Tensor& target_in, const Scalar& p, const Scalar& margin, const MaybeTensor& weight_in,
                         int64_t reduction) {
  Rows rows = margin_rows(self);
  check(p.to_double() == 1 || p.to_double() == 2, "only p == 1 and p == 2 supported");
  check(target_in.dim() <= 1 && target_in.numel() == rows.count,
        "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples (batch size). "
        "Expected target size [",
        rows.count, "], but got ", target_in.sizes(), ". Input has shape ", self.sizes(), ".");
  check(!weight_in || (weight_in->dim() <= 1 && weight_in->numel() == rows.classes), "inconsistent weight size, expected ", rows.classes, " but got ",
        weight_in ? weight_in->sizes() : IntView());
  check(target_in.dtype() == DType::kLong, "expected scalar type Long but found ", scalar_type_name(target_in.dtype()));
  if (!self.is_floating()) fail_dtype("multi_margin_loss_cpu", self.dtype());
  DType wide = wide_type(self.dtype());
  Tensor input = contiguous(ctx, to_dtype(ctx, self, wide)), target = contiguous(ctx, target_in);
  Tensor weight = weight_in ? contiguous(ctx, to_dtype(ctx, *weight_in, wide)) : Tensor();
  bool squared = p.to_double() == 2;
  double gap = margin.to_double(), total = 0;
  bool none = reduction == kNoReduction && target_in.dim() > 0;
  Tensor loss = none ? make_tensor({rows.count}, wide) : make_tensor(IntView(), wide);
  visit_float(wide, "multi_margin_loss", [&](auto zero) {
    using T = decltype(zero);
    T* out = loss.mutable_data<T>();
    for (int64_t i = 0; i < rows.count; ++i) {
      const T* x = input.data<T>() + i * rows.classes;
      int64_t at = target.data<int64_t>()[i];
      check(at >= 0 && at < rows.classes, "target out of range");
      double sum = 0;
      for (int64_t d = 0; d < rows.classes; ++d) {
        if (d == at) continue;
        double z = gap - double(x[at]) + double(x[d]);
        if (z > 0) sum += (squared ? z * z : z) * (weight.defined() ? double(weight.data<T>()[at]) : 1);
      }
      sum /= double(rows.classes);
      if (none) out[i] = T(sum);
      total += sum;
    }
    if (!none) *out = T(reduction == kMeanReduction ? total / double(rows.count) : total);
  });
  return to_dtype(ctx, loss, self.dtype());
}

std::tuple<Tensor, Tensor> multilabel_margin_forward(Context& ctx, const Tensor& self, const Tensor& target_in, int64_t reduction) {
  Rows rows = margin_rows(self);
  check(self.dim() <= 1 ? target_in.dim() <= 1 && target_in.numel() == rows.classes : same(self.sizes(), target_in.sizes()),
        "inconsistent target size: ", target_in.sizes(), " for input of size: ", self.sizes());
  check(target_in.dtype() == DType::kLong, "expected scalar type Long but found ", scalar_type_name(target_in.dtype()));
  if (!self.is_floating()) fail_dtype("multilabel_margin_loss_forward_out_frame", self.dtype());
  DType wide = wide_type(self.dtype());
  Tensor input = contiguous(ctx, to_dtype(ctx, self, wide)), target = contiguous(ctx, target_in);
  bool none = reduction == kNoReduction && target_in.dim() > 1;
  Tensor loss = none ? make_tensor({rows.count}, wide) : make_tensor(IntView(), wide);
  Tensor is_target = zeros(ctx, target_in.sizes(), wide);
  double total = 0;
  visit_float(wide, "multilabel_margin_loss", [&](auto zero) {
    using T = decltype(zero);
    T* out = loss.mutable_data<T>();
    for (int64_t i = 0; i < rows.count; ++i) {
      const T* x = input.data<T>() + i * rows.classes;
      const int64_t* t = target.data<int64_t>() + i * rows.classes;
      T* mark = is_target.mutable_data<T>() + i * rows.classes;
      // A list of classes ends at its first -1.
      for (int64_t k = 0; k < rows.classes; ++k) check(t[k] >= -1 && t[k] < rows.classes, "argument #2 'target' is out of range");
      for (int64_t k = 0; k < rows.classes && t[k] >= 0; ++k) mark[t[k]] = 1;
      double sum = 0;
      for (int64_t k = 0; k < rows.classes && t[k] >= 0; ++k)
        for (int64_t d = 0; d < rows.classes; ++d)
          if (mark[d] == 0) {
            double z = 1 - double(x[t[k]]) + double(x[d]);
            if (z > 0) sum += z;
          }
      sum /= double(rows.classes);
      if (none) out[i] = T(sum);
      total += sum;
    }
    if (!none) *out = T(reduction == kMeanReduction ? total / double(rows.count) : total);
  });
  return {to_dtype(ctx, loss, self.dtype()), to_dtype(ctx, is_target, self.dtype())};
}
Tensor multilabel_margin_loss(Context& ctx, const Tensor& self, const Tensor& target, int64_t reduction) {
  return std::get<0>(multilabel_margin_forward(ctx, self, target, reduction));
}

constexpr OpDef kRows[] = {
    op("aten::nll_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100) -> Tensor", TAPER_OP(nll_loss), kPure),
    op_out("aten::nll_loss.out(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100, *, Tensor(a!) out) -> "
           "Tensor(a!)",
           TAPER_OP(nll_loss)),
    op("aten::nll_loss_forward(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index) -> (Tensor output, Tensor total_weight)",
       TAPER_OP(nll_loss_forward), kPure),
    op_out<2>("aten::nll_loss_forward.output(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index, *, Tensor(a!) output, "
              "Tensor(b!) total_weight) -> (Tensor(a!), Tensor(b!))",
              TAPER_OP(nll_loss_forward)),
    op("aten::nll_loss2d(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100) -> Tensor", TAPER_OP(nll_loss2d), kPure),
    op_out("aten::nll_loss2d.out(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100, *, Tensor(a!) out) -> "
           "Tensor(a!)",
           TAPER_OP(nll_loss2d)),
    op("aten::nll_loss2d_forward(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index) -> (Tensor output, Tensor total_weight)",
       TAPER_OP(nll_loss2d_forward), kPure),
    op_out<2>("aten::nll_loss2d_forward.output(Tensor self, Tensor target, Tensor? weight, int reduction, SymInt ignore_index, *, Tensor(a!) output, "
              "Tensor(b!) total_weight) -> (Tensor(a!), Tensor(b!))",
              TAPER_OP(nll_loss2d_forward)),
    op("aten::nll_loss_nd(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100) -> Tensor", TAPER_OP(nll_loss_nd), kPure),
    op("aten::cross_entropy_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, SymInt ignore_index=-100, float label_smoothing=0.) -> "
       "Tensor",
       TAPER_OP(cross_entropy_loss), kPure),
    op("aten::multi_margin_loss(Tensor self, Tensor target, Scalar p=1, Scalar margin=1, Tensor? weight=None, int reduction=1) -> Tensor",
       TAPER_OP(multi_margin_loss), kPure),
    op_out("aten::multi_margin_loss.out(Tensor self, Tensor target, Scalar p=1, Scalar margin=1, Tensor? weight=None, int reduction=1, *, Tensor(a!) out) "
           "-> Tensor(a!)",
           TAPER_OP(multi_margin_loss)),
    op("aten::multilabel_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor", TAPER_OP(multilabel_margin_loss), kPure),
    op_out("aten::multilabel_margin_loss.out(Tensor self, Tensor target, int reduction=1, *, Tensor(a!) out) -> Tensor(a!)", TAPER_OP(multilabel_margin_loss)),
    op("aten::multilabel_margin_loss_forward(Tensor self, Tensor target, int reduction) -> (Tensor output, Tensor is_target)",
       TAPER_OP(multilabel_margin_forward), kPure),
    op_out<2>("aten::multilabel_margin_loss_forward.output(Tensor self, Tensor target, int reduction, *, Tensor(a!) output, Tensor(b!) is_target) -> "
              "(Tensor(a!), Tensor(b!))",
              TAPER_OP(multilabel_margin_forward)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> loss_class_rows() { return aten::kRows; }
}  // namespace taper::impl
