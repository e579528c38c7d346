// Is an answer what was recorded? The rules of conformance cases: dtype, shape and kind agree; floats within tolerance,
// NaN equals NaN; integers, bools and strings exactly.
#pragma once

#include <string>

#include "core/value.h"

namespace taper::impl {

struct Tolerance {
  double rtol = 0, atol = 0;
  bool shape_only = false;  // the values of tensors are open, shape and dtype are not
};

struct Difference {
  bool equal = true;
  double max_abs = 0, max_rel = 0;  // over all floating-point values that were compared
  std::string message;              // where the first difference is, and what it is
};

// A list stands for a tuple and the other way round; a device for its name; an enum for its value; an object of a
// script class for nothing.
Difference compare_values(const Value& actual, const Value& expected, const Tolerance& tolerance);

}  // namespace taper::impl
