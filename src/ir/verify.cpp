#include "ir/verify.h"

#include "core/error.h"
#include "ir/print.h"
#include "ir/type_match.h"

namespace taper::impl::ir {
namespace {

struct Malformed {
  std::string text;
};

class Verifier {
 public:
  explicit Verifier(const Graph& graph) : graph_(graph), visible_(graph.value_count()), uses_(graph.value_count()) {}

  void run() {
    visit(*graph_.top(), nullptr);
    for (const Value* value : defined_) {
      if (value->uses().size() != uses_[value->id()])
        wrong(value->node(),
              cat("value ", value->id(), " lists ", value->uses().size(), " uses, ", uses_[value->id()], " exist"));
      for (const Value::Use& entry : value->uses()) {
        std::span<Value* const> places = entry.user ? entry.user->inputs() : entry.block->returns();
        if (entry.index >= places.size() || places[entry.index] != value)
          wrong(value->node(), cat("value ", value->id(), " lists a use that does not exist"));
      }
    }
  }

 private:
  [[noreturn]] void wrong(const Node* node, std::string text) {
    if (node) text = cat(node->name(), " (node ", node->id(), "): ", text);
    throw Malformed{std::move(text)};
  }
  void require(bool condition, const Node& node, std::string_view text) {
    if (!condition) wrong(&node, std::string(text));
  }

  void define(const Value* value, const Node* node, const Block* block) {
    if (value->node() != node || value->block() != block)
      wrong(node, cat("value ", value->id(), " names another place of definition"));
    if (!value->type()) wrong(node, cat("value ", value->id(), " has no type"));
    if (visible_[value->id()]) wrong(node, cat("value ", value->id(), " is defined twice"));
    visible_[value->id()] = true;
    defined_.push_back(value);
  }

  void use(const Value* value, const Node* reporter) {
    if (&graph_ != (value->node() ? &value->node()->graph() : &value->block()->graph()))
      wrong(reporter, "uses a value of another graph");
    if (!visible_[value->id()]) wrong(reporter, cat("uses value ", value->id(), " before or outside its definition"));
    ++uses_[value->id()];
  }

  void visit(const Block& block, const Node* owner) {
    if (block.owner() != owner) wrong(owner, "its block names another owner");
    size_t scope = defined_.size();
    for (size_t i = 0; i < block.parameters().size(); ++i) define(block.parameters()[i], nullptr, &block);
    const Node* previous = nullptr;
    for (const Node* node = block.first(); node; previous = node, node = node->next()) {
      if (node->previous() != previous || node->block() != &block) wrong(node, "its links are broken");
      for (size_t i = 0; i < node->inputs().size(); ++i) use(node->input(i), node);
      for (const Block* inner : node->blocks()) visit(*inner, node);
      for (size_t i = 0; i < node->outputs().size(); ++i) {
        if (node->output(i)->index() != i) wrong(node, "an output's index is wrong");
        define(node->output(i), node, &block);
      }
      check_kind(*node);
    }
    if (block.last() != previous) wrong(owner, "its block's last node is not the last");
    for (size_t i = 0; i < block.returns().size(); ++i) use(block.returns()[i], owner);
    for (size_t i = scope; i < defined_.size(); ++i) visible_[defined_[i]->id()] = false;
  }

  void fits_or_wrong(const Node& node, const TypePtr& have, const TypePtr& want, std::string_view what) {
    if (!is_subtype(*have, *want)) wrong(&node, cat(what, " is ", have->str(), ", not ", want->str()));
  }

  void check_schema(const Node& node) {
    const Schema& schema = node.op()->schema;
    size_t expected = schema.arguments.size();
    if (schema.is_vararg ? node.inputs().size() < expected : node.inputs().size() != expected)
      wrong(&node, cat(node.inputs().size(), " inputs for ", schema.str()));
    if (!schema.is_varret && node.outputs().size() != schema.returns.size())
      wrong(&node, cat(node.outputs().size(), " outputs for ", schema.str()));
    TypeBindings bindings;
    for (size_t i = 0; i < expected; ++i)
      if (!fits(node.input(i)->type(), schema.arguments[i].type, bindings))
        wrong(&node, cat("input ", i, " is ", node.input(i)->type()->str(), " for ", schema.str()));
  }

