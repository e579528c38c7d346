// Which register each value of a graph lives in, and where it dies. The first half of lowering.
//
// A graph is walked once in the order of its code with a set of free registers: a value takes one where it is defined
// and gives it back where it dies, on each path by itself. A value dies
//   - at its last use, when that is a plain node or a return of a block;
//   - in each branch of an if that holds its last use; at the start of the branch that does not use it;
//   - after a loop that uses it, if it was defined outside.
// A loop's carried value has one register for its whole life: what comes in is moved there, the body's parameter is it, the
// next iteration's value is moved there at the end, and the loop's result stays in it. Values are steered to where they
// will be moved to, so most of these moves vanish.
#pragma once

#include <unordered_map>
#include <vector>

#include "ir/graph.h"

namespace taper::impl {

struct Placement {
  static constexpr int32_t kNone = -1;
  struct Place {
    int32_t reg = kNone;
    bool counted = true;              // its type may hold counted objects
    bool borrowed = false;            // in a borrowed register, never given away or released
    bool deferred = false;            // a condition that is computed by the jump that uses it; has no register
    const Value* constant = nullptr;  // prim::Constant and prim::Uninitialized: no register either
  };
  struct BlockDeaths {
    std::vector<const ir::Value*> start;  // unused in this branch
    std::vector<const ir::Value*> end;    // last used by the block's returns
  };

  std::vector<Place> places;           // by value id
  std::vector<const ir::Value*> dead;  // at a node, or after the loop: those of node k are ...
  std::vector<uint32_t> death_starts;  // ... [death_starts[k], death_starts[k + 1])
  std::unordered_map<const ir::Node*, std::vector<const ir::Value*>> loop_entry_deaths;  // given to it as first values
  std::unordered_map<const ir::Block*, BlockDeaths> block_deaths;
  std::unordered_map<const ir::Node*, int32_t> counters;  // loops that count: the register of the iteration
  uint32_t borrowed = 0;                                  // borrowed registers are [0, borrowed) ...
  uint32_t allocated = 0;                                 // ... and the others [borrowed, borrowed + allocated)

  const Place& of(const ir::Value* value) const { return places[value->id()]; }
  std::span<const ir::Value* const> deaths(const ir::Node& node) const {
    uint32_t start = death_starts[node.id()];
    return {dead.data() + start, death_starts[node.id() + 1] - start};
  }
};

Placement place_values(const ir::Graph& graph);

// May a value of the type be a counted object?
bool type_is_counted(const Type& type);
// The loop's trip count is the constant that means "no limit".
bool is_unlimited(const ir::Node& loop);

}  // namespace taper::impl
