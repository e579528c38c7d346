// Exact comparison of values, aliases of storages included.
#pragma once

#include <string>

#include "core/value.h"

// Empty when both are equal: types, bytes, strides, element types, and which tensors share a storage.
std::string first_difference(const taper::impl::Value& a, const taper::impl::Value& b);
