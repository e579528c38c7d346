// The sub-commands of the program, as functions of what the command line said (main.cpp reads it).
// Exit codes: 0 good, 1 a mismatch or a failed check, 2 bad use or an unreadable file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/platform/cpu.h"
#include "runtime/module.h"

namespace taper::impl {

// How a model is run.
struct RunSettings {
  int threads = 1;
  bool no_optimize = false;
  bool map_device = false;
  std::optional<CpuLevel> cpu;  // not above this level
};

struct RunOptions {
  std::string model, method = "forward", output;
  std::vector<std::string> inputs;
  uint64_t seed = 0;
  bool has_seed = false, as_saved = false, json = false;
  RunSettings run;
};
int run_command(const RunOptions& options);

struct VerifyOptions {
  std::string model, calls;                   // one case: a model and its calls, or a folder of both
  std::string suite, filter, tags, not_tags;  // or many
  std::string json;                           // a file, "-" for stdout
  int jobs = 0;                               // 0: as many as processors
  double timeout = 30;                        // seconds a case
  uint64_t memory_mb = 4096;                  // a worker
  bool verbose = false, summary = false;
  RunSettings run;
};
int verify_command(const VerifyOptions& options);

struct InspectOptions {
  std::string model, method;
  bool graph = false, optimized = false, code = false, source = false, ops = false, tree = false, constants = false,
       all = false, json = false;
};
int inspect_command(const InspectOptions& options);

struct CheckOptions {
  std::string model;
  bool json = false;
};
int check_command(const CheckOptions& options);

struct ConvertOptions {
  std::string model, output;
};
int convert_command(const ConvertOptions& options);

struct FreezeCommandOptions {
  std::string model, output;
  FreezeOptions freeze;
};
int freeze_command(const FreezeCommandOptions& options);

struct OperatorsOptions {
  std::string pattern;  // names, as the shell matches; empty: all
  bool json = false, markdown = false;
};
int operators_command(const OperatorsOptions& options);

struct BenchOptions {
  std::string model, calls, method = "forward";
  std::vector<std::string> inputs;
  double seconds = 2;
  bool as_saved = false, json = false;
  RunSettings run;
};
int bench_command(const BenchOptions& options);

}  // namespace taper::impl
