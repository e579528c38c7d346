// Replaces calls of known functions and methods by their bodies. Calls through interfaces stay, and so does a call
// within its own expansion (recursion) and what would make the graph larger than the budget.

#include <algorithm>
#include <deque>

#include "ir/passes/pass.h"

namespace taper::impl::ir {
namespace {

constexpr int kMaxDepth = 500;     // of calls within calls
constexpr int kMaxNesting = 1000;  // of blocks within blocks: passes recurse over them

int nesting_of(const Block& block) {
  int inner = 0;
  for (const Node* node = block.first(); node; node = node->next())
    for (const Block* child : node->blocks()) inner = std::max(inner, nesting_of(*child));
  return inner + 1;
}

int nesting_around(const Block* block) {
  int outer = 0;
  for (; block; block = block->owner() ? block->owner()->block() : nullptr) ++outer;
  return outer;
}

class Inliner {
 public:
  Inliner(Graph& graph, PassContext& context) : graph_(graph), context_(context) {}
  bool changed = false;

  void visit(Block& block) {
    for (Node *node = block.first(), *next; node; node = next) {
      next = node->next();
      if (node->is(Kind::kCallFunction) || node->is(Kind::kCallMethod)) {
        if (node->function && expand(*node, next)) continue;
      }
      for (Block* inner : node->blocks()) visit(*inner);
    }
  }

 private:
  // On success `next` is where to go on: the body's first node.
  bool expand(Node& call, Node*& next) {
    GraphFunction* callee = dynamic_cast<GraphFunction*>(call.function.get());
    if (!callee || is_within(*callee, call.inlined_call())) return false;
    std::unique_ptr<Graph> own = callee->take_graph(1, &graph_);
    const Graph& body = own ? *own : callee->graph();
    if (!fits(body, call)) {
      if (own) callee->put_back(std::move(own));
      return false;
    }
    Node* previous = call.previous();
    Block* block = call.block();
    InlinedCall record{call.function, call.range(), call.inlined_call()};
    Values results = own ? graph_.adopt(std::move(own), call.inputs(), block, &call, record)
                         : graph_.splice(body, call.inputs(), block, &call, &record);
    for (size_t i = 0; i < results.size(); ++i) {
      if (results[i]->name().empty() && results[i]->node()) results[i]->set_name(call.output(i)->name());
      call.output(i)->replace_all_uses_with(results[i]);
    }
    next = previous ? previous->next() : block->first();
    if (next == &call) next = call.next();
    call.destroy();
    changed = true;
    return true;
  }

  bool fits(const Graph& body, const Node& call) const {
    return size_t(graph_.node_count()) + body.node_count() <= context_.max_nodes &&
           nesting_around(call.block()) + nesting_of(*body.top()) <= kMaxNesting &&
           body.inputs().size() == call.inputs().size() && body.outputs().size() == call.outputs().size();
  }

  bool is_within(const GraphFunction& callee, uint32_t call) const {
    int depth = 0;
    for (; call != 0; call = graph_.inlined_calls()[call].outer)
      if (graph_.inlined_calls()[call].callee.get() == &callee || ++depth > kMaxDepth) return true;
    return false;
  }

  Graph& graph_;
  PassContext& context_;
};

}  // namespace

bool inline_calls(Graph& graph, PassContext& context) {
  Inliner inliner(graph, context);
  inliner.visit(*graph.top());
  return inliner.changed;
}

}  // namespace taper::impl::ir
