// Thousands of damaged archives: each loads with an error, or runs. No crash, no answer later than the limit, no more
// memory than the limit, no error that calls itself a bug.
//
//   mutations_test SUITES OWN            TAPER_MUTATIONS of them (default 200), over 200 archives of the suites
//   mutations_test SUITES OWN N [OUT]    number N alone, in this process; its archive is written to OUT
//
// SUITES is the folder where run_suite.sh unpacks; without anything there the archives are those of OWN alone.
#include <sys/stat.h>
#include <sys/time.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"
#include "mutations/mutate.h"
#include "ops/registry.h"
#include "runtime/module.h"
#include "runtime/write_file.h"
#include "tools/replay.h"
#include "tools/suite.h"
#include "tools/workers.h"

using namespace taper::impl;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kSlow = 6;  // times slower than a release build
#else
constexpr int kSlow = 1;
#endif
constexpr uint64_t kMemory = uint64_t(1) << 30;  // of the process
constexpr uint64_t kPool = kMemory / 2;          // of that, what a run may hold
constexpr int64_t kFuel = 3'000'000;             // steps of one call
constexpr size_t kPerArchive = 1'000'000;        // room for numbers

// So many cases of each suite, evenly spread; what a suite has too few of, the last one gives.
struct Share {
  const char* suite;
  size_t count;
};
constexpr Share kShares[] = {{"mission", 20}, {"real-open", 50}, {"legacy-open", 60}, {"jit-open", 70}};
constexpr size_t kArchives = 200;
constexpr int64_t kLargest = 4 << 20;  // bytes

int64_t file_size(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 ? int64_t(info.st_size) : -1;
}

std::vector<std::string> choose(const std::string& folder, size_t count) {
  std::vector<std::string> all, chosen;
  for (const SuiteCase& one : read_suite(folder, {})) {
    std::string path = folder + "/" + one.name;
    int64_t size = file_size(path + "/model.pt");
    if (size > 0 && size <= kLargest) all.push_back(std::move(path));
  }
  std::sort(all.begin(), all.end());
  count = std::min(count, all.size());
  for (size_t i = 0; i < count; ++i) chosen.push_back(all[i * all.size() / count]);
  return chosen;
}

std::vector<std::string> choose_all(const std::string& suites, const std::string& own) {
  std::vector<std::string> chosen;
  for (const Share& share : kShares) {
    std::string folder = suites + "/" + share.suite;
    if (file_size(folder + "/index.tsv") < 0) continue;
    size_t count = &share == std::end(kShares) - 1 ? kArchives - chosen.size() : share.count;
    for (std::string& path : choose(folder, count)) chosen.push_back(std::move(path));
  }
  return chosen.empty() ? choose(own, kArchives) : chosen;
}

// ---- one archive ----

std::atomic<bool> late;

void set_alarm(int seconds) {
  late = false;
  itimerval timer{};
  timer.it_value.tv_sec = seconds;
  setitimer(ITIMER_REAL, &timer, nullptr);
}

void call_all(Instance& instance, const std::vector<RecordedCall>& calls) {
  Execution execution;
  set_pool_limit(execution.context().pool(), kPool);
  execution.context().budget.cancelled = &late;
  for (const RecordedCall& call : calls) {
    auto held = make_ref<TupleObj>();
    for (const Value& argument : call.args) held->items.push_back(argument);
    for (const auto& [name, value] : call.kwargs) held->items.push_back(value);
    Value copied = deep_copy(Value(held));
    Vec<Value> given;
    Vec<Keyword> keywords;
    for (size_t i = 0; i < call.args.size(); ++i) given.push_back(copied.tuple().items[i]);
    for (size_t i = 0; i < call.kwargs.size(); ++i)
      keywords.push_back({call.kwargs[i].first, copied.tuple().items[call.args.size() + i]});
    execution.context().budget.fuel = kFuel;
    instance.call(execution, call.method, std::move(given), std::move(keywords));
  }
}

