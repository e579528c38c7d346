#include "archive/zip_writer.h"

#include "archive/bytes.h"
#include "archive/deflate.h"
#include "archive/zip.h"
#include "core/error.h"

namespace taper::impl {
namespace {

constexpr size_t kAlignment = 64;
constexpr uint32_t kMax32 = 0xffffffff;
constexpr uint16_t kUtf8Names = 0x0800;

class Record {
 public:
  Record& u16(uint64_t value) { return number(value, 2); }
  Record& u32(uint64_t value) { return number(value, 4); }
  Record& u64(uint64_t value) { return number(value, 8); }
  Record& text(std::string_view bytes) {
    out_ += bytes;
    return *this;
  }
  Record& fill(size_t count) {
    out_.append(count, 'Z');
    return *this;
  }
  std::string_view bytes() const { return out_; }

 private:
  Record& number(uint64_t value, size_t width) {
    char bytes[8];
    store_little(bytes, value);
    out_.append(bytes, width);
    return *this;
  }
  std::string out_;
};

}  // namespace

ZipWriter::Entry ZipWriter::entry_of(std::string_view name, std::string_view content) const {
  Entry entry{.name = cat(top_, '/', name),
              .place = place_,
              .stored_size = content.size(),
              .size = content.size(),
              .crc = crc32(content),
              .method = 0};
  if (entry.name.size() > 0xffff)
    fail(ErrorCode::kInvalidArgument, cat("an archive entry's name of ", entry.name.size(), " bytes"));
  const char* fault = entry.name.back() == '/' ? "it is a folder's" : name_fault(entry.name);
  if (fault) fail(ErrorCode::kInvalidArgument, cat("an archive entry cannot be called '", entry.name, "': ", fault));
  return entry;
}

void ZipWriter::add(std::string_view name, std::string_view content) { add_entry(entry_of(name, content), content); }

void ZipWriter::add_compressed(std::string_view name, std::string_view content) {
  std::vector<char> packed = deflate(content);
  if (packed.size() >= content.size()) return add(name, content);
  Entry entry = entry_of(name, content);
  entry.stored_size = packed.size();
  entry.method = 8;
  add_entry(std::move(entry), {packed.data(), packed.size()});
}

void ZipWriter::add_deflated(std::string_view name, std::string_view stored, uint64_t size, uint32_t crc) {
  Entry entry = entry_of(name, {});
  entry.stored_size = stored.size();
  entry.size = size;
  entry.crc = crc;
  entry.method = 8;
  add_entry(std::move(entry), stored);
}

void ZipWriter::put(std::string_view bytes) {
  sink_.write(bytes);
  place_ += bytes.size();
}

void ZipWriter::add_entry(Entry entry, std::string_view content) {
  bool wide = entry.size >= kMax32 || entry.stored_size >= kMax32;
  size_t fixed = 30 + entry.name.size() + (wide ? 20 : 0) + 4;
  size_t padding = size_t((kAlignment - (place_ + fixed) % kAlignment) % kAlignment);
  Record record;
  record.u32(0x04034b50).u16(wide ? 45 : 20).u16(kUtf8Names).u16(entry.method).u16(0).u16(0x21).u32(entry.crc);
  record.u32(wide ? kMax32 : entry.stored_size).u32(wide ? kMax32 : entry.size);
  record.u16(entry.name.size()).u16(fixed - 30 - entry.name.size() + padding).text(entry.name);
  if (wide) record.u16(1).u16(16).u64(entry.size).u64(entry.stored_size);
  record.text("FB").u16(padding).fill(padding);
  put(record.bytes());
  put(content);
  entries_.push_back(std::move(entry));
}

void ZipWriter::close() {
  uint64_t directory = place_;
  Record record;
  for (const Entry& entry : entries_) {
    std::string wide;  // the values that do not fit 32 bits, in the format's order
    auto narrow = [&](uint64_t value) -> uint64_t {
      if (value < kMax32) return value;
      char bytes[8];
      store_little(bytes, value);
      wide.append(bytes, 8);
      return kMax32;
    };
    uint64_t size = narrow(entry.size), stored_size = narrow(entry.stored_size), place = narrow(entry.place);
    record.u32(0x02014b50).u16(wide.empty() ? 20 : 45).u16(wide.empty() ? 20 : 45).u16(kUtf8Names).u16(entry.method);
    record.u16(0).u16(0x21).u32(entry.crc).u32(stored_size).u32(size);
    record.u16(entry.name.size())
        .u16(wide.empty() ? 0 : wide.size() + 4)
        .u16(0)
        .u16(0)
        .u16(0)
        .u32(0)
        .u32(place)
        .text(entry.name);
    if (!wide.empty()) record.u16(1).u16(wide.size()).text(wide);
  }
  uint64_t end = directory + record.bytes().size(), count = entries_.size();
  record.u32(0x06064b50)
      .u64(44)
      .u16(45)
      .u16(45)
      .u32(0)
      .u32(0)
      .u64(count)
      .u64(count)
      .u64(end - directory)
      .u64(directory);
  record.u32(0x07064b50).u32(0).u64(end).u32(1);
  record.u32(0x06054b50).u16(0).u16(0).u16(std::min<uint64_t>(count, 0xffff)).u16(std::min<uint64_t>(count, 0xffff));
  record.u32(std::min<uint64_t>(end - directory, kMax32)).u32(std::min<uint64_t>(directory, kMax32)).u16(0);
  put(record.bytes());
}

std::vector<char> ZipWriter::finish() {
  close();
  return std::move(memory_.bytes);
}

}  // namespace taper::impl
