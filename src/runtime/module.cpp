#include "runtime/module.h"

#include "core/error.h"
#include "runtime/evaluator.h"
#include "runtime/interpreter.h"
#include "runtime/program.h"
#include "runtime/resolve.h"

namespace taper::impl {
namespace {

class FileSources final : public ir::SourceProvider {
 public:
  explicit FileSources(ModelFile& file) : file_(file) {}
  Ref<const Source> find(std::string_view module_path) override { return file_.find_source(module_path); }

 private:
  ModelFile& file_;
};

}  // namespace

Module::Module(ModelFile file, const OpTable& table, const ModuleOptions& options)
    : file_(std::move(file)), options_(options), evaluator_(std::make_unique<ContextEvaluator>(options.device_to_cpu)) {
  ir::CompileOptions compile;
  compile.file_version = file_.version;
  compile.evaluator = evaluator_.get();
  unit_ = make_ref<ir::CompilationUnit>(table, std::make_unique<FileSources>(file_), file_.constants, compile);
  ProgramOptions program;
  program.passes = options.optimize ? ir::PassSwitches::all() : ir::PassSwitches::none();
  program_ = std::make_unique<Program>(*unit_, evaluator_.get(), program);
}

// Objects know their classes, classes go with the unit.
Module::~Module() { pristine_ = Value(); }

void Module::resolve_root() {
  if (!file_.root.is(Tag::kRawObject)) fail(ErrorCode::kInvalidFile, "data.pkl does not hold a module");
  const std::string& name = file_.root.raw_object().class_name;
  TypePtr type = unit_->type(name);
  if (!type || !type->is(TypeKind::kClass) || as_class(*type).opaque)
    fail(ErrorCode::kInvalidFile, cat("data.pkl: the module's class ", name, " is not defined in the archive's code"));
  root_type_ = Ref<const ClassType>(&as_class(*type));
  Execution execution;
  execution.context().map_devices_to_cpu = options_.device_to_cpu;
  auto run = [&](Function& function, std::span<Value> arguments) {
    return execution.interpreter().run(*program_, function, arguments);
  };
  execution.context().budget.fuel = options_.load_fuel;
  set_pool_limit(execution.context().pool(), options_.load_memory);
  Resolver resolver(*unit_, file_, run, options_.opaque);
  for (size_t i = 0; i < file_.constants.size(); ++i) {
    Value& constant = file_.constants[i];
    if (constant.is(Tag::kRawObject)) unit_->set_constant(i, constant = resolver.resolve(constant, *any_type()));
  }
  pristine_ = resolver.resolve(file_.root, *type);
  file_.root = Value();
  file_.type_tags.clear();
}

Ref<Module> load_module(ModelFile file, const OpTable& table, const ModuleOptions& options) {
  PoolScope heap(nullptr);
  Ref<Module> module(new Module(std::move(file), table, options));
  module->resolve_root();
  if (Function* forward = module->root_type_->method("forward")) module->program_->prepare(*forward);
  return module;
}

Ref<Instance> Module::instantiate() {
  PoolScope heap(nullptr);
  Value object;
  {
    std::lock_guard guard(lock_);
    object = deep_copy(pristine_, StorageCopy::kShare);
  }
  return make_ref<Instance>(Ref<Module>(this), std::move(object));
}

Execution::Execution() : interpreter_(std::make_unique<Interpreter>(context_)) {}
Execution::~Execution() = default;

}  // namespace taper::impl
