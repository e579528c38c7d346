#include "language/support_table.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "core/error.h"
#include "support/text_cases.h"

namespace taper::impl {
namespace {

struct Row {
  std::string construct, lacks, differs;
  bool graph = false, bytecode = false, answer = false;
};

// In a cell of a table.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text.substr(0, text.find('\n'))) {
    if (c == '|' || c == '_' || c == '*' || c == '<') out += '\\';
    out += c;
  }
  return out;
}

std::string status(const Row& row) {
  if (!row.lacks.empty()) return cat("raises: ", escaped(row.lacks));
  return row.differs.empty() ? std::string("runs") : cat("runs; ", escaped(row.differs));
}

}  // namespace

std::string support_table(std::string_view folder) {
  size_t constructs = 0, answers = 0, lacking = 0;
  std::string lines;
  for (const std::filesystem::path& path : case_files(folder)) {
    std::string topic;
    std::vector<Row> rows;
    for (const Section& section : read_sections(path)) {
      if (section.kind == "topic") topic = section.title();
      if (section.kind == "case") rows.emplace_back().construct = section.title();
      if (section.kind == "graph") rows.back().graph = true;
      if (section.kind == "bytecode") rows.back().bytecode = true;
      if (section.kind == "differs") rows.back().differs = section.title();
      if (section.kind != "run") continue;
      ++answers;
      rows.back().answer = true;
      if (section.text.starts_with("lacks ")) rows.back().lacks = section.text.substr(6);
    }
    for (const Row& row : rows) {
      INFO(path.filename().string() << ", case " << row.construct << " needs a graph, bytecode and a run");
      CHECK((row.graph && row.bytecode && row.answer));
      ++constructs;
      lacking += !row.lacks.empty();
      append(lines, cat("| ", escaped(row.construct), " | ", status(row), " | [", topic, "](../", folder, "/",
                        path.filename().string(), ") |\n"));
    }
  }
  return cat("# The language\n\nWhat of TorchScript taper runs: ", constructs, " constructs, of which it lacks ",
             lacking,
             "; what it lacks raises an error that names it. Each row is a\ncase with source, graph, bytecode and ",
             "answers (", answers, " in all) that the tests hold taper to and `tests/oracle/check_language.py`\n",
             "PyTorch. `./dev docs` writes this page from the cases.\n\n",
             "| construct | status | cases |\n|---|---|---|\n", lines);
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace taper::impl
