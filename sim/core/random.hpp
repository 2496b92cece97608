#pragma once

#include <Random123/philox.h>

#include <array>
#include <cstdint>

namespace neurosim {

/// What a random number is for. Each purpose has its own stream, so that adding a draw to one
/// never shifts another.
enum class Stream : std::uint32_t {
  kWeights = 1,
  kConnections = 2,
  kEncoder = 3,
  kPoisson = 4,
  kModelNoise = 5,
  kSyntheticDigits = 7,
  kTest = 9,
  kShuffle = 10,
  kValidation = 11,
  kCamera = 12,
  kSplit = 13,
  kParameters = 14,
  kDelays = 15,
};

/// Where a draw stands within its stream. No generator has state: the same place always gives the
/// same numbers, in any order and on any thread.
struct Place {
  std::uint32_t a = 0;  ///< e.g. sample, projection
  std::uint32_t b = 0;  ///< e.g. tick, draw number
  std::uint32_t c = 0;  ///< e.g. neuron
};

/// Four independent uniform 32-bit numbers (Philox4x32-10; Salmon et al., 2011). `attempt` < 2^16
/// gives further numbers for the same place, for methods that reject some.
[[gnu::always_inline]] inline std::array<std::uint32_t, 4> random_bits(std::uint64_t seed,
                                                                       Stream stream, Place place,
                                                                       std::uint32_t attempt = 0) {
  const r123::Philox4x32::ctr_type counter = {
      {place.a, place.b, place.c, static_cast<std::uint32_t>(stream) | attempt << 16}};
  const r123::Philox4x32::key_type key = {
      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
  const auto bits = r123::Philox4x32()(counter, key);
  return {bits[0], bits[1], bits[2], bits[3]};
}

/// A seed of its own for a part of a run (a population, an epoch), so that the part's draws keep
/// all three words of their place.
inline std::uint64_t derived_seed(std::uint64_t seed, Stream stream, Place part) {
  const auto bits = random_bits(seed, stream, part);
  return std::uint64_t{bits[1]} << 32 | bits[0];
}

/// Maps 32 random bits to the open interval (0, 1).
[[gnu::always_inline]] inline double open_unit(std::uint32_t bits) {
  return (bits + 0.5) * 0x1p-32;
}

}  // namespace neurosim
