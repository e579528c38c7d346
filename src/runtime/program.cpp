#include "runtime/program.h"

#include "core/error.h"
#include "ir/verify.h"

namespace taper::impl {

CodeSlot& Program::slot(Function& function) {
  std::lock_guard guard(lock_);
  if (!function.code) {
    PoolScope heap(nullptr);
    function.code = make_ref<CodeSlot>(function);
  }
  return static_cast<CodeSlot&>(*function.code);
}

const OpDef* Program::find_operator(std::string_view name) {
  std::span<const OpDef* const> found = unit_.table().find(name);
  return found.empty() ? nullptr : found[0];
}

std::unique_ptr<ir::Graph> Program::optimized(Function& function) {
  auto* compiled = dynamic_cast<ir::GraphFunction*>(&function);
  if (!compiled) fail(ErrorCode::kInternal, cat(function.name, " has no graph"));
  std::unique_ptr<ir::Graph> graph = compiled->take_graph(0);
  if (!graph) graph = compiled->graph().clone();
  ir::PassContext context{unit_, evaluator_};
  ir::run_passes(*graph, context, options_.passes);
  if (options_.verify_passes) ir::verify(*graph, function.name);
  return graph;
}

const Code& Program::load(CodeSlot& slot) {
  if (const Code* code = slot.code.load(std::memory_order_acquire)) return *code;
  std::lock_guard guard(lock_);
  if (const Code* code = slot.code.load(std::memory_order_acquire)) return *code;
  PoolScope heap(nullptr);  // code outlives the run that needed it first
  Ref<const Code> code = lower(*optimized(*slot.function), *slot.function, *this);
  slot.owner = code;
  slot.code.store(code.get(), std::memory_order_release);
  return *code;
}

void Program::prepare(Function& function) {
  std::unordered_set<const CodeSlot*> seen;
  std::vector<CodeSlot*> work{&slot(function)};
  while (!work.empty()) {
    CodeSlot* next = work.back();
    work.pop_back();
    if (!seen.insert(next).second) continue;
    for (const CallSite& site : load(*next).sites)
      if (site.target) work.push_back(site.target);
  }
}

}  // namespace taper::impl
