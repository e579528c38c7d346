// Reads what print.h writes, for tests of passes:
//
//   auto graph = parse_graph("graph(%x : Tensor):\n  %y : Tensor = aten::relu(%x)\n  return (%y)\n", unit);
//
// Operators are found by name and input types, functions and classes in the unit. Not for untrusted text: errors are
// clear, but constants that have no literal (tensors, objects) cannot be read back.
#pragma once

#include <memory>
#include <string_view>

#include "ir/compilation_unit.h"
#include "ir/graph.h"

namespace taper::impl::ir {

std::unique_ptr<Graph> parse_graph(std::string_view text, CompilationUnit& unit);

}  // namespace taper::impl::ir
