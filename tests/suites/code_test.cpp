// All code of the suites' archives, printed from its graphs, compiles to the same graphs. Reads what run_suite.sh has
// unpacked, so CTest runs it after those tests.
#include <catch2/catch.hpp>

#include "archive/model_file.h"
#include "core/error.h"
#include "ir/builder.h"
#include "ir/code_round_trip.h"
#include "ir/finish.h"
#include "ops/registry.h"
#include "runtime/evaluator.h"
#include "runtime/model_code.h"
#include "runtime/survey.h"
#include "suites/unpacked.h"

using namespace taper::impl;

namespace {

// Functions that compile, which other tests see to. A nested one is printed with the function around it.
std::vector<ir::GraphFunction*> compiled(Survey& survey) {
  std::vector<ir::GraphFunction*> out;
  for (ir::GraphFunction* function : survey.functions()) {
    try {
      function->graph();
      if (!function->is_nested()) out.push_back(function);
    } catch (const Error&) {}
  }
  return out;
}

std::vector<ir::RoundTrip> round_trip(Survey& survey, const std::vector<ir::Printable>& printable) {
  ContextEvaluator evaluator(true);
  return ir::round_trip(printable, operator_table(), std::make_unique<FileSources>(survey.file()), &evaluator);
}

std::vector<ir::RoundTrip> round_trip_compiled(Survey& survey) {
  std::vector<ir::GraphFunction*> functions = compiled(survey);
  try {
    return ir::round_trip_archive(survey.unit(), functions);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kUnsupported) throw;
  }
  std::vector<ir::Printable> printable;
  for (ir::GraphFunction* function : functions) printable.push_back({function, &function->graph()});
  return round_trip(survey, printable);
}

// As passes leave them: calls inlined, constants folded, types narrower.
std::vector<ir::RoundTrip> round_trip_optimized(Survey& survey) {
  std::vector<ir::Printable> printable;
  std::vector<std::unique_ptr<ir::Graph>> graphs;
  for (ir::GraphFunction* function : compiled(survey)) {
    graphs.push_back(survey.optimized(*function));
    ir::Builder builder(survey.unit(), *graphs.back());
    ir::finish_graph(builder);  // what compiling does last of all
    printable.push_back({function, graphs.back().get()});
  }
  return round_trip(survey, printable);
}

struct Outcome {
  size_t same = 0, different = 0, wrong = 0, unsupported = 0;
  std::string differences, errors;
};

Outcome check_suites(std::vector<ir::RoundTrip> (*run)(Survey&)) {
  Outcome out;
  const char* folder = suites();
  if (!folder) return out;
  for (const std::filesystem::path& path : find_files(folder, is_model)) {
    Survey survey(read_model(open_file(path), {}), operator_table());
    for (const ir::RoundTrip& result : run(survey)) {
      std::string text =
          cat(path.string(), " ", result.function, ":\n", result.error, "\n", result.difference, result.code);
      if (result.unsupported) ++out.unsupported;
      else if (!result.error.empty() && ++out.wrong <= 10) out.errors += text;
      else if (!result.difference.empty() && ++out.different <= 10) out.differences += text;
      else ++out.same;
    }
  }
  WARN(out.same << " functions print and compile to the same graph, " << out.different << " to another, "
                << out.unsupported << " hold what has no code");
  INFO(out.errors);
  CHECK(out.wrong == 0);
  CHECK(out.unsupported * 50 < out.same);
  return out;
}

}  // namespace

TEST_CASE("printed code of the suites' archives compiles to the same graphs") {
  Outcome outcome = check_suites(round_trip_compiled);
  INFO(outcome.differences);
  CHECK(outcome.different == 0);
}

// An operator may find another overload for a narrower type.
TEST_CASE("printed code of optimized graphs compiles") {
  Outcome outcome = check_suites(round_trip_optimized);
  INFO(outcome.differences);
  CHECK(outcome.different * 200 <= outcome.same);
}
