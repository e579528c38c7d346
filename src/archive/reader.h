// Where an archive's bytes come from: a mapped file, memory, or a callback.
//
//   Ref<Reader> reader = open_file("model.pt");
//
// A host's own source (a decrypting stream, a resource inside a bigger file) derives from Reader and needs size() and
// read() alone. Readers live as long as a tensor points into their bytes.
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

// Error(kIo) "cannot open ...", with the system's reason. map = false reads instead: for files that may be truncated
// under us.
Ref<Reader> open_file(const std::string& path, bool map = true);
// Borrowed: the bytes outlive the reader and every tensor made from it.
Ref<Reader> borrow_memory(const void* bytes, size_t size, std::string name = "<memory>");
Ref<Reader> own_memory(std::vector<char> bytes, std::string name = "<memory>");
// A part of another reader: an archive inside a larger file. Error(kInvalidArgument) when it reaches outside.
Ref<Reader> slice_reader(Ref<Reader> whole, uint64_t offset, uint64_t size);

}  // namespace taper::impl
