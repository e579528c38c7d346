// Which nodes of a graph stand where their value is used when it is printed as code, instead of in a statement of their
// own.
#pragma once

#include <unordered_set>

#include "ir/graph.h"

namespace taper::impl::ir {

// Those whose value is used once, by what comes right behind in the order in which expressions are evaluated.
void find_inline(const Block& body, std::unordered_set<const Node*>& found);

// A for has a count, a while a condition; a loop of a graph may have both.
bool has_count(const Node& loop);
bool has_count_and_condition(const Node& loop);

const impl::Value* constant_of(const Value* value);
bool is_true(const Value* value);  // the constant

// The next one in front that is no constant.
const Node* before(const Node* node);

}  // namespace taper::impl::ir
