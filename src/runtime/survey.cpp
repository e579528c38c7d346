#include "runtime/survey.h"

#include "core/error.h"
#include "ir/passes/pass.h"
#include "runtime/evaluator.h"
#include "runtime/program.h"
#include "runtime/reachable.h"

namespace taper::impl {
namespace {

class Sources final : public ir::SourceProvider {
 public:
  explicit Sources(ModelFile& file) : file_(file) {}
  Ref<const Source> find(std::string_view module_path) override { return file_.find_source(module_path); }

 private:
  ModelFile& file_;
};

}  // namespace

Survey::Survey(ModelFile file, const OpTable& table)
    : file_(std::move(file)), evaluator_(std::make_unique<ContextEvaluator>(true)) {
  PoolScope heap(nullptr);
  ir::CompileOptions compile;
  compile.file_version = file_.version;
  compile.evaluator = evaluator_.get();  // constants are put together as in the graphs that will run
  unit_ = make_ref<ir::CompilationUnit>(table, std::make_unique<Sources>(file_), file_.constants, compile);
  program_ = std::make_unique<Program>(*unit_, evaluator_.get(), ProgramOptions{});
  if (!file_.root.is(Tag::kRawObject)) fail(ErrorCode::kInvalidFile, "data.pkl does not hold a module");
  const std::string& name = file_.root.raw_object().class_name;
  TypePtr type = unit_->type(name);
  if (!type || !type->is(TypeKind::kClass) || as_class(*type).opaque)
    fail(ErrorCode::kInvalidFile, cat("data.pkl: the module's class ", name, " is not defined in the archive's code"));
  root_type_ = Ref<const ClassType>(&as_class(*type));
}

Survey::~Survey() = default;

const std::vector<ir::GraphFunction*>& Survey::functions() {
  if (functions_.empty()) functions_ = find_reachable(*root_type_, nullptr).functions;
  return functions_;
}

std::vector<MissingPiece> Survey::missing() {
  Reachable found = find_reachable(*root_type_, nullptr);
  functions_ = std::move(found.functions);
  find_foreign_values(file_.root, found.missing);
  return std::move(found.missing);
}

std::unique_ptr<ir::Graph> Survey::optimized(ir::GraphFunction& function) { return program_->optimized(function); }

}  // namespace taper::impl
