// Nodes that are expressions.

#include <algorithm>
#include <iterator>

#include "core/error.h"
#include "ir/code_inline.h"
#include "ir/code_printer.h"
#include "ir/names.h"
#include "ir/print.h"
#include "ir/type_match.h"

namespace taper::impl::ir {
namespace {

// Do equal texts give equal values? What has an identity of its own is no default either.
bool same_literal(const impl::Value& a, const impl::Value& b) {
  if (a.tag() != b.tag()) return false;
  switch (a.tag()) {
    case Tag::kNone:
    case Tag::kBool:
    case Tag::kInt:
    case Tag::kFloat:
    case Tag::kDevice: return a.is_same(b);
    case Tag::kString: return a.string() == b.string();
    case Tag::kList:
      return std::equal(a.list().items.begin(), a.list().items.end(), b.list().items.begin(), b.list().items.end(),
                        same_literal);
    default: return false;
  }
}

// A default "1" of int[2] stands for [1, 1].
bool is_default(const impl::Value& value, const Argument& argument) {
  const impl::Value& given = argument.default_value;
  if (value.is(Tag::kList) && !given.is(Tag::kList) && argument.fixed_length > 0)
    return value.list().items.size() == size_t(argument.fixed_length) &&
           std::all_of(value.list().items.begin(), value.list().items.end(),
                       [&](const impl::Value& item) { return same_literal(item, given); });
  return same_literal(value, given);
}

// Can be told from the elements: not so when values of several types fit.
bool is_evident(const Type& type) {
  return !type.is(TypeKind::kOptional) && !type.is(TypeKind::kUnion) && !type.is(TypeKind::kNumber) &&
         !type.is(TypeKind::kInterface) && !type.is(TypeKind::kAny);
}

// Do the values at every `step`-th place, by themselves, have this as their common type?
bool is_common_type(const Type& type, std::span<Value* const> values, size_t first, size_t step) {
  if (!is_evident(type)) return false;
  std::vector<TypePtr> types;
  for (size_t i = first; i < values.size(); i += step) types.push_back(values[i]->type());
  TypePtr common = unify_all(types);
  return common && equal(*common, type);
}

}  // namespace

std::string CodePrinter::list(Values values, std::string_view open, std::string_view close) {
  std::string out(open);
  for (size_t i = 0; i < values.size(); ++i) {
    if (i) out += ", ";
    out += use(values[i]);
  }
  out += close;
  return out;
}

std::string CodePrinter::trailing(Values values) {
  std::string out;
  for (const Value* value : values) out += use(value) + ", ";
  return out;
}

std::string CodePrinter::annotated(const Value* value, const std::string& text) {
  return cat(names_.word("annotate"), "(", value->type()->annotation(), ", ", text, ")");
}

std::string CodePrinter::member(const Value* object, std::string_view name) {
  if (is_identifier(name) && !is_keyword(name)) return cat(use(object), ".", name);
  return cat("getattr(", use(object), ", ", constant_text(impl::Value(std::string(name))), ")");
}

std::string CodePrinter::expression(const Node& node) {
  Values inputs = node.inputs();
  switch (node.kind()) {
    case Kind::kOperator: return operator_expression(node);
    case Kind::kUninitialized: return cat("uninitialized(", node.output()->type()->annotation(), ")");
    case Kind::kPrint: return names_.word("print", "ops.prim.Print") + list(inputs, "(", ")");
    case Kind::kRaiseException: {
      bool plain = inputs.size() > 1 && constant_of(inputs[1]) && constant_of(inputs[1])->is_none();
      return "ops.prim.RaiseException" + list(plain ? inputs.first(1) : inputs, "(", ")");
    }
    case Kind::kTupleConstruct: return tuple_expression(node);
    case Kind::kTupleIndex: return cat("(", use(inputs[0]), ")[", use(inputs[1]), "]");
    case Kind::kTupleSlice: return cat("(", use(inputs[0]), ")[", node.number, ":", node.number2, "]");
    case Kind::kListConstruct: return list_expression(node);
    case Kind::kDictConstruct: return dict_expression(node);
    case Kind::kCreateObject: {
      std::string type = node.output()->type()->annotation();
      return cat(type, ".__new__(", type, ")");
    }
    case Kind::kGetAttr: return member(inputs[0], node.text);
    case Kind::kCallFunction: return cat(callees_.at(&node), "(", trailing(inputs), ")");
    case Kind::kCallMethod: return cat("(", use(inputs[0]), ").", node.text, "(", trailing(inputs.subspan(1)), ")");
    case Kind::kUncheckedCast:
      return cat("unchecked_cast(", node.output()->type()->annotation(), ", ", use(inputs[0]), ")");
    case Kind::kIsInstance: {
      std::string types;
      for (const TypePtr& type : node.types) types += cat(types.empty() ? "" : ", ", type->annotation());
      if (node.types.size() != 1) types = cat("(", types, ")");
      return cat(names_.word("isinstance"), "(", use(inputs[0]), ", ", types, ")");
    }
    case Kind::kWait: return names_.word("torch", "ops.aten") + list(inputs, ".wait(", ")");
    case Kind::kAwaitableWait: return list(inputs, "ops.prim.awaitable_wait(", ")");
    case Kind::kEnumName: return cat("(", use(inputs[0]), ").name");
    case Kind::kEnumValue: return cat("(", use(inputs[0]), ").value");
    case Kind::kUnsupported: fail(ErrorCode::kUnsupported, cat("no code for what is missing: ", node.text));
    default: fail(ErrorCode::kUnsupported, cat("no code for ", node.name()));
  }
}

// A None that is known to be an Optional stays one within the tuple's type.
std::string CodePrinter::tuple_expression(const Node& node) {
  Values inputs = node.inputs();
  std::string items;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const impl::Value* constant = constant_of(inputs[i]);
    bool typed = constant && constant->is_none() && !inputs[i]->type()->is(TypeKind::kNone);
    items += cat(i ? ", " : "", typed ? annotated(inputs[i], "None") : use(inputs[i]));
  }
  return cat(as_tuple(*node.output()->type()).name, "(", items, inputs.size() == 1 ? ",)" : ")");
}

