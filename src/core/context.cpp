#include "core/context.h"

namespace taper::impl {

Context::Context() : cpu_level(detected_cpu_level()), pool_(make_pool()), generator_(make_ref<Generator>()) {}

Context::~Context() {
  dest = Tensor();
  number = Tensor();
  generator_ = nullptr;
  close_pool(pool_);
}

void Context::stop() const {
  if (budget.cancelled && budget.cancelled->load(std::memory_order_relaxed))
    fail(ErrorCode::kCancelled, "the run was cancelled by the host");
  fail(ErrorCode::kBudget, "fuel exhausted: the run took more steps than the context allows");
}

}  // namespace taper::impl
