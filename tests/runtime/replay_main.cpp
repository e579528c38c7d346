// runtime_replay SUITE [FILTER] [--no-optimize]: replays the cases of a folder, each in a process of its own, and says
// what became of them.
// runtime_replay --bench CASE [SECONDS]: times a case's first call.
// runtime_replay --load CASE: times loading.
// runtime_replay --code CASE [METHOD]: bytecode of a method.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>

#include "core/error.h"
#include "ops/registry.h"
#include "runtime/module.h"
#include "runtime/program.h"
#include "tools/replay.h"

using namespace taper::impl;

namespace {

using Clock = std::chrono::steady_clock;
double micros(Clock::time_point from, Clock::time_point to) { return std::chrono::duration<double, std::micro>(to - from).count(); }

std::string first_line(const std::string& text) {
  size_t last = text.find_last_not_of('\n');
  size_t start = text.rfind('\n', last);
  if (start == std::string::npos) return text;
  return text.substr(start + 1, last - start);
}

// P, F, E or U and a message.
std::string run_case(const std::string& folder, bool optimize) {
  try {
    Case recorded = read_case(folder);
    if (recorded.calls.empty()) return "S no calls";
    ReplayOptions options;
    options.optimize = optimize;
    size_t at = 0;
    for (const CallResult& result : replay(recorded, options)) {
      if (result.status != CallStatus::kPass)
        return cat(result.status == CallStatus::kFail ? "F" : result.status == CallStatus::kUnsupported ? "U" : "E", " call ", at, ": ",
                   result.status == CallStatus::kFail ? result.message : first_line(result.message));
      ++at;
    }
    return "P";
  } catch (const Error& error) {
    return cat(error.code() == ErrorCode::kUnsupported ? "U " : "E ", error.what());
  } catch (const std::exception& error) {
    return cat("E ", error.what());
  }
}

std::string isolated(const std::string& folder, bool optimize) {
  int ends[2];
  if (pipe(ends)) return "E pipe";
  pid_t child = fork();
  if (child == 0) {
    alarm(30);
    std::string text = run_case(folder, optimize);
    if (write(ends[1], text.data(), std::min<size_t>(text.size(), 60000)) < 0) _exit(1);
    _exit(0);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, size_t(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return cat("C signal ", WTERMSIG(status));
  return text.empty() ? "C nothing" : text;
}

int suite(const std::string& root, const std::string& filter, bool optimize) {
  std::map<char, int> counts;
  std::ifstream index(root + "/index.tsv");
  for (std::string line; std::getline(index, line);) {
    std::string name = line.substr(0, line.find('\t'));
    if (!filter.empty() && line.find(filter) == std::string::npos) continue;
    std::string result = isolated(root + "/" + name, optimize);
    ++counts[result[0]];
    std::replace(result.begin(), result.end(), '\n', '|');
    std::printf("%c\t%s\t%s\n", result[0], name.c_str(), result.size() > 2 ? result.c_str() + 2 : "");
  }
  for (auto [kind, count] : counts) std::fprintf(stderr, "%c %d  ", kind, count);
  std::fprintf(stderr, "\n");
  return 0;
}

int bench(const std::string& folder, double seconds) {
  Case recorded = read_case(folder);
  const RecordedCall& call = recorded.calls.at(0);
  auto t0 = Clock::now();
  Ref<Module> module = load_module(read_model(open_file(recorded.model), {}), operator_table(), {});
  Ref<Instance> instance = module->instantiate();
  auto t1 = Clock::now();
  Execution execution;
  std::vector<double> times;
  auto run = [&] {
    auto start = Clock::now();
    instance->call(execution, call.method, call.args);
    return micros(start, Clock::now());
  };
  double first = run(), second = run();
  uint64_t before = pool_stats(execution.context().pool()).heap_allocations, loose = unpooled_allocations();
  auto start = Clock::now();
  while ((micros(start, Clock::now()) < seconds * 1e6 || times.size() < 5) && times.size() < 1000000) times.push_back(run());
  uint64_t heap = pool_stats(execution.context().pool()).heap_allocations - before;
  loose = unpooled_allocations() - loose;
  std::sort(times.begin(), times.end());
  std::printf("load %.3f ms  first %.3f ms  second %.3f ms  median %.4f ms  p99 %.4f ms  calls %zu  heap %.3f/call  loose %.3f/call\n",
              micros(t0, t1) / 1e3, first / 1e3, second / 1e3, times[times.size() / 2] / 1e3, times[times.size() * 99 / 100] / 1e3,
              times.size(), double(heap) / double(times.size()), double(loose) / double(times.size()));
  return 0;
}

int load(const std::string& folder) {
  std::string path = read_case(folder).model;
  auto t0 = Clock::now();
  ModelFile file = read_model(open_file(path), {});
  auto t1 = Clock::now();
  Ref<Module> module = load_module(std::move(file), operator_table(), {});
  auto t2 = Clock::now();
  Ref<Instance> instance = module->instantiate();
  auto t3 = Clock::now();
  std::printf("read %.2f ms  load %.2f ms  instantiate %.2f ms\n", micros(t0, t1) / 1e3, micros(t1, t2) / 1e3, micros(t2, t3) / 1e3);
  return 0;
}

int code(const std::string& folder, const std::string& method) {
  Case recorded = read_case(folder);
  Ref<Module> module = load_module(read_model(open_file(recorded.model), {}), operator_table(), {});
  std::fputs(disassemble(module->program().code(*module->root_type()->method(method))).c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fputs("usage: runtime_replay SUITE [FILTER] [--no-optimize]\n", stderr), 2;
  try {
    std::string first = argv[1];
    if (first == "--bench" && argc > 2) return bench(argv[2], argc > 3 ? std::atof(argv[3]) : 1.0);
    if (first == "--load" && argc > 2) return load(argv[2]);
    if (first == "--code" && argc > 2) return code(argv[2], argc > 3 ? argv[3] : "forward");
    bool optimize = std::strcmp(argv[argc - 1], "--no-optimize") != 0;
    return suite(first, argc > 2 && argv[2][0] != '-' ? argv[2] : "", optimize);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
