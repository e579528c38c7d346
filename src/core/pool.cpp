#include "core/pool.h"

#include <atomic>
#include <bit>
#include <cstdlib>

#include "core/error.h"

namespace taper::impl {
namespace {

// Size classes: four per power of two, from 32 bytes. Class k of 4 in [2^p, 2^(p+1)) holds 2^p * (4 + k) / 4 bytes.
constexpr int kMinShift = 5;
constexpr int kMaxShift = 40;
constexpr int kClasses = (kMaxShift - kMinShift) * 4;
constexpr size_t kAligned = 1024;   // blocks from here on are 64-byte aligned
constexpr size_t kSlab = 64 << 10;  // small blocks are carved from slabs of this size: the arena

int class_of(size_t bytes) {
  if (bytes <= (size_t(1) << kMinShift)) return 0;
  int power = std::bit_width(bytes - 1) - 1;  // 2^power < bytes <= 2^(power+1), except exact powers
  size_t quarter = (size_t(1) << power) / 4;
  size_t k = (bytes - (size_t(1) << power) + quarter - 1) / quarter;  // 1..4
  return (power - kMinShift) * 4 + int(k);
}

size_t class_bytes(int index) { return ((size_t(1) << (kMinShift + index / 4)) / 4) * (4 + index % 4); }

// In front of every block. 64 bytes for aligned blocks (the header sits in the last 16 of them), 16 for small ones.
struct Header {
  Pool* pool;      // null: from the heap
  uint32_t index;  // size class
  uint32_t slab;   // 1: carved from a slab, never given back alone; otherwise the offset to the malloc'd start
};
static_assert(sizeof(Header) == 16);

struct FreeBlock {
  FreeBlock* next;
};

Header* header_of(void* memory) { return static_cast<Header*>(memory) - 1; }

std::atomic<uint64_t> heap_count{0};

constexpr int64_t kBias = int64_t(1) << 62;

}  // namespace

// Invariants:
//  1. free_, stats and allocated_/freed_ are touched by the owner thread alone (the one whose context runs).
//  2. remote_ is a stack that any thread pushes to; kClosed in it means that the context is gone.
//  3. outstanding_ starts at kBias; after close() it counts blocks still out. Whoever brings it to 0 deletes the pool.
class Pool {
 public:
  void* allocate(size_t bytes);
  void free(void* memory, bool owner) noexcept;
  void drain() noexcept;
  void close() noexcept;
  void trim() noexcept;
  void release_outstanding(int64_t n) noexcept {
    if (outstanding_.fetch_sub(n, std::memory_order_acq_rel) == n) destroy();
  }

  PoolStats stats;
  uint64_t limit = 0;

 private:
  void recycle(void* memory) noexcept;
  void destroy() noexcept;
  void* carve(int index, size_t size);
  void* from_heap(int index, size_t size);
  static void give_back(void* memory) noexcept {
    Header* header = header_of(memory);
    if (header->slab != 1) std::free(static_cast<char*>(memory) - header->slab);
  }

