#include "ir/finish.h"

#include "ir/passes/pass.h"

namespace taper::impl::ir {

void finish_graph(Builder& builder) { eliminate_dead_code(builder.graph()); }

}  // namespace taper::impl::ir
