// Computes what depends on constants alone: operators through the Evaluator, and the choice of an if or a loop whose
// condition is constant. Only operators marked kPure are computed; what raises stays, so that it raises when it is run.
// A mutable result (a tensor) becomes a constant only if nobody writes it and it stays within the graph: each run of the
// original would have made a new one.

#include <optional>

#include "core/error.h"
#include "ir/alias.h"
#include "ir/builder.h"
#include "ir/passes/control_flow.h"
#include "ir/passes/pass.h"

namespace taper::impl::ir {
namespace {

bool is_plain(const impl::Value& value, int depth = 0) {
  switch (value.tag()) {
    case Tag::kNone:
    case Tag::kBool:
    case Tag::kInt:
    case Tag::kFloat:
    case Tag::kComplex:
    case Tag::kString:
    case Tag::kDevice: return true;
    case Tag::kTuple:
      if (depth > 8) return false;
      for (const impl::Value& item : value.tuple().items)
        if (!is_plain(item, depth + 1)) return false;
      return true;
    default: return false;
  }
}

class Folder {
 public:
  Folder(Graph& graph, PassContext& context) : graph_(graph), context_(context) {}
  bool changed = false;

  void visit(Block& block) {
    for (Node *node = block.first(), *next; node; node = next) {
      next = node->next();
      if (node->is(Kind::kIf)) {
        if (const impl::Value* condition = as_constant(node->input()); condition && condition->is(Tag::kBool)) {
          Node* previous = node->previous();
          keep_branch(*node, condition->boolean() ? 0 : 1);
          next = previous ? previous->next() : block.first();
          changed = true;
          continue;
        }
      } else if (node->is(Kind::kLoop)) {
        const impl::Value *count = as_constant(node->input(0)), *condition = as_constant(node->input(1));
        if ((count && count->is(Tag::kInt) && count->integer() <= 0) || (condition && condition->is(Tag::kBool) && !condition->boolean())) {
          drop_loop(*node);
          changed = true;
          continue;
        }
      }
      for (Block* inner : node->blocks()) visit(*inner);
      if (node->is(Kind::kIf)) drop_equal_results(*node);
      if (node->is(Kind::kLoop)) drop_unchanged(*node);
      fold(*node);
    }
  }

 private:
  // Both branches give the same outer value, or the same plain constant.
  void drop_equal_results(Node& node) {
    for (size_t i = node.outputs().size(); i-- > 0;) {
      Value *yes = node.blocks()[0]->returns()[i], *no = node.blocks()[1]->returns()[i];
      if (yes != no) continue;
      node.output(i)->replace_all_uses_with(yes);
      for (Block* block : node.blocks()) block->remove_return(i);
      node.remove_output(i);
      changed = true;
    }
  }

  // The body gives back what it was given.
  void drop_unchanged(Node& node) {
    Block& body = *node.blocks()[0];
    for (size_t i = node.outputs().size(); i-- > 0;) {
      if (body.returns()[i + 1] != body.parameters()[i + 1] && body.returns()[i + 1] != node.input(i + 2)) continue;
      Value* carried = node.input(i + 2);
      node.output(i)->replace_all_uses_with(carried);
      body.remove_return(i + 1);
      body.parameters()[i + 1]->replace_all_uses_with(carried);
      body.remove_parameter(i + 1);
      node.remove_output(i);
      node.remove_input(i + 2);
      changed = true;
    }
  }

  void fold(Node& node) {
    if (!node.is(Kind::kOperator) || !context_.evaluator || !is_deterministic(node)) return;
    if (node.op()->schema.is_vararg || node.inputs().empty()) return;
    for (const Value* input : node.inputs()) {
      const impl::Value* value = as_constant(input);
      if (!value) return;
      if (!is_plain(*value) && is_changed(input)) return;
    }
    for (const Value* output : node.outputs())
      if (is_mutable(*output->type()) && (!output->type()->is(TypeKind::kTensor) || !stays_within(output))) return;

    std::vector<impl::Value> arguments, results(node.outputs().size());
    for (const Value* input : node.inputs()) arguments.push_back(*as_constant(input));
    try {
      context_.evaluator->run(*node.op()->def, arguments, results);
    } catch (const Error&) {
      return;
    }
    for (const impl::Value& result : results)
      if (!is_plain(result) && !(result.is_tensor() && fits(result.tensor()))) return;
    for (size_t i = 0; i < results.size(); ++i) {
      Node* constant = graph_.create_constant(std::move(results[i]), node.output(i)->type());
      constant->set_range(node.range());
      constant->output()->set_name(node.output(i)->name());
      constant->insert_before(&node);
      node.output(i)->replace_all_uses_with(constant->output());
    }
    node.destroy();
    changed = true;
  }

  bool fits(const Tensor& tensor) const {
    int64_t items = tensor.numel();
    return items >= 0 && uint64_t(items) <= context_.max_constant_bytes / size_t(std::max<int64_t>(1, int64_t(item_size(tensor.dtype()))));
  }

  // New nodes are constants that the analysis does not know; only values of the original graph are asked about.
  const AliasAnalysis& alias() {
    if (!alias_) known_values_ = graph_.value_count(), alias_.emplace(graph_);
    return *alias_;
  }
  bool is_changed(const Value* value) {
    const AliasAnalysis& analysis = alias();
    return value->id() < known_values_ && analysis.has_writers(value);
  }
  bool stays_within(const Value* value) {
    const AliasAnalysis& analysis = alias();
    return value->id() < known_values_ && !analysis.has_writers(value) && !analysis.escapes(value);
  }

  Graph& graph_;
  PassContext& context_;
  std::optional<AliasAnalysis> alias_;
  uint32_t known_values_ = 0;
};

}  // namespace

bool fold_constants(Graph& graph, PassContext& context) {
  Folder folder(graph, context);
  folder.visit(*graph.top());
  return folder.changed;
}

}  // namespace taper::impl::ir
