#pragma once

#include <optional>
#include <string>

namespace neurosim::bench {

/// What one core does a second of the parts of training, measured part by part.
struct TrainingLimits {
  double weights = 0;               ///< synaptic events, bound by the second-level cache
  std::optional<double> multiply;   ///< multiply-adds with everything in registers
  double product = 0;               ///< multiply-adds of the dense product
  double step = 0, taped_step = 0;  ///< neurons
  double adjoint = 0;               ///< errors
};

TrainingLimits training_limits(const std::string& model);
void print(const TrainingLimits& limits);

}  // namespace neurosim::bench
