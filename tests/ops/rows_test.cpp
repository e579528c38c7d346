// What every row of the operator table promises, checked over the whole table.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <set>
#include <string>

#include "core/boxing.h"
#include "core/schema.h"
#include "ops/registry.h"

using namespace taper::impl;

TEST_CASE("every schema parses and prints back as it stands", "[rows]") {
  for (const OpDef* row : all_operators()) {
    INFO(row->schema);
    REQUIRE(parse_schema(row->schema).str() == row->schema);
  }
}

TEST_CASE("no overload stands twice", "[rows]") {
  std::set<std::string> seen;
  for (const OpDef* row : all_operators()) {
    SchemaName name = schema_name(row->schema);
    INFO(row->schema);
    CHECK(seen.insert(cat(name.name, ".", name.overload)).second);
  }
}

// A list of PyTorch's schemas, one a line, as the suites carry it.
TEST_CASE("schemas are PyTorch's, word by word", "[rows]") {
  const char* path = std::getenv("TAPER_SCHEMAS");
  if (!path) return;
  std::ifstream in(path);
  REQUIRE(in);
  std::set<std::string> known;
  for (std::string line; std::getline(in, line);) known.insert(line);
  for (const OpDef* row : all_operators()) {
    if (!known.count(row->schema)) UNSCOPED_INFO(row->schema);
    CHECK(known.count(row->schema));
  }
}

TEST_CASE("overloads come in PyTorch's order", "[rows]") {
  auto overloads = [](std::string_view name) {
    std::string text;
    for (const OpDef* row : operator_table().find(name)) text += cat(text.empty() ? "" : ",", schema_name(row->schema).overload);
    return text;
  };
  std::string add = overloads("aten::add");
  CHECK(add.rfind("Tensor,Scalar,", 0) == 0);
  CHECK(add.find("Scalar,") < add.find("int"));
  CHECK(add.find(",int") < add.find(",float"));
  CHECK(operator_table().find("aten::no_such_operator").empty());
}
