#include "support/text_cases.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "core/error.h"

namespace taper::impl {

std::string Section::title() const {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::vector<Section> read_sections(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::vector<Section> sections;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(";;; ")) {
      std::istringstream words(line.substr(4));
      Section section;
      words >> section.kind;
      for (std::string word; words >> word;) section.words.push_back(word);
      sections.push_back(std::move(section));
    } else if (!sections.empty()) {
      sections.back().text += line + "\n";
    }
  }
  // Blank lines before the next directive are for readers.
  for (Section& section : sections)
    while (section.text.ends_with("\n\n") || section.text == "\n") section.text.pop_back();
  return sections;
}

void write_sections(const std::filesystem::path& path, const std::vector<Section>& sections) {
  std::ofstream out(path);
  for (size_t i = 0; i < sections.size(); ++i) {
    if (i && sections[i].kind == "case") out << "\n";
    out << ";;; " << sections[i].kind << (sections[i].words.empty() ? "" : " ") << sections[i].title() << "\n"
        << sections[i].text;
  }
}

std::vector<std::filesystem::path> case_files(std::string_view folder) {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(TAPER_SOURCE_DIR) / folder))
    if (entry.path().extension() == ".txt") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

namespace {

size_t run_file(const std::filesystem::path& path, MakeCase make) {
  std::vector<Section> sections = read_sections(path);
  bool rebase = std::getenv("TAPER_REBASE");
  size_t compared = 0;
  std::unique_ptr<TextCase> now;
  std::string name;
  for (size_t i = 0; i < sections.size(); ++i) {
    Section& section = sections[i];
    if (section.kind == "case") {
      size_t end = i + 1;
      while (end < sections.size() && sections[end].kind != "case") ++end;
      now = make(path, {sections.data() + i, end - i});
      name = section.title();
      continue;
    }
    if (!now || now->input(section)) continue;
    INFO(path.filename().string() << ", case " << name << ", " << section.kind << " " << section.title());
    std::string answer;
    try {
      answer = now->answer(section);
    } catch (const Error& error) {
      answer = cat("unexpected error: ", error.what(), "\n");
    }
    ++compared;
    if (rebase) section.text = answer;
    else CHECK(answer == section.text);
  }
  if (rebase) write_sections(path, sections);
  return compared;
}

}  // namespace

size_t run_cases(std::string_view folder, MakeCase make) {
  size_t compared = 0;
  for (const std::filesystem::path& path : case_files(folder)) compared += run_file(path, make);
  return compared;
}

}  // namespace taper::impl
