#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace neurosim {

/// What one epoch of training gave. Rates are means over the epoch's samples; lists follow the
/// populations of the description, NaN where a population has no such number.
struct EpochMetrics {
  std::uint64_t epoch = 0;  ///< counts from 1
  double loss = 0;          ///< mean cross-entropy of the training samples, while learning
  double training_accuracy = 0;
  double validation_loss = 0;  ///< NaN without validation samples
  double validation_accuracy = 0;
  double learning_rate = 0;
  double gradient_norm = 0;  ///< mean over batches, before clipping
  double seconds = 0;        ///< wall time of training, without validation
  double samples_per_second = 0;
  std::vector<double> activity;       ///< mean T(s), Eq. 4, of the training samples
  std::vector<double> error_density;  ///< share of a population's errors that was propagated
  std::vector<double> error_dropped;  ///< share of their squared sum that was not
};

/// The columns of EpochMetrics by name, as files write them.
struct MetricColumn {
  const char* name;
  double EpochMetrics::*value;
};
inline constexpr MetricColumn kMetricColumns[] = {
    {"loss", &EpochMetrics::loss},
    {"training_accuracy", &EpochMetrics::training_accuracy},
    {"validation_loss", &EpochMetrics::validation_loss},
    {"validation_accuracy", &EpochMetrics::validation_accuracy},
    {"learning_rate", &EpochMetrics::learning_rate},
    {"gradient_norm", &EpochMetrics::gradient_norm},
    {"seconds", &EpochMetrics::seconds},
    {"samples_per_second", &EpochMetrics::samples_per_second},
};

/// Those with a number for each population.
struct PopulationMetric {
  const char* name;
  std::vector<double> EpochMetrics::*values;
};
inline constexpr PopulationMetric kPopulationMetrics[] = {
    {"activity", &EpochMetrics::activity},
    {"error_density", &EpochMetrics::error_density},
    {"error_dropped", &EpochMetrics::error_dropped},
};

/// A numeric array with a name that may have several parts, e.g. `pixels_to_hidden`, `hidden/bias`.
struct NamedArray {
  std::string name;
  std::vector<std::uint64_t> shape;
  std::variant<std::vector<float>, std::vector<double>, std::vector<std::uint64_t>> values;
};

/// A network in training, complete enough to go on from: what the file of `neurosim train` holds.
struct Checkpoint {
  std::string network_name;
  std::string network_yaml;  ///< the description as trained, every default written out
  std::string version;
  std::string precision;  ///< single, double
  std::uint64_t seed = 0;
  bool finished = false;  ///< false: `--resume` has something left to do
  /// What was learned, as files name it: [targets, sources] by projection (one a synapse where
  /// sparse), and one value a neuron by `<population>/<parameter>`.
  std::vector<NamedArray> weights;
  std::vector<NamedArray> parameters;
  std::vector<std::string> populations;  ///< names, as the lists of EpochMetrics follow them
  std::vector<EpochMetrics> epochs;
  /// The trainer's own state: optimiser, place within the epoch, sums of the epoch so far. The
  /// random numbers need none: they are keyed by seed, epoch and sample.
  std::vector<NamedArray> state;
  /// Numbers of the samples kept for validation.
  std::vector<std::uint64_t> validation_samples;
};

}  // namespace neurosim
