// Parses a source file of an archive's code/ folder (or libs/). Recursive descent under a depth budget.
#pragma once

#include <memory>

#include "ir/tree.h"

namespace taper::impl::ir {

struct ParseLimits {
  size_t max_depth = 256;             // nesting of expressions and blocks
  size_t max_tokens = 20'000'000;
};

// Error(kInvalidFile) with file, line, caret and what was expected; Error(kBudget) past a limit.
std::unique_ptr<Tree> parse(Ref<const Source> source, const ParseLimits& limits = {});
// One expression, e.g. a type annotation: "List[Tensor]".
std::unique_ptr<Tree> parse_expression(Ref<const Source> source, const Expr*& expression, const ParseLimits& limits = {});

}  // namespace taper::impl::ir
