#include "ops/kernels/row_math.h"

namespace taper::impl {

#define ROW_LANES 8
#define ROW_EVEN 0, 2, 4, 6, 9, 11, 13, 15
namespace avx2 {
#include "ops/kernels/row_math_body.inc"
}
#undef ROW_LANES
#undef ROW_EVEN

const RowMath& row_math_avx2() { return avx2::kRowMath; }

}  // namespace taper::impl
