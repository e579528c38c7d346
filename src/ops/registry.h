// The library's operator table: every row of every family, by name, overloads in PyTorch's order (schema matching takes
// the first that fits, so the order decides answers; overload_order.inc holds it).
#pragma once

#include "core/op_def.h"

namespace taper::impl {

// Built at first use, immutable afterwards, shared by all threads.
const OpTable& operator_table();
// All rows, for tests and documentation.
std::span<const OpDef* const> all_operators();

}  // namespace taper::impl
