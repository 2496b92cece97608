#pragma once

#include <cstddef>
#include <cstdio>
#include <functional>
#include <string>

#include "sim/train/trainer.hpp"
#include "tools/terminal.hpp"

namespace neurosim {

struct ProgressState {
  double done = 0;  ///< samples, with the parts of those under way
  std::size_t total = 0;
  double seconds = 0;  ///< since the start
};

/// One line of less than `columns` columns: samples done, a bar where it fits, samples a second,
/// time left.
std::string progress_line(const ProgressState& state, int columns);

struct TrainingState {
  BatchProgress batch;
  /// Where the clock of this epoch was started: later than 0 when training was resumed within it.
  std::size_t begin = 0;
  double seconds = 0;  ///< since then
};

/// The same for training, with epoch, loss and accuracy; the times left are those of the epoch and
/// of all epochs: `34.0 s, 12 min 5 s left`.
std::string training_line(const TrainingState& state, int columns);

using Clock = std::function<double()>;  ///< seconds since any fixed moment

/// Keeps one line of a terminal up to date, at most five times a second, and erases it at the end.
/// Silent where lines cannot be overwritten.
class LiveLine {
 public:
  LiveLine(std::FILE* stream, const Terminal& terminal, Clock clock);
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;
  ~LiveLine() { erase(); }

  double now() const { return clock_(); }
  /// Draws what `text` makes for a number of columns, unless a line was drawn just before.
  void show(const std::function<std::string(int columns)>& text);
  /// Makes room for lines that stay.
  void erase();

 private:
  std::FILE* stream_;
  Terminal terminal_;
  Clock clock_;
  double last_shown_;
  bool visible_ = false;
};

/// The line of a run.
class Progress {
 public:
  Progress(std::FILE* stream, const Terminal& terminal, Clock clock);
  /// `done` may have the parts of samples under way.
  void show(double done, std::size_t total);

 private:
  LiveLine line_;
  double start_;
};

/// The line of a training.
class TrainingProgress {
 public:
  TrainingProgress(std::FILE* stream, const Terminal& terminal, Clock clock);
  void show(const BatchProgress& batch);
  /// Erases the line; the clock of the next epoch starts.
  void end_epoch();

 private:
  LiveLine line_;
  bool started_ = false;
  double start_ = 0;
  std::size_t begin_ = 0;
};

/// Seconds on a clock that never jumps.
double steady_seconds();

}  // namespace neurosim
