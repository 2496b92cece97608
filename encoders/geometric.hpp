#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "encoders/encoder.hpp"
#include "sim/core/bernoulli.hpp"
#include "sim/core/numerics.hpp"
#include "sim/core/random.hpp"

namespace neurosim {

// Bernoulli trials that cost by success: in a row of trials that each succeed with probability p,
// the number of failures before the next success is floor(E / -log(1 - p)), where E = -log(u) is
// exponential and u is uniform in (0, 1). That is exact: P(E >= -k log(1 - p)) = (1 - p)^k.

/// E = -log(open_unit(bits)), within 1e-12, from a table: a fifth of the time of a full logarithm.
class ExponentialTable {
 public:
  static const ExponentialTable& shared() {
    static const ExponentialTable table;
    return table;
  }

  double operator()(std::uint32_t bits) const {
    // 2^33 u is the odd integer 2 bits + 1 = m 2^e, exactly, with m in [1, 2).
    const auto word = std::bit_cast<std::uint64_t>(
        static_cast<double>(static_cast<std::int64_t>(std::uint64_t{bits} << 1 | 1)));
    const Cell& cell = cells_[word >> (52 - kIndexBits) & (kCells - 1)];
    const double m = std::bit_cast<double>((word & kMantissa) | kOne);
    const double r = m * cell.inverse - 1;  // |r| <= 2^-9: the rest of the series is below 1e-14
    const double log1p = r - r * r * (0.5 - r * (1.0 / 3 - r * 0.25));
    return exponents_[word >> 52 & (kExponents - 1)] - cell.log - log1p;
  }

 private:
  static constexpr int kIndexBits = 8;
  static constexpr std::size_t kCells = std::size_t{1} << kIndexBits;
  static constexpr std::size_t kExponents = 64;
  static constexpr std::uint64_t kMantissa = (std::uint64_t{1} << 52) - 1;
  static constexpr std::uint64_t kOne = std::uint64_t{1023} << 52;

  /// The middle c of a cell of m: 1 / c and log(c).
  struct Cell {
    double inverse = 1;
    double log = 0;
  };

  ExponentialTable() {
    for (std::size_t k = 0; k < kCells; ++k) {
      const double middle = 1 + (static_cast<double>(k) + 0.5) / static_cast<double>(kCells);
      cells_[k] = {1 / middle, neurosim::log(middle)};
    }
    // The exponent's field in the double is 1023 + e with e in 0..32; its low 6 bits tell it.
    const double ln2 = neurosim::log(2.0);
    for (std::size_t e = 0; e <= 32; ++e) {
      exponents_[(1023 + e) & (kExponents - 1)] = (33 - static_cast<double>(e)) * ln2;
    }
  }

  std::array<Cell, kCells> cells_ = {};
  std::array<double, kExponents> exponents_ = {};
};

/// The successes of a row of trials, four at a time, as the random numbers come.
class SuccessRow {
 public:
  /// Most trials a row may have.
  static constexpr std::uint64_t kMostTrials = std::uint64_t{1} << 60;

  /// `scale` as failures_per_exponential gives it; finite.
  explicit SuccessRow(double scale, std::uint64_t begin = 0) : scale_(scale), trials_(begin) {}

  /// Trials counted so far: all later successes are at or beyond this one.
  std::uint64_t trials() const { return trials_; }

  /// The next four successes, ascending. May run past the end of the row; REQUIRES that the last
  /// call did not run past kMostTrials.
  std::array<std::uint64_t, 4> next(const std::array<std::uint32_t, 4>& bits) {
    constexpr auto kBeyond = static_cast<double>(2 * kMostTrials);  // four of them fit in 64 bits
    std::array<std::uint64_t, 4> successes;
    for (std::size_t k = 0; k < 4; ++k) {
      const double failures = exponential_(bits[k]) * scale_;
      trials_ += static_cast<std::uint64_t>(
          static_cast<std::int64_t>(failures < kBeyond ? failures : kBeyond));
      successes[k] = trials_++;
    }
    return successes;
  }

 private:
  const ExponentialTable& exponential_ = ExponentialTable::shared();
  double scale_;
  std::uint64_t trials_;
};

/// The seed of one population's draws in one epoch.
inline std::uint64_t epoch_seed(const EncodingKey& key, Stream stream) {
  return derived_seed(key.seed, stream, {key.epoch, key.population, 0});
}

}  // namespace neurosim
