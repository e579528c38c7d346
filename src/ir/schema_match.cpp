#include "ir/schema_match.h"

#include <algorithm>

#include "core/error.h"
#include "ir/builtin_functions.h"

namespace taper::impl::ir {
namespace {

bool is_empty_list_literal(const Value* value) {
  const Node* node = value->node();
  return node && node->is(Kind::kListConstruct) && node->inputs().empty() && node->number == kEmptyListLiteral;
}

// The operator that turns a value of `have` into `want`; empty when there is no implicit conversion.
std::string_view conversion_op(const Type& have, const Type& want) {
  TypeKind to = want.kind();
  switch (have.kind()) {
    case TypeKind::kTensor:
      if (to == TypeKind::kFloat) return "aten::FloatImplicit";
      if (to == TypeKind::kComplex) return "aten::ComplexImplicit";
      if (to == TypeKind::kInt) return "aten::IntImplicit";
      if (to == TypeKind::kNumber) return "aten::ScalarImplicit";
      return {};
    case TypeKind::kNumber:
      if (to == TypeKind::kFloat) return "aten::Float";
      if (to == TypeKind::kComplex) return "aten::Complex";
      if (to == TypeKind::kInt) return "aten::Int";
      return {};
    case TypeKind::kBool:
      if (to == TypeKind::kFloat) return "aten::Float";
      if (to == TypeKind::kInt || to == TypeKind::kNumber) return "aten::Int";
      return {};
    case TypeKind::kString: return to == TypeKind::kDevice ? "aten::device" : std::string_view();
    default: return {};
  }
}

const TypePtr& conversion_result(const TypePtr& have, const TypePtr& want) {
  if (conversion_op(*have, *want).empty()) return have;
  if (have->is(TypeKind::kBool) && want->is(TypeKind::kNumber)) return int_type();
  return want;
}

bool unwraps(const Type& have, const Type& want) {
  return want.is(TypeKind::kOptional) && !have.is(TypeKind::kOptional) && !have.is(TypeKind::kNone);
}

// The type that convert() gives, without touching the graph.
TypePtr converted_type(const TypePtr& have, bool empty_literal, const TypePtr& want, bool conversions) {
  if (have.get() == want.get()) return have;
  if (unwraps(*have, *want)) return converted_type(have, empty_literal, want->element(), conversions);
  if (empty_literal && want->is(TypeKind::kList)) return want;
  if (have->is(TypeKind::kTuple)) {
    const TypePtr& list = unwrap_optional(want);
    if (tuple_fits_list(*have, *list)) return list;
    if (want->is(TypeKind::kTuple) && want->elements().size() == have->elements().size() && !is_subtype(*have, *want)) {
      std::vector<TypePtr> elements;
      for (size_t i = 0; i < want->elements().size(); ++i)
        elements.push_back(converted_type(have->element(i), false, want->element(i), conversions));
      return tuple_of(std::move(elements));
    }
    return have;
  }
  return conversions ? conversion_result(have, want) : have;
}

// A bare int or float where int[N] or float[N] is wanted stands for N copies.
bool is_broadcast(const Type& have, const Argument& formal) {
  if (formal.fixed_length <= 0 || !(have.is(TypeKind::kInt) || have.is(TypeKind::kFloat))) return false;
  const TypePtr& list = unwrap_optional(formal.type);
  return list->is(TypeKind::kList) && list->element()->kind() == have.kind();
}

// Remaining positional arguments become one list where the last positional argument is a list without fixed length.
bool takes_trailing(const Schema& schema, size_t index) {
  const Argument& formal = schema.arguments[index];
  bool is_last = index + 1 == schema.arguments.size() || schema.arguments[index + 1].kwarg_only;
  return is_last && formal.fixed_length <= 0 && formal.type->is(TypeKind::kList) &&
         !formal.type->element()->is(TypeKind::kVar);
}

struct Slot {
  enum class From : uint8_t { kValue, kDefault, kTrailing } from;
  uint32_t index;        // of the argument, for kTrailing the first
  Value* value;          // for kValue
  const Type* concrete;  // what to convert to; null: nothing to do
};

// A match on types alone; apply() puts it into the graph.
class Matcher {
 public:
  Matcher(const Schema& schema, std::span<const CallArgument> arguments, Value* self, bool conversions,
          std::string* why)
      : schema_(schema), arguments_(arguments), self_(self), conversions_(conversions), why_(why) {
    while (positional_ < arguments.size() && arguments[positional_].keyword.empty()) ++positional_;
  }

