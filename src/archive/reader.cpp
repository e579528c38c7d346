#include "archive/reader.h"

#include <cstring>

#include "core/error.h"
#include "core/platform/file.h"

namespace taper::impl {
namespace {

class FileReader final : public Reader {
 public:
  FileReader(const std::string& path, bool map) : Reader(path), file_(path), mapped_(map ? file_.map() : nullptr) {}
  uint64_t size() const noexcept override { return file_.size(); }
  void read(uint64_t offset, void* buffer, size_t size) const override {
    if (size == 0) return;
    if (mapped_) std::memcpy(buffer, mapped_ + offset, size);
    else file_.read(offset, buffer, size);
  }
  const char* data() const noexcept override { return mapped_; }

 private:
  File file_;
  const char* mapped_;
};

class MemoryReader final : public Reader {
 public:
  MemoryReader(const char* bytes, size_t size, std::vector<char> owned, std::string name)
      : Reader(std::move(name)), owned_(std::move(owned)), bytes_(bytes), size_(size) {}
  uint64_t size() const noexcept override { return size_; }
  void read(uint64_t offset, void* buffer, size_t size) const override {
    if (size) std::memcpy(buffer, bytes_ + offset, size);
  }
  const char* data() const noexcept override { return bytes_; }

 private:
  std::vector<char> owned_;
  const char* bytes_;
  size_t size_;
};

class SliceReader final : public Reader {
 public:
  SliceReader(Ref<Reader> whole, uint64_t offset, uint64_t size)
      : Reader(cat(whole->name, '@', offset)), whole_(std::move(whole)), offset_(offset), size_(size) {}
  uint64_t size() const noexcept override { return size_; }
  void read(uint64_t offset, void* buffer, size_t size) const override { whole_->read(offset_ + offset, buffer, size); }
  const char* data() const noexcept override {
    const char* bytes = whole_->data();
    return bytes ? bytes + offset_ : nullptr;
  }

 private:
  Ref<Reader> whole_;
  uint64_t offset_, size_;
};

}  // namespace

Ref<Reader> open_file(const std::string& path, bool map) { return make_ref<FileReader>(path, map); }

Ref<Reader> borrow_memory(const void* bytes, size_t size, std::string name) {
  return make_ref<MemoryReader>(static_cast<const char*>(bytes), size, std::vector<char>(), std::move(name));
}

Ref<Reader> own_memory(std::vector<char> bytes, std::string name) {
  const char* data = bytes.data();
  size_t size = bytes.size();
  return make_ref<MemoryReader>(data, size, std::move(bytes), std::move(name));
}

Ref<Reader> slice_reader(Ref<Reader> whole, uint64_t offset, uint64_t size) {
  uint64_t total = whole->size();
  if (offset > total || size > total - offset)
    fail(ErrorCode::kInvalidArgument,
         cat(whole->name, ": a part of ", size, " bytes at ", offset, " reaches outside the ", total, " bytes"));
  return make_ref<SliceReader>(std::move(whole), offset, size);
}

}  // namespace taper::impl
