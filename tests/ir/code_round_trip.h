// Prints functions as code, compiles that in a unit of its own as today's PyTorch means it, and compares the graphs.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ir/compilation_unit.h"

namespace taper::impl::ir {

struct RoundTrip {
  std::string function;
  std::string code;
  bool unsupported = false;  // holds what taper lacks or what no code says: `error`
  std::string error;         // it does not print, or what was printed does not compile
  std::string difference;    // the first lines in which the graphs differ
};

// `sources` holds the classes and functions that the code names.
std::vector<RoundTrip> round_trip(std::span<GraphFunction* const> functions, const OpTable& table,
                                  std::unique_ptr<SourceProvider> sources, Evaluator* evaluator);

}  // namespace taper::impl::ir
