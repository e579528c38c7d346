// Lets the compiler and the passes run operators while there is no run: constants fold with the very functions that would
// compute them later.
#pragma once

#include <mutex>

#include "core/context.h"
#include "core/op_def.h"

namespace taper::impl {

class ContextEvaluator final : public Evaluator {
 public:
  explicit ContextEvaluator(bool map_devices_to_cpu) { context_.map_devices_to_cpu = map_devices_to_cpu; }
  void run(const OpDef& op, std::span<Value> arguments, std::span<Value> results) override;

 private:
  std::mutex lock_;
  Context context_;
};

}  // namespace taper::impl
