// Script code in memory, compiled with the real operators and run without an archive.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "runtime/evaluator.h"
#include "runtime/interpreter.h"
#include "runtime/module.h"
#include "runtime/program.h"

namespace taper::impl {

class Script {
 public:
  using Sources = std::map<std::string, std::string>;  // "__torch__.m" -> text
  explicit Script(Sources sources, bool optimize = false);

  ir::CompilationUnit& unit() { return *unit_; }
  Program& program() { return *program_; }
  Value run(Execution& execution, const std::string& qualified, std::vector<Value> arguments = {});
  // The value as print() shows it.
  static std::string text(const Value& value);

 private:
  ContextEvaluator evaluator_{false};
  Ref<ir::CompilationUnit> unit_;
  std::unique_ptr<Program> program_;
};

}  // namespace taper::impl
