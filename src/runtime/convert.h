// Values of the host, as a method's declared types want them; and a call's arguments bound to a schema.
#pragma once

#include <span>
#include <vector>

#include "core/schema.h"
#include "runtime/module.h"

namespace taper::impl {

// The arguments in the schema's order, converted, defaults filled in. `values` begins with self for a method.
// Error(kInvalidArgument) with PyTorch's texts and the method's schema.
Vec<Value> bind_arguments(const Schema& schema, std::string_view name, Vec<Value> values, Vec<Keyword> keywords);

// "forward(Tensor x, int n=2) -> Tensor": the declaration without self.
std::string declaration(const Schema& schema, std::string_view name);

}  // namespace taper::impl
