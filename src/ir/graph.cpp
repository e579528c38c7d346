#include "ir/graph.h"

#include <utility>

#include "core/error.h"

namespace taper::impl::ir {

namespace {

struct Copying {
  std::vector<Value*> values;  // by the source graph's value ids
  uint32_t first_call = 0;     // the source's inlined call k becomes first_call + k
  bool keep_calls = true;
  std::vector<Value*> inputs = {};  // of the node being copied
};

Value* mapped(const Copying& map, const Value* value) {
  Value* result = map.values[value->id()];
  if (!result) fail(ErrorCode::kInternal, cat("graph copy: value ", value->id(), " is used before it is defined"));
  return result;
}

void copy_nodes(const Block& from, Block* to, Node* before, Copying& map);

Node* copy_node(const Node& node, Graph& graph, Copying& map) {
  std::vector<Value*>& inputs = map.inputs;
  inputs.clear();
  for (Value* input : node.inputs()) inputs.push_back(mapped(map, input));
  Node* copy = node.op() ? graph.create_op(*node.op(), inputs) : graph.create(node.kind(), inputs);
  while (copy->outputs().size() > node.outputs().size()) copy->remove_output(copy->outputs().size() - 1);
  for (size_t i = 0; i < node.outputs().size(); ++i) {
    const Value* output = node.output(i);
    Value* made = i < copy->outputs().size() ? copy->output(i) : copy->add_output(output->type());
    if (made->type() != output->type()) made->set_type(output->type());
    if (!output->name().empty()) made->set_name(output->name());
    map.values[output->id()] = made;
  }
  copy->value = node.value;
  copy->text = node.text;
  copy->function = node.function;
  if (copy->function) copy->function->note_call();
  copy->number = node.number;
  copy->number2 = node.number2;
  copy->types = node.types;
  copy->set_range(node.range());
  if (map.keep_calls) copy->set_inlined_call(map.first_call + node.inlined_call());
  for (const Block* block : node.blocks()) {
    Block* inner = copy->add_block();
    for (const Value* parameter : block->parameters())
      map.values[parameter->id()] = inner->add_parameter(parameter->type(), parameter->name());
    copy_nodes(*block, inner, nullptr, map);
    for (const Value* result : block->returns()) inner->add_return(mapped(map, result));
  }
  return copy;
}

void copy_nodes(const Block& from, Block* to, Node* before, Copying& map) {
  for (const Node* node = from.first(); node; node = node->next()) {
    Node* copy = copy_node(*node, to->graph(), map);
    if (before) copy->insert_before(before);
    else copy->append_to(to);
  }
}

}  // namespace

std::string_view kind_name(Kind kind) noexcept {
  switch (kind) {
#define TAPER_IR_KIND(K, NAME) \
  case Kind::K: return NAME;
    TAPER_IR_KINDS(TAPER_IR_KIND)
#undef TAPER_IR_KIND
  }
  return "";
}

Arena& Value::arena() const noexcept { return (node_ ? node_->graph() : block_->graph()).arena_; }

void Value::set_name(std::string_view name) { name_ = arena().copy(name); }

uint32_t Value::add_use(Use use) {
  uses_.push_back(arena(), use);
  return uint32_t(uses_.size() - 1);
}

void Value::remove_use(uint32_t slot) {
  Use last = uses_.back();
  uses_[slot] = last;
  uses_.pop_back();
  if (slot == uses_.size()) return;
  if (last.user) last.user->input_slots_[last.index] = slot;
  else last.block->return_slots_[last.index] = slot;
}

void Value::replace_all_uses_with(Value* other) {
  if (other == this) return;
  other->uses_.reserve(arena(), other->uses_.size() + uses_.size());
  for (Use use : uses_) {
    uint32_t slot = other->add_use(use);
    if (use.user) {
      use.user->inputs_[use.index] = other;
      use.user->input_slots_[use.index] = slot;
    } else {
      use.block->returns_[use.index] = other;
      use.block->return_slots_[use.index] = slot;
    }
  }
  uses_.clear();
}

std::string_view Node::name() const noexcept { return op_ ? std::string_view(op_->schema.name) : kind_name(kind_); }

void Node::add_input(Value* value) {
  uint32_t index = uint32_t(inputs_.size());
  inputs_.push_back(graph_->arena_, value);
  input_slots_.push_back(graph_->arena_, value->add_use({this, nullptr, index}));
}

void Node::set_input(size_t i, Value* value) {
  inputs_[i]->remove_use(input_slots_[i]);
  inputs_[i] = value;
  input_slots_[i] = value->add_use({this, nullptr, uint32_t(i)});
}

void Node::remove_input(size_t i) {
  inputs_[i]->remove_use(input_slots_[i]);
  inputs_.erase(i);
  input_slots_.erase(i);
  for (; i < inputs_.size(); ++i) inputs_[i]->uses_[input_slots_[i]].index = uint32_t(i);
}

Value* Node::add_output(TypePtr type) {
  Value* value = graph_->new_value(std::move(type));
  value->node_ = this;
  value->block_ = block_;
  value->index_ = uint32_t(outputs_.size());
  outputs_.push_back(graph_->arena_, value);
  return value;
}

void Node::remove_output(size_t i) {
  outputs_.erase(i);
  for (; i < outputs_.size(); ++i) outputs_[i]->index_ = uint32_t(i);
}

void Node::permute_results(std::span<const size_t> order) {
  size_t extra = is(Kind::kLoop) ? 1 : 0;  // the condition among the returns, the iteration among the parameters
  std::vector<Value*> values(order.size());
  auto pick = [&](auto&& at) {
    for (size_t k = 0; k < order.size(); ++k) values[k] = at(order[k]);
  };
  for (Block* block : blocks_) {
    pick([&](size_t k) { return block->returns_[k + extra]; });
    for (size_t k = 0; k < order.size(); ++k) block->set_return(k + extra, values[k]);
  }
  if (is(Kind::kLoop)) {
    pick([&](size_t k) { return inputs_[k + 2]; });
    for (size_t k = 0; k < order.size(); ++k) set_input(k + 2, values[k]);
    ArenaVector<Value*>& parameters = blocks_[0]->parameters_;
    pick([&](size_t k) { return parameters[k + 1]; });
    for (size_t k = 0; k < order.size(); ++k) parameters[k + 1] = values[k], values[k]->index_ = uint32_t(k + 1);
  }
  pick([&](size_t k) { return outputs_[k]; });
  for (size_t k = 0; k < order.size(); ++k) outputs_[k] = values[k], values[k]->index_ = uint32_t(k);
}

Block* Node::add_block() {
  blocks_.push_back(graph_->arena_, graph_->new_block(this));
  return blocks_.back();
}

void Node::insert_before(Node* other) {
  block_ = other->block_;
  next_ = other;
  previous_ = other->previous_;
  (previous_ ? previous_->next_ : block_->first_) = this;
  other->previous_ = this;
  for (Value* output : outputs_) output->block_ = block_;
}

void Node::insert_after(Node* other) {
  block_ = other->block_;
  previous_ = other;
  next_ = other->next_;
  (next_ ? next_->previous_ : block_->last_) = this;
  other->next_ = this;
  for (Value* output : outputs_) output->block_ = block_;
}

void Node::append_to(Block* block) {
  block_ = block;
  previous_ = block->last_;
  next_ = nullptr;
  (previous_ ? previous_->next_ : block->first_) = this;
  block->last_ = this;
  for (Value* output : outputs_) output->block_ = block_;
}

void Node::unlink() {
  if (!block_) return;
  (previous_ ? previous_->next_ : block_->first_) = next_;
  (next_ ? next_->previous_ : block_->last_) = previous_;
  next_ = previous_ = nullptr;
  block_ = nullptr;
}

void Node::move_before(Node* other) {
  if (other == this) return;
  unlink();
  insert_before(other);
}

void Node::destroy() {
  for (Block* block : blocks_) {
    while (!block->returns_.empty()) block->remove_return(block->returns_.size() - 1);
    while (block->last_) block->last_->destroy();
  }
  blocks_.clear();
  for (size_t i = 0; i < inputs_.size(); ++i) inputs_[i]->remove_use(input_slots_[i]);
  inputs_.clear();
  input_slots_.clear();
  outputs_.clear();
  unlink();
  value.reset();
  function = nullptr;
  types.clear();
}

Value* Block::add_parameter(TypePtr type, std::string_view name) {
  Value* value = graph_->new_value(std::move(type));
  value->block_ = this;
  value->index_ = uint32_t(parameters_.size());
  value->set_name(name);
  parameters_.push_back(graph_->arena_, value);
  return value;
}

void Block::add_return(Value* value) {
  uint32_t index = uint32_t(returns_.size());
  returns_.push_back(graph_->arena_, value);
  return_slots_.push_back(graph_->arena_, value->add_use({nullptr, this, index}));
}

void Block::set_return(size_t i, Value* value) {
  returns_[i]->remove_use(return_slots_[i]);
  returns_[i] = value;
  return_slots_[i] = value->add_use({nullptr, this, uint32_t(i)});
}

void Block::remove_return(size_t i) {
  returns_[i]->remove_use(return_slots_[i]);
  returns_.erase(i);
  return_slots_.erase(i);
  for (; i < returns_.size(); ++i) returns_[i]->uses_[return_slots_[i]].index = uint32_t(i);
}

void Block::remove_parameter(size_t i) {
  parameters_.erase(i);
  for (; i < parameters_.size(); ++i) parameters_[i]->index_ = uint32_t(i);
}

Graph::Graph(const Graph* lender)
    : arena_(lender ? &lender->arena_ : nullptr), lender_(lender), inlined_calls_(1), top_(new_block(nullptr)) {}

Graph::~Graph() {
  for (Node *node = nodes_, *next; node; node = next) {
    next = node->made_before_;
    node->~Node();
  }
  for (Value *value = values_, *next; value; value = next) {
    next = value->made_before_;
    value->~Value();
  }
}

Value* Graph::new_value(TypePtr type) {
  Value* value = new (arena_.allocate(sizeof(Value))) Value;
  value->made_before_ = std::exchange(values_, value);
  value->id_ = value_count_++;
  value->type_ = std::move(type);
  return value;
}

Block* Graph::new_block(Node* owner) {
  Block* block = arena_.make<Block>();
  block->graph_ = this;
  block->owner_ = owner;
  return block;
}

Node* Graph::new_node(Kind kind) {
  Node* node = new (arena_.allocate(sizeof(Node))) Node;
  node->made_before_ = std::exchange(nodes_, node);
  node->id_ = node_count_++;
  node->kind_ = kind;
  node->graph_ = this;
  return node;
}

Node* Graph::create(Kind kind, std::span<Value* const> inputs, size_t outputs) {
  Node* node = new_node(kind);
  node->inputs_.reserve(arena_, inputs.size());
  node->input_slots_.reserve(arena_, inputs.size());
  for (Value* input : inputs) node->add_input(input);
  for (size_t i = 0; i < outputs; ++i) node->add_output(simple_type(TypeKind::kUnknown));
  return node;
}

Node* Graph::create_op(const Operator& op, std::span<Value* const> inputs) {
  Node* node = create(Kind::kOperator, inputs);
  node->op_ = &op;
  for (const Argument& result : op.schema.returns) node->add_output(result.type);
  return node;
}

Node* Graph::create_constant(impl::Value value, TypePtr type) {
  Node* node = create(Kind::kConstant);
  node->value = std::move(value);
  node->add_output(std::move(type));
  return node;
}

std::unique_ptr<Graph> Graph::clone() const {
  auto copy = std::make_unique<Graph>();
  Copying map{std::vector<Value*>(value_count())};
  copy->inlined_calls_ = inlined_calls_;
  for (const Value* parameter : inputs())
    map.values[parameter->id()] = copy->top()->add_parameter(parameter->type(), parameter->name());
  copy_nodes(*top_, copy->top(), nullptr, map);
  for (const Value* result : outputs()) copy->top()->add_return(mapped(map, result));
  return copy;
}

namespace {

void check_arguments(const Graph& source, std::span<Value* const> arguments) {
  if (arguments.size() != source.inputs().size())
    fail(ErrorCode::kInternal,
         cat("graph splice: ", source.inputs().size(), " parameters, ", arguments.size(), " given"));
}

}  // namespace

// The call and those within the callee join the list; where they begin in it.
uint32_t Graph::note_call(const InlinedCall& call, const Graph& callee) {
  uint32_t first = uint32_t(inlined_calls_.size());
  inlined_calls_.push_back(call);
  for (size_t i = 1; i < callee.inlined_calls_.size(); ++i) {
    inlined_calls_.push_back(callee.inlined_calls_[i]);
    inlined_calls_.back().outer += first;
  }
  return first;
}

Values Graph::splice(const Graph& source, std::span<Value* const> arguments, Block* block, Node* before,
                     const InlinedCall* call) {
  check_arguments(source, arguments);
  Copying map{std::vector<Value*>(source.value_count())};
  map.keep_calls = call != nullptr;
  if (call) map.first_call = note_call(*call, source);
  for (size_t i = 0; i < arguments.size(); ++i) map.values[source.inputs()[i]->id()] = arguments[i];
  copy_nodes(*source.top(), block, before, map);
  Values results;
  for (const Value* result : source.outputs()) results.push_back(mapped(map, result));
  return results;
}

// Makes everything here the target's. What was destroyed keeps waiting for its destructor and gets no number.
void Graph::renumber(Graph& target, uint32_t first_call) {
  Node** nodes_end = &nodes_;
  for (; *nodes_end; nodes_end = &(*nodes_end)->made_before_) {
    Node& node = **nodes_end;
    node.graph_ = &target;
    if (!node.block_) continue;
    node.id_ = target.node_count_++;
    node.inlined_call_ += first_call;
    for (Block* inner : node.blocks_) inner->graph_ = &target;
  }
  *nodes_end = target.nodes_;
  target.nodes_ = std::exchange(nodes_, nullptr);
  Value** values_end = &values_;
  for (; *values_end; values_end = &(*values_end)->made_before_)
    if (const Node* node = (*values_end)->node_; !node || node->block_) (*values_end)->id_ = target.value_count_++;
  *values_end = target.values_;
  target.values_ = std::exchange(values_, nullptr);
}

Values Graph::adopt(std::unique_ptr<Graph> source, std::span<Value* const> arguments, Block* block, Node* before,
                    const InlinedCall& call) {
  check_arguments(*source, arguments);
  Block& top = *source->top_;
  for (size_t i = 0; i < arguments.size(); ++i) top.parameters_[i]->replace_all_uses_with(arguments[i]);
  Values results(top.returns_);
  while (!top.returns_.empty()) top.remove_return(top.returns_.size() - 1);
  source->renumber(*this, note_call(call, *source));
  arena_.adopt(std::move(source->arena_), source->lender_ == this);
  for (Node *node = top.first_, *next; node; node = next) {
    next = node->next_;
    if (before) node->insert_before(before);
    else node->append_to(block);
  }
  return results;
}

}  // namespace taper::impl::ir
