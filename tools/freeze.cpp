// taper freeze: writes what running a model needs, inlined and with its weights as constants.
#include "ops/registry.h"
#include "runtime/module.h"
#include "tools/commands.h"
#include "tools/open_model.h"

namespace taper::impl {

int freeze_command(const FreezeCommandOptions& options) {
  ModuleOptions module_options;
  module_options.optimize = false;
  module_options.device_to_cpu = true;
  Ref<Instance> instance = load_module(open_model(options.model), operator_table(), module_options)->instantiate();
  instance->train(false);
  instance->freeze(options.freeze)->instantiate()->save(options.output);
  return 0;
}

}  // namespace taper::impl
