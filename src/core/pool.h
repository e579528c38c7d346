// The recycling pool: where tensors, values and containers get their memory while a context runs.
//
// A Pool belongs to one context. While the context runs on a thread, that pool is the thread's current pool, and
// pool_allocate() serves from it; without one it serves from the heap. Every block remembers its pool, so pool_free()
// is legal on any thread and after the context is gone, and takes no lock: the owner thread recycles at once, other
// threads push onto a lock-free stack that the owner drains.
//
// The current pool is a thread-local because destructors and container allocators cannot carry a context.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace taper::impl {

class Pool;

// 64-byte aligned for blocks of 1 KiB and more, 16-byte aligned below. Throws std::bad_alloc, or Error(kBudget) when
// the pool's limit would be passed.
void* pool_allocate(size_t bytes);
void pool_free(void* memory) noexcept;

struct PoolStats {
  uint64_t heap_allocations = 0;  // blocks that came from the heap since the pool was made
  uint64_t heap_bytes = 0;        // bytes now held from the heap, in use or cached
  uint64_t used_bytes = 0;        // bytes now handed out
  uint64_t peak_used_bytes = 0;
};

Pool* make_pool();
void close_pool(Pool* pool) noexcept;  // frees what is cached; blocks still in use free themselves later
PoolStats pool_stats(const Pool* pool) noexcept;
void set_pool_limit(Pool* pool, uint64_t bytes) noexcept;  // 0: none
void trim_pool(Pool* pool) noexcept;                       // gives cached blocks back to the heap

// Makes `pool` the thread's current one for a scope. Null: back to the heap.
class PoolScope {
 public:
  explicit PoolScope(Pool* pool) noexcept;
  ~PoolScope();
  PoolScope(const PoolScope&) = delete;
  PoolScope& operator=(const PoolScope&) = delete;

 private:
  Pool* previous_;
};

// Heap allocations of the library outside pools on this process's threads, for the allocation counter.
uint64_t unpooled_allocations() noexcept;

template <class T>
struct PoolAllocator {
  using value_type = T;
  PoolAllocator() = default;
  template <class U>
  PoolAllocator(const PoolAllocator<U>&) {}
  T* allocate(size_t n) {
    if (n > SIZE_MAX / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(pool_allocate(n * sizeof(T)));
  }
  void deallocate(T* memory, size_t) noexcept { pool_free(memory); }
  template <class U>
  bool operator==(const PoolAllocator<U>&) const {
    return true;
  }
};

template <class T>
using Vec = std::vector<T, PoolAllocator<T>>;

}  // namespace taper::impl
