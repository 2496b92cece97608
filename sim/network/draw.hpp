#pragma once

#include "sim/core/random.hpp"
#include "sim/core/random_normal.hpp"
#include "sim/network/description.hpp"

namespace neurosim {

/// One number of a distribution, by its place alone.
inline double draw(const Distribution& distribution, std::uint64_t seed, Stream stream,
                   Place place) {
  if (const auto* const uniform = std::get_if<Uniform>(&distribution)) {
    return uniform->low +
           (uniform->high - uniform->low) * open_unit(random_bits(seed, stream, place)[0]);
  }
  const Normal& normal = std::get<Normal>(distribution);
  return normal.mean + normal.standard_deviation * random_normal_pair(seed, stream, place).first;
}

}  // namespace neurosim
