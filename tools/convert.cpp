// taper convert: writes a model again, in today's form.
#include "ops/registry.h"
#include "runtime/module.h"
#include "tools/commands.h"
#include "tools/open_model.h"

namespace taper::impl {

int convert_command(const ConvertOptions& options) {
  ModuleOptions module_options;
  module_options.optimize = false;
  module_options.device_to_cpu = true;
  load_module(open_model(options.model), operator_table(), module_options)->instantiate()->save(options.output);
  return 0;
}

}  // namespace taper::impl
