#include "ops/kernels/convert_rows.h"

namespace taper::impl {

#if defined(__x86_64__)
const ConvertRow* avx2_loaders();
const ConvertRow* avx2_storers();
const ConvertRow* avx512_loaders();
const ConvertRow* avx512_storers();

const ConvertRow* vector_loaders(CpuLevel level) { return level == CpuLevel::kAvx512 ? avx512_loaders() : level == CpuLevel::kAvx2 ? avx2_loaders() : nullptr; }
const ConvertRow* vector_storers(CpuLevel level) { return level == CpuLevel::kAvx512 ? avx512_storers() : level == CpuLevel::kAvx2 ? avx2_storers() : nullptr; }
#else
const ConvertRow* vector_loaders(CpuLevel) { return nullptr; }
const ConvertRow* vector_storers(CpuLevel) { return nullptr; }
#endif

}  // namespace taper::impl
