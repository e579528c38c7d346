// Context: what a run needs, passed as the first parameter of every operator. One context per thread at a time; cheap.
//
//   ContextScope scope(context);                 // makes its pool the thread's current one
//   Tensor y = aten::relu(context, x);
//
// Owned by the runtime's API context; operators only read and use it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/dims.h"
#include "core/dtype.h"
#include "core/error.h"
#include "core/generator.h"
#include "core/platform/cpu.h"
#include "core/pool.h"
#include "core/tensor.h"
#include "core/value.h"

namespace taper::impl {

struct OpDef;

// A non-owning reference to a callable; lives as long as the call it is passed to.
template <class Signature>
class FunctionRef;
template <class R, class... Args>
class FunctionRef<R(Args...)> {
 public:
  template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef>)  // a copy refers to what the original refers to
  FunctionRef(F&& callable) noexcept                                // NOLINT: implicit on purpose
      : object_(const_cast<void*>(static_cast<const void*>(&callable))), call_([](void* object, Args... args) -> R {
          return (*static_cast<std::remove_reference_t<F>*>(object))(static_cast<Args>(args)...);
        }) {}
  R operator()(Args... args) const { return call_(object_, static_cast<Args>(args)...); }

 private:
  void* object_;
  R (*call_)(void*, Args...);
};

// Splits [0, count) into ranges. Implemented by the runtime's own pool or the host's parallel_for.
class ParallelFor {
 public:
  virtual ~ParallelFor() = default;
  virtual int width() const noexcept = 0;
  // Calls body(begin, end) for disjoint ranges that cover [0, count), perhaps at once on several threads; returns when
  // all are done. An exception in a body is rethrown here.
  virtual void run(int64_t count, int64_t grain, FunctionRef<void(int64_t, int64_t)> body) = 0;
};

// How operators call back into script code (sorted with a key, a scripted __eq__); implemented by the VM.
class ScriptCaller {
 public:
  virtual ~ScriptCaller() = default;
  virtual Value call(Function& function, std::span<const Value> arguments) = 0;
};

// What the host wants to hear. The library never prints by itself.
class HostCallbacks {
 public:
  virtual ~HostCallbacks() = default;
  virtual void print(std::string_view text) = 0;                            // prim::Print, with its newline
  virtual void warn(std::string_view text, std::string_view category) = 0;  // aten::warn
};

struct Budget {
  // Interpreter steps left; loops, calls and operators count. INT64_MAX: none set.
  int64_t fuel = INT64_MAX;
  int max_call_depth = 400;
  const std::atomic<bool>* cancelled = nullptr;  // set by another thread
};

class Context {
 public:
  Context();
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  Pool* pool() const noexcept { return pool_; }

  Generator& generator() { return *generator_; }  // the default CPU generator
  void set_generator(Ref<Generator> generator) { generator_ = std::move(generator); }
  Ref<Generator> generator_ref() const { return generator_; }

  DType default_dtype = DType::kFloat;
  bool grad_mode = false;
  bool map_devices_to_cpu = false;  // what names another device runs on the CPU instead of failing
  CpuLevel cpu_level;               // the level that kernels may use; lowered by tests
  Budget budget;
  HostCallbacks* callbacks = nullptr;  // null: print and warn are dropped
  ScriptCaller* script = nullptr;      // null outside a run
  ParallelFor* parallel = nullptr;     // null: one thread
  void* host = nullptr;                // the API's handle on this context, for operators of the host's
  int call_depth = 0;

  int width() const noexcept { return parallel ? parallel->width() : 1; }
  // body(begin, end) over [0, count). Runs inline when there is one thread or fewer than two grains of work.
  // The split never changes results: reductions must not cross ranges.
  template <class Body>
  void parallel_for(int64_t count, int64_t grain, Body&& body) {
    if (!parallel || count <= grain) {
      if (count > 0) body(int64_t(0), count);
      return;
    }
    parallel->run(count, grain, FunctionRef<void(int64_t, int64_t)>(body));
  }

  // Takes `cost` steps of fuel and looks at the cancel flag; throws Error(kBudget) or Error(kCancelled).
  void spend(int64_t cost) {
    budget.fuel -= cost;
    if (budget.fuel < 0 || (budget.cancelled && budget.cancelled->load(std::memory_order_relaxed))) [[unlikely]]
      stop();
  }

  // The destination of the operator being called, set by the boxing of in-place and out= rows whose function is marked
  // kUsesDest. The function's last step allocates through output(); an operator that calls other operators before that
  // must not be marked.
  Tensor dest;
  // Bit i: argument i of the operator being called dies with the call, so its memory may become the result's.
  // Only set for operators marked kUsesDest; argument_values are the arguments it counts.
  uint32_t movable_arguments = 0;
  Value* const* argument_values = nullptr;
  // Scratch of wrapped_number(): the 0-dim tensor that stands for a number argument, used again by the next one.
  Tensor number;

 private:
  [[noreturn]] void stop() const;
  Pool* pool_;
  Ref<Generator> generator_;
};

// Makes the context's pool current for a scope on this thread.
class ContextScope {
 public:
  explicit ContextScope(Context& context) : pool_(context.pool()) {}

 private:
  PoolScope pool_;
};

}  // namespace taper::impl
