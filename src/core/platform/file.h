// Read-only files: positioned reads, and a mapping where the system has one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace taper::impl {

class File {
 public:
  // Error(kIo) with the system's reason: missing, no permission, a folder, not a regular file.
  explicit File(const std::string& path);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  uint64_t size() const noexcept { return size_; }
  // Copies exactly `size` bytes; Error(kIo) when the file has become shorter or cannot be read. Thread-safe.
  void read(uint64_t offset, void* buffer, size_t size) const;
  // The whole file, read-only and private, mapped at the first call; null when the system cannot map it (or it is
  // empty). A file that someone truncates while it is mapped kills the process that touches the lost pages: hosts that
  // must survive this read instead of mapping.
  const char* map();

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
  std::string path_;
  uint64_t size_ = 0;
  const char* mapped_ = nullptr;
};

}  // namespace taper::impl
