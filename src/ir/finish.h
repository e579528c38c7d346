// What is done to every graph once it is emitted, as PyTorch does when it loads code: values that nobody uses go,
// tuples that were only packed to be unpacked go, the results of if and loop stand in a canonical order.
#pragma once

#include "ir/builder.h"

namespace taper::impl::ir {

void finish_graph(Builder& builder);

}  // namespace taper::impl::ir
