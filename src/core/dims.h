// Small vectors of sizes, strides and other short argument lists: inline up to six entries, pool memory beyond.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <type_traits>

#include "core/pool.h"

namespace taper::impl {

template <class T, size_t N>
class SmallVec {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  SmallVec() = default;
  explicit SmallVec(size_t count, T value = T()) { resize(count, value); }
  SmallVec(std::initializer_list<T> items) { assign(items.begin(), items.size()); }
  SmallVec(std::span<const T> items) { assign(items.data(), items.size()); }
  SmallVec(const T* items, size_t count) { assign(items, count); }
  SmallVec(const SmallVec& other) { assign(other.data(), other.size()); }
  SmallVec(SmallVec&& other) noexcept { take(other); }
  SmallVec& operator=(const SmallVec& other) {
    if (this != &other) assign(other.data(), other.size());
    return *this;
  }
  SmallVec& operator=(SmallVec&& other) noexcept {
    if (this != &other) {
      release();
      take(other);
    }
    return *this;
  }
  ~SmallVec() { release(); }

  size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  T* data() noexcept { return data_; }
  const T* data() const noexcept { return data_; }
  T& operator[](size_t i) noexcept { return data_[i]; }
  const T& operator[](size_t i) const noexcept { return data_[i]; }
  T* begin() noexcept { return data_; }
  T* end() noexcept { return data_ + size_; }
  const T* begin() const noexcept { return data_; }
  const T* end() const noexcept { return data_ + size_; }
  T& back() noexcept { return data_[size_ - 1]; }
  const T& back() const noexcept { return data_[size_ - 1]; }
  operator std::span<const T>() const noexcept { return {data_, size_}; }

  void push_back(T value) {
    reserve(size_ + 1);
    data_[size_++] = value;
  }
  void pop_back() noexcept { --size_; }
  void clear() noexcept { size_ = 0; }
  void resize(size_t count, T value = T()) {
    reserve(count);
    if (count > size_) std::fill(data_ + size_, data_ + count, value);
    size_ = uint32_t(count);
  }
  void insert(size_t at, T value) {
    reserve(size_ + 1);
    std::copy_backward(data_ + at, data_ + size_, data_ + size_ + 1);
    data_[at] = value;
    ++size_;
  }
  void erase(size_t at) noexcept {
    std::copy(data_ + at + 1, data_ + size_, data_ + at);
    --size_;
  }
  void assign(const T* items, size_t count) {
    reserve(count);
    std::copy(items, items + count, data_);
    size_ = uint32_t(count);
  }
  friend bool operator==(const SmallVec& a, const SmallVec& b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  void reserve(size_t count) {
    if (count <= capacity_) return;
    size_t grown = std::max<size_t>(count, size_t(capacity_) * 2);
    if (grown > UINT32_MAX) throw std::bad_alloc();
    T* bigger = static_cast<T*>(pool_allocate(grown * sizeof(T)));
    std::copy(data_, data_ + size_, bigger);
    release();
    data_ = bigger;
    capacity_ = uint32_t(grown);
  }
  void release() noexcept {
    if (data_ != inline_) pool_free(data_);
    data_ = inline_;
    capacity_ = N;
  }
  void take(SmallVec& other) noexcept {  // this is inline and its content is dead
    if (other.data_ == other.inline_) {
      std::copy(other.inline_, other.inline_ + other.size_, inline_);
    } else {
      data_ = other.data_;
      capacity_ = other.capacity_;
      other.data_ = other.inline_;
      other.capacity_ = N;
    }
    size_ = other.size_;
    other.size_ = 0;
  }

  T* data_ = inline_;
  uint32_t size_ = 0;
  uint32_t capacity_ = N;
  T inline_[N];
};

using Dims = SmallVec<int64_t, 6>;
using IntView = std::span<const int64_t>;

inline bool same(IntView a, IntView b) noexcept { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

}  // namespace taper::impl
