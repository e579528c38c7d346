// taper bench: what a call of a model costs a host, measured through the C ABI.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "core/error.h"
#include "core/pool.h"
#include "runtime/capi.h"
#include "tools/allocations.h"
#include "tools/commands.h"
#include "tools/input_spec.h"
#include "tools/json.h"
#include "tools/open_model.h"
#include "tools/progress.h"
#include "tools/replay.h"
#include "tools/text.h"

namespace taper::impl {
namespace {

using Clock = std::chrono::steady_clock;
constexpr size_t kMaxCalls = 10'000'000;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void check(taper_error* error) {
  if (error) rethrow(error);
}

template <class T, void (*Free)(T*)>
struct Freed {
  T* handle = nullptr;
  ~Freed() { Free(handle); }
};

struct Call {
  std::string method;
  std::vector<taper_value*> arguments, keyword_values;
  std::vector<std::string> keywords;
  ~Call() {
    for (taper_value* value : arguments) taper_value_free(value);
    for (taper_value* value : keyword_values) taper_value_free(value);
  }
};

// The largest resident size so far, in bytes.
uint64_t peak_memory() {
  if (std::FILE* file = std::fopen("/proc/self/status", "r")) {
    char line[256];
    unsigned long long kilobytes = 0;
    bool found = false;
    while (!found && std::fgets(line, sizeof line, file)) found = std::sscanf(line, "VmHWM: %llu kB", &kilobytes) == 1;
    std::fclose(file);
    if (found) return kilobytes * 1024;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return uint64_t(usage.ru_maxrss) * 1024;
}

// All that the library and this program took from the heap.
uint64_t heap_allocations(taper_context* context) {
  taper_memory_stats stats{};
  stats.struct_size = sizeof stats;
  check(taper_context_memory(context, &stats));
  return stats.heap_allocations + unpooled_allocations() + new_calls();
}

struct Result {
  double load = 0, first = 0, second = 0;
  std::vector<double> steady;  // sorted
  double allocations = 0;
  uint64_t peak = 0;
  double quantile(double q) const { return steady[std::min(steady.size() - 1, size_t(q * double(steady.size())))]; }
};

void fill_arguments(const BenchOptions& options, Call& call) {
  if (!options.calls.empty()) {
    std::vector<RecordedCall> recorded = read_calls(options.calls);
    if (recorded.empty()) fail(ErrorCode::kInvalidFile, cat(options.calls, ": there is no call in it"));
    const RecordedCall& first = recorded[0];
    call.method = first.method;
    for (const Value& value : first.args) call.arguments.push_back(box(value));
    for (const auto& [name, value] : first.kwargs) {
      call.keywords.push_back(name);
      call.keyword_values.push_back(box(value));
    }
    return;
  }
  call.method = options.method;
  Context context;
  for (const std::string& spec : options.inputs) call.arguments.push_back(box(parse_input(context, spec)));
}

Result measure(const BenchOptions& options) {
  Call call;
  fill_arguments(options, call);
  std::vector<const char*> keywords;
  for (const std::string& name : call.keywords) keywords.push_back(name.c_str());

  Result result;
  taper_load_options load{};
  load.struct_size = sizeof load;
  load.no_optimize = options.run.no_optimize;
  load.device_to_cpu = options.run.map_device;
  taper_context_options making{};
  making.struct_size = sizeof making;
  making.threads = options.run.threads;
  if (options.run.cpu) making.cpu_level = int(*options.run.cpu) + 1;
  Freed<taper_module, taper_module_free> module;
  Freed<taper_instance, taper_instance_free> instance;
  Freed<taper_context, taper_context_free> context;
  Clock::time_point start = Clock::now();
  Freed<taper_error, taper_error_free> failed{taper_load_file(options.model.c_str(), &load, &module.handle)};
  if (taper_error_get_code(failed.handle) == TAPER_ERROR_UNSUPPORTED) open_model(options.model);  // is it the file?
  check(std::exchange(failed.handle, nullptr));
  check(taper_instance_create(module.handle, &instance.handle));
  if (!options.as_saved) check(taper_instance_train(instance.handle, 0));
  check(taper_context_create(&making, &context.handle));
  result.load = seconds_since(start);

  auto run = [&] {
    Clock::time_point begin = Clock::now();
    taper_value* answer = nullptr;
    check(taper_call(instance.handle, context.handle, call.method.c_str(), call.arguments.data(), call.arguments.size(),
                     keywords.data(), call.keyword_values.data(), keywords.size(), &answer));
    taper_value_free(answer);
    return seconds_since(begin);
  };
  result.first = run();
  result.second = run();
  Progress progress("bench", size_t(options.seconds * 1000));
  start = Clock::now();
  result.steady.reserve(1 << 16);
  uint64_t before = 0;
  size_t counted = 0;
  for (double elapsed = 0;
       (elapsed < options.seconds || result.steady.size() < 5) && result.steady.size() < kMaxCalls;) {
    if (counted == 0) before = heap_allocations(context.handle);
    result.steady.push_back(run());
    ++counted;
    if (result.steady.size() == result.steady.capacity()) {  // this program's own growth is not the library's
      if (result.peak == 0) result.peak = peak_memory();
      result.allocations += double(heap_allocations(context.handle) - before);
      result.steady.reserve(result.steady.size() * 2);
      counted = 0;
    }
    elapsed = seconds_since(start);
    progress.show(size_t(elapsed * 1000));
  }
  if (counted) result.allocations += double(heap_allocations(context.handle) - before);
  result.allocations /= double(result.steady.size());
  if (result.peak == 0) result.peak = peak_memory();
  std::sort(result.steady.begin(), result.steady.end());
  return result;
}

}  // namespace

int bench_command(const BenchOptions& options) {
  Result result = measure(options);
  if (options.json) {
    JsonWriter json;
    json.object([&] {
      json.member("load", result.load).member("first", result.first).member("second", result.second);
      json.member("median", result.quantile(0.5))
          .member("p99", result.quantile(0.99))
          .member("max", result.steady.back());
      json.member("calls", uint64_t(result.steady.size()))
          .member("allocations_per_call", result.allocations)
          .member("peak_memory", result.peak);
      json.member("threads", options.run.threads);
    });
    std::printf("%s\n", json.text().c_str());
    return 0;
  }
  auto line = [](const char* name, const std::string& text) { std::printf("%-22s %s\n", name, text.c_str()); };
  char number[40];
  std::snprintf(number, sizeof number, "%.6g", result.allocations);
  line("load", seconds_text(result.load));
  line("first call", seconds_text(result.first));
  line("second call", seconds_text(result.second));
  line("median", seconds_text(result.quantile(0.5)));
  line("99th percentile", seconds_text(result.quantile(0.99)));
  line("largest", seconds_text(result.steady.back()));
  line("calls", cat(result.steady.size()));
  line("heap allocations/call", number);
  line("peak memory", bytes_text(result.peak));
  return 0;
}

}  // namespace taper::impl
