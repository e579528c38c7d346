// A Storage is the bytes behind one or more tensors: owned pool memory, or bytes borrowed from an owner (a mapped file,
// a host's buffer). Borrowed constant bytes are copy-on-write: the first mutable access copies them into pool memory, so
// every Storage handle of an instance can start on the same mapped weights.
//
// Not synchronized: a Storage belongs to one instance or one run at a time; only its reference count is atomic.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/ref.h"

namespace taper::impl {

class Storage final : public RefCounted {
 public:
  // Uninitialized pool memory in one block with the Storage itself; 64-byte aligned when 64 bytes or more.
  static Ref<Storage> make(size_t bytes);
  // Bytes that `owner` keeps alive. copy_on_write: never written in place.
  static Ref<Storage> borrow(void* data, size_t bytes, Ref<const RefCounted> owner, bool copy_on_write);
  // A new handle on the same bytes that copies before its first write; what a clone of an instance uses. Makes this
  // handle copy-on-write too when its bytes are owned by an owner; owned pool bytes are copied at once.
  Ref<Storage> share() const;

  size_t bytes() const noexcept { return bytes_; }
  const void* data() const noexcept { return data_; }
  // Copies first if the bytes are shared, and bumps the version.
  void* mutable_data() {
    if (copy_on_write_) [[unlikely]]
      copy();
    ++version_;
    return data_;
  }
  bool is_copy_on_write() const noexcept { return copy_on_write_; }
  // Pool memory of its own, which nobody outside sees.
  bool is_owned() const noexcept { return !owner_; }
  // Counts writes: packed or folded constants remember the version they were made from.
  uint64_t version() const noexcept { return version_; }
  // Keeps the first min(old, new) bytes; used by resize_ and set_.
  void resize(size_t bytes);

 private:
  Storage() = default;
  ~Storage() override;
  void copy();
  static void* operator new(size_t size, void* place) noexcept {
    (void)size;
    return place;
  }

  char* data_ = nullptr;
  size_t bytes_ = 0;
  uint64_t version_ = 0;
  Ref<const RefCounted> owner_;  // null: pool memory
  bool copy_on_write_ = false;
  bool separate_ = false;  // pool memory in a block of its own
};

}  // namespace taper::impl
