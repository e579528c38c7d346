// The bytecode of one module's functions, lowered at first use and shared by all threads.
#pragma once

#include <mutex>
#include <unordered_set>

#include "ir/compilation_unit.h"
#include "ir/passes/pass.h"
#include "runtime/interpreter.h"
#include "runtime/lower.h"

namespace taper::impl {

struct ProgramOptions {
  ir::PassSwitches passes = ir::PassSwitches::all();
  bool verify_passes = false;  // check the graph after each pass, for tests
};

class Program final : public CodeSource, public Linker {
 public:
  Program(ir::CompilationUnit& unit, Evaluator* evaluator, const ProgramOptions& options)
      : unit_(unit), evaluator_(evaluator), options_(options) {}

  const Code& load(CodeSlot& slot) override;
  CodeSlot& slot(Function& function) override;
  const OpDef* find_operator(std::string_view name) override;

  // Lowers the function and everything that it calls by name.
  void prepare(Function& function);
  const Code& code(Function& function) { return load(slot(function)); }
  // The graph that is lowered: after the passes.
  std::unique_ptr<ir::Graph> optimized(Function& function);

 private:
  ir::CompilationUnit& unit_;
  Evaluator* evaluator_;
  ProgramOptions options_;
  std::recursive_mutex lock_;  // lowering asks for slots
};

}  // namespace taper::impl
