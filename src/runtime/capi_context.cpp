// Contexts: budgets, threads, callbacks, and what holds while something runs in one.
#include <cstring>

#include "core/platform/cpu.h"
#include "runtime/capi.h"

using namespace taper::impl;

namespace taper::impl {
namespace {

// An address that no other living thread has.
const void* this_thread() noexcept {
  static thread_local char mark;
  return &mark;
}

DenormalPolicy policy(int flush) {
  switch (flush) {
    case 0: return DenormalPolicy::kInherit;
    case 1: return DenormalPolicy::kFlush;
    case 2: return DenormalPolicy::kKeep;
    default: fail(ErrorCode::kInvalidArgument, cat("context options: flush_denormals is ", flush, "; it is 0, 1 or 2"));
  }
}

// Every thread that computes for a run has a float environment of its own: it is made the caller's, so that results do
// not depend on which thread computes them.
class SameFloats final : public ParallelFor {
 public:
  explicit SameFloats(ParallelFor& inner) : inner_(inner) {}
  int width() const noexcept override { return inner_.width(); }
  void run(int64_t count, int64_t grain, FunctionRef<void(int64_t, int64_t)> body) override {
    DenormalPolicy caller = denormals_are_flushed() ? DenormalPolicy::kFlush : DenormalPolicy::kKeep;
    auto range = [&](int64_t begin, int64_t end) {
      DenormalScope floats(caller);
      body(begin, end);
    };
    inner_.run(count, grain, range);
  }

 private:
  ParallelFor& inner_;
};

}  // namespace

Running::Entry::Entry(taper_context& entered) : context(entered) {
  const void* nobody = nullptr;
  if (context.user.load(std::memory_order_relaxed) != this_thread() &&
      !context.user.compare_exchange_strong(nobody, this_thread(), std::memory_order_acquire))
    fail(ErrorCode::kInvalidArgument,
         "this context is in use on another thread; give each thread a context of its own");
  if (context.depth++ > 0) return;
  context.cancelled.store(false, std::memory_order_relaxed);
  context.execution.context().budget.fuel =
      context.options.fuel && context.options.fuel < INT64_MAX ? int64_t(context.options.fuel) : INT64_MAX;
}

Running::Entry::~Entry() {
  if (--context.depth == 0) context.user.store(nullptr, std::memory_order_release);
}

Running::Running(taper_context& context)
    : entry_(context), floats_(policy(context.options.flush_denormals)), pool_(context.execution.context()) {}

Running::~Running() = default;

}  // namespace taper::impl

taper_context::taper_context(const taper_context_options& given) : options(given) {
  Context& context = execution.context();
  policy(options.flush_denormals);
  if (options.threads < 0 || options.threads > 1024)
    fail(ErrorCode::kInvalidArgument, cat("context options: threads is ", options.threads, "; it is at most 1024"));
  if (options.cpu_level < 0 || options.cpu_level > 3)
    fail(ErrorCode::kInvalidArgument, cat("context options: cpu_level is ", options.cpu_level, "; it is 0 to 3"));
  if (options.max_call_depth > 100000)
    fail(ErrorCode::kInvalidArgument,
         cat("context options: max_call_depth is ", options.max_call_depth, "; it is at most 100000"));
  if (options.cpu_level) context.cpu_level = usable_cpu_level(CpuLevel(options.cpu_level - 1));
  if (options.max_call_depth) context.budget.max_call_depth = int(options.max_call_depth);
  if (options.memory) set_pool_limit(context.pool(), options.memory);
  context.budget.cancelled = &cancelled;
  context.callbacks = this;
  context.host = this;
  if (options.threads > 1) {
    threads = options.parallel_for ? make_host_parallel(*this, options.threads) : make_thread_pool(options.threads);
    parallel = std::make_unique<SameFloats>(*threads);
    context.parallel = parallel.get();
  }
}

void taper_context::print(std::string_view text) {
  if (!options.print) return;
  if (taper_error* error = options.print(options.callback_user, text.data(), text.size())) rethrow(error);
}

void taper_context::warn(std::string_view text, std::string_view category) {
  if (!options.warn) return;
  std::string line = category.empty() ? std::string(text) : cat(category, ": ", text);
  if (taper_error* error = options.warn(options.callback_user, line.data(), line.size())) rethrow(error);
}

void taper_context::run(int64_t count, int64_t grain, void (*body)(void*, int64_t, int64_t), void* body_user) {
  if (taper_error* error = options.parallel_for(options.parallel_user, count, grain, body, body_user)) rethrow(error);
}

taper_error* taper_context_create(const taper_context_options* options, taper_context** context) {
  return guarded([&] {
    PoolScope heap(nullptr);
    need(context, "context");
    *context = new taper_context(read_options(options, "context options"));
  });
}

void taper_context_free(taper_context* context) { delete context; }

void taper_context_seed(taper_context* context, uint64_t seed) {
  if (context) context->execution.context().generator().set_seed(seed);
}

void taper_context_cancel(taper_context* context) {
  if (context) context->cancelled.store(true, std::memory_order_relaxed);
}

void taper_context_trim(taper_context* context) {
  if (context) trim_pool(context->execution.context().pool());
}

taper_error* taper_context_memory(const taper_context* context, taper_memory_stats* stats) {
  return guarded([&] {
    taper_context& owner = const_cast<taper_context&>(need(context, "context"));
    PoolStats pool = pool_stats(owner.execution.context().pool());
    taper_memory_stats made{sizeof made, pool.heap_allocations, pool.heap_bytes, pool.used_bytes, pool.peak_used_bytes};
    fill_struct(stats, &made, sizeof made, "memory stats");
  });
}
