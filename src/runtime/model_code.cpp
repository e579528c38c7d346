#include "runtime/model_code.h"

#include "core/error.h"

namespace taper::impl {

Ref<const ClassType> compile_root_type(const ModelFile& file, ir::CompilationUnit& unit) {
  if (!file.root.is(Tag::kRawObject)) fail(ErrorCode::kInvalidFile, "data.pkl does not hold a module");
  const std::string& name = file.root.raw_object().class_name;
  TypePtr type = unit.type(name);
  if (!type || !type->is(TypeKind::kClass) || as_class(*type).opaque)
    fail(ErrorCode::kInvalidFile, cat("data.pkl: the module's class ", name, " is not defined in the archive's code"));
  return Ref<const ClassType>(&as_class(*type));
}

}  // namespace taper::impl
