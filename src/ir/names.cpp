#include "ir/names.h"

#include <algorithm>
#include <iterator>

namespace taper::impl::ir {
namespace {

constexpr std::string_view kKeywords[] = {
    "and",      "as",    "assert",  "async", "await", "break",  "class", "continue", "def",   "del",  "elif",   "else",
    "except",   "False", "finally", "for",   "from",  "global", "if",    "import",   "in",    "is",   "lambda", "None",
    "nonlocal", "not",   "or",      "pass",  "raise", "return", "True",  "try",      "while", "with", "yield",
};

}  // namespace

bool is_identifier(std::string_view name) noexcept {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !letter(name[0])) return false;
  return std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

bool is_keyword(std::string_view name) noexcept {
  return std::find(std::begin(kKeywords), std::end(kKeywords), name) != std::end(kKeywords);
}

bool is_meaningful(std::string_view name) noexcept {
  if (name.empty() || name[0] == '$') return false;
  return name[0] != '_' || name.find_first_not_of("0123456789", 1) != name.npos;
}

}  // namespace taper::impl::ir
