// A compilation unit over sources in memory and a table of schemas without functions, for tests of the compiler alone.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "ir/compilation_unit.h"
#include "support/find_function.h"

namespace taper::impl::ir {

// Reads data/schemas.txt: a schema a line, after its flags: "pure", "effect" or "-".
class TestTable final : public OpTable {
 public:
  TestTable();
  std::span<const OpDef* const> find(std::string_view name) const override;

 private:
  std::vector<std::string> lines_;
  std::vector<OpDef> rows_;
  std::unordered_map<std::string, std::vector<const OpDef*>> by_name_;
};

const TestTable& test_table();

// Enough arithmetic on ints, floats, bools and strings to see folding work.
class TestEvaluator final : public Evaluator {
 public:
  void run(const OpDef& op, std::span<impl::Value> arguments, std::span<impl::Value> results) override;
};

using Sources = std::map<std::string, std::string>;  // "__torch__.m" -> text
std::unique_ptr<SourceProvider> make_provider(Sources sources);
Ref<CompilationUnit> make_unit(Sources sources, CompileOptions options = {}, std::vector<impl::Value> constants = {});

}  // namespace taper::impl::ir
