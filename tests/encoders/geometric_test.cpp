#include "encoders/geometric.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tests/encoders/statistics.hpp"

namespace neurosim {
namespace {

TEST_CASE("geometric: the table is the logarithm") {
  const ExponentialTable& table = ExponentialTable::shared();
  double worst = 0;
  constexpr std::uint64_t kStride = 9973;  // prime: all low bits occur
  for (std::uint64_t bits = 0; bits <= std::numeric_limits<std::uint32_t>::max(); bits += kStride) {
    const auto word = static_cast<std::uint32_t>(bits);
    worst = std::max(worst, std::abs(table(word) + std::log(open_unit(word))));
  }
  for (std::uint32_t bits = 0; bits < 100000; ++bits) {  // both ends, every value
    worst = std::max(worst, std::abs(table(bits) + std::log(open_unit(bits))));
    worst = std::max(worst, std::abs(table(~bits) + std::log(open_unit(~bits))));
  }
  CHECK(worst < 1e-12);
  CHECK(table(~0u) > 0);  // below the smallest spacing of u, and not 0
}

TEST_CASE("geometric: failures per exponential, to the last bits also for tiny p") {
  for (double p = 1e-18; p < 1; p *= 1.37) {
    CAPTURE(p);
    CHECK(failures_per_exponential(p) == doctest::Approx(-1 / std::log1p(-p)).epsilon(1e-14));
  }
  CHECK(failures_per_exponential(std::nextafter(1.0, 0.0)) > 0);
  CHECK(failures_per_exponential(1) == 0);
  CHECK(std::isinf(failures_per_exponential(0)));
}

TEST_CASE("geometric: the number of failures follows its law") {
  for (const double p : {0.9, 0.5, 0.25, 0.03, 0.001}) {
    CAPTURE(p);
    const auto values = static_cast<std::size_t>(40 / p);
    std::vector<double> observed(values + 1);
    for (std::uint32_t row = 0; row < 5000; ++row) {
      SuccessRow successes(failures_per_exponential(p));
      std::uint64_t last_end = 0;
      for (std::uint32_t block = 0; block < 4; ++block) {
        for (const std::uint64_t k :
             successes.next(random_bits(1, Stream::kTest, {row, block, 0}))) {
          ++observed[std::min(static_cast<std::size_t>(k - last_end), values)];
          last_end = k + 1;
        }
      }
      CHECK(successes.trials() == last_end);
    }
    std::vector<double> law;
    for (std::size_t k = 0; k < values; ++k) {
      law.push_back(p * std::pow(1 - p, static_cast<double>(k)));
    }
    law.push_back(std::pow(1 - p, static_cast<double>(values)));
    test::check_law(observed, law);
  }
}

TEST_CASE("geometric: rows of the smallest probabilities end without overflow") {
  for (const double p : {1e-300, std::numeric_limits<double>::denorm_min(), 1e-17}) {
    SuccessRow row(failures_per_exponential(p));
    row.next({0, 0, 0, 0});
    CHECK(row.trials() > SuccessRow::kMostTrials);
  }
}

}  // namespace
}  // namespace neurosim