  FreeBlock* free_[kClasses] = {};
  int64_t allocated_ = 0, freed_ = 0;
  char* slab_at_ = nullptr;
  char* slab_end_ = nullptr;
  FreeBlock* slabs_ = nullptr;
  std::atomic<FreeBlock*> remote_{nullptr};
  std::atomic<int64_t> outstanding_{kBias};
};

namespace {
thread_local Pool* current_pool = nullptr;
FreeBlock closed_mark;

void* heap_block(Pool* pool, int index, size_t size, size_t bytes) {
  size_t lead = bytes >= kAligned ? 64 : 16;
  if (size > SIZE_MAX - 128) throw std::bad_alloc();
  void* start;
  if (lead == 64) {
    start = std::aligned_alloc(64, (size + lead + 63) / 64 * 64);
  } else {
    start = std::malloc(size + lead);
  }
  if (!start) throw std::bad_alloc();
  void* memory = static_cast<char*>(start) + lead;
  *header_of(memory) = {pool, uint32_t(index), uint32_t(lead)};
  return memory;
}
}  // namespace

void* Pool::carve(int index, size_t size) {
  size_t step = size + sizeof(Header);
  step = (step + 15) / 16 * 16;
  if (size_t(slab_end_ - slab_at_) < step) {
    auto* slab = static_cast<FreeBlock*>(std::malloc(kSlab));
    if (!slab) throw std::bad_alloc();
    ++stats.heap_allocations;
    stats.heap_bytes += kSlab;
    slab->next = slabs_;
    slabs_ = slab;
    slab_at_ = reinterpret_cast<char*>(slab) + 16;
    slab_end_ = reinterpret_cast<char*>(slab) + kSlab;
  }
  void* memory = slab_at_ + sizeof(Header);
  slab_at_ += step;
  *header_of(memory) = {this, uint32_t(index), 1};
  return memory;
}

void* Pool::from_heap(int index, size_t size) {
  void* memory = heap_block(this, index, size, size);
  ++stats.heap_allocations;
  stats.heap_bytes += size;
  return memory;
}

void* Pool::allocate(size_t bytes) {
  int index = class_of(bytes);
  if (index >= kClasses) throw std::bad_alloc();
  size_t size = class_bytes(index);
  if (limit && stats.used_bytes + size > limit) drain();  // what other threads freed counts as used until then
  if (limit && stats.used_bytes + size > limit)
    fail(ErrorCode::kBudget,
         cat("memory limit of ", limit, " bytes reached: ", stats.used_bytes, " in use, ", bytes, " more wanted"));
  FreeBlock* block = free_[index];
  if (!block && remote_.load(std::memory_order_relaxed)) {
    drain();
    block = free_[index];
  }
  void* memory;
  if (block) {
    free_[index] = block->next;
    memory = block;
  } else if (size < kAligned) {
    memory = carve(index, size);
  } else {
    memory = from_heap(index, size);
  }
  ++allocated_;
  stats.used_bytes += size;
  if (stats.used_bytes > stats.peak_used_bytes) stats.peak_used_bytes = stats.used_bytes;
  return memory;
}

void Pool::recycle(void* memory) noexcept {
  Header* header = header_of(memory);
  auto* block = static_cast<FreeBlock*>(memory);
  block->next = free_[header->index];
  free_[header->index] = block;
  ++freed_;
  stats.used_bytes -= class_bytes(int(header->index));
}

void Pool::drain() noexcept {
  FreeBlock* block = remote_.exchange(nullptr, std::memory_order_acquire);
  while (block) {
    FreeBlock* next = block->next;
    recycle(block);
    block = next;
  }
}

void Pool::free(void* memory, bool owner) noexcept {
  if (owner) return recycle(memory);
  auto* block = static_cast<FreeBlock*>(memory);
  FreeBlock* head = remote_.load(std::memory_order_acquire);
  do {
    if (head == &closed_mark) {
      give_back(memory);
      release_outstanding(1);
      return;
    }
    block->next = head;
  } while (!remote_.compare_exchange_weak(head, block, std::memory_order_release, std::memory_order_acquire));
}

void Pool::trim() noexcept {
  drain();
  for (int index = 0; index < kClasses; ++index) {
    FreeBlock* block = free_[index];
    if (!block || header_of(block)->slab == 1) continue;
    free_[index] = nullptr;
    while (block) {
      FreeBlock* next = block->next;
      stats.heap_bytes -= class_bytes(index);
      give_back(block);
      block = next;
    }
  }
}

void Pool::close() noexcept {
  FreeBlock* block = remote_.exchange(&closed_mark, std::memory_order_acq_rel);
  while (block) {
    FreeBlock* next = block->next;
    recycle(block);
    block = next;
  }
  for (FreeBlock*& list : free_) {
    while (list) {
      FreeBlock* next = list->next;
      give_back(list);
      list = next;
    }
  }
  int64_t out = allocated_ - freed_;
  release_outstanding(kBias - out);
}

void Pool::destroy() noexcept {
  while (slabs_) {
    FreeBlock* next = slabs_->next;
    std::free(slabs_);
    slabs_ = next;
  }
  delete this;
}

void* pool_allocate(size_t bytes) {
  if (current_pool) return current_pool->allocate(bytes);
  heap_count.fetch_add(1, std::memory_order_relaxed);
  return heap_block(nullptr, 0, bytes, bytes);
}

void pool_free(void* memory) noexcept {
  if (!memory) return;
  Header* header = header_of(memory);
  if (header->pool) header->pool->free(memory, header->pool == current_pool);
  else std::free(static_cast<char*>(memory) - header->slab);
}

Pool* make_pool() { return new Pool; }
void close_pool(Pool* pool) noexcept { pool->close(); }
PoolStats pool_stats(const Pool* pool) noexcept { return pool->stats; }
void set_pool_limit(Pool* pool, uint64_t bytes) noexcept { pool->limit = bytes; }
void trim_pool(Pool* pool) noexcept { pool->trim(); }
uint64_t unpooled_allocations() noexcept { return heap_count.load(std::memory_order_relaxed); }

PoolScope::PoolScope(Pool* pool) noexcept : previous_(current_pool) { current_pool = pool; }
PoolScope::~PoolScope() { current_pool = previous_; }

}  // namespace taper::impl
