#pragma once

#include <cstdint>
#include <limits>

namespace neurosim {

/// Simulated time is an integer number of steps since the start of the sample.
using Tick = std::int64_t;

/// A neuron within its population, counted from 0.
using NeuronId = std::uint32_t;

/// Longest sample in ticks; models keep tick differences in 32 bits.
inline constexpr Tick kMaxTicks = std::numeric_limits<std::int32_t>::max();

enum class Precision { kSingle, kDouble };

}  // namespace neurosim
