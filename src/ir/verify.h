// Checks the rules that graph.h lists. Passes are run with it between them in tests and debug builds.
#pragma once

#include <string>

#include "ir/graph.h"

namespace taper::impl::ir {

// What is wrong, with the node in question; empty when the graph is well-formed.
std::string find_malformation(const Graph& graph);

// Error(kInternal) naming `where` when the graph is malformed.
void verify(const Graph& graph, std::string_view where);

}  // namespace taper::impl::ir
