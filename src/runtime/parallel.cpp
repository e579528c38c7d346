#include "runtime/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace taper::impl {
namespace {

// Keeps the first exception of several ranges; the others find the job cancelled.
class Failure {
 public:
  template <class Body>
  void guard(Body&& body) noexcept {
    if (failed_.load(std::memory_order_relaxed)) return;
    try {
      body();
    } catch (...) {
      std::lock_guard guard(lock_);
      if (!error_) error_ = std::current_exception();
      failed_.store(true, std::memory_order_relaxed);
    }
  }
  void rethrow() {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::atomic<bool> failed_{false};
  std::mutex lock_;
  std::exception_ptr error_;
};

// One job at a time: its ranges are handed out by a counter, so faster threads take more.
class ThreadPool final : public ParallelFor {
 public:
  explicit ThreadPool(int width) : width_(width) {
    threads_.reserve(size_t(width - 1));
    try {
      for (int i = 1; i < width; ++i) threads_.emplace_back([this] { work(); });
    } catch (...) {
      stop();
      throw;
    }
  }
  ~ThreadPool() override { stop(); }

  int width() const noexcept override { return width_; }

  void run(int64_t count, int64_t grain, FunctionRef<void(int64_t, int64_t)> body) override {
    if (count <= 0) return;
    int64_t pieces =
        std::min<int64_t>((count + std::max<int64_t>(grain, 1) - 1) / std::max<int64_t>(grain, 1), int64_t(width_) * 4);
    if (pieces <= 1 || inside_) return body(0, count);
    Job job{body, count, (count + pieces - 1) / pieces, {}, {}, 0};
    {
      std::lock_guard guard(lock_);
      job_ = &job;
      ++generation_;
    }
    wake_.notify_all();
    inside_ = true;
    job.take();
    inside_ = false;
    std::unique_lock guard(lock_);
    job_ = nullptr;  // no thread may join any more
    done_.wait(guard, [&] { return job.helpers == 0; });
    guard.unlock();
    job.failure.rethrow();
  }

 private:
  struct Job {
    FunctionRef<void(int64_t, int64_t)> body;
    int64_t count, step;
    std::atomic<int64_t> next;
    Failure failure;
    int helpers;  // threads within take(), under the pool's lock

    void take() noexcept {
      for (;;) {
        int64_t begin = next.fetch_add(step, std::memory_order_relaxed);
        if (begin >= count) return;
        failure.guard([&] { body(begin, std::min(begin + step, count)); });
      }
    }
  };

  void work() {
    inside_ = true;
    uint64_t seen = 0;
    std::unique_lock guard(lock_);
    for (;;) {
      wake_.wait(guard, [&] { return stopping_ || (job_ && generation_ != seen); });
      if (stopping_) return;
      seen = generation_;
      Job& job = *job_;
      ++job.helpers;
      guard.unlock();
      job.take();
      guard.lock();
      if (--job.helpers == 0) done_.notify_all();
    }
  }

  void stop() {
    {
      std::lock_guard guard(lock_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  // A body that asks for threads again runs inline.
  static thread_local bool inside_;

  const int width_;
  std::vector<std::thread> threads_;
  std::mutex lock_;
  std::condition_variable wake_, done_;
  Job* job_ = nullptr;
  uint64_t generation_ = 0;
  bool stopping_ = false;
};

thread_local bool ThreadPool::inside_ = false;

class HostAdapter final : public ParallelFor {
 public:
  HostAdapter(HostParallelFor& host, int width) : host_(host), width_(width) {}
  int width() const noexcept override { return width_; }

  void run(int64_t count, int64_t grain, FunctionRef<void(int64_t, int64_t)> body) override {
    struct Call {
      FunctionRef<void(int64_t, int64_t)> body;
      Failure failure;
    } call{body, {}};
    // No exception may cross the host's frames.
    host_.run(
        count, grain,
        [](void* user, int64_t begin, int64_t end) {
          Call& each = *static_cast<Call*>(user);
          each.failure.guard([&] { each.body(begin, end); });
        },
        &call);
    call.failure.rethrow();
  }

 private:
  HostParallelFor& host_;
  const int width_;
};

}  // namespace

std::unique_ptr<ParallelFor> make_thread_pool(int width) {
  if (width <= 1) return nullptr;
  return std::make_unique<ThreadPool>(width);
}

std::unique_ptr<ParallelFor> make_host_parallel(HostParallelFor& host, int width) {
  return std::make_unique<HostAdapter>(host, width);
}

}  // namespace taper::impl
