// How a quantized tensor's integers stand for real numbers: (q - zero_point) * scale, for the whole tensor or for each
// index of one axis.
#pragma once

#include "core/tensor.h"

namespace taper::impl {

// c10's numbers: archives carry them.
enum class QScheme : int8_t {
  kPerTensorAffine = 0,
  kPerChannelAffine = 1,
  kPerTensorSymmetric = 2,
  kPerChannelSymmetric = 3,
  kPerChannelAffineFloatQParams = 4,
};

struct QuantizerMeta final : TensorMeta {
  QScheme scheme = QScheme::kPerTensorAffine;
  double scale = 1;  // per tensor
  int64_t zero_point = 0;
  Tensor scales;  // per channel: one entry an index of the axis
  Tensor zero_points;
  int64_t axis = 0;
};

}  // namespace taper::impl
