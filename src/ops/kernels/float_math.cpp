#include "ops/kernels/float_math.h"

namespace taper::impl {

#define FMA(a, b, c) ((a) * (b) + (c))
namespace baseline {
#include "ops/kernels/float_math_body.inc"
}
#undef FMA

#if defined(__x86_64__)
const FloatMath& float_math_avx2();
const FloatMath& float_math_avx512();
#endif

const FloatMath& float_math(CpuLevel level) {
#if defined(__x86_64__)
  if (level == CpuLevel::kAvx512) return float_math_avx512();
  if (level == CpuLevel::kAvx2) return float_math_avx2();
#endif
  (void)level;
  return baseline::kMath;
}

}  // namespace taper::impl
