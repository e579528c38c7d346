// CompilationUnit: turns an archive's code into types and functions with graphs, lazily and once.
//
//   auto unit = make_ref<CompilationUnit>(table, provider, constants, options);
//   TypePtr net = unit->type("__torch__.m.Net");          // class with attributes and method schemas; bodies not
//   compiled GraphFunction* forward = static_cast<GraphFunction*>(as_class(*net).method("forward")); const Graph& graph
//   = forward->graph();                // emitted at first use
//
// Thread-safe: lookups and emission take the unit's lock. Results are immutable. An unknown operator, class or
// construct does not fail the compilation: it emits prim::Unsupported, which is an error where it is executed.
// Functions and classes live as long as the unit, which breaks their cycles when it goes; nothing of theirs may be used
// afterwards.
#pragma once

#include <array>
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
class SourceTree;
struct FunctionDef;
struct ParseLimits;

// Where code comes from: an archive's code/ folder.
class SourceProvider {
 public:
  virtual ~SourceProvider() = default;
  // "__torch__.a.b" -> the text of code/__torch__/a/b.py; null when there is no such file.
  virtual Ref<const Source> find(std::string_view module_path) = 0;
};

struct CompileOptions {
  int64_t file_version = 3;        // the archive's version number: selects upgraders
  size_t max_depth = 256;          // nesting of source constructs
  size_t max_nodes = 20'000'000;   // graph nodes of a function, syntax nodes of a file
  Evaluator* evaluator = nullptr;  // computes expressions of constants while compiling; must outlive the unit
};

class GraphFunction final : public Function {
 public:
  GraphFunction(CompilationUnit& unit, std::string qualified, Schema schema);
  ~GraphFunction() override;
  // Emits on first use and keeps; Error(kInvalidFile) with line and caret when the code is malformed.
  const Graph& graph();
  // The graph for its one caller to change, emitted again should anybody else want it: most functions of a model are
  // called in one place. It may be emitted in the memory of `into`. Null when it is kept, or when more nodes call the
  // function than the caller has.
  std::unique_ptr<Graph> take_graph(uint32_t calls, const Graph* into = nullptr);
  void put_back(std::unique_ptr<Graph> graph);
  CompilationUnit& unit() const noexcept { return unit_; }
  // Made of a def within another: nothing calls it by a name.
  bool is_nested() const noexcept { return !definition_; }

  // The type of what it gives; compiles a function that does not declare it.
  TypePtr result_type();

 private:
  friend class CompilationUnit;
  CompilationUnit& unit_;
  const SourceTree* tree_ = nullptr;
  const FunctionDef* definition_ = nullptr;
  void emit(const Graph* lender = nullptr);
  std::unique_ptr<Graph> graph_;
  bool emitting_ = false;
  bool kept_ = false;  // graph_ was handed out: it stays where it is
};

// An overload as a call sees it. Where the archive is older than a change of the operator's meaning, `upgrader` is
// called instead and its signature is the schema.
struct Overload {
  const Operator* op;
  const Schema* schema;
  GraphFunction* upgrader = nullptr;
};

class CompilationUnit final : public RefCounted {
 public:
  CompilationUnit(const OpTable& table, std::unique_ptr<SourceProvider> sources, std::vector<impl::Value> constants,
                  CompileOptions options);
  ~CompilationUnit() override;

  // A class, interface, enum or NamedTuple by qualified name; null when the code does not define it. A host's class
  // (__torch__.torch.classes...) is an opaque ClassType.
  TypePtr type(std::string_view qualified_name);
  // A free function, method or hook by qualified name; null when the code does not define it.
  Function* function(std::string_view qualified_name);
  // "List[Tensor]" as in restore_type_tag; Error(kInvalidFile) when it does not parse or names an unknown class.
  TypePtr parse_annotation(std::string_view text);
  // All overloads of an operator ("aten::add") with parsed schemas, in PyTorch's order; empty when there is none.
  // Cached.
  std::span<const Operator* const> overloads(std::string_view name);
  // One of them by its row.
  const Operator& resolve(const OpDef& def);
  const OpTable& table() const noexcept { return table_; }
  const std::vector<impl::Value>& constants() const noexcept { return constants_; }
  // Before anything is compiled: a constant that is an object of one of the unit's own classes.
  void set_constant(size_t index, impl::Value value) { constants_.at(index) = std::move(value); }
  const CompileOptions& options() const noexcept { return options_; }

  // For the emitter.
  std::span<const Overload> call_candidates(std::string_view name);
  // What a call by that name may mean. An operator with several names is kept under one of them, its main name, which
  // comes first; `name` is empty where there is no other.
  struct CallTarget {
    std::string_view name;
    std::span<const Overload> overloads;
    bool has_functions = false;  // there are variants written in TorchScript
  };
  std::array<CallTarget, 2> call_targets(std::string_view name);
  std::span<GraphFunction* const> builtin_functions(std::string_view name);
  TypePtr opaque_class(std::string_view qualified_name);
  // Adds an attribute while the class's __init__ is read for what it declares; false at any other time.
  bool declare_attribute(const Type& type, std::string_view name, const TypePtr& attribute_type);
  Schema constructor_schema(const Type& named_tuple);
  Ref<GraphFunction> add_function(std::string qualified, Schema schema, std::unique_ptr<Graph> graph);

 private:
  friend class GraphFunction;
  struct State;
  ParseLimits parse_limits() const noexcept;
  const OpTable& table_;
  std::vector<impl::Value> constants_;
  CompileOptions options_;
  std::unique_ptr<State> state_;
};

}  // namespace taper::impl::ir