  bool plan() {
    size_t keywords_used = 0, used = 0;
    for (size_t i = 0; i < schema_.arguments.size(); ++i) {
      const Argument& formal = schema_.arguments[i];
      if (self_ && formal.name == "self") {
        if (!take(formal, self_)) return false;
        self_ = nullptr;
        continue;
      }
      if (!formal.kwarg_only && used < positional_) {
        if (takes_trailing(schema_, i)) {
          const TypePtr& actual = arguments_[used].value->type();
          if (!actual->is(TypeKind::kList) && !actual->is(TypeKind::kUnknown) &&
              !tuple_fits_list(*actual, *formal.type)) {
            if (!take_trailing(formal, used)) return false;
            used = positional_;
            continue;
          }
        }
        if (!take(formal, arguments_[used].value)) return false;
        ++used;
        continue;
      }
      if (const CallArgument* keyword = find_keyword(formal.name)) {
        ++keywords_used;
        if (!take(formal, keyword->value)) return false;
      } else if (formal.has_default) {
        slots_.push_back({Slot::From::kDefault, uint32_t(i), nullptr, nullptr});
      } else {
        return refuse(cat("Argument ", formal.name, " not provided.\n"));
      }
    }
    if (self_) return refuse("Provided self argument not used in schema.\n");
    if (schema_.is_vararg)
      for (; used < positional_; ++used) slots_.push_back({Slot::From::kValue, 0, arguments_[used].value, nullptr});
    if (used < positional_)
      return refuse(cat("Expected at most ", used, " arguments but found ", positional_, " positional arguments.\n"));
    return keywords_used == arguments_.size() - positional_ || refuse_keyword();
  }

  MatchedCall apply(Builder& builder) {
    MatchedCall call;
    for (const Slot& slot : slots_) {
      switch (slot.from) {
        case Slot::From::kDefault: {
          const Argument& formal = schema_.arguments[slot.index];
          call.inputs.push_back(default_value(builder, formal));
          break;
        }
        case Slot::From::kTrailing: {
          std::vector<Value*> items;
          for (size_t i = slot.index; i < positional_; ++i)
            items.push_back(convert(builder, arguments_[i].value, TypePtr(slot.concrete), conversions_));
          call.inputs.push_back(builder.list(TypePtr(slot.concrete), items));
          break;
        }
        case Slot::From::kValue:
          if (!slot.concrete) {
            call.inputs.push_back(slot.value);
          } else if (slot.index) {
            std::vector<Value*> copies(slot.index, slot.value);
            call.inputs.push_back(builder.list(slot.value->type(), copies));
          } else {
            call.inputs.push_back(convert(builder, slot.value, TypePtr(slot.concrete), conversions_));
          }
          break;
      }
    }
    if (std::none_of(schema_.returns.begin(), schema_.returns.end(),
                     [](const Argument& result) { return has_type_variables(*result.type); }))
      return call;
    call.returns.reserve(schema_.returns.size());
    for (const Argument& result : schema_.returns) {
      TypePtr type = substitute(result.type, bindings_);
      if (!type) type = simple_type(TypeKind::kUnknown);
      call.returns.push_back(std::move(type));
    }
    return call;
  }

 private:
  bool refuse(const std::string& text) {
    if (why_) *why_ = cat(*why_, "\n", schema_.str(), ":\n", text);
    return false;
  }

  bool refuse_keyword() {
    for (size_t i = positional_; i < arguments_.size(); ++i) {
      std::string_view name = arguments_[i].keyword;
      if (schema_.argument_index(name) < 0) return refuse(cat("Keyword argument ", name, " unknown.\n"));
      for (size_t j = positional_; j < i; ++j)
        if (arguments_[j].keyword == name) return refuse(cat("Keyword argument ", name, " specified twice.\n"));
    }
    return refuse("A keyword argument repeats a positional one.\n");
  }

  const CallArgument* find_keyword(std::string_view name) const {
    for (size_t i = positional_; i < arguments_.size(); ++i)
      if (arguments_[i].keyword == name) return &arguments_[i];
    return nullptr;
  }

