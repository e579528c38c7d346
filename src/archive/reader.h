// Where an archive's bytes come from: a mapped file, memory, or a callback.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/ref.h"

namespace taper::impl {

class Reader : public RefCounted {
 public:
  explicit Reader(std::string display_name) : name(std::move(display_name)) {}
  const std::string name;  // for messages: the path, or "<memory>"
  virtual uint64_t size() const noexcept = 0;
  // Copies exactly `size` bytes; Error(kIo) when it cannot. The range is checked by the caller.
  virtual void read(uint64_t offset, void* buffer, size_t size) const = 0;
  // All bytes at once when they are in memory and stay there as long as the Reader lives, else null.
  virtual const char* data() const noexcept { return nullptr; }
};

// Error(kIo) "cannot open ...", with the system's reason.
Ref<Reader> open_file(const std::string& path);
// Borrowed: the bytes outlive the reader and every tensor made from it.
Ref<Reader> borrow_memory(const void* bytes, size_t size, std::string name = "<memory>");
Ref<Reader> own_memory(std::vector<char> bytes, std::string name = "<memory>");

}  // namespace taper::impl
