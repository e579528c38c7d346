// Local rewrites that need no evaluation, each by a row of its own in simplify_node.

#include <optional>

#include "ir/alias.h"
#include "ir/builder.h"
#include "ir/isinstance.h"
#include "ir/passes/pass.h"

namespace taper::impl::ir {
namespace {

bool may_be_none(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kNone:
    case TypeKind::kTensor:
    case TypeKind::kAny:
    case TypeKind::kUnknown:
    case TypeKind::kOptional:
    case TypeKind::kVar: return true;
    case TypeKind::kUnion:
      for (const TypePtr& member : type.elements())
        if (may_be_none(*member)) return true;
      return false;
    default: return false;
  }
}

// "aten::__is__" or "aten::__isnot__"; a tensor may be undefined and still have the type Tensor, which counts as None.
bool is_identity_test(const Node& node) { return node.is_op("aten::__is__") || node.is_op("aten::__isnot__"); }

class Simplifier {
 public:
  Simplifier(Graph& graph, PassContext& context) : graph_(graph), builder_(context.unit, graph) {}
  bool changed = false;

  void visit(Block& block) {
    for (Node *node = block.first(), *next; node; node = next) {
      next = node->next();
      for (Block* inner : node->blocks()) visit(*inner);
      if (simplify_node(*node)) {
        node->destroy();
        changed = true;
      }
    }
  }

 private:
  bool give(Node& node, Value* value) {
    node.output()->replace_all_uses_with(value);
    return true;
  }

  bool simplify_node(Node& node) {
    switch (node.kind()) {
      case Kind::kUncheckedCast:
        return equal(*node.input()->type(), *node.output()->type()) && give(node, node.input());
      case Kind::kTupleUnpack:
        if (!made_by(node.input(), Kind::kTupleConstruct)) return false;
        for (size_t i = 0; i < node.outputs().size(); ++i)
          node.output(i)->replace_all_uses_with(node.input()->node()->input(i));
        return true;
      case Kind::kTupleIndex:
        return node.number >= 0 && made_by(node.input(), Kind::kTupleConstruct) &&
               give(node, node.input()->node()->input(size_t(node.number)));
      case Kind::kListUnpack: {
        if (!made_by(node.input(), Kind::kListConstruct) || alias().has_writers(node.input())) return false;
        Node& list = *node.input()->node();
        if (list.inputs().size() != node.outputs().size()) return false;
        for (size_t i = 0; i < node.outputs().size(); ++i) node.output(i)->replace_all_uses_with(list.input(i));
        return true;
      }
      case Kind::kIsInstance:
        if (std::optional<bool> known = static_isinstance(node.input()->type(), node.types))
          return give(node, builder_.boolean(*known));
        return false;
      case Kind::kOperator: return simplify_operator(node);
      default: return false;
    }
  }

  bool simplify_operator(Node& node) {
    if (is_identity_test(node)) {
      bool negated = node.is_op("aten::__isnot__");
      const Type &a = *node.input(0)->type(), &b = *node.input(1)->type();
      if (a.is(TypeKind::kNone) && b.is(TypeKind::kNone)) return give(node, builder_.boolean(!negated));
      bool apart = (a.is(TypeKind::kNone) && !may_be_none(b)) || (b.is(TypeKind::kNone) && !may_be_none(a));
      return apart && give(node, builder_.boolean(negated));
    }
    // A float is equal to itself even when it is NaN: PyTorch folds this, and answers depend on it.
    if ((node.is_op("aten::eq") || node.is_op("aten::ne")) && node.input(0) == node.input(1)) {
      TypeKind kind = node.input()->type()->kind();
      if (kind == TypeKind::kInt || kind == TypeKind::kFloat)
        return give(node, builder_.boolean(node.is_op("aten::eq")));
    }
    // int(tensor(n)) is n.
    bool to_int = node.is_op("aten::Int") || node.is_op("aten::IntImplicit");
    bool to_float = node.is_op("aten::Float") || node.is_op("aten::FloatImplicit");
    if (to_int || to_float || node.is_op("aten::ScalarImplicit")) {
      TypeKind wanted = to_int ? TypeKind::kInt : to_float ? TypeKind::kFloat : TypeKind::kNumber;
      Node* source = node.input()->node();
      if (node.input()->type()->is(wanted)) return give(node, node.input());
      if (source && source->is_op("prim::NumToTensor") && !alias().has_writers(node.input())) {
        const TypePtr& type = source->input()->type();
        bool same = type->is(wanted) ||
                    (wanted == TypeKind::kNumber && (type->is(TypeKind::kInt) || type->is(TypeKind::kFloat)));
        if (same) return give(node, source->input());
      }
      return false;
    }
    if (node.is_op("aten::len") && made_by(node.input(), Kind::kListConstruct) && !alias().has_writers(node.input()))
      return give(node, builder_.integer(int64_t(node.input()->node()->inputs().size())));
    if (node.is_op("aten::__getitem__") && made_by(node.input(), Kind::kListConstruct)) {
      const impl::Value* index = as_constant(node.input(1));
      if (!index || !index->is(Tag::kInt)) return false;
      Node& list = *node.input()->node();
      int64_t count = int64_t(list.inputs().size()), at = index->integer();
      if (at < -count || at >= count || alias().has_writers(node.input())) return false;
      return give(node, list.input(size_t(at < 0 ? at + count : at)));
    }
    return false;
  }

  bool made_by(const Value* value, Kind kind) const {
    if (!value->node() || !value->node()->is(kind)) return false;
    // What the analysis has not seen cannot be asked about.
    return !alias_ || value->id() < known_values_;
  }
  const AliasAnalysis& alias() {
    if (!alias_) known_values_ = graph_.value_count(), alias_.emplace(graph_);
    return *alias_;
  }

  Graph& graph_;
  Builder builder_;
  std::optional<AliasAnalysis> alias_;
  uint32_t known_values_ = 0;
};

}  // namespace

bool simplify(Graph& graph, PassContext& context) {
  Simplifier simplifier(graph, context);
  simplifier.visit(*graph.top());
  return simplifier.changed;
}

}  // namespace taper::impl::ir
