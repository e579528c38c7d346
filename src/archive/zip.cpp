#include "archive/zip.h"

#include <algorithm>
#include <cstring>

#include "archive/bytes.h"
#include "archive/deflate.h"
#include "core/error.h"

namespace taper::impl {
namespace {

constexpr size_t kEndSize = 22;
constexpr size_t kLocatorSize = 20;
constexpr size_t kEnd64Size = 56;
constexpr size_t kCentralSize = 46;
constexpr size_t kLocalSize = 30;
constexpr uint32_t kEndMark = 0x06054b50;
constexpr uint32_t kLocatorMark = 0x07064b50;
constexpr uint32_t kEnd64Mark = 0x06064b50;
constexpr uint32_t kCentralMark = 0x02014b50;
constexpr uint32_t kLocalMark = 0x04034b50;
// How far from the file's end the end record may lie: a comment of 64 KiB and the record.
constexpr uint64_t kSearch = 65535 + kEndSize;

uint16_t u16(const char* at) { return load_little<uint16_t>(at); }
uint32_t u32(const char* at) { return load_little<uint32_t>(at); }
uint64_t u64(const char* at) { return load_little<uint64_t>(at); }

std::string printable(std::string_view name) {
  std::string out;
  for (char c : name.substr(0, 120)) out += static_cast<unsigned char>(c) < 32 || c == 127 ? '?' : c;
  return out;
}

std::string method_name(uint16_t method) {
  switch (method) {
    case 9: return "deflate64";
    case 12: return "bzip2";
    case 14: return "LZMA";
    case 93: return "zstd";
    case 95: return "xz";
    case 99: return "AES encryption";
    default: return cat("number ", int(method));
  }
}

}  // namespace

const char* name_fault(std::string_view name) {
  if (name.empty()) return "an entry has an empty name";
  if (name.find('\0') != name.npos) return "a NUL byte in the name";
  if (name.find('\\') != name.npos) return "a backslash in the name";
  if (name.front() == '/') return "an absolute path";
  for (size_t at = 0; at <= name.size();) {
    size_t end = std::min(name.find('/', at), name.size());
    std::string_view part = name.substr(at, end - at);
    if (part == ".." || part == ".") return "'..' or '.' in the path";
    if (part.empty() && end != name.size()) return "an empty folder name in the path";
    at = end + 1;
  }
  return nullptr;
}

bool looks_like_zip(const Reader& reader) {
  char head[4] = {};
  if (reader.size() < sizeof(head)) return false;
  reader.read(0, head, sizeof(head));
  if (u32(head) == kLocalMark || u32(head) == kEndMark) return true;
  std::vector<char> tail(size_t(std::min<uint64_t>(reader.size(), kSearch)));
  reader.read(reader.size() - tail.size(), tail.data(), tail.size());
  return std::string_view(tail.data(), tail.size()).find(std::string_view("PK\5\6", 4)) != std::string_view::npos;
}

// The end record, made absolute.
struct Zip::End {
  uint64_t base = 0;       // where the archive starts in the reader
  uint64_t directory = 0;  // place of the central directory
  uint64_t directory_size = 0;
  uint64_t count = 0;
};

void Zip::fail_zip(std::string_view what) const {
  fail(ErrorCode::kInvalidFile, cat(reader_->name, ": damaged zip archive: ", what, "; fetch or save the file again"));
}

void Zip::fail_entry(const ZipEntry& entry, std::string_view what) const {
  fail(ErrorCode::kInvalidFile, cat(reader_->name, ": archive entry '", printable(entry.name), "': ", what));
}

Zip::Zip(Ref<Reader> reader, const ZipLimits& limits) : reader_(std::move(reader)) {
  inflated_left_ = limits.max_inflated
                       ? limits.max_inflated
                       : (uint64_t(256) << 20) + std::min<uint64_t>(reader_->size(), UINT64_MAX >> 8) * 64;
  End end = find_end();
  read_directory(end, limits);
  find_overlaps(end.directory);
}

Zip::End Zip::find_end() const {
  uint64_t size = reader_->size();
  if (size < kEndSize) fail_zip(cat("it has only ", size, " bytes and no end record"));
  size_t tail_size = size_t(std::min<uint64_t>(size, kSearch + kLocatorSize + kEnd64Size));
  std::vector<char> tail(tail_size);
  reader_->read(size - tail_size, tail.data(), tail_size);
  uint64_t tail_place = size - tail_size;

  // The last one that fits counts, as for every reader. Archives may hold archives, so earlier ones are normal as long
  // as they lie in the data: not in the directory or the comment, and without a comment that reaches the file's end.
  End found;
  bool any = false, ambiguous = false;
  std::string fault;
  size_t lowest = tail_size > kSearch ? tail_size - kSearch : 0;
  for (size_t at = tail_size - kEndSize + 1; at-- > lowest;) {
    const char* record = tail.data() + at;
    if (record[0] != 'P' || u32(record) != kEndMark) continue;
    uint64_t place = tail_place + at;
    // The end of the directory: this record, or the zip64 end record before it.
    uint64_t directory_end = place;
    uint64_t end64_place = UINT64_MAX;  // where the zip64 locator says that the record is, if there is one
    End end;
    end.count = u16(record + 10);
    end.directory_size = u32(record + 12);
    uint64_t offset = u32(record + 16);
    if (u16(record + 4) != 0 || u16(record + 6) != 0 || u16(record + 8) != u16(record + 10)) {
      fault = "it is one part of an archive split over several files";
      continue;
    }
    if (at >= kLocatorSize + kEnd64Size && u32(record - kLocatorSize) == kLocatorMark) {
      const char* end64 = record - kLocatorSize - kEnd64Size;
      if (u32(end64) != kEnd64Mark || u64(end64 + 4) != kEnd64Size - 12) {
        fault = cat("the zip64 end record before byte ", place, " is missing");
        continue;
      }
      uint64_t count = u64(end64 + 32), directory_size = u64(end64 + 40), offset64 = u64(end64 + 48);
      bool agrees = (end.count == 0xffff || end.count == count) &&
                    (end.directory_size == 0xffffffff || end.directory_size == directory_size) &&
                    (offset == 0xffffffff || offset == offset64) && u64(end64 + 24) == count;
      if (!agrees) {
        fault = cat("the two end records before byte ", place, " contradict each other");
        continue;
      }
      end.count = count;
      end.directory_size = directory_size;
      offset = offset64;
      directory_end = place - kLocatorSize - kEnd64Size;
      end64_place = u64(record - kLocatorSize + 8);
    }
    if (end.directory_size > directory_end || offset > directory_end - end.directory_size) {
      fault = cat("the end record at byte ", place, " places the directory outside the file");
      continue;
    }
    end.directory = directory_end - end.directory_size;
    // Data before the archive (an archive appended to another file) moves everything by the same amount.
    end.base = end.directory - offset;
    if (end64_place != UINT64_MAX && end64_place != directory_end - end.base) {
      fault = cat("the zip64 locator before byte ", place, " points elsewhere than at its record");
      continue;
    }
    if (end.count > 0) {
      char mark[4] = {};
      if (end.directory_size >= 4) reader_->read(end.directory, mark, 4);
      if (u32(mark) != kCentralMark) {
        fault = cat("no directory where the end record at byte ", place, " places it");
        continue;
      }
    } else if (end.directory_size != 0) {
      continue;
    }
    if (any) ambiguous = ambiguous || place >= found.directory || place + kEndSize + u16(record + 20) == size;
    else found = end;
    any = true;
  }
  if (ambiguous) fail_zip("it has two end records, which readers would understand differently");
  if (any) return found;
  if (!fault.empty()) fail_zip(fault);
  fail_zip(cat("the end record is missing, so the file is truncated or not complete (it has ", size, " bytes)"));
}

void Zip::read_directory(const End& end, const ZipLimits& limits) {
  if (end.count > limits.max_entries)
    fail(ErrorCode::kBudget,
         cat(reader_->name, ": archive with ", end.count, " entries, more than the limit of ", limits.max_entries));
  if (end.directory_size / kCentralSize < end.count)
    fail_zip(cat("its directory is too short for ", end.count, " entries"));
  directory_.resize(size_t(end.directory_size));
  reader_->read(end.directory, directory_.data(), directory_.size());

  entries_.reserve(size_t(end.count));
  size_t at = 0;
  for (uint64_t i = 0; i < end.count; ++i) {
    const char* record = directory_.data() + at;
    size_t left = directory_.size() - at;
    if (left < kCentralSize || u32(record) != kCentralMark)
      fail_zip(cat("the directory breaks off at entry ", i, " (byte ", end.directory + at, ")"));
    size_t name_size = u16(record + 28), extra_size = u16(record + 30), comment_size = u16(record + 32);
    size_t total = kCentralSize + name_size + extra_size + comment_size;
    if (left < total) fail_zip(cat("the directory breaks off at entry ", i, " (byte ", end.directory + at, ")"));
    ZipEntry entry{};
    entry.name = std::string_view(record + kCentralSize, name_size);
    uint16_t flags = u16(record + 8);
    entry.method = u16(record + 10);
    entry.crc = u32(record + 16);
    entry.stored_size = u32(record + 20);
    entry.size = u32(record + 24);
    uint64_t offset = u32(record + 42);

    // The zip64 field holds those of the values that did not fit, in this order.
    const char* extra = record + kCentralSize + name_size;
    for (size_t e = 0; e + 4 <= extra_size;) {
      size_t field = u16(extra + e + 2);
      if (field > extra_size - e - 4) fail_entry(entry, "damaged directory record (extra field)");
      if (u16(extra + e) == 1) {
        const char* value = extra + e + 4;
        size_t values_left = field;
        for (uint64_t* target : {&entry.size, &entry.stored_size, &offset}) {
          if (*target != 0xffffffff) continue;
          if (values_left < 8) fail_entry(entry, "damaged directory record (zip64 field)");
          *target = u64(value);
          value += 8;
          values_left -= 8;
        }
      }
      e += 4 + field;
    }

    if (name_size > limits.max_name)
      fail(ErrorCode::kBudget, cat(reader_->name, ": archive entry name of ", name_size,
                                   " bytes, more than the limit of ", limits.max_name));
    if (const char* fault = name_fault(entry.name)) fail_entry(entry, cat("refused: ", fault));
    if ((flags & 0x2041) != 0 || entry.method == 99)
      fail(ErrorCode::kInvalidFile, cat(reader_->name, ": encrypted zip archive (entry '", printable(entry.name),
                                        "'): decrypt it first, or load it through a reader that decrypts"));
    if (entry.method != 0 && entry.method != 8)
      fail_entry(entry, cat("compressed by a method that PyTorch does not write (", method_name(entry.method),
                            "); save the model again"));
    if (entry.is_stored() && entry.size != entry.stored_size) fail_entry(entry, "stored, but with two different sizes");
    // Nothing deflates better than 1 to 1032.
    if (entry.size / 1032 > entry.stored_size)
      fail_entry(entry, cat("claims ", entry.size, " bytes from ", entry.stored_size, " stored ones"));
    uint64_t directory_offset = end.directory - end.base;
    if (offset > directory_offset || directory_offset - offset < kLocalSize + name_size ||
        directory_offset - offset - kLocalSize - name_size < entry.stored_size)
      fail_entry(entry, cat("lies outside the file (", entry.stored_size, " bytes at ", offset, ")"));
    entry.local_header = end.base + offset;
    entries_.push_back(entry);
    at += total;
  }
  if (at != directory_.size()) fail_zip(cat(directory_.size() - at, " bytes after the directory's last entry"));
}

void Zip::find_overlaps(uint64_t directory) {
  by_name_.resize(entries_.size());
  for (uint32_t i = 0; i < by_name_.size(); ++i) by_name_[i] = i;
  std::vector<uint32_t> by_place = by_name_;
  auto place_less = [&](uint32_t a, uint32_t b) { return entries_[a].local_header < entries_[b].local_header; };
  if (!std::is_sorted(by_place.begin(), by_place.end(), place_less))
    std::sort(by_place.begin(), by_place.end(), place_less);
  for (size_t i = 0; i < by_place.size(); ++i) {
    ZipEntry& entry = entries_[by_place[i]];
    entry.end_limit = i + 1 < by_place.size() ? entries_[by_place[i + 1]].local_header : directory;
    uint64_t least = kLocalSize + entry.name.size() + entry.stored_size;
    if (entry.end_limit - entry.local_header < least) fail_entry(entry, "overlaps another entry");
  }
  auto name_less = [&](uint32_t a, uint32_t b) { return entries_[a].name < entries_[b].name; };
  std::sort(by_name_.begin(), by_name_.end(), name_less);
  for (size_t i = 1; i < by_name_.size(); ++i)
    if (entries_[by_name_[i]].name == entries_[by_name_[i - 1]].name) fail_entry(entries_[by_name_[i]], "occurs twice");
  // Folders served the checks above; nobody reads them.
  if (std::erase_if(entries_, [](const ZipEntry& entry) { return entry.is_folder(); }) == 0) return;
  by_name_.resize(entries_.size());
  for (uint32_t i = 0; i < by_name_.size(); ++i) by_name_[i] = i;
  std::sort(by_name_.begin(), by_name_.end(), name_less);
}

const ZipEntry* Zip::find(std::string_view name) const noexcept {
  auto at = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                             [&](uint32_t i, std::string_view wanted) { return entries_[i].name < wanted; });
  return at != by_name_.end() && entries_[*at].name == name ? &entries_[*at] : nullptr;
}

