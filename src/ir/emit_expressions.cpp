// Literals, operators, containers.

#include <iterator>

#include "core/error.h"
#include "ir/annotations.h"
#include "ir/emitter.h"

namespace taper::impl::ir {
namespace {

struct OperatorName {
  BinaryOp token;
  std::string_view op, magic;
};
constexpr OperatorName kBinary[] = {
    {BinaryOp::kAdd, "aten::add", "__add__"},
    {BinaryOp::kSub, "aten::sub", "__sub__"},
    {BinaryOp::kMul, "aten::mul", "__mul__"},
    {BinaryOp::kDiv, "aten::div", "__truediv__"},
    {BinaryOp::kFloorDiv, "aten::floordiv", "__floordiv__"},
    {BinaryOp::kMod, "aten::remainder", "__mod__"},
    {BinaryOp::kPow, "aten::pow", "__pow__"},
    {BinaryOp::kMatmul, "aten::matmul", "__matmul__"},
    {BinaryOp::kBitAnd, "aten::__and__", "__and__"},
    {BinaryOp::kBitOr, "aten::__or__", "__or__"},
    {BinaryOp::kBitXor, "aten::__xor__", "__xor__"},
    {BinaryOp::kShiftLeft, "aten::__lshift__", "__lshift__"},
    {BinaryOp::kShiftRight, "aten::__rshift__", "__rshift__"},
    {BinaryOp::kLess, "aten::lt", "__lt__"},
    {BinaryOp::kLessEqual, "aten::le", "__le__"},
    {BinaryOp::kGreater, "aten::gt", "__gt__"},
    {BinaryOp::kGreaterEqual, "aten::ge", "__ge__"},
    {BinaryOp::kEqual, "aten::eq", "__eq__"},
    {BinaryOp::kNotEqual, "aten::ne", "__ne__"},
};

}  // namespace

Value* Emitter::emit_value(const Expr& expression, const TypePtr& hint) {
  switch (expression.kind) {
    case ExprKind::kInt: return builder_.literal(impl::Value(expression.as<IntExpr>()->value));
    case ExprKind::kFloat: return builder_.literal(impl::Value(expression.as<FloatExpr>()->value));
    case ExprKind::kTrue: return builder_.boolean(true);
    case ExprKind::kFalse: return builder_.boolean(false);
    case ExprKind::kNone: return builder_.none();
    case ExprKind::kString: return builder_.constant(impl::Value(expression.as<StringExpr>()->value));
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
      const NameExpr& name = *expression.as<NameExpr>();
      const Binding* found = env_.find(name.name);
      impl::Value constant;
      if (!found && simple_literal(name, constant)) return Binding::of(builder_.constant(std::move(constant)));
      return lookup(name, found);
    }
    case ExprKind::kAttribute: {
      const AttributeExpr& member = *expression.as<AttributeExpr>();
      Binding base = emit(*member.base);
      builder_.set_range(range(expression));
      return attribute(base, member.name, member);
    }
    case ExprKind::kCall: return emit_call(*expression.as<CallExpr>(), hint);
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
    case ExprKind::kImaginary:
      return Binding::of(builder_.literal(impl::Value(std::complex<double>(0, expression.as<ImaginaryExpr>()->value))));
    case ExprKind::kSubscript: return Binding::of(emit_subscript(*expression.as<SubscriptExpr>(), hint));
    case ExprKind::kList: return Binding::of(emit_list(*expression.as<ListExpr>(), hint));
    case ExprKind::kTuple: return Binding::of(emit_tuple(*expression.as<TupleExpr>(), hint));
    case ExprKind::kDict: return Binding::of(emit_dict(*expression.as<DictExpr>(), hint));
    case ExprKind::kUnary: return Binding::of(emit_unary(*expression.as<UnaryExpr>()));
    case ExprKind::kBinary: return Binding::of(emit_binary(*expression.as<BinaryExpr>()));
    case ExprKind::kConditional: {
      const ConditionalExpr& choice = *expression.as<ConditionalExpr>();
      Condition condition = emit_condition(*choice.condition);
      if (condition.known) return emit(*(*condition.known ? choice.value : choice.other), hint);
      return Binding::of(emit_choice(condition, *choice.value, *choice.other, hint));
    }
    default: fail(expression, "this cannot stand here");
  }
}

Value* Emitter::emit_operator(std::string_view op, std::string_view magic, std::span<Value* const> inputs) {
  Arguments arguments;
  for (Value* input : inputs) arguments.values.push_back({input, {}});
  return call_builtin(op, magic, arguments, nullptr);
}

