#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/io/results.hpp"

namespace neurosim::report {

/// What the rasters of a population give over all samples.
struct RasterStatistics {
  std::vector<double> mean_rate;         ///< a bin of time, Hz
  std::vector<std::uint64_t> intervals;  ///< [k]: intervals of k steps, see add_intervals
};

struct SampleBlocks {
  std::vector<std::string> blocks;           ///< of the first samples, see Block
  std::vector<RasterStatistics> statistics;  ///< [population], empty without a raster
};

/// Ticks in a bin of the rates, so that there are at most 250 of them.
Tick rate_bin(Tick ticks_per_sample);

/// Whether a population's spike counts make images: sources of shape [rows, columns], or three
/// extents of which the first or the last is at most 4, the channels.
bool is_image(const RecordedPopulation& population);

/// Reads every sample once. A block holds, for each population in order: ticks, spikes a tick,
/// neurons and, when graded, values of its raster, and its rate a bin; then for each image the
/// steps with a spike a neuron; then the readout; then each trace, [variable][tick][neuron].
SampleBlocks read_samples(const Results& results, std::optional<std::uint64_t> wanted);

}  // namespace neurosim::report
