// How images lie in memory.
#pragma once

#include "core/tensor.h"

namespace taper::impl::aten {

// PyTorch's suggestion for results made of this tensor: the strides of a 4-d or 5-d tensor read as channels last, also
// where a size of 1 leaves that open.
inline bool suggests_channels_last(const Tensor& t) {
  IntView sizes = t.sizes(), strides = t.strides();
  size_t dims = sizes.size();
  if ((dims != 4 && dims != 5) || strides[1] == 0) return false;
  int64_t least = 0;
  for (size_t k = 0; k < dims; ++k) {
    size_t d = k == 0 ? 1 : k + 1 == dims ? 0 : dims - k;  // channels, the spatial dimensions from the last, the batch
    if (sizes[d] == 0 || strides[d] < least || (d == 0 && least == strides[1])) return false;
    least = strides[d];
    if (sizes[d] > 1) least *= sizes[d];
  }
  return true;
}

// A fresh tensor, channels last or row-major.
inline Tensor make_image(IntView sizes, DType dtype, bool channels_last) {
  return channels_last ? make_tensor_strided(sizes, channels_last_strides(sizes), dtype) : make_tensor(sizes, dtype);
}

}  // namespace taper::impl::aten
