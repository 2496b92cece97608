#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/checkpoint.hpp"
#include "sim/network/network.hpp"
#include "sim/train/plan.hpp"
#include "sim/train/shard_gradient.hpp"

namespace neurosim {

/// Sums over the batches of an epoch so far.
struct EpochSums {
  std::uint64_t samples = 0, batches = 0, correct = 0;
  double loss = 0, norm = 0, seconds = 0;
  std::vector<double> spikes;                             ///< [population]
  std::vector<double> events, squares, dropped, entries;  ///< [population], of errors

  explicit EpochSums(std::size_t populations = 0)
      : spikes(populations, 0),
        events(populations, 0),
        squares(populations, 0),
        dropped(populations, 0),
        entries(populations, 0) {}

  void add(std::size_t population, const ErrorCount& errors, std::uint64_t spike_count);
  /// As a flat list, for checkpoints.
  std::vector<double> numbers() const;
  /// REQUIRES: as many numbers as numbers() gives.
  void assign(const std::vector<double>& numbers);
  /// The epoch's means; validation is left at NaN.
  EpochMetrics metrics(const Plan& plan, const std::vector<std::size_t>& sizes,
                       const std::vector<std::uint8_t>& spiking, Tick ticks) const;
};

/// The samples' numbers in random order, one for each epoch.
std::vector<std::uint32_t> shuffled(std::vector<std::uint32_t> samples, std::uint64_t seed,
                                    std::uint32_t epoch);

}  // namespace neurosim