std::vector<const ZipEntry*> Zip::under(std::string_view prefix) const {
  std::vector<const ZipEntry*> found;
  auto at = std::lower_bound(by_name_.begin(), by_name_.end(), prefix,
                             [&](uint32_t i, std::string_view wanted) { return entries_[i].name < wanted; });
  for (; at != by_name_.end() && entries_[*at].name.starts_with(prefix); ++at) found.push_back(&entries_[*at]);
  return found;
}

uint64_t Zip::data_place(const ZipEntry& entry) const {
  size_t size = kLocalSize + entry.name.size();  // inside the file: checked with the directory
  char space[kLocalSize + 256];
  std::string large(size > sizeof(space) ? size : 0, '\0');
  char* record = large.empty() ? space : large.data();
  reader_->read(entry.local_header, record, size);
  if (u32(record) != kLocalMark) fail_entry(entry, cat("no local header at byte ", entry.local_header));
  if (u16(record + 26) != entry.name.size() || std::string_view(record + kLocalSize, entry.name.size()) != entry.name)
    fail_entry(entry, cat("the local header at byte ", entry.local_header, " has another name than the directory"));
  if (u16(record + 8) != entry.method) fail_entry(entry, "its local header names another compression method");
  // With a data descriptor (flag 3) writers leave the local sizes 0, or, PyTorch included, fill them.
  uint32_t stored = u32(record + 18), inflated = u32(record + 22);
  bool deferred = (u16(record + 6) & 8) != 0 && stored == 0 && inflated == 0;
  bool same =
      (stored == 0xffffffff || stored == entry.stored_size) && (inflated == 0xffffffff || inflated == entry.size);
  if (!deferred && !same) fail_entry(entry, "its local header gives other sizes than the directory");
  uint64_t place = entry.local_header + kLocalSize + entry.name.size() + u16(record + 28);
  if (place > entry.end_limit || entry.end_limit - place < entry.stored_size)
    fail_entry(entry, "overlaps another entry");
  return place;
}