  // Concrete formal type for an actual one; null (with the reason noted) when it does not fit.
  const Type* concrete_type(const Argument& formal, const TypePtr& formal_type, const TypePtr& actual,
                            bool empty_literal) {
    if (formal_type.get() == actual.get()) return formal_type.get();
    TypePtr concrete = formal_type;
    if (has_type_variables(*formal_type)) {
      std::string reason;
      if (!bind_type_variables(formal_type, actual, bindings_, why_ ? &reason : nullptr)) {
        if (why_)
          refuse(cat("Could not match type ", actual->annotation(), " to ", formal_type->annotation(), " in argument '",
                     formal.name, "': ", reason, ".\n"));
        return nullptr;
      }
      concrete = substitute(formal_type, bindings_);
      if (!concrete) {
        if (actual->is(TypeKind::kUnknown)) return actual.get();
        if (why_)
          refuse(cat("Type variables in type ", formal_type->annotation(), " could not be inferred from actual type ",
                     actual->annotation(), ".\n"));
        return nullptr;
      }
      made_.push_back(concrete);
    }
    TypePtr given = converted_type(actual, empty_literal, concrete, conversions_);
    if (given.get() == concrete.get() || is_subtype(*given, *concrete)) return concrete.get();
    if (why_) {
      std::string text = cat("Expected a value of type '", formal.type->annotation(), "' for argument '", formal.name,
                             "' but instead found type '", actual->annotation(), "'.\n");
      if (actual->is(TypeKind::kList) && actual->element()->is(TypeKind::kTensor))
        text +=
            "Empty lists default to List[Tensor]. Add a variable annotation to the assignment to create an empty list "
            "of another type.\n";
      refuse(text);
    }
    return nullptr;
  }

  bool take(const Argument& formal, Value* value) {
    const TypePtr& actual = value->type();
    if (actual.get() == formal.type.get()) {
      slots_.push_back({Slot::From::kValue, 0, value, nullptr});
      return true;
    }
    if (is_broadcast(*actual, formal)) {
      slots_.push_back({Slot::From::kValue, uint32_t(formal.fixed_length), value, formal.type.get()});
      return true;
    }
    const Type* concrete = concrete_type(formal, formal.type, actual, is_empty_list_literal(value));
    if (!concrete) return false;
    slots_.push_back({Slot::From::kValue, 0, value, concrete});
    return true;
  }

  bool take_trailing(const Argument& formal, size_t first) {
    const TypePtr& element = formal.type->element();
    const Type* concrete = nullptr;
    for (size_t i = first; i < positional_; ++i) {
      concrete =
          concrete_type(formal, element, arguments_[i].value->type(), is_empty_list_literal(arguments_[i].value));
      if (!concrete) return false;
    }
    slots_.push_back({Slot::From::kTrailing, uint32_t(first), nullptr, concrete});
    return true;
  }

  static Value* default_value(Builder& builder, const Argument& formal) {
    if (!formal.default_value.is(Tag::kList)) return builder.constant(formal.default_value);
    return builder.constant(formal.default_value, unwrap_optional(formal.type));
  }

  const Schema& schema_;
  std::span<const CallArgument> arguments_;
  Value* self_;
  bool conversions_;
  std::string* why_;
  size_t positional_ = 0;
  SmallVec<Slot, 12> slots_;
  TypeBindings bindings_;
  std::vector<TypePtr> made_;  // keeps the slots' concrete types
};

std::string call_text(std::string_view name, std::span<const CallArgument> arguments, Value* self) {
  std::string text = cat(name, '(');
  bool first = true;
  auto add = [&](std::string_view keyword, const Value* value) {
    if (!std::exchange(first, false)) text += ", ";
    if (!keyword.empty()) text += cat(keyword, '=');
    text += value->type()->annotation();
  };
  if (self) add({}, self);
  for (const CallArgument& argument : arguments) add(argument.keyword, argument.value);
  text += ')';
  return text;
}

std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t end = text.find('\n');
    out += cat("  ", text.substr(0, end), '\n');
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
  }
  return out;
}

}  // namespace

