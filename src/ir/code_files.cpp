#include "ir/code_files.h"

#include <utility>

#include "core/error.h"
#include "ir/names.h"
#include "ir/print.h"

namespace taper::impl::ir {
namespace {

// "__torch__.m.Net" -> "__torch__.m" and "Net".
std::pair<std::string, std::string> split_name(std::string_view name) {
  size_t dot = name.rfind('.');
  if (dot == name.npos || !name.starts_with("__torch__"))
    fail(ErrorCode::kUnsupported, cat("'", name, "' has no place in an archive's code"));
  return {std::string(name.substr(0, dot)), std::string(name.substr(dot + 1))};
}

const std::string& name_of(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kClass: return as_class(type).name;
    case TypeKind::kInterface: return as_interface(type).name;
    case TypeKind::kEnum: return as_enum(type).name;
    default: return as_tuple(type).name;
  }
}

std::string name_list(std::string_view variable, const std::vector<std::string>& names) {
  std::string out = cat("  ", variable, " = [");
  for (const std::string& name : names) out += cat('"', name, "\", ");
  return out + "]\n";
}

}  // namespace

void CodeFiles::add_type(const TypePtr& type) {
  type_work_.push_back(type);
  work_off();
}

void CodeFiles::add_value(const impl::Value& value) {
  value_work_.push_back(value);
  work_off();
}

void CodeFiles::add_function(GraphFunction& function) {
  function_work_.push_back(&function);
  work_off();
}

void CodeFiles::add_method(const ClassType& owner, GraphFunction& method, const Graph& graph, Role role) {
  type_work_.emplace_back(&owner);
  std::string name = split_name(method.name).second;
  Methods& methods = methods_[&owner];
  if (role == Role::kPreHook) methods.pre_hooks.push_back(name);
  if (role == Role::kHook) methods.hooks.push_back(name);
  if (!methods.names.insert(name).second) return work_off();
  seen_functions_.insert(&method);
  add_schema(method.schema);
  add_graph(graph);
  // Its receiver is typed: a method may call it otherwise than self.
  methods_[&owner].text +=
      print_code(graph, name, method.schema, constants_, {.first_argument_type = true, .level = 1});
  work_off();
}

void CodeFiles::add_schema(const Schema& schema) {
  for (const Argument& argument : schema.arguments) {
    type_work_.push_back(argument.type);
    value_work_.push_back(argument.default_value);
  }
  for (const Argument& result : schema.returns) type_work_.push_back(result.type);
}

void CodeFiles::add_graph(const Graph& graph) { add_block(*graph.top()); }

void CodeFiles::add_block(const Block& block) {
  for (const Value* parameter : block.parameters()) type_work_.push_back(parameter->type());
  for (const Node* node = block.first(); node; node = node->next()) {
    for (const Value* output : node->outputs()) type_work_.push_back(output->type());
    type_work_.insert(type_work_.end(), node->types.begin(), node->types.end());
    if (node->is(Kind::kConstant)) value_work_.push_back(node->value);
    if (auto* function = dynamic_cast<GraphFunction*>(node->function.get())) function_work_.push_back(function);
    for (const Block* inner : node->blocks()) add_block(*inner);
  }
}

void CodeFiles::work_off() {
  for (;;) {
    if (!type_work_.empty()) {
      TypePtr type = std::move(type_work_.back());
      type_work_.pop_back();
      look_at(*type);
    } else if (!value_work_.empty()) {
      impl::Value value = std::move(value_work_.back());
      value_work_.pop_back();
      look_at(value);
    } else if (!function_work_.empty()) {
      GraphFunction& function = *function_work_.back();
      function_work_.pop_back();
      if (!seen_functions_.insert(&function).second) continue;
      if (function.is_nested()) {  // printed where it is forked
        add_graph(function.graph());
        continue;
      }
      auto [module, name] = split_name(function.name);
      TypePtr owner = unit_.type(module);
      if (owner && owner->is(TypeKind::kClass)) {
        add_method(as_class(*owner), function, function.graph());
      } else {
        add_schema(function.schema);
        add_graph(function.graph());
        functions_[module] += print_code(function.graph(), name, function.schema, constants_);
      }
    } else {
      return;
    }
  }
}

