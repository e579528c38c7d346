#include "ops/kernels/float_math.h"

#include <cmath>

namespace taper::impl {

#define FUSED_FLOAT(a, b, c) ((a) * (b) + (c))
#define FUSED_DOUBLE(a, b, c) ((a) * (b) + (c))
namespace baseline {
#include "ops/kernels/float_math_body.inc"
}
#undef FUSED_FLOAT
#undef FUSED_DOUBLE

#if defined(__x86_64__)
const FloatMath& float_math_avx2();
const FloatMath& float_math_avx512();
const DoubleMath& double_math_avx2();
const DoubleMath& double_math_avx512();
#endif

const FloatMath& float_math(CpuLevel level) {
#if defined(__x86_64__)
  if (level == CpuLevel::kAvx512) return float_math_avx512();
  if (level == CpuLevel::kAvx2) return float_math_avx2();
#endif
  (void)level;
  return baseline::kFloatMath;
}

const DoubleMath& double_math(CpuLevel level) {
#if defined(__x86_64__)
  if (level == CpuLevel::kAvx512) return double_math_avx512();
  if (level == CpuLevel::kAvx2) return double_math_avx2();
#endif
  (void)level;
  return baseline::kDoubleMath;
}

float sin_scalar(float x) { return std::sin(x); }
float cos_scalar(float x) { return std::cos(x); }
double sin_scalar(double x) { return std::sin(x); }
double cos_scalar(double x) { return std::cos(x); }

}  // namespace taper::impl
