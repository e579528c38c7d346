#include "ir/code_names.h"

#include "core/error.h"
#include "ir/names.h"

namespace taper::impl::ir {
namespace {

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

CodeNames::CodeNames(const Words& taken) : reserved_(taken) {
  for (std::string_view name : kReserved) reserved_.emplace(name);
}

std::string CodeNames::unused(std::string_view candidate) {
  std::string name(candidate);
  while (used_.count(name) || reserved_.count(name) || is_keyword(name)) name = cat(candidate, next_[name]++);
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
