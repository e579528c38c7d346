// Names that are called but are no operators: annotate, isinstance, getattr, fork and their kin.

#include "core/error.h"
#include "ir/annotations.h"
#include "ir/emitter.h"
#include "ir/isinstance.h"

namespace taper::impl::ir {

TypePtr Emitter::type_of_expression(const Expr& expression) { return type_from_expression(unit_, tree_, expression); }

void Emitter::gather_types(const Expr& expression, std::vector<TypePtr>& types) {
  if (auto* tuple = expression.as<TupleExpr>())
    for (const Expr* element : tuple->elements) gather_types(*element, types);
  else if (auto* list = expression.as<ListExpr>())
    for (const Expr* element : list->elements) gather_types(*element, types);
  else types.push_back(type_of_expression(expression));
}

Value* Emitter::require(Value* value, const TypePtr& type, const Expr& place, std::string_view what) {
  if (!is_subtype(*value->type(), *type))
    fail(place, cat(what, " has type ", value->type()->annotation(), " but ", type->annotation(), " is expected"));
  return value;
}

Value* Emitter::emit_annotate(const TypePtr& type, const Expr& expression) {
  Value* value = convert(builder_, emit_value(expression, type), type, true);
  require(value, type, expression, "an annotated expression");
  // None fits any Optional; remember which one is meant.
  if (type->is(TypeKind::kOptional) && value->type()->is(TypeKind::kNone))
    return builder_.constant(impl::Value(), type);
  return value;
}

Emitter::Condition Emitter::emit_isinstance(const CallExpr& call) {
  if (call.args.size() != 2 || !call.keywords.empty()) fail(call, "isinstance takes a value and a type");
  Condition out;
  Value* value = emit_value(*call.args[0]);
  std::vector<TypePtr> types;
  gather_types(*call.args[1], types);
  out.known = static_isinstance(value->type(), types);
  if (out.known) {
    out.value = builder_.boolean(*out.known);
  } else {
    Node* node = graph_->create(Kind::kIsInstance, {&value, 1});
    node->types = types;
    node->add_output(bool_type());
    builder_.insert(node);
    out.value = node->output();
  }
  if (auto* subject = call.args[0]->as<NameExpr>()) {
    std::string_view name = subject->name;
    for (bool outcome : {true, false}) {
      TypePtr refined = refined_type(value->type(), types, outcome);
      // What remains of Any is cast to Any, as PyTorch does.
      if (refined && (refined->is(TypeKind::kAny) || !equal(*refined, *value->type())))
        (outcome ? out.if_true : out.if_false).push_back({name, std::move(refined)});
    }
  }
  return out;
}

Binding Emitter::emit_special(Special special, const CallExpr& call, const TypePtr& hint) {
  size_t count = call.args.size();
  auto expect = [&](size_t least, size_t most, std::string_view name) {
    if (count < least || count > most || !call.keywords.empty())
      fail(call, cat(name, " takes ", least, least == most ? "" : cat(" to ", most), " arguments"));
  };
  switch (special) {
    case Special::kAnnotate: {
      expect(2, 2, "annotate");
      TypePtr type = type_of_expression(*call.args[0]);
      return Binding::of(emit_annotate(type, *call.args[1]));
    }
    case Special::kUninitialized: {
      expect(1, 1, "uninitialized");
      return Binding::of(builder_.uninitialized(type_of_expression(*call.args[0])));
    }
    case Special::kUncheckedCast: {
      expect(2, 2, "unchecked_cast");
      TypePtr type = type_of_expression(*call.args[0]);
      return Binding::of(builder_.unchecked_cast(emit_value(*call.args[1]), std::move(type)));
    }
    case Special::kIsInstance: return Binding::of(emit_isinstance(call).value);
    case Special::kGetAttr: {
      expect(2, 3, "getattr");
      auto* name = call.args[1]->as<StringExpr>();
      if (!name) fail(*call.args[1], "getattr takes the attribute's name as a string literal");
      Binding base = emit(*call.args[0]);
      if (count == 3 && base.is(Binding::Kind::kValue)) {
        Binding found = value_attribute(base.value, name->value);
        return found.is(Binding::Kind::kUnbound) ? emit(*call.args[2], hint) : found;
      }
      return attribute(base, name->value, call);
    }
    case Special::kHasAttr: {
      expect(2, 2, "hasattr");
      auto* name = call.args[1]->as<StringExpr>();
      if (!name) fail(*call.args[1], "hasattr takes the attribute's name as a string literal");
      Value* object = emit_value(*call.args[0]);
      bool has = false;
      if (object->type()->is(TypeKind::kClass)) {
        const ClassType& cls = as_class(*object->type());
        has = cls.slot(name->value) >= 0 || cls.method(name->value) || cls.constant(name->value);
      } else if (object->type()->is(TypeKind::kTuple)) {
        for (const std::string& field : as_tuple(*object->type()).fields) has |= field == name->value;
      }
      return Binding::of(builder_.boolean(has));
    }
    case Special::kFork: return Binding::of(emit_fork(call, Kind::kFork));
    case Special::kAwaitable: return Binding::of(emit_fork(call, Kind::kAwaitable));
    case Special::kPrint: return Binding::of(emit_print(emit_arguments(call)));
    case Special::kRange: {
      expect(1, 3, "range");
      Binding out;
      out.kind = Binding::Kind::kRangeOf;
      std::vector<Binding>& members = env_.make_members();
      members.reserve(count);
      out.members = &members;
      for (size_t i = 0; i < count; ++i) {
        Value* bound = convert(builder_, emit_value(*call.args[i]), int_type(), true);
        members.push_back(Binding::of(require(bound, int_type(), *call.args[i], "a bound of range")));
      }
      return out;
    }
    case Special::kTuple: {
      expect(1, 1, "tuple");
      Value* value = emit_value(*call.args[0]);
      if (value->type()->is(TypeKind::kTuple)) return Binding::of(value);
      return Binding::of(builder_.unsupported(cat("tuple(", value->type()->annotation(), ")"), {&value, 1}));
    }
    case Special::kList: {
      if (count == 0) return Binding::of(emit_list_of({}, hint, call));
      expect(1, 1, "list");
      Binding iterable = emit(*call.args[0]);
      if (iterable.is(Binding::Kind::kValue)) {
        Value* value = iterable.value;
        if (value->type()->is(TypeKind::kTuple))
          return Binding::of(emit_list_of(builder_.unpack_tuple(value), hint, call));
        if (value->type()->is(TypeKind::kList) || value->type()->is(TypeKind::kString))
          return Binding::of(builder_.op("aten::list", {value}));
        if (value->type()->is(TypeKind::kDict)) return Binding::of(builder_.op("aten::keys", {value}));
        return Binding::of(builder_.unsupported(cat("list(", value->type()->annotation(), ")"), {&value, 1}));
      }
      if (iterable.is(Binding::Kind::kRangeOf) && iterable.members->size() == 1)
        return Binding::of(builder_.op("prim::rangelist", {(*iterable.members)[0].value}));
      fail(call, "a list cannot be made from this");
    }
    case Special::kDict: {
      if (count == 0 && call.keywords.empty()) {
        TypePtr type = hint && hint->is(TypeKind::kDict) ? hint : dict_of(string_type(), tensor_type());
        return Binding::of(builder_.insert(Kind::kDictConstruct, {}, std::move(type)));
      }
      Arguments arguments = emit_arguments(call);
      return Binding::of(call_operator(builder_, "aten::dict", arguments.values, nullptr));
    }
    case Special::kEnumerate:
    case Special::kZip: {
      if (!call.keywords.empty()) fail(call, "keywords are not taken here");
      Binding out;
      out.kind = Binding::Kind::kItems;
      out.text = special == Special::kZip ? "zip" : "enumerate";
      std::vector<Binding>& members = env_.make_members();
      members.reserve(count);
      out.members = &members;
      for (size_t i = 0; i < count; ++i) members.push_back(emit(*call.args[i]));
      if (members.empty() || (special == Special::kEnumerate && count > 2)) fail(call, "wrong number of arguments");
      return out;
    }
    case Special::kNew:
    case Special::kSuperInit: break;
  }
  fail(call, "this cannot be called");
}

Value* Emitter::emit_print(const Arguments& arguments) {
  std::vector<Value*> inputs;
  for (const CallArgument& argument : arguments.values) inputs.push_back(argument.value);
  builder_.insert(Kind::kPrint, inputs);
  return builder_.no_result();
}

// fork(f, arguments...) where f is a nested def, a function or a method.
Value* Emitter::emit_fork(const CallExpr& call, Kind kind) {
  if (call.args.empty()) fail(call, "nothing to run");
  TypeKind wrapper = kind == Kind::kFork ? TypeKind::kFuture : TypeKind::kAwait;
  auto insert = [&](std::span<Value* const> inputs, Ref<Function> function, const TypePtr& result) {
    Node* node = graph_->create(kind, inputs);
    node->function = std::move(function);
    node->add_output(make_ref<const Type>(wrapper, std::vector<TypePtr>{result}));
    builder_.insert(node);
    return node->output();
  };
  Binding callee = emit(*call.args[0]);
  builder_.set_range(range(call));
  if (callee.is(Binding::Kind::kClosure)) {
    std::vector<Value*> captured;
    Ref<GraphFunction> function = emit_closure(*static_cast<const FunctionDef*>(callee.definition), captured);
    TypePtr result = function->schema.returns[0].type;
    return insert(captured, function, result);
  }
  Arguments arguments = emit_arguments(call, 1);
  std::vector<CallArgument> values;
  Ref<Function> function;
  if (callee.is(Binding::Kind::kFunction)) {
    function = callee.function;
  } else if (callee.is(Binding::Kind::kMethod) && callee.value->type()->is(TypeKind::kClass)) {
    function = as_class(*callee.value->type()).method(callee.text);
    values.push_back({callee.value, {}});
  } else if (callee.is(Binding::Kind::kValue) && callee.value->type()->is(TypeKind::kClass)) {
    function = as_class(*callee.value->type()).method("forward");
    values.push_back({callee.value, {}});
  }
  values.insert(values.end(), arguments.values.begin(), arguments.values.end());
  if (!function) {
    std::string_view what =
        kind == Kind::kFork ? "fork of this kind of callable" : "awaitable of this kind of callable";
    return builder_.unsupported(std::string(what), arguments.inputs());
  }
  std::string why;
  auto match = match_schema(builder_, function->schema, values, nullptr, true, &why);
  if (!match) fail(call, why);
  TypePtr result = function->schema.returns.empty() ? none_type() : function->schema.returns[0].type;
  return insert(match->inputs, function, result);
}

}  // namespace taper::impl::ir
