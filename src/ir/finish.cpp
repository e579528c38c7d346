#include "ir/finish.h"

#include "ir/passes/pass.h"

namespace taper::impl::ir {

void finish_graph(Builder& builder) {
  Graph& graph = builder.graph();
  eliminate_dead_code(graph, false);
  if (fold_plain_constants(graph, builder.unit().options().evaluator)) eliminate_dead_code(graph, false);
  order_results(graph);
}

}  // namespace taper::impl::ir
