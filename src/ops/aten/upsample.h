// Resampling of images: every mode is a table per axis of which input elements an output element mixes, with which weights.
#pragma once

#include "core/boxing.h"

namespace taper::impl::aten {

enum class Resampling { kNearest, kNearestExact, kLinear, kCubic, kLinearAntialias, kCubicAntialias, kLanczosAntialias };

// input [batch, channels, spatial...] to [batch, channels, output_size...]. `scales` may be empty: one factor an axis that
// replaces input / output in the position of the samples.
Tensor resample(Context& ctx, const Tensor& input, IntView output_size, Resampling mode, bool align_corners, std::span<const std::optional<double>> scales);

// The output size or, when that is missing, the input's times the factors, which then also give the positions.
Tensor resample_by(Context& ctx, const Tensor& input, size_t spatial, std::optional<IntView> output_size, std::optional<FloatView> factors, Resampling mode,
                   bool align_corners);

}  // namespace taper::impl::aten
