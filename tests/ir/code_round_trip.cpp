#include "ir/code_round_trip.h"

#include <map>

#include "core/error.h"
#include "ir/print_code.h"
#include "ir/same_graph.h"

namespace taper::impl::ir {
namespace {

constexpr int64_t kToday = 1000;  // newer than any change of an operator

// The sources of the classes, and a module for each printed function.
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
    return found == made_.end() ? classes_->find(module_path) : found->second;
  }

 private:
  std::unique_ptr<SourceProvider> classes_;
  std::map<std::string, Ref<const Source>> made_;
};

std::string module_name(size_t i) { return cat("__torch__.round_trip_", i); }

}  // namespace

std::vector<RoundTrip> round_trip(std::span<GraphFunction* const> functions, const OpTable& table,
                                  std::unique_ptr<SourceProvider> sources, Evaluator* evaluator) {
  std::vector<RoundTrip> out(functions.size());
  CodeConstants constants;
  auto provider = std::make_unique<Provider>(std::move(sources));
  for (size_t i = 0; i < functions.size(); ++i) {
    out[i].function = functions[i]->name;
    try {
      out[i].code = print_code(functions[i]->graph(), "f", functions[i]->schema, constants);
      provider->add(module_name(i), out[i].code);
    } catch (const Error& error) {
      out[i].error = error.message();
      out[i].unsupported = error.code() == ErrorCode::kUnsupported;
    }
  }
  CompileOptions options;
  options.file_version = kToday;
  options.evaluator = evaluator;
  auto unit = make_ref<CompilationUnit>(table, std::move(provider), constants.values(), options);
  for (size_t i = 0; i < functions.size(); ++i) {
    if (!out[i].error.empty()) continue;
    try {
      auto& again = static_cast<GraphFunction&>(*unit->function(module_name(i) + ".f"));
      out[i].difference = first_difference(functions[i]->graph(), again.graph());
    } catch (const Error& error) {
      out[i].error = error.message();
    }
  }
  return out;
}

}  // namespace taper::impl::ir
