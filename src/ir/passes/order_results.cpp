// Puts the results of if and loop into the order of their first use, so that graphs from different texts of the same
// program compare equal. Later nodes first: their inputs' order decides about earlier ones.

#include <algorithm>
#include <limits>
#include <numeric>

#include "ir/passes/pass.h"

namespace taper::impl::ir {
namespace {

class Orderer {
 public:
  explicit Orderer(Graph& graph) {
    if (!has_several_results(*graph.top())) return;
    place_.resize(graph.node_count());
    number(*graph.top());
    visit(*graph.top());
  }

 private:
  static bool has_several_results(const Block& block) {
    for (const Node* node = block.first(); node; node = node->next()) {
      if (node->blocks().empty()) continue;
      if (node->outputs().size() > 1) return true;
      for (const Block* inner : node->blocks())
        if (has_several_results(*inner)) return true;
    }
    return false;
  }

  using Key = std::pair<uint32_t, uint32_t>;  // where the user stands, and which of its inputs

  void number(const Block& block) {
    for (const Node* node = block.first(); node; node = node->next()) {
      place_[node->id()] = next_++;
      for (const Block* inner : node->blocks()) number(*inner);
    }
    ends_.emplace_back(&block, next_++);
  }

  uint32_t end_of(const Block* block) {
    if (sorted_ != ends_.size()) {
      std::sort(ends_.begin(), ends_.end());
      sorted_ = ends_.size();
    }
    return std::lower_bound(ends_.begin(), ends_.end(), std::make_pair(block, 0u))->second;
  }

  Key first_use(const Value& value) {
    Key first(std::numeric_limits<uint32_t>::max(), 0);
    for (const Value::Use& use : value.uses())
      first = std::min(first, Key(use.user ? place_[use.user->id()] : end_of(use.block), use.index));
    return first;
  }

  void visit(Block& block) {
    for (Node* node = block.last(); node; node = node->previous()) {
      if ((node->is(Kind::kIf) || node->is(Kind::kLoop)) && node->outputs().size() > 1) sort(*node);
      for (Block* inner : node->blocks()) visit(*inner);
    }
  }

  void sort(Node& node) {
    std::vector<Key> keys;
    for (const Value* output : node.outputs()) keys.push_back(first_use(*output));
    if (std::is_sorted(keys.begin(), keys.end())) return;
    std::vector<size_t> order(keys.size());
    std::iota(order.begin(), order.end(), size_t(0));
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return keys[a] < keys[b]; });
    node.permute_results(order);
  }

  std::vector<uint32_t> place_;
  std::vector<std::pair<const Block*, uint32_t>> ends_;
  size_t sorted_ = 0;
  uint32_t next_ = 1;
};

}  // namespace

void order_results(Graph& graph) { Orderer orderer(graph); }

}  // namespace taper::impl::ir
