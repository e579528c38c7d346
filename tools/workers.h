// Work that may crash, hang or exhaust memory, done in a few worker processes that are replaced when they die.
#pragma once

#include <cstdint>
#include <string>

#include "core/context.h"

namespace taper::impl {

struct WorkerLimits {
  int jobs = 1;
  double seconds = 30;                  // for one piece of work
  uint64_t memory = uint64_t(4) << 30;  // address space that a worker may add to what it starts with
};

// Calls work(i) for every i below count, in forked processes, and done(i, answer, lost) here as answers come, in any
// order. When the worker died, `lost` is true and `answer` says why: "crashed: ...", "timed out ...". tick() runs now
// and then. Call it while this process has one thread.
void run_in_workers(size_t count, const WorkerLimits& limits, FunctionRef<std::string(size_t)> work,
                    FunctionRef<void(size_t, std::string, bool)> done, FunctionRef<void()> tick);

}  // namespace taper::impl
