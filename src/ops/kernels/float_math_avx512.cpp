#include "ops/kernels/float_math.h"

namespace taper::impl {

#define FMA(a, b, c) __builtin_fmaf(a, b, c)
namespace avx512 {
#include "ops/kernels/float_math_body.inc"
}
#undef FMA

const FloatMath& float_math_avx512() { return avx512::kMath; }

}  // namespace taper::impl
