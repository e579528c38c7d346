#include "language/archive.h"

#include <algorithm>

#include "archive/model_writer.h"
#include "archive/zip_writer.h"
#include "core/error.h"
#include "ir/code_files.h"
#include "ops/registry.h"
#include "runtime/instance_states.h"
#include "runtime/write_file.h"

using namespace std::string_literals;

namespace taper::impl {
namespace {

// Runs, and the class whose method makes an object of it.
std::string runs_source(const ArchiveContent& content) {
  std::string out = "class Runs(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n";
  if (!content.model.empty()) out += cat("  model : ", content.model_type, "\n");
  for (size_t i = 0; i < content.runs.size(); ++i)
    out += cat("  def run", i, "(self: __torch__.runs.Runs) -> str:\n    return torch.str(", content.runs[i], ")\n");
  if (content.model.empty()) return out;
  out +=
      cat("class Maker(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n"
          "  def make(self: __torch__.runs.Maker) -> __torch__.runs.Runs:\n"
          "    runs = __torch__.runs.Runs.__new__(__torch__.runs.Runs)\n    runs.training = False\n    runs.model = ",
          content.model, "\n    return runs\n");
  for (size_t i = 0; i < content.attributes.size(); ++i)
    out += cat("  def attribute", i, "(self: __torch__.runs.Maker):\n    return ", content.attributes[i].second, "\n");
  if (!content.constants.empty())
    out += cat("  def constants(self: __torch__.runs.Maker):\n    return ", content.constants, "\n");
  return out;
}

// Objects are saved by their attributes.
class NoStates final : public ScriptStates {
 public:
  std::optional<Value> state(const Value&) override { return std::nullopt; }
};

// An archive whose object, of a class in __torch__.runs, has nothing but the attribute "training".
std::vector<char> bare_archive(const ArchiveContent& content, const std::string& class_name) {
  ZipWriter zip("case");
  zip.add("data.pkl", "\x80\x02" + ("c__torch__.runs\n" + class_name) + "\n)\x81}X\x08\0\0\0training\x89sb."s);
  auto add_code = [&](std::string module, const std::string& text) {
    std::replace(module.begin(), module.end(), '.', '/');
    zip.add(cat("code/", module, ".py"), text);
  };
  for (const auto& [module, text] : content.sources) add_code(module, text);
  add_code("__torch__.runs", runs_source(content));
  zip.add("constants.pkl", "\x80\x02).");
  zip.add("version", "3\n");
  return zip.finish();
}

}  // namespace

void write_archive(const std::string& path, const ArchiveContent& content) {
  if (content.model.empty()) return write_file(path, bare_archive(content, "Runs"));
  Ref<Module> module = load_module(read_model(own_memory(bare_archive(content, "Maker")), {}), operator_table(), {});
  Ref<Instance> maker = module->instantiate();
  Execution execution;
  Instance runs(module, maker->call(execution, "make", {}));
  for (size_t i = 0; i < content.attributes.size(); ++i) {
    std::string attribute = cat("model.", content.attributes[i].first);
    size_t dot = attribute.rfind('.');
    runs.submodule(attribute.substr(0, dot))
        ->set(attribute.substr(dot + 1), maker->call(execution, cat("attribute", i), {}));
  }
  if (content.constants.empty()) return runs.save(path);
  Value constants = maker->call(execution, "constants", {});
  NoStates states;
  stream_file(path, [&](ByteSink& sink) {
    write_model(sink, "case", {module->file(), runs.value(), constants.tuple().items, {}}, states);
  });
}

std::vector<char> printed_archive(Instance& instance) {
  Module& module = instance.module();
  ir::CodeConstants constants;
  ir::CodeFiles files(module.unit(), constants,
                      {[](const ClassType&, std::string_view) { return true; }, [](const ClassType&) { return true; }});
  const Value& root = instance.value();
  for (const auto& [name, method] : root.object().type->methods)
    files.add_function(static_cast<ir::GraphFunction&>(*method));
  files.add_value(root);
  std::map<std::string, std::string> code = files.take();
  InstanceStates states(module);
  MemorySink sink;
  write_model(sink, "printed", {module.file(), root, constants.values(), {}, &code}, states);
  return std::move(sink.bytes);
}

}  // namespace taper::impl
