// Threads for operators, only when asked for.
#pragma once

#include <memory>

#include "core/context.h"

namespace taper::impl {

// A pool of width - 1 threads beside the caller's. Null for width 1 and below.
std::unique_ptr<ParallelFor> make_thread_pool(int width);

// The host's parallel_for: the callback runs body(body_user, begin, end) for ranges that cover [0, count) and returns when
// all are done; it throws taper::impl::Error to end the call.
struct HostParallelFor {
  virtual ~HostParallelFor() = default;
  virtual void run(int64_t count, int64_t grain, void (*body)(void*, int64_t, int64_t), void* body_user) = 0;
};
std::unique_ptr<ParallelFor> make_host_parallel(HostParallelFor& host, int width);

}  // namespace taper::impl
