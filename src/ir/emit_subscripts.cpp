// x[i], x[a:b], x[i, :, mask] and assignments to them.

#include "core/error.h"
#include "ir/emitter.h"

namespace taper::impl::ir {

Value* Emitter::emit_subscript(const SubscriptExpr& expression, const TypePtr& hint) {
  Value* sequence = emit_value(*expression.base);
  builder_.set_range(range(expression));
  if (sequence->type()->is(TypeKind::kTensor)) return index_tensor(sequence, expression.items, nullptr);
  if (expression.items.size() != 1) fail(expression, cat("a ", sequence->type()->annotation(), " takes one index"));
  const Expr& index = *expression.items[0];
  if (auto* slice = index.as<SliceExpr>())
    return sequence->type()->is(TypeKind::kTuple) ? tuple_slice(sequence, *slice) : slice_sequence(sequence, *slice);
  Value* inputs[] = {sequence, emit_value(index)};
  builder_.set_range(range(expression));
  if (sequence->type()->is(TypeKind::kTuple)) return tuple_item(sequence, inputs[1]);
  if (hint && hint->is(TypeKind::kInterface) && sequence->type()->is(TypeKind::kClass) &&
      as_class(*sequence->type()).is_module && !as_class(*sequence->type()).method("__getitem__"))
    return index_modules(sequence, inputs[1], hint);
  return emit_operator("aten::__getitem__", "__getitem__", inputs);
}

// A ModuleList or ModuleDict has no method for this: its members are attributes. Compare the index with each.
Value* Emitter::index_modules(Value* container, Value* index, const TypePtr& interface) {
  std::vector<const Attribute*> members;
  for (const Attribute& attribute : as_class(*container->type()).attributes)
    if (is_subtype(*attribute.type, *interface)) members.push_back(&attribute);
  bool by_name = index->type()->is(TypeKind::kString);
  if (!by_name && !members.empty()) {
    Value* count = builder_.integer(int64_t(members.size()));
    Value* negative = builder_.op("aten::lt", {index, builder_.integer(0)});
    Node* wrap = builder_.insert(Kind::kIf, {&negative, 1});
    Block *outside = builder_.block(), *yes = wrap->add_block();
    builder_.set_block(yes);
    yes->add_return(builder_.op("aten::add", {index, count}));
    builder_.set_block(outside);
    wrap->add_block()->add_return(index);
    index = wrap->add_output(int_type());
  }
  Block* outside = builder_.block();
  std::vector<Node*> choices;
  for (size_t i = 0; i < members.size(); ++i) {
    Value* key = by_name ? builder_.constant(members[i]->name) : builder_.integer(int64_t(i));
    Value* same = builder_.op("aten::eq", {index, key});
    Node* choice = builder_.insert(Kind::kIf, {&same, 1});
    Block* found = choice->add_block();
    builder_.set_block(found);
    found->add_return(value_attribute(container, members[i]->name).value);
    choices.push_back(choice);
    builder_.set_block(choice->add_block());
  }
  emit_raise_call(builder_.constant(std::string(by_name ? "KeyError" : "Index out of range")), builder_.none());
  Value* result = builder_.uninitialized(interface);
  for (size_t i = choices.size(); i-- > 0;) {
    choices[i]->blocks()[1]->add_return(result);
    result = choices[i]->add_output(interface);
  }
  builder_.set_block(outside);
  return result;
}

Value* Emitter::tuple_item(Value* tuple, Value* index) {
  const auto& elements = tuple->type()->elements();
  Node* node = graph_->create(Kind::kTupleIndex);
  node->add_input(tuple);
  node->add_input(index);
  const impl::Value* known = as_constant(index);
  TypePtr type;
  if (known && known->is(Tag::kInt)) {
    int64_t at = known->integer(), count = int64_t(elements.size());
    if (at < -count || at >= count) fail_at(builder_.range(), "Tuple index out of range");
    node->number = at < 0 ? at + count : at;
    type = elements[size_t(node->number)];
  } else {
    bool alike = !elements.empty();
    for (const TypePtr& element : elements) alike = alike && is_subtype(*element, *elements[0]);
    if (!alike)
      fail_at(builder_.range(),
              "Cannot index into a tuple with a non-integer literal because we cannot resolve the output type");
    node->number = -1;
    type = elements[0];
  }
  node->add_output(std::move(type));
  builder_.insert(node);
  return node->output();
}

Value* Emitter::tuple_slice(Value* tuple, const SliceExpr& slice) {
  int64_t count = int64_t(tuple->type()->elements().size());
  auto bound = [&](const Expr* source, int64_t otherwise) -> int64_t {
    if (!source) return otherwise;
    const impl::Value* value = as_constant(emit_value(*source));
    if (value && value->is_none()) return otherwise;
    if (!value || !value->is(Tag::kInt)) fail(slice, "the bounds of a tuple's slice must be constants");
    return value->integer();
  };
  int64_t step = bound(slice.step, 1);
  if (step == 0) fail(slice, "the step of a slice must not be zero");
  auto clamp = [&](int64_t at, int64_t low, int64_t high) {
    if (at < 0) at = at < -count ? low : at + count;
    return at < low ? low : at > high ? high : at;
  };
  int64_t begin = clamp(bound(slice.lower, step > 0 ? 0 : count - 1), step > 0 ? 0 : -1, step > 0 ? count : count - 1);
  int64_t end = slice.upper ? clamp(bound(slice.upper, count), step > 0 ? 0 : -1, step > 0 ? count : count - 1)
                : step > 0  ? count
                            : -1;
  std::vector<Value*> chosen;
  for (int64_t i = begin; step > 0 ? i < end : i > end; i += step) {
    chosen.push_back(tuple_item(tuple, builder_.integer(i)));
    if (step > count || step < -count) break;
  }
  return builder_.tuple(chosen);
}

Value* Emitter::slice_sequence(Value* sequence, const SliceExpr& slice) {
  std::vector<CallArgument> arguments{{sequence, {}}};
  arguments.push_back({slice.lower ? emit_value(*slice.lower) : builder_.none(), {}});
  arguments.push_back({slice.upper ? emit_value(*slice.upper) : builder_.none(), {}});
  arguments.push_back({slice.step ? emit_value(*slice.step) : builder_.integer(1), {}});
  return call_operator(builder_, "aten::slice", arguments, nullptr);
}

// Integers select, slices slice, None inserts a dimension; tensors are gathered for one aten::index at the end. With
// `tensors` the caller wants them instead (an assignment through index_put_).
Value* Emitter::index_tensor(Value* tensor, NodeList<Expr> indices, std::vector<Value*>* tensors) {
  int64_t dim = 0;
  bool any_tensor = false, seen_ellipsis = false;
  std::vector<Value*> gathered;  // by dimension of the result so far; null: all of it
  auto count_after = [&](size_t i) {
    int64_t count = 0;
    for (size_t j = i + 1; j < indices.size(); ++j)
      if (indices[j]->kind != ExprKind::kNone) ++count;
    return count;
  };
  for (size_t i = 0; i < indices.size(); ++i) {
    const Expr& index = *indices[i];
    if (index.kind == ExprKind::kEllipsis) {
      if (seen_ellipsis) fail(index, "an index can only have a single ellipsis");
      seen_ellipsis = true;
      continue;
    }
    if (seen_ellipsis) dim = -1 - count_after(i);  // from the end
    if (index.kind == ExprKind::kNone) {
      tensor = builder_.op("aten::unsqueeze", {tensor, builder_.integer(dim)});
      if (!seen_ellipsis) gathered.resize(size_t(dim) + 1), ++dim;
      continue;
    }
    if (auto* slice = index.as<SliceExpr>()) {
      if (slice->lower || slice->upper || slice->step) {
        Value* lower = slice->lower ? emit_value(*slice->lower) : builder_.none();
        Value* upper = slice->upper ? emit_value(*slice->upper) : builder_.none();
        Value* step = slice->step ? emit_value(*slice->step) : builder_.integer(1);
        tensor = builder_.op("aten::slice", {tensor, builder_.integer(dim), lower, upper, step});
      }
      if (!seen_ellipsis) gathered.resize(size_t(dim) + 1);
      ++dim;
      continue;
    }
    Value* value = emit_value(index);
    builder_.set_range(range(index));
    if (value->type()->is(TypeKind::kInt)) {
      tensor = builder_.op("aten::select", {tensor, builder_.integer(dim), value});
      if (seen_ellipsis) continue;
      gathered.resize(size_t(dim));
      continue;
    }
    if (value->type()->is(TypeKind::kList)) value = builder_.op("aten::tensor", {value});
    if (!value->type()->is(TypeKind::kTensor) && !value->type()->is(TypeKind::kUnknown))
      fail(index, cat("Unsupported operation: indexing tensor with unsupported index type '",
                      value->type()->annotation(), "'. Only ints, slices, lists and tensors are supported"));
    if (seen_ellipsis) return builder_.unsupported("a tensor as index after an ellipsis", {&value, 1});
    gathered.resize(size_t(dim) + 1);
    gathered[size_t(dim)] = value;
    any_tensor = true;
    ++dim;
  }
  if (!any_tensor) return tensor;
  while (!gathered.empty() && !gathered.back()) gathered.pop_back();
  TypePtr element = optional_of(tensor_type());
  for (Value*& item : gathered)
    if (!item) item = builder_.none();
  if (tensors) {
    *tensors = std::move(gathered);
    return tensor;
  }
  Value* list = builder_.list(element, gathered);
  return builder_.op("aten::index", {tensor, list});
}

void Emitter::assign_subscript(const SubscriptExpr& target, Value* value) {
  Value* sequence = emit_value(*target.base);
  NodeList<Expr> indices = target.items;
  builder_.set_range(range(target));
  if (sequence->type()->is(TypeKind::kTensor)) {
    std::vector<Value*> tensors;
    Value* part = index_tensor(sequence, indices, &tensors);
    if (!value->type()->is(TypeKind::kTensor)) {
      Value* dtype = builder_.op("prim::dtype", {part});
      Value* device = builder_.op("prim::device", {part});
      std::vector<CallArgument> arguments{{value, {}}, {dtype, "dtype"}, {device, "device"}};
      value = call_operator(builder_, "aten::tensor", arguments, nullptr);
    }
    if (tensors.empty()) {
      builder_.op("aten::copy_", {part, value});
    } else {
      Value* list = builder_.list(optional_of(tensor_type()), tensors);
      builder_.op("aten::index_put_", {part, list, value});
    }
    return;
  }
  if (indices.size() != 1) fail(target, "one index is expected");
  const Expr& index = *indices[0];
  if (index.kind == ExprKind::kSlice) {
    builder_.unsupported(cat("assignment to a slice of ", sequence->type()->annotation()), {&sequence, 1});
    return;
  }
  Value* inputs[] = {sequence, emit_value(index), value};
  builder_.set_range(range(target));
  emit_operator("aten::_set_item", "__setitem__", inputs);
}

}  // namespace taper::impl::ir
