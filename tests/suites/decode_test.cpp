// Every archive and every recorded call of the suites decodes, and all their code parses. Reads what run_suite.sh has
// unpacked, so CTest runs it after those tests.
#include <catch2/catch.hpp>
#include <filesystem>

#include "archive/compare.h"
#include "archive/model_file.h"
#include "core/error.h"
#include "ir/parser.h"
#include "ir/print_tree.h"
#include "suites/unpacked.h"

using namespace taper::impl;
namespace fs = std::filesystem;

namespace {

bool is_calls(const fs::path& path) {
  return path.extension() == ".pt" && path.filename().string().find("calls") != std::string::npos;
}

Ref<const Source> as_source(std::string text) {
  auto source = make_ref<Source>();
  source->text = std::move(text);
  return source;
}

}  // namespace

TEST_CASE("every archive of the suites opens; its code parses and prints back") {
  const char* folder = suites();
  if (!folder) return;
  std::string report;
  size_t opened = 0, refused = 0, with_debug = 0, sources = 0, changed = 0;
  for (const fs::path& path : find_files(folder, is_model)) {
    try {
      ReadOptions options;
      options.check_crc = true;
      ModelFile file = read_model(open_file(path), options);
      for (const std::string& module : file.source_paths()) {
        Ref<const Source> source = file.find_source(module);
        REQUIRE(source);
        ++sources;
        auto tree = ir::parse_source(source);
        auto again = ir::parse_source(as_source(ir::print_source(*tree)));
        if (ir::print_structure(*tree) != ir::print_structure(*again)) {
          ++changed;
          report += path.string() + ": " + module + " does not survive printing\n";
        }
        if (source->debug_records && !source->debug_records->get().empty()) ++with_debug;
      }
      for (const std::string& extra : file.extra_files()) file.read_extra(extra);
      ++opened;
    } catch (const Error& error) {
      ++refused;
      report += path.string() + ": " + error.what() + "\n";
    }
  }
  WARN(opened << " archives opened, " << refused << " refused; " << with_debug << " of " << sources
              << " sources with debug records");
  INFO(report);
  CHECK(opened > 0);
  CHECK(refused == 0);
  CHECK(changed == 0);
}

TEST_CASE("every recorded call of the suites decodes and survives a round trip") {
  const char* folder = suites();
  if (!folder) return;
  std::string report;
  size_t decoded = 0, refused = 0, equal = 0, not_plain = 0;
  for (const fs::path& path : find_files(folder, is_calls)) {
    Value value;
    try {
      value = read_values(open_file(path));
      ++decoded;
    } catch (const Error& error) {
      // Some cases ask what an operator says to a tensor of 65 dimensions; taper has none.
      if (error.message().find("a tensor of 65 dimensions") != std::string::npos) continue;
      ++refused;
      report += path.string() + ": " + error.what() + "\n";
      continue;
    }
    try {
      Value again = read_values(own_memory(write_values(value)));
      std::string difference = first_difference(value, again);
      if (difference.empty()) ++equal;
      else report += path.string() + ": " + difference + "\n";
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kUnsupported) throw;
      ++not_plain;  // sparse tensors
    }
  }
  WARN(decoded << " recordings decoded, " << refused << " refused; " << equal << " equal after writing, " << not_plain
               << " not plain");
  INFO(report);
  CHECK(decoded > 0);
  CHECK(refused == 0);
  CHECK(equal + not_plain == decoded);
  CHECK(not_plain * 100 <= decoded);
}
