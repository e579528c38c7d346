#include <immintrin.h>

#include "ops/kernels/convert_rows.h"

namespace taper::impl {
namespace avx2 {
#include "ops/kernels/convert_body.inc"
}

const ConvertRow* avx2_loaders() { return avx2::kLoaders; }
const ConvertRow* avx2_storers() { return avx2::kStorers; }

}  // namespace taper::impl
