// Instance::freeze: the frozen module is written as an archive in memory and loaded from there, so that what runs is what
// would be saved.
#include "ir/freeze.h"

#include <algorithm>
#include <functional>
#include <unordered_map>
#include <unordered_set>

#include "archive/byte_sink.h"
#include "archive/model_writer.h"
#include "core/error.h"
#include "ir/code_files.h"
#include "runtime/busy.h"
#include "runtime/instance_states.h"
#include "runtime/program.h"

namespace taper::impl {
namespace {

// What of the tree stays.
class Kept {
 public:
  explicit Kept(const ir::Freezer& freezer) : freezer_(freezer) {}
  // Classes that are no modules are also made by code, so theirs are never taken apart.
  bool is_whole(const ClassType& type) const { return !type.is_module || freezer_.is_whole(type); }
  // PyTorch's modules have a mode even where nothing asks for it any more.
  bool keeps(const ClassType& type, std::string_view attribute) const {
    return is_whole(type) || attribute == "training" || freezer_.keeps(type, attribute);
  }
  // Attributes are saved as they are. Only an object of a host's class has no other form than what __getstate__ gives.
  bool keeps_state_methods(const ClassType& type) const {
    auto is_opaque = [](const Type& of) { return of.is(TypeKind::kClass) && as_class(of).opaque; };
    return is_whole(type) && type.has_state_methods() &&
           std::any_of(type.attributes.begin(), type.attributes.end(), [&](const Attribute& attribute) {
             const Type& of = *attribute.type;
             return is_opaque(of.is(TypeKind::kOptional) ? *of.element() : of);
           });
  }

 private:
  const ir::Freezer& freezer_;
};

class KeptStates final : public InstanceStates {
 public:
  KeptStates(Module& module, const Kept& kept) : InstanceStates(module), kept_(kept) {}
  std::optional<Value> state(const Value& object) override {
    return kept_.keeps_state_methods(*object.object().type) ? InstanceStates::state(object) : std::nullopt;
  }
  bool saves(const ClassType& type, std::string_view attribute) override { return kept_.keeps(type, attribute); }

 private:
  const Kept& kept_;
};

bool is_training(const Object& root) {
  int slot = root.type->slot("training");
  return slot >= 0 && root.slots[size_t(slot)].is(Tag::kBool) && root.slots[size_t(slot)].boolean();
}

ir::GraphFunction& graph_function(Function& function) {
  auto* compiled = dynamic_cast<ir::GraphFunction*>(&function);
  if (!compiled) fail(ErrorCode::kInternal, cat(function.name, " has no graph"));
  return *compiled;
}

class Freezing {
 public:
  Freezing(Module& module, const Value& root)
      : module_(module),
        root_(root),
        type_(*root.object().type),
        context_{module.unit(), module.unit().options().evaluator},
        freezer_(context_, root) {}

  void choose(const FreezeOptions& options) {
    numerics_ = options.optimize_numerics;
    std::unordered_set<std::string> names;
    auto add = [&](const std::string& name) {
      if (names.insert(name).second) freezer_.add(graph_function(*type_.method(name)));
    };
    if (options.methods.empty() && type_.method("forward")) add("forward");
    for (const std::string& name : options.methods) {
      if (!type_.method(name)) fail(ErrorCode::kInvalidArgument, cat(type_.name, " has no method '", name, "'"));
      add(name);
    }
    for (const std::string& path : options.preserved) {
      if (type_.method(path)) add(path);
      else preserve(path);
    }
    if (names.empty())
      fail(ErrorCode::kInvalidArgument, cat(type_.name, " has no forward: name the methods that are to stay"));
    if (!names.contains("forward")) return;
    for (const auto* hooks : {&type_.forward_pre_hooks, &type_.forward_hooks})
      for (const Ref<Function>& hook : *hooks)
        if (hooks_.insert(hook.get()).second) freezer_.add(graph_function(*hook));
  }

