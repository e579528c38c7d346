// A folder of conformance cases: which there are, and which of them are wanted.
#pragma once

#include <string>
#include <vector>

namespace taper::impl {

struct SuiteCase {
  std::string name;  // the path below the suite's folder
  std::string source;
  std::vector<std::string> tags;
};

struct SuiteFilter {
  std::string pattern;                // a shell pattern for the name; empty: all
  std::vector<std::string> tags;      // any of these; empty: all
  std::vector<std::string> not_tags;  // none of these
};

// Reads index.tsv (name, source, comma-separated tags); Error(kIo) when there is none.
std::vector<SuiteCase> read_suite(const std::string& folder, const SuiteFilter& filter);

}  // namespace taper::impl
