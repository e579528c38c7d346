// Computes equal expressions once: a deterministic node with the kind, inputs and attributes of an earlier one that is
// visible from it takes over that one's results, unless somebody writes what they read or give.

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "ir/alias.h"
#include "ir/passes/pass.h"

namespace taper::impl::ir {
namespace {

size_t mix(size_t seed, size_t value) { return (seed ^ value) * 0x9e3779b97f4a7c15ull + (seed >> 7); }

bool is_simple_constant(const impl::Value& value) { return !value.is_counted() || value.is(Tag::kString); }

bool same_constant(const impl::Value& a, const impl::Value& b) {
  if (a.is(Tag::kString) && b.is(Tag::kString)) return a.string() == b.string();
  if (a.is(Tag::kFloat) && std::isnan(a.floating())) return false;  // two NaNs that become one would be equal
  return a.is_same(b);                                              // payload bits: 0.0 and -0.0 differ
}

size_t hash_of(const Node& node) {
  size_t hash = mix(size_t(node.kind()), reinterpret_cast<size_t>(node.op()));
  for (const Value* input : node.inputs()) hash = mix(hash, input->id());
  hash = mix(hash, std::hash<std::string>()(node.text));
  if (!node.is(Kind::kConstant)) {
    hash = mix(hash, size_t(node.number) * 31 + size_t(node.number2));
  } else {
    hash = mix(hash, size_t(node.value.tag()));
    hash = mix(hash, node.value.is(Tag::kString) ? std::hash<std::string>()(node.value.string())
                                                 : size_t(node.value.integer()));
  }
  return hash;
}

bool same(const Node& a, const Node& b) {
  if (a.kind() != b.kind() || a.op() != b.op() || a.inputs().size() != b.inputs().size() ||
      a.outputs().size() != b.outputs().size() || a.text != b.text || a.types.size() != b.types.size())
    return false;
  // A constant's numbers say where it came from, not what it is.
  if (!a.is(Kind::kConstant) && (a.number != b.number || a.number2 != b.number2)) return false;
  for (size_t i = 0; i < a.inputs().size(); ++i)
    if (a.input(i) != b.input(i)) return false;
  for (size_t i = 0; i < a.outputs().size(); ++i)
    if (!equal(*a.output(i)->type(), *b.output(i)->type())) return false;
  for (size_t i = 0; i < a.types.size(); ++i)
    if (!equal(*a.types[i], *b.types[i])) return false;
  return !a.is(Kind::kConstant) || same_constant(a.value, b.value);
}

class Merger {
 public:
  explicit Merger(Graph& graph) : alias_(graph), heads_(std::bit_ceil(size_t(graph.node_count()) + 2), kNone) {}
  bool changed = false;

  void visit(Block& block) {
    size_t mark = seen_.size();  // what this block adds is forgotten at its end
    for (Node *node = block.first(), *next; node; node = next) {
      next = node->next();
      for (Block* inner : node->blocks()) visit(*inner);
      if (!node->blocks().empty() || node->outputs().empty() || !is_deterministic(*node)) continue;
      if (node->is(Kind::kConstant) && !is_simple_constant(node->value)) continue;
      if (alias_.has_writers(*node)) continue;
      size_t hash = hash_of(*node);
      uint32_t& head = head_of(hash);
      Node* earlier = nullptr;
      for (uint32_t i = head; i != kNone && !earlier; i = seen_[i].next)
        if (seen_[i].hash == hash && same(*seen_[i].node, *node) && alias_.may_merge(*node, *seen_[i].node))
          earlier = seen_[i].node;
      if (!earlier) {
        seen_.push_back({hash, node, head});
        head = uint32_t(seen_.size() - 1);
        continue;
      }
      for (size_t i = 0; i < node->outputs().size(); ++i) node->output(i)->replace_all_uses_with(earlier->output(i));
      node->destroy();
      changed = true;
    }
    for (; seen_.size() > mark; seen_.pop_back()) head_of(seen_.back().hash) = seen_.back().next;
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Seen {
    size_t hash;
    Node* node;
    uint32_t next;  // in the same chain
  };
  // By the high bits: the low ones of a product know nothing of what is above them, and floats differ there.
  uint32_t& head_of(size_t hash) {
    return heads_[hash >> (std::numeric_limits<size_t>::digits - std::countr_zero(heads_.size()))];
  }
  AliasAnalysis alias_;
  std::vector<Seen> seen_;
  std::vector<uint32_t> heads_;  // of chains through seen_, the latest first
};

}  // namespace

bool merge_common_subexpressions(Graph& graph) {
  Merger merger(graph);
  merger.visit(*graph.top());
  return merger.changed;
}

}  // namespace taper::impl::ir
