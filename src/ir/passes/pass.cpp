#include "ir/passes/pass.h"

#include "ir/verify.h"

namespace taper::impl::ir {
namespace {

constexpr Pass kPasses[] = {
    {"inline", "replace calls of functions and methods by their bodies", inline_calls},
    {"simplify", "local rewrites: casts to the same type, comparisons with None, unpacking of what was just packed",
     simplify},
    {"fold", "compute what depends on constants alone", fold_constants},
    {"merge", "compute equal expressions once",
     [](Graph& graph, PassContext&) { return merge_common_subexpressions(graph); }},
    {"dead", "drop what nobody uses", [](Graph& graph, PassContext&) { return eliminate_dead_code(graph); }},
};

}  // namespace

std::span<const Pass> all_passes() noexcept { return kPasses; }

bool PassSwitches::set(std::string_view name) noexcept {
  bool on = !name.starts_with("no-");
  if (!on) name.remove_prefix(3);
  for (size_t i = 0; i < std::size(kPasses); ++i) {
    if (kPasses[i].name != name) continue;
    bits = on ? bits | uint64_t(1) << i : bits & ~(uint64_t(1) << i);
    return true;
  }
  return false;
}

void run_passes(Graph& graph, PassContext& context, PassSwitches switches) {
  for (size_t i = 0; i < std::size(kPasses); ++i) {
    if (!switches.has(i)) continue;
    kPasses[i].run(graph, context);
#ifndef NDEBUG
    verify(graph, kPasses[i].name);
#endif
  }
}

}  // namespace taper::impl::ir
