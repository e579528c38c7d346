#include "runtime/module.h"

#include "core/error.h"
#include "runtime/evaluator.h"
#include "runtime/interpreter.h"
#include "runtime/model_code.h"
#include "runtime/program.h"
#include "runtime/resolve.h"

namespace taper::impl {

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
  root_type_ = compile_root_type(file_, *unit_);
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
  pristine_ = resolver.resolve(file_.root, *root_type_);
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
