#pragma once

#include <cstdint>

#include "sim/core/checkpoint.hpp"

namespace neurosim::test {

/// Lists of any length, none in alphabetical order; values of either type, NaNs among them.
Checkpoint random_checkpoint(std::uint64_t seed);

/// Two populations and three epochs, one projection `w` [2, 3], one parameter `out/bias` [2] and
/// state `moment/w`.
Checkpoint small_checkpoint();

/// Checks that both are equal, bit for bit.
void check_checkpoint(const Checkpoint& read, const Checkpoint& written);

}  // namespace neurosim::test
