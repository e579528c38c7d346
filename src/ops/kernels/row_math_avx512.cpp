#include "ops/kernels/row_math.h"

#include <immintrin.h>

namespace taper::impl {

#define ROW_LANES 16
namespace avx512 {
#include "ops/kernels/row_math_body.inc"
}
#undef ROW_LANES

const RowMath& row_math_avx512() { return avx512::kRowMath; }

}  // namespace taper::impl