void CodeFiles::look_at(const Type& type) {
  if (!seen_types_.insert(&type).second) return;
  type_work_.insert(type_work_.end(), type.elements().begin(), type.elements().end());
  bool named = type.is(TypeKind::kClass) || type.is(TypeKind::kInterface) || type.is(TypeKind::kEnum) ||
               (type.is(TypeKind::kTuple) && !as_tuple(type).name.empty());
  if (!named) {
    seen_types_.erase(&type);  // held by nobody: another may get its address
    return;
  }
  if (type.is(TypeKind::kClass) && as_class(type).opaque) return;
  types_.emplace_back(&type);
  if (type.is(TypeKind::kClass)) {
    for (const Attribute& attribute : as_class(type).attributes)
      if (choice_.keeps(as_class(type), attribute.name)) type_work_.push_back(attribute.type);
  } else if (type.is(TypeKind::kInterface)) {
    for (const auto& [name, schema] : as_interface(type).methods) add_schema(schema);
  }
}

void CodeFiles::look_at(const impl::Value& value) {
  switch (value.tag()) {
    case Tag::kList:
    case Tag::kTuple:
    case Tag::kDict:
    case Tag::kObject:
      if (!seen_values_.insert(value.pointer()).second) return;
      break;
    default: break;
  }
  switch (value.tag()) {
    case Tag::kList:
      type_work_.push_back(value.list().element);
      value_work_.insert(value_work_.end(), value.list().items.begin(), value.list().items.end());
      break;
    case Tag::kTuple:
      if (value.tuple().type) type_work_.emplace_back(value.tuple().type);
      value_work_.insert(value_work_.end(), value.tuple().items.begin(), value.tuple().items.end());
      break;
    case Tag::kDict:
      type_work_.push_back(value.dict().key);
      type_work_.push_back(value.dict().value);
      for (const DictObj::Entry& entry : value.dict().entries()) {
        value_work_.push_back(entry.key);
        value_work_.push_back(entry.value);
      }
      break;
    case Tag::kEnum: type_work_.emplace_back(value.enumeration().type); break;
    case Tag::kFunction:
      if (auto* function = dynamic_cast<GraphFunction*>(&value.function())) function_work_.push_back(function);
      break;
    case Tag::kObject: {
      const Object& object = value.object();
      type_work_.emplace_back(object.type);
      for (size_t i = 0; i < object.slots.size() && i < object.type->attributes.size(); ++i)
        if (choice_.keeps(*object.type, object.type->attributes[i].name)) value_work_.push_back(object.slots[i]);
      break;
    }
    default: break;
  }
}

// Whoever stands for an interface has all its methods, called or not; and some methods are called by operators: __lt__ when
// a list is sorted, __eq__ when lists are compared.
bool CodeFiles::complete_classes() {
  size_t before = seen_functions_.size();
  auto add = [&](const ClassType& type, std::string_view name) {
    if (auto* method = dynamic_cast<GraphFunction*>(type.method(name))) add_function(*method);
  };
  for (size_t i = 0; i < types_.size(); ++i) {
    if (!types_[i]->is(TypeKind::kClass) || !choice_.is_whole(as_class(*types_[i]))) continue;
    const ClassType& type = as_class(*types_[i]);
    if (choice_.keeps_state_methods(type)) add(type, "__getstate__"), add(type, "__setstate__");
    add(type, "__lt__");
    add(type, "__eq__");
    for (size_t k = 0; k < types_.size(); ++k)
      if (types_[k]->is(TypeKind::kInterface) && is_subtype(type, *types_[k]))
        for (const auto& [name, schema] : as_interface(*types_[k]).methods) add(type, name);
  }
  return seen_functions_.size() != before;
}

