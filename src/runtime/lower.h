// Lowering: a graph becomes register bytecode.
//
//   Ref<const Code> code = lower(graph, function, linker);
//
// registers.h decides where values live; here nodes become instructions: arithmetic on numbers gets opcodes of its own
// (typed_ops.h), conditions fuse with the jumps that use them, block arguments become moves, last uses give their
// registers away.
#pragma once

#include "ir/graph.h"
#include "runtime/bytecode.h"

namespace taper::impl {

// Where call sites find their targets. Implemented by the program.
class Linker {
 public:
  virtual ~Linker() = default;
  virtual CodeSlot& slot(Function& function) = 0;
  virtual const OpDef* find_operator(std::string_view name) = 0;  // its first overload; null: none
};

Ref<const Code> lower(const ir::Graph& graph, const Function& function, Linker& linker);

}  // namespace taper::impl
