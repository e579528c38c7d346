// Literals, operators, containers.

#include <iterator>

#include "core/error.h"
#include "ir/annotations.h"
#include "ir/emitter.h"

namespace taper::impl::ir {
namespace {

struct OperatorName {
  TokenKind token;
  std::string_view op, magic;
};
constexpr OperatorName kBinary[] = {
    {TokenKind::kPlus, "aten::add", "__add__"},
    {TokenKind::kMinus, "aten::sub", "__sub__"},
    {TokenKind::kStar, "aten::mul", "__mul__"},
    {TokenKind::kSlash, "aten::div", "__truediv__"},
    {TokenKind::kSlashSlash, "aten::floordiv", "__floordiv__"},
    {TokenKind::kPercent, "aten::remainder", "__mod__"},
    {TokenKind::kStarStar, "aten::pow", "__pow__"},
    {TokenKind::kAt, "aten::matmul", "__matmul__"},
    {TokenKind::kAmpersand, "aten::__and__", "__and__"},
    {TokenKind::kPipe, "aten::__or__", "__or__"},
    {TokenKind::kCaret, "aten::__xor__", "__xor__"},
    {TokenKind::kShiftLeft, "aten::__lshift__", "__lshift__"},
    {TokenKind::kShiftRight, "aten::__rshift__", "__rshift__"},
    {TokenKind::kLess, "aten::lt", "__lt__"},
    {TokenKind::kLessEqual, "aten::le", "__le__"},
    {TokenKind::kGreater, "aten::gt", "__gt__"},
    {TokenKind::kGreaterEqual, "aten::ge", "__ge__"},
    {TokenKind::kEqualEqual, "aten::eq", "__eq__"},
    {TokenKind::kNotEqual, "aten::ne", "__ne__"},
};

}  // namespace

Value* Emitter::emit_value(const Expr& expression, const TypePtr& hint) {
  switch (expression.kind) {
    case ExprKind::kInt: return builder_.integer(expression.integer);
    case ExprKind::kFloat: return builder_.constant(expression.number);
    case ExprKind::kTrue: return builder_.boolean(true);
    case ExprKind::kFalse: return builder_.boolean(false);
    case ExprKind::kNone: return builder_.none();
    case ExprKind::kString: return builder_.constant(impl::Value(expression.text));
    default: return as_value(emit(expression, hint), expression);
  }
}

Value* Emitter::as_value(const Binding& binding, const Expr& place) {
  switch (binding.kind) {
    case Binding::Kind::kValue: return binding.value;
    case Binding::Kind::kMethod: {
      Value* object = binding.value;
      return builder_.unsupported(cat(object->type()->annotation(), ".", binding.text), {&object, 1});
    }
    case Binding::Kind::kFunction: return builder_.unsupported(cat("function ", binding.function->name, " as a value"));
    case Binding::Kind::kNamespace: return builder_.unsupported(std::string(binding.text));
    case Binding::Kind::kRangeOf:
      if (binding.members->size() == 1) return builder_.op("prim::rangelist", {(*binding.members)[0].value});
      break;
    default: break;
  }
  fail(place, "this cannot be used as a value");
}

Binding Emitter::emit(const Expr& expression, const TypePtr& hint) {
  switch (expression.kind) {
    case ExprKind::kName: {
      impl::Value constant;
      if (!env_.find(expression.text) && simple_literal(expression, constant)) return Binding::of(builder_.constant(std::move(constant)));
      return lookup(expression);
    }
    case ExprKind::kAttribute: {
      Binding base = emit(*expression.child());
      builder_.set_range(range(expression));
      return attribute(base, expression.text, expression);
    }
    case ExprKind::kCall: return emit_call(expression, hint);
    default: break;
  }
  builder_.set_range(range(expression));
  switch (expression.kind) {
    case ExprKind::kInt:
    case ExprKind::kFloat:
    case ExprKind::kTrue:
    case ExprKind::kFalse:
    case ExprKind::kNone:
    case ExprKind::kString: return Binding::of(emit_value(expression));
    case ExprKind::kComplex: return Binding::of(builder_.constant(std::complex<double>(0, expression.number)));
    case ExprKind::kSubscript: return Binding::of(emit_subscript(expression, hint));
    case ExprKind::kList: return Binding::of(emit_list(expression, hint));
    case ExprKind::kTuple: return Binding::of(emit_tuple(expression, hint));
    case ExprKind::kDict: return Binding::of(emit_dict(expression, hint));
    case ExprKind::kUnary: return Binding::of(emit_unary(expression));
    case ExprKind::kBinary: return Binding::of(emit_binary(expression));
    case ExprKind::kTernary: {
      Condition condition = emit_condition(*expression.child(0));
      if (condition.known) return emit(*expression.child(*condition.known ? 1 : 2), hint);
      return Binding::of(emit_choice(condition, *expression.child(1), *expression.child(2), hint));
    }
    case ExprKind::kListComp: return Binding::of(emit_comprehension(expression, hint));
    default: fail(expression, "this cannot stand here");
  }
}

Value* Emitter::emit_operator(std::string_view op, std::string_view magic, std::span<Value* const> inputs) {
  Arguments arguments;
  for (Value* input : inputs) arguments.values.push_back({input, {}});
  return call_builtin(op, magic, arguments, nullptr);
}

Value* Emitter::emit_unary(const Expr& expression) {
  impl::Value constant;
  if (simple_literal(expression, constant)) return builder_.constant(std::move(constant));
  if (expression.op == TokenKind::kNot) {
    Condition condition = emit_condition(expression);
    return condition.value;
  }
  Value* operand = emit_value(*expression.child());
  builder_.set_range(range(expression));
  switch (expression.op) {
    case TokenKind::kMinus: return emit_operator("aten::neg", "__neg__", {&operand, 1});
    case TokenKind::kTilde: return emit_operator("aten::bitwise_not", "__invert__", {&operand, 1});
    case TokenKind::kPlus: return operand;
    default: fail(expression, "unknown operator");
  }
}

Value* Emitter::emit_binary(const Expr& expression) {
  impl::Value constant;
  if (simple_literal(expression, constant)) return builder_.constant(std::move(constant));
  switch (expression.op) {
    case TokenKind::kAnd:
    case TokenKind::kOr:
    case TokenKind::kIs: return emit_condition(expression).value;
    case TokenKind::kIn: return emit_comparison(expression);
    default: break;
  }
  const OperatorName* row = nullptr;
  for (const OperatorName& candidate : kBinary)
    if (candidate.token == expression.op) row = &candidate;
  if (!row) fail(expression, "unknown operator");
  Value* inputs[] = {emit_value(*expression.child(0)), emit_value(*expression.child(1))};
  builder_.set_range(range(expression));
  std::string_view op = row->op;
  if (op == "aten::remainder" && inputs[0]->type()->is(TypeKind::kString)) op = "aten::percentFormat";
  return emit_operator(op, row->magic, inputs);
}

// x in y, x not in y
Value* Emitter::emit_comparison(const Expr& expression) {
  Value *item = emit_value(*expression.child(0)), *container = emit_value(*expression.child(1));
  builder_.set_range(range(expression));
  Value* inputs[] = {container, item};
  Value* result = emit_operator("aten::__contains__", "__contains__", inputs);
  return expression.negated ? builder_.op("aten::__not__", {result}) : result;
}

namespace {

// The member of a wanted type that a literal of this kind can be: List[T] of Optional[List[T]] or of a Union.
TypePtr hinted(const TypePtr& hint, TypeKind kind) {
  if (!hint) return nullptr;
  if (hint->is(kind)) return hint;
  if (hint->is(TypeKind::kOptional)) return hinted(hint->element(), kind);
  if (!hint->is(TypeKind::kUnion)) return nullptr;
  TypePtr found;
  for (const TypePtr& member : hint->elements()) {
    if (!member->is(kind)) continue;
    if (found) return nullptr;
    found = member;
  }
  return found;
}

TypePtr common_type(std::span<Value* const> values) {
  std::vector<TypePtr> types;
  for (Value* value : values) types.push_back(value->type());
  TypePtr type = unify_all(types);
  return type ? type : union_of(std::move(types));
}

}  // namespace

Value* Emitter::emit_list_of(std::vector<Value*> items, const TypePtr& hint, const Expr& place) {
  TypePtr wanted = hinted(hint, TypeKind::kList);
  if (wanted) {
    for (Value*& item : items) {
      item = convert(builder_, item, wanted->element(), false);
      require(item, wanted->element(), place, "an element of the list");
    }
    bool wider = wanted.get() != hint.get();
    Value* list = builder_.insert(Kind::kListConstruct, items, std::move(wanted));
    return wider ? builder_.unchecked_cast(list, hint) : list;
  }
  Value* list = builder_.list(common_type(items), items);
  if (items.empty()) list->node()->number = kEmptyListLiteral;
  return list;
}

Value* Emitter::emit_list(const Expr& expression, const TypePtr& hint) {
  std::vector<Value*> items;
  items.reserve(expression.children.size());
  TypePtr wanted = hinted(hint, TypeKind::kList);
  for (const Expr* child : expression.children) items.push_back(emit_value(*child, wanted ? wanted->element() : nullptr));
  builder_.set_range(range(expression));
  return emit_list_of(std::move(items), hint, expression);
}

Value* Emitter::emit_dict(const Expr& expression, const TypePtr& hint) {
  TypePtr wanted = hinted(hint, TypeKind::kDict);
  std::vector<Value*> inputs, keys, values;
  for (size_t i = 0; i < expression.children.size(); ++i) {
    Value* value = emit_value(*expression.child(i), wanted ? wanted->element(i % 2) : nullptr);
    if (wanted) {
      value = convert(builder_, value, wanted->element(i % 2), false);
      require(value, wanted->element(i % 2), *expression.child(i), i % 2 ? "a value of the dict" : "a key of the dict");
    }
    inputs.push_back(value);
    (i % 2 ? values : keys).push_back(value);
  }
  builder_.set_range(range(expression));
  bool wider = wanted && wanted.get() != hint.get();
  if (!wanted) wanted = inputs.empty() ? dict_of(string_type(), tensor_type()) : dict_of(common_type(keys), common_type(values));
  Value* dict = builder_.insert(Kind::kDictConstruct, inputs, std::move(wanted));
  return wider ? builder_.unchecked_cast(dict, hint) : dict;
}

Value* Emitter::emit_tuple(const Expr& expression, const TypePtr& hint) {
  TypePtr wanted = hinted(hint, TypeKind::kTuple);
  if (wanted && wanted->elements().size() != expression.children.size()) wanted = nullptr;
  std::vector<Value*> items;
  items.reserve(expression.children.size());
  for (size_t i = 0; i < expression.children.size(); ++i)
    items.push_back(emit_value(*expression.child(i), wanted ? wanted->element(i) : nullptr));
  builder_.set_range(range(expression));
  return builder_.tuple(items);
}

// [f(x) for x in xs]: a list that a loop appends to.
Value* Emitter::emit_comprehension(const Expr& expression, const TypePtr& hint) {
  Binding iterable = emit(*expression.child(2));
  builder_.set_range(range(expression));
  Value* length = iterable_length(iterable);
  if (!length) fail(*expression.child(2), "this cannot be iterated over");
  TypePtr wanted = hinted(hint, TypeKind::kList);
  Value* list = builder_.insert(Kind::kListConstruct, {}, wanted ? wanted : list_of(tensor_type()));
  Value* inputs[] = {length, builder_.boolean(true)};
  Node* loop = builder_.insert(Kind::kLoop, inputs);
  Block* body = loop->add_block();
  Block* outside = builder_.block();
  Value* index = body->add_parameter(int_type());
  builder_.set_block(body);
  env_.push();
  assign(*expression.child(1), iterable_item(iterable, index), nullptr);
  Node* guard = nullptr;
  for (size_t i = 3; i < expression.children.size(); ++i) {
    Condition condition = emit_condition(*expression.child(i));
    guard = builder_.insert(Kind::kIf, {&condition.value, 1});
    guard->add_block();
    guard->add_block();
    builder_.set_block(guard->blocks()[0]);
  }
  Value* item = emit_value(*expression.child(0), wanted ? wanted->element() : nullptr);
  if (!wanted) list->set_type(list_of(item->type()));
  builder_.op("aten::append", {list, item});
  env_.drop();
  body->add_return(inputs[1]);
  builder_.set_block(outside);
  return list;
}

}  // namespace taper::impl::ir
