#include <immintrin.h>

#include "ops/kernels/convert_rows.h"

namespace taper::impl {
namespace avx512 {
#include "ops/kernels/convert_body.inc"
}

const ConvertRow* avx512_loaders() { return avx512::kLoaders; }
const ConvertRow* avx512_storers() { return avx512::kStorers; }

}  // namespace taper::impl
