// Assignments, returns, raise, assert, with, del.

#include "core/error.h"
#include "ir/annotations.h"
#include "ir/emitter.h"
#include "ir/names.h"

namespace taper::impl::ir {

Emitter::Flow Emitter::emit_statements(Statements statements) {
  Flow flow = Flow::kNext;
  for (size_t i = 0; i < statements.size(); ++i) {
    Statements rest = statements.subspan(i + 1);
    const Stmt& statement = *statements[i];
    if (auto* choice = statement.as<IfStmt>()) {
      bool consumed = false;
      flow = emit_if(*choice, rest, consumed);
      if (consumed) return flow;
    } else {
      flow = emit_statement(statement);
    }
    if (flow == Flow::kExits) return flow;
    if (flow == Flow::kMayExit) return rest.empty() ? flow : emit_guarded(flag("$exit"), rest);
  }
  return flow;
}

Emitter::Flow Emitter::emit_statement(const Stmt& statement) {
  builder_.set_range(tree_.range(statement));
  switch (statement.kind) {
    case StmtKind::kExpr: emit(*statement.as<ExprStmt>()->value); return Flow::kNext;
    case StmtKind::kAssign: {
      const AssignStmt& assignment = *statement.as<AssignStmt>();
      assignment.augmented ? emit_augmented(assignment) : emit_assignment(assignment);
      return Flow::kNext;
    }
    case StmtKind::kWhile:
    case StmtKind::kFor: return emit_loop(statement);
    case StmtKind::kReturn: return emit_return(*statement.as<ReturnStmt>());
    case StmtKind::kRaise: return emit_raise(*statement.as<RaiseStmt>());
    case StmtKind::kAssert: emit_assert(*statement.as<AssertStmt>()); return Flow::kNext;
    case StmtKind::kWith: return emit_with(*statement.as<WithStmt>());
    case StmtKind::kDelete: emit_delete(*statement.as<DeleteStmt>()); return Flow::kNext;
    case StmtKind::kPass: return Flow::kNext;
    case StmtKind::kBreak:
    case StmtKind::kContinue:
      if (loops_ == 0) fail(statement, "this stands outside of a loop");
      if (statement.kind == StmtKind::kBreak) set_flag("$break", true);
      return Flow::kExits;
    case StmtKind::kFunction: {
      Binding closure;
      closure.kind = Binding::Kind::kClosure;
      closure.definition = statement.as<FunctionDef>();
      env_.set(statement.as<FunctionDef>()->name, closure);
      return Flow::kNext;
    }
    case StmtKind::kIf:  // emit_statements
    case StmtKind::kClass: break;
  }
  fail(statement, "this statement cannot stand here");
}

void Emitter::emit_assignment(const AssignStmt& statement) {
  TypePtr declared = statement.type ? type_of_expression(*statement.type) : nullptr;
  if (!statement.value) return;  // x : T
  // a, b = c, d needs no tuple.
  auto* targets = statement.target->as<TupleExpr>();
  auto* values = statement.value->as<TupleExpr>();
  if (targets && values && targets->elements.size() == values->elements.size()) {
    std::vector<Binding> bindings;
    bindings.reserve(values->elements.size());
    for (const Expr* value : values->elements) bindings.push_back(emit(*value));
    for (size_t i = 0; i < bindings.size(); ++i) assign(*targets->elements[i], bindings[i], nullptr);
    return;
  }
  assign(*statement.target, emit(*statement.value, declared), declared);
}

void Emitter::assign(const Expr& target, Binding value, const TypePtr& declared) {
  switch (target.kind) {
    case ExprKind::kName: return set_variable(target.as<NameExpr>()->name, value, declared, range(target));
    case ExprKind::kTuple: return assign_sequence(target, target.as<TupleExpr>()->elements, as_value(value, target));
    case ExprKind::kList: return assign_sequence(target, target.as<ListExpr>()->elements, as_value(value, target));
    case ExprKind::kAttribute: return assign_attribute(*target.as<AttributeExpr>(), as_value(value, target));
    case ExprKind::kSubscript: return assign_subscript(*target.as<SubscriptExpr>(), as_value(value, target));
    default: fail(target, "this cannot be assigned to");
  }
}

void Emitter::assign_sequence(const Expr& target, NodeList<Expr> targets, Value* sequence) {
  const Type& type = *sequence->type();
  size_t count = targets.size();
  switch (type.kind()) {
    case TypeKind::kTuple:
      if (type.elements().size() != count)
        fail(target, cat("Provided ", count, " names but the tuple has ", type.elements().size(), " elements"));
      return assign_parts(targets, builder_.unpack_tuple(sequence));
    case TypeKind::kList: {
      Node* node = graph_->create(Kind::kListUnpack, {&sequence, 1});
      for (size_t i = 0; i < count; ++i) node->add_output(type.element());
      builder_.insert(node);
      return assign_parts(targets, {node->outputs().begin(), node->outputs().end()});
    }
    case TypeKind::kUnknown: {
      std::vector<Value*> parts;
      for (size_t i = 0; i < count; ++i)
        parts.push_back(builder_.unsupported("unpacking of an unknown value", {&sequence, 1}));
      return assign_parts(targets, std::move(parts));
    }
    case TypeKind::kTensor: {
      Value* list = builder_.op("aten::unbind", {sequence});
      if (!list->type()->is(TypeKind::kTensor)) return assign_sequence(target, targets, list);
      break;
    }
    default: break;
  }
  fail(target, cat("a ", type.annotation(), " cannot be unpacked"));
}

void Emitter::assign_parts(NodeList<Expr> targets, std::vector<Value*> parts) {
  for (size_t i = 0; i < parts.size(); ++i) {
    if (targets[i]->kind == ExprKind::kStarred) fail(*targets[i], "a starred target is not taken here");
    assign(*targets[i], Binding::of(parts[i]), nullptr);
  }
}

void Emitter::assign_attribute(const AttributeExpr& target, Value* value) {
  Value* object = emit_value(*target.base);
  builder_.set_range(range(target));
  const Type& type = *object->type();
  int slot = type.is(TypeKind::kClass) ? as_class(type).slot(target.name) : -1;
  if (slot < 0 && unit_.declare_attribute(type, target.name, value->type())) slot = as_class(type).slot(target.name);
  if (slot < 0) {
    Value* inputs[] = {object, value};
    if (type.is(TypeKind::kClass)) {
      if (Function* setter = as_class(type).method(cat("__", target.name, "_setter"))) {
        Arguments arguments;
        arguments.values.push_back({value, {}});
        call_function(*setter, arguments, object);
        return;
      }
      if (!as_class(type).opaque) fail(target, cat(type.annotation(), " has no attribute '", target.name, "'"));
    }
    builder_.unsupported(cat("assignment to ", type.annotation(), ".", target.name), inputs);
    return;
  }
  const TypePtr& wanted = as_class(type).attributes[size_t(slot)].type;
  value = convert(builder_, value, wanted, true);
  require(value, wanted, target, "the value of an attribute");
  Value* inputs[] = {object, value};
  builder_.insert(Kind::kSetAttr, inputs)->text = target.name;
}

void Emitter::set_variable(std::string_view name, Binding binding, const TypePtr& declared, const SourceRange& place) {
  if (!binding.is(Binding::Kind::kValue)) {
    if (const Binding* outside = env_.find_outside(name); outside && outside->is(Binding::Kind::kValue))
      fail_at(place, cat("Cannot re-assign '", name, "' to something that is not a value"));
    env_.set(name, binding);
    return;
  }
  Value* value = binding.value;
  TypePtr type = declared;
  if (!type)
    if (const Binding* outside = env_.find_outside(name); outside && outside->is(Binding::Kind::kValue))
      type = outside->value->type();
  if (type && !type->is(TypeKind::kUnknown)) {
    value = convert(builder_, value, type, !declared);
    if (!is_subtype(*value->type(), *type))
      fail_at(place, declared ? cat("Variable '", name, "' is annotated with type ", type->annotation(),
                                    " but is being assigned to a value of type ", value->type()->annotation())
                              : cat("Variable '", name, "' previously had type ", type->annotation(),
                                    " but is now being assigned to a value of type ", value->type()->annotation()));
    // The variable has the declared type, also where the value is known to be less.
    if (!value->type()->is(TypeKind::kUnknown) && !equal(*value->type(), *type)) {
      value = builder_.unchecked_cast(value, type);
      widenings_.push_back(value);
    }
  }
  if (Node* node = value->node(); node && node->is(Kind::kListConstruct)) node->number = 0;  // no longer a bare []
  if (!binding.is_variable) name_value(*value, name);
  env_.set(name, value);
}

// The first variable that is set to a value names it, within the block that computes it. Of constants, which the whole graph
// shares, only a text takes a name, from the variable that it was written for.
void Emitter::name_value(Value& value, std::string_view name) const {
  if (!value.name().empty() || !is_meaningful(name)) return;
  if (const impl::Value* constant = as_constant(&value)) {
    if (constant->is(Tag::kString) && !value.is_used()) value.set_name(name);
  } else if (value.block() == builder_.block()) {
    value.set_name(name);
  }
}

void Emitter::emit_augmented(const AssignStmt& statement) {
  struct Row {
    BinaryOp token;
    std::string_view op, in_place, magic;
  };
  static constexpr Row kRows[] = {
      {BinaryOp::kAdd, "aten::add", "aten::add_", "__iadd__"},
      {BinaryOp::kSub, "aten::sub", "aten::sub_", "__isub__"},
      {BinaryOp::kMul, "aten::mul", "aten::mul_", "__imul__"},
      {BinaryOp::kDiv, "aten::div", "aten::div_", "__itruediv__"},
      {BinaryOp::kFloorDiv, "aten::floordiv", "aten::floor_divide_", "__ifloordiv__"},
      {BinaryOp::kMod, "aten::remainder", "aten::fmod_", "__imod__"},
      {BinaryOp::kPow, "aten::pow", "aten::pow_", "__ipow__"},
      {BinaryOp::kBitAnd, "aten::__and__", "aten::__iand__", "__iand__"},
      {BinaryOp::kBitOr, "aten::__or__", "aten::__ior__", "__ior__"},
      {BinaryOp::kBitXor, "aten::__xor__", "aten::__ixor__", "__ixor__"},
      {BinaryOp::kShiftLeft, "aten::__lshift__", "aten::__lshift__", "__ilshift__"},
      {BinaryOp::kShiftRight, "aten::__rshift__", "aten::__rshift__", "__irshift__"},
      {BinaryOp::kMatmul, "aten::matmul", "aten::matmul", "__imatmul__"},
  };
  const Row* row = nullptr;
  for (const Row& candidate : kRows)
    if (candidate.token == *statement.augmented) row = &candidate;
  const Expr& target = *statement.target;
  if (!row) fail(target, "unknown operator");
  Value* inputs[] = {emit_value(target), emit_value(*statement.value)};
  builder_.set_range(tree_.range(statement));
  const Type& type = *inputs[0]->type();
  bool in_place = type.is(TypeKind::kTensor) || (type.is(TypeKind::kList) && row->token == BinaryOp::kAdd);
  Value* result = emit_operator(in_place ? row->in_place : row->op, row->magic, inputs);
  if (in_place && target.kind == ExprKind::kSubscript && type.is(TypeKind::kTensor)) return;  // done through the view
  if (in_place && target.kind == ExprKind::kAttribute) return;
  assign(target, Binding::of(result), nullptr);
}

Emitter::Flow Emitter::emit_return(const ReturnStmt& statement) {
  Value* value = statement.value ? emit_value(*statement.value, declared_return_) : builder_.none();
  builder_.set_range(tree_.range(statement));
  if (declared_return_) {
    value = convert(builder_, value, declared_return_, true);
    if (!is_subtype(*value->type(), *declared_return_))
      fail_at(tree_.range(statement), cat("Return value was annotated as having type ", declared_return_->annotation(),
                                          " but is actually of type ", value->type()->annotation()));
  }
  env_.set("$result", value);
  if (loops_ > 0) {
    set_flag("$break", true);
    set_flag("$return", true);
  }
  return Flow::kExits;
}

void Emitter::emit_raise_call(Value* message, Value* python_class) {
  Value* inputs[] = {message, python_class};
  builder_.insert(Kind::kRaiseException, inputs);
}

Emitter::Flow Emitter::emit_raise(const RaiseStmt& statement) {
  std::string name = "builtins.RuntimeError";
  Value* message = nullptr;
  if (statement.value) {
    auto* raised = statement.value->as<CallExpr>();
    std::string spelled = dotted_text(raised ? *raised->callee : *statement.value);
    if (!spelled.empty()) name = spelled.find('.') == spelled.npos ? cat("builtins.", spelled) : spelled;
    if (raised && !raised->args.empty()) message = emit_value(*raised->args[0]);
  }
  if (!message) message = builder_.constant(std::string());
  if (!message->type()->is(TypeKind::kString)) message = builder_.op("aten::str", {message});
  builder_.set_range(tree_.range(statement));
  emit_raise_call(message, builder_.constant(name));
  if (declared_return_) env_.set("$result", builder_.uninitialized(declared_return_));
  if (loops_ > 0) {
    set_flag("$break", true);
    if (declared_return_) set_flag("$return", true);
  }
  return Flow::kExits;
}

void Emitter::emit_assert(const AssertStmt& statement) {
  Condition condition = emit_condition(*statement.condition);
  if (condition.known && *condition.known) return refine(condition.if_true);
  builder_.set_range(tree_.range(statement));
  Node* node = builder_.insert(Kind::kIf, {&condition.value, 1});
  Block* outside = builder_.block();
  node->add_block();
  builder_.set_block(node->add_block());
  env_.push();
  Value* text = builder_.constant(std::string("AssertionError: "));
  if (statement.message)
    text = builder_.op("aten::add", {text, builder_.op("aten::str", {emit_value(*statement.message)})});
  emit_raise_call(text, builder_.none());
  env_.drop();
  builder_.set_block(outside);
  refine(condition.if_true);
}

Emitter::Flow Emitter::emit_with(const WithStmt& statement) {
  std::vector<std::pair<Value*, Function*>> entered;
  for (const WithItem* item : statement.items) {
    Value* object = emit_value(*item->context);
    builder_.set_range(range(*item->context));
    Function *enter = nullptr, *exit = nullptr;
    if (object->type()->is(TypeKind::kClass)) {
      enter = as_class(*object->type()).method("__enter__");
      exit = as_class(*object->type()).method("__exit__");
    }
    if (!enter || !exit) {
      if (object->type()->is(TypeKind::kClass) && !as_class(*object->type()).opaque)
        fail(*item->context, "Object returned by with item expression does not define __enter__ and __exit__ methods");
      Value* result = builder_.unsupported(cat("with ", object->type()->annotation()), {&object, 1});
      if (item->target) assign(*item->target, Binding::of(result), nullptr);
      continue;
    }
    Node* node = graph_->create(Kind::kEnter, {&object, 1});
    node->function = enter;
    node->add_output(enter->schema.returns.empty() ? none_type() : enter->schema.returns[0].type);
    builder_.insert(node);
    entered.emplace_back(object, exit);
    if (item->target) assign(*item->target, Binding::of(node->output()), nullptr);
  }
  Flow flow = emit_statements(statement.body);
  // Python leaves them whatever way the body went; on paths that left early nothing has happened in between.
  builder_.set_range(tree_.range(statement));
  for (size_t i = entered.size(); i-- > 0;) {
    Node* node = graph_->create(Kind::kExit, {&entered[i].first, 1});
    node->function = entered[i].second;
    node->add_output(none_type());
    builder_.insert(node);
  }
  return flow;
}

void Emitter::emit_delete(const DeleteStmt& statement) {
  for (const Expr* target : statement.targets) {
    auto* item = target->as<SubscriptExpr>();
    if (auto* name = target->as<NameExpr>()) {
      env_.set(name->name, Binding::unbound(Binding::Why::kDeleted));
    } else if (item && item->items.size() == 1) {
      Value* inputs[] = {emit_value(*item->base), emit_value(*item->items[0])};
      builder_.set_range(range(*target));
      emit_operator("aten::Delete", "__delitem__", inputs);
    } else {
      fail(*target, "this cannot be deleted");
    }
  }
}

}  // namespace taper::impl::ir
