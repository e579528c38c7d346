#include "ops/kernels/row_math.h"

#include <immintrin.h>

namespace taper::impl {

#define ROW_LANES 8
namespace avx2 {
#include "ops/kernels/row_math_body.inc"
}
#undef ROW_LANES

const RowMath& row_math_avx2() { return avx2::kRowMath; }

}  // namespace taper::impl