Value* Emitter::emit_unary(const UnaryExpr& expression) {
  impl::Value constant;
  if (simple_literal(expression, constant)) {
    bool number = expression.operand->kind == ExprKind::kInt || expression.operand->kind == ExprKind::kFloat;
    return number ? builder_.literal(std::move(constant)) : builder_.constant(std::move(constant));
  }
  if (expression.op == UnaryOp::kNot) return emit_condition(expression).value;
  Value* operand = emit_value(*expression.operand);
  builder_.set_range(range(expression));
  switch (expression.op) {
    case UnaryOp::kNegate: return emit_operator("aten::neg", "__neg__", {&operand, 1});
    case UnaryOp::kInvert: return emit_operator("aten::bitwise_not", "__invert__", {&operand, 1});
    case UnaryOp::kPlus:
    case UnaryOp::kNot: break;
  }
  return operand;
}

Value* Emitter::emit_binary(const BinaryExpr& expression) {
  impl::Value constant;
  if (simple_literal(expression, constant)) return builder_.constant(std::move(constant));
  switch (expression.op) {
    case BinaryOp::kAnd:
    case BinaryOp::kOr:
    case BinaryOp::kIs:
    case BinaryOp::kIsNot: return emit_condition(expression).value;
    case BinaryOp::kIn:
    case BinaryOp::kNotIn: return emit_contains(expression);
    default: break;
  }
  const OperatorName* row = nullptr;
  for (const OperatorName& candidate : kBinary)
    if (candidate.token == expression.op) row = &candidate;
  if (!row) fail(expression, "unknown operator");
  Value* inputs[] = {emit_value(*expression.left), emit_value(*expression.right)};
  builder_.set_range(range(expression));
  std::string_view op = row->op;
  if (op == "aten::remainder" && inputs[0]->type()->is(TypeKind::kString)) op = "aten::percentFormat";
  return emit_operator(op, row->magic, inputs);
}

// x in y, x not in y
Value* Emitter::emit_contains(const BinaryExpr& expression) {
  Value *item = emit_value(*expression.left), *container = emit_value(*expression.right);
  builder_.set_range(range(expression));
  Value* inputs[] = {container, item};
  Value* result = emit_operator("aten::__contains__", "__contains__", inputs);
  return expression.op == BinaryOp::kNotIn ? builder_.op("aten::__not__", {result}) : result;
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

Value* Emitter::emit_list(const ListExpr& expression, const TypePtr& hint) {
  std::vector<Value*> items;
  items.reserve(expression.elements.size());
  TypePtr wanted = hinted(hint, TypeKind::kList);
  for (const Expr* element : expression.elements)
    items.push_back(emit_value(*element, wanted ? wanted->element() : nullptr));
  builder_.set_range(range(expression));
  return emit_list_of(std::move(items), hint, expression);
}

Value* Emitter::emit_dict(const DictExpr& expression, const TypePtr& hint) {
  TypePtr wanted = hinted(hint, TypeKind::kDict);
  std::vector<Value*> inputs, keys, values;
  auto part = [&](const Expr& source, size_t i, std::string_view what) {
    Value* value = emit_value(source, wanted ? wanted->element(i) : nullptr);
    if (wanted) value = require(convert(builder_, value, wanted->element(i), false), wanted->element(i), source, what);
    inputs.push_back(value);
    return value;
  };
  for (size_t i = 0; i < expression.keys.size(); ++i) {
    keys.push_back(part(*expression.keys[i], 0, "a key of the dict"));
    values.push_back(part(*expression.values[i], 1, "a value of the dict"));
  }
  builder_.set_range(range(expression));
  bool wider = wanted && wanted.get() != hint.get();
  if (!wanted)
    wanted = inputs.empty() ? dict_of(string_type(), tensor_type()) : dict_of(common_type(keys), common_type(values));
  Value* dict = builder_.insert(Kind::kDictConstruct, inputs, std::move(wanted));
  return wider ? builder_.unchecked_cast(dict, hint) : dict;
}

Value* Emitter::emit_tuple(const TupleExpr& expression, const TypePtr& hint) {
  TypePtr wanted = hinted(hint, TypeKind::kTuple);
  if (wanted && wanted->elements().size() != expression.elements.size()) wanted = nullptr;
  std::vector<Value*> items;
  items.reserve(expression.elements.size());
  for (size_t i = 0; i < expression.elements.size(); ++i)
    items.push_back(emit_value(*expression.elements[i], wanted ? wanted->element(i) : nullptr));
  builder_.set_range(range(expression));
  return builder_.tuple(items);
}

}  // namespace taper::impl::ir
