#include "sim/train/loss.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "support/random_tests.hpp"

namespace neurosim {
namespace {

// exp and log are within 2 units in the last place, sums and quotients add a few more.
constexpr double kRounding = 16 * 0x1p-52;

TEST_CASE("cross-entropy and its gradient follow their formulas") {
  test::for_each_seed(500, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const std::size_t classes = 1 + draw.below(12);
    const double spread = std::pow(10, draw.real(-3, 2.5));
    const double offset = draw.chance(0.3) ? 1e4 : 0;  // would overflow without the shift
    std::vector<double> readout(classes);
    for (double& value : readout) value = offset + draw.real(-spread, spread);
    const std::size_t label = draw.below(classes);
    const double weight = draw.real(0.01, 1);
    const Loss loss = cross_entropy(readout, label, weight);

    const long double largest = *std::max_element(readout.begin(), readout.end());
    long double sum = 0;
    for (const double value : readout) sum += std::exp(static_cast<long double>(value) - largest);
    const long double truth = std::log(sum) + largest - static_cast<long double>(readout[label]);
    CHECK(std::fabs(loss.value - truth) <= kRounding * std::max(1.0L, truth));
    REQUIRE(loss.gradient.size() == classes);
    long double total = 0;
    for (std::size_t k = 0; k < classes; ++k) {
      const long double share = std::exp(static_cast<long double>(readout[k]) - largest) / sum;
      const long double expected = weight * (share - (k == label ? 1 : 0));
      CHECK(std::fabs(loss.gradient[k] - expected) <= kRounding * weight);
      total += loss.gradient[k];
    }
    CHECK(std::fabs(total) <= kRounding * static_cast<double>(classes));
    CHECK(loss.correct == (readout[label] == static_cast<double>(largest)));
  });
}

TEST_CASE("the first of equal readouts is the prediction, as in a run") {
  CHECK(cross_entropy({1, 1, 0}, 0, 1).correct);
  CHECK(!cross_entropy({1, 1, 0}, 1, 1).correct);
  CHECK(cross_entropy({0, 0}, 0, 1).value == doctest::Approx(std::log(2.0)).epsilon(1e-15));
}

TEST_CASE("a class far behind has a finite loss, and one far ahead none") {
  CHECK(cross_entropy({0, 5000}, 0, 1).value == 5000);
  CHECK(cross_entropy({0, 5000}, 1, 1).value == 0);
  CHECK(cross_entropy({0, 5000}, 0, 0.5).gradient == std::vector<double>{-0.5, 0.5});
}

}  // namespace
}  // namespace neurosim
