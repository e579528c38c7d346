// Values as Python's print shows them, tensors as PyTorch does.
#pragma once

#include <string>

#include "core/value.h"

namespace taper::impl {

// print(value): a string stands without quotes, except inside a container.
std::string print_value(const Value& value);
// repr(value)
std::string repr_value(const Value& value);
// repr(tensor) with the torch.set_printoptions defaults: "tensor([1., 2.])".
std::string repr_tensor(const Tensor& tensor);

}  // namespace taper::impl
