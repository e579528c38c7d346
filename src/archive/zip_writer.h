// Writes zip archives as PyTorch does: every entry's data starts at a multiple of 64, so that readers can map it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace taper::impl {

class ZipWriter {
 public:
  // Names are put below the folder `top`.
  explicit ZipWriter(std::string top) : top_(std::move(top)) {}
  // Compressed content that would not get smaller is stored.
  void add(std::string_view name, std::string_view content, bool compress = false);
  // The whole archive; the writer is used up.
  std::vector<char> finish();

 private:
  struct Entry {
    std::string name;
    uint64_t place, stored_size, size;
    uint32_t crc;
    uint16_t method;
  };
  std::string top_;
  std::vector<char> out_;
  std::vector<Entry> entries_;
};

}  // namespace taper::impl
