// Values as TorchScript's str(), format() and print() write them: the way C++ streams show them in PyTorch, which is not
// Python's (1.0 is "1.", a string in a list has no quotes, a tensor is " 1\n 2\n[ CPUFloatType{2} ]").
#pragma once

#include <string>

#include "core/value.h"

namespace taper::impl {

void append_value(std::string& out, const Value& value);
void append_float(std::string& out, double value);
void append_tensor(std::string& out, const Tensor& tensor);

}  // namespace taper::impl
