// Class definitions: modules, script classes, interfaces, enums, NamedTuples.

#include <algorithm>

#include "core/error.h"
#include "ir/annotations.h"
#include "ir/emitter.h"
#include "ir/unit_state.h"

namespace taper::impl::ir {
namespace {

bool lists(NameList names, std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); }

bool is_final(const Expr& annotation) {
  auto* subscript = annotation.as<SubscriptExpr>();
  auto* head = (subscript ? *subscript->base : annotation).as<NameExpr>();
  return head && head->name == "Final";
}

// Quantized modules of PyTorch 1.3 to 1.5 declare their packed weights as a Tensor that hides an object of a host's
// class. Empty when this is no such module.
std::string_view packed_weights_class(std::string_view class_name) {
  if (!class_name.starts_with("__torch__.torch.nn.") || class_name.find("quantized.") == class_name.npos) return {};
  std::string_view last = class_name.substr(class_name.rfind('.') + 1);
  if (last.starts_with("Linear")) return "__torch__.torch.classes.quantized.LinearPackedParamsBase";
  if (last.starts_with("Conv") && last.ends_with("3d"))
    return "__torch__.torch.classes.quantized.Conv3dPackedParamsBase";
  if (last.starts_with("Conv")) return "__torch__.torch.classes.quantized.Conv2dPackedParamsBase";
  return {};
}

}  // namespace

TypePtr CompilationUnit::State::load_class(CompilationUnit& unit, const SourceTree& tree, const ClassDef& def,
                                           std::string qualified) {
  if (def.has_base("NamedTuple")) return load_named_tuple(unit, tree, def, std::move(qualified));
  if (def.has_base("Enum")) return load_enum(unit, tree, def, std::move(qualified));
  TypePtr result;
  if (def.has_base("Interface") || def.has_base("ModuleInterface")) {
    auto type = make_ref<InterfaceType>(qualified, def.has_base("ModuleInterface"));
    interfaces.push_back(type);
    pending.push_back({nullptr, type, &tree, &def});
    result = type;
  } else {
    auto type = make_ref<ClassType>(qualified, def.has_base("Module"));
    classes.push_back(type);
    pending.push_back({type, nullptr, &tree, &def});
    result = type;
  }
  types[std::move(qualified)] = result;
  if (!filling) {
    fill_pending(unit);
    declare_attributes();
  }
  return result;
}

void CompilationUnit::State::fill_pending(CompilationUnit& unit) {
  struct Scope {
    explicit Scope(bool& flag) : flag(flag) { flag = true; }
    ~Scope() { flag = false; }
    bool& flag;
  } scope(filling);
  while (!pending.empty()) {
    Pending next = std::move(pending.back());
    pending.pop_back();
    try {
      if (next.type) fill_class(unit, *next.type, *next.tree, *next.def);
      else fill_interface(unit, *next.interface, *next.tree, *next.def);
    } catch (...) {
      // Half a class must not be found by a second attempt.
      pending.push_back(std::move(next));
      for (const Pending& entry : pending) types.erase(entry.type ? entry.type->name : entry.interface->name);
      pending.clear();
      throw;
    }
  }
}

void CompilationUnit::State::declare_attributes() {
  while (!undeclared.empty()) {
    Ref<ClassType> type = undeclared.back();
    undeclared.pop_back();
    struct Scope {
      Scope(ClassType*& slot, ClassType* now) : slot(slot), before(slot) { slot = now; }
      ~Scope() { slot = before; }
      ClassType*& slot;
      ClassType* before;
    } scope(declaring, type.get());
    try {
      static_cast<GraphFunction*>(type->method("__init__"))->graph();
    } catch (const Error&) {
      // Whoever uses the class will compile it again and see the error.
    }
  }
}

bool CompilationUnit::declare_attribute(const Type& type, std::string_view name, const TypePtr& attribute_type) {
  std::lock_guard lock(state_->mutex);
  if (!state_->declaring || state_->declaring != &type) return false;
  Attribute attribute;
  attribute.name = name;
  attribute.type = attribute_type;
  state_->declaring->attributes.push_back(std::move(attribute));
  return true;
}

