// All code of the suites' archives, printed from its graphs, compiles to the same graphs. Reads what run_suite.sh has
// unpacked, so CTest runs it after those tests.
#include <catch2/catch.hpp>

#include "archive/model_file.h"
#include "core/error.h"
#include "ir/code_round_trip.h"
#include "ops/registry.h"
#include "runtime/evaluator.h"
#include "runtime/model_code.h"
#include "runtime/survey.h"
#include "suites/unpacked.h"

using namespace taper::impl;

namespace {

std::vector<ir::RoundTrip> round_trip(const std::filesystem::path& path) {
  Survey survey(read_model(open_file(path), {}), operator_table());
  ContextEvaluator evaluator(true);
  std::vector<ir::GraphFunction*> compiled;
  for (ir::GraphFunction* function : survey.functions()) {
    try {
      function->graph();
      compiled.push_back(function);
    } catch (const Error&) {
      // The archive's own code is wrong, which other tests look at.
    }
  }
  return ir::round_trip(compiled, operator_table(), std::make_unique<FileSources>(survey.file()), &evaluator);
}

}  // namespace

TEST_CASE("printed code of the suites' archives compiles to the same graphs") {
  const char* folder = suites();
  if (!folder) return;
  size_t same = 0, unsupported = 0, wrong = 0;
  std::string report;
  for (const std::filesystem::path& path : find_files(folder, is_model)) {
    for (const ir::RoundTrip& result : round_trip(path)) {
      if (result.unsupported) {
        ++unsupported;
      } else if (result.error.empty() && result.difference.empty()) {
        ++same;
      } else if (++wrong <= 20) {
        report += cat(path.string(), " ", result.function, ":\n", result.error, result.difference, result.code);
      }
    }
  }
  WARN(same << " functions print and compile to the same graph, " << unsupported << " hold what has no code");
  INFO(report);
  CHECK(same > 0);
  CHECK(wrong == 0);
  CHECK(unsupported * 50 < same);
}
