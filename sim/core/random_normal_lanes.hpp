#pragma once

#include "sim/core/random_lanes.hpp"
#include "sim/core/random_normal.hpp"

namespace neurosim {
inline namespace NS_LANES {

/// {first[k], second[k]} = random_normal_pair(seed, stream, {place.a, place.b, place.c + k}) for
/// k < kCount, to the same bits. Of the two points that each draw holds, both are tried side by
/// side; the one place in 22 where neither lies within the circle goes on by itself.
template <std::size_t kCount>
NS_KERNEL void random_normal_pairs(std::uint64_t seed, Stream stream, Place place, double* first,
                                   double* second) {
  alignas(64) std::uint32_t b[kCount], c[kCount], bits[4][kCount];
  for (std::size_t k = 0; k < kCount; ++k) {
    b[k] = place.b;
    c[k] = place.c + static_cast<std::uint32_t>(k);
  }
  random_bits_many<kCount>(seed, stream, place.a, b, c, bits);
  alignas(64) double squares[kCount];
#pragma GCC ivdep
  for (std::size_t k = 0; k < kCount; ++k) {
    const PolarPoint one = polar_point(bits[0][k], bits[1][k]);
    const PolarPoint two = polar_point(bits[2][k], bits[3][k]);
    const bool inside = one.inside();
    first[k] = inside ? one.u : two.u;
    second[k] = inside ? one.v : two.v;
    squares[k] = inside ? one.square : two.square;
  }
#pragma GCC ivdep
  for (std::size_t k = 0; k < kCount; ++k) {
    const double scale = polar_scale(squares[k]);
    first[k] *= scale;
    second[k] *= scale;
  }
  for (std::size_t k = 0; k < kCount; ++k) {
    if (PolarPoint{0, 0, squares[k]}.inside()) continue;
    const NormalPair pair = random_normal_pair(seed, stream, {place.a, place.b, c[k]}, 1);
    first[k] = pair.first;
    second[k] = pair.second;
  }
}

}  // namespace NS_LANES
}  // namespace neurosim
