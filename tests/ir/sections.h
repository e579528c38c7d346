// Text files of test cases: sections that start with a line ";;; KIND WORD...", inputs and expectations alike.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace taper::impl::ir {

struct Section {
  std::string kind;
  std::vector<std::string> words;
  std::string text;
};

std::vector<Section> read_sections(const std::filesystem::path& path);

// The inverse, to rewrite a file whose expectations have changed.
void write_sections(const std::filesystem::path& path, const std::vector<Section>& sections);

}  // namespace taper::impl::ir
