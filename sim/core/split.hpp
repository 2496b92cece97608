#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/core/random.hpp"

namespace neurosim {

/// The draws of a shuffle.
struct ShuffleKey {
  std::uint64_t seed = 1;
  Stream stream = Stream::kShuffle;
  std::uint32_t round = 0;  ///< e.g. epoch
};

/// Fisher and Yates, each draw keyed by its place.
void shuffle(std::vector<std::uint32_t>& items, ShuffleKey key);

/// Sample numbers in two parts, each in ascending order.
struct Split {
  std::vector<std::uint32_t> kept, held_out;
};

/// Numbers 0 .. samples - 1: round(share x samples) of them are held out, chosen by the key, but at
/// least one is kept. REQUIRES: samples >= 1, share in [0, 1).
Split split_samples(std::size_t samples, double share, ShuffleKey key);

/// The same with each label's share within one sample of `share` of its samples.
Split split_stratified(std::span<const std::int64_t> labels, double share, ShuffleKey key);

}  // namespace neurosim
