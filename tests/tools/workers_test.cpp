#include <unistd.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <map>
#include <thread>

#include "tools/workers.h"

using namespace taper::impl;

namespace {

std::map<size_t, std::pair<std::string, bool>> run(size_t count, const WorkerLimits& limits,
                                                   FunctionRef<std::string(size_t)> work) {
  std::map<size_t, std::pair<std::string, bool>> answers;
  auto done = [&](size_t i, std::string answer, bool lost) {
    CHECK(answers.count(i) == 0);
    answers[i] = {std::move(answer), lost};
  };
  auto tick = [] {};
  run_in_workers(count, limits, work, done, tick);
  return answers;
}

}  // namespace

TEST_CASE("workers answer every piece of work once") {
  WorkerLimits limits;
  limits.jobs = 3;
  auto work = [](size_t i) { return std::string(i * 100, char('a' + i % 26)); };
  auto answers = run(300, limits, work);
  REQUIRE(answers.size() == 300);
  for (size_t i = 0; i < 300; ++i) CHECK(answers[i] == std::make_pair(std::string(i * 100, char('a' + i % 26)), false));
}

TEST_CASE("a worker that dies or hangs loses its own piece only") {
  WorkerLimits limits;
  limits.jobs = 2;
  limits.seconds = 0.3;
  auto work = [](size_t i) -> std::string {
    if (i == 3) {
      std::signal(SIGSEGV, SIG_DFL);  // a sanitizer would report it
      raise(SIGSEGV);
    }
    if (i == 5) _exit(7);
    if (i == 7) std::this_thread::sleep_for(std::chrono::seconds(100));
    return "fine";
  };
  auto answers = run(12, limits, work);
  REQUIRE(answers.size() == 12);
  for (auto& [i, answer] : answers) {
    INFO(i << ": " << answer.first);
    CHECK(answer.second == (i == 3 || i == 5 || i == 7));
    if (!answer.second) CHECK(answer.first == "fine");
  }
  CHECK(answers[3].first == "crashed: killed by signal 11 (Segmentation fault)");
  CHECK(answers[5].first == "crashed: the process ended with code 7");
  CHECK(answers[7].first == "timed out after 0.3 s");
}

TEST_CASE("more workers than work, and no work") {
  WorkerLimits limits;
  limits.jobs = 8;
  auto work = [](size_t i) { return std::to_string(i); };
  CHECK(run(2, limits, work).size() == 2);
  CHECK(run(0, limits, work).empty());
}
