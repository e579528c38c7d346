// Surgery on if and loop nodes that several passes share.
#pragma once

#include "ir/graph.h"

namespace taper::impl::ir {

// Moves the nodes of one of the If's blocks before it, gives its returns to the users of the outputs, destroys the If.
inline void keep_branch(Node& node, size_t branch) {
  Block& block = *node.blocks()[branch];
  while (Node* first = block.first()) first->move_before(&node);
  for (size_t i = 0; i < node.outputs().size(); ++i) node.output(i)->replace_all_uses_with(block.returns()[i]);
  node.destroy();
}

// A loop whose body never runs: its results are what was carried in.
inline void drop_loop(Node& node) {
  for (size_t i = 0; i < node.outputs().size(); ++i) node.output(i)->replace_all_uses_with(node.input(i + 2));
  node.destroy();
}

}  // namespace taper::impl::ir
