// Connectionist temporal classification: ctc_loss.
//
// A target with blanks around and between its labels has 2 * length + 1 states; alpha[t, s] is the logarithm of the
// probability of all ways through the first t inputs that end in state s.
#include <algorithm>
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/loss.h"
#include "ops/aten/reductions.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

constexpr const char* kWhile = " (while checking arguments for ctc_loss_allocate_outputs)";

struct Sequence {
  const int64_t* labels;
  int64_t blank, length;
  int64_t at(int64_t state) const { return state & 1 ? labels[state / 2] : blank; }
};

// log(exp(a) + exp(b) + exp(c))
template <class T>
T log_sum(T a, T b, T c) {
  T high = a;
  if (b > high) high = b;
  if (c > high) high = c;
  if (high == -std::numeric_limits<T>::infinity()) high = 0;
  return std::log(std::exp(a - high) + std::exp(b - high) + std::exp(c - high)) + high;
}

// Fills alpha [inputs, width] and gives the negative logarithm of the target's probability. Input t's row of scores lies at
// scores + t * step, with `across` between labels.
template <class T>
T forward(const T* scores, int64_t step, int64_t across, int64_t inputs, const Sequence& target, T* alpha, int64_t width) {
  constexpr T kNone = -std::numeric_limits<T>::infinity();
  if (inputs == 0) return -(target.length == 0 ? T(0) : kNone);
  int64_t states = 2 * target.length + 1;
  alpha[0] = scores[target.blank * across];
  if (target.length > 0) alpha[1] = scores[target.at(1) * across];
  for (int64_t t = 1; t < inputs; ++t) {
    const T* before = alpha + (t - 1) * width;
    for (int64_t s = 0; s < states; ++s) {
      bool jumps = s > 1 && target.at(s) != target.at(s - 2);
      alpha[t * width + s] = log_sum(before[s], s > 0 ? before[s - 1] : kNone, jumps ? before[s - 2] : kNone) + scores[t * step + target.at(s) * across];
    }
  }
  const T* last = alpha + (inputs - 1) * width;
  return target.length == 0 ? -last[0] : -log_sum(last[2 * target.length], last[2 * target.length - 1], kNone);
}

std::tuple<Tensor, Tensor> ctc_forward(Context& ctx, const Tensor& scores, const Tensor& targets_in, IntView input_lengths, IntView target_lengths,
                                       int64_t blank, bool) {
  if (scores.dtype() != DType::kFloat && scores.dtype() != DType::kDouble) fail_dtype("ctc_loss_cpu", scores.dtype());
  check(scores.numel() > 0, "log_probs tensor must not be empty");
  check(scores.dim() == 3, "Expected 3-dimensional tensor, but got ", scores.dim(), "-dimensional tensor for argument #1 'log_probs'", kWhile);
  check(targets_in.dim() == 1 || targets_in.dim() == 2, "Expected 1 to 2 dimensions, but got ", targets_in.dim(),
        "-dimensional tensor for argument #2 'targets'", kWhile);
  int64_t times = scores.size(0), batch = scores.size(1), labels = scores.size(2);
  check(blank >= 0 && blank < labels, "blank must be in label range");
  check(targets_in.dtype() == DType::kInt || targets_in.dtype() == DType::kLong,
        "Expected tensor for argument #2 'targets' to have scalar type Int; but got torch.", scalar_type_name(targets_in.dtype()), "Tensor instead", kWhile);
  check(int64_t(input_lengths.size()) == batch, "input_lengths must be of size batch_size");
  check(int64_t(target_lengths.size()) == batch, "target_lengths must be of size batch_size");
  bool joined = targets_in.dim() == 1;
  int64_t longest = 0, total = 0, size = targets_in.size(-1);
  for (int64_t length : target_lengths) {
    check(length >= 0, "Expected target_lengths to have value at least 0, but got value ", length, kWhile);
    longest = std::max(longest, length);
    total = length > INT64_MAX - total ? INT64_MAX : total + length;
  }
  if (joined) {
    check(total == size, "Expected tensor to have size ", total, " at dimension 0, but got size ", size, " for argument #2 'targets'", kWhile);
  } else {
    check(targets_in.size(0) == batch, "Expected tensor to have size ", batch, " at dimension 0, but got size ", targets_in.size(0),
          " for argument #2 'targets'", kWhile);
    check(longest <= size, "Expected tensor to have size at least ", longest, " at dimension 1, but got size ", size, " for argument #2 'targets'", kWhile);
  }
  for (int64_t length : input_lengths) {
    check(length >= 0, "Expected input_lengths to have value at least 0, but got value ", length, kWhile);
    check(length <= times, "Expected input_lengths to have value at most ", times, ", but got value ", length, kWhile);
  }
  Tensor targets = contiguous(ctx, to_dtype(ctx, targets_in, DType::kLong));
  int64_t width = 2 * longest + 1;
  Tensor alpha = full(ctx, Dims{batch, times, width}, Scalar(-HUGE_VAL), scores.dtype()), loss = make_tensor({batch}, scores.dtype());
  visit_float(scores.dtype(), "ctc_loss_cpu", [&](auto zero) {
    using T = decltype(zero);
    const int64_t* next = targets.data<int64_t>();
    for (int64_t b = 0; b < batch; ++b) {
      Sequence target{next, blank, target_lengths[size_t(b)]};
      for (int64_t i = 0; i < target.length; ++i)
        check(next[i] >= 0 && next[i] < labels, "ctc_loss: label ", next[i], " lies outside of the ", labels, " that log_probs has");
      next += joined ? target.length : size;
      int64_t inputs = input_lengths[size_t(b)];
      ctx.spend(inputs * (2 * target.length + 1) / 20 + 1);
      loss.mutable_data<T>()[b] = forward(scores.data<T>() + b * scores.stride(1), scores.stride(0), scores.stride(2), inputs, target,
                                          alpha.mutable_data<T>() + b * times * width, width);
    }
  });
  return {loss, alpha};
}

