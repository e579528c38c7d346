// Test data as text: the lines of a file beside the tests, without comments and blank lines.
#pragma once

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

inline std::vector<std::string> file_lines(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line[0] != '#') lines.push_back(line);
  return lines;
}

inline std::vector<std::string> data_lines(const std::string& name) {
  return file_lines(std::string(TAPER_SOURCE_DIR) + "/tests/core/data/" + name);
}

inline std::vector<std::string> split(std::string_view line, std::string_view separator) {
  std::vector<std::string> parts;
  for (;;) {
    size_t at = line.find(separator);
    parts.emplace_back(line.substr(0, at));
    if (at == line.npos) return parts;
    line.remove_prefix(at + separator.size());
  }
}
