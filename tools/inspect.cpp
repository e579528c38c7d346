// taper inspect: what an archive holds. Nothing is executed.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "archive/model_file.h"
#include "ir/compilation_unit.h"
#include "ir/print.h"
#include "ops/registry.h"
#include "runtime/module.h"
#include "runtime/print_value.h"
#include "tools/commands.h"

namespace taper::impl {
namespace {

void print_tree(const Value& value, const std::string& name, int depth) {
  std::string indent(size_t(depth) * 2, ' ');
  if (value.is(Tag::kObject)) {
    const Object& object = value.object();
    std::printf("%s%s: %s\n", indent.c_str(), name.c_str(), object.type->name.c_str());
    for (size_t i = 0; i < object.slots.size(); ++i) print_tree(object.slots[i], object.type->attributes[i].name, depth + 1);
  } else if (value.is_tensor()) {
    std::string sizes;
    append(sizes, value.tensor().sizes());
    std::printf("%s%s: Tensor %s %s\n", indent.c_str(), name.c_str(), std::string(dtype_name(value.tensor().dtype())).c_str(), sizes.c_str());
  } else {
    std::printf("%s%s: %s\n", indent.c_str(), name.c_str(), type_of(value)->annotation().c_str());
  }
}

}  // namespace

void add_inspect(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("inspect", "Show an archive's modules, code, graphs or constants without running it");
  struct Options {
    std::string model, method = "forward";
    bool graph = false, code = false, tree = false, constants = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("model", o->model, "TorchScript archive")->required();
  command->add_option("--method", o->method, "method whose graph is shown");
  command->add_flag("--graph", o->graph, "the method's SSA graph");
  command->add_flag("--code", o->code, "the source text of all code entries");
  command->add_flag("--tree", o->tree, "modules and attributes (the default)");
  command->add_flag("--constants", o->constants, "the constants that code refers to");
  command->callback([o, &exit_code] {
    (void)exit_code;
    if (o->code) {
      ModelFile file = read_model(open_file(o->model), {});
      for (const std::string& path : file.source_paths()) {
        Ref<const Source> source = file.find_source(path);
        std::printf("# %s\n%s\n", path.c_str(), source ? source->text.c_str() : "");
      }
      return;
    }
    Ref<Module> module = load_module(read_model(open_file(o->model), {}), operator_table(), {});
    if (o->graph) {
      Function* function = module->root_type()->method(o->method);
      if (!function) fail(ErrorCode::kInvalidArgument, cat("the model has no method '", o->method, "'"));
      std::printf("%s\n", ir::to_text(static_cast<ir::GraphFunction*>(function)->graph()).c_str());
      return;
    }
    if (o->constants) {
      size_t i = 0;
      for (const Value& constant : module->file().constants) std::printf("c%zu = %s\n", i++, repr_value(constant).c_str());
      return;
    }
    print_tree(module->instantiate()->value(), "model", 0);
  });
}

}  // namespace taper::impl
