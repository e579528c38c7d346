// Type annotations as type tags spell them: "List[int]", "Dict[str, Optional[Tensor]]".
#pragma once

#include <string_view>

#include "core/value.h"

namespace taper::impl {

// Null when the text names a class (anything with a dot, or an unknown name) or is no annotation.
TypePtr parse_annotation(std::string_view text);

// Gives a value's containers the element types that `type` says, down to the leaves. False, with nothing promised
// about the element types, when the value does not fit. Takes one of `steps` a value; false when none is left.
bool apply_type(const Value& value, const Type& type, size_t& steps);

}  // namespace taper::impl
