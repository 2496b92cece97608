#pragma once

#include <doctest/doctest.h>

#include <cstdint>

#include "sim/core/random.hpp"

namespace neurosim::test {

/// Runs a property for seeds 1 .. count; a failure prints the seed.
template <class Property>
void for_each_seed(std::uint64_t count, Property property) {
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    CAPTURE(seed);
    property(seed);
  }
}

/// A sequence of random numbers for building test cases.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : seed_(seed) {}

  std::uint32_t bits() { return random_bits(seed_, Stream::kTest, {next_++, 0, 0})[0]; }
  /// Uniform in 0 .. count - 1.
  std::size_t below(std::size_t count) { return bits() % count; }
  double real(double low, double high) { return low + (high - low) * open_unit(bits()); }
  bool chance(double probability) { return open_unit(bits()) < probability; }

 private:
  std::uint64_t seed_;
  std::uint32_t next_ = 0;
};

}  // namespace neurosim::test
