// A bump allocator for nodes that live and die together. No destructors run: only trivially destructible things fit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/platform/huge_page.h"

namespace taper::impl::ir {

class Arena {
 public:
  Arena() = default;
  // Goes on where `lender` stands, in its memory, until that one adopts it: it must allocate nothing meanwhile.
  explicit Arena(const Arena* lender) {
    if (!lender) return;
    next_ = lender->next_;
    end_ = lender->end_;
    chunk_ = lender->chunk_;
    bytes_ = lender->bytes_;
  }
  // Begins in memory of the caller's that lives longer.
  explicit Arena(std::span<std::byte> first) : next_(first.data()), end_(first.data() + first.size()) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // What is left of a chunk is a multiple of the alignment, so what fits does so rounded up.
  [[gnu::always_inline]] void* allocate(size_t bytes) {
    if (bytes > size_t(end_ - next_)) return allocate_slow(bytes);
    void* memory = next_;
    next_ += (bytes + kAlignment - 1) / kAlignment * kAlignment;
    return memory;
  }

  template <class T, class... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= kAlignment);
    return new (allocate(sizeof(T))) T(std::forward<Args>(args)...);
  }

  template <class T>
  std::span<const T> copy(std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= kAlignment);
    if (items.empty()) return {};
    void* memory = allocate(items.size_bytes());
    std::memcpy(memory, items.data(), items.size_bytes());
    return {static_cast<const T*>(memory), items.size()};
  }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    void* memory = allocate(text.size());
    std::memcpy(memory, text.data(), text.size());
    return {static_cast<const char*>(memory), text.size()};
  }

  size_t bytes() const noexcept { return bytes_; }  // held from the heap

  // Takes over what `other` holds, which is empty afterwards. True of `continues`: it went on where this one stands.
  void adopt(Arena&& other, bool continues) {
    for (auto& chunk : other.chunks_) chunks_.push_back(std::move(chunk));
    other.chunks_.clear();
    if (continues) {
      next_ = other.next_;
      end_ = other.end_;
      chunk_ = other.chunk_;
      bytes_ = other.bytes_;
    } else {
      bytes_ += other.bytes_;
    }
    other.next_ = other.end_ = nullptr;
    other.bytes_ = 0;
  }

 private:
  static constexpr size_t kAlignment = 8;
  static constexpr size_t kFirstChunk = 2048;
  static constexpr size_t kLargestChunk = 256 * 1024;
  // An arena of this size goes on in huge pages: faults for pages of 4 KiB take a tenth of loading a large model. At most
  // a half more than it holds is wasted.
  static constexpr size_t kHugeFrom = size_t(4) << 20;

  struct Free {
    void operator()(std::byte* memory) const noexcept { std::free(memory); }
  };
  using Chunk = std::unique_ptr<std::byte[], Free>;

  std::byte* add_chunk(void* memory, size_t bytes) {
    Chunk chunk(static_cast<std::byte*>(memory));
    if (!chunk) throw std::bad_alloc();
    chunks_.push_back(std::move(chunk));
    bytes_ += bytes;
    return chunks_.back().get();
  }

  [[gnu::noinline]] void* allocate_slow(size_t bytes) {
    if (bytes > SIZE_MAX - kAlignment) throw std::bad_alloc();
    bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    size_t wanted = chunk_;
    if (chunk_ < kLargestChunk) chunk_ *= 2;
    if (bytes > wanted / 4) return add_chunk(std::malloc(bytes), bytes);  // alone, and the current one goes on
    bool huge = bytes_ >= kHugeFrom;
    if (huge) wanted = kHugePage;
    std::byte* chunk = add_chunk(huge ? allocate_huge_page() : std::malloc(wanted), wanted);
    next_ = chunk + bytes;
    end_ = chunk + wanted;
    return chunk;
  }

  std::vector<Chunk> chunks_;
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  size_t chunk_ = kFirstChunk;
  size_t bytes_ = 0;
};

// A vector in an arena. What it outgrows stays in the arena, at most as much again as it holds.
template <class T>
class ArenaVector {
 public:
  static_assert(std::is_trivially_copyable_v<T>);
  size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  T* begin() const noexcept { return data_; }
  T* end() const noexcept { return data_ + size_; }
  T& back() const noexcept { return data_[size_ - 1]; }
  T& operator[](size_t i) const noexcept { return data_[i]; }
  operator std::span<const T>() const noexcept { return {data_, size_}; }

  void reserve(Arena& arena, size_t capacity) {
    if (capacity <= capacity_) return;
    capacity = std::max(capacity, size_t(capacity_) * 2);  // or the arena would fill with what many small steps outgrow
    if (capacity > UINT32_MAX) throw std::bad_alloc();
    T* larger = static_cast<T*>(arena.allocate(capacity * sizeof(T)));
    if (size_ > 0) std::memcpy(larger, data_, size_ * sizeof(T));
    data_ = larger;
    capacity_ = uint32_t(capacity);
  }
  void push_back(Arena& arena, T item) {
    if (size_ == capacity_) reserve(arena, size_t(capacity_) + 1);
    data_[size_++] = item;
  }
  void pop_back() noexcept { --size_; }
  void erase(size_t i) noexcept {
    for (--size_; i < size_; ++i) data_[i] = data_[i + 1];
  }
  void clear() noexcept { size_ = 0; }

 private:
  T* data_ = nullptr;
  uint32_t size_ = 0, capacity_ = 0;
};

}  // namespace taper::impl::ir
