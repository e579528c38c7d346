#include "archive/zip.h"

#include "archive/bytes.h"
#include "archive/deflate.h"
#include "archive/helpers.h"
#include "archive/zip_writer.h"

using namespace archive_test;
using Catch::Contains;

namespace {

struct ZipBuilder {
  // One entry as it stands in the directory; the local header says the same unless told otherwise.
  struct Entry {
    std::string name, content;
    uint16_t flags = 0, method = 0;
    std::string local_name = name;
    uint64_t size = content.size();  // claimed
    int64_t offset = -1;             // claimed; -1: where it is
    uint16_t local_method = method;
    uint32_t local_size = uint32_t(content.size());
    uint32_t crc = crc32({content.data(), content.size()});
  };
  std::string out;
  std::string directory;
  uint16_t count = 0;

  static void number(std::string& to, uint64_t value, size_t width) {
    for (size_t i = 0; i < width; ++i) to += char(value >> (8 * i));
  }
  ZipBuilder& add(Entry e) {
    uint64_t place = e.offset >= 0 ? uint64_t(e.offset) : out.size();
    number(out, 0x04034b50, 4);
    for (uint64_t field : {uint64_t(20), uint64_t(e.flags), uint64_t(e.local_method), uint64_t(0), uint64_t(0)})
      number(out, field, 2);
    for (uint64_t field : {uint64_t(e.crc), uint64_t(e.content.size()), uint64_t(e.local_size)}) number(out, field, 4);
    number(out, e.local_name.size(), 2);
    number(out, 0, 2);
    out += e.local_name + e.content;
    number(directory, 0x02014b50, 4);
    for (uint64_t field : {uint64_t(20), uint64_t(20), uint64_t(e.flags), uint64_t(e.method), uint64_t(0), uint64_t(0)})
      number(directory, field, 2);
    for (uint64_t field : {uint64_t(e.crc), uint64_t(e.content.size()), e.size}) number(directory, field, 4);
    for (uint64_t field : {uint64_t(e.name.size()), uint64_t(0), uint64_t(0), uint64_t(0), uint64_t(0)})
      number(directory, field, 2);
    number(directory, 0, 4);
    number(directory, place, 4);
    directory += e.name;
    ++count;
    return *this;
  }
  std::string finish(std::string comment = "", int64_t directory_offset = -1) const {
    std::string file = out + directory;
    number(file, 0x06054b50, 4);
    for (uint64_t field : {uint64_t(0), uint64_t(0), uint64_t(count), uint64_t(count)}) number(file, field, 2);
    number(file, directory.size(), 4);
    number(file, directory_offset >= 0 ? uint64_t(directory_offset) : out.size(), 4);
    number(file, comment.size(), 2);
    return file + comment;
  }
};

Zip open_zip(const std::string& bytes) { return Zip(memory(bytes, "z.zip"), ZipLimits()); }

std::string open_error(const std::string& bytes) {
  return error_of([&] {
    Zip zip = open_zip(bytes);
    for (const ZipEntry& entry : zip.entries()) zip.read(entry);
  });
}

}  // namespace

TEST_CASE("a written archive reads back, its data aligned to 64") {
  ZipWriter writer("top");
  std::string zeros(100000, '\0');
  writer.add("a", "hello");
  writer.add("empty", "");
  writer.add_compressed("code.py", zeros);
  writer.add_compressed("short", "x");
  std::vector<char> bytes = writer.finish();
  CHECK(bytes.size() < 2000);
  Zip zip(own_memory(bytes), ZipLimits());
  REQUIRE(zip.entries().size() == 4);
  CHECK(zip.read_text(*zip.find("top/a")) == "hello");
  CHECK(zip.read_text(*zip.find("top/empty")).empty());
  CHECK(zip.read_text(*zip.find("top/code.py")) == zeros);
  CHECK_FALSE(zip.find("top/code.py")->is_stored());
  CHECK(zip.find("top/short")->is_stored());
  CHECK_FALSE(zip.find("top/absent"));
  CHECK(zip.under("top/").size() == 4);
  CHECK(zip.under("top/e").size() == 1);
  const char* data = zip.in_place(*zip.find("top/a"));
  REQUIRE(data);
  CHECK((data - zip.reader().data()) % 64 == 0);
  CHECK_FALSE(zip.in_place(*zip.find("top/code.py")));
}

