#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/gradient.hpp"
#include "sim/core/record.hpp"
#include "sim/network/description.hpp"

namespace neurosim::test {

/// What a plain backward pass found. Gradients are named as in Gradients.
struct PlainResult {
  double loss = 0;
  std::map<std::string, std::vector<double>> by;
  std::vector<std::vector<std::vector<NeuronId>>> spikes;  ///< [sample][population x tick]
  std::vector<double> squares, dropped;                    ///< [population], of errors
  std::vector<std::uint64_t> events;                       ///< [population]
  double closest = 1;  ///< smallest relative distance of an error from its threshold
};

/// LIF populations and a leaky readout, written once more: from the equations of models/lif.hpp
/// and models/leaky_readout.hpp, neuron by neuron, over all ticks and nothing skipped. `weights` by
/// projection, [targets, sources]; `thresholds` by population: errors below it do not leave it.
/// REQUIRES: all projections are complete; samples have binary spikes.
PlainResult run_plain(const Description& description, const GradientMode& mode,
                      const std::vector<SampleInput>& samples,
                      const std::map<std::string, std::vector<double>>& weights,
                      const std::vector<float>& thresholds);

}  // namespace neurosim::test
