#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "sim/io/results.hpp"

namespace neurosim {

/// What the pictures and tables of a results file are made of. Memory does not grow with the file.

/// Samples by label and prediction, over all samples that have both.
struct Confusion {
  std::vector<std::string> classes;   ///< names; numbers where the file has none
  std::vector<std::uint64_t> counts;  ///< [label][prediction]
  std::uint64_t labelled = 0, correct = 0;

  std::uint64_t at(std::size_t label, std::size_t prediction) const {
    return counts[label * classes.size() + prediction];
  }
};

inline constexpr std::int64_t kMostConfusionClasses = 1024;

/// No classes when no sample has a label and a prediction. Throws DataError for more classes than
/// can be told apart.
Confusion confusion(const Results& results);

/// Whether a spike of the population is an event at several ticks in a row (ModelInfo::lasting).
bool spikes_last(const RecordedPopulation& population);

/// What counts as a spike in rates and intervals: of spikes that last, their starts.
SpikeTrain counted_spikes(const SpikeTrain& train, const RecordedPopulation& population);

/// Mean rate of a neuron in each bin of time, in Hz. The last bin may be shorter.
/// REQUIRES: bin_ticks >= 1; the train lies within `ticks`.
std::vector<double> population_rate(const SpikeTrain& train, std::size_t neurons, Tick ticks,
                                    Tick bin_ticks, double step_ms);

/// The same over samples: mean and standard deviation in each bin.
struct RateStatistics {
  std::vector<double> mean;                ///< Hz
  std::vector<double> standard_deviation;  ///< Hz; 0 for less than two samples
};

/// Reads the rasters of samples 0 to samples - 1, of which it takes counted_spikes(). REQUIRES: the
/// raster is recorded; samples between 1 and those of the file; bin_ticks >= 1.
RateStatistics rate_statistics(const Results& results, std::size_t population, std::size_t samples,
                               Tick bin_ticks);

/// How often each interval between two spikes in a row of one neuron occurs: [k] counts those of k
/// ticks, k < ticks. Adds to `counts`, which it lengthens to `ticks`.
void add_intervals(const SpikeTrain& train, std::size_t neurons, Tick ticks,
                   std::vector<std::uint64_t>& counts);

/// T(s) (Eq. 4) over all samples of a population that spikes.
struct ActivityStatistics {
  std::vector<double> by_neuron;  ///< mean over samples
  double mean = 0;
  /// Of the samples' means over neurons; 0 for less than two samples.
  double standard_deviation = 0;
  std::vector<std::uint64_t> histogram;  ///< of (neuron, sample) in equal bins of [0, 1]
};

/// REQUIRES: the population spikes; bins >= 1.
ActivityStatistics activity_statistics(const Results& results, std::size_t population,
                                       std::size_t bins);

}  // namespace neurosim
