// The tables of operator rows, one a family. families.def lists them; registry.cpp puts them together.
#pragma once

#include <span>

#include "core/op_def.h"

namespace taper::impl {

#define X(name) std::span<const OpDef> name##_rows();
#include "ops/families.def"
#undef X

}  // namespace taper::impl
