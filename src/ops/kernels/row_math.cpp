#include "ops/kernels/row_math.h"

namespace taper::impl {

#define ROW_LANES 4
namespace baseline {
#include "ops/kernels/row_math_body.inc"
}
#undef ROW_LANES

#if defined(__x86_64__)
const RowMath& row_math_avx2();
const RowMath& row_math_avx512();
#endif

const RowMath& row_math(CpuLevel level) {
#if defined(__x86_64__)
  if (level == CpuLevel::kAvx512) return row_math_avx512();
  if (level == CpuLevel::kAvx2) return row_math_avx2();
#endif
  (void)level;
  return baseline::kRowMath;
}

}  // namespace taper::impl
