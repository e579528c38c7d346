// A batch norm in eval mode scales and shifts each channel by constants. Right behind a convolution or a linear layer with
// constant weights, these do it as well: the weights are scaled, the bias is shifted, and the batch norm goes. That rounds
// differently, so the pass is not one of those that run at load: it is what torch.jit.freeze calls optimize_numerics.

#include <algorithm>

#include "core/error.h"
#include "ir/builder.h"
#include "ir/passes/pass.h"

namespace taper::impl::ir {
namespace {

constexpr int kMaxSteps = 100;

bool is_constant_bool(const Value* value, bool wanted) {
  const impl::Value* constant = as_constant(value);
  return constant && constant->is(Tag::kBool) && constant->boolean() == wanted;
}

// Asks for what a scale and a shift do not change.
bool reads_only_the_form(const Node& node) {
  static constexpr std::string_view kNames[] = {
      "aten::dim",    "aten::size",   "aten::len",    "aten::numel",
      "prim::dtype",  "prim::device", "prim::layout", "aten::is_floating_point",
      "prim::is_cuda"};
  return std::any_of(std::begin(kNames), std::end(kNames), [&](std::string_view name) { return node.is_op(name); });
}

// How many dimensions the value has, where the code leaves no doubt; else -1.
int64_t rank_of(const Value* value) {
  for (int step = 0; step < kMaxSteps; ++step) {
    const Node* node = value->node();
    if (!node) return -1;
    if (node->is_op("aten::mm") || node->is_op("aten::addmm")) return 2;
    if (node->is_op("aten::view") || node->is_op("aten::reshape")) {
      const Node* sizes = node->input(1)->node();
      return sizes && sizes->is(Kind::kListConstruct) ? int64_t(sizes->inputs().size()) : -1;
    }
    if (node->is_op("aten::flatten") && node->inputs().size() == 3) {
      const impl::Value *from = as_constant(node->input(1)), *to = as_constant(node->input(2));
      bool all = from && to && from->is(Tag::kInt) && to->is(Tag::kInt) && to->integer() == -1;
      return all && from->integer() >= 0 && from->integer() < 8 ? from->integer() + 1 : -1;
    }
    bool same = node->is_op("aten::linear") || node->is_op("aten::batch_norm") || node->is_op("aten::relu") ||
                node->is_op("aten::relu_") || node->is_op("aten::gelu") || node->is_op("aten::silu") ||
                node->is_op("aten::tanh") || node->is_op("aten::sigmoid") || node->is_op("aten::leaky_relu") ||
                node->is_op("aten::dropout") || node->is_op("aten::contiguous");
    if (!same) return -1;
    value = node->input();
  }
  return -1;
}

class BatchNormFolder {
 public:
  BatchNormFolder(Graph& graph, PassContext& context) : graph_(graph), context_(context) {}
  bool changed = false;

  void visit(Block& block) {
    for (Node *node = block.first(), *next; node; node = next) {
      next = node->next();
      for (Block* inner : node->blocks()) visit(*inner);
      if (node->is_op("aten::batch_norm") && node->inputs().size() == 9) fold(*node);
    }
  }

 private:
  static bool is_weighted(const Node& node) {
    if (node.is_op("aten::conv1d") || node.is_op("aten::conv2d") || node.is_op("aten::conv3d")) return true;
    if (node.is_op("aten::_convolution") || node.is_op("aten::convolution"))
      return node.inputs().size() > 8 && is_constant_bool(node.input(6), false);
    // Its features are the last dimension, a batch norm's channels the second.
    return node.is_op("aten::linear") && rank_of(node.input()) == 2;
  }

  // A constant tensor of the wanted type and size; none stays none. False when the constants do not fit.
  static bool take(const Value* value, DType dtype, int64_t size, impl::Value& out) {
    const impl::Value* constant = as_constant(value);
    if (!constant) return false;
    out = *constant;
    if (out.is_none()) return true;
    return out.is_tensor() && out.tensor().dtype() == dtype && out.tensor().dim() == 1 && out.tensor().size(0) == size;
  }

  void fold(Node& norm) {
    Node* layer = norm.input()->node();
    if (!layer || layer->block() != norm.block() || !is_weighted(*layer) || !is_constant_bool(norm.input(5), false))
      return;
    for (const Value::Use& use : layer->output()->uses())
      if (!use.user || (use.user != &norm && !reads_only_the_form(*use.user))) return;
    const impl::Value *weight = as_constant(layer->input(1)), *eps = as_constant(norm.input(7));
    if (!weight || !weight->is_tensor() || weight->tensor().dim() < 2 || !eps || !eps->is(Tag::kFloat)) return;
    DType dtype = weight->tensor().dtype();
    int64_t channels = weight->tensor().size(0);
    impl::Value bias, scale, shift, mean, variance;
    if (!is_floating(dtype) || !take(layer->input(2), dtype, channels, bias) ||
        !take(norm.input(1), dtype, channels, scale) || !take(norm.input(2), dtype, channels, shift) ||
        !take(norm.input(3), dtype, channels, mean) || !take(norm.input(4), dtype, channels, variance) ||
        mean.is_none() || variance.is_none())
      return;
    impl::Value new_weight, new_bias;
    try {
      impl::Value factor = run("aten::rsqrt", "", {run("aten::add", "Scalar", {variance, *eps})});
      if (!scale.is_none()) factor = run("aten::mul", "Tensor", {factor, scale});
      auto sizes = make_list(int_type());
      for (int64_t i = 0; i < weight->tensor().dim(); ++i)
        sizes.list().items.emplace_back(i == 0 ? channels : int64_t(1));
      new_weight = run("aten::mul", "Tensor", {*weight, run("aten::reshape", "", {factor, sizes})});
      impl::Value moved = bias.is_none() ? run("aten::neg", "", {mean}) : run("aten::sub", "Tensor", {bias, mean});
      new_bias = run("aten::mul", "Tensor", {moved, factor});
      if (!shift.is_none()) new_bias = run("aten::add", "Tensor", {new_bias, shift});
    } catch (const Error&) {
      return;  // the model will say what is wrong
    }
    layer->set_input(1, constant(*layer, new_weight));
    layer->set_input(2, constant(*layer, new_bias));
    norm.output()->replace_all_uses_with(layer->output());
    norm.destroy();
    changed = true;
  }

  Value* constant(Node& before, const impl::Value& value) {
    Node* node = graph_.create_constant(value, tensor_type());
    node->set_range(before.range());
    node->insert_before(&before);
    return node->output();
  }

  impl::Value run(std::string_view name, std::string_view overload, std::initializer_list<impl::Value> given) {
    for (const Operator* op : context_.unit.overloads(name)) {
      if (op->schema.overload != overload) continue;
      std::vector<impl::Value> arguments(given), results(1);
      for (size_t i = arguments.size(); i < op->schema.arguments.size(); ++i)
        arguments.push_back(op->schema.arguments[i].default_value);
      context_.evaluator->run(*op->def, arguments, results);
      return std::move(results[0]);
    }
    fail(ErrorCode::kInternal, cat("the operator ", name, " is not in the table"));
  }

  Graph& graph_;
  PassContext& context_;
};

}  // namespace

bool fold_batch_norm(Graph& graph, PassContext& context) {
  if (!context.evaluator) return false;
  BatchNormFolder folder(graph, context);
  folder.visit(*graph.top());
  if (folder.changed) eliminate_dead_code(graph);
  return folder.changed;
}

}  // namespace taper::impl::ir
