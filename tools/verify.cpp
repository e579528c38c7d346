// taper verify: replays recorded calls and compares with PyTorch's answers.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <thread>

#include "core/error.h"
#include "ops/registry.h"
#include "runtime/write_file.h"
#include "tools/case_result.h"
#include "tools/commands.h"
#include "tools/json.h"
#include "tools/open_model.h"
#include "tools/progress.h"
#include "tools/suite.h"
#include "tools/text.h"
#include "tools/workers.h"

namespace taper::impl {
namespace {

bool is_folder(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

ReplayOptions replay_options(const RunSettings& run) {
  ReplayOptions options;
  options.optimize = !run.no_optimize;
  options.device_to_cpu = run.map_device;
  options.threads = run.threads;
  options.cpu = run.cpu;
  return options;
}

class Report {
 public:
  Report(const VerifyOptions& options, std::vector<SuiteCase> cases)
      : options_(options), cases_(std::move(cases)), results_(cases_.size()) {}

  const std::vector<SuiteCase>& cases() const { return cases_; }

  void add(size_t i, CaseResult result) {
    results_[i] = std::move(result);
    ++counts_[size_t(results_[i].status)];
  }

  // One line, or with `whole` the message as it is: an error's with its script stack.
  void print_case(size_t i, bool whole) const {
    const CaseResult& result = results_[i];
    std::string where = result.calls.size() > 1 ? cat("  call ", result.call, ":") : std::string();
    if (result.status == CaseStatus::kPass) {
      double most_abs = 0, most_rel = 0;
      for (const CallResult& call : result.calls) {
        most_abs = std::max(most_abs, call.max_abs);
        most_rel = std::max(most_rel, call.max_rel);
      }
      std::printf("pass         %s  (%zu calls, largest differences %.3g absolute, %.3g relative)\n",
                  cases_[i].name.c_str(), result.calls.size(), most_abs, most_rel);
      return;
    }
    std::printf("%-12s %s%s", status_name(result.status), cases_[i].name.c_str(), where.c_str());
    std::string text = whole ? "\n" + result.message : (where.empty() ? "  " : " ") + shortened(brief(result), 200);
    std::printf("%s", text.c_str());
    if (result.status == CaseStatus::kFail && !result.calls.empty()) {
      const CallResult& call = result.calls[result.call];
      if (call.max_abs > 0)
        std::printf(" (largest differences %.3g absolute, %.3g relative)", call.max_abs, call.max_rel);
    }
    std::printf("\n");
  }

  // What stands in the way most often.
  void print_summary() const {
    for (CaseStatus status : {CaseStatus::kUnsupported, CaseStatus::kError, CaseStatus::kFail}) {
      std::map<std::string, std::pair<size_t, std::string>> kinds;  // how often, and one case
      for (size_t i = 0; i < results_.size(); ++i) {
        if (results_[i].status != status) continue;
        auto& [count, example] = kinds[kind_of(results_[i])];
        if (count++ == 0) example = cases_[i].name;
      }
      if (kinds.empty()) continue;
      std::vector<std::pair<size_t, std::string>> order;
      for (const auto& [kind, found] : kinds) order.emplace_back(found.first, kind);
      std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
      std::printf("\n%s: %zu\n", status_name(status), counts_[size_t(status)]);
      for (size_t i = 0; i < order.size() && i < 40; ++i)
        std::printf("%6zu  %-70s %s\n", order[i].first, order[i].second.c_str(),
                    kinds.at(order[i].second).second.c_str());
      if (order.size() > 40) std::printf("        and %zu more kinds\n", order.size() - 40);
    }
    std::printf("\n");
  }

  size_t failed() const {
    return count(CaseStatus::kFail) + count(CaseStatus::kError) + count(CaseStatus::kUnsupported);
  }

  void print_closing() const {
    if (failed() > 0)
      std::printf("%zu differ, %zu errors, %zu unsupported\n", count(CaseStatus::kFail), count(CaseStatus::kError),
                  count(CaseStatus::kUnsupported));
    std::printf("%zu passed, %zu failed, %zu skipped\n", count(CaseStatus::kPass), failed(), count(CaseStatus::kSkip));
  }

  std::string json() const {
    JsonWriter json(1);
    json.object([&] {
      json.key("cases").array([&] {
        for (size_t i = 0; i < cases_.size(); ++i) {
          json.object([&] {
            json.member("name", cases_[i].name).key("tags").array([&] {
              for (const std::string& tag : cases_[i].tags) json.value(tag);
            });
            json.member("status", status_name(results_[i].status)).member("message", results_[i].message);
            json.key("calls").array([&] {
              for (const CallResult& call : results_[i].calls)
                json.object([&] {
                  json.member("status", status_name(call.status))
                      .member("max_abs", call.max_abs)
                      .member("max_rel", call.max_rel);
                  json.member("message", call.message);
                });
            });
          });
        }
      });
      json.member("passed", uint64_t(count(CaseStatus::kPass)))
          .member("failed", uint64_t(failed()))
          .member("skipped", uint64_t(count(CaseStatus::kSkip)));
    });
    return json.text() + "\n";
  }

 private:
  // A difference is one line in itself, though it may quote text of several.
  static std::string brief(const CaseResult& result) {
    return result.status == CaseStatus::kFail ? result.message : brief_message(result.message);
  }

  size_t count(CaseStatus status) const { return counts_[size_t(status)]; }

  // The message without what differs from case to case: an operator's name, or the text with numbers blanked.
  static std::string kind_of(const CaseResult& result) {
    std::string line = brief(result);
    if (result.status == CaseStatus::kUnsupported) return shortened(line.substr(0, line.find('(', 1)), 90);
    std::string kind;
    for (char c : line) {
      bool digit = c >= '0' && c <= '9';
      if (!digit) kind += c;
      else if (kind.empty() || kind.back() != '#') kind += '#';
    }
    return shortened(kind, 90);
  }

  const VerifyOptions& options_;
  const std::vector<SuiteCase> cases_;
  std::vector<CaseResult> results_;
  size_t counts_[5] = {};
};

}  // namespace

int verify_command(const VerifyOptions& options) {
  bool single = options.suite.empty();
  if (single == options.model.empty()) fail(ErrorCode::kInvalidArgument, "give either MODEL CALLS or --suite DIR");
  ReplayOptions replaying = replay_options(options.run);
  Case one;
  std::vector<SuiteCase> cases;
  if (!single) {
    cases = read_suite(options.suite, {options.filter, split(options.tags, ','), split(options.not_tags, ',')});
    if (cases.empty()) fail(ErrorCode::kInvalidArgument, cat("no case of ", options.suite, " is selected"));
  } else {
    if (options.calls.empty() && !is_folder(options.model))
      fail(ErrorCode::kInvalidArgument, "give the recorded calls after the model");
    one = options.calls.empty() ? read_case(options.model) : Case{options.model, read_calls(options.calls)};
    open_model(one.model);  // an unreadable file is no failed case
    cases.push_back({options.model, {}, {}});
  }
  operator_table();  // once, before the workers part

  WorkerLimits limits;
  limits.jobs = options.jobs > 0 ? options.jobs : std::max(1, int(std::thread::hardware_concurrency()));
  limits.jobs = int(std::min(size_t(limits.jobs), cases.size()));
  limits.seconds = options.timeout;
  limits.memory = options.memory_mb << 20;
  replaying.memory = limits.memory;  // an error of the library's own, before the process meets its limit
  bool quiet = options.json == "-";
  Report report(options, std::move(cases));
  Progress progress("verify", report.cases().size());
  size_t done = 0;
  auto work = [&](size_t i) {
    return pack(single ? run_case(one, replaying)
                       : run_case_folder(options.suite + "/" + report.cases()[i].name, replaying));
  };
  auto finished = [&](size_t i, std::string answer, bool lost) {
    CaseResult result;
    if (lost) {
      result.message = std::move(answer);
    } else {
      result = unpack(answer);
    }
    bool shown =
        single || options.verbose || (result.status != CaseStatus::kPass && result.status != CaseStatus::kSkip);
    report.add(i, std::move(result));
    progress.show(++done);
    if (!shown || quiet) return;
    progress.clear();
    report.print_case(i, single);
  };
  auto tick = [&] { progress.show(done); };
  run_in_workers(report.cases().size(), limits, work, finished, tick);
  progress.clear();
  if (options.summary && !quiet) report.print_summary();
  if (quiet) {
    std::fputs(report.json().c_str(), stdout);
  } else {
    if (!options.json.empty()) write_file(options.json, report.json());
    report.print_closing();
  }
  return report.failed() ? 1 : 0;
}

}  // namespace taper::impl