Dims lengths_of(Context& ctx, const Tensor& lengths, const char* name) {
  check(!lengths.is_floating() && !lengths.is_complex() && lengths.dtype() != DType::kBool, name, " must be integral");
  Tensor own = contiguous(ctx, to_dtype(ctx, lengths, DType::kLong));
  return Dims(IntView(own.data<int64_t>(), size_t(own.numel())));
}
std::tuple<Tensor, Tensor> ctc_forward_tensor(Context& ctx, const Tensor& scores, const Tensor& targets, const Tensor& input_lengths,
                                              const Tensor& target_lengths, int64_t blank, bool zero_infinity) {
  Dims inputs = lengths_of(ctx, input_lengths, "input_lengths"), labels = lengths_of(ctx, target_lengths, "target_lengths");
  return ctc_forward(ctx, scores, targets, inputs, labels, blank, zero_infinity);
}

Tensor ctc_loss(Context& ctx, const Tensor& scores, const Tensor& targets, IntView input_lengths, IntView target_lengths, int64_t blank, int64_t reduction,
                bool zero_infinity) {
  bool batched = scores.dim() == 3;
  Tensor loss = std::get<0>(ctc_forward(ctx, batched ? scores : unsqueeze(ctx, scores, 1), targets, input_lengths, target_lengths, blank, zero_infinity));
  if (zero_infinity)
    visit_float(loss.dtype(), "ctc_loss", [&](auto zero) {
      using T = decltype(zero);
      T* x = loss.mutable_data<T>();
      for (int64_t i = 0; i < loss.numel(); ++i)
        if (x[i] == std::numeric_limits<T>::infinity()) x[i] = 0;
    });
  if (reduction == kMeanReduction) {
    Tensor lengths = make_tensor({int64_t(target_lengths.size())}, DType::kLong);
    for (size_t i = 0; i < target_lengths.size(); ++i) lengths.mutable_data<int64_t>()[i] = std::max<int64_t>(target_lengths[i], 1);
    return mean(ctx, div(ctx, loss, to_dtype(ctx, lengths, loss.dtype())), std::nullopt, false);
  }
  if (reduction == kSumReduction) return sum(ctx, loss, std::nullopt, false);
  return batched ? loss : squeeze_dim(ctx, loss, 0);
}
Tensor ctc_loss_tensor(Context& ctx, const Tensor& scores, const Tensor& targets, const Tensor& input_lengths, const Tensor& target_lengths, int64_t blank,
                       int64_t reduction, bool zero_infinity) {
  Dims inputs = lengths_of(ctx, input_lengths, "input_lengths"), labels = lengths_of(ctx, target_lengths, "target_lengths");
  return ctc_loss(ctx, scores, targets, inputs, labels, blank, reduction, zero_infinity);
}

constexpr OpDef kRows[] = {
    op("aten::ctc_loss.IntList(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, int reduction=1, bool "
       "zero_infinity=False) -> Tensor",
       TAPER_OP(ctc_loss), kPure),
    op("aten::ctc_loss.Tensor(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank=0, int reduction=1, bool "
       "zero_infinity=False) -> Tensor",
       TAPER_OP(ctc_loss_tensor), kPure),
    op("aten::_ctc_loss(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, bool zero_infinity=False) -> (Tensor, Tensor)",
       TAPER_OP(ctc_forward), kPure),
    op("aten::_ctc_loss.Tensor(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank=0, bool zero_infinity=False) -> (Tensor, "
       "Tensor)",
       TAPER_OP(ctc_forward_tensor), kPure),
    op_out<2>("aten::_ctc_loss.out(Tensor log_probs, Tensor targets, int[] input_lengths, int[] target_lengths, int blank=0, bool zero_infinity=False, *, "
              "Tensor(a!) out0, Tensor(b!) out1) -> (Tensor(a!), Tensor(b!))",
              TAPER_OP(ctc_forward)),
    op_out<2>(
        "aten::_ctc_loss.Tensor_out(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank=0, bool zero_infinity=False, *, "
        "Tensor(a!) out0, Tensor(b!) out1) -> (Tensor(a!), Tensor(b!))",
        TAPER_OP(ctc_forward_tensor)),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> loss_ctc_rows() { return aten::kRows; }
}  // namespace taper::impl
