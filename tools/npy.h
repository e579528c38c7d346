// numpy's .npy files.
#pragma once

#include <string>

#include "core/tensor.h"

namespace taper::impl {

// A tensor with the array's shape and order (Fortran order keeps its strides); Error(kInvalidFile) on anything unsound,
// Error(kUnsupported) naming a dtype that tensors do not have.
Tensor read_npy(const std::string& path);

}  // namespace taper::impl
