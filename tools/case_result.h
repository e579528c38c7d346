// What became of a case, on its way from a worker process to the report.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/replay.h"

namespace taper::impl {

enum class CaseStatus : uint8_t { kPass, kFail, kError, kUnsupported, kSkip };
const char* status_name(CaseStatus status) noexcept;
const char* status_name(CallStatus status) noexcept;

struct CaseResult {
  CaseStatus status = CaseStatus::kError;
  size_t call = 0;  // the call that decided, if there are calls
  std::string message;
  std::vector<CallResult> calls;
};

// Replays a case; what goes wrong is part of the result.
CaseResult run_case(const Case& recorded, const ReplayOptions& options);
CaseResult run_case_folder(const std::string& folder, const ReplayOptions& options);

std::string pack(const CaseResult& result);
CaseResult unpack(std::string_view bytes);

}  // namespace taper::impl
