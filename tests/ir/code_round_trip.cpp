#include "ir/code_round_trip.h"

#include <map>

#include "core/error.h"
#include "ir/code_files.h"
#include "ir/print_code.h"
#include "ir/same_graph.h"

namespace taper::impl::ir {
namespace {

constexpr int64_t kToday = 1000;  // newer than any change of an operator

// Printed modules, and the sources of the classes that these name.
class Provider final : public SourceProvider {
 public:
  explicit Provider(std::unique_ptr<SourceProvider> classes) : classes_(std::move(classes)) {}
  void add(const std::string& module, const std::string& text) {
    auto source = make_ref<Source>();
    source->name = module;
    source->text = text;
    made_[module] = source;
  }
  Ref<const Source> find(std::string_view module_path) override {
    auto found = made_.find(std::string(module_path));
    if (found != made_.end()) return found->second;
    return classes_ ? classes_->find(module_path) : nullptr;
  }

 private:
  std::unique_ptr<SourceProvider> classes_;
  std::map<std::string, Ref<const Source>> made_;
};

Ref<CompilationUnit> compile(const OpTable& table, std::unique_ptr<Provider> sources, const CodeConstants& constants,
                             Evaluator* evaluator) {
  CompileOptions options;
  options.file_version = kToday;
  options.evaluator = evaluator;
  return make_ref<CompilationUnit>(table, std::move(sources), constants.values(), options);
}

void compare(RoundTrip& result, const Graph& graph, CompilationUnit& unit, const std::string& name) {
  try {
    auto* again = dynamic_cast<GraphFunction*>(unit.function(name));
    if (!again) {
      result.error = "it is gone";
      return;
    }
    result.difference = first_difference(graph, again->graph());
    CodeConstants constants;
    if (!result.difference.empty()) result.again = print_code(again->graph(), "f", again->schema, constants);
  } catch (const Error& error) {
    result.error = error.message();
  }
}

std::string module_name(size_t i) { return cat("__torch__.round_trip_", i); }

}  // namespace

std::vector<RoundTrip> round_trip_archive(CompilationUnit& unit, std::span<GraphFunction* const> functions) {
  CodeConstants constants;
  CodeFiles files(unit, constants,
                  {[](const ClassType&, std::string_view) { return true; }, [](const ClassType&) { return true; }});
  for (GraphFunction* function : functions) files.add_function(*function);
  auto provider = std::make_unique<Provider>(nullptr);
  std::vector<RoundTrip> out(functions.size());
  auto texts = files.take();
  for (const auto& [module, text] : texts) provider->add(module, text);
  auto again = compile(unit.table(), std::move(provider), constants, unit.options().evaluator);
  for (size_t i = 0; i < functions.size(); ++i) {
    out[i].function = functions[i]->name;
    compare(out[i], functions[i]->graph(), *again, functions[i]->name);
    if (!out[i].error.empty() || !out[i].difference.empty()) out[i].code = print_code(*functions[i], constants);
  }
  return out;
}

std::vector<RoundTrip> round_trip(std::span<const Printable> functions, const OpTable& table,
                                  std::unique_ptr<SourceProvider> sources, Evaluator* evaluator) {
  std::vector<RoundTrip> out(functions.size());
  CodeConstants constants;
  auto provider = std::make_unique<Provider>(std::move(sources));
  for (size_t i = 0; i < functions.size(); ++i) {
    out[i].function = functions[i].function->name;
    try {
      out[i].code = print_code(*functions[i].graph, "f", functions[i].function->schema, constants);
      provider->add(module_name(i), out[i].code);
    } catch (const Error& error) {
      out[i].error = error.message();
      out[i].unsupported = error.code() == ErrorCode::kUnsupported;
    }
  }
  auto again = compile(table, std::move(provider), constants, evaluator);
  for (size_t i = 0; i < functions.size(); ++i)
    if (out[i].error.empty()) compare(out[i], *functions[i].graph, *again, module_name(i) + ".f");
  return out;
}

}  // namespace taper::impl::ir
