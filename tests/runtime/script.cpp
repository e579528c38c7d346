#include "runtime/script.h"

#include "core/error.h"
#include "ops/registry.h"
#include "support/find_function.h"

namespace taper::impl {
namespace {

class Provider final : public ir::SourceProvider {
 public:
  explicit Provider(Script::Sources sources) : sources_(std::move(sources)) {}
  Ref<const Source> find(std::string_view module_path) override {
    auto found = sources_.find(std::string(module_path));
    if (found == sources_.end()) return nullptr;
    auto source = make_ref<Source>();
    source->name = cat("code/", module_path);
    source->text = found->second;
    return source;
  }

 private:
  Script::Sources sources_;
};

}  // namespace

Script::Script(Sources sources, bool optimize) {
  ir::CompileOptions options;
  options.evaluator = &evaluator_;
  unit_ = make_ref<ir::CompilationUnit>(operator_table(), std::make_unique<Provider>(std::move(sources)),
                                        std::vector<Value>(), options);
  ProgramOptions program;
  program.passes = optimize ? ir::PassSwitches::all() : ir::PassSwitches::none();
  program.verify_passes = true;
  program_ = std::make_unique<Program>(*unit_, &evaluator_, program);
}

Value Script::run(Execution& execution, const std::string& qualified, std::vector<Value> arguments) {
  return execution.interpreter().run(program(), find_function(*unit_, qualified), arguments);
}

std::string Script::text(const Value& value) {
  Context context;
  Value argument = value, result;
  Value* arguments[] = {&argument};
  operator_table().find("aten::str")[0]->call(context, {arguments, 1}, &result);
  return std::string(result.to_string());
}

}  // namespace taper::impl