void Zip::spend(const ZipEntry& entry) {
  if (entry.is_stored()) return;
  if (entry.size > inflated_left_)
    fail(ErrorCode::kBudget, cat(reader_->name, ": archive entry '", printable(entry.name), "' of ", entry.size,
                                 " bytes passes the limit for inflated data"));
  inflated_left_ -= entry.size;
}

// How much memory to take for it. Places are checked before: a stored size is then no larger than the file.
size_t Zip::readable_size(const ZipEntry& entry) const {
  if (entry.size > SIZE_MAX / 2) fail_entry(entry, cat(entry.size, " bytes are more than this machine can address"));
  (void)data_place(entry);
  return entry.is_stored() || entry.size <= inflated_left_ ? size_t(entry.size) : 0;
}

std::vector<char> Zip::read(const ZipEntry& entry) {
  std::vector<char> out(readable_size(entry));
  read(entry, out, true);
  return out;
}

std::string Zip::read_text(const ZipEntry& entry) {
  std::string out(readable_size(entry), '\0');
  read(entry, out, true);
  return out;
}

void Zip::read(const ZipEntry& entry, std::span<char> out, bool with_crc) {
  spend(entry);
  uint64_t place = data_place(entry);
  if (entry.is_stored()) {
    reader_->read(place, out.data(), out.size());
  } else {
    std::vector<char> copy;
    const char* packed = reader_->data();
    if (packed) {
      packed += place;
    } else {
      copy.resize(size_t(entry.stored_size));
      reader_->read(place, copy.data(), copy.size());
      packed = copy.data();
    }
    if (!inflate_exact({packed, size_t(entry.stored_size)}, out))
      fail_entry(entry, "its compressed data is damaged; fetch or save the file again");
  }
  if (with_crc) check_crc(entry, out);
}

const char* Zip::in_place(const ZipEntry& entry) const {
  const char* bytes = reader_->data();
  return bytes && entry.is_stored() ? bytes + data_place(entry) : nullptr;
}

std::vector<char> Zip::read_stored(const ZipEntry& entry) const {
  uint64_t place = data_place(entry);
  if (entry.stored_size > SIZE_MAX / 2)
    fail_entry(entry, cat(entry.stored_size, " bytes are more than this machine can address"));
  std::vector<char> out(size_t(entry.stored_size));
  reader_->read(place, out.data(), out.size());
  return out;
}

void Zip::check_crc(const ZipEntry& entry, std::span<const char> content) const {
  if (entry.crc != 0 && crc32(content) != entry.crc)
    fail_entry(entry, "its checksum is wrong, so the file is damaged; fetch or save it again");
}

}  // namespace taper::impl
