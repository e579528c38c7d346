#include <unordered_set>

#include "core/error.h"
#include "runtime/busy.h"
#include "runtime/convert.h"
#include "runtime/interpreter.h"
#include "runtime/module.h"
#include "runtime/program.h"

namespace taper::impl {

namespace {

// Settings of the module that hold while it runs.
struct RunSettings {
  RunSettings(Context& context, const ModuleOptions& options)
      : context(context), map_devices(context.map_devices_to_cpu) {
    context.map_devices_to_cpu |= options.device_to_cpu;
  }
  ~RunSettings() { context.map_devices_to_cpu = map_devices; }
  Context& context;
  bool map_devices;
};

Function& find_method(const ClassType& type, std::string_view name) {
  if (Function* method = type.method(name)) return *method;
  std::string known;
  for (const auto& [each, function] : type.methods) append(known, cat(known.empty() ? "" : ", ", each));
  fail(ErrorCode::kInvalidArgument,
       cat(type.name, " has no method '", name, "'; it has ", known.empty() ? "none" : known));
}

size_t find_slot(const ClassType& type, std::string_view name) {
  int slot = type.slot(name);
  if (slot < 0) fail(ErrorCode::kInvalidArgument, cat(type.name, " has no attribute '", name, "'"));
  return size_t(slot);
}

// How the messages of PyTorch 1.0's interpreter went on behind an operator's own text: hosts of that time match on the
// colon.
void add_first_ending(Error& error) {
  if (error.code() == ErrorCode::kRuntime || error.code() == ErrorCode::kScript)
    error.extend_message(":\noperation failed in interpreter");
}

}  // namespace

Instance::Instance(Ref<Module> module, Value object)
    : module_(std::move(module)), object_(std::move(object)), busy_(std::make_shared<std::atomic<bool>>(false)) {}

Value Instance::call(Execution& execution, std::string_view method, Vec<Value> arguments, Vec<Keyword> keywords) {
  Busy busy(*this);
  ContextScope scope(execution.context());
  RunSettings settings(execution.context(), module_->options());
  bool hooked = method == "__call__";
  const ClassType& class_type = type();
  Function& function = find_method(class_type, hooked ? "forward" : method);
  auto run = [&](Function& target, std::span<Value> values) {
    try {
      return execution.interpreter().run(module_->program(), target, values);
    } catch (Error& error) {
      if (module_->file().is_first_version) add_first_ending(error);
      throw;
    }
  };
  if (hooked) {
    for (const Ref<Function>& hook : class_type.forward_pre_hooks) {
      auto inputs = make_ref<TupleObj>();
      inputs->items.assign(arguments.begin(), arguments.end());
      Vec<Value> values = bind_arguments(hook->schema, hook->name, {object_, Value(inputs)}, {});
      Value changed = run(*hook, values);
      if (changed.is(Tag::kTuple)) arguments.assign(changed.tuple().items.begin(), changed.tuple().items.end());
      else if (!changed.is_none()) arguments.assign(1, changed);
    }
  }
  auto inputs = hooked ? make_ref<TupleObj>() : Ref<TupleObj>();
  if (hooked) inputs->items.assign(arguments.begin(), arguments.end());
  arguments.insert(arguments.begin(), object_);
  Vec<Value> values =
      bind_arguments(function.schema, hooked ? "forward" : method, std::move(arguments), std::move(keywords));
  Value result = run(function, values);
  if (hooked) {
    for (const Ref<Function>& hook : class_type.forward_hooks) {
      Vec<Value> hook_values = bind_arguments(hook->schema, hook->name, {object_, Value(inputs), result}, {});
      Value changed = run(*hook, hook_values);
      if (!changed.is_none()) result = std::move(changed);
    }
  }
  return result;
}

void Instance::prepare(std::string_view method) {
  PoolScope heap(nullptr);
  Function& function = find_method(type(), method == "__call__" ? "forward" : method);
  module_->program().prepare(function);
  if (method != "__call__") return;
  for (const Ref<Function>& hook : type().forward_pre_hooks) module_->program().prepare(*hook);
  for (const Ref<Function>& hook : type().forward_hooks) module_->program().prepare(*hook);
}

Ref<Instance> Instance::clone() const {
  Busy busy(*this);
  PoolScope heap(nullptr);
  return make_ref<Instance>(module_, deep_copy(object_, StorageCopy::kShare));
}

Ref<Instance> Instance::submodule(std::string_view path) const {
  Busy busy(*this);
  Value at = object_;
  while (!path.empty()) {
    size_t dot = path.find('.');
    std::string_view name = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    const ClassType& owner = *at.object().type;
    Value next = at.object().slots[find_slot(owner, name)];
    if (!next.is(Tag::kObject))
      fail(ErrorCode::kInvalidArgument, cat("attribute '", name, "' of ", owner.name, " is no module"));
    at = std::move(next);
  }
  Ref<Instance> found = make_ref<Instance>(module_, std::move(at));
  found->busy_ = busy_;
  return found;
}

void Instance::train(bool on) {
  Busy busy(*this);
  std::unordered_set<const Object*> seen;
  std::vector<Object*> work{&object()};
  while (!work.empty()) {
    Object& next = *work.back();
    work.pop_back();
    if (!next.type->is_module || !seen.insert(&next).second) continue;
    for (size_t i = 0; i < next.slots.size(); ++i) {
      Value& slot = next.slots[i];
      if (slot.is(Tag::kObject)) work.push_back(&slot.object());
      if (slot.is(Tag::kBool) && next.type->attributes[i].name == "training") slot = Value(on);
    }
  }
}

Value Instance::get(std::string_view attribute) const {
  Busy busy(*this);
  if (type().slot(attribute) < 0)
    if (const ClassConstant* constant = type().constant(attribute)) return constant->value;
  return object().slots[find_slot(type(), attribute)];
}

void Instance::set(std::string_view attribute, Value value) {
  Busy busy(*this);
  size_t slot = find_slot(type(), attribute);
  const TypePtr& declared = type().attributes[slot].type;
  if (!convert_to_type(value, *declared))
    fail(ErrorCode::kInvalidArgument, cat("attribute '", attribute, "' of ", type().name, " is a ",
                                          declared->annotation(), ", not a ", type_of(value)->annotation()));
  object().slots[slot] = std::move(value);
}

std::vector<std::string> Instance::methods() const {
  std::vector<std::string> names;
  for (const auto& [name, function] : type().methods) names.push_back(name);
  return names;
}

std::string Instance::schema_text(std::string_view method) const {
  return declaration(find_method(type(), method).schema, method);
}

Value call_function(Execution& execution, Function& function, std::span<const Value> arguments) {
  return execution.interpreter().call(function, arguments);
}

}  // namespace taper::impl
