#include "core/storage.h"

#include <cstring>

#include "core/error.h"

namespace taper::impl {

Ref<Storage> Storage::make(size_t bytes) {
  constexpr size_t kLead = (sizeof(Storage) + 63) / 64 * 64;
  if (bytes > SIZE_MAX / 2) throw std::bad_alloc();
  size_t total = kLead + bytes;
  // Small blocks are 16-byte aligned only: leave room to align the data.
  if (bytes >= 64 && total < 1024) total += 48;
  void* block = pool_allocate(total);
  auto* storage = new (block) Storage;
  auto at = reinterpret_cast<uintptr_t>(block) + kLead;
  if (bytes >= 64) at = (at + 63) / 64 * 64;
  storage->data_ = reinterpret_cast<char*>(at);
  storage->bytes_ = bytes;
  return Ref<Storage>(storage);
}

Ref<Storage> Storage::borrow(void* data, size_t bytes, Ref<const RefCounted> owner, bool copy_on_write) {
  auto* storage = new (pool_allocate(sizeof(Storage))) Storage;
  storage->data_ = static_cast<char*>(data);
  storage->bytes_ = bytes;
  storage->owner_ = std::move(owner);
  storage->copy_on_write_ = copy_on_write;
  return Ref<Storage>(storage);
}

Ref<Storage> Storage::share() const {
  if (owner_ && copy_on_write_) return borrow(data_, bytes_, owner_, true);
  Ref<Storage> copied = make(bytes_);
  if (bytes_) std::memcpy(copied->data_, data_, bytes_);
  return copied;
}

void Storage::copy() {
  auto* fresh = static_cast<char*>(pool_allocate(bytes_));
  if (bytes_) std::memcpy(fresh, data_, bytes_);
  data_ = fresh;
  separate_ = true;
  copy_on_write_ = false;
  owner_ = nullptr;
}

void Storage::resize(size_t bytes) {
  if (bytes == bytes_) return;
  check(!owner_ || copy_on_write_, "Trying to resize storage that is not resizable");
  auto* fresh = static_cast<char*>(pool_allocate(bytes));
  if (size_t kept = bytes < bytes_ ? bytes : bytes_) std::memcpy(fresh, data_, kept);
  if (separate_) pool_free(data_);
  data_ = fresh;
  bytes_ = bytes;
  separate_ = true;
  copy_on_write_ = false;
  owner_ = nullptr;
  ++version_;
}

Storage::~Storage() {
  if (separate_) pool_free(data_);
}

}  // namespace taper::impl