// "ran", or the error's code and text.
std::string load_and_run(std::vector<char> bytes, const std::vector<RecordedCall>& calls) {
  set_alarm(3 * kSlow);
  auto answer = [](const Error& error) { return cat("error ", int(error.code()), ": ", error.what()); };
  try {
    ReadOptions reading;
    reading.max_bytes = kPool;
    reading.max_values = 1'000'000;
    ModuleOptions loading;
    loading.load_fuel = kFuel;
    loading.load_memory = kPool;
    Ref<Module> module = load_module(read_model(own_memory(std::move(bytes)), reading), operator_table(), loading);
    Ref<Instance> instance = module->instantiate();
    for (const std::string& method : instance->methods()) {
      try {
        instance->prepare(method);
      } catch (const Error& error) {
        if (error.code() == ErrorCode::kInternal) return answer(error);
      }
    }
    call_all(*instance, calls);
    return "ran";
  } catch (const Error& error) {
    if (error.message().empty()) return "an error without a message";
    return answer(error);
  } catch (const std::bad_alloc&) {
    return "out of memory";
  }
}

class Mutations {
 public:
  explicit Mutations(std::vector<std::string> folders) : folders_(std::move(folders)) {}

  std::vector<char> make(size_t number, std::string* what) {
    size_t index = number / kPerArchive;
    if (index >= folders_.size()) fail(ErrorCode::kInvalidArgument, cat("there is no archive ", index));
    if (index != current_) {
      archive_ = mutations::read_archive(folders_[index] + "/model.pt");
      calls_.clear();
      try {
        calls_ = read_case(folders_[index]).calls;
      } catch (const Error& error) {
        if (error.code() == ErrorCode::kInternal) throw;
      }
      current_ = index;
    }
    return mutations::mutate(archive_, number, what);
  }
  std::string run(size_t number) { return load_and_run(make(number, nullptr), calls_); }
  const std::vector<std::string>& folders() const { return folders_; }

 private:
  std::vector<std::string> folders_;
  size_t current_ = SIZE_MAX;
  mutations::Archive archive_;
  std::vector<RecordedCall> calls_;
};

int run_all(Mutations& mutations, size_t count) {
  const size_t archives = mutations.folders().size(), each = std::max<size_t>(1, count / archives);
  count = archives * each;
  auto number_of = [&](size_t i) { return i / each * kPerArchive + i % each; };
  WorkerLimits limits;
  const char* jobs = std::getenv("TAPER_JOBS");
  limits.jobs = std::max(1, jobs ? std::atoi(jobs) : int(std::thread::hardware_concurrency()));
  limits.seconds = 10 * kSlow;
  limits.memory = kMemory;
  size_t ran = 0, refused = 0, bad = 0;
  std::map<std::string, size_t> kinds;
  auto work = [&](size_t i) { return mutations.run(number_of(i)); };
  auto done = [&](size_t i, std::string answer, bool lost) {
    if (!lost && answer == "ran") {
      ++ran;
    } else if (!lost && answer.starts_with("error ") && !answer.starts_with("error 10:")) {
      ++refused;
      ++kinds[answer.substr(0, answer.find(':'))];
    } else {
      ++bad;
      std::string what;
      mutations.make(number_of(i), &what);
      std::printf("%zu  %s, %s\n    %s\n", number_of(i), mutations.folders()[i / each].c_str(), what.c_str(),
                  answer.c_str());
    }
  };
  auto tick = [] {};
  run_in_workers(count, limits, work, done, tick);
  std::printf("%zu damaged copies of %zu archives: %zu ran, %zu refused, %zu did worse\n", count, archives, ran,
              refused, bad);
  for (const auto& [kind, times] : kinds) std::printf("%8zu  %s\n", times, kind.c_str());
  return bad == 0 && ran > 0 && refused > 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "mutations_test SUITES OWN [NUMBER [OUT]]\n");
    return 2;
  }
  try {
    struct sigaction action {};
    action.sa_handler = [](int) { late = true; };
    sigaction(SIGALRM, &action, nullptr);
    operator_table();  // once, before the workers part
    Mutations mutations(choose_all(argv[1], argv[2]));
    if (argc == 3) {
      const char* count = std::getenv("TAPER_MUTATIONS");
      return run_all(mutations, count ? size_t(std::max(1L, std::atol(count))) : kArchives);
    }
    size_t number = size_t(std::atoll(argv[3]));
    std::string what;
    std::vector<char> bytes = mutations.make(number, &what);
    std::printf("%s: %s\n", mutations.folders()[number / kPerArchive].c_str(), what.c_str());
    if (argc > 4) write_file(argv[4], bytes);
    std::printf("%s\n", mutations.run(number).c_str());
    return 0;
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