std::string CodePrinter::list_expression(const Node& node) {
  std::string text = list(node.inputs(), "[", "]");
  bool plain = !node.inputs().empty() && is_common_type(*node.output()->type()->element(), node.inputs(), 0, 1);
  return plain ? text : annotated(node.output(), text);
}

std::string CodePrinter::dict_expression(const Node& node) {
  Values inputs = node.inputs();
  std::string text = "{";
  for (size_t i = 0; i + 1 < inputs.size(); i += 2)
    text += cat(i ? ", " : "", use(inputs[i]), ": ", use(inputs[i + 1]));
  text += '}';
  const Type& type = *node.output()->type();
  bool plain = !inputs.empty() && is_common_type(*type.element(0), inputs, 0, 2) &&
               is_common_type(*type.element(1), inputs, 1, 2);
  return plain ? text : annotated(node.output(), text);
}

std::string CodePrinter::operator_expression(const Node& node) {
  Values inputs = node.inputs();
  const Schema& schema = node.op()->schema;
  std::string_view name = schema.name;
  struct Builtin {
    std::string_view op, word, full;
  };
  static constexpr Builtin kBuiltins[] = {{"aten::Int", "int", "ops.aten.Int"},
                                          {"aten::Float", "float", "ops.aten.Float"},
                                          {"aten::Bool", "bool", "ops.aten.Bool"},
                                          {"aten::str", "str", "ops.aten.str"},
                                          {"aten::sorted", "sorted", "ops.aten.sorted"}};
  for (const Builtin& builtin : kBuiltins)
    if (builtin.op == name) return names_.word(builtin.word, builtin.full) + list(inputs, "(", ")");
  if (name == "aten::ScalarImplicit" || name == "aten::FloatImplicit" || name == "aten::IntImplicit")
    return annotated(node.output(), use(inputs[0]));
  if (name == "aten::__getitem__" && inputs.size() == 2) {
    const std::string& sequence = use(inputs[0]);
    return cat(is_identifier(sequence) ? sequence : cat("(", sequence, ")"), "[", use(inputs[1]), "]");
  }
  if (name == "prim::tolist") return annotated(node.output(), use(inputs[0]) + ".tolist()");
  size_t colons = name.find("::");
  std::string out;
  if (name == "aten::backward" || name == "aten::grad")
    out = cat(names_.word("torch", "ops.aten") == "torch" ? "torch.autograd" : "ops.aten", ".", name.substr(6));
  else if (name.starts_with("aten::")) out = cat(names_.word("torch", "ops.aten"), ".", name.substr(6));
  else out = cat("ops.", name.substr(0, colons), ".", name.substr(colons + 2));
  if (name == "aten::_unwrap_optional" && inputs[0]->type()->is(TypeKind::kNone))
    return cat(out, "(", names_.word("annotate"), "(", optional_of(node.output()->type())->annotation(), ", ",
               use(inputs[0]), "))");
  return out + operator_arguments(schema, inputs);
}

std::string CodePrinter::operator_arguments(const Schema& schema, Values inputs) {
  size_t count = schema.arguments.size(), outs = 0;
  while (outs < count && schema.arguments[count - 1 - outs].is_out) ++outs;
  size_t needed = inputs.size();
  if (inputs.size() <= count) {
    needed = std::min(inputs.size(), count - outs);
    // Trailing arguments that are the defaults are left out.
    while (inputs.size() == count && needed > 0 && schema.arguments[needed - 1].has_default) {
      const impl::Value* constant = constant_of(inputs[needed - 1]);
      if (!constant || !is_default(*constant, schema.arguments[needed - 1])) break;
      --needed;
    }
  }
  std::string out = "(";
  for (size_t i = 0; i < needed; ++i) {
    if (i) out += ", ";
    if (i < count && schema.arguments[i].kwarg_only) out += cat(schema.arguments[i].name, "=");
    out += use(inputs[i]);
  }
  for (size_t i = count - outs; outs && inputs.size() == count && i < count; ++i)
    out += cat(out.size() > 1 ? ", " : "", schema.arguments[i].name, "=", use(inputs[i]));
  return out + ")";
}

}  // namespace taper::impl::ir
