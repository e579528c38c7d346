#include "core/platform/huge_page.h"

#include <cstdlib>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace taper::impl {

void* allocate_huge_page() noexcept {
  void* memory = std::aligned_alloc(kHugePage, kHugePage);
#ifdef __linux__
  if (memory) ::madvise(memory, kHugePage, MADV_HUGEPAGE);  // a wish: it does not matter whether it is granted
#endif
  return memory;
}

}  // namespace taper::impl
