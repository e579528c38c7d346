// Runs tests/runtime/cases/*.txt. A file holds cases:
//
//   ;;; case NAME
//   ;;; source __torch__.m                 (text of a module; several may follow each other)
//   ;;; code __torch__.m.f                 (the bytecode of the function as written)
//   ;;; optimized __torch__.m.f            (its bytecode after all passes)
//   ;;; run __torch__.m.main [fuel=N] [depth=N]   (what the function gives, or its error with the script stack)
//
// run gives the same with and without passes, but for the stack.
#include <catch2/catch.hpp>

#include "core/error.h"
#include "runtime/script.h"
#include "support/find_function.h"
#include "support/text_cases.h"

namespace taper::impl {
namespace {

std::string run(Script& script, const Section& section, bool stack) {
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

class Case final : public TextCase {
 public:
  bool input(const Section& section) override {
    if (section.kind != "source") return false;
    sources_[section.words.at(0)] = section.text;
    return true;
  }

  std::string answer(const Section& section) override {
    for (bool optimize : {false, true})
      if (!scripts_[optimize]) scripts_[optimize] = std::make_unique<Script>(sources_, optimize);
    if (section.kind == "run") {
      CHECK(run(*scripts_[1], section, false) == run(*scripts_[0], section, false));
      return run(*scripts_[0], section, true);
    }
    if (section.kind != "code" && section.kind != "optimized") FAIL("unknown section " << section.kind);
    Script& script = *scripts_[section.kind == "optimized"];
    return disassemble(script.program().code(find_function(script.unit(), section.words.at(0))));
  }

 private:
  Script::Sources sources_;
  std::unique_ptr<Script> scripts_[2];
};

}  // namespace

TEST_CASE("interpreter cases") {
  CHECK(run_cases("tests/runtime/cases", [](auto&, auto) { return std::make_unique<Case>(); }) > 80);
}

}  // namespace taper::impl
