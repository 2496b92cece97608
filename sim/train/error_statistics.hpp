#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace neurosim {

// Error events: only errors above a population's threshold are propagated (in the spirit of sparse
// spiking gradient descent, Perez-Nieves and Goodman, 2021; EventProp, Wunderlich and Pehle, 2021;
// EGRU, Subramoney et al., 2023, whose backward passes cost by spikes). The threshold is chosen
// from the squared errors of the last batches so that those below it sum up to at most the budget.

/// Squared errors by size, in two bins of equal width an octave: 2^n and 1.5 x 2^n are lower edges.
struct ErrorHistogram {
  static constexpr std::size_t kBins = 512;
  std::array<double, kBins> squares = {};

  void add(double error) { squares[bin(error)] += error * error; }
  static std::size_t bin(double error);
  /// The lower edge of a bin, which belongs to it.
  static float edge(std::size_t bin);
};

/// What one population's errors were, in a shard or a batch.
struct ErrorCount {
  ErrorHistogram histogram;   ///< of every kHistogramStride-th step
  double squares = 0;         ///< sum over all errors
  double dropped = 0;         ///< the part below the threshold
  std::uint64_t events = 0;   ///< errors kept
  std::uint64_t entries = 0;  ///< neurons x steps
  std::uint64_t spikes = 0;   ///< that arrived while errors did

  void clear() { *this = {}; }
  void add(const ErrorCount& other);
};

/// Every so many steps the errors go into the histogram, beginning with another step each batch.
inline constexpr int kHistogramStride = 16;

/// A population's threshold, from batch to batch.
struct ErrorThreshold {
  ErrorHistogram recent;          ///< each batch counts for half of what the next one does
  double events = 0, spikes = 0;  ///< of the last batch
  float value = 0;

  /// Takes the last batch in. `budget` 0: the threshold stays 0.
  void update(const ErrorCount& batch, double budget);
};

}  // namespace neurosim
