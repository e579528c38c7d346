// Instance::save.
#include "archive/model_writer.h"
#include "core/error.h"
#include "runtime/busy.h"
#include "runtime/instance_states.h"
#include "runtime/interpreter.h"
#include "runtime/module.h"
#include "runtime/program.h"
#include "runtime/write_file.h"

namespace taper::impl {
namespace {

// PyTorch names the archive's folder as the file.
std::string folder_name(const std::string& path) {
  size_t slash = path.find_last_of("/\\");
  std::string name = slash == path.npos ? path : path.substr(slash + 1);
  size_t dot = name.rfind('.');
  if (dot != name.npos) name.resize(dot);
  return name.empty() || name == "." || name == ".." ? "archive" : name;
}

}  // namespace

InstanceStates::InstanceStates(Module& module) : module_(module) {
  Context& context = execution_.context();
  context.map_devices_to_cpu = module.options().device_to_cpu;
  context.budget.fuel = module.options().load_fuel;
  set_pool_limit(context.pool(), module.options().load_memory);
}

std::optional<Value> InstanceStates::state(const Value& object) {
  const ClassType& type = *object.object().type;
  if (!type.has_state_methods()) return std::nullopt;
  Function& get = *type.method("__getstate__");
  if (get.schema.arguments.size() != 1)
    fail(ErrorCode::kUnsupported, cat(type.name, ".__getstate__ wants arguments: the object cannot be saved"));
  ContextScope scope(execution_.context());
  Value self = object;
  return execution_.interpreter().run(module_.program(), get, {&self, 1});
}

void Instance::save(const std::string& path, const ExtraFiles& extra) {
  Busy busy(*this);
  PoolScope heap(nullptr);
  InstanceStates states(*module_);
  const ModelFile& file = module_->file();
  stream_file(path, [&](ByteSink& sink) {
    write_model(sink, folder_name(path), {file, object_, file.constants, extra}, states);
  });
}

}  // namespace taper::impl
