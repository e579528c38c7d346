// What objects with __getstate__ are saved as.
#pragma once

#include "archive/pickle_writer.h"
#include "runtime/module.h"

namespace taper::impl {

// Runs the __getstate__ of script classes. They may change the instance, as they may in PyTorch.
class InstanceStates : public ScriptStates {
 public:
  explicit InstanceStates(Module& module);
  std::optional<Value> state(const Value& object) override;

 private:
  Module& module_;
  Execution execution_;
};

}  // namespace taper::impl
