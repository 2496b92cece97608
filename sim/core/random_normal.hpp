#pragma once

#include "sim/core/numerics.hpp"
#include "sim/core/random.hpp"

namespace neurosim {

/// Two independent standard normal numbers.
struct NormalPair {
  double first, second;
};

/// Marsaglia's polar method: needs a logarithm and a square root only, both of which give the same
/// bits everywhere.
NS_KERNEL NormalPair random_normal_pair(std::uint64_t seed, Stream stream, Place place) {
  for (std::uint32_t attempt = 0;; ++attempt) {
    const auto bits = random_bits(seed, stream, place, attempt);
    for (std::size_t k = 0; k < 4; k += 2) {
      const double u = 2 * open_unit(bits[k]) - 1;
      const double v = 2 * open_unit(bits[k + 1]) - 1;
      const double s = u * u + v * v;
      if (s >= 1 || s == 0) continue;
      const double scale = std::sqrt(-2 * log(s) / s);
      return {u * scale, v * scale};
    }
  }
}

}  // namespace neurosim
