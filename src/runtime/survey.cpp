#include "runtime/survey.h"

#include "ir/passes/pass.h"
#include "runtime/evaluator.h"
#include "runtime/model_code.h"
#include "runtime/program.h"
#include "runtime/reachable.h"

namespace taper::impl {

Survey::Survey(ModelFile file, const OpTable& table)
    : file_(std::move(file)), evaluator_(std::make_unique<ContextEvaluator>(true)) {
  PoolScope heap(nullptr);
  ir::CompileOptions compile;
  compile.file_version = file_.version;
  compile.evaluator = evaluator_.get();  // constants are put together as in the graphs that will run
  unit_ = make_ref<ir::CompilationUnit>(table, std::make_unique<FileSources>(file_), file_.constants, compile);
  program_ = std::make_unique<Program>(*unit_, evaluator_.get(), ProgramOptions{});
  root_type_ = compile_root_type(file_, *unit_);
}

Survey::~Survey() = default;

const std::vector<ir::GraphFunction*>& Survey::functions() {
  if (functions_.empty()) functions_ = find_reachable(*root_type_, file_.root, *unit_).functions;
  return functions_;
}

std::vector<MissingPiece> Survey::missing() {
  Reachable found = find_reachable(*root_type_, file_.root, *unit_);
  functions_ = std::move(found.functions);
  find_foreign_values(file_.root, found.missing);
  return std::move(found.missing);
}

std::unique_ptr<ir::Graph> Survey::optimized(ir::GraphFunction& function) { return program_->optimized(function); }

}  // namespace taper::impl
