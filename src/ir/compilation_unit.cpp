#include "ir/compilation_unit.h"

#include <algorithm>

#include "core/error.h"
#include "ir/annotations.h"
#include "ir/builtin_functions.h"
#include "ir/emitter.h"
#include "ir/parser.h"
#include "ir/unit_state.h"

namespace taper::impl::ir {
namespace {

// "a.b.C" -> "a.b" and "C"; the first is empty without a dot.
std::pair<std::string_view, std::string_view> split_last(std::string_view name) {
  size_t dot = name.rfind('.');
  if (dot == name.npos) return {{}, name};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

}  // namespace

GraphFunction::GraphFunction(CompilationUnit& unit, std::string qualified, Schema function_schema)
    : Function(std::move(qualified), std::move(function_schema)), unit_(unit) {}
GraphFunction::~GraphFunction() = default;

const Graph& GraphFunction::graph() {
  std::lock_guard lock(unit_.state_->mutex);
  kept_ = true;
  emit();
  return *graph_;
}

std::unique_ptr<Graph> GraphFunction::take_graph(uint32_t calls, const Graph* into) {
  std::lock_guard lock(unit_.state_->mutex);
  kept_ |= !definition_ || this->calls() > calls;
  if (kept_) return nullptr;
  emit(into);
  return std::move(graph_);
}

void GraphFunction::put_back(std::unique_ptr<Graph> graph) {
  std::lock_guard lock(unit_.state_->mutex);
  if (!graph_ && !graph->has_lender()) graph_ = std::move(graph);
}

void GraphFunction::emit(const Graph* lender) {
  CompilationUnit::State& state = *unit_.state_;
  if (graph_) return;
  if (emitting_) fail(ErrorCode::kInvalidFile, cat(name, " needs its own graph to be compiled"));
  bool internal = tree_ == state.builtin_tree.get() || tree_ == state.upgrader_tree.get();
  struct Scope {
    Scope(bool& flag, int& depth, bool inside) : flag(flag), depth(depth), inside(inside) {
      flag = true, depth += inside;
    }
    ~Scope() { flag = false, depth -= inside; }
    bool& flag;
    int& depth;
    bool inside;
  } scope(emitting_, state.internal_depth, internal);
  const TypePtr& result = schema.returns[0].type;
  Emitted emitted = emit_function(unit_, *tree_, *definition_, name, schema.arguments,
                                  result->is(TypeKind::kUnknown) ? nullptr : result, lender);
  graph_ = std::move(emitted.graph);
}

TypePtr GraphFunction::result_type() {
  const TypePtr& declared = schema.returns[0].type;
  if (!declared->is(TypeKind::kUnknown) || emitting_ || graph().outputs().empty()) return declared;
  return graph().outputs()[0]->type();
}

CompilationUnit::CompilationUnit(const OpTable& table, std::unique_ptr<SourceProvider> sources,
                                 std::vector<impl::Value> constants, CompileOptions options)
    : table_(table), constants_(std::move(constants)), options_(options), state_(std::make_unique<State>()) {
  state_->sources = std::move(sources);
}

CompilationUnit::~CompilationUnit() {
  // Functions call each other and classes hold functions whose schemas name the classes: no count reaches zero by
  // itself.
  for (const Ref<GraphFunction>& function : state_->all_functions) {
    function->graph_.reset();
    function->code = nullptr;
  }
  for (const Ref<ClassType>& type : state_->classes) type->clear();
  for (const Ref<InterfaceType>& type : state_->interfaces) type->methods.clear();
}

const SourceTree* CompilationUnit::State::module(CompilationUnit& unit, std::string_view path) {
  if (auto found = modules.find(path); found != modules.end()) return found->second.get();
  Ref<const Source> source = sources ? sources->find(path) : nullptr;
  Ref<const SourceTree> tree;
  if (source) tree = parse_source(source, unit.parse_limits());
  return modules.emplace(std::string(path), std::move(tree)).first->second.get();
}

Ref<GraphFunction> CompilationUnit::State::make_function(CompilationUnit& unit, const SourceTree& tree,
                                                         const FunctionDef& def, std::string qualified,
                                                         const TypePtr& self_type) {
  Schema schema = signature(unit, tree, def, qualified, self_type);
  if (schema.returns.empty()) {
    // Not declared: None where nothing is returned; else it is not known before the body is compiled.
    schema.returns.emplace_back().type = returns_a_value(def.body) ? simple_type(TypeKind::kUnknown) : none_type();
  }
  auto function = make_ref<GraphFunction>(unit, std::move(qualified), std::move(schema));
  function->tree_ = &tree;
  function->definition_ = &def;
  all_functions.push_back(function);
  return function;
}

bool CompilationUnit::State::returns_a_value(NodeList<Stmt> statements) {
  for (const Stmt* statement : statements) {
    bool found = false;
    switch (statement->kind) {
      case StmtKind::kReturn: {
        const Expr* value = statement->as<ReturnStmt>()->value;
        found = value && value->kind != ExprKind::kNone;
        break;
      }
      case StmtKind::kIf:
        found =
            returns_a_value(statement->as<IfStmt>()->then_body) || returns_a_value(statement->as<IfStmt>()->else_body);
        break;
      case StmtKind::kWhile: found = returns_a_value(statement->as<WhileStmt>()->body); break;
      case StmtKind::kFor: found = returns_a_value(statement->as<ForStmt>()->body); break;
      case StmtKind::kWith: found = returns_a_value(statement->as<WithStmt>()->body); break;
      default: break;
    }
    if (found) return true;
  }
  return false;
}

TypePtr CompilationUnit::type(std::string_view qualified) {
  std::lock_guard lock(state_->mutex);
  if (auto found = state_->types.find(qualified); found != state_->types.end()) return found->second;
  auto [module_path, name] = split_last(qualified);
  if (module_path.empty()) return nullptr;
  if (qualified.starts_with("__torch__.torch.classes.") && module_path != "__torch__.torch.classes")
    return opaque_class(qualified);
  const SourceTree* tree = state_->module(*this, module_path);
  const ClassDef* def = tree ? tree->find_class(name) : nullptr;
  if (!def) return state_->types.emplace(std::string(qualified), nullptr).first->second;
  return state_->load_class(*this, *tree, *def, std::string(qualified));
}

TypePtr CompilationUnit::opaque_class(std::string_view qualified) {
  std::lock_guard lock(state_->mutex);
  TypePtr& known = state_->types[std::string(qualified)];
  if (!known) {
    auto type = make_ref<ClassType>(std::string(qualified), false);
    type->opaque = true;
    state_->classes.push_back(type);
    known = type;
  }
  return known;
}

ParseLimits CompilationUnit::parse_limits() const noexcept {
  ParseLimits limits;
  limits.max_depth = uint32_t(std::min<size_t>(options_.max_depth, 65535));
  limits.max_nodes = options_.max_nodes;
  return limits;
}

Function* CompilationUnit::function(std::string_view qualified) {
  std::lock_guard lock(state_->mutex);
  if (auto found = state_->functions.find(qualified); found != state_->functions.end()) return found->second.get();
  auto [module_path, name] = split_last(qualified);
  if (module_path.empty()) return nullptr;
  Ref<Function> result;
  if (TypePtr owner = type(module_path); owner && owner->is(TypeKind::kClass)) {
    const ClassType& cls = as_class(*owner);
    for (const auto& [key, method] : cls.static_methods)
      if (key == name) result = method;
    for (const auto* hooks : {&cls.forward_pre_hooks, &cls.forward_hooks})
      for (const Ref<Function>& hook : *hooks)
        if (hook->name == qualified) result = hook;
    if (!result) result = cls.method(name);
  }
  if (!result) {
    const SourceTree* tree = state_->module(*this, module_path);
    const FunctionDef* def = tree ? tree->find_function(name) : nullptr;
    if (def) result = state_->make_function(*this, *tree, *def, std::string(qualified), nullptr);
  }
  return state_->functions.emplace(std::string(qualified), std::move(result)).first->second.get();
}

Ref<GraphFunction> CompilationUnit::add_function(std::string qualified, Schema schema, std::unique_ptr<Graph> graph) {
  std::lock_guard lock(state_->mutex);
  auto function = make_ref<GraphFunction>(*this, std::move(qualified), std::move(schema));
  function->graph_ = std::move(graph);
  state_->all_functions.push_back(function);
  return function;
}

TypePtr CompilationUnit::parse_annotation(std::string_view text) {
  std::lock_guard lock(state_->mutex);
  if (auto found = state_->annotations.find(text); found != state_->annotations.end()) return found->second;
  auto source = make_ref<Source>();
  source->name = "type";
  source->text = text;
  Ref<const SourceTree> tree = parse_expression(source, parse_limits());
  TypePtr type = type_from_expression(*this, *tree, *tree->expression());
  if (type->is(TypeKind::kClass) && as_class(*type).opaque &&
      !as_class(*type).name.starts_with("__torch__.torch.classes."))
    fail(ErrorCode::kInvalidFile, cat("the class ", as_class(*type).name, " is not defined by the archive's code"));
  state_->annotations.emplace(std::string(text), type);
  return type;
}

const OverloadSet& CompilationUnit::State::overload_set(CompilationUnit& unit, std::string_view name) {
  if (auto found = overload_sets.find(name); found != overload_sets.end()) return *found->second;
  auto set = std::make_unique<OverloadSet>();
  struct Resolver final : TypeResolver {
    explicit Resolver(CompilationUnit& owner) : unit(owner) {}
    CompilationUnit& unit;
    TypePtr resolve(std::string_view qualified) const override { return unit.type(qualified); }
  } resolver(unit);
  for (const OpDef* def : unit.table_.find(name)) {
    set->owned.push_back(std::make_unique<Operator>(Operator{def, parse_schema(def->schema, &resolver)}));
    set->operators.push_back(set->owned.back().get());
  }
  for (const Operator* op : set->operators) {
    Overload overload{op, &op->schema, nullptr};
    if (const UpgraderRow* row = find_upgrader(op->schema.name, op->schema.overload, unit.options_.file_version)) {
      overload.upgrader = upgrader(unit, row->function);
      overload.schema = &overload.upgrader->schema;
      set->upgraded = true;
    }
    set->candidates.push_back(overload);
    set->plain.push_back({op, &op->schema, nullptr});
  }
  set->name = name;
  set->has_functions = has_builtin_functions(name);
  if (std::string_view main = canonical_name(name); !main.empty()) set->main = &overload_set(unit, cat("aten::", main));
  return *overload_sets.emplace(std::string(name), std::move(set)).first->second;
}

GraphFunction* CompilationUnit::State::upgrader(CompilationUnit& unit, std::string_view name) {
  if (!upgrader_tree) upgrader_tree = parse_internal(kUpgraderModule, upgrader_source());
  const FunctionDef* def = upgrader_tree->find_function(name);
  if (!def) fail(ErrorCode::kInternal, cat("there is no upgrader ", name));
  return make_function(unit, *upgrader_tree, *def, cat(kUpgraderModule, ".", name), nullptr).get();
}

Ref<const SourceTree> CompilationUnit::State::parse_internal(std::string_view name, std::string text) {
  auto source = make_ref<Source>();
  source->name = name;
  source->text = std::move(text);
  return parse_source(source);
}

std::span<const Operator* const> CompilationUnit::overloads(std::string_view name) {
  std::lock_guard lock(state_->mutex);
  return state_->overload_set(*this, name).operators;
}

std::span<const Overload> CompilationUnit::call_candidates(std::string_view name) {
  std::lock_guard lock(state_->mutex);
  const OverloadSet& set = state_->overload_set(*this, name);
  return state_->internal_depth > 0 ? set.plain : set.candidates;
}

std::array<CompilationUnit::CallTarget, 2> CompilationUnit::call_targets(std::string_view name) {
  std::lock_guard lock(state_->mutex);
  const OverloadSet& set = state_->overload_set(*this, name);
  CallTarget main, own{set.name, state_->internal_depth > 0 ? set.plain : set.candidates, set.has_functions};
  // Other names have always meant what the main one means today: true_divide.
  if (set.main) main = {set.main->name, set.main->plain, set.main->has_functions};
  return {main, own};
}

const Operator& CompilationUnit::resolve(const OpDef& def) {
  std::lock_guard lock(state_->mutex);
  std::string_view name = schema_name(def.schema).name;
  for (const Operator* op : overloads(name))
    if (op->def == &def) return *op;
  fail(ErrorCode::kInternal, cat("the operator ", name, " is not in the table"));
}

std::span<GraphFunction* const> CompilationUnit::builtin_functions(std::string_view name) {
  std::lock_guard lock(state_->mutex);
  if (!state_->builtin_tree) {
    state_->builtin_tree = State::parse_internal(kBuiltinModule, builtin_source());
    for (const Stmt* statement : state_->builtin_tree->body()) {
      auto* def = statement->as<FunctionDef>();
      if (!def) continue;
      auto function =
          state_->make_function(*this, *state_->builtin_tree, *def, cat(kBuiltinModule, ".", def->name), nullptr);
      state_->builtins[cat("aten::", def->name)].push_back(function.get());
    }
  }
  auto found = state_->builtins.find(name);
  return found == state_->builtins.end() ? std::span<GraphFunction* const>() : found->second;
}

}  // namespace taper::impl::ir
