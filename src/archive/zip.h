// Zip: the entries of an archive, read by its central directory. Every bound is checked before use; what a second
// reader could understand otherwise (duplicate names, overlapping entries, local headers that contradict the directory,
// two end records) is refused.
//
//   Zip zip(reader, ZipLimits());
//   if (const ZipEntry* entry = zip.find("model/data.pkl")) std::vector<char> bytes = zip.read(*entry);
//
// Local headers are looked at when an entry is read: PyTorch leaves sizes and checksum out of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "archive/reader.h"

namespace taper::impl {

struct ZipLimits {
  uint64_t max_entries = 1 << 20;
  uint64_t max_name = 4096;
  // Sum over all entries that are read inflated. A deflate stream can grow 1032 times: small files that claim to be
  // huge stop here. 0: 256 MiB and 64 times the archive's size.
  uint64_t max_inflated = 0;
};

struct ZipEntry {
  std::string_view name;  // points into the Zip
  uint64_t local_header;  // absolute place in the reader
  uint64_t end_limit;     // the entry's data ends before this place: the next entry or the directory
  uint64_t stored_size;   // bytes in the archive
  uint64_t size;          // bytes when inflated
  uint32_t crc;
  uint16_t method;  // 0 stored, 8 deflate
  bool is_stored() const noexcept { return method == 0; }
  bool is_folder() const noexcept { return !name.empty() && name.back() == '/'; }
};

class Zip {
 public:
  // Error(kInvalidFile) when this is no sound zip file, with the place and the reason.
  Zip(Ref<Reader> reader, const ZipLimits& limits);

  const Reader& reader() const noexcept { return *reader_; }
  const Ref<Reader>& reader_ref() const noexcept { return reader_; }
  // In the directory's order, without folders.
  const std::vector<ZipEntry>& entries() const noexcept { return entries_; }
  const ZipEntry* find(std::string_view name) const noexcept;
  // The entries whose names start with `prefix`, sorted by name.
  std::vector<const ZipEntry*> under(std::string_view prefix) const;

  // The entry's content; the checksum is checked unless it is 0 (which writers that skip checksums leave).
  std::vector<char> read(const ZipEntry& entry);
  std::string read_text(const ZipEntry& entry);
  // Into a buffer of exactly entry.size bytes.
  void read(const ZipEntry& entry, std::span<char> out, bool check_crc);
  // The content in place, for a stored entry of a reader that is in memory; null otherwise.
  const char* in_place(const ZipEntry& entry) const;
  // The entry as it is stored, compressed or not.
  std::vector<char> read_stored(const ZipEntry& entry) const;
  void check_crc(const ZipEntry& entry, std::span<const char> content) const;

  [[noreturn]] void fail_entry(const ZipEntry& entry, std::string_view what) const;

 private:
  struct End;
  End find_end() const;
  void read_directory(const End& end, const ZipLimits& limits);
  void find_overlaps(uint64_t directory);
  uint64_t data_place(const ZipEntry& entry) const;
  size_t readable_size(const ZipEntry& entry) const;
  void spend(const ZipEntry& entry);
  [[noreturn]] void fail_zip(std::string_view what) const;

  Ref<Reader> reader_;
  std::vector<char> directory_;
  std::vector<ZipEntry> entries_;
  std::vector<uint32_t> by_name_;
  uint64_t inflated_left_ = 0;
};

// Why an entry must not have this name: it could leave the archive's own name space, or mean two things. Null when it is
// sound.
const char* name_fault(std::string_view name);

// True when the first bytes are those of a zip file, sound or not, or an end record follows other data.
bool looks_like_zip(const Reader& reader);

}  // namespace taper::impl
