// isinstance as far as static types decide it.
#pragma once

#include <optional>
#include <vector>

#include "core/type.h"

namespace taper::impl::ir {

// True or false when a value of type `have` is, or is not, of one of `types` whatever it holds at run time.
std::optional<bool> static_isinstance(const TypePtr& have, const std::vector<TypePtr>& types);

// What is known of a value after the test came out true or false; null when it cannot be.
TypePtr refined_type(const TypePtr& have, const std::vector<TypePtr>& types, bool outcome);

}  // namespace taper::impl::ir
