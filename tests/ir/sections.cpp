#include "ir/sections.h"

#include <fstream>
#include <sstream>

namespace taper::impl::ir {

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
    out << ";;; " << sections[i].kind;
    for (const std::string& word : sections[i].words) out << ' ' << word;
    out << "\n" << sections[i].text;
  }
}

}  // namespace taper::impl::ir
