// Calls: of functions, methods, operators, classes and casts.

#include "core/error.h"
#include "ir/emitter.h"

namespace taper::impl::ir {
namespace {

// Methods of a host's class are operators: __torch__.torch.classes.quantized.Conv2dPackedParamsBase.unpack is
// quantized_class::Conv2dPackedParamsBase_unpack. Empty when the class is no host's.
std::string host_method_name(std::string_view class_name, std::string_view method) {
  constexpr std::string_view kPrefix = "__torch__.torch.classes.";
  if (!class_name.starts_with(kPrefix)) return {};
  class_name.remove_prefix(kPrefix.size());
  size_t dot = class_name.find('.');
  if (dot == class_name.npos) return {};
  return cat(class_name.substr(0, dot), "_class::", class_name.substr(dot + 1), "_", method);
}

}  // namespace

Values Emitter::Arguments::inputs(Value* first) const {
  Values out;
  if (first) out.push_back(first);
  for (const CallArgument& argument : values) out.push_back(argument.value);
  return out;
}

Emitter::Arguments Emitter::emit_arguments(const CallExpr& call, size_t first) {
  Arguments out;
  for (size_t i = first; i < call.args.size(); ++i) {
    const Expr& argument = *call.args[i];
    auto* starred = argument.as<StarredExpr>();
    if (!starred) {
      out.values.push_back({emit_value(argument), {}});
      continue;
    }
    Value* sequence = emit_value(*starred->value);
    if (!sequence->type()->is(TypeKind::kTuple)) fail(argument, "only a tuple can be spread over arguments");
    for (Value* item : builder_.unpack_tuple(sequence)) out.values.push_back({item, {}});
  }
  for (const Keyword* keyword : call.keywords) out.values.push_back({emit_value(*keyword->value), keyword->name});
  return out;
}

Binding Emitter::emit_call(const CallExpr& expression, const TypePtr& hint) {
  Binding callee;
  if (auto* head = expression.callee->as<AttributeExpr>()) {
    Binding base = emit(*head->base);
    // x.tolist() takes its type from what is wanted.
    if (head->name == "tolist" && base.is(Binding::Kind::kValue) && base.value->type()->is(TypeKind::kTensor) && hint)
      return Binding::of(emit_tolist(base.value, hint, expression));
    callee = attribute(base, head->name, *head);
  } else {
    callee = emit(*expression.callee);
  }
  builder_.set_range(range(expression));
  if (callee.is(Binding::Kind::kSpecial)) {
    if (callee.special == Special::kNew) return Binding::of(create_object(TypePtr(callee.type), expression));
    return emit_special(callee.special, expression, hint);
  }
  Arguments arguments = emit_arguments(expression);
  builder_.set_range(range(expression));
  return call(callee, arguments, expression);
}

Binding Emitter::call(const Binding& callee, const Arguments& arguments, const Expr& place) {
  switch (callee.kind) {
    case Binding::Kind::kFunction: return Binding::of(call_function(*callee.function, arguments, nullptr));
    case Binding::Kind::kMethod: return Binding::of(call_method(callee.value, callee.text, arguments));
    case Binding::Kind::kType: return Binding::of(construct(TypePtr(callee.type), arguments, place));
    case Binding::Kind::kOperator: return Binding::of(call_builtin(callee.text, callee.magic, arguments, callee.value));
    case Binding::Kind::kCast: {
      if (arguments.values.size() == 1 && arguments.values[0].keyword.empty()) {
        Value* value = arguments.values[0].value;
        if (!value->type()->is(TypeKind::kUnknown) && is_subtype(*value->type(), *callee.type))
          return Binding::of(value);
      }
      if (arguments.values.empty()) {
        switch (callee.type->kind()) {
          case TypeKind::kInt: return Binding::of(builder_.integer(0));
          case TypeKind::kFloat: return Binding::of(builder_.constant(0.0));
          case TypeKind::kBool: return Binding::of(builder_.boolean(false));
          case TypeKind::kString: return Binding::of(builder_.constant(std::string()));
          default: break;
        }
      }
      return Binding::of(call_builtin(callee.text, callee.magic, arguments, nullptr));
    }
    case Binding::Kind::kValue: {
      // An object with __call__, or a value of an unknown class.
      Value* value = callee.value;
      if (value->type()->is(TypeKind::kClass) && as_class(*value->type()).method("__call__"))
        return Binding::of(call_method(value, "__call__", arguments));
      if (value->type()->is(TypeKind::kClass) && as_class(*value->type()).method("forward"))
        return Binding::of(call_method(value, "forward", arguments));
      if (value->type()->is(TypeKind::kUnknown))
        return Binding::of(builder_.unsupported("call of an unknown value", {&value, 1}));
      fail(place, cat("'", value->type()->annotation(), "' object is not callable"));
    }
    case Binding::Kind::kNamespace: {
      // A function that the code does not define: an error where it is called, not before.
      return Binding::of(builder_.unsupported(std::string(callee.text), arguments.inputs()));
    }
    default: fail(place, "this cannot be called");
  }
}

// A function that does not declare its result is compiled for it.
static void add_results(Node& call, std::span<const Argument> results) {
  for (const Argument& result : results) {
    auto* compiled = result.type->is(TypeKind::kUnknown) ? dynamic_cast<GraphFunction*>(call.function.get()) : nullptr;
    call.add_output(compiled ? compiled->result_type() : result.type);
  }
}

Value* Emitter::call_function(Function& function, const Arguments& arguments, Value* self) {
  CallArguments values;
  if (self) values.push_back({self, {}});
  for (const CallArgument& argument : arguments.values) values.push_back(argument);
  std::string why;
  auto match = match_schema(builder_, function.schema, values, nullptr, true, &why);
  if (!match) fail_at(builder_.range(), why);
  Node* node = graph_->create(Kind::kCallFunction, match->inputs);
  node->function = &function;
  add_results(*node, function.schema.returns);
  builder_.insert(node);
  return node->outputs().empty() ? builder_.none() : node->output();
}

Value* Emitter::call_method(Value* self, std::string_view name, const Arguments& arguments) {
  const Type& type = *self->type();
  const Schema* schema = nullptr;
  Function* function = nullptr;
  if (type.is(TypeKind::kClass)) {
    function = as_class(type).method(name);
    if (function) schema = &function->schema;
  } else if (type.is(TypeKind::kInterface)) {
    schema = as_interface(type).method(name);
  }
  CallArguments values{{self, {}}};
  for (const CallArgument& argument : arguments.values) values.push_back(argument);
  if (!schema) {
    if (type.is(TypeKind::kClass) && as_class(type).opaque) {
      std::string op = host_method_name(as_class(type).name, name);
      if (!op.empty() && !unit_.overloads(op).empty()) return call_operator(builder_, op, values, nullptr);
    }
    return builder_.unsupported(cat(type.annotation(), ".", name), arguments.inputs(self));
  }
  std::string why;
  auto match = match_schema(builder_, *schema, values, nullptr, true, &why);
  if (!match) fail_at(builder_.range(), why);
  Node* node = graph_->create(Kind::kCallMethod, match->inputs);
  node->text = name;
  node->function = function;
  add_results(*node, schema->returns);
  builder_.insert(node);
  return node->outputs().empty() ? builder_.none() : node->output();
}

Value* Emitter::create_object(const TypePtr& type, const Expr& place) {
  if (!type->is(TypeKind::kClass)) fail(place, cat(type->annotation(), " has no objects"));
  if (as_class(*type).opaque) return builder_.unsupported(as_class(*type).name);
  return builder_.insert(Kind::kCreateObject, {}, type);
}

Value* Emitter::construct(const TypePtr& type, const Arguments& arguments, const Expr& place) {
  if (type->is(TypeKind::kTuple)) {
    Schema schema = unit_.constructor_schema(*type);
    std::string why;
    auto match = match_schema(builder_, schema, arguments.values, nullptr, true, &why);
    if (!match) fail(place, why);
    return builder_.insert(Kind::kTupleConstruct, match->inputs, type);
  }
  if (!type->is(TypeKind::kClass)) {
    return builder_.unsupported(type->annotation(), arguments.inputs());
  }
  if (as_class(*type).opaque) return builder_.unsupported(as_class(*type).name, arguments.inputs());
  Value* object = create_object(type, place);
  if (as_class(*type).method("__init__")) call_method(object, "__init__", arguments);
  return object;
}

Value* Emitter::call_builtin(std::string_view name, std::string_view magic, const Arguments& arguments, Value* self) {
  std::span<const CallArgument> values = arguments.values;
  Value* first = self ? self : values.empty() ? nullptr : values[0].value;
  if (first && !magic.empty() && first->type()->is(TypeKind::kClass) && as_class(*first->type()).method(magic)) {
    Arguments rest;
    if (!self) values = values.subspan(1);
    rest.values = CallArguments(values);
    return call_method(first, magic, rest);
  }
  size_t count = values.size() + (self ? 1 : 0);
  // Nodes that have a kind of their own.
  if (count == 1) {
    TypeKind kind = first->type()->kind();
    if (name == "aten::wait" && kind == TypeKind::kFuture)
      return builder_.insert(Kind::kWait, {&first, 1}, first->type()->element());
    if (name == "prim::awaitable_wait" && kind == TypeKind::kAwait)
      return builder_.insert(Kind::kAwaitableWait, {&first, 1}, first->type()->element());
    if (name == "prim::shape" && kind == TypeKind::kTensor)
      name = "aten::size";  // as archives of 1.4 and before spell it
    if (name == "prim::unchecked_unwrap_optional") {
      Value* cast = builder_.unchecked_cast(first, unwrap_optional(first->type()));
      cast->node()->text = name;
      return cast;
    }
    if ((name == "prim::EnumName" || name == "prim::EnumValue") && kind == TypeKind::kEnum)
      return value_attribute(first, name == "prim::EnumName" ? "name" : "value").value;
  }
  if (name == "aten::is_scripting" && count == 0) return builder_.boolean(true);
  if (name == "prim::Print") return emit_print(arguments);
  if (name == "prim::RaiseException") {
    if (self || values.empty() || values.size() > 2 || !values[0].keyword.empty())
      fail_at(builder_.range(), "RaiseException takes a message and a class");
    Value* python_class = values.size() == 2 ? values[1].value : builder_.none();
    if (!is_subtype(*first->type(), *string_type())) first = builder_.op("aten::str", {first});
    emit_raise_call(first, python_class);
    return builder_.no_result();
  }
  return call_operator(builder_, name, values, self);
}

Value* Emitter::emit_tolist(Value* tensor, const TypePtr& type, const Expr& place) {
  const Type* element = type.get();
  int64_t dims = 0;
  for (; element->is(TypeKind::kList); element = element->element().get()) ++dims;
  int64_t code = 0;
  switch (element->kind()) {
    case TypeKind::kInt: code = 0; break;
    case TypeKind::kFloat: code = 1; break;
    case TypeKind::kBool: code = 2; break;
    case TypeKind::kComplex: code = 3; break;
    default: fail(place, "tolist() gives int, float, bool, complex or lists of them");
  }
  std::span<const Operator* const> overloads = unit_.overloads("prim::tolist");
  if (overloads.empty()) return builder_.unsupported("prim::tolist", {&tensor, 1});
  Value* inputs[] = {tensor, builder_.integer(dims), builder_.integer(code)};
  Node* node = builder_.insert(graph_->create_op(*overloads[0], inputs));
  while (!node->outputs().empty()) node->remove_output(node->outputs().size() - 1);
  return node->add_output(type);
}

}  // namespace taper::impl::ir
