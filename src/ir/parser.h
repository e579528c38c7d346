// The parser: text of an archive's code file -> SourceTree (tree.h).
//
//   Ref<const SourceTree> file = parse_source(source);
//   const ClassDef* net = file->find_class("Net");
//
// A file is parsed whole, once: it takes about 10 ns a byte, so laziness belongs to whoever decides which files of an
// archive to read. Malformed text is Error(kInvalidFile) with line, caret and what was expected; Python that archives
// never hold (lambda, comprehensions, decorators, ...) is Error(kUnsupported) and named; text that is too deep or too
// large is Error(kBudget).
#pragma once

#include <cstdint>

#include "core/source.h"
#include "ir/tree.h"

namespace taper::impl::ir {

struct ParseLimits {
  // Levels of the tree, and of brackets and blocks. A level costs the parser at most a KiB of stack. At most 65535.
  uint32_t max_depth = 256;
  uint64_t max_nodes = 20'000'000;
};

Ref<const SourceTree> parse_source(Ref<const Source> source, const ParseLimits& limits = {});

// One expression and nothing else, for example the type "Dict[str, Tensor]": the tree's expression().
Ref<const SourceTree> parse_expression(Ref<const Source> source, const ParseLimits& limits = {});

}  // namespace taper::impl::ir
