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
  void add(std::string_view name, std::string_view content);
  // Content that would not get smaller is stored. A function of its own: who never calls it does not link the compressor.
  void add_compressed(std::string_view name, std::string_view content);
  // The whole archive; the writer is used up.
  std::vector<char> finish();

 private:
  struct Entry {
    std::string name;
    uint64_t place, stored_size, size;
    uint32_t crc;
    uint16_t method;
  };
  void add_entry(Entry entry, std::string_view stored);
  Entry entry_of(std::string_view name, std::string_view content) const;

  std::string top_;
  std::vector<char> out_;
  std::vector<Entry> entries_;
};

}  // namespace taper::impl
