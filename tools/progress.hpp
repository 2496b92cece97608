#pragma once

#include <cstddef>
#include <cstdio>
#include <functional>
#include <string>

#include "tools/terminal.hpp"

namespace neurosim {

struct ProgressState {
  std::size_t done = 0;
  std::size_t total = 0;
  double seconds = 0;  ///< since the start
};

/// One line of less than `columns` columns: samples done, a bar where it fits, samples a second,
/// time left.
std::string progress_line(const ProgressState& state, int columns);

/// Keeps one line of a terminal up to date, at most five times a second, and erases it at the end.
/// Silent where lines cannot be overwritten.
class Progress {
 public:
  using Clock = std::function<double()>;  ///< seconds since any fixed moment

  Progress(std::FILE* stream, const Terminal& terminal, Clock clock);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  void show(std::size_t done, std::size_t total);

 private:
  std::FILE* stream_;
  Terminal terminal_;
  Clock clock_;
  double start_;
  double last_shown_;
  bool visible_ = false;
};

/// Seconds on a clock that never jumps.
double steady_seconds();

}  // namespace neurosim
