#include "runtime/write_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/error.h"

namespace taper::impl {

void write_file(const std::string& path, std::span<const char> bytes) {
  auto failed = [&](int why) { fail(ErrorCode::kIo, cat("cannot write ", path, ": ", std::strerror(why))); };
  std::string beside;
  std::FILE* file = nullptr;
  for (int i = 0; i < 100 && !file; ++i) {  // "x": a name that nobody else has
    beside = cat(path, ".", i, ".tmp");
    file = std::fopen(beside.c_str(), "wbx");
    if (!file && errno != EEXIST) failed(errno);
  }
  if (!file) failed(EEXIST);
  bool good = bytes.empty() || std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  int why = errno;
  if (std::fclose(file) != 0 && good) {
    good = false;
    why = errno;
  }
  if (good && std::rename(beside.c_str(), path.c_str()) != 0) {
    good = false;
    why = errno;
  }
  if (!good) {
    std::remove(beside.c_str());
    failed(why);
  }
}

}  // namespace taper::impl
