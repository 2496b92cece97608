#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sim/core/record.hpp"
#include "sim/network/description.hpp"
#include "sim/train/shard_gradient.hpp"
#include "sim/train/trainer.hpp"

namespace neurosim::test {

struct GradientOptions {
  std::uint64_t segments = 1;
  float threshold = 0;  ///< of every population's errors
  GradientOrder order = GradientOrder::kBySpikes;
};

struct Gradients {
  double loss = 0;  ///< mean over the samples
  /// `<projection>`: [targets, sources] or one a synapse; `<population>/<field>`: as it is learned.
  std::map<std::string, std::vector<double>> by;
  std::vector<std::uint64_t> events;  ///< [population], errors kept
};

/// Gradients of the mean loss over all samples of `data`, one batch of at most one shard.
template <class T>
Gradients gradients(const Description& description, const TrainingData& data,
                    const GradientOptions& options = {});

/// The samples given, for every pass.
TrainingData fixed_data(std::vector<SampleInput> samples);

}  // namespace neurosim::test
