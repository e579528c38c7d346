// From the syntax tree of one function to its graph. Values are in SSA form as they are emitted: the environment knows
// what each name means; joins of if and loop compare the environments of their branches.
//
// Exits (return, break, continue inside of if and loops) become flags. Names that no source can spell hold them:
//   $exit    the rest of the current body is skipped (set where only some paths left it)
//   $break   the current loop ends
//   $return  the function has returned, $result is what it gives
//
// Parts: emit_function (entry, closures, clean-up), emit_statements, emit_control (if, loops, exits), emit_expressions,
// emit_subscripts, emit_names (what names and attributes mean), emit_calls, emit_special (annotate, isinstance,
// fork...).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/builder.h"
#include "ir/environment.h"
#include "ir/schema_match.h"
#include "ir/tree.h"

namespace taper::impl::ir {

struct Emitted {
  std::unique_ptr<Graph> graph;
  TypePtr returns;
};

// Emits a def, in the memory of `lender` if there is one. `declared_return` is null when the source does not say; then it is found from the return statements.
Emitted emit_function(CompilationUnit& unit, const SourceTree& tree, const FunctionDef& def, std::string_view qualified,
                      std::span<const Argument> arguments, TypePtr declared_return, const Graph* lender = nullptr);

// Error(kInvalidFile): message, place and the line with a caret.
[[noreturn]] void fail_at(const SourceRange& range, std::string_view message);

class Emitter {
 public:
  Emitter(CompilationUnit& unit, const SourceTree& tree, std::string_view qualified, TypePtr declared_return,
          Emitter* outer, const Graph* lender = nullptr);
  Emitted run(const FunctionDef& def, std::span<const Argument> arguments);

 private:
  // How control leaves a list of statements: past its end, never, or past its end on some paths ($exit is set).
  enum class Flow : uint8_t { kNext, kExits, kMayExit };
  using Statements = NodeList<Stmt>;

  struct Refinement {
    std::string_view name;
    TypePtr type;
  };
  struct Condition {
    Value* value = nullptr;
    std::optional<bool> known;
    std::vector<Refinement> if_true, if_false;
  };
  struct Branch {
    Block* block;
    Environment::Frame frame;
    Flow flow;
  };
  struct Arguments {
    CallArguments values;
    Values inputs(Value* first = nullptr) const;  // the values alone, `first` in front if given
  };
  struct Capture {
    std::string_view name;
    Value* outer;
  };

  // Blocks within blocks: early exits nest what follows them, so the source's own bound does not bound the graph.
  class Nested {
   public:
    explicit Nested(Emitter& emitter);
    ~Nested() { --emitter_.nesting_; }

   private:
    Emitter& emitter_;
  };

  // emit_function
  Value* result_value(Flow flow, const FunctionDef& def);
  void drop_widenings();
  // A nested def as a function; what it takes from here are its arguments.
  Ref<GraphFunction> emit_closure(const FunctionDef& def, std::vector<Value*>& captured);
  const Binding* captured(std::string_view name);

  // emit_statements
  Flow emit_statements(Statements statements);
  Flow emit_statement(const Stmt& statement);
  void emit_assignment(const AssignStmt& statement);
  void emit_augmented(const AssignStmt& statement);
  void assign(const Expr& target, Binding value, const TypePtr& declared);
  void assign_parts(NodeList<Expr> targets, std::vector<Value*> parts);
  void assign_sequence(const Expr& target, NodeList<Expr> targets, Value* sequence);
  void assign_attribute(const AttributeExpr& target, Value* value);
  void set_variable(std::string_view name, Binding binding, const TypePtr& declared, const SourceRange& range);
  void name_value(Value& value, std::string_view name) const;
  Flow emit_return(const ReturnStmt& statement);
  Flow emit_raise(const RaiseStmt& statement);
  void emit_raise_call(Value* message, Value* python_class);
  void emit_assert(const AssertStmt& statement);
  Flow emit_with(const WithStmt& statement);
  void emit_delete(const DeleteStmt& statement);

