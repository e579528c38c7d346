// Module, Instance, Execution: DESIGN's trio.
//   Module     code and weights of one archive; immutable after load, shared by threads
//   Instance   a module object with its own mutable attributes; one thread at a time
//   Execution  what a run needs: the core Context and the interpreter's stack; one thread at a time
//
//   Ref<Module> module = load_module(read_model(open_file("model.pt"), {}), operator_table(), {});
//   Ref<Instance> instance = module->instantiate();
//   Execution execution;
//   Value y = instance->call(execution, "forward", {x});
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/model_file.h"
#include "archive/model_writer.h"
#include "core/class_type.h"
#include "core/context.h"
#include "core/op_def.h"
#include "ir/compilation_unit.h"
#include "runtime/opaque.h"

namespace taper::impl {

struct ModuleOptions {
  bool optimize = true;  // false: no passes run, the code does what it says step by step
  bool device_to_cpu = false;
  const OpaqueClasses* opaque = nullptr;  // classes of the host's; outlives the module
  // What the archive's __setstate__ methods may take together while it loads: steps, some ten seconds of them, and bytes.
  int64_t load_fuel = 1'000'000'000;
  uint64_t load_memory = uint64_t(64) << 30;
};

class Instance;
class Execution;
class Program;
class ContextEvaluator;

// Something that the module lacks, found without running it.
struct MissingPiece {
  std::string what;    // "operator aten::foo", "class __torch__.X", ...
  std::string method;  // the method whose code needs it
  SourceRange range;
};

class Module final : public RefCounted {
 public:
  ~Module() override;
  ir::CompilationUnit& unit() const noexcept { return *unit_; }
  const ModuleOptions& options() const noexcept { return options_; }
  ModelFile& file() noexcept { return file_; }
  const Ref<const ClassType>& root_type() const noexcept { return root_type_; }
  Program& program() const noexcept { return *program_; }
  // A fresh instance with the attributes as saved; weights are shared until written.
  Ref<Instance> instantiate();
  // Every operator, class and construct that taper lacks, over all methods reachable from the class tree.
  std::vector<MissingPiece> missing();

 private:
  friend Ref<Module> load_module(ModelFile file, const OpTable& table, const ModuleOptions& options);
  Module(ModelFile file, const OpTable& table, const ModuleOptions& options);
  void resolve_root();
  ModelFile file_;
  ModuleOptions options_;
  std::unique_ptr<ContextEvaluator> evaluator_;
  Ref<ir::CompilationUnit> unit_;
  std::unique_ptr<Program> program_;
  std::mutex lock_;  // of pristine_: sharing a storage marks it
  Ref<const ClassType> root_type_;
  Value pristine_;  // the root object as saved; instances are copies that share its storages
};

// Resolves the archive's objects against its code and compiles forward. `table` outlives the module.
Ref<Module> load_module(ModelFile file, const OpTable& table, const ModuleOptions& options);

// The interpreter's own state beside the core context.
class Execution {
 public:
  Execution();
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;
  Context& context() noexcept { return context_; }
  class Interpreter;
  Interpreter& interpreter() noexcept { return *interpreter_; }

 private:
  Context context_;
  std::unique_ptr<Interpreter> interpreter_;
};

// What remains of a module when it is frozen.
struct FreezeOptions {
  std::vector<std::string> methods;  // those that stay; none: forward
  // Attributes and further methods that stay, by path ("encoder.scale"), as torch.jit.freeze's preserved_attrs.
  std::vector<std::string> preserved;
  bool optimize_numerics = true;  // rewrites that round differently: batch norms go into the weights before them
};

struct Keyword {
  std::string_view name;
  Value value;
};

class Instance final : public RefCounted {
 public:
  Instance(Ref<Module> module, Value object);
  Module& module() const noexcept { return *module_; }
  const Ref<Module>& module_ref() const noexcept { return module_; }
  Object& object() const noexcept { return object_.object(); }
  const Value& value() const noexcept { return object_; }
  const ClassType& type() const noexcept { return *object_.object().type; }

  // Binds and converts the arguments by the method's schema, runs. "__call__" is forward with scripted hooks.
  Value call(Execution& execution, std::string_view method, Vec<Value> arguments, Vec<Keyword> keywords = {});
  void prepare(std::string_view method);

  Ref<Instance> clone() const;
  // A submodule by attribute path: shares this instance's state and its busy flag.
  Ref<Instance> submodule(std::string_view path) const;
  void train(bool on);
  Value get(std::string_view attribute) const;
  void set(std::string_view attribute, Value value);
  // Methods of the class, with schemas (self left out).
  std::vector<std::string> methods() const;
  std::string schema_text(std::string_view method) const;
  // An archive of the present state that torch.jit.load reads, with `extra` files beside or instead of the module's own.
  // Error(kUnsupported) for an attribute that has no form in archives, Error(kIo) when the file cannot be written.
  void save(const std::string& path, const ExtraFiles& extra = {});

  // A module of its own whose methods are inlined and hold what nothing writes as constants; the rest is gone. What it is
  // saved as, torch.jit.load reads. Error(kInvalidArgument) unless in eval mode, Error(kUnsupported) for what cannot be
  // written as code.
  Ref<Module> freeze(const FreezeOptions& options = {}) const;

 private:
  struct Busy;
  Ref<Module> module_;
  Value object_;
  std::shared_ptr<std::atomic<bool>> busy_;
};

// Calls a function with values that already fit its schema; the entry that operators use too.
Value call_function(Execution& execution, Function& function, std::span<const Value> arguments);

// Converts a host's value to a declared type: element types of containers, int to float, and so on; false when it does
// not fit.
bool convert_to_type(Value& value, const Type& type);

}  // namespace taper::impl
