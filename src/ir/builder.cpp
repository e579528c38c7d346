#include "ir/builder.h"

#include <bit>
#include <cmath>

#include "core/error.h"
#include "ir/schema_match.h"

namespace taper::impl::ir {

const impl::Value* as_constant(const Value* value) noexcept {
  return value->node() && value->node()->is(Kind::kConstant) ? &value->node()->value : nullptr;
}

void Builder::check_budget() const {
  if (graph_.node_count() > unit_.options().max_nodes)
    fail(ErrorCode::kBudget, cat("a function has more than ", unit_.options().max_nodes, " nodes"));
}

Node* Builder::insert(Node* node) {
  check_budget();
  node->set_range(range_);
  if (node->function) node->function->note_call();
  if (before_) node->insert_before(before_);
  else node->append_to(block_);
  return node;
}

Node* Builder::insert(Kind kind, std::span<Value* const> inputs) { return insert(graph_.create(kind, inputs)); }

Value* Builder::insert(Kind kind, std::span<Value* const> inputs, TypePtr type) {
  Node* node = graph_.create(kind, inputs);
  Value* output = node->add_output(std::move(type));
  insert(node);
  return output;
}

Value* Builder::constant(impl::Value value) {
  TypePtr type = type_of(value);
  return constant(std::move(value), std::move(type));
}

Value* Builder::constant(impl::Value value, TypePtr type) {
  Value** shared = nullptr;
  switch (value.tag()) {
    case Tag::kInt:
      if (type->is(TypeKind::kInt)) shared = &numbers_[0][value.integer()];
      break;
    case Tag::kFloat:
      // 0. and -0. are equal, so PyTorch makes them one, the one that comes first; answers depend on it.
      // NaNs stay apart: a value is equal to itself, two NaNs are not.
      if (type->is(TypeKind::kFloat) && !std::isnan(value.floating()))
        shared = &numbers_[1][value.floating() == 0 ? 0 : std::bit_cast<int64_t>(value.floating())];
      break;
    case Tag::kBool:
      if (type->is(TypeKind::kBool)) shared = &numbers_[2][value.boolean()];
      break;
    case Tag::kString:
      if (type->is(TypeKind::kString)) shared = &strings_[value.string()];
      break;
    case Tag::kNone:
      if (type->is(TypeKind::kNone)) shared = &none_;
      break;
    default: break;
  }
  if (shared && *shared) return *shared;
  check_budget();
  Node* node = graph_.create_constant(std::move(value), std::move(type));
  node->set_range(range_);
  // At the graph's beginning, in order of first use.
  if (last_constant_) node->insert_after(last_constant_);
  else if (Node* first = graph_.top()->first()) node->insert_before(first);
  else node->append_to(graph_.top());
  last_constant_ = node;
  if (shared) *shared = node->output();
  return node->output();
}

Value* Builder::literal(impl::Value value) {
  Value* constant = this->constant(std::move(value));
  if (!constant->node()->number) constant->node()->number = ++literals_;
  return constant;
}

Value* Builder::archive_constant(size_t index, const impl::Value& value, TypePtr type) {
  Value*& known = archive_constants_[index];
  if (!known) known = constant(value, std::move(type));
  return known;
}

Values Builder::inline_call(GraphFunction& function, std::span<Value* const> inputs) {
  const Graph& body = function.graph();
  check_budget();
  Node* last = before_ ? before_->previous() : block_->last();
  Values results = graph_.splice(body, inputs, block_, before_);
  // What was a literal there is none here.
  for (Node* node = last ? last->next() : block_->first(); node != before_; node = node->next())
    if (node->is(Kind::kConstant)) node->number = 0;
  return results;
}

Value* Builder::op(std::string_view name, std::initializer_list<Value*> inputs) {
  CallArguments arguments;
  for (Value* input : inputs) arguments.push_back({input, {}});
  return call_operator(*this, name, arguments, nullptr);
}

Node* Builder::op_node(const Operator& op, std::span<Value* const> inputs, std::vector<TypePtr> returns) {
  Node* node = insert(graph_.create_op(op, inputs));
  for (size_t i = 0; i < returns.size(); ++i) node->output(i)->set_type(std::move(returns[i]));
  return node;
}

Value* Builder::unsupported(std::string what, std::span<Value* const> inputs) {
  Node* node = graph_.create(Kind::kUnsupported, inputs);
  node->text = std::move(what);
  Value* output = node->add_output(simple_type(TypeKind::kUnknown));
  insert(node);
  return output;
}

Value* Builder::tuple(std::span<Value* const> items) {
  std::vector<TypePtr> types;
  types.reserve(items.size());
  for (Value* item : items) types.push_back(item->type());
  return insert(Kind::kTupleConstruct, items, tuple_of(std::move(types)));
}

std::vector<Value*> Builder::unpack_tuple(Value* tuple) {
  if (tuple->node() && tuple->node()->is(Kind::kTupleConstruct)) {
    auto inputs = tuple->node()->inputs();
    return {inputs.begin(), inputs.end()};
  }
  Node* node = graph_.create(Kind::kTupleUnpack, {&tuple, 1});
  for (const TypePtr& type : tuple->type()->elements()) node->add_output(type);
  insert(node);
  return {node->outputs().begin(), node->outputs().end()};
}

}  // namespace taper::impl::ir
