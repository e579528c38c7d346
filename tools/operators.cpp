// taper operators: what this build has, as schemas, JSON or the support table of the documentation.
#include <fnmatch.h>

#include <cstdio>
#include <map>
#include <string>

#include "core/schema.h"
#include "ops/families.h"
#include "tools/commands.h"
#include "tools/json.h"

namespace taper::impl {
namespace {

struct Family {
  const char* name;
  std::span<const OpDef> (*rows)();
};
constexpr Family kFamilies[] = {
#define X(name) {#name, &name##_rows},
#include "ops/families.def"
#undef X
};

bool matches(const OperatorsOptions& options, const OpDef& row) {
  std::string name(schema_name(row.schema).name);
  return options.pattern.empty() || fnmatch(options.pattern.c_str(), name.c_str(), 0) == 0 ||
         fnmatch(options.pattern.c_str(), name.c_str() + name.find("::") + 2, 0) == 0;
}

// A line a family: the names, with the number of overloads where there are several.
void print_table() {
  size_t overloads = 0, names = 0;
  std::string lines;
  for (const Family& family : kFamilies) {
    std::map<std::string, int> counts;
    for (const OpDef& row : family.rows()) ++counts[std::string(schema_name(row.schema).name)];
    lines += std::string("| ") + family.name + " |";
    for (const auto& [name, count] : counts) {
      lines += " `" + (name.starts_with("aten::") ? name.substr(6) : name) + "`";
      if (count > 1) lines += " (" + std::to_string(count) + ")";
      overloads += size_t(count);
    }
    lines += " |\n";
    names += counts.size();
  }
  std::printf(
      "# Operators\n\n%zu overloads of %zu names, as `taper operators --markdown` prints them; `./dev docs` writes this file. A number "
      "counts\noverloads. Names without a namespace are in `aten`. `taper check MODEL` compares a model with this list.\n\n"
      "| family | operators |\n|---|---|\n%s",
      overloads, names, lines.c_str());
}

}  // namespace

int operators_command(const OperatorsOptions& options) {
  if (options.markdown) {
    print_table();
    return 0;
  }
  bool any = false;
  JsonWriter json;
  auto each = [&](auto&& visit) {
    for (const Family& family : kFamilies)
      for (const OpDef& row : family.rows())
        if (matches(options, row)) any = true, visit(family, row);
  };
  if (options.json) {
    json.object([&] {
      json.key("operators").array([&] {
        each([&](const Family& family, const OpDef& row) {
          json.object([&] {
            json.member("schema", row.schema);
            json.member("family", family.name);
          });
        });
      });
    });
    std::printf("%s\n", json.text().c_str());
  } else {
    each([](const Family&, const OpDef& row) { std::printf("%s\n", row.schema); });
  }
  return any ? 0 : 1;
}

}  // namespace taper::impl
