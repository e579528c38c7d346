// Text files of test cases: sections that start with a line ";;; KIND WORD...", inputs and expectations alike. A section
// "case" begins a case.
//
// With TAPER_REBASE set, expectations are rewritten from what comes out; the difference is what a reviewer reads.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/context.h"

namespace taper::impl {

struct Section {
  std::string kind;
  std::vector<std::string> words;
  std::string text;

  std::string title() const;  // the words as one text
};

std::vector<Section> read_sections(const std::filesystem::path& path);

// The inverse, to rewrite a file whose expectations have changed.
void write_sections(const std::filesystem::path& path, const std::vector<Section>& sections);

// The files *.txt of a folder of the repository, sorted.
std::vector<std::filesystem::path> case_files(std::string_view folder);

// What one case knows while its sections are gone through in order.
class TextCase {
 public:
  virtual ~TextCase() = default;
  // Keeps what an input section gives; false when the section is an expectation.
  virtual bool input(const Section& section) = 0;
  // What the section's text should be.
  virtual std::string answer(const Section& section) = 0;
};

// Runs all cases of a folder's files, each made from its sections. Returns how many expectations were compared.
using MakeCase = FunctionRef<std::unique_ptr<TextCase>(const std::filesystem::path&, std::span<const Section>)>;
size_t run_cases(std::string_view folder, MakeCase make);

}  // namespace taper::impl