void CompilationUnit::State::fill_class(CompilationUnit& unit, ClassType& type, const SourceTree& tree,
                                        const ClassDef& def) {
  type.attributes.reserve(def.fields.size());
  for (const Field* field : def.fields) {
    if (!field->type) continue;
    if (field->value) {
      if (!is_final(*field->type)) continue;
      ClassConstant constant;
      constant.name = field->name;
      TypePtr declared = field->type->as<SubscriptExpr>() ? type_from_expression(unit, tree, *field->type) : nullptr;
      constant.value = literal_value(unit, tree, *field->value, declared);
      constant.type = declared ? declared : type_of(constant.value);
      type.constants.push_back(std::move(constant));
      continue;
    }
    Attribute attribute;
    attribute.name = field->name;
    attribute.type = type_from_expression(unit, tree, *field->type);
    if (field->name == "_packed_params" && attribute.type->is(TypeKind::kTensor))
      if (std::string_view hidden = packed_weights_class(type.name); !hidden.empty())
        attribute.type = unit.opaque_class(hidden);
    attribute.is_parameter = lists(def.parameters, field->name);
    attribute.is_buffer = lists(def.buffers, field->name);
    type.attributes.push_back(std::move(attribute));
  }
  type.index_attributes();
  TypePtr self(&type);
  for (const FunctionDef* method : def.methods) {
    if (def.find_method(method->name) != method) continue;  // defined again further on
    std::string name(method->name);
    // The receiver may have another name than self; it is typed then.
    const Param* first = method->params.empty() ? nullptr : method->params[0];
    bool is_static = !first || (first->name != "self" && (!first->type || dotted_text(*first->type) != type.name));
    Ref<Function> function = make_function(unit, tree, *method, cat(type.name, ".", name), is_static ? nullptr : self);
    if (is_static) type.static_methods.emplace_back(std::move(name), std::move(function));
    else if (lists(def.forward_hooks, name)) type.forward_hooks.push_back(std::move(function));
    else if (lists(def.forward_pre_hooks, name)) type.forward_pre_hooks.push_back(std::move(function));
    else type.methods.emplace_back(std::move(name), std::move(function));
  }
  if (type.attributes.empty() && !type.is_module && type.method("__init__"))
    undeclared.push_back(Ref<ClassType>(&type));
  // Hooks run in the order of their list, which may name one twice.
  auto order = [&](std::vector<Ref<Function>>& functions, NameList names) {
    std::vector<Ref<Function>> ordered;
    for (std::string_view name : names)
      for (const Ref<Function>& function : functions)
        if (std::string_view(function->name).substr(type.name.size() + 1) == name) ordered.push_back(function);
    functions = std::move(ordered);
  };
  order(type.forward_hooks, def.forward_hooks);
  order(type.forward_pre_hooks, def.forward_pre_hooks);
}

void CompilationUnit::State::fill_interface(CompilationUnit& unit, InterfaceType& type, const SourceTree& tree,
                                            const ClassDef& def) {
  TypePtr self(&type);
  for (const FunctionDef* method : def.methods) {
    Schema schema = signature(unit, tree, *method, cat(type.name, ".", method->name), self);
    if (schema.returns.empty()) schema.returns.emplace_back().type = none_type();
    type.methods.emplace_back(std::string(method->name), std::move(schema));
  }
}

TypePtr CompilationUnit::State::load_enum(CompilationUnit& unit, const SourceTree& tree, const ClassDef& def,
                                          std::string qualified) {
  std::vector<std::pair<std::string, impl::Value>> entries;
  TypePtr value_type;
  for (const Field* field : def.fields) {
    if (!field->value) continue;
    impl::Value value = literal_value(unit, tree, *field->value, nullptr);
    TypePtr type = type_of(value);
    if (value_type && !equal(*value_type, *type))
      fail_at(tree.range(*field), "the entries of an enum must have one type");
    value_type = std::move(type);
    entries.emplace_back(std::string(field->name), std::move(value));
  }
  if (!value_type) fail_at(tree.range(def), "an enum without entries");
  auto type = make_ref<EnumType>(qualified, value_type);
  type->entries = std::move(entries);
  return types[std::move(qualified)] = type;
}

TypePtr CompilationUnit::State::load_named_tuple(CompilationUnit& unit, const SourceTree& tree, const ClassDef& def,
                                                 std::string qualified) {
  struct Depth {
    explicit Depth(int& count) : count(count) { ++count; }
    ~Depth() { --count; }
    int& count;
  } depth(named_tuple_depth);
  if (named_tuple_depth > 64) fail_at(tree.range(def), "NamedTuples nested too deeply, or within themselves");
  std::vector<TypePtr> elements;
  std::vector<std::string> fields;
  std::vector<std::pair<std::string, impl::Value>> defaults;
  for (const Field* field : def.fields) {
    if (!field->type) continue;
    elements.push_back(type_from_expression(unit, tree, *field->type));
    fields.emplace_back(field->name);
    if (field->value) defaults.emplace_back(fields.back(), literal_value(unit, tree, *field->value, elements.back()));
  }
  auto type = make_ref<TupleType>(std::move(elements), qualified, std::move(fields));
  if (!defaults.empty()) tuple_defaults[type.get()] = std::move(defaults);
  return types[std::move(qualified)] = type;
}

Schema CompilationUnit::constructor_schema(const Type& named_tuple) {
  std::lock_guard lock(state_->mutex);
  const TupleType& type = as_tuple(named_tuple);
  Schema schema;
  schema.name = type.name;
  auto defaults = state_->tuple_defaults.find(&named_tuple);
  for (size_t i = 0; i < type.elements().size(); ++i) {
    Argument argument;
    if (i < type.fields.size()) argument.name = type.fields[i];
    argument.type = type.element(i);
    if (defaults != state_->tuple_defaults.end())
      for (const auto& [field, value] : defaults->second)
        if (field == argument.name) argument.has_default = true, argument.default_value = value;
    schema.arguments.push_back(std::move(argument));
  }
  schema.returns.emplace_back().type = TypePtr(&named_tuple);
  return schema;
}

}  // namespace taper::impl::ir
