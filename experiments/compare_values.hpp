#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "experiments/compare_results.hpp"
#include "sim/core/checkpoint.hpp"
#include "sim/core/spike_train.hpp"
#include "sim/io/results.hpp"

namespace neurosim {

// The parts that compare_files is made of.

/// Where a sample stands in each file.
struct SampleRows {
  std::uint64_t sample = 0;  ///< its number in the data set
  std::size_t a = 0, b = 0;
};

/// Samples whose numbers and rows follow each other. A file of millions of samples is usually one
/// run, where a list of its samples would grow with it.
struct SampleRun {
  SampleRows rows;  ///< of the first one
  std::size_t count = 0;
};
/// The runs of one file, by number; `rows.a` is their place in it, `rows.b` the same.
std::vector<SampleRun> sample_runs(const Results& results);
/// What is in both. REQUIRES: runs as sample_runs gives them.
std::vector<SampleRun> common_runs(const std::vector<SampleRun>& a,
                                   const std::vector<SampleRun>& b);

/// Whether two values have the same bits.
bool same_bits(double a, double b);

/// One more pair of numbers of row `row`: raises `largest`, keeps the first difference. Returns
/// whether they differ.
bool compare_pair(Compared& compared, const FirstDifference& place, double a, double b);

/// One more row of numbers. `place`: where the k-th one is. REQUIRES: as many in `b` as in `a`.
void compare_row(Compared& compared, std::span<const double> a, std::span<const double> b,
                 const std::function<FirstDifference(std::size_t)>& place);

/// One more row of spikes.
void compare_trains(Compared& compared, std::uint64_t row, double step_ms, const SpikeTrain& a,
                    const SpikeTrain& b);

/// Where the values of neurons stand that two traces have recorded.
struct StateColumns {
  std::size_t width_a = 0, width_b = 0;  ///< neurons in each trace
  std::vector<std::size_t> a, b;
  std::vector<NeuronId> neurons;
};
StateColumns common_columns(const StateTrace& a, const StateTrace& b);

/// One more sample of a state variable, [tick][neuron] of each trace, over the ticks of both.
void compare_states(Compared& compared, std::uint64_t row, double step_ms,
                    const StateColumns& columns, std::span<const double> a,
                    std::span<const double> b);

/// The configurations as YAML, read again. Throws DataError naming the file.
std::vector<ConfigDifference> compare_yaml(const std::string& file_a, const std::string& yaml_a,
                                           const std::string& file_b, const std::string& yaml_b);

FileComparison compare_results(const Results& a, const Results& b);
/// Epochs, weights, parameters; not the state of the trainer, nor times.
FileComparison compare_weights(const std::string& file_a, const Checkpoint& a,
                               const std::string& file_b, const Checkpoint& b);

}  // namespace neurosim