  void check_kind(const Node& node) {
    size_t inputs = node.inputs().size(), outputs = node.outputs().size(), blocks = node.blocks().size();
    require(blocks == (node.is(Kind::kIf)     ? 2
                       : node.is(Kind::kLoop) ? 1
                                              : 0) ||
                node.is(Kind::kFusion),
            node, "wrong number of blocks");
    switch (node.kind()) {
      case Kind::kOperator:
        require(node.op(), node, "has no operator");
        check_schema(node);
        break;
      case Kind::kConstant: require(inputs == 0 && outputs == 1, node, "takes nothing and gives one value"); break;
      case Kind::kIf:
        require(inputs == 1, node, "needs one condition");
        fits_or_wrong(node, node.input()->type(), bool_type(), "the condition");
        for (const Block* block : node.blocks()) {
          require(block->parameters().empty(), node, "its blocks take no parameters");
          require(block->returns().size() == outputs, node, "its blocks' returns do not match its outputs");
          for (size_t i = 0; i < outputs; ++i)
            fits_or_wrong(node, block->returns()[i]->type(), node.output(i)->type(), cat("return ", i));
        }
        break;
      case Kind::kLoop: {
        require(inputs >= 2 && inputs == outputs + 2, node, "its inputs do not match its outputs");
        fits_or_wrong(node, node.input(0)->type(), int_type(), "the trip count");
        fits_or_wrong(node, node.input(1)->type(), bool_type(), "the condition");
        const Block& body = *node.blocks()[0];
        require(body.parameters().size() == outputs + 1, node, "its parameters do not match its outputs");
        require(body.returns().size() == outputs + 1, node, "its returns do not match its outputs");
        fits_or_wrong(node, int_type(), body.parameters()[0]->type(), "the iteration");
        fits_or_wrong(node, body.returns()[0]->type(), bool_type(), "the next condition");
        for (size_t i = 0; i < outputs; ++i) {
          std::string what = cat("carried value ", i);
          fits_or_wrong(node, node.input(i + 2)->type(), body.parameters()[i + 1]->type(), what);
          fits_or_wrong(node, body.returns()[i + 1]->type(), body.parameters()[i + 1]->type(), what);
          fits_or_wrong(node, body.returns()[i + 1]->type(), node.output(i)->type(), what);
          fits_or_wrong(node, node.input(i + 2)->type(), node.output(i)->type(), what);
        }
        break;
      }
      case Kind::kGetAttr: check_attribute(node, 1, 1); break;
      case Kind::kSetAttr: check_attribute(node, 2, 0); break;
      case Kind::kCallMethod:
        require(inputs >= 1, node, "needs a receiver");
        if (node.function) check_call(node);
        break;
      case Kind::kCallFunction:
        require(node.function.get(), node, "names no function");
        check_call(node);
        break;
      case Kind::kFork:
      case Kind::kAwaitable: require(node.function && outputs == 1, node, "needs a function and one output"); break;
      case Kind::kTupleConstruct: {
        require(outputs == 1, node, "gives one value");
        const Type& type = *node.output()->type();
        if (type.is(TypeKind::kUnknown)) break;
        require(type.is(TypeKind::kTuple) && type.elements().size() == inputs, node,
                "its type does not match its elements");
        for (size_t i = 0; i < inputs; ++i)
          fits_or_wrong(node, node.input(i)->type(), type.element(i), cat("element ", i));
        break;
      }
      case Kind::kTupleUnpack: {
        require(inputs == 1, node, "takes one tuple");
        const Type& type = *node.input()->type();
        if (type.is(TypeKind::kUnknown)) break;
        require(type.is(TypeKind::kTuple) && type.elements().size() == outputs, node,
                "its outputs do not match the tuple");
        break;
      }
      case Kind::kTupleIndex: {
        require(inputs == 2 && outputs == 1, node, "takes a tuple and an index");
        const Type& type = *node.input()->type();
        if (type.is(TypeKind::kUnknown)) break;
        require(type.is(TypeKind::kTuple) && node.number >= -1 && node.number < int64_t(type.elements().size()), node,
                "its index does not fit the tuple");
        break;
      }
      case Kind::kTupleSlice: require(inputs == 1 && outputs == 1, node, "takes one tuple"); break;
      case Kind::kListConstruct:
        require(outputs == 1 && node.output()->type()->is(TypeKind::kList), node, "gives a list");
        for (size_t i = 0; i < inputs; ++i)
          fits_or_wrong(node, node.input(i)->type(), node.output()->type()->element(), cat("element ", i));
        break;
      case Kind::kDictConstruct:
        require(outputs == 1 && node.output()->type()->is(TypeKind::kDict) && inputs % 2 == 0, node,
                "gives a dict of pairs");
        for (size_t i = 0; i < inputs; ++i)
          fits_or_wrong(node, node.input(i)->type(), node.output()->type()->element(i % 2), cat("input ", i));
        break;
      case Kind::kListUnpack: require(inputs == 1, node, "takes one list"); break;
      case Kind::kCreateObject:
        require(inputs == 0 && outputs == 1 && node.output()->type()->is(TypeKind::kClass), node, "gives an object");
        break;
      case Kind::kIsInstance:
        require(inputs == 1 && outputs == 1 && !node.types.empty(), node, "needs a value and types");
        break;
      case Kind::kUncheckedCast:
      case Kind::kWait:
      case Kind::kAwaitableWait:
      case Kind::kEnumName:
      case Kind::kEnumValue: require(inputs == 1 && outputs == 1, node, "takes one value and gives one"); break;
      case Kind::kUninitialized: require(inputs == 0 && outputs == 1, node, "takes nothing and gives one value"); break;
      case Kind::kRaiseException: require(inputs == 2 && outputs == 0, node, "takes a message and a class"); break;
      case Kind::kEnter:
      case Kind::kExit: require(inputs >= 1, node, "takes an object"); break;
      case Kind::kPrint: require(outputs == 0, node, "gives nothing"); break;
      case Kind::kUnsupported:
      case Kind::kFusion: break;
    }
  }

