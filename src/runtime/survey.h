// A model's code without its objects: classes and graphs can be read, nothing of the archive is run and no instance
// exists. What `taper inspect` and `taper check` look at.
//
//   Survey survey(read_model(open_file("model.pt"), {}), operator_table());
//   for (const MissingPiece& piece : survey.missing()) ...
#pragma once

#include <memory>

#include "runtime/module.h"

namespace taper::impl {

class Survey {
 public:
  Survey(ModelFile file, const OpTable& table);
  ~Survey();
  Survey(const Survey&) = delete;
  Survey& operator=(const Survey&) = delete;

  ModelFile& file() noexcept { return file_; }
  ir::CompilationUnit& unit() noexcept { return *unit_; }
  const ClassType& root_type() const noexcept { return *root_type_; }

  // Compiled functions that the model can reach, methods of the root first. A function that does not compile is
  // among them: its graph() throws.
  const std::vector<ir::GraphFunction*>& functions();
  // Operators, classes and constructs that taper lacks, in code and in pickled values.
  std::vector<MissingPiece> missing();
  // The graph after the passes.
  std::unique_ptr<ir::Graph> optimized(ir::GraphFunction& function);

 private:
  ModelFile file_;
  std::unique_ptr<ContextEvaluator> evaluator_;
  Ref<ir::CompilationUnit> unit_;
  std::unique_ptr<Program> program_;
  Ref<const ClassType> root_type_;
  std::vector<ir::GraphFunction*> functions_;
};

}  // namespace taper::impl
