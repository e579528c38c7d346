// Any text as an operator's schema, or after a first byte of 't' as a type: it is refused, or what it says prints as a
// text that says the same.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/schema.h"

using namespace taper::impl;

namespace {

std::string print(std::string_view text, bool type) {
  if (type) return parse_schema_type(text)->annotation();
  schema_name(text);
  Schema schema = parse_schema(text);
  for (const Argument& argument : schema.arguments) schema.argument_index(argument.name);
  return schema.str();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  bool type = data[0] == 't';
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string once, twice;
  try {
    once = print(text, type);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kInternal || error.message().empty()) std::abort();
    return 0;
  }
  if (type) return 0;  // types print as code spells them, not as schemas do
  try {
    twice = print(once, type);
  } catch (const Error& error) {
    twice = error.what();
  }
  if (once != twice) {
    std::fprintf(stderr, "printed as\n%s\nwhich reads as\n%s\n", once.c_str(), twice.c_str());
    std::abort();
  }
  return 0;
}
