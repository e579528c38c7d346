// What a model's runtime and its survey have in common: where the compiler finds the archive's code, and the root class.
#pragma once

#include "archive/model_file.h"
#include "ir/compilation_unit.h"

namespace taper::impl {

// Finds source files in an archive, which must outlive it.
class FileSources final : public ir::SourceProvider {
 public:
  explicit FileSources(ModelFile& file) : file_(file) {}
  Ref<const Source> find(std::string_view module_path) override { return file_.find_source(module_path); }

 private:
  ModelFile& file_;
};

// The class of the object in data.pkl, compiled; an error when that is no module or its code is missing.
Ref<const ClassType> compile_root_type(const ModelFile& file, ir::CompilationUnit& unit);

}  // namespace taper::impl
