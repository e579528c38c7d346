// Graphs as text, in the form of PyTorch's own `.graph`:
//
//   graph(%self : __torch__.m.Net,
//         %x : Tensor):
//     %0 : int = prim::Constant[value=1]()
//     %y : Tensor = aten::add(%x, %x, %0)
//     return (%y)
//
// Values without a name are numbered in the order of their definition, so equal graphs print equal text. graph_parser.h
// reads it back.
#pragma once

#include <string>

#include "ir/graph.h"

namespace taper::impl::ir {

struct PrintOptions {
  // Exactly as PyTorch spells it: functions as constants, forked graphs behind the graph, the fields of a NamedTuple
  // instead of its name. graph_parser.h does not read this form.
  bool pytorch = false;
  bool places =
      false;  // "# code/__torch__/m.py:7:4" after each node, the original Python where a debug record leads there
};

std::string to_text(const Graph& graph, const PrintOptions& options = {});
// A constant as it stands in "value=...": 1, 2.5, "text", [1, 2].
std::string constant_text(const impl::Value& value);

}  // namespace taper::impl::ir
