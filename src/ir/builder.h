// Where nodes are put while a graph is built: a block, or the place before a node of it. Knows how to make constants
// (one of a kind for a graph, at its beginning) and operator nodes.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ir/compilation_unit.h"
#include "ir/graph.h"

namespace taper::impl::ir {

class Builder {
 public:
  Builder(CompilationUnit& unit, Graph& graph) : unit_(unit), graph_(graph), block_(graph.top()) {}

  CompilationUnit& unit() const noexcept { return unit_; }
  Graph& graph() const noexcept { return graph_; }
  Block* block() const noexcept { return block_; }
  Node* before() const noexcept { return before_; }
  void set_block(Block* block) { block_ = block, before_ = nullptr; }
  void set_before(Node* node) { block_ = node->block(), before_ = node; }
  const SourceRange& range() const noexcept { return range_; }
  void set_range(const SourceRange& range) { range_ = range; }

  Node* insert(Node* node);
  Node* insert(Kind kind, std::span<Value* const> inputs);                 // without outputs
  Value* insert(Kind kind, std::span<Value* const> inputs, TypePtr type);  // with one output

  // Shared within the graph: equal constants are one node. Lists and other mutable values are not shared.
  Value* constant(impl::Value value);
  Value* constant(impl::Value value, TypePtr type);
  // A number that the source spells. PyTorch keeps these in an order of their own (print.h).
  Value* literal(impl::Value value);
  Value* none() { return constant(impl::Value()); }
  // What an expression without a result is worth. Not shared: nearly always nobody uses it and it goes.
  Value* no_result() { return insert(graph_.create_constant({}, none_type()))->output(); }
  Value* integer(int64_t value) { return constant(impl::Value(value)); }
  Value* boolean(bool value) { return constant(impl::Value(value)); }

  // The first overload that takes these values, with PyTorch's conversions; prim::Unsupported when there is none.
  Value* op(std::string_view name, std::initializer_list<Value*> inputs);
  // An operator node whose inputs are complete and fit. `returns` are the concrete types, where there are variables.
  Node* op_node(const Operator& op, std::span<Value* const> inputs, std::vector<TypePtr> returns);

  // CONSTANTS.cN: one node for each index.
  Value* archive_constant(size_t index, const impl::Value& value, TypePtr type);
  // A function's body in place of a call of it; its results.
  Values inline_call(GraphFunction& function, std::span<Value* const> inputs);

  Value* unsupported(std::string what, std::span<Value* const> inputs = {});
  Value* list(TypePtr element, std::span<Value* const> items) {
    return insert(Kind::kListConstruct, items, list_of(std::move(element)));
  }
  Value* tuple(std::span<Value* const> items);
  std::vector<Value*> unpack_tuple(Value* tuple);  // reads through a TupleConstruct
  Value* unchecked_cast(Value* value, TypePtr type) {
    return insert(Kind::kUncheckedCast, {&value, 1}, std::move(type));
  }
  Value* uninitialized(TypePtr type) { return insert(Kind::kUninitialized, {}, std::move(type)); }

 private:
  void check_budget() const;
  CompilationUnit& unit_;
  Graph& graph_;
  Block* block_;
  Node* before_ = nullptr;  // null: at the block's end
  SourceRange range_;
  Node* last_constant_ = nullptr;
  int64_t literals_ = 0;
  Value* none_ = nullptr;
  std::unordered_map<int64_t, Value*> numbers_[3];  // int, float (by its bits), bool
  std::unordered_map<std::string, Value*> strings_;
  std::unordered_map<size_t, Value*> archive_constants_;
};

// The value if `value` is a constant, else null.
const impl::Value* as_constant(const Value* value) noexcept;

}  // namespace taper::impl::ir
