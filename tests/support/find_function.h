// Functions and methods of a compilation unit by qualified name.
#pragma once

#include <string>

#include "core/error.h"
#include "ir/compilation_unit.h"

namespace taper::impl {

inline ir::GraphFunction& find_function(ir::CompilationUnit& unit, const std::string& qualified) {
  Function* function = unit.function(qualified);
  if (!function) {
    size_t dot = qualified.rfind('.');
    TypePtr owner = unit.type(qualified.substr(0, dot));
    if (owner && owner->is(TypeKind::kClass)) function = as_class(*owner).method(qualified.substr(dot + 1));
  }
  if (!function) fail(ErrorCode::kInternal, cat("the sources define no ", qualified));
  return static_cast<ir::GraphFunction&>(*function);
}

}  // namespace taper::impl
