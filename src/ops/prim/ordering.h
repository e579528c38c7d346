// Equality and order of TorchScript values as list and dict builtins see them.
#pragma once

#include "core/context.h"

namespace taper::impl {

// a == b for element types that builtins compare: numbers, strings, devices, enums, one-element tensors, and lists and
// tuples of these. Objects compare through their __eq__.
bool values_equal(Context& ctx, const Value& a, const Value& b);

// a < b for numbers, strings, one-element tensors, tuples (elementwise), and objects with __lt__.
bool value_less(Context& ctx, const Value& a, const Value& b);

// The only element of a tensor as a number; PyTorch's text when there are several.
Scalar single_element(const Tensor& tensor);

// Throws PyTorch's text unless the values are objects with __lt__ or tuples of what has an order, all of one type.
void check_sortable(const Vec<Value>& items);

// Sorts in place as list.sort does.
void sort_values(Context& ctx, Vec<Value>& items, bool reverse);

}  // namespace taper::impl
