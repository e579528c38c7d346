#include "ops/kernels/float_math.h"

namespace taper::impl {

#define FMA(a, b, c) __builtin_fmaf(a, b, c)
namespace avx2 {
#include "ops/kernels/float_math_body.inc"
}
#undef FMA

const FloatMath& float_math_avx2() { return avx2::kMath; }

}  // namespace taper::impl
