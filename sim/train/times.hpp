#pragma once

#include <chrono>

namespace neurosim {

/// Where the time of a run went, in seconds of all threads together.
struct TrainingTimes {
  double fill = 0;  ///< reading and encoding samples
  double forward = 0;
  double propagate = 0;  ///< errors to sources: products with W^T, filters
  double adjoint = 0;
  double select = 0;   ///< thresholds and lists of errors
  double weights = 0;  ///< gradients by weights
  double update = 0;   ///< sums over shards, optimiser, transposes; of the calling thread
  double wall = 0;     ///< of the calling thread, without validation

  void add(const TrainingTimes& other) {
    fill += other.fill;
    forward += other.forward;
    propagate += other.propagate;
    adjoint += other.adjoint;
    select += other.select;
    weights += other.weights;
    update += other.update;
    wall += other.wall;
  }
};

/// Adds the time that it lives to a sum.
class Stopwatch {
 public:
  explicit Stopwatch(double& seconds) : seconds_(seconds) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() {
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  double& seconds_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace neurosim
