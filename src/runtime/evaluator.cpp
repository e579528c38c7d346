#include "runtime/evaluator.h"

namespace taper::impl {

// What it gives lives as long as the module, so it comes from the heap: no pool is made current.
void ContextEvaluator::run(const OpDef& op, std::span<Value> arguments, std::span<Value> results) {
  Vec<Value*> pointers(arguments.size());
  for (size_t i = 0; i < arguments.size(); ++i) pointers[i] = &arguments[i];
  PoolScope heap(nullptr);
  std::lock_guard guard(lock_);
  context_.movable_arguments = 0;
  op.call(context_, {pointers.data(), uint32_t(pointers.size())}, results.data());
}

}  // namespace taper::impl
