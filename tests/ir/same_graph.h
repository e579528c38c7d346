// Do two graphs, perhaps of different compilation units, say the same? Names of values, places in the source and where
// constants stand do not count; nodes, their order, types and constants do.
#pragma once

#include <string>

#include "ir/graph.h"

namespace taper::impl::ir {

// Empty when they do, else the first lines that differ.
std::string first_difference(const Graph& a, const Graph& b);

}  // namespace taper::impl::ir
