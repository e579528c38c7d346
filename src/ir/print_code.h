// A graph as TorchScript source, laid out as PyTorch's `.code` is:
//
//   def forward(self,
//       x: Tensor) -> Tensor:
//     linear = self.linear
//     _0 = torch.add((linear).forward(x, ), 1, alpha=2)
//     return torch.relu(_0)
//
// The text compiles to the same graph again, but that a loop with both a count and a condition is a while that counts, and
// that an operator may find another overload for types that a pass has narrowed. Values keep their names, with a number
// behind one that is taken; others are `_0`, `_1`. A value that is used once, right behind the place where it is computed, stands where it is
// used, unless the line gets long. What has no literal (tensors, objects, text beyond ASCII) is a member of CONSTANTS.
//
// The graph is one as the compiler emits it or as passes over it leave it, before fusion. A node that stands for what
// taper lacks, and what the language cannot spell, are Error(kUnsupported).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ir/graph.h"
#include "ir/names.h"

namespace taper::impl::ir {

class GraphFunction;

// The values that code calls CONSTANTS.c0, CONSTANTS.c1...: what an archive's constants.pkl holds. One for all functions
// of an archive. Tensors of the same layout and bytes share a place, and so do handles of one object.
class CodeConstants {
 public:
  size_t index_of(const impl::Value& value);
  const std::vector<impl::Value>& values() const noexcept { return values_; }

 private:
  std::vector<impl::Value> values_;
  std::unordered_multimap<uint64_t, size_t> known_;  // by a hash of what makes them equal
};

struct CodeOptions {
  // Of a method, `self` has no type: the class around it gives it one.
  bool first_argument_type = true;
  // Levels of indentation: 1 within a class.
  int level = 0;
};

// `name` is what stands behind `def`. Arguments and defaults are the schema's, their order is that of the graph's inputs.
std::string print_code(const Graph& graph, std::string_view name, const Schema& schema, CodeConstants& constants,
                       const CodeOptions& options = {});
// Compiles the function when it is not yet.
std::string print_code(GraphFunction& function, CodeConstants& constants, const CodeOptions& options = {});

// A value as a literal of the language; its parts that have none are taken into `constants`. With `type`, one that has it
// again where the literal alone would leave that open.
std::string code_literal(const impl::Value& value, CodeConstants& constants, const Type* type = nullptr);

}  // namespace taper::impl::ir
