#include "tools/allocations.h"

#include <atomic>
#include <cstdlib>
#include <new>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TAPER_COUNT_NEW
#endif

namespace {
std::atomic<uint64_t> count{0};
}  // namespace

namespace taper::impl {
uint64_t new_calls() noexcept { return count.load(std::memory_order_relaxed); }
}  // namespace taper::impl

#ifdef TAPER_COUNT_NEW

void* operator new(size_t size) {
  count.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size ? size : 1)) return memory;
  throw std::bad_alloc();
}
void* operator new(size_t size, std::align_val_t alignment) {
  count.fetch_add(1, std::memory_order_relaxed);
  size_t step = size_t(alignment);
  if (void* memory = std::aligned_alloc(step, (size + step - 1) / step * step)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }

#endif
