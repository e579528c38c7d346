// The names that a function's code gives to its values.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "ir/graph.h"

namespace taper::impl::ir {

class CodeNames {
 public:
  using Words = std::unordered_set<std::string>;

  // `taken`: words that no value may be called by, besides those of the language.
  explicit CodeNames(const Words& taken);

  // The candidate, with a number behind it where it is taken.
  std::string unused(std::string_view candidate);
  // The same for an argument. Callers may name it, so it makes way for as few words as possible.
  std::string for_argument(std::string_view candidate);
  std::string for_value(const Value& value);

  // A word that means something by itself wherever no variable has its name: "torch", "range".
  std::string word(std::string_view text) { return *words_.emplace(text).first; }
  // Where an argument has the word's name, what else means the same.
  std::string word(std::string_view text, std::string_view otherwise);
  // Words that are names of values as well: the code has to be printed again without these.
  Words clashes() const;

 private:
  Words reserved_, used_, words_, arguments_;
  std::unordered_map<std::string, int> next_;  // the number that a taken name gets next
};

}  // namespace taper::impl::ir
