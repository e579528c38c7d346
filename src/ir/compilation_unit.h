// CompilationUnit: turns an archive's code into types and functions with graphs, lazily and once.
//
//   auto unit = make_ref<CompilationUnit>(table, provider, constants, options);
//   TypePtr net = unit->type("__torch__.m.Net");          // class with attributes and method schemas; bodies not compiled
//   GraphFunction* forward = static_cast<GraphFunction*>(as_class(*net).method("forward"));
//   const Graph& graph = forward->graph();                // parsed and emitted at first use
//
// Thread-safe: lookups and emission take the unit's lock. Results are immutable. An unknown operator, class or construct
// does not fail the compilation: it emits prim::Unsupported, which is an error where it is executed.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/class_type.h"
#include "core/op_def.h"
#include "core/source.h"
#include "ir/graph.h"

namespace taper::impl::ir {

class CompilationUnit;

// Where code comes from: an archive's code/ folder.
class SourceProvider {
 public:
  virtual ~SourceProvider() = default;
  // "__torch__.a.b" -> the text of code/__torch__/a/b.py; null when there is no such file.
  virtual Ref<const Source> find(std::string_view module_path) = 0;
};

struct CompileOptions {
  int64_t file_version = 3;          // the archive's version number: selects upgraders
  size_t max_depth = 256;            // nesting of source constructs
  size_t max_nodes = 20'000'000;     // syntax tree and graph nodes together
};

class GraphFunction final : public Function {
 public:
  GraphFunction(CompilationUnit& unit, std::string qualified, Schema schema);
  ~GraphFunction() override;
  // Emits on first use; Error(kInvalidFile) with line and caret when the code is malformed.
  const Graph& graph();
  CompilationUnit& unit() const noexcept { return unit_; }

 private:
  friend class CompilationUnit;
  CompilationUnit& unit_;
  const void* definition_ = nullptr;  // the syntax tree of the def
  std::unique_ptr<Graph> graph_;
};

class CompilationUnit final : public RefCounted {
 public:
  CompilationUnit(const OpTable& table, std::unique_ptr<SourceProvider> sources, std::vector<impl::Value> constants,
                  CompileOptions options);
  ~CompilationUnit() override;

  // A class, interface, enum or NamedTuple by qualified name; null when the code does not define it.
  TypePtr type(std::string_view qualified_name);
  // A free function by qualified name; null when the code does not define it.
  Function* function(std::string_view qualified_name);
  // "List[Tensor]" as in restore_type_tag; Error(kInvalidFile) when it does not parse or names an unknown class.
  TypePtr parse_annotation(std::string_view text);
  // All overloads of an operator ("aten::add") with parsed schemas, in PyTorch's order; empty when there is none. Cached.
  std::span<const Operator* const> overloads(std::string_view name);
  // One of them by its row.
  const Operator& resolve(const OpDef& def);
  const OpTable& table() const noexcept { return table_; }
  const std::vector<impl::Value>& constants() const noexcept { return constants_; }
  const CompileOptions& options() const noexcept { return options_; }

 private:
  friend class GraphFunction;
  struct State;
  const OpTable& table_;
  std::vector<impl::Value> constants_;
  CompileOptions options_;
  std::unique_ptr<State> state_;
};

}  // namespace taper::impl::ir
