#include "tools/suite.h"

#include <algorithm>

#include "archive/reader.h"
#include "core/error.h"
#include "tools/text.h"

namespace taper::impl {
namespace {

bool has_any(const SuiteCase& one, const std::vector<std::string>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& tag) {
    return std::find(one.tags.begin(), one.tags.end(), tag) != one.tags.end();
  });
}

}  // namespace

std::vector<SuiteCase> read_suite(const std::string& folder, const SuiteFilter& filter) {
  Ref<Reader> index = open_file(folder + "/index.tsv", false);
  std::string text(size_t(index->size()), '\0');
  index->read(0, text.data(), text.size());
  std::vector<SuiteCase> cases;
  for (const std::string& line : split(text, '\n')) {
    std::string_view rest = line;
    auto field = [&] {
      std::string_view first = rest.substr(0, rest.find('\t'));
      rest.remove_prefix(std::min(rest.size(), first.size() + 1));
      return std::string(first);
    };
    SuiteCase one;
    one.name = field();
    one.source = field();
    one.tags = split(field(), ',');
    if (one.name.empty()) continue;
    if (!filter.pattern.empty() && !matches_glob(filter.pattern, one.name)) continue;
    if (!filter.tags.empty() && !has_any(one, filter.tags)) continue;
    if (has_any(one, filter.not_tags)) continue;
    cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace taper::impl
