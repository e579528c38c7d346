// The parser of archived code: any bytes give a tree or an Error, and a tree prints as source of the same structure.
// A first byte of 'e' asks for one expression, any other for a file.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "ir/parser.h"
#include "ir/print_tree.h"

using namespace taper::impl;

namespace {

Ref<const ir::SourceTree> parse(std::string text, bool expression, const ir::ParseLimits& limits) {
  auto source = make_ref<Source>();
  source->name = "fuzz.py";
  source->text = std::move(text);
  return expression ? ir::parse_expression(source, limits) : ir::parse_source(source, limits);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  bool expression = data[0] == 'e';
  Ref<const ir::SourceTree> tree;
  try {
    tree = parse(std::string(reinterpret_cast<const char*>(data) + 1, size - 1), expression, {});
  } catch (const Error&) {
    return 0;
  }
  ir::ParseLimits wider;  // `elif` prints as nested blocks
  wider.max_depth *= 4;
  std::string printed = ir::print_source(*tree);
  std::string before = ir::print_structure(*tree), after;
  try {
    after = ir::print_structure(*parse(printed, expression, wider));
  } catch (const Error& error) {
    after = error.message();
  }
  if (before != after) {
    std::fprintf(stderr, "printed as\n%s\nwhich reads as\n%s\ninstead of\n%s\n", printed.c_str(), after.c_str(),
                 before.c_str());
    std::abort();
  }
  return 0;
}
