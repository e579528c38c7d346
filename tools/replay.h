// Conformance cases: a folder with model.pt and calls.pt (torch.save of a list of dicts), replayed on one instance.
//
//   Case recorded = read_case("suite/name");
//   for (const CallResult& result : replay(recorded, {})) ...
//
// A call is a dict: "method", "args", "kwargs", "expected", "rtol", "atol", "error", and perhaps "args_after",
// "argerror", "stdout", "mode", "seed", "shape_only", "expected_qnnpack", "atol_exact".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/platform/cpu.h"
#include "core/value.h"
#include "tools/compare.h"

namespace taper::impl {

// What one version of PyTorch answered.
struct Answer {
  std::vector<Value> expected;  // any of these: quantized engines differ
  Tolerance tolerance;
  std::optional<std::string> error;  // a piece of the message; may be empty
  bool any_error = false;            // the arguments do not fit: any clear error will do
  bool has_args_after = false;
  Value args_after;
  std::optional<std::string> printed;
};

struct RecordedCall {
  std::string method;
  std::vector<Value> args;
  std::vector<std::pair<std::string, Value>> kwargs;
  bool as_saved = false;  // do not call eval() first
  std::optional<uint64_t> seed;
  std::vector<Answer> answers;  // several when other versions of PyTorch answered too: any of them is right
};

struct Case {
  std::string model;  // path
  std::vector<RecordedCall> calls;
};

// Error(kIo) when the folder holds no model; no calls when nothing was recorded.
Case read_case(const std::string& folder);
std::vector<RecordedCall> read_calls(const std::string& path);

enum class CallStatus : uint8_t { kPass, kFail, kError, kUnsupported };
struct CallResult {
  CallStatus status = CallStatus::kPass;
  double max_abs = 0, max_rel = 0;
  std::string message;
};

struct ReplayOptions {
  bool optimize = true;
  bool device_to_cpu = false;
  int threads = 1;
  std::optional<CpuLevel> cpu;
  uint64_t memory = 0;  // bytes that a context may hold; 0: no limit
};

// One result a call; loading errors stand as the first call's.
std::vector<CallResult> replay(const Case& recorded, const ReplayOptions& options);

}  // namespace taper::impl
