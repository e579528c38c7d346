// Where written bytes go, front to back: a file, or memory.
#pragma once

#include <string_view>
#include <vector>

namespace taper::impl {

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  // Error(kIo) when they cannot be kept.
  virtual void write(std::string_view bytes) = 0;
};

class MemorySink final : public ByteSink {
 public:
  void write(std::string_view more) override { bytes.insert(bytes.end(), more.begin(), more.end()); }
  std::vector<char> bytes;
};

}  // namespace taper::impl
