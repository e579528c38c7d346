// Passes: functions that make a graph better without changing what it computes, a file each. A pass may be run at any
// time and any number of times, and leaves a well-formed graph.
//
//   PassContext context{unit, evaluator};
//   run_passes(graph, context, PassSwitches::all());
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "ir/compilation_unit.h"
#include "ir/graph.h"

namespace taper::impl::ir {

struct PassContext {
  CompilationUnit& unit;
  Evaluator* evaluator = nullptr;       // null: nothing is computed beforehand
  size_t max_nodes = 1'000'000;         // of a graph after inlining: calls beyond it stay calls
  size_t max_constant_bytes = 1 << 20;  // a folded tensor may have at most so many
};

// Each returns whether it changed anything.
// Without `writers`, nodes that write memory live in any case: no alias analysis is needed.
bool eliminate_dead_code(Graph& graph, bool writers = true);
bool merge_common_subexpressions(Graph& graph);
bool fold_constants(Graph& graph, PassContext& context);
// Only what gives numbers, strings, devices and tuples of them; no alias analysis is needed. Run on every emitted
// graph.
bool fold_plain_constants(Graph& graph, Evaluator* evaluator);
// Results of if and loop in the order of their first use, as PyTorch has them.
void order_results(Graph& graph);
bool inline_calls(Graph& graph, PassContext& context);
bool simplify(Graph& graph, PassContext& context);

// Of modules that are frozen. This one changes how numbers are rounded; needs an evaluator.
bool fold_batch_norm(Graph& graph, PassContext& context);
bool remove_dropout(Graph& graph);

struct Pass {
  std::string_view name;         // of its switch: "inline"
  std::string_view description;  // one line
  bool (*run)(Graph&, PassContext&);
};
// In the order in which run_passes runs them.
std::span<const Pass> all_passes() noexcept;

// Which passes run, by their place in all_passes().
struct PassSwitches {
  uint64_t bits = 0;
  static PassSwitches all() noexcept { return {~uint64_t(0)}; }
  static PassSwitches none() noexcept { return {}; }
  bool has(size_t pass) const noexcept { return bits >> pass & 1; }
  // "inline" or "no-inline"; false when there is no such pass.
  bool set(std::string_view name) noexcept;
};
void run_passes(Graph& graph, PassContext& context, PassSwitches switches);

}  // namespace taper::impl::ir
