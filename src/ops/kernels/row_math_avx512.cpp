#include "ops/kernels/row_math.h"

namespace taper::impl {

#define ROW_LANES 16
#define ROW_EVEN 0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31
namespace avx512 {
#include "ops/kernels/row_math_body.inc"
}
#undef ROW_LANES
#undef ROW_EVEN

const RowMath& row_math_avx512() { return avx512::kRowMath; }

}  // namespace taper::impl
