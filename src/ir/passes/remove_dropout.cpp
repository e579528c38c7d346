// Dropout out of training gives its argument itself.

#include "ir/builder.h"
#include "ir/passes/pass.h"

namespace taper::impl::ir {
namespace {

bool is_dropout(const Node& node) {
  static constexpr std::string_view kNames[] = {
      "aten::dropout",       "aten::dropout_",       "aten::feature_dropout",       "aten::feature_dropout_",
      "aten::alpha_dropout", "aten::alpha_dropout_", "aten::feature_alpha_dropout", "aten::feature_alpha_dropout_"};
  for (std::string_view name : kNames)
    if (node.is_op(name)) return node.inputs().size() == 3;
  return false;
}

bool remove_from(Block& block) {
  bool changed = false;
  for (Node *node = block.first(), *next; node; node = next) {
    next = node->next();
    for (Block* inner : node->blocks()) changed |= remove_from(*inner);
    if (!is_dropout(*node)) continue;
    const impl::Value *share = as_constant(node->input(1)), *train = as_constant(node->input(2));
    // A share that is none is an error when it is run.
    if (!train || !train->is(Tag::kBool) || train->boolean() || !share || !share->is(Tag::kFloat) ||
        !(share->floating() >= 0 && share->floating() <= 1))
      continue;
    node->output()->replace_all_uses_with(node->input());
    node->destroy();
    changed = true;
  }
  return changed;
}

}  // namespace

bool remove_dropout(Graph& graph) { return remove_from(*graph.top()); }

}  // namespace taper::impl::ir
