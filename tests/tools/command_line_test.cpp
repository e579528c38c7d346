// Runs the sessions in cases/*.txt and compares what the program prints.
//
//   # comment
//   $ taper run sample.pt --input 'ones(2)'
//   tensor([10.5000, 21.0000])
//   $ taper run nothing.pt
//   ! taper: cannot open nothing.pt: No such file or directory
//   = 2
//
// Lines with "! " are stderr, "= N" is the exit code (0 when it is not there). "<*>" stands for anything within a line,
// a line "<...>" for any number of lines.
#include <dirent.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

#include "program.h"

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool line_matches(const std::string& pattern, const std::string& line) {
  const std::string any = "<*>";
  size_t at = 0, from = 0;
  for (;;) {
    size_t end = pattern.find(any, from);
    std::string piece = pattern.substr(from, end == pattern.npos ? end : end - from);
    if (end == pattern.npos) {  // the last piece stands at the end
      if (from == 0) return piece == line;
      return line.size() >= at + piece.size() && line.compare(line.size() - piece.size(), piece.size(), piece) == 0;
    }
    size_t found = from == 0 ? (line.compare(0, piece.size(), piece) == 0 ? 0 : line.npos) : line.find(piece, at);
    if (found == line.npos) return false;
    at = found + piece.size();
    from = end + any.size();
  }
}

bool lines_match(const std::vector<std::string>& patterns, size_t p, const std::vector<std::string>& lines, size_t l) {
  for (; p < patterns.size(); ++p, ++l) {
    if (patterns[p] == "<...>") {
      for (size_t skip = l; skip <= lines.size(); ++skip)
        if (lines_match(patterns, p + 1, lines, skip)) return true;
      return false;
    }
    if (l >= lines.size() || !line_matches(patterns[p], lines[l])) return false;
  }
  return l == lines.size();
}

struct Step {
  std::string command;
  int line = 0, code = 0;
  std::vector<std::string> out, err;
};

std::vector<Step> read_session(const std::string& path) {
  std::vector<Step> steps;
  int number = 0;
  for (const std::string& line : lines_of(read_bytes(path))) {
    ++number;
    if (line.rfind("$ taper", 0) == 0) {
      steps.push_back({line.substr(7), number, 0, {}, {}});
    } else if (line.rfind("#", 0) == 0 || steps.empty()) {
      continue;
    } else if (line.rfind("! ", 0) == 0) {
      steps.back().err.push_back(line.substr(2));
    } else if (line.rfind("= ", 0) == 0) {
      steps.back().code = std::stoi(line.substr(2));
    } else {
      steps.back().out.push_back(line);
    }
  }
  return steps;
}

std::vector<std::string> sessions() {
  std::vector<std::string> names;
  std::string folder = TAPER_SOURCE_DIR "/tests/tools/cases";
  if (DIR* open = opendir(folder.c_str())) {
    while (dirent* entry = readdir(open))
      if (std::string name = entry->d_name; name.size() > 4 && name.substr(name.size() - 4) == ".txt")
        names.push_back(folder + "/" + name);
    closedir(open);
  }
  std::sort(names.begin(), names.end());
  return names;
}

void trim_end(std::vector<std::string>& lines) {
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
}

}  // namespace

TEST_CASE("sessions on the command line") {
  REQUIRE(sessions().size() >= 3);
  for (const std::string& path : sessions()) {
    for (Step& step : read_session(path)) {
      Ran ran = run_taper(split_words(step.command));
      std::vector<std::string> out = lines_of(ran.out), err = lines_of(ran.err);
      for (auto* lines : {&out, &err, &step.out, &step.err}) trim_end(*lines);
      INFO(path << ":" << step.line << ": taper" << step.command << "\n-- stdout\n"
                << ran.out << "-- stderr\n"
                << ran.err);
      CHECK(ran.code == step.code);
      CHECK(lines_match(step.out, 0, out, 0));
      CHECK(lines_match(step.err, 0, err, 0));
    }
  }
}
