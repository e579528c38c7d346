// Writes zip archives as PyTorch does: every entry's data starts at a multiple of 64, so that readers can map it. Nothing is
// kept but the directory: an archive may be larger than memory.
//
//   ZipWriter zip("model", sink);
//   zip.add("data.pkl", bytes);
//   zip.close();
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/byte_sink.h"

namespace taper::impl {

class ZipWriter {
 public:
  // Names are put below the folder `top`. The sink outlives the writer.
  ZipWriter(std::string top, ByteSink& sink) : top_(std::move(top)), sink_(sink) {}
  // Into memory, for finish().
  explicit ZipWriter(std::string top) : top_(std::move(top)), sink_(memory_) {}
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  void add(std::string_view name, std::string_view content);
  // Content that would not get smaller is stored. A function of its own: who never calls it does not link the compressor.
  void add_compressed(std::string_view name, std::string_view content);
  // An entry of another archive, as it is stored there: `content` is its deflate stream.
  void add_deflated(std::string_view name, std::string_view stored, uint64_t size, uint32_t crc);
  // Writes the directory; the writer is used up.
  void close();
  // close(), and the whole archive of a writer into memory.
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
  void put(std::string_view bytes);

  std::string top_;
  MemorySink memory_;
  ByteSink& sink_;
  uint64_t place_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace taper::impl
