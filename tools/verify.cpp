// taper verify: replays conformance cases. Cases of a suite run in worker processes, so that one that crashes, hangs or
// runs out of memory fails alone.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fnmatch.h>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/commands.h"
#include "tools/replay.h"

namespace taper::impl {
namespace {

constexpr unsigned kSeconds = 30;                    // a case's time
constexpr uint64_t kMemory = uint64_t(4) << 30;      // a worker's address space

struct Listed {
  std::string name, tags;
};

struct Outcome {
  std::string status;  // pass, fail, error, unsupported, skip
  nlohmann::json calls = nlohmann::json::array();
  std::string message;
};

const char* name_of(CallStatus status) {
  switch (status) {
    case CallStatus::kPass: return "pass";
    case CallStatus::kFail: return "fail";
    case CallStatus::kError: return "error";
    default: return "unsupported";
  }
}

Outcome run_case(const std::string& folder, const ReplayOptions& options) {
  Outcome outcome;
  try {
    if (access((folder + "/model.pt").c_str(), R_OK) != 0 && access((folder + "/model.ptl").c_str(), R_OK) == 0) {
      outcome.status = "unsupported";
      outcome.message = "lite-interpreter archives (.ptl) are not supported";
      return outcome;
    }
    Case recorded = read_case(folder);
    if (recorded.calls.empty()) {
      outcome.status = "skip";
      return outcome;
    }
    CallStatus worst = CallStatus::kPass;
    for (const CallResult& result : replay(recorded, options)) {
      outcome.calls.push_back({{"status", name_of(result.status)}, {"max_abs", result.max_abs}, {"max_rel", result.max_rel}, {"message", result.message}});
      if (result.status != CallStatus::kPass && worst == CallStatus::kPass) {
        worst = result.status;
        outcome.message = result.message;
      }
    }
    outcome.status = name_of(worst);
  } catch (const Error& error) {
    outcome.status = error.code() == ErrorCode::kUnsupported ? "unsupported" : "error";
    outcome.message = error.what();
  } catch (const std::exception& error) {
    outcome.status = "error";
    outcome.message = error.what();
  }
  return outcome;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

// Cases first, first + step, ... in one worker after another; answers come back as lines of JSON.
class Worker {
 public:
  Worker(const std::string& suite, const std::vector<Listed>& cases, size_t first, size_t step, const ReplayOptions& options)
      : suite_(suite), cases_(cases), step_(step), options_(options), next_(first) {}

  // Runs until all of its cases have an outcome.
  void run(std::vector<Outcome>& outcomes) {
    while (next_ < cases_.size()) {
      int ends[2];
      if (pipe(ends) != 0) fail(ErrorCode::kIo, "cannot make a pipe");
      std::fflush(nullptr);
      pid_t child = fork();
      if (child < 0) fail(ErrorCode::kIo, "cannot start a worker process");
      if (child == 0) {
        close(ends[0]);
        work(ends[1]);
      }
      close(ends[1]);
      collect(ends[0], child, outcomes);
    }
  }

 private:
  [[noreturn]] void work(int out) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    rlimit limit{kMemory, kMemory};
    setrlimit(RLIMIT_AS, &limit);
#endif
    std::FILE* stream = fdopen(out, "w");
    for (size_t i = next_; i < cases_.size(); i += step_) {
      alarm(kSeconds);
      Outcome outcome = run_case(suite_ + "/" + cases_[i].name, options_);
      nlohmann::json line{{"case", i}, {"status", outcome.status}, {"calls", outcome.calls}, {"message", outcome.message}};
      std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      std::fprintf(stream, "%s\n", text.c_str());
      std::fflush(stream);
    }
    _exit(0);
  }

  void collect(int in, pid_t child, std::vector<Outcome>& outcomes) {
    std::FILE* stream = fdopen(in, "r");
    char* line = nullptr;
    size_t capacity = 0;
    while (getline(&line, &capacity, stream) > 0) {
      nlohmann::json parsed = nlohmann::json::parse(line, nullptr, false);
      if (parsed.is_discarded()) break;
      size_t i = parsed["case"];
      outcomes[i] = {parsed["status"], parsed["calls"], parsed["message"]};
      next_ = i + step_;
    }
    std::free(line);
    std::fclose(stream);
    int status = 0;
    waitpid(child, &status, 0);
    if (next_ < cases_.size() && !(WIFEXITED(status) && WEXITSTATUS(status) == 0 && next_ >= cases_.size())) {
      Outcome& outcome = outcomes[next_];
      outcome.status = "error";
      if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) outcome.message = cat("took longer than ", kSeconds, " seconds");
      else if (WIFSIGNALED(status)) outcome.message = cat("killed by signal ", WTERMSIG(status));
      else outcome.message = cat("crashed: the worker ended with code ", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
      next_ += step_;
    }
  }

  const std::string& suite_;
  const std::vector<Listed>& cases_;
  size_t step_;
  ReplayOptions options_;
  size_t next_;
};

}  // namespace

void add_verify(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("verify", "Replay recorded calls and compare with PyTorch's answers");
  struct Options {
    std::string folder, suite, filter = "*", tags, not_tags, json;
    int jobs = 1, threads = 1;
    bool no_optimize = false, verbose = false;
  };
  auto o = std::make_shared<Options>();
  command->add_option("case", o->folder, "a case: a folder with model.pt and calls.pt");
  command->add_option("--suite", o->suite, "a folder of cases with an index.tsv");
  command->add_option("--filter", o->filter, "only cases whose name matches this pattern");
  command->add_option("--tags", o->tags, "only cases with one of these tags (comma-separated)");
  command->add_option("--not-tags", o->not_tags, "no cases with one of these tags");
  command->add_option("--jobs", o->jobs, "worker processes")->check(CLI::Range(1, 256));
  command->add_option("--threads", o->threads, "threads of each run")->check(CLI::Range(1, 256));
  command->add_option("--json", o->json, "write the results to this file");
  command->add_flag("--no-optimize", o->no_optimize, "run the code as written");
  command->add_flag("--verbose", o->verbose, "name every case that does not pass");
  command->callback([o, &exit_code] {
    if (o->suite.empty() == o->folder.empty()) fail(ErrorCode::kInvalidArgument, "give a case folder or --suite DIR");
    ReplayOptions options;
    options.optimize = !o->no_optimize;
    options.threads = o->threads;
    std::vector<Listed> cases;
    std::string suite = o->suite;
    if (!o->folder.empty()) {
      size_t slash = o->folder.find_last_of('/', o->folder.size() - 2);
      suite = slash == std::string::npos ? "." : o->folder.substr(0, slash);
      cases.push_back({o->folder.substr(slash == std::string::npos ? 0 : slash + 1), ""});
    } else {
      std::ifstream index(suite + "/index.tsv");
      if (!index) fail(ErrorCode::kIo, cat("cannot read ", suite, "/index.tsv"));
      auto has = [](const std::string& all, const std::vector<std::string>& wanted) {
        std::vector<std::string> own = split(all);
        return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& tag) { return std::find(own.begin(), own.end(), tag) != own.end(); });
      };
      for (std::string line; std::getline(index, line);) {
        size_t first = line.find('\t'), last = line.rfind('\t');
        if (first == std::string::npos) continue;
        Listed one{line.substr(0, first), line.substr(last + 1)};
        if (fnmatch(o->filter.c_str(), one.name.c_str(), 0) != 0) continue;
        if (!o->tags.empty() && !has(one.tags, split(o->tags))) continue;
        if (!o->not_tags.empty() && has(one.tags, split(o->not_tags))) continue;
        cases.push_back(one);
      }
    }
    std::vector<Outcome> outcomes(cases.size());
    auto jobs = size_t(o->jobs);
    if (jobs <= 1) {
      Worker(suite, cases, 0, 1, options).run(outcomes);
    } else {
      // One supervisor process per job; each reports its share through a file of JSON lines.
      std::vector<std::pair<pid_t, std::FILE*>> shares;
      for (size_t j = 0; j < jobs; ++j) {
        std::FILE* file = std::tmpfile();
        if (!file) fail(ErrorCode::kIo, "cannot make a temporary file");
        std::fflush(nullptr);
        pid_t child = fork();
        if (child < 0) fail(ErrorCode::kIo, "cannot start a worker process");
        if (child == 0) {
          Worker(suite, cases, j, jobs, options).run(outcomes);
          for (size_t i = j; i < cases.size(); i += jobs) {
            nlohmann::json line{{"case", i}, {"status", outcomes[i].status}, {"calls", outcomes[i].calls}, {"message", outcomes[i].message}};
            std::fprintf(file, "%s\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
          }
          std::fflush(file);
          _exit(0);
        }
        shares.push_back({child, file});
      }
      for (auto& [child, file] : shares) {
        int status = 0;
        waitpid(child, &status, 0);
        std::rewind(file);
        char* line = nullptr;
        size_t capacity = 0;
        while (getline(&line, &capacity, file) > 0) {
          nlohmann::json parsed = nlohmann::json::parse(line, nullptr, false);
          if (!parsed.is_discarded()) outcomes[size_t(parsed["case"])] = {parsed["status"], parsed["calls"], parsed["message"]};
        }
        std::free(line);
        std::fclose(file);
      }
    }
    size_t passed = 0, failed = 0, skipped = 0;
    nlohmann::json report = nlohmann::json::array();
    for (size_t i = 0; i < cases.size(); ++i) {
      Outcome& outcome = outcomes[i];
      if (outcome.status.empty()) outcome.status = "error", outcome.message = "crashed: no result came back";
      if (outcome.status == "pass") ++passed;
      else if (outcome.status == "skip") ++skipped;
      else ++failed;
      if (o->verbose && outcome.status != "pass") std::printf("%s: %s: %s\n", cases[i].name.c_str(), outcome.status.c_str(), outcome.message.c_str());
      else if (!o->folder.empty() && outcome.status != "pass") std::printf("%s: %s\n", outcome.status.c_str(), outcome.message.c_str());
      report.push_back({{"name", cases[i].name}, {"tags", split(cases[i].tags)}, {"status", outcome.status}, {"message", outcome.message}, {"calls", outcome.calls}});
    }
    if (!o->json.empty()) {
      std::ofstream file(o->json);
      file << nlohmann::json{{"cases", report}}.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
      if (!file) fail(ErrorCode::kIo, cat("cannot write ", o->json));
    }
    std::printf("%zu passed, %zu failed, %zu skipped\n", passed, failed, skipped);
    exit_code = failed ? 1 : 0;
  });
}

}  // namespace taper::impl
