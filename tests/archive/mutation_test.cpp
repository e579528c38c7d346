// Damaged archives: any byte flipped, entries dropped, cut and swapped. They load or are refused; nothing crashes,
// hangs or takes memory that the file does not account for.
#include <algorithm>
#include <random>

#include "archive/helpers.h"
#include "archive/zip.h"
#include "archive/zip_writer.h"

using namespace archive_test;

namespace {

// Reads everything there is, as `taper check` would.
bool loads(std::vector<char> bytes, bool values) {
  try {
    ReadOptions options;
    options.max_bytes = 64 << 20;
    options.max_values = 1'000'000;
    if (values) {
      read_values(own_memory(std::move(bytes)), options);
      return true;
    }
    ModelFile file = read_model(own_memory(std::move(bytes)), options);
    for (const std::string& path : file.source_paths()) {
      Ref<const Source> source = file.find_source(path);
      for (uint32_t at = 0; at < source->text.size(); at += 16) make_frame("f", {source, at, at + 1});
    }
    return true;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kInternal) FAIL_CHECK("internal: " << error.what());
    if (error.message().empty()) FAIL_CHECK("an error without a message");
    return false;
  }
}

struct Entry {
  std::string name, content;
};

std::vector<Entry> unpack(const std::vector<char>& bytes) {
  Zip zip(own_memory(bytes), ZipLimits());
  std::vector<Entry> entries;
  for (const ZipEntry& entry : zip.entries()) {
    std::string_view name = entry.name.substr(entry.name.find('/') + 1);
    entries.push_back({std::string(name), zip.read_text(entry)});
  }
  return entries;
}

std::vector<char> pack(const std::vector<Entry>& entries) {
  ZipWriter writer("m");
  for (const Entry& entry : entries)
    if (entry.name.ends_with(".py")) writer.add_compressed(entry.name, entry.content);
    else writer.add(entry.name, entry.content);
  return writer.finish();
}

}  // namespace

TEST_CASE("archives with flipped bytes load or are refused") {
  std::mt19937 random(1);
  for (const char* name :
       {"model.pt", "plain.ptl", "values.pt", "values_legacy.pt", "containers.pt", "state_dict.pt"}) {
    bool values =
        std::string_view(name).find("plain") == std::string_view::npos && std::string_view(name) != "model.pt";
    std::vector<char> whole = data_bytes(name);
    REQUIRE(loads(whole, values));
    size_t refused = 0;
    for (int round = 0; round < 3000; ++round) {
      std::vector<char> bytes = whole;
      for (uint32_t i = 0, flips = 1 + random() % 4; i < flips; ++i) bytes[random() % bytes.size()] = char(random());
      refused += !loads(std::move(bytes), values);
    }
    CHECK(refused > 500);
  }
}

TEST_CASE("archives with damaged entries load or are refused") {
  std::mt19937 random(2);
  for (const char* name : {"model.pt", "values.pt", "containers.pt", "plain.ptl"}) {
    bool values = std::string_view(name) == "values.pt" || std::string_view(name) == "containers.pt";
    const std::vector<Entry> whole = unpack(data_bytes(name));
    REQUIRE(loads(pack(whole), values));
    size_t refused = 0;
    for (int round = 0; round < 4000; ++round) {
      std::vector<Entry> entries = whole;
      Entry& victim = entries[random() % entries.size()];
      // Checksums are made anew, so that the damage reaches the pickle machine.
      switch (random() % 6) {
        case 0: entries.erase(entries.begin() + (&victim - entries.data())); break;
        case 1: victim.content.resize(random() % (victim.content.size() + 1)); break;
        case 2: std::swap(victim.content, entries[random() % entries.size()].content); break;
        case 3:
          if (!victim.content.empty())
            victim.content.insert(random() % victim.content.size(),
                                  victim.content.substr(random() % victim.content.size(), random() % 32));
          break;
        default: {
          Entry* pickle =
              &*std::find_if(entries.begin(), entries.end(), [](const Entry& e) { return e.name == "data.pkl"; });
          for (uint32_t i = 0, flips = 1 + random() % 3; i < flips; ++i)
            pickle->content[random() % pickle->content.size()] = char(random());
        }
      }
      refused += !loads(pack(entries), values);
    }
    CHECK(refused > 1000);
  }
}
