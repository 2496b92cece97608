#include "sim/train/error_statistics.hpp"

#include <algorithm>
#include <bit>

namespace neurosim {
namespace {

constexpr int kShift = 22;  // leaves the exponent and one bit of the mantissa

}  // namespace

std::size_t ErrorHistogram::bin(double error) {
  // The same bits of a double, whose exponent starts lower. Rounding it to single precision first
  // could lift it over an edge, and a threshold there would drop what it does not count.
  const auto bits = std::bit_cast<std::uint64_t>(error) & ~(std::uint64_t{1} << 63);
  constexpr std::int64_t kLower = 2 * (1023 - 127);
  const auto k = static_cast<std::int64_t>(bits >> (kShift + 29)) - kLower;
  return static_cast<std::size_t>(std::clamp<std::int64_t>(k, 0, kBins - 1));
}

float ErrorHistogram::edge(std::size_t bin) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bin) << kShift);
}

void ErrorCount::add(const ErrorCount& other) {
  for (std::size_t k = 0; k < ErrorHistogram::kBins; ++k) {
    histogram.squares[k] += other.histogram.squares[k];
  }
  squares += other.squares;
  dropped += other.dropped;
  events += other.events;
  entries += other.entries;
  spikes += other.spikes;
}

void ErrorThreshold::update(const ErrorCount& batch, double budget) {
  events = static_cast<double>(batch.events);
  spikes = static_cast<double>(batch.spikes);
  double total = 0;
  for (std::size_t k = 0; k < ErrorHistogram::kBins; ++k) {
    recent.squares[k] = 0.5 * recent.squares[k] + batch.histogram.squares[k];
    total += recent.squares[k];
  }
  double below = 0;
  std::size_t k = 0;
  while (k + 1 < ErrorHistogram::kBins && below + recent.squares[k] <= budget * total) {
    below += recent.squares[k++];
  }
  value = budget > 0 && total > 0 ? ErrorHistogram::edge(k) : 0;
}

}  // namespace neurosim
