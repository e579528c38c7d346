// Drops nodes whose results nobody uses, unused results of if, and unused carried values of loops.
//
// A node lives if it has an effect, or if a living node, or a living block return, uses one of its results. A node that
// writes memory lives if somebody outside the graph knows the memory or a living node can see it.

#include <algorithm>
#include <optional>

#include "ir/alias.h"
#include "ir/passes/pass.h"

namespace taper::impl::ir {
namespace {

class DeadCode {
 public:
  DeadCode(Graph& graph, bool writers)
      : graph_(graph), weigh_writers_(writers), node_lives_(graph.node_count()), value_lives_(graph.value_count()) {
    work_.reserve(std::min<size_t>(graph.node_count(), 64));
  }

  bool run() {
    find_roots(*graph_.top());
    for (Value* result : graph_.outputs()) mark(result);
    drain();
    while (revive_writers()) drain();
    sweep(*graph_.top());
    return changed_;
  }

 private:
  void find_roots(Block& block) {
    for (Node* node = block.first(); node; node = node->next()) {
      if (node->blocks().empty()) {
        if (has_side_effects(*node)) {
          mark(node);
        } else if (node->op() && writes_by_schema(node->op()->schema)) {
          if (weigh_writers_) writers_.push_back(node);
          else mark(node);
        }
      }
      for (Block* inner : node->blocks()) find_roots(*inner);
    }
  }

  static bool writes_by_schema(const Schema& schema) {
    for (const Argument& argument : schema.arguments)
      if (argument.alias.is_write) return true;
    return false;
  }

  // Writers into memory that lives on, or that a living value can see.
  bool revive_writers() {
    bool any = false;
    for (Node*& writer : writers_) {
      if (!writer || node_lives_[writer->id()]) continue;
      if (!alias_) alias_.emplace(graph_);
      if (!is_seen(*writer)) continue;
      mark(writer);
      writer = nullptr;
      any = true;
    }
    return any;
  }

  bool is_seen(const Node& writer) {
    if (alias_->writes_escape(writer)) return true;
    while (reached_from_ < living_.size()) alias_->mark_reached(living_[reached_from_++], reached_);
    return alias_->writes_reached(writer, reached_);
  }

  void mark(Node* node) {
    if (node_lives_[node->id()]) return;
    node_lives_[node->id()] = true;
    work_.push_back(node);
  }

  void mark(Value* value) {
    if (value_lives_[value->id()]) return;
    value_lives_[value->id()] = true;
    if (!writers_.empty() && is_mutable(*value->type())) living_.push_back(value);
    Node* node = value->node();
    size_t i = value->index();
    if (!node) {  // a loop's parameter
      Node* loop = value->block()->owner();
      if (loop && loop->is(Kind::kLoop) && i > 0) mark_carried(loop, i - 1);
      return;
    }
    mark(node);
    if (node->is(Kind::kIf))
      for (Block* block : node->blocks()) mark(block->returns()[i]);
    else if (node->is(Kind::kLoop)) mark_carried(node, i);
    else
      for (Block* block : node->blocks())
        for (Value* result : block->returns()) mark(result);
  }

  void mark_carried(Node* loop, size_t i) {
    mark(loop->input(i + 2));
    mark(loop->blocks()[0]->returns()[i + 1]);
    mark(loop->blocks()[0]->parameters()[i + 1]);
  }

  void drain() {
    while (!work_.empty()) {
      Node* node = work_.back();
      work_.pop_back();
      if (Node* owner = node->block()->owner()) mark(owner);
      if (node->is(Kind::kLoop)) {
        mark(node->input(0));
        mark(node->input(1));
        mark(node->blocks()[0]->returns()[0]);
      } else {
        for (Value* input : node->inputs()) mark(input);
      }
    }
  }

  void sweep(Block& block) {
    for (Node *node = block.last(), *previous; node; node = previous) {
      previous = node->previous();
      if (!node_lives_[node->id()]) {
        drop_unused(*node, true);
        node->destroy();
        changed_ = true;
        continue;
      }
      drop_unused(*node, false);
      for (Block* inner : node->blocks()) sweep(*inner);
    }
  }

  // Results of if and loop that do not live; all of them before the node itself goes.
  void drop_unused(Node& node, bool all) {
    if (!node.is(Kind::kIf) && !node.is(Kind::kLoop)) return;
    for (size_t i = node.outputs().size(); i-- > 0;) {
      if (value_lives_[node.output(i)->id()] && !all) continue;
      if (node.is(Kind::kIf)) {
        for (Block* block : node.blocks()) block->remove_return(i);
      } else {
        Block& body = *node.blocks()[0];
        if (value_lives_[body.parameters()[i + 1]->id()] && !all) continue;
        body.remove_return(i + 1);
        // Only dead nodes use the parameter; they go when the body is swept, which must not find it gone.
        detach_users(*body.parameters()[i + 1], *node.input(i + 2));
        body.remove_parameter(i + 1);
        node.remove_input(i + 2);
      }
      node.remove_output(i);
      changed_ = true;
    }
  }

  static void detach_users(Value& parameter, Value& stand_in) { parameter.replace_all_uses_with(&stand_in); }

  Graph& graph_;
  bool weigh_writers_;
  std::vector<uint8_t> node_lives_, value_lives_;
  std::vector<Node*> work_;
  std::vector<Node*> writers_;  // all are known before the first value is marked
  std::vector<const Value*> living_;
  std::vector<bool> reached_;  // memory that living values see
  size_t reached_from_ = 0;    // values before this one are in it
  std::optional<AliasAnalysis> alias_;
  bool changed_ = false;
};

}  // namespace

bool eliminate_dead_code(Graph& graph, bool writers) { return DeadCode(graph, writers).run(); }

}  // namespace taper::impl::ir
