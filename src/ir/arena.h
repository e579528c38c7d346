// A bump allocator for nodes that live and die together. No destructors run: only trivially destructible things fit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace taper::impl::ir {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* allocate(size_t bytes) {
    if (bytes > SIZE_MAX - kAlignment) throw std::bad_alloc();
    bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    if (bytes > size_t(end_ - next_)) return allocate_slow(bytes);
    void* memory = next_;
    next_ += bytes;
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

 private:
  static constexpr size_t kAlignment = 8;
  static constexpr size_t kFirstChunk = 2048;
  static constexpr size_t kLargestChunk = 256 * 1024;

  void* allocate_slow(size_t bytes) {
    size_t wanted = chunk_;
    if (chunk_ < kLargestChunk) chunk_ *= 2;
    if (bytes > wanted / 4) {  // large: a chunk of its own, and the current one goes on
      chunks_.push_back(std::make_unique<std::byte[]>(bytes));
      bytes_ += bytes;
      return chunks_.back().get();
    }
    chunks_.emplace_back(new std::byte[wanted]);
    bytes_ += wanted;
    next_ = chunks_.back().get() + bytes;
    end_ = chunks_.back().get() + wanted;
    return chunks_.back().get();
  }

  std::vector<std::unique_ptr<std::byte[]>> chunks_;
  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  size_t chunk_ = kFirstChunk;
  size_t bytes_ = 0;
};

}  // namespace taper::impl::ir
