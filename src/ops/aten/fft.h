// Fourier transforms of tensors; what torch.fft and the short-time transforms are made of.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

// How a transform is scaled, as PyTorch numbers it: not, by 1 / sqrt(n), by 1 / n.
enum class FftScale : int64_t { kNone = 0, kRoot = 1, kWhole = 2 };

// Over the given dimensions of a complex tensor.
Tensor fft_c2c(Context& ctx, const Tensor& self, IntView dims, FftScale scale, bool forward);
// Of a real tensor; one-sided: only the first n / 2 + 1 entries of the last of `dims`.
Tensor fft_r2c(Context& ctx, const Tensor& self, IntView dims, FftScale scale, bool onesided);
// Backwards to a real tensor of `last` entries along the last of `dims`, of which self has the first last / 2 + 1.
Tensor fft_c2r(Context& ctx, const Tensor& self, IntView dims, FftScale scale, int64_t last);

}  // namespace taper::impl::aten