TEST_CASE("data before and after an archive is tolerated, a comment too") {
  std::string plain =
      ZipBuilder().add({.name = "d/a", .content = "one"}).add({.name = "d/b", .content = "two"}).finish();
  for (const std::string& bytes :
       {plain, "prefix" + plain, plain + "suffix", std::string(300, 'x') + plain + std::string(300, 'y'),
        ZipBuilder()
            .add({.name = "d/a", .content = "one"})
            .add({.name = "d/b", .content = "two"})
            .finish("a comment")}) {
    Zip zip = open_zip(bytes);
    CHECK(zip.read_text(*zip.find("d/a")) == "one");
    CHECK(zip.read_text(*zip.find("d/b")) == "two");
  }
  std::vector<char> modern = data_bytes("plain.pt");  // zip64 records
  std::string shifted = std::string(77, 'x') + std::string(modern.begin(), modern.end());
  CHECK(open_zip(shifted).find("archive/version"));
  CHECK(open_zip(shifted).entries().size() == Zip(own_memory(modern), ZipLimits()).entries().size());
  CHECK(open_error(shifted).empty());
}

TEST_CASE("an archive may hold an archive") {
  std::string inner = ZipBuilder().add({.name = "i/x", .content = "inner"}).finish();
  Zip zip = open_zip(
      ZipBuilder().add({.name = "d/inner.zip", .content = inner}).add({.name = "d/b", .content = "two"}).finish());
  CHECK(zip.entries().size() == 2);
  CHECK(zip.read_text(*zip.find("d/inner.zip")) == inner);
}

TEST_CASE("folders are no entries") {
  Zip zip = open_zip(ZipBuilder().add({.name = "d/", .content = ""}).add({.name = "d/a", .content = "one"}).finish());
  CHECK(zip.entries().size() == 1);
}

TEST_CASE("unsound archives are refused with the reason") {
  ZipBuilder good;
  good.add({.name = "d/a", .content = "one"});
  ZipBuilder::Entry a{.name = "d/a", .content = "one"};
  auto changed = [&](auto change) {
    ZipBuilder::Entry entry{.name = "d/a", .content = "one"};
    change(entry);
    return ZipBuilder().add({.name = "d/first", .content = "1"}).add(entry).finish();
  };
  using E = ZipBuilder::Entry;
  CHECK(open_error(good.finish()).empty());
  CHECK_THAT(open_error(ZipBuilder().add(a).add(a).finish()), Contains("'d/a'") && Contains("occurs twice"));
  CHECK_THAT(open_error(changed([](E& e) { e.name = e.local_name = "../a"; })), Contains("'..'"));
  CHECK_THAT(open_error(changed([](E& e) { e.name = e.local_name = "d/../../a"; })), Contains("'..'"));
  CHECK_THAT(open_error(changed([](E& e) { e.name = e.local_name = "/etc/passwd"; })), Contains("absolute path"));
  CHECK_THAT(open_error(changed([](E& e) { e.name = e.local_name = "d\\a"; })), Contains("backslash"));
  CHECK_THAT(open_error(changed([](E& e) { e.name = e.local_name = std::string("d/a\0.py", 7); })), Contains("NUL"));
  CHECK_THAT(open_error(changed([](E& e) { e.name = e.local_name = "d//a"; })), Contains("empty folder name"));
  CHECK_THAT(open_error(changed([](E& e) { e.name = e.local_name = ""; })), Contains("empty name"));
  CHECK_THAT(open_error(changed([](E& e) { e.local_name = "d/b"; })), Contains("another name than the directory"));
  CHECK_THAT(open_error(changed([](E& e) { e.local_name = "d/longer"; })),
             Contains("overlaps") || Contains("another name"));
  CHECK_THAT(open_error(changed([](E& e) { e.local_method = 8; })), Contains("another compression method"));
  CHECK_THAT(open_error(changed([](E& e) { e.local_size = 2; })), Contains("other sizes than the directory"));
  CHECK_THAT(open_error(changed([](E& e) { e.size = 4; })), Contains("two different sizes"));
  CHECK_THAT(open_error(changed([](E& e) { e.crc ^= 1; })), Contains("checksum"));
  CHECK(open_error(changed([](E& e) { e.crc = 0; })).empty());
  CHECK_THAT(open_error(changed([](E& e) { e.flags = 1; })), Contains("encrypted zip archive"));
  CHECK_THAT(open_error(changed([](E& e) { e.method = e.local_method = 12; })), Contains("bzip2"));
  CHECK_THAT(open_error(changed([](E& e) { e.offset = 0; })), Contains("overlaps another entry"));
  CHECK_THAT(open_error(changed([](E& e) { e.offset = 1 << 20; })), Contains("outside the file"));
  CHECK_THAT(open_error(changed([](E& e) { e.method = e.local_method = 8; })), Contains("compressed data is damaged"));
  CHECK_THAT(open_error(changed([](E& e) { e.method = e.local_method = 8, e.size = 1 << 30, e.local_size = 1 << 30; })),
             Contains("claims 1073741824 bytes"));
  CHECK_THAT(open_error(good.finish(good.finish())), Contains("two end records"));
  CHECK_THAT(open_error(good.finish("", 1 << 20)), Contains("outside the file"));
  CHECK_THAT(open_error(good.out), Contains("end record is missing"));
  std::vector<char> modern = data_bytes("plain.pt");
  std::string moved(modern.begin(), modern.end());
  moved[moved.size() - 22 - 20 + 8] ^= 1;
  CHECK_THAT(open_error(moved), Contains("zip64 locator") && Contains("points elsewhere"));
  moved = std::string(modern.begin(), modern.end());
  moved[moved.size() - 22 + 10] ^= 1;
  moved[moved.size() - 22 + 8] ^= 1;
  CHECK_THAT(open_error(moved), Contains("contradict each other"));
  ZipBuilder miscounted = good;
  ++miscounted.count;
  CHECK_THAT(open_error(miscounted.finish()), Contains("too short"));
  ZipBuilder extra = good;
  extra.directory += "xx";
  CHECK_THAT(open_error(extra.finish()), Contains("2 bytes after the directory"));
}