std::map<std::string, std::string> CodeFiles::take() {
  for (;;) {
    size_t types = types_.size();
    bool more = complete_classes();
    for (; constants_seen_ < constants_.values().size(); ++constants_seen_)
      add_value(constants_.values()[constants_seen_]);
    if (!more && types == types_.size()) break;
  }
  std::map<std::string, std::string> files;
  for (const TypePtr& type : types_) {
    std::string& file = files[split_name(name_of(*type)).first];
    switch (type->kind()) {
      case TypeKind::kClass: file += print(as_class(*type)); break;
      case TypeKind::kInterface: file += print(as_interface(*type)); break;
      case TypeKind::kEnum: file += print(as_enum(*type)); break;
      default: file += print(as_tuple(*type)); break;
    }
  }
  for (auto& [module, text] : functions_) files[module] += text;
  return files;
}

std::string CodeFiles::field(std::string_view name, const Type& type) const {
  if (is_identifier(name) && !is_keyword(name)) return cat("  ", name, " : ", type.annotation(), "\n");
  return cat("  __annotations__[", constant_text(impl::Value(std::string(name))), "] = ", type.annotation(), "\n");
}

std::string CodeFiles::print(const ClassType& type) {
  std::vector<std::string> parameters, buffers;
  std::string fields;
  for (const Attribute& attribute : type.attributes) {
    if (!choice_.keeps(type, attribute.name)) continue;
    if (attribute.is_parameter) parameters.push_back(attribute.name);
    if (attribute.is_buffer) buffers.push_back(attribute.name);
    fields += field(attribute.name, *attribute.type);
  }
  for (const ClassConstant& constant : type.constants)
    fields += cat("  ", constant.name, " : Final[", constant.type->annotation(),
                  "] = ", code_literal(constant.value, constants_), "\n");
  std::string out = cat("class ", split_name(type.name).second, type.is_module ? "(Module)" : "", ":\n");
  if (type.is_module) out += name_list("__parameters__", parameters) + name_list("__buffers__", buffers);
  const Methods& methods = methods_[&type];
  if (!methods.pre_hooks.empty()) out += name_list("__forward_pre_hooks__", methods.pre_hooks);
  if (!methods.hooks.empty()) out += name_list("__forward_hooks__", methods.hooks);
  out += fields + methods.text;
  // PyTorch reads neither an empty class nor one with a `pass`.
  if (!type.is_module && fields.empty() && methods.text.empty()) out += "  __annotations__ = []\n";
  return out;
}

std::string CodeFiles::print(const InterfaceType& type) {
  std::string out =
      cat("class ", split_name(type.name).second, type.is_module ? "(ModuleInterface)" : "(Interface)", ":\n");
  for (const auto& [name, schema] : type.methods) {
    out += cat("  def ", name, "(self");
    for (size_t i = 1; i < schema.arguments.size(); ++i)
      out += cat(",\n      ", schema.arguments[i].name, ": ", schema.arguments[i].type->annotation());
    out += cat(") -> ", schema.returns[0].type->annotation(), ":\n    pass\n");
  }
  return out;
}

std::string CodeFiles::print(const EnumType& type) {
  std::string out = cat("class ", split_name(type.name).second, "(Enum):\n");
  for (const auto& [name, value] : type.entries) out += cat("  ", name, " = ", code_literal(value, constants_), "\n");
  return out;
}

std::string CodeFiles::print(const TupleType& type) {
  std::string out = cat("class ", split_name(type.name).second, "(NamedTuple):\n");
  // Without defaults: printed code gives every field, and PyTorch cannot read them back.
  for (size_t i = 0; i < type.fields.size(); ++i) out += field(type.fields[i], *type.element(i));
  return out;
}

}  // namespace taper::impl::ir
