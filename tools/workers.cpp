#include "tools/workers.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <new>
#include <vector>

#include "core/error.h"
#include "tools/text.h"

namespace taper::impl {
namespace {

using Clock = std::chrono::steady_clock;
constexpr size_t kWorkerLife = 2000;  // pieces of work; then a fresh process, so that leaks cannot add up

// An answer on its way: this, then its bytes.
struct Head {
  uint64_t size;
  uint64_t leaving;  // the worker ends by itself
};

bool write_all(int to, const void* data, size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    ssize_t n = write(to, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    size -= size_t(n);
  }
  return true;
}

bool read_all(int from, void* data, size_t size) {
  char* at = static_cast<char*>(data);
  while (size > 0) {
    ssize_t n = read(from, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    size -= size_t(n);
  }
  return true;
}

void limit_memory(uint64_t bytes) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  (void)bytes;  // their shadow memory takes any amount of address space
#else
  uint64_t pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    unsigned long long total = 0;
    if (std::fscanf(file, "%llu", &total) == 1) pages = total;
    std::fclose(file);
  }
  rlim_t most = rlim_t(pages * uint64_t(sysconf(_SC_PAGESIZE)) + bytes);
  rlimit limit{most, most};
  setrlimit(RLIMIT_AS, &limit);
#endif
}

[[noreturn]] void serve(int requests, int answers, const WorkerLimits& limits, FunctionRef<std::string(size_t)>& work) {
  rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  limit_memory(limits.memory);
  size_t served = 0;
  for (uint64_t index = 0; read_all(requests, &index, sizeof index);) {
    std::string answer = work(size_t(index));
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    bool leaving = ++served >= kWorkerLife || uint64_t(usage.ru_maxrss) * 1024 > limits.memory / 2;
    Head head{answer.size(), leaving};
    if (!write_all(answers, &head, sizeof head) || !write_all(answers, answer.data(), answer.size()) || leaving) break;
  }
  _exit(0);
}

struct Worker {
  pid_t process = -1;
  int requests = -1, answers = -1;
  bool busy = false;
  size_t index = 0;
  Clock::time_point deadline;
  std::string received;
};

class Crew {
 public:
  Crew(const WorkerLimits& limits, FunctionRef<std::string(size_t)>& work)
      : limits_(limits), work_(work), workers_(size_t(limits.jobs)) {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, &old_);  // a dead worker is noticed by its answer
  }
  ~Crew() {
    for (Worker& worker : workers_) stop(worker);
    sigaction(SIGPIPE, &old_, nullptr);
  }

  std::vector<Worker>& workers() { return workers_; }

  void give(Worker& worker, size_t index) {
    if (worker.process < 0) start(worker);
    uint64_t number = index;
    worker.busy = true;
    worker.index = index;
    worker.deadline =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(limits_.seconds));
    write_all(worker.requests, &number, sizeof number);
  }

  // Closes the pipes, ends the process; its status.
  int stop(Worker& worker) {
    if (worker.process < 0) return 0;
    close(worker.requests);
    close(worker.answers);
    if (worker.busy) kill(worker.process, SIGKILL);
    int status = 0;
    while (waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {}
    worker = {};
    return status;
  }

 private:
  void start(Worker& worker) {
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0) fail(ErrorCode::kIo, cat("cannot make a pipe: ", std::strerror(errno)));
    std::fflush(nullptr);
    pid_t process = fork();
    if (process < 0) fail(ErrorCode::kIo, cat("cannot start a worker process: ", std::strerror(errno)));
    if (process == 0) {
      close(to[1]);
      close(from[0]);
      for (const Worker& other : workers_)
        if (other.process >= 0) {
          close(other.requests);
          close(other.answers);
        }
      serve(to[0], from[1], limits_, work_);
    }
    close(to[0]);
    close(from[1]);
    worker.process = process;
    worker.requests = to[1];
    worker.answers = from[0];
  }

  const WorkerLimits& limits_;
  FunctionRef<std::string(size_t)>& work_;
  std::vector<Worker> workers_;
  struct sigaction old_ {};
};

std::string death(int status) {
  if (WIFSIGNALED(status))
    return cat("crashed: killed by signal ", WTERMSIG(status), " (", strsignal(WTERMSIG(status)), ")");
  return cat("crashed: the process ended with code ", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

// What has come from a worker so far; true when its answer is complete.
bool receive(Worker& worker, bool& dead, bool& leaving) {
  char bytes[65536];
  ssize_t n = read(worker.answers, bytes, sizeof bytes);
  if (n < 0 && errno == EINTR) return false;
  if (n <= 0) {
    dead = true;
    return false;
  }
  worker.received.append(bytes, size_t(n));
  Head head;
  if (worker.received.size() < sizeof head) return false;
  std::memcpy(&head, worker.received.data(), sizeof head);
  leaving = head.leaving != 0;
  return worker.received.size() - sizeof head >= head.size;
}

}  // namespace

void run_in_workers(size_t count, const WorkerLimits& limits, FunctionRef<std::string(size_t)> work,
                    FunctionRef<void(size_t, std::string, bool)> done, FunctionRef<void()> tick) {
  Crew crew(limits, work);
  size_t next = 0, finished = 0;
  std::vector<pollfd> ends;
  std::vector<Worker*> asked;
  while (finished < count) {
    ends.clear();
    asked.clear();
    double wait = 0.5;
    for (Worker& worker : crew.workers()) {
      if (!worker.busy && next < count) crew.give(worker, next++);
      if (!worker.busy) continue;
      ends.push_back({worker.answers, POLLIN, 0});
      asked.push_back(&worker);
      wait = std::min(wait, std::chrono::duration<double>(worker.deadline - Clock::now()).count());
    }
    poll(ends.data(), nfds_t(ends.size()), int(std::max(0.0, wait) * 1000) + 1);
    for (size_t i = 0; i < ends.size(); ++i) {
      Worker& worker = *asked[i];
      bool dead = false, leaving = false, late = false;
      if (ends[i].revents) {
        if (receive(worker, dead, leaving)) {
          size_t index = worker.index;
          std::string answer = worker.received.substr(sizeof(Head));
          worker.received.clear();
          worker.busy = false;
          if (leaving) crew.stop(worker);
          ++finished;
          done(index, std::move(answer), false);
          continue;
        }
      }
      if (!dead) late = Clock::now() >= worker.deadline;
      if (!dead && !late) continue;
      size_t index = worker.index;
      if (dead) worker.busy = false;  // it is gone or going: its own status counts
      int status = crew.stop(worker);
      ++finished;
      done(index, late ? cat("timed out after ", limits.seconds, " s") : death(status), true);
    }
    tick();
  }
}

}  // namespace taper::impl
