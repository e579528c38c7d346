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
  std::string again;         // then, the code of the second graph
};

// All of them and what they need as the files of one archive. Error(kUnsupported) when one of them has no code.
std::vector<RoundTrip> round_trip_archive(CompilationUnit& unit, std::span<GraphFunction* const> functions);

struct Printable {
  const Function* function;
  const Graph* graph;
};

// Each by itself; `sources` holds the classes and functions that the code names.
std::vector<RoundTrip> round_trip(std::span<const Printable> functions, const OpTable& table,
                                  std::unique_ptr<SourceProvider> sources, Evaluator* evaluator);

}  // namespace taper::impl::ir
