// Calls that PyTorch answered: the committed ones in tests/ops/data at every CPU level, and any file that TAPER_OP_CASES
// names (tests/oracle/random_ops.py writes them).
#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "ops/replay.h"

using namespace taper::impl;
using namespace taper::impl::testing;

namespace {

std::string report_text(const ReplayReport& report) {
  std::string text = cat(report.passed, " passed, ", report.failed, " failed, ", report.missing, " missing\n");
  for (const std::string& failure : report.failures) text += failure;
  for (const std::string& name : report.missing_names) text += cat("missing: ", name, "\n");
  return text;
}

}  // namespace

TEST_CASE("operators answer as PyTorch does", "[replay]") {
  for (const auto& entry : std::filesystem::directory_iterator(TAPER_SOURCE_DIR "/tests/ops/data")) {
    for (CpuLevel level : {CpuLevel::kBaseline, CpuLevel::kAvx2, CpuLevel::kAvx512}) {
      if (usable_cpu_level(level) != level) continue;
      Context ctx;
      ctx.cpu_level = level;
      std::ifstream in(entry.path());
      ReplayReport report = replay_calls(in, ctx, true);
      INFO(entry.path().string() << " at " << cpu_level_name(level) << "\n" << report_text(report));
      CHECK(report.failed == 0);
      CHECK(report.missing == 0);
      CHECK(report.passed > 0);
    }
  }
}

TEST_CASE("operators answer as PyTorch does in the calls of TAPER_OP_CASES", "[replay]") {
  const char* path = std::getenv("TAPER_OP_CASES");
  if (!path) return;
  const char* level = std::getenv("TAPER_OP_LEVEL");
  Context ctx;
  if (level) REQUIRE(parse_cpu_level(level, ctx.cpu_level));
  ctx.cpu_level = usable_cpu_level(ctx.cpu_level);
  std::ifstream in(path);
  REQUIRE(in);
  ReplayReport report = replay_calls(in, ctx, true, 100000);
  std::string text = report_text(report);
  for (const std::string& other : report.other_texts) text += cat("text: ", other, "\n");
  std::ofstream(std::string(path) + ".report") << text;
  INFO(path << ".report has the details: " << report.passed << " passed, " << report.failed << " failed, " << report.missing << " missing");
  CHECK(report.failed == 0);
  CHECK(report.missing == 0);
}