TEST_CASE("a small file that inflates to much is stopped") {
  ZipWriter writer("d");
  std::string zeros(1 << 20, '\0');
  for (int i = 0; i < 8; ++i) writer.add_compressed(std::to_string(i), zeros);
  ZipLimits limits;
  limits.max_inflated = 5 << 20;
  Zip zip(own_memory(writer.finish()), limits);
  CHECK_THAT(error_of([&] {
               for (const ZipEntry& entry : zip.entries()) zip.read(entry);
             }),
             Contains("passes the limit for inflated data"));
  ZipLimits few;
  few.max_entries = 1;
  CHECK_THAT(error_of([&] { Zip(zip.reader_ref(), few); }), Contains("8 entries, more than the limit of 1"));
  ZipLimits short_names;
  short_names.max_name = 2;
  CHECK_THAT(error_of([&] { Zip(zip.reader_ref(), short_names); }), Contains("entry name of 3 bytes"));
}

TEST_CASE("values that need 64 bits are read from the zip64 records") {
  // The directory says 0xffffffff; the real numbers stand in the extra field.
  ZipBuilder builder;
  builder.add({.name = "d/a", .content = "one"});
  std::string directory = builder.directory;
  store_little<uint32_t>(directory.data() + 20, 0xffffffff);
  store_little<uint32_t>(directory.data() + 24, 0xffffffff);
  store_little<uint32_t>(directory.data() + 42, 0xffffffff);
  store_little<uint16_t>(directory.data() + 30, 28);
  std::string extra;
  ZipBuilder::number(extra, 1, 2);
  ZipBuilder::number(extra, 24, 2);
  for (uint64_t value : {3, 3, 0}) ZipBuilder::number(extra, value, 8);
  builder.directory = directory + extra;
  Zip zip = open_zip(builder.finish());
  CHECK(zip.read_text(*zip.find("d/a")) == "one");
  builder.directory = directory + extra.substr(0, 20);
  store_little<uint16_t>(builder.directory.data() + 30, 20);
  store_little<uint16_t>(builder.directory.data() + builder.directory.size() - 18, 16);
  CHECK_THAT(open_error(builder.finish()), Contains("zip64 field"));
}

TEST_CASE("an archive is read through a callback as from memory") {
  struct Callback final : Reader {
    explicit Callback(std::vector<char> b) : Reader("callback"), bytes(std::move(b)) {}
    uint64_t size() const noexcept override { return bytes.size(); }
    void read(uint64_t offset, void* buffer, size_t count) const override {
      REQUIRE(offset + count <= bytes.size());
      if (count) std::memcpy(buffer, bytes.data() + offset, count);
    }
    std::vector<char> bytes;
  };
  ModelFile from_callback = read_model(make_ref<Callback>(data_bytes("model.pt")), {});
  ModelFile from_file = read_model(open_file(data_path("model.pt")), {});
  CHECK(from_callback.source_paths() == from_file.source_paths());
  CHECK(from_callback.find_source("__torch__")->text == from_file.find_source("__torch__")->text);
  CHECK_THAT(error_of([] { slice_reader(memory("abc"), 2, 2); }), Contains("reaches outside"));
  std::vector<char> bytes = data_bytes("plain.pt");
  std::string larger = "resources" + std::string(bytes.begin(), bytes.end()) + std::string(200000, 'z');
  ModelFile sliced = read_model(slice_reader(memory(larger), 9, bytes.size()), {});
  CHECK(sliced.version == 3);
}