Value* convert(Builder& builder, Value* value, const TypePtr& wanted, bool conversions) {
  const TypePtr& have = value->type();
  if (have.get() == wanted.get()) return value;
  if (unwraps(*have, *wanted)) return convert(builder, value, wanted->element(), conversions);
  if (is_empty_list_literal(value) && wanted->is(TypeKind::kList)) return builder.list(wanted->element(), {});
  if (have->is(TypeKind::kTuple)) {
    const TypePtr& list = unwrap_optional(wanted);
    if (tuple_fits_list(*have, *list)) return builder.list(list->element(), builder.unpack_tuple(value));
    if (wanted->is(TypeKind::kTuple) && wanted->elements().size() == have->elements().size() &&
        !is_subtype(*have, *wanted)) {
      std::vector<Value*> items = builder.unpack_tuple(value);
      for (size_t i = 0; i < items.size(); ++i) items[i] = convert(builder, items[i], wanted->element(i), conversions);
      return builder.tuple(items);
    }
    return value;
  }
  std::string_view op = conversions ? conversion_op(*have, *wanted) : std::string_view();
  return op.empty() ? value : builder.op(op, {value});
}

std::optional<MatchedCall> match_schema(Builder& builder, const Schema& schema, std::span<const CallArgument> arguments,
                                        Value* self, bool conversions, std::string* why) {
  Matcher matcher(schema, arguments, self, conversions, why);
  if (!matcher.plan()) return std::nullopt;
  return matcher.apply(builder);
}

std::optional<MatchedOverload> match_schemas(Builder& builder, std::span<const Schema* const> schemas,
                                             std::span<const CallArgument> arguments, Value* self, std::string* why) {
  if (schemas.size() != 1) {
    for (size_t i = 0; i < schemas.size(); ++i)
      if (auto call = match_schema(builder, *schemas[i], arguments, self, false, nullptr))
        return MatchedOverload{i, std::move(*call)};
  }
  for (size_t i = 0; i < schemas.size(); ++i)
    if (auto call = match_schema(builder, *schemas[i], arguments, self, true, nullptr))
      return MatchedOverload{i, std::move(*call)};
  if (why) {
    std::string variants;
    for (const Schema* schema : schemas) match_schema(builder, *schema, arguments, self, true, &variants);
    *why = schemas.size() == 1
               ? variants
               : cat("Arguments for call are not valid.\nThe following variants are available:\n", indented(variants));
  }
  return std::nullopt;
}

namespace {

// Tries the overloads in their order, then the variants written in TorchScript.
std::optional<Values> try_call(Builder& builder, const CompilationUnit::CallTarget& target,
                               std::span<const CallArgument> arguments, Value* self, bool conversions) {
  for (const Overload& overload : target.overloads) {
    auto call = match_schema(builder, *overload.schema, arguments, self, conversions, nullptr);
    if (!call) continue;
    if (overload.upgrader) return builder.inline_call(*overload.upgrader, call->inputs);
    Node* node = builder.op_node(*overload.op, call->inputs, std::move(call->returns));
    return Values(node->outputs());
  }
  if (!target.has_functions) return std::nullopt;
  for (GraphFunction* function : builder.unit().builtin_functions(target.name)) {
    auto call = match_schema(builder, function->schema, arguments, self, conversions, nullptr);
    if (call) return builder.inline_call(*function, call->inputs);
  }
  return std::nullopt;
}

}  // namespace

Value* call_operator(Builder& builder, std::string_view name, std::span<const CallArgument> arguments, Value* self) {
  CompilationUnit& unit = builder.unit();
  std::optional<Values> results;
  for (const CompilationUnit::CallTarget& target : unit.call_targets(name)) {
    if (target.name.empty()) continue;
    bool only_one = target.overloads.size() == 1 && !target.has_functions;
    if (!only_one) results = try_call(builder, target, arguments, self, false);
    if (!results) results = try_call(builder, target, arguments, self, true);
    if (results) break;
  }
  if (!results) {
    Values inputs;
    if (self) inputs.push_back(self);
    for (const CallArgument& argument : arguments) inputs.push_back(argument.value);
    std::string what = call_text(name, arguments, self);
    std::vector<const Schema*> schemas;
    for (const Overload& overload : unit.call_candidates(name)) schemas.push_back(overload.schema);
    if (!schemas.empty()) {
      std::string why;
      match_schemas(builder, schemas, arguments, self, &why);
      what = cat(what, "\n", why);
    }
    return builder.unsupported(std::move(what), inputs);
  }
  if (results->size() == 1) return (*results)[0];
  return results->empty() ? builder.no_result() : builder.tuple(*results);
}

}  // namespace taper::impl::ir
