// A bar on stderr for work that takes longer than a second, when stderr is a terminal.
#pragma once

#include <chrono>
#include <string>

namespace taper::impl {

class Progress {
 public:
  Progress(std::string label, size_t total);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(size_t done);
  // Takes the bar away, so that a line can be printed.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  const std::string label_;
  const size_t total_;
  const bool terminal_;
  const Clock::time_point start_;
  Clock::time_point last_;
  bool shown_ = false;
};

}  // namespace taper::impl
