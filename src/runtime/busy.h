// Who is in an instance. For the files that implement it.
#pragma once

#include "core/error.h"
#include "runtime/module.h"

namespace taper::impl {

// Held while the instance is being run, read or changed: a second thread is an error, not a race. The same thread may come
// in again only through its own run, which does not pass here.
struct Instance::Busy {
  explicit Busy(const Instance& instance) : flag(*instance.busy_) {
    if (flag.exchange(true, std::memory_order_acquire))
      fail(ErrorCode::kInvalidArgument,
           "this instance is in use by another call; give each thread an instance of its own (they share the weights)");
  }
  ~Busy() { flag.store(false, std::memory_order_release); }
  Busy(const Busy&) = delete;
  std::atomic<bool>& flag;
};

}  // namespace taper::impl
