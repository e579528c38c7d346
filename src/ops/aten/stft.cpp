// Short-time Fourier transforms and back. A signal's frames are a strided view of it; windows are padded to the frame's
// length on both sides.
#include <algorithm>
#include <cmath>

#include "ops/aten/binary.h"
#include "ops/aten/copy.h"
#include "ops/aten/factory.h"
#include "ops/aten/fft.h"
#include "ops/aten/pad.h"
#include "ops/aten/view.h"
#include "ops/families.h"
#include "ops/output.h"

namespace taper::impl::aten {
namespace {

using OptInt = std::optional<int64_t>;
using OptBool = std::optional<bool>;

std::string type_text(const Tensor& t) {
  return t.is_complex() ? cat("CPU", scalar_type_name(t.dtype()), "Type") : cat("torch.", scalar_type_name(t.dtype()), "Tensor");
}
std::string text(const MaybeTensor& window) { return window ? cat(type_text(*window), "{", window->sizes(), "}") : "None"; }
std::string text(OptBool flag) { return !flag ? "None" : *flag ? "1" : "0"; }
std::string text(OptInt number) { return number ? cat(*number) : "None"; }

// The call as PyTorch's messages begin.
struct Call {
  const char* name;
  const Tensor& self;
  int64_t n_fft, hop, length;
  const MaybeTensor& window;
  std::string rest;
  std::string head() const {
    return cat(name, "(", type_text(self), self.sizes(), ", n_fft=", n_fft, ", hop_length=", hop, ", win_length=", length, ", window=", text(window), rest);
  }
  void require(bool condition, const std::string& what) const {
    if (!condition) fail_runtime(head(), what);
  }
};

// The window in the middle of n_fft zeros.
Tensor centered(Context& ctx, const Tensor& window, int64_t n_fft) {
  int64_t missing = n_fft - window.size(0);
  return missing == 0 ? window : constant_pad(ctx, window, Dims{missing / 2, missing - missing / 2}, Scalar(0));
}

Tensor stft_center(Context& ctx, const Tensor& self, int64_t n_fft, OptInt hop_in, OptInt length_in, const MaybeTensor& window, bool center,
                   std::string_view pad_mode, bool normalized, OptBool onesided_in, OptBool complex_in, OptBool align) {
  check(!center || !align, "stft align_to_window should only be set when center = false.");
  if (!complex_in)
    check(
        self.is_complex() || (window && window->is_complex()),
        "stft requires the return_complex parameter be given for real inputs, and will further require that return_complex=True in a future PyTorch release.");
  int64_t hop = hop_in.value_or(n_fft / 4), length = length_in.value_or(n_fft);
  Call call{"stft",
            self,
            n_fft,
            hop,
            length,
            window,
            cat(", normalized=", text(OptBool(normalized)), ", onesided=", text(onesided_in), ", return_complex=", text(complex_in),
                ", align_to_window=", text(align), ") ")};
  call.require(self.is_floating() || self.is_complex(), ": expected a tensor of floating point or complex values");
  call.require(self.dim() == 1 || self.dim() == 2, ": expected a 1D or 2D tensor");
  Tensor input = self.dim() == 1 ? unsqueeze(ctx, self, 0) : self;
  if (center) {
    int64_t amount = n_fft / 2;
    Tensor image = unsqueeze(ctx, input, 0);
    if (pad_mode == "reflect" || pad_mode == "replicate" || pad_mode == "circular")
      check(image.size(1) != 0 && image.size(2) != 0,
            "Expected 2D or 3D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for "
            "input, but got: ",
            image.sizes());
    input = select(ctx, pad(ctx, image, Dims{amount, amount}, pad_mode, std::nullopt), 0, 0);
  }
  int64_t size = input.size(1);
  call.require(n_fft > 0 && n_fft <= size, cat(": expected 0 < n_fft < ", size, ", but got n_fft=", length));
  call.require(hop > 0, cat(": expected hop_length > 0, but got hop_length=", hop));
  call.require(length > 0 && length <= n_fft, cat(": expected 0 < win_length <= n_fft, but got win_length=", length));
  if (window)
    call.require(window->dim() == 1 && window->size(0) == length,
                 cat(": expected a 1D window tensor of size equal to win_length=", length, ", but got window with size ", window->sizes()));
  Tensor weights;
  if (window) weights = centered(ctx, *window, n_fft);
  else if (length < n_fft) weights = centered(ctx, full(ctx, Dims{length}, Scalar(1), self.dtype()), n_fft);

  int64_t count = 1 + (size - n_fft) / hop;
  if (align.value_or(false)) {
    int64_t side = (n_fft - length) / 2;
    input = constant_pad(ctx, input, Dims{side, side}, Scalar(0));
    count = 1 + (size - length) / hop;
    check((count - 1) * hop + n_fft <= input.size(1), "stft: ", count, " frames of ", n_fft, " entries are out of bounds for a signal of ", input.size(1));
  }
  int64_t step = 0;  // a hop that is too large belongs to a single frame
  if (__builtin_mul_overflow(hop, input.stride(1), &step)) step = 0;
  Dims sizes{input.size(0), count, n_fft}, strides{input.stride(0), step, input.stride(1)};
  Tensor frames = input.as_view(sizes, strides, input.offset());
  if (weights.defined()) frames = mul(ctx, frames, weights);
  bool onesided = onesided_in.value_or(!frames.is_complex());
  FftScale scale = normalized ? FftScale::kRoot : FftScale::kNone;
  Tensor out;
  if (frames.is_complex()) {
    check(!onesided, "Cannot have onesided output if window or input is complex");
    out = fft_c2c(ctx, frames, Dims{2}, scale, true);
  } else {
    out = fft_r2c(ctx, frames, Dims{2}, scale, onesided);
  }
  out = transpose(ctx, out, 1, 2);
  if (self.dim() == 1) out = squeeze_dim(ctx, out, 0);
  return complex_in.value_or(true) ? out : view_as_real(ctx, out);
}

Tensor stft(Context& ctx, const Tensor& self, int64_t n_fft, OptInt hop, OptInt length, const MaybeTensor& window, bool normalized, OptBool onesided,
            OptBool return_complex, OptBool align) {
  return stft_center(ctx, self, n_fft, hop, length, window, false, "constant", normalized, onesided, return_complex, align);
}

// The sum of frames laid `hop` apart: [batch, count, n] to [batch, total].
Tensor overlapped(Context& ctx, const Tensor& frames_in, int64_t hop, int64_t total) {
  Tensor frames = contiguous(ctx, frames_in);
  int64_t batch = frames.size(0), count = frames.size(1), n = frames.size(2);
  ctx.spend(frames.numel() / 100 + 1);
  Tensor out = zeros(ctx, Dims{batch, total}, frames.dtype());
  auto add = [&](auto tag) {
    using T = decltype(tag);
    const T* from = frames.data<T>();
    T* to = out.mutable_data<T>();
    for (int64_t b = 0; b < batch; ++b)
      for (int64_t f = 0; f < count; ++f)
        for (int64_t i = 0; i < n; ++i) to[b * total + f * hop + i] += *from++;
  };
  if (frames.is_complex()) visit_complex(frames.dtype(), "istft", add);
  else visit_float(frames.dtype(), "istft", add);
  return out;
}

Tensor istft(Context& ctx, const Tensor& self, int64_t n_fft, OptInt hop_in, OptInt length_in, const MaybeTensor& window, bool center, bool normalized,
             OptBool onesided_in, OptInt wanted, bool return_complex) {
  check(self.is_complex(), "istft requires a complex-valued input tensor matching the output from stft with return_complex=True.");
  int64_t hop = hop_in.value_or(n_fft / 4), length = length_in.value_or(n_fft);
  check(self.dim() >= 2, "Dimension out of range (expected to be in range of [", -self.dim() - 1, ", ", self.dim(), "], but got -3)");
  int64_t bins = self.size(-2), count = self.size(-1);
  Call call{"istft",
            self,
            n_fft,
            hop,
            length,
            window,
            cat(", center=", text(OptBool(center)), ", normalized=", text(OptBool(normalized)), ", onesided=", text(onesided_in), ", length=", text(wanted),
                ", return_complex=", text(OptBool(return_complex)), ")")};
  call.require(self.numel() > 0, " : input tensor cannot be empty.");
  call.require(self.dim() == 2 || self.dim() == 3, cat(" : expected a tensor with 3 or 4 dimensions, but got ", self.dim() + 1));
  bool onesided = onesided_in.value_or(bins != n_fft);
  if (onesided)
    call.require(bins == n_fft / 2 + 1, cat(" : expected the frequency dimension (3rd to the last) of the input tensor to match n_fft / 2 + 1 when "
                                            "onesided=True, but got ",
                                            bins));
  else
    call.require(bins == n_fft,
                 cat(" : expected the frequency dimension (3rd to the last) of the input tensor to match n_fft when onesided=False, but got ", bins));
  call.require(hop > 0 && hop <= length, " : expected 0 < hop_length <= win_length");
  call.require(length > 0 && length <= n_fft, " : expected 0 < win_length <= n_fft");
  if (window) call.require(window->dim() == 1 && window->size(0) == length, " : Invalid window shape. window has to be 1D and length of `win_length`");
  Tensor weights = centered(ctx, window ? *window : full(ctx, Dims{length}, Scalar(1), to_real(self.dtype())), n_fft);

  Tensor frames = transpose(ctx, self.dim() == 2 ? unsqueeze(ctx, self, 0) : self, 1, 2);
  FftScale scale = normalized ? FftScale::kRoot : FftScale::kWhole;
  if (return_complex) {
    check(!onesided, "Cannot have onesided output if window or input is complex");
    frames = fft_c2c(ctx, frames, Dims{2}, scale, false);
  } else {
    check(!window || !window->is_complex(), "Complex windows are incompatible with return_complex=False");
    frames = fft_c2r(ctx, frames, Dims{2}, scale, n_fft);
  }
  int64_t steps = 0, total = 0;
  check(!__builtin_mul_overflow(hop, count - 1, &steps) && !__builtin_add_overflow(steps, n_fft, &total), "istft: the signal is too long");
  Tensor y = overlapped(ctx, mul(ctx, frames, weights), hop, total);
  Tensor envelope = overlapped(ctx, expand(ctx, mul(ctx, weights, weights), Dims{1, count, n_fft}), hop, total);
  int64_t start = center ? n_fft / 2 : 0, end = total;
  if (wanted) check(!__builtin_add_overflow(start, *wanted, &end), "istft: the signal is too long");
  else if (center) end = -(n_fft / 2);
  y = slice(ctx, y, 1, start, end, 1);
  envelope = contiguous(ctx, slice(ctx, envelope, 1, start, end, 1));
  check(envelope.numel() > 0, "min(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.");
  double least = INFINITY;
  Tensor wide = to_dtype(ctx, envelope, DType::kComplexDouble);
  for (int64_t i = 0; i < wide.numel(); ++i) least = std::min(least, std::abs(wide.data<ComplexDouble>()[i]));
  call.require(!(least < 1e-11), "window overlap add min: 1");
  y = div(ctx, y, envelope);
  if (self.dim() == 2) y = squeeze_dim(ctx, y, 0);
  if (end > total) y = constant_pad(ctx, y, Dims{0, end - total}, Scalar(0));
  return y;
}

#define TAIL "bool normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None) -> Tensor"

constexpr OpDef kRows[] = {
    op("aten::stft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, " TAIL, TAPER_OP(stft), kPure),
    op("aten::stft.center(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool center=True, str "
       "pad_mode=\"reflect\", " TAIL,
       TAPER_OP(stft_center), kPure),
    op("aten::istft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool center=True, bool normalized=False, bool? "
       "onesided=None, int? length=None, bool return_complex=False) -> Tensor",
       TAPER_OP(istft), kPure),
};

}  // namespace
}  // namespace taper::impl::aten

namespace taper::impl {
std::span<const OpDef> stft_rows() { return aten::kRows; }
}  // namespace taper::impl
