// Debug records: which Python line a piece of serialized code was made from.
//
// Two forms, told apart by the first item: since 1.12 lines are kept once in a table, before that each source carries
// its text. They are a convenience: damaged ones are dropped, never an error.
#pragma once

#include <span>
#include <vector>

#include "core/source.h"

namespace taper::impl {

std::vector<DebugRecord> parse_debug_records(std::span<const char> pickle);

}  // namespace taper::impl
