// What names and attributes mean: variables, the namespaces torch, ops, CONSTANTS and __torch__, built-in functions,
// members of objects, tensors, enums and named tuples.

#include <algorithm>
#include <iterator>

#include "core/error.h"
#include "ir/annotations.h"
#include "ir/emitter.h"

namespace taper::impl::ir {
namespace {

using Kind_ = Binding::Kind;

struct GlobalName {
  std::string_view name;
  Binding::Kind kind;
  Special special = Special::kAnnotate;
  std::string_view op = {};     // of kOperator and kCast
  std::string_view magic = {};  // the method that a script class may define instead
  TypeKind type = TypeKind::kAny;
};

constexpr GlobalName kGlobals[] = {
    {"torch", Kind_::kTorch},
    {"ops", Kind_::kOps},
    {"CONSTANTS", Kind_::kConstants},
    {"__torch__", Kind_::kNamespace},
    {"annotate", Kind_::kSpecial, Special::kAnnotate},
    {"uninitialized", Kind_::kSpecial, Special::kUninitialized},
    {"unchecked_cast", Kind_::kSpecial, Special::kUncheckedCast},
    {"isinstance", Kind_::kSpecial, Special::kIsInstance},
    {"getattr", Kind_::kSpecial, Special::kGetAttr},
    {"hasattr", Kind_::kSpecial, Special::kHasAttr},
    {"fork", Kind_::kSpecial, Special::kFork},
    {"awaitable", Kind_::kSpecial, Special::kAwaitable},
    {"range", Kind_::kSpecial, Special::kRange},
    {"print", Kind_::kSpecial, Special::kPrint},
    {"tuple", Kind_::kSpecial, Special::kTuple},
    {"list", Kind_::kSpecial, Special::kList},
    {"dict", Kind_::kSpecial, Special::kDict},
    {"enumerate", Kind_::kSpecial, Special::kEnumerate},
    {"zip", Kind_::kSpecial, Special::kZip},
    {"int", Kind_::kCast, Special::kAnnotate, "aten::Int", "__int__", TypeKind::kInt},
    {"float", Kind_::kCast, Special::kAnnotate, "aten::Float", "__float__", TypeKind::kFloat},
    {"bool", Kind_::kCast, Special::kAnnotate, "aten::Bool", "__bool__", TypeKind::kBool},
    {"str", Kind_::kCast, Special::kAnnotate, "aten::str", "__str__", TypeKind::kString},
    {"complex", Kind_::kCast, Special::kAnnotate, "aten::Complex", "__complex__", TypeKind::kComplex},
    {"_to_tensor", Kind_::kCast, Special::kAnnotate, "prim::NumToTensor", "", TypeKind::kTensor},
    {"len", Kind_::kOperator, Special::kAnnotate, "aten::len", "__len__"},
    {"hex", Kind_::kOperator, Special::kAnnotate, "aten::hex", "__hex__"},
    {"oct", Kind_::kOperator, Special::kAnnotate, "aten::oct", "__oct__"},
    {"round", Kind_::kOperator, Special::kAnnotate, "aten::round", "__round__"},
    {"hash", Kind_::kOperator, Special::kAnnotate, "aten::hash"},
    {"id", Kind_::kOperator, Special::kAnnotate, "prim::id"},
    {"min", Kind_::kOperator, Special::kAnnotate, "prim::min"},
    {"max", Kind_::kOperator, Special::kAnnotate, "prim::max"},
    {"abs", Kind_::kOperator, Special::kAnnotate, "prim::abs"},
    {"all", Kind_::kOperator, Special::kAnnotate, "aten::all"},
    {"any", Kind_::kOperator, Special::kAnnotate, "aten::any"},
    {"divmod", Kind_::kOperator, Special::kAnnotate, "aten::divmod"},
    {"sum", Kind_::kOperator, Special::kAnnotate, "aten::sum"},
    {"ord", Kind_::kOperator, Special::kAnnotate, "aten::ord"},
    {"chr", Kind_::kOperator, Special::kAnnotate, "aten::chr"},
    {"bin", Kind_::kOperator, Special::kAnnotate, "aten::bin"},
    {"pow", Kind_::kOperator, Special::kAnnotate, "aten::pow"},
    {"sorted", Kind_::kOperator, Special::kAnnotate, "aten::sorted"},
    {"rangelist", Kind_::kOperator, Special::kAnnotate, "prim::rangelist"},
};

// Attributes of a tensor that are operators of the namespace prim. Others are methods, or functions of
// builtin_functions.h.
constexpr std::string_view kTensorProperties[] = {
    "data",         "device",    "dtype",         "grad",          "is_cpu",       "is_cuda", "is_ipu",
    "is_leaf",      "is_maia",   "is_meta",       "is_mkldnn",     "is_mps",       "is_mtia", "is_nested",
    "is_quantized", "is_sparse", "is_sparse_csr", "is_vulkan",     "is_xla",       "is_xpu",  "itemsize",
    "layout",       "name",      "nbytes",        "requires_grad", "retains_grad",
};
constexpr std::string_view kTensorFunctions[] = {"H", "T", "imag", "mH", "mT", "ndim", "real", "shape"};

template <size_t N>
bool contains(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}  // namespace

Binding Emitter::lookup(const NameExpr& name, const Binding* found) {
  if (!found) found = captured(name.name);
  if (found && !found->is(Kind_::kUnbound)) {
    Binding binding = *found;
    binding.is_variable = true;
    return binding;
  }
  if (found) fail(name, unbound_text(name.name, *found));
  Binding binding = global(name.name);
  if (binding.is(Kind_::kUnbound)) fail(name, cat("undefined value ", name.name));
  return binding;
}

std::string Emitter::unbound_text(std::string_view name, const Binding& binding) {
  switch (binding.why) {
    case Binding::Why::kMissingInTrue: return cat(name, " is not defined in the true branch");
    case Binding::Why::kMissingInFalse: return cat(name, " is not defined in the false branch");
    case Binding::Why::kDeleted: return cat(name, " was deleted");
    case Binding::Why::kMismatch: return std::string(binding.text);
    case Binding::Why::kNothing: break;
  }
  return cat("undefined value ", name);
}

Binding Emitter::global(std::string_view name) {
  Binding binding;
  for (const GlobalName& row : kGlobals) {
    if (row.name != name) continue;
    binding.kind = row.kind;
    binding.special = row.special;
    binding.text = row.kind == Kind_::kNamespace ? row.name : row.op;
    binding.magic = row.magic;
    if (row.kind == Kind_::kCast) binding.type = simple_type(row.type).get();
    return binding;
  }
  return binding;
}

Binding Emitter::attribute(const Binding& base, std::string_view name, const Expr& place) {
  Binding binding;
  switch (base.kind) {
    case Kind_::kTorch:
      if (name == "autograd") {
        binding.kind = Kind_::kTorch;
        return binding;
      }
      binding.kind = Kind_::kOperator;
      binding.text = env_.keep("aten::", name);
      return binding;
    case Kind_::kOps:
      binding.kind = Kind_::kOpsOf;
      binding.text = name;
      return binding;
    case Kind_::kOpsOf:
      binding.kind = Kind_::kOperator;
      binding.text = env_.keep(cat(base.text, "::", name));
      return binding;
    case Kind_::kConstants: return Binding::of(archive_constant(name, place));
    case Kind_::kNamespace: {
      std::string_view full = env_.keep(cat(base.text, ".", name));
      if (TypePtr type = unit_.type(full)) {
        binding.kind = Kind_::kType;
        binding.type = type.get();
      } else if (Function* function = unit_.function(full)) {
        binding.kind = Kind_::kFunction;
        binding.function = function;
      } else {
        binding.kind = Kind_::kNamespace;
      }
      binding.text = full;
      return binding;
    }
    case Kind_::kType: return type_attribute(TypePtr(base.type), name, place);
    case Kind_::kValue: {
      binding = value_attribute(base.value, name);
      if (binding.is(Kind_::kUnbound))
        fail(place, cat("'", base.value->type()->annotation(), "' object has no attribute or method '", name, "'"));
      return binding;
    }
    default: fail(place, cat("this has no attribute '", name, "'"));
  }
}

Binding Emitter::type_attribute(const TypePtr& type, std::string_view name, const Expr& place) {
  Binding binding;
  binding.type = type.get();
  if (name == "__new__") {
    binding.kind = Kind_::kSpecial;
    binding.special = Special::kNew;
    return binding;
  }
  if (type->is(TypeKind::kEnum)) {
    for (const auto& [entry, value] : as_enum(*type).entries)
      if (entry == name)
        return Binding::of(
            builder_.constant(make_ref<EnumObj>(Ref<const EnumType>(&as_enum(*type)), entry, value), type));
    fail(place, cat("the enum ", as_enum(*type).name, " has no entry '", name, "'"));
  }
  if (type->is(TypeKind::kClass)) {
    const ClassType& cls = as_class(*type);
    auto set = [&](const Ref<Function>& function) {
      binding.kind = Kind_::kFunction;
      binding.function = function.get();
    };
    for (const auto& [key, function] : cls.static_methods)
      if (key == name) set(function);
    // A caller's code runs a submodule's hooks as functions of its class.
    std::string full = cat(cls.name, ".", name);
    for (const auto* hooks : {&cls.forward_pre_hooks, &cls.forward_hooks})
      for (const Ref<Function>& hook : *hooks)
        if (hook->name == full) set(hook);
    if (!binding.function)
      if (Function* method = cls.method(name)) set(method);
    if (!binding.function)
      if (Function* function = unit_.function(full)) set(function);
    if (binding.function) return binding;
    if (const ClassConstant* constant = cls.constant(name))
      return Binding::of(builder_.constant(constant->value, constant->type));
    if (cls.opaque) return Binding::of(builder_.unsupported(full));
  }
  fail(place, cat("type ", type->annotation(), " has no attribute '", name, "'"));
}

Binding Emitter::value_attribute(Value* value, std::string_view name) {
  Binding binding;
  const Type& type = *value->type();
  auto method = [&] {
    binding.kind = Kind_::kMethod;
    binding.value = value;
    binding.text = name;
    return binding;
  };
  switch (type.kind()) {
    case TypeKind::kClass: {
      const ClassType& cls = as_class(type);
      if (int slot = cls.slot(name); slot >= 0) {
        Node* node = graph_->create(Kind::kGetAttr, {&value, 1});
        node->text = name;
        node->add_output(cls.attributes[size_t(slot)].type);
        // The attribute's name is that of its value, unless it is a number.
        bool number = name.find_first_not_of("0123456789") == name.npos;
        node->output()->set_name(number ? cat('_', name) : std::string(name));
        builder_.insert(node);
        return Binding::of(node->output());
      }
      if (cls.method(name) || cls.opaque) return method();
      if (const ClassConstant* constant = cls.constant(name))
        return Binding::of(builder_.constant(constant->value, constant->type));
      if (Function* getter = cls.method(cat("__", name, "_getter")))
        return Binding::of(call_function(*getter, {}, value));
      return binding;
    }
    case TypeKind::kInterface: return as_interface(type).method(name) ? method() : binding;
    case TypeKind::kUnknown: return method();
    case TypeKind::kEnum:
      if (name == "name") return Binding::of(builder_.insert(Kind::kEnumName, {&value, 1}, string_type()));
      if (name == "value")
        return Binding::of(builder_.insert(Kind::kEnumValue, {&value, 1}, as_enum(type).value_type()));
      return binding;
    case TypeKind::kTuple: {
      const auto& fields = as_tuple(type).fields;
      auto field = std::find(fields.begin(), fields.end(), name);
      if (field == fields.end()) return binding;
      return Binding::of(tuple_item(value, builder_.integer(field - fields.begin())));
    }
    case TypeKind::kTensor:
      if (contains(kTensorProperties, name)) return Binding::of(builder_.op(cat("prim::", name), {value}));
      if (contains(kTensorFunctions, name)) return Binding::of(builder_.op(cat("aten::", name), {value}));
      break;
    case TypeKind::kDevice:
      if (name == "type" || name == "index") return Binding::of(builder_.op(cat("prim::", name), {value}));
      break;
    default: break;
  }
  binding.kind = Kind_::kOperator;
  binding.value = value;
  binding.text = env_.keep("aten::", name);
  return binding;
}

// CONSTANTS.c12
Value* Emitter::archive_constant(std::string_view name, const Expr& place) {
  size_t index = constant_index(name);
  const auto& constants = unit_.constants();
  if (index >= constants.size())
    fail(place, cat("constant ", index, " is used, but the archive has ", constants.size(), " constants"));
  const impl::Value& value = constants[index];
  TypePtr type = value.is(Tag::kRawObject) ? unit_.type(value.raw_object().class_name) : type_of(value);
  if (!type) type = simple_type(TypeKind::kUnknown);
  return builder_.archive_constant(index, value, std::move(type));
}

}  // namespace taper::impl::ir
