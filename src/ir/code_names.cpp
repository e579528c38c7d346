#include "ir/code_names.h"

#include <algorithm>
#include <iterator>

#include "core/error.h"
#include "ir/names.h"

namespace taper::impl::ir {
namespace {

constexpr std::string_view kKeywords[] = {
    "and",      "as",    "assert",  "async", "await", "break",  "class", "continue", "def",   "del",  "elif",   "else",
    "except",   "False", "finally", "for",   "from",  "global", "if",    "import",   "in",    "is",   "lambda", "None",
    "nonlocal", "not",   "or",      "pass",  "raise", "return", "True",  "try",      "while", "with", "yield",
};

// What code calls by these names is no variable, whether the code at hand does or not.
constexpr std::string_view kReserved[] = {
    "_",    "aten", "attribute", "CONSTANTS", "fork",          "getattr",        "inf",
    "infj", "nan",  "nanj",      "ops",       "uninitialized", "unchecked_cast", "__torch__",
};

// "x.12" is another value of x.
std::string_view without_number(std::string_view name) {
  size_t dot = name.rfind('.');
  bool numbered = dot != name.npos && dot > 0 && name.find_first_not_of("0123456789", dot + 1) == name.npos;
  return numbered ? name.substr(0, dot) : name;
}

}  // namespace

bool is_keyword(std::string_view name) noexcept {
  return std::find(std::begin(kKeywords), std::end(kKeywords), name) != std::end(kKeywords);
}

CodeNames::CodeNames(const Words& taken) : reserved_(taken) {
  for (std::string_view name : kKeywords) reserved_.emplace(name);
  for (std::string_view name : kReserved) reserved_.emplace(name);
}

std::string CodeNames::unused(std::string_view candidate) {
  std::string name(candidate);
  while (used_.count(name) || reserved_.count(name)) name = cat(candidate, next_[name]++);
  used_.insert(name);
  return name;
}

std::string CodeNames::for_argument(std::string_view candidate) { return *arguments_.insert(unused(candidate)).first; }

std::string CodeNames::word(std::string_view text, std::string_view otherwise) {
  return arguments_.contains(std::string(text)) ? std::string(otherwise) : word(text);
}

std::string CodeNames::for_value(const Value& value) {
  std::string_view base = without_number(value.name());
  if (base.empty()) return unused("_");
  std::string valid;
  if (base[0] >= '0' && base[0] <= '9') valid += '_';
  for (char c : base) valid += is_identifier(std::string_view(&c, 1)) || (c >= '0' && c <= '9') ? c : '_';
  return unused(valid);
}

CodeNames::Words CodeNames::clashes() const {
  Words found;
  for (const std::string& word : words_)
    if (used_.count(word)) found.insert(word);
  return found;
}

}  // namespace taper::impl::ir
