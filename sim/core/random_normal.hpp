#pragma once

#include "sim/core/numerics.hpp"
#include "sim/core/random.hpp"

namespace neurosim {

/// Two independent standard normal numbers.
struct NormalPair {
  double first, second;
};

/// A point of the square around the unit circle, for Marsaglia's polar method.
struct PolarPoint {
  double u, v, square;
  NS_KERNEL bool inside() const { return square < 1 && square != 0; }
};

NS_KERNEL PolarPoint polar_point(std::uint32_t bits_u, std::uint32_t bits_v) {
  const double u = 2 * open_unit(bits_u) - 1;
  const double v = 2 * open_unit(bits_v) - 1;
  return {u, v, u * u + v * v};
}

/// What the coordinates of a point inside are multiplied by.
NS_KERNEL double polar_scale(double square) { return std::sqrt(-2 * log(square) / square); }

/// The polar method needs a logarithm and a square root only, both of which give the same bits
/// everywhere. `attempt`: of random_bits(), the first that is tried.
NS_KERNEL NormalPair random_normal_pair(std::uint64_t seed, Stream stream, Place place,
                                        std::uint32_t attempt = 0) {
  for (;; ++attempt) {
    const auto bits = random_bits(seed, stream, place, attempt);
    for (std::size_t k = 0; k < 4; k += 2) {
      const PolarPoint point = polar_point(bits[k], bits[k + 1]);
      if (!point.inside()) continue;
      const double scale = polar_scale(point.square);
      return {point.u * scale, point.v * scale};
    }
  }
}

}  // namespace neurosim
