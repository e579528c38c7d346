// What names of values and attributes look like.
#pragma once

#include <string_view>

namespace taper::impl::ir {

// Letters, digits and underscores, no digit in front.
bool is_identifier(std::string_view name) noexcept;
bool is_keyword(std::string_view name) noexcept;  // of Python

// Says something about a value: printed code calls those without a name "_" and "_12", and compiling it must not make
// names of that.
bool is_meaningful(std::string_view name) noexcept;

}  // namespace taper::impl::ir
