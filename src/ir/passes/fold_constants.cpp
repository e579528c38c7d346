// Computes what depends on constants alone: operators through the Evaluator, and the choice of an if or a loop whose
// condition is constant. Only operators marked kPure are computed; what raises stays, so that it raises when it is run.
// A mutable result (a tensor) becomes a constant only if nobody writes it and it stays within the graph: each run of
// the original would have made a new one.

#include <optional>

#include "core/error.h"
#include "ir/alias.h"
#include "ir/builder.h"
#include "ir/isinstance.h"
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
  Folder(Graph& graph, Evaluator* evaluator, size_t max_bytes, bool tensors)
      : graph_(graph), evaluator_(evaluator), max_bytes_(max_bytes), tensors_(tensors) {}
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
        if ((count && count->is(Tag::kInt) && count->integer() <= 0) ||
            (condition && condition->is(Tag::kBool) && !condition->boolean())) {
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
      if (yes != no) {
        // Two nodes of one constant. One that stands in the branch cannot serve outside of it; one from farther out may
        // have users before the if.
        const impl::Value *a = as_constant(yes), *b = as_constant(no);
        if (!a || !b || a->is_counted() || !a->is_same(*b) || !equal(*yes->type(), *no->type())) continue;
        if (yes->node()->block() == node.blocks()[0]) yes->node()->move_before(&node);
      }
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
    if (node.is(Kind::kTupleIndex) || node.is(Kind::kTupleUnpack) || node.is(Kind::kTupleSlice))
      return take_apart(node);
    if (node.is(Kind::kIsInstance)) {
      if (auto known = static_isinstance(node.input()->type(), node.types)) {
        std::vector<impl::Value> results;
        results.emplace_back(*known);
        replace(node, std::move(results));
      }
      return;
    }
    if (!node.is(Kind::kTupleConstruct) && (!node.is(Kind::kOperator) || node.inputs().empty())) return;
    for (const Value* input : node.inputs()) {
      const impl::Value* value = as_constant(input);
      if (!value) return;
      if (!is_plain(*value) && (!tensors_ || node.is(Kind::kTupleConstruct) || is_changed(input))) return;
    }
    if (node.is(Kind::kTupleConstruct)) return fold_tuple(node);
    if (node.is_op("aten::device")) return fold_device(node);
    if (!evaluator_ || !is_deterministic(node) || node.op()->schema.is_vararg) return;
    for (const Value* output : node.outputs())
      if (is_mutable(*output->type()) && (!tensors_ || !output->type()->is(TypeKind::kTensor) || !stays_within(output)))
        return;

    std::vector<impl::Value> arguments, results(node.outputs().size());
    for (const Value* input : node.inputs()) arguments.push_back(*as_constant(input));
    try {
      evaluator_->run(*node.op()->def, arguments, results);
    } catch (const Error&) {
      return;
    }
    for (const impl::Value& result : results)
      if (!is_plain(result) && !(result.is_tensor() && fits(result.tensor()))) return;
    replace(node, std::move(results));
  }

  void fold_tuple(Node& node) {
    auto tuple = make_ref<TupleObj>();
    const TypePtr& type = node.output()->type();
    if (!type->is(TypeKind::kTuple)) return;
    if (!as_tuple(*type).name.empty()) tuple->type = Ref<const TupleType>(&as_tuple(*type));
    for (const Value* input : node.inputs()) tuple->items.push_back(*as_constant(input));
    std::vector<impl::Value> results;
    results.emplace_back(std::move(tuple));
    replace(node, std::move(results));
  }

  // What was packed just before.
  void take_apart(Node& node) {
    Node* source = node.input()->node();
    if (!source || !source->is(Kind::kTupleConstruct)) return;
    if (node.is(Kind::kTupleSlice)) {
      if (node.number < 0 || node.number2 < node.number || size_t(node.number2) > source->inputs().size()) return;
      auto parts = source->inputs().subspan(size_t(node.number), size_t(node.number2 - node.number));
      Node* slice = graph_.create(Kind::kTupleConstruct, parts);
      slice->add_output(node.output()->type());
      slice->set_range(node.range());
      slice->insert_before(&node);
      node.output()->replace_all_uses_with(slice->output());
    } else if (node.is(Kind::kTupleIndex)) {
      if (node.number < 0) return;
      node.output()->replace_all_uses_with(source->input(size_t(node.number)));
    } else {
      for (size_t i = 0; i < node.outputs().size(); ++i) node.output(i)->replace_all_uses_with(source->input(i));
    }
    node.destroy();
    changed = true;
  }

  // device("cpu"): worth an own row, because every traced model has it and needs no operator library for it.
  void fold_device(Node& node) {
    const impl::Value& text = *as_constant(node.input());
    if (node.inputs().size() != 1 || !text.is(Tag::kString)) return;
    std::vector<impl::Value> results;
    try {
      results.emplace_back(parse_device(text.string()));
    } catch (const Error&) {
      return;  // the call will say what is wrong
    }
    replace(node, std::move(results));
  }

  void replace(Node& node, std::vector<impl::Value> results) {
    for (size_t i = 0; i < results.size(); ++i) {
      Node* constant = graph_.create_constant(std::move(results[i]), node.output(i)->type());
      constant->set_range(node.range());
      constant->number2 = int64_t(node.id());
      constant->output()->set_name(node.output(i)->name());
      constant->insert_before(&node);
      node.output(i)->replace_all_uses_with(constant->output());
    }
    node.destroy();
    changed = true;
  }

  bool fits(const Tensor& tensor) const {
    int64_t items = tensor.numel();
    return items >= 0 &&
           uint64_t(items) <= max_bytes_ / size_t(std::max<int64_t>(1, int64_t(item_size(tensor.dtype()))));
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
  Evaluator* evaluator_;
  size_t max_bytes_;
  bool tensors_;
  std::optional<AliasAnalysis> alias_;
  uint32_t known_values_ = 0;
};

}  // namespace

bool fold_constants(Graph& graph, PassContext& context) {
  Folder folder(graph, context.evaluator, context.max_constant_bytes, true);
  folder.visit(*graph.top());
  return folder.changed;
}

bool fold_plain_constants(Graph& graph, Evaluator* evaluator) {
  Folder folder(graph, evaluator, 0, false);
  folder.visit(*graph.top());
  return folder.changed;
}

}  // namespace taper::impl::ir
