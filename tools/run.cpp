// taper run: calls one method of a model and prints its answer.
#include "archive/model_file.h"
#include "core/error.h"
#include "ops/registry.h"
#include "runtime/module.h"
#include "runtime/parallel.h"
#include "runtime/print_value.h"
#include "runtime/write_file.h"
#include "tools/commands.h"
#include "tools/input_spec.h"
#include "tools/json.h"
#include "tools/open_model.h"
#include "tools/value_json.h"

#include <cstdio>

namespace taper::impl {
namespace {

class Terminal final : public HostCallbacks {
 public:
  explicit Terminal(bool keep) : keep_(keep) {}
  void print(std::string_view text) override {
    if (keep_) printed += text;
    else std::fwrite(text.data(), 1, text.size(), stdout);
  }
  void warn(std::string_view text, std::string_view category) override {
    std::fprintf(stderr, "%s\n", cat(category.empty() ? "Warning" : category, ": ", text).c_str());
  }
  std::string printed;

 private:
  const bool keep_;
};

}  // namespace

int run_command(const RunOptions& options) {
  ModuleOptions module_options;
  module_options.optimize = !options.run.no_optimize;
  module_options.device_to_cpu = options.run.map_device;
  Ref<Module> module = load_module(open_model(options.model), operator_table(), module_options);
  Ref<Instance> instance = module->instantiate();
  if (!options.as_saved) instance->train(false);
  Terminal terminal(options.json);
  std::unique_ptr<ParallelFor> threads = make_thread_pool(options.run.threads);
  Execution execution;
  Context& context = execution.context();
  context.callbacks = &terminal;
  context.parallel = threads.get();
  context.map_devices_to_cpu = options.run.map_device;
  if (options.run.cpu) context.cpu_level = usable_cpu_level(*options.run.cpu);
  if (options.has_seed) context.generator().set_seed(options.seed);
  Vec<Value> arguments;
  {
    ContextScope scope(context);
    for (const std::string& spec : options.inputs) arguments.push_back(parse_input(context, spec));
  }
  Value answer = instance->call(execution, options.method, std::move(arguments));
  if (!options.output.empty()) {
    stream_file(options.output, [&](ByteSink& sink) { write_values(sink, answer); });
  }
  if (options.json) {
    JsonWriter json;
    json.object([&] {
      add_value(json.key("result"), answer);
      json.member("printed", terminal.printed);
    });
    std::printf("%s\n", json.text().c_str());
    return 0;
  }
  std::string text = print_value(answer) + "\n";
  std::fwrite(text.data(), 1, text.size(), stdout);
  return 0;
}

}  // namespace taper::impl