  void check_attribute(const Node& node, size_t inputs, size_t outputs) {
    require(node.inputs().size() == inputs && node.outputs().size() == outputs, node,
            "wrong number of inputs or outputs");
    const Type& type = *node.input()->type();
    if (type.is(TypeKind::kUnknown)) return;
    require(type.is(TypeKind::kClass), node, "the object has no class");
    int slot = as_class(type).slot(node.text);
    require(slot >= 0, node, "the class has no such attribute");
    const TypePtr& declared = as_class(type).attributes[size_t(slot)].type;
    if (outputs) fits_or_wrong(node, declared, node.output()->type(), "the attribute");
    else fits_or_wrong(node, node.input(1)->type(), declared, "the new value");
  }

  void check_call(const Node& node) {
    const Schema& schema = node.function->schema;
    require(node.inputs().size() == schema.arguments.size(), node, "wrong number of arguments");
    require(node.outputs().size() == schema.returns.size(), node, "wrong number of results");
    for (size_t i = 0; i < schema.arguments.size(); ++i)
      fits_or_wrong(node, node.input(i)->type(), schema.arguments[i].type, cat("argument ", i));
  }

  const Graph& graph_;
  std::vector<bool> visible_;
  std::vector<size_t> uses_;
  std::vector<const Value*> defined_;
};

}  // namespace

std::string find_malformation(const Graph& graph) {
  try {
    Verifier(graph).run();
  } catch (const Malformed& problem) {
    return problem.text;
  }
  return {};
}

void verify(const Graph& graph, std::string_view where) {
  std::string problem = find_malformation(graph);
  if (!problem.empty()) fail(ErrorCode::kInternal, cat(where, ": ", problem, "\n", to_text(graph)));
}

}  // namespace taper::impl::ir
