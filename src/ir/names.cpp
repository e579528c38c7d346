#include "ir/names.h"

#include <algorithm>

namespace taper::impl::ir {

bool is_identifier(std::string_view name) noexcept {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !letter(name[0])) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

bool is_meaningful(std::string_view name) noexcept {
  if (name.empty() || name[0] == '$') return false;
  return name[0] != '_' || name.find_first_not_of("0123456789", 1) != name.npos;
}

}  // namespace taper::impl::ir
