// A syntax tree as text: as source that parses back to the same tree, and as an S-expression that shows its structure.
#pragma once

#include <string>

#include "ir/tree.h"

namespace taper::impl::ir {

// In the layout of archives: two blanks a level, one statement a line, parentheses only where they are needed.
std::string print_source(const SourceTree& tree);
std::string print_source(const Expr& expr);
std::string print_source(const Stmt& stmt);

// (def f ((x Tensor) (n int = 3)) -> Tensor
//   (return (call (. torch add) x n alpha=2)))
std::string print_structure(const SourceTree& tree);
std::string print_structure(const Expr& expr);
std::string print_structure(const Stmt& stmt);

}  // namespace taper::impl::ir
