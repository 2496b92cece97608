#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include "experiments/experiment.hpp"
#include "experiments/run_experiment.hpp"
#include "run_files.hpp"

namespace neurosim::test {

inline constexpr const char* kNetwork =
    "format: neurosim/1\nname: tiny\ntime: { steps: 30 }\n"
    "data: { dataset: synthetic-digits, split: test, samples: 20, encoder: { gain: 0.3 } }\n"
    "populations:\n"
    "  pixels: { model: source, shape: [28, 28] }\n"
    "  last: { model: src, size: 20, learn: [bias] }\n"
    "  classes: { model: leaky_readout, size: 10 }\n"
    "projections:\n"
    "  - { from: pixels, to: last, connect: all_to_all, weights: { init: xavier_uniform }, learn: "
    "true }\n"
    "  - { from: last, to: classes, connect: class_groups, weights: { excitatory: 1, inhibitory: "
    "-0.1 "
    "} }\n"
    "training: { samples: 64 }\n";

inline constexpr const char* kExperiment =
    "format: neurosim-experiment/1\n"
    "title: Tiny\n"
    "work: train\n"
    "network: \"{file}.yaml\"\n"
    "epochs: 2\n"
    "seeds: [1, 2]\n"
    "axes:\n"
    "  net: { only: { file: tiny } }\n"
    "  rate: [0.005, 0.05]\n"
    "set: { training.learning_rate: \"{rate}\" }\n"
    "printed: { only-0.005: 50 }\n";

/// A folder with the network and the experiment.
class Place : public RunFolder {
 public:
  Place() {
    write("tiny.yaml", kNetwork);
    write("tiny-experiment.yaml", kExperiment);
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  Experiment experiment() const { return read_experiment(path("tiny-experiment.yaml")); }
};

inline bool completes(const Experiment& experiment, const ExperimentOptions& options) {
  const ExperimentEnd end = run_experiment(experiment, options);
  CHECK(end.elsewhere.empty());
  CHECK(end.failed == 0);
  return !end.interrupted;
}

/// Tables without what differs between two runs of the same thing.
inline std::vector<std::string> comparable(const std::string& folder) {
  const ExperimentResults results = read_results(folder);
  std::vector<std::string> rows;
  for (CellResult result : results.cells) {
    std::string row = result.cell + " " + std::to_string(result.seed) + " " + result.network_hash;
    result.values.erase(Quantity::kEpochSeconds);
    for (const auto& [quantity, value] : result.values) {
      row += " " + std::string(name_of(quantity)) + "=" + std::to_string(value);
    }
    for (const double value : result.layer_activity) row += " " + std::to_string(value);
    rows.push_back(row + " " + std::to_string(result.epochs) + " " +
                   std::to_string(result.training_samples));
  }
  for (const CellEpoch& epoch : results.epochs) {
    // Loss and the accuracies; wall times stand behind them.
    std::string row =
        epoch.cell + " " + std::to_string(epoch.seed) + " " + std::to_string(epoch.epoch);
    for (std::size_t k = 0; k < 6; ++k) row += " " + std::to_string(epoch.metrics[k]);
    rows.push_back(row);
  }
  return rows;
}

inline std::string changed(const std::string& from, const std::string& to) {
  std::string text = kExperiment;
  text.replace(text.find(from), from.size(), to);
  return text;
}

inline void expect_contains(const std::string& text, const std::string& part) {
  CAPTURE(text);
  CHECK(text.find(part) != std::string::npos);
}

}  // namespace neurosim::test
