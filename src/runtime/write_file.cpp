#include "runtime/write_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/error.h"

namespace taper::impl {
namespace {

// The file under its temporary name, which goes unless keep() was called.
class NewFile final : public ByteSink {
 public:
  explicit NewFile(const std::string& path) : path_(path) {
    for (int i = 0; i < 100 && !file_; ++i) {  // "x": a name that nobody else has
      beside_ = cat(path, ".", i, ".tmp");
      file_ = std::fopen(beside_.c_str(), "wbx");
      if (!file_ && errno != EEXIST) failed(errno);
    }
    if (!file_) failed(EEXIST);
  }
  ~NewFile() override {
    if (file_) std::fclose(file_);
    if (!kept_) std::remove(beside_.c_str());
  }
  void write(std::string_view bytes) override {
    if (!bytes.empty() && std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) failed(errno);
  }
  void keep() {
    std::FILE* file = file_;
    file_ = nullptr;
    if (std::fclose(file) != 0 || std::rename(beside_.c_str(), path_.c_str()) != 0) failed(errno);
    kept_ = true;
  }

 private:
  [[noreturn]] void failed(int why) const {
    fail(ErrorCode::kIo, cat("cannot write ", path_, ": ", std::strerror(why)));
  }

  const std::string& path_;
  std::string beside_;
  std::FILE* file_ = nullptr;
  bool kept_ = false;
};

}  // namespace

void stream_file(const std::string& path, FunctionRef<void(ByteSink&)> body) {
  NewFile file(path);
  body(file);
  file.keep();
}

void write_file(const std::string& path, std::span<const char> bytes) {
  stream_file(path, [&](ByteSink& sink) { sink.write({bytes.data(), bytes.size()}); });
}

}  // namespace taper::impl
