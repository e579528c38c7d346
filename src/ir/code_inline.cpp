#include "ir/code_inline.h"

#include <limits>
#include <vector>

namespace taper::impl::ir {
namespace {

const Node* last_of(const Block& block) {
  const Node* node = block.last();
  return node && node->is(Kind::kConstant) ? before(node) : node;
}

bool can_inline(const Node& node) {
  if (node.outputs().size() != 1 || !node.blocks().empty()) return false;
  switch (node.kind()) {
    case Kind::kTupleUnpack:
    case Kind::kListUnpack:
    case Kind::kEnter:
    case Kind::kExit:
    case Kind::kFork:
    case Kind::kAwaitable:
    case Kind::kIsInstance: return false;  // within a condition it would say again what is known already
    default: break;
  }
  const Value* value = node.output();
  if (value->uses().size() != 1) return false;
  const Value::Use& use = value->uses()[0];
  if (!use.user) return true;
  if (!value->name().empty()) return false;
  switch (use.user->kind()) {
    case Kind::kFork:
    case Kind::kAwaitable: return false;
    case Kind::kSetAttr: return use.index == 1;  // the object is looked for after the value
    case Kind::kLoop: return use.index == 1 || (use.index == 0 && !has_count_and_condition(*use.user));
    default: return true;
  }
}

class Scanner {
 public:
  explicit Scanner(std::unordered_set<const Node*>& found) : found_(found) {}

  void scan(const Block& block) {
    scan_inputs(block.returns(), last_of(block));
    for (const Node* node = block.last(); node; node = node->previous()) {
      if (node->is(Kind::kConstant) || found_.count(node)) continue;
      for (const Block* inner : node->blocks()) scan(*inner);
      scan_inputs(node->inputs(), before(node));
    }
  }

 private:
  // Walks backwards over what `inputs` are computed from; `point` is the node that would have to be next.
  void scan_inputs(std::span<Value* const> top_inputs, const Node* point) {
    struct Frame {
      std::span<Value* const> inputs;
      size_t left;
    };
    std::vector<Frame> stack{{top_inputs, top_inputs.size()}};
    while (!stack.empty()) {
      Frame& frame = stack.back();
      if (frame.left == 0) {
        stack.pop_back();
        continue;
      }
      const Node* node = frame.inputs[--frame.left]->node();
      if (!node || node != point || !can_inline(*node)) continue;
      found_.insert(node);
      point = before(node);
      stack.push_back({node->inputs(), node->inputs().size()});
    }
  }

  std::unordered_set<const Node*>& found_;
};

}  // namespace

const impl::Value* constant_of(const Value* value) {
  return value->node() && value->node()->is(Kind::kConstant) ? &value->node()->value : nullptr;
}

bool is_true(const Value* value) {
  const impl::Value* constant = constant_of(value);
  return constant && constant->is(Tag::kBool) && constant->boolean();
}

const Node* before(const Node* node) {
  do node = node->previous();
  while (node && node->is(Kind::kConstant));
  return node;
}

bool has_count(const Node& loop) {
  const impl::Value* count = constant_of(loop.input(0));
  return !count || !count->is(Tag::kInt) || count->integer() != std::numeric_limits<int64_t>::max() ||
         loop.blocks()[0]->parameters()[0]->is_used();
}

bool has_count_and_condition(const Node& loop) {
  return has_count(loop) && !(is_true(loop.input(1)) && is_true(loop.blocks()[0]->returns()[0]));
}

void find_inline(const Block& body, std::unordered_set<const Node*>& found) { Scanner(found).scan(body); }

}  // namespace taper::impl::ir
