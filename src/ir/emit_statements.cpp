// Assignments, returns, raise, assert, with, del.

#include "core/error.h"
#include "ir/annotations.h"
#include "ir/emitter.h"

namespace taper::impl::ir {

Emitter::Flow Emitter::emit_statements(Statements statements) {
  Flow flow = Flow::kNext;
  for (size_t i = 0; i < statements.size(); ++i) {
    Statements rest = statements.subspan(i + 1);
    const Stmt& statement = *statements[i];
    if (statement.kind == StmtKind::kIf) {
      bool consumed = false;
      flow = emit_if(statement, rest, consumed);
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
    case StmtKind::kExpr: emit(*statement.value); return Flow::kNext;
    case StmtKind::kAssign: emit_assignment(statement); return Flow::kNext;
    case StmtKind::kAugmented: emit_augmented(statement); return Flow::kNext;
    case StmtKind::kIf: break;  // emit_statements
    case StmtKind::kWhile:
    case StmtKind::kFor: return emit_loop(statement);
    case StmtKind::kReturn: return emit_return(statement);
    case StmtKind::kRaise: return emit_raise(statement);
    case StmtKind::kAssert: emit_assert(statement); return Flow::kNext;
    case StmtKind::kWith: return emit_with(statement);
    case StmtKind::kDelete: emit_delete(statement); return Flow::kNext;
    case StmtKind::kPass: return Flow::kNext;
    case StmtKind::kBreak:
    case StmtKind::kContinue:
      if (loops_ == 0) fail_at(tree_.range(statement), "this stands outside of a loop");
      if (statement.kind == StmtKind::kBreak) set_flag("$break", true);
      return Flow::kExits;
    case StmtKind::kDef: {
      Binding closure;
      closure.kind = Binding::Kind::kClosure;
      closure.definition = statement.function;
      env_.set(statement.function->name, closure);
      return Flow::kNext;
    }
  }
  fail_at(tree_.range(statement), "this statement cannot stand here");
}

void Emitter::emit_assignment(const Stmt& statement) {
  TypePtr declared = statement.annotation ? type_of_expression(*statement.annotation) : nullptr;
  if (!statement.value) return;  // x : T
  const Expr& value = *statement.value;
  // a, b = c, d needs no tuple.
  if (statement.targets.size() == 1 && statement.targets[0]->kind == ExprKind::kTuple && value.kind == ExprKind::kTuple &&
      statement.targets[0]->children.size() == value.children.size()) {
    std::vector<Binding> values;
    values.reserve(value.children.size());
    for (const Expr* child : value.children) values.push_back(emit(*child));
    for (size_t i = 0; i < values.size(); ++i) assign(*statement.targets[0]->child(i), std::move(values[i]), nullptr);
    return;
  }
  Binding result = emit(value, declared);
  for (const Expr* target : statement.targets) assign(*target, result, declared);
}

void Emitter::assign(const Expr& target, Binding value, const TypePtr& declared) {
  switch (target.kind) {
    case ExprKind::kName: set_variable(target.text, std::move(value), declared, range(target)); return;
    case ExprKind::kTuple:
    case ExprKind::kList: {
      Value* sequence = as_value(value, target);
      const Type& type = *sequence->type();
      size_t count = target.children.size();
      if (type.is(TypeKind::kTuple)) {
        if (type.elements().size() != count)
          fail(target, cat("Provided ", count, " names but the tuple has ", type.elements().size(), " elements"));
        return assign_parts(target, builder_.unpack_tuple(sequence));
      }
      Node* node = graph_->create(Kind::kListUnpack);
      if (type.is(TypeKind::kList)) {
        node->add_input(sequence);
        for (size_t i = 0; i < count; ++i) node->add_output(type.element());
        builder_.insert(node);
        return assign_parts(target, {node->outputs().begin(), node->outputs().end()});
      }
      if (type.is(TypeKind::kUnknown)) {
        std::vector<Value*> parts;
        for (size_t i = 0; i < count; ++i) parts.push_back(builder_.unsupported("unpacking of an unknown value", {&sequence, 1}));
        return assign_parts(target, std::move(parts));
      }
      if (type.is(TypeKind::kTensor)) {
        Value* list = builder_.op("aten::unbind", {sequence});
        if (list->type()->is(TypeKind::kList)) return assign(target, Binding::of(list), nullptr);
      }
      fail(target, cat("a ", type.annotation(), " cannot be unpacked"));
    }
    case ExprKind::kAttribute: return assign_attribute(target, as_value(value, target));
    case ExprKind::kSubscript: return assign_subscript(target, as_value(value, target));
    default: fail(target, "this cannot be assigned to");
  }
}

void Emitter::assign_parts(const Expr& target, std::vector<Value*> parts) {
  for (size_t i = 0; i < parts.size(); ++i) {
    if (target.child(i)->kind == ExprKind::kStarred) fail(*target.child(i), "a starred target is not taken here");
    assign(*target.child(i), Binding::of(parts[i]), nullptr);
  }
}

void Emitter::assign_attribute(const Expr& target, Value* value) {
  Value* object = emit_value(*target.child());
  builder_.set_range(range(target));
  const Type& type = *object->type();
  int slot = type.is(TypeKind::kClass) ? as_class(type).slot(target.text) : -1;
  if (slot < 0 && unit_.declare_attribute(type, target.text, value->type())) slot = as_class(type).slot(target.text);
  if (slot < 0) {
    Value* inputs[] = {object, value};
    if (type.is(TypeKind::kClass)) {
      if (Function* setter = as_class(type).method(cat("__", target.text, "_setter"))) {
        Arguments arguments;
        arguments.values.push_back({value, {}});
        call_function(*setter, arguments, object);
        return;
      }
      if (!as_class(type).opaque) fail(target, cat(type.annotation(), " has no attribute '", target.text, "'"));
    }
    builder_.unsupported(cat("assignment to ", type.annotation(), ".", target.text), inputs);
    return;
  }
  const TypePtr& wanted = as_class(type).attributes[size_t(slot)].type;
  value = convert(builder_, value, wanted, true);
  require(value, wanted, target, "the value of an attribute");
  Value* inputs[] = {object, value};
  builder_.insert(Kind::kSetAttr, inputs)->text = target.text;
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
    if (const Binding* outside = env_.find_outside(name); outside && outside->is(Binding::Kind::kValue)) type = outside->value->type();
  if (type) {
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
  if (value->name().empty() && !as_constant(value)) value->set_name(std::string(name));
  env_.set(name, value);
}

void Emitter::emit_augmented(const Stmt& statement) {
  struct Row {
    TokenKind token;
    std::string_view op, in_place, magic;
  };
  static constexpr Row kRows[] = {
      {TokenKind::kPlus, "aten::add", "aten::add_", "__iadd__"},
      {TokenKind::kMinus, "aten::sub", "aten::sub_", "__isub__"},
      {TokenKind::kStar, "aten::mul", "aten::mul_", "__imul__"},
      {TokenKind::kSlash, "aten::div", "aten::div_", "__itruediv__"},
      {TokenKind::kSlashSlash, "aten::floordiv", "aten::floor_divide_", "__ifloordiv__"},
      {TokenKind::kPercent, "aten::remainder", "aten::fmod_", "__imod__"},
      {TokenKind::kStarStar, "aten::pow", "aten::pow_", "__ipow__"},
      {TokenKind::kAmpersand, "aten::__and__", "aten::__iand__", "__iand__"},
      {TokenKind::kPipe, "aten::__or__", "aten::__ior__", "__ior__"},
      {TokenKind::kCaret, "aten::__xor__", "aten::__ixor__", "__ixor__"},
      {TokenKind::kShiftLeft, "aten::__lshift__", "aten::__lshift__", "__ilshift__"},
      {TokenKind::kShiftRight, "aten::__rshift__", "aten::__rshift__", "__irshift__"},
      {TokenKind::kAt, "aten::matmul", "aten::matmul", "__imatmul__"},
  };
  const Row* row = nullptr;
  for (const Row& candidate : kRows)
    if (candidate.token == statement.op) row = &candidate;
  const Expr& target = *statement.targets[0];
  if (!row) fail(target, "unknown operator");
  Value* inputs[] = {emit_value(target), emit_value(*statement.value)};
  builder_.set_range(tree_.range(statement));
  const Type& type = *inputs[0]->type();
  bool in_place = type.is(TypeKind::kTensor) || (type.is(TypeKind::kList) && row->token == TokenKind::kPlus);
  Value* result = emit_operator(in_place ? row->in_place : row->op, row->magic, inputs);
  if (in_place && target.kind == ExprKind::kSubscript && type.is(TypeKind::kTensor)) return;  // done through the view
  if (in_place && target.kind == ExprKind::kAttribute) return;
  assign(target, Binding::of(result), nullptr);
}

Emitter::Flow Emitter::emit_return(const Stmt& statement) {
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

Emitter::Flow Emitter::emit_raise(const Stmt& statement) {
  std::string name = "builtins.RuntimeError";
  Value* message = nullptr;
  if (statement.value) {
    const Expr& raised = *statement.value;
    const Expr& type = raised.kind == ExprKind::kCall ? *raised.child() : raised;
    std::string spelled = dotted_text(type);
    if (!spelled.empty()) name = spelled.find('.') == spelled.npos ? cat("builtins.", spelled) : spelled;
    if (raised.kind == ExprKind::kCall && raised.children.size() > 1) message = emit_value(*raised.child(1));
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

void Emitter::emit_assert(const Stmt& statement) {
  Condition condition = emit_condition(*statement.value);
  if (condition.known && *condition.known) return refine(condition.if_true);
  builder_.set_range(tree_.range(statement));
  Node* node = builder_.insert(Kind::kIf, {&condition.value, 1});
  Block* outside = builder_.block();
  node->add_block();
  builder_.set_block(node->add_block());
  env_.push();
  Value* text = builder_.constant(std::string("AssertionError: "));
  if (statement.message) text = builder_.op("aten::add", {text, builder_.op("aten::str", {emit_value(*statement.message)})});
  emit_raise_call(text, builder_.none());
  env_.drop();
  builder_.set_block(outside);
  refine(condition.if_true);
}

Emitter::Flow Emitter::emit_with(const Stmt& statement) {
  std::vector<std::pair<Value*, Function*>> entered;
  for (const WithItem& item : statement.items) {
    Value* object = emit_value(*item.context);
    builder_.set_range(range(*item.context));
    Function *enter = nullptr, *exit = nullptr;
    if (object->type()->is(TypeKind::kClass)) {
      enter = as_class(*object->type()).method("__enter__");
      exit = as_class(*object->type()).method("__exit__");
    }
    if (!enter || !exit) {
      if (object->type()->is(TypeKind::kClass) && !as_class(*object->type()).opaque)
        fail(*item.context, "Object returned by with item expression does not define __enter__ and __exit__ methods");
      Value* result = builder_.unsupported(cat("with ", object->type()->annotation()), {&object, 1});
      if (item.target) assign(*item.target, Binding::of(result), nullptr);
      continue;
    }
    Node* node = graph_->create(Kind::kEnter, {&object, 1});
    node->function = enter;
    node->add_output(enter->schema.returns.empty() ? none_type() : enter->schema.returns[0].type);
    builder_.insert(node);
    entered.emplace_back(object, exit);
    if (item.target) assign(*item.target, Binding::of(node->output()), nullptr);
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

void Emitter::emit_delete(const Stmt& statement) {
  for (const Expr* target : statement.targets) {
    if (target->kind == ExprKind::kName) {
      env_.set(target->text, Binding::unbound(Binding::Why::kDeleted));
    } else if (target->kind == ExprKind::kSubscript && target->children.size() == 2) {
      Value* inputs[] = {emit_value(*target->child(0)), emit_value(*target->child(1))};
      builder_.set_range(range(*target));
      emit_operator("aten::Delete", "__delitem__", inputs);
    } else {
      fail(*target, "this cannot be deleted");
    }
  }
}

}  // namespace taper::impl::ir
