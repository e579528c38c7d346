// Vector conversions between the common dtypes and the compute types, one copy per CPU level (convert_body.inc); the
// plain ones in convert.cpp serve every other pair and the baseline.
#pragma once

#include "ops/convert.h"

namespace taper::impl {

struct ConvertRow {
  ComputeType type = ComputeType::kFloat;
  DType dtype = DType::kUndefined;
  MoveRows move = nullptr;  // null ends the list
};

// Null where the level has none.
const ConvertRow* vector_loaders(CpuLevel level);
const ConvertRow* vector_storers(CpuLevel level);

}  // namespace taper::impl