  // emit_control
  Flow emit_if(const IfStmt& statement, Statements rest, bool& consumed);
  Flow emit_guarded(Value* exited, Statements rest);
  Flow emit_loop(const Stmt& statement);
  Flow emit_unrolled(const ForStmt& statement, std::span<const Binding> items);
  Branch emit_branch(Block* block, Statements statements, std::span<const Refinement> refinements);
  Flow join(Node* node, Branch& yes, Branch& no);
  void join_variable(Node* node, std::string_view name, const Branch& yes, const Binding* in_yes, const Branch& no,
                     const Binding* in_no);
  Value* flag(std::string_view name);
  void set_flag(std::string_view name, bool value);
  void refine(std::span<const Refinement> refinements);
  Condition emit_condition(const Expr& expression);
  Condition emit_logical(const BinaryExpr& expression, bool is_or);
  Condition emit_identity(const BinaryExpr& expression);
  Value* emit_choice(const Condition& condition, const Expr& yes, const Expr& no, const TypePtr& hint);
  Value* to_bool(Value* value);
  // What a for loop runs over: how many, and the k-th.
  Value* iterable_length(const Binding& iterable);
  Binding iterable_item(const Binding& iterable, Value* index);

  // emit_expressions
  Binding emit(const Expr& expression, const TypePtr& hint = nullptr);
  Value* emit_value(const Expr& expression, const TypePtr& hint = nullptr);
  Value* as_value(const Binding& binding, const Expr& place);
  Value* emit_unary(const UnaryExpr& expression);
  Value* emit_binary(const BinaryExpr& expression);
  Value* emit_contains(const BinaryExpr& expression);
  Value* emit_operator(std::string_view op, std::string_view magic, std::span<Value* const> inputs);
  Value* emit_list(const ListExpr& expression, const TypePtr& hint);
  Value* emit_list_of(std::vector<Value*> items, const TypePtr& hint, const Expr& place);
  Value* emit_dict(const DictExpr& expression, const TypePtr& hint);
  Value* emit_tuple(const TupleExpr& expression, const TypePtr& hint);

  // emit_subscripts
  Value* emit_subscript(const SubscriptExpr& expression, const TypePtr& hint);
  Value* index_modules(Value* container, Value* index, const TypePtr& interface);
  Value* tuple_item(Value* tuple, Value* index);
  Value* tuple_slice(Value* tuple, const SliceExpr& slice);
  Value* slice_sequence(Value* sequence, const SliceExpr& slice);
  Value* index_tensor(Value* tensor, NodeList<Expr> indices, std::vector<Value*>* tensors);
  void assign_subscript(const SubscriptExpr& target, Value* value);

  // emit_names
  Binding lookup(const NameExpr& name, const Binding* found);  // `found`: what the environment says, or null
  Binding global(std::string_view name);
  static std::string unbound_text(std::string_view name, const Binding& binding);
  Binding attribute(const Binding& base, std::string_view name, const Expr& place);
  Binding value_attribute(Value* value, std::string_view name);
  Binding type_attribute(const TypePtr& type, std::string_view name, const Expr& place);
  Value* archive_constant(std::string_view name, const Expr& place);

  // emit_calls
  Binding emit_call(const CallExpr& expression, const TypePtr& hint);
  Arguments emit_arguments(const CallExpr& call, size_t first = 0);
  Binding call(const Binding& callee, const Arguments& arguments, const Expr& place);
  Value* call_function(Function& function, const Arguments& arguments, Value* self);
  Value* call_method(Value* self, std::string_view name, const Arguments& arguments);
  Value* construct(const TypePtr& type, const Arguments& arguments, const Expr& place);
  Value* create_object(const TypePtr& type, const Expr& place);
  Value* emit_tolist(Value* tensor, const TypePtr& type, const Expr& place);
  Value* call_builtin(std::string_view name, std::string_view magic, const Arguments& arguments, Value* self);

  // emit_special
  Binding emit_special(Special special, const CallExpr& call, const TypePtr& hint);
  Value* emit_annotate(const TypePtr& type, const Expr& expression);
  Condition emit_isinstance(const CallExpr& call);
  Value* emit_fork(const CallExpr& call, Kind kind);
  Value* emit_print(const Arguments& arguments);
  TypePtr type_of_expression(const Expr& expression);
  void gather_types(const Expr& expression, std::vector<TypePtr>& types);

  SourceRange range(const SyntaxNode& node) const { return tree_.range(node); }
  [[noreturn]] void fail(const SyntaxNode& place, std::string_view message) { fail_at(range(place), message); }
  Value* require(Value* value, const TypePtr& type, const Expr& place, std::string_view what);

  CompilationUnit& unit_;
  const SourceTree& tree_;
  const std::string_view qualified_;
  TypePtr declared_return_;
  Emitter* outer_;  // of a closure
  std::unique_ptr<Graph> graph_;
  Builder builder_;
  Environment env_;
  int loops_ = 0;  // loops around the current statement
  size_t nesting_ = 0;
  std::vector<Capture> captures_;
  std::vector<Value*> widenings_;  // casts that only remember a variable's declared type
};

}  // namespace taper::impl::ir