  void write(ByteSink& sink) {
    freezer_.run();
    if (numerics_)
      for (const ir::Freezer::Method& method : freezer_.methods()) ir::fold_batch_norm(*method.graph, context_);
    Kept kept(freezer_);
    ir::CodeConstants constants;
    ir::CodeFiles files(module_.unit(), constants,
                        {[&](const ClassType& type, std::string_view attribute) { return kept.keeps(type, attribute); },
                         [&](const ClassType& type) { return kept.is_whole(type); },
                         [&](const ClassType& type) { return kept.keeps_state_methods(type); }});
    // A method that something calls as a whole is also called on objects that are not the root: it stays as it was.
    for (ir::GraphFunction* callee : freezer_.callees()) files.add_function(*callee);
    std::unordered_map<const Function*, const ir::Graph*> graphs;
    for (const ir::Freezer::Method& method : freezer_.methods()) {
      graphs[method.function] = method.graph.get();
      if (!hooks_.contains(method.function)) files.add_method(type_, *method.function, *method.graph);
    }
    add_hooks(files, type_, [&](const Function& hook) { return graphs.at(&hook); });
    files.add_value(root_);
    add_preserved_code(files);
    CodeTexts code = files.take();
    KeptStates states(module_, kept);
    const ModelFile& file = module_.file();
    write_model(sink, file.top_folder, {file, root_, constants.values(), {}, &code}, states);
  }

 private:
  // One hook may be there twice.
  static void add_hooks(ir::CodeFiles& files, const ClassType& type,
                        const std::function<const ir::Graph*(Function&)>& graph_of) {
    for (const Ref<Function>& hook : type.forward_pre_hooks)
      files.add_method(type, graph_function(*hook), *graph_of(*hook), ir::CodeFiles::Role::kPreHook);
    for (const Ref<Function>& hook : type.forward_hooks)
      files.add_method(type, graph_function(*hook), *graph_of(*hook), ir::CodeFiles::Role::kHook);
  }

  void preserve(std::string_view path) {
    Value at = root_;
    for (std::string_view rest = path;;) {
      size_t dot = rest.find('.');
      std::string_view name = rest.substr(0, dot);
      const ClassType& owner = *at.object().type;
      int slot = owner.slot(name);
      if (slot < 0)
        fail(ErrorCode::kInvalidArgument, cat(owner.name, " has no attribute or method '", name, "' to preserve"));
      freezer_.preserve(owner, name);
      at = Value(at.object().slots[size_t(slot)]);
      if (dot == rest.npos) break;
      if (!at.is(Tag::kObject)) fail(ErrorCode::kInvalidArgument, cat("'", path, "' leads through what is no module"));
      rest = rest.substr(dot + 1);
    }
    if (at.is(Tag::kObject)) preserved_.push_back(at);
  }

  // Preserved submodules can be called.
  void add_preserved_code(ir::CodeFiles& files) {
    std::unordered_set<const Object*> seen;
    while (!preserved_.empty()) {
      Value at = std::move(preserved_.back());
      preserved_.pop_back();
      const Object& object = at.object();
      if (!object.type->is_module || !seen.insert(&object).second) continue;
      for (const auto& [name, method] : object.type->methods) files.add_function(graph_function(*method));
      add_hooks(files, *object.type, [](Function& hook) { return &graph_function(hook).graph(); });
      for (const Value& slot : object.slots)
        if (slot.is(Tag::kObject)) preserved_.push_back(slot);
    }
  }

  Module& module_;
  const Value& root_;
  const ClassType& type_;
  ir::PassContext context_;
  ir::Freezer freezer_;
  std::unordered_set<const Function*> hooks_;
  std::vector<Value> preserved_;
  bool numerics_ = true;
};

// Printed code must not lack more than the code that it was printed from.
void check_missing(Module& frozen, Module& original) {
  std::vector<MissingPiece> now = frozen.missing();
  if (now.empty()) return;
  std::unordered_set<std::string> before;
  for (const MissingPiece& piece : original.missing()) before.insert(piece.what);
  for (const MissingPiece& piece : now)
    if (!before.contains(piece.what))
      fail(ErrorCode::kUnsupported, cat("the frozen module would lack ", piece.what, " in ", piece.method));
}

}  // namespace

Ref<Module> Instance::freeze(const FreezeOptions& options) const {
  Busy busy(*this);
  PoolScope heap(nullptr);
  if (is_training(object()))
    fail(ErrorCode::kInvalidArgument, "only modules in eval mode can be frozen: call eval() before");
  MemorySink sink;
  sink.bytes.reserve(size_t(module_->file().archive_size()));  // seldom more
  Freezing freezing(*module_, object_);
  freezing.choose(options);
  freezing.write(sink);
  ModelFile file = read_model(own_memory(std::move(sink.bytes), "<frozen>"), {});
  Ref<Module> frozen = load_module(std::move(file), module_->unit().table(), module_->options());
  check_missing(*frozen, *module_);
  return frozen;
}

}  // namespace taper::impl
