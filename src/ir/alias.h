// Which values of a graph may share memory, and what is written. Decided from the schemas' alias marks, conservatively:
// "may" answers are never wrong in the other direction.
//
//   AliasAnalysis alias(graph);
//   if (!alias.has_writers(v)) ...           // nothing in this graph writes memory that v can reach
//   if (alias.may_alias(a, b)) ...
//
// Memory is a partition: values that may share it are in one cell. Containers and objects have cells for what they
// hold. What comes from outside (arguments, attributes of arguments, results of calls) is one cell, the world; types
// tell its members apart. The analysis describes the graph as it was when it was made; a pass that changes nodes makes
// a new one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ir/graph.h"

namespace taper::impl::ir {

// May one piece of memory have both types? False for values without memory of their own (int, str...).
bool types_may_alias(const Type& a, const Type& b);
// Can values of the type be changed in place, by themselves or in what they hold?
bool is_mutable(const Type& type);

// Must the node stay where it is even when nothing uses its results: it prints, raises, calls, sets an attribute...
// Writes that alias marks announce are not counted; AliasAnalysis knows those.
bool has_side_effects(const Node& node);
// Does it give the same results for the same inputs, as long as nobody writes them, without side effects? Then it may
// be merged with its equal.
bool is_deterministic(const Node& node);

// Memory that has a name: values with the same key share it, values with different keys do not. Null is the world, and so is
// what a container with a name holds.
using KnownMemory = std::unordered_map<const Value*, const void*>;

class AliasAnalysis {
 public:
  // With `known`, no argument shares memory that has a name, except where a result or a store lets it out.
  explicit AliasAnalysis(const Graph& graph, const KnownMemory* known = nullptr);

  bool may_alias(const Value* a, const Value* b) const;
  // Does any node write memory that is v's, or that v holds?
  bool has_writers(const Value* v) const;
  // Do inputs or outputs of the node have writers?
  bool has_writers(const Node& node) const;
  // Does the node write anything by its alias marks (or may it, being a call)?
  bool writes(const Node& node) const;
  // May what the node writes be seen by someone that holds v?
  bool writes_to(const Node& node, const Value* v) const;
  // Is v's memory, or what it holds, known outside the graph: an argument, a result, something stored in one?
  bool escapes(const Value* v) const;
  // The same of v's own memory alone.
  bool escapes_itself(const Value* v) const;
  // Is any memory that the node writes known outside the graph?
  bool writes_escape(const Node& node) const;
  // For many questions at once: marks the memory of v and of what it holds in `reached`; may any of it be written by
  // node?
  void mark_reached(const Value* v, std::vector<bool>& reached) const;
  bool writes_reached(const Node& node, const std::vector<bool>& reached) const;
  // May the results of `node` be replaced by those of `earlier`, made from the same inputs? False where somebody could
  // tell one from two by writing.
  bool may_merge(const Node& node, const Node& earlier) const;

 private:
  using Cell = uint32_t;
  static constexpr Cell kNoCell = ~0u;
  static constexpr Cell kWorld = 0;
  struct Write {
    const Node* node;
    const Type* type;
  };
  struct CellData {
    Cell parent;
    bool escapes = false;
    bool compared = false;                           // somebody asks whether two of its members are one object
    std::vector<std::pair<std::string, Cell>> held;  // by field; "" is any element of a list or dict
    std::vector<Write> writes;
  };

  Cell find(Cell cell) const;
  Cell new_cell();
  void unite(Cell a, Cell b);
  Cell held(Cell holder, std::string_view field, const Type& type);
  Cell cell_of(const Value* v) const { return cells_[v->id()] == kNoCell ? kNoCell : find(cells_[v->id()]); }
  Cell define(const Value* v);  // its own cell, or none for immutable types
  void make_world(const Value* v);
  void make_world(Cell cell);
  bool define_known(const Value* v);
  void let_out_known();
  void write(const Node& node, Cell cell, const Type& type);
  void write_deep(const Node& node, const Value* v);
  void mark_escaping(Cell cell);
  bool written_itself(Cell root, const Type& type) const;
  bool written(Cell cell, const Type& type, std::vector<bool>& seen) const;
  bool escapes(Cell cell, std::vector<bool>& seen) const;
  bool is_compared(const Value* v) const;
  void holds_all(const Value* container, const Value* item);

  void visit(const Block& block);
  void visit(const Node& node);
  void visit_operator(const Node& node);
  void visit_call(const Node& node);

  std::vector<Cell> cells_;  // by value id
  const KnownMemory* known_;
  std::unordered_map<const void*, Cell> known_cells_;
  mutable std::vector<CellData> data_;
  std::unordered_map<const Node*, std::vector<std::pair<Cell, const Type*>>> writes_of_;
  std::vector<std::pair<Cell, Cell>> pending_;
};

}  // namespace taper::impl::ir
