// Runs tests/runtime/cases/*.txt. A file holds cases:
//
//   ;;; case NAME
//   ;;; source __torch__.m                 (text of a module; several may follow each other)
//   ;;; code __torch__.m.f                 (the bytecode of the function as written)
//   ;;; optimized __torch__.m.f            (its bytecode after all passes)
//   ;;; run __torch__.m.main [fuel=N] [depth=N]   (what the function gives, or its error with the script stack)
//
// run gives the same with and without passes, but for the stack. With TAPER_REBASE set, expectations are rewritten.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "core/error.h"
#include "ir/sections.h"
#include "runtime/script.h"

namespace taper::impl {
namespace {

std::string run(Script& script, const ir::Section& section, bool stack) {
  Execution execution;
  for (const std::string& word : section.words) {
    if (word.starts_with("fuel=")) execution.context().budget.fuel = std::stoll(word.substr(5));
    if (word.starts_with("depth=")) execution.context().budget.max_call_depth = std::stoi(word.substr(6));
  }
  try {
    return Script::text(script.run(execution, section.words.at(0))) + "\n";
  } catch (const Error& error) {
    if (stack) return std::string(error.what()) + "\n";
    Error bare(error.code(), error.message());
    bare.set_python_class(error.python_class());
    return std::string(bare.what()) + "\n";
  }
}

void run_file(const std::filesystem::path& path) {
  std::vector<ir::Section> sections = ir::read_sections(path);
  bool rebase = std::getenv("TAPER_REBASE");
  Script::Sources sources;
  std::unique_ptr<Script> scripts[2];
  std::string name;
  for (ir::Section& section : sections) {
    if (section.kind == "case") {
      sources.clear();
      name = section.words.empty() ? "" : section.words[0];
      for (std::unique_ptr<Script>& script : scripts) script.reset();
      continue;
    }
    if (section.kind == "source") {
      sources[section.words.at(0)] = section.text;
      continue;
    }
    INFO(path.filename().string() << ", case " << name << ", " << section.kind << " " << section.words.at(0));
    for (bool optimize : {false, true})
      if (!scripts[optimize]) scripts[optimize] = std::make_unique<Script>(sources, optimize);
    std::string result;
    try {
      if (section.kind == "run") {
        result = run(*scripts[0], section, true);
        CHECK(run(*scripts[1], section, false) == run(*scripts[0], section, false));
      } else if (section.kind == "code" || section.kind == "optimized") {
        Script& script = *scripts[section.kind == "optimized"];
        result = disassemble(script.program().code(script.function(section.words.at(0))));
      } else {
        FAIL("unknown section " << section.kind);
      }
    } catch (const Error& error) {
      result = cat("unexpected error: ", error.what(), "\n");
    }
    if (rebase) section.text = result;
    else CHECK(result == section.text);
  }
  if (rebase) ir::write_sections(path, sections);
}

}  // namespace

TEST_CASE("interpreter cases") {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(TAPER_SOURCE_DIR "/tests/runtime/cases"))
    if (entry.path().extension() == ".txt") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  REQUIRE(paths.size() > 3);
  for (const auto& path : paths) run_file(path);
}

}  // namespace taper::impl
