#include "ops/kernels/float_math.h"

namespace taper::impl {

#define FUSED_FLOAT(a, b, c) __builtin_fmaf(a, b, c)
#define FUSED_DOUBLE(a, b, c) __builtin_fma(a, b, c)
namespace avx512 {
#include "ops/kernels/float_math_body.inc"
}

const FloatMath& float_math_avx512() { return avx512::kFloatMath; }
const DoubleMath& double_math_avx512() { return avx512::kDoubleMath; }

}  // namespace taper::impl
