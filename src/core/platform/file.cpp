#include "core/platform/file.h"

#include <cerrno>
#include <system_error>

#include "core/error.h"

#if __has_include(<sys/mman.h>)
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#define TAPER_HAS_MMAP 1
#else
#include <cstdio>
#include <mutex>
#define TAPER_HAS_MMAP 0
#endif

namespace taper::impl {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace

#if TAPER_HAS_MMAP

struct File::Handle {
  int descriptor = -1;
  ~Handle() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

File::File(const std::string& path) : handle_(std::make_unique<Handle>()), path_(path) {
  // O_NONBLOCK: a FIFO of that name must not block the host.
  handle_->descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info {};
  if (handle_->descriptor < 0 || ::fstat(handle_->descriptor, &info) != 0)
    fail(ErrorCode::kIo, cat("cannot open ", path, ": ", reason(errno)));
  if (S_ISDIR(info.st_mode)) fail(ErrorCode::kIo, cat("cannot read ", path, ": it is a folder, not a file"));
  if (!S_ISREG(info.st_mode)) fail(ErrorCode::kIo, cat("cannot read ", path, ": it is not a regular file"));
  size_ = uint64_t(info.st_size);
}

File::~File() {
  if (mapped_) ::munmap(const_cast<char*>(mapped_), size_t(size_));
}

void File::read(uint64_t offset, void* buffer, size_t size) const {
  auto* out = static_cast<char*>(buffer);
  while (size > 0) {
    // Linux moves at most 2 GiB at a time.
    size_t chunk = size < (size_t(1) << 30) ? size : size_t(1) << 30;
    ssize_t got = ::pread(handle_->descriptor, out, chunk, off_t(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(ErrorCode::kIo, cat("cannot read ", path_, ": ", reason(errno)));
    if (got == 0) fail(ErrorCode::kIo, cat("cannot read ", path_, ": it became shorter while it was read"));
    out += got;
    offset += uint64_t(got);
    size -= size_t(got);
  }
}

const char* File::map() {
  if (mapped_ || size_ == 0 || size_ > SIZE_MAX) return mapped_;
  void* memory = ::mmap(nullptr, size_t(size_), PROT_READ, MAP_PRIVATE, handle_->descriptor, 0);
  if (memory != MAP_FAILED) mapped_ = static_cast<const char*>(memory);
  return mapped_;
}

#else

struct File::Handle {
  std::FILE* stream = nullptr;
  std::mutex lock;
  ~Handle() {
    if (stream) std::fclose(stream);
  }
};

File::File(const std::string& path) : handle_(std::make_unique<Handle>()), path_(path) {
  handle_->stream = std::fopen(path.c_str(), "rb");
  if (!handle_->stream) fail(ErrorCode::kIo, cat("cannot open ", path, ": ", reason(errno)));
  if (std::fseek(handle_->stream, 0, SEEK_END) != 0)
    fail(ErrorCode::kIo, cat("cannot read ", path, ": it is not a regular file"));
  size_ = uint64_t(std::ftell(handle_->stream));
}

File::~File() = default;

void File::read(uint64_t offset, void* buffer, size_t size) const {
  std::lock_guard guard(handle_->lock);
  if (std::fseek(handle_->stream, long(offset), SEEK_SET) != 0 || std::fread(buffer, 1, size, handle_->stream) != size)
    fail(ErrorCode::kIo, cat("cannot read ", path_, ": ", size, " bytes at ", offset));
}

const char* File::map() { return nullptr; }

#endif

}  // namespace taper::impl
