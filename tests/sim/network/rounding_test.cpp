// Weights rounded to few bits: cases by hand, and what holds for any weights.

#include "sim/network/rounding.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "support/random_tests.hpp"

namespace neurosim {
namespace {

template <class T>
std::vector<T> rounded(std::vector<T> weights, int bits) {
  round_weights<T>(weights, bits);
  return weights;
}

TEST_CASE_TEMPLATE("weights become multiples of the largest by 2^(bits-1) - 1", T, float, double) {
  // 3 bits: 3 steps a side, of 1.
  CHECK(rounded<T>({3, 0.4, 0.6, -1.2, -2.9, 0}, 3) == std::vector<T>{3, 0, 1, -1, -3, 0});
  // 2 bits: one step a side.
  CHECK(rounded<T>({-8, 3.9, 4.1, -4.1}, 2) == std::vector<T>{-8, 0, 8, -8});
  // 5 bits: 15 steps of 2; the sign of the largest does not matter.
  CHECK(rounded<T>({-30, 29, 13, 1.5}, 5) == std::vector<T>{-30, 28, 12, 2});
  // The weights of class_groups in 4 bits: -0.1 is nearest to -1/7.
  CHECK(rounded<T>({1, static_cast<T>(-0.1)}, 4) == std::vector<T>{1, static_cast<T>(-1.0 / 7)});
}

TEST_CASE_TEMPLATE("halves go to the even integer", T, float, double) {
  CHECK(rounded<T>({7, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5}, 4) ==
        std::vector<T>{7, 0, 2, 2, 4, 4, 6, 6});
  CHECK(rounded<T>({7, -0.5, -1.5, -2.5, -6.5}, 4) == std::vector<T>{7, 0, -2, -2, -6});
}

TEST_CASE_TEMPLATE("the rounding mode does not matter, nor does a 0 get a sign", T, float, double) {
  const std::vector<T> weights = {
      7, 0.5, 1.5, -0.5, -1.5, static_cast<T>(-0.3), static_cast<T>(-0.0)};
  const std::vector<T> expected = rounded<T>(weights, 4);
  for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
    std::fesetround(mode);
    const std::vector<T> found = rounded<T>(weights, 4);
    std::fesetround(FE_TONEAREST);
    CHECK(found == expected);
  }
  CHECK(std::ranges::none_of(expected, [](T w) { return w == 0 && std::signbit(w); }));
}

TEST_CASE("weights that cannot be cut into steps stay") {
  CHECK(rounded<double>({}, 4).empty());
  CHECK(rounded<double>({0, 0}, 4) == std::vector<double>{0, 0});
  const double least = std::numeric_limits<double>::denorm_min();
  CHECK(rounded<double>({least, -least}, 16) == std::vector<double>{least, -least});
  // The scale is the least number of all, and 40 of them are more than 31 steps.
  CHECK(rounded<double>({40 * least, -least}, 6) == std::vector<double>{40 * least, -least});
  const double most = std::numeric_limits<double>::max();
  CHECK(rounded<double>({most, -most}, 5) == std::vector<double>{most, -most});
}

TEST_CASE_TEMPLATE("any weights: at most 2^bits - 1 values, half a step away, in order", T, float,
                   double) {
  test::for_each_seed(100, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const int bits = 2 + static_cast<int>(draw.below(15));
    CAPTURE(bits);
    std::vector<T> weights(500);
    for (T& w : weights) w = static_cast<T>(draw.real(-2, 2));
    std::ranges::sort(weights);
    const std::vector<T> found = rounded(weights, bits);
    const double largest = std::max(std::fabs(static_cast<double>(weights.front())),
                                    std::fabs(static_cast<double>(weights.back())));
    const double scale = largest / ((1 << (bits - 1)) - 1);
    CHECK(std::ranges::is_sorted(found));
    CHECK(std::set<T>(found.begin(), found.end()).size() < (std::size_t{1} << bits));
    double most = 0, farthest = 0;
    for (std::size_t k = 0; k < weights.size(); ++k) {
      most = std::max(most, std::fabs(static_cast<double>(found[k])));
      farthest = std::max(farthest, std::fabs(static_cast<double>(found[k] - weights[k])));
    }
    CHECK(most == largest);
    CHECK(farthest <= scale / 2 * (1 + 1e-2));  // single precision rounds once more
    CHECK(farthest > scale / 4);
    CHECK(rounded(found, bits) == found);
    // Signs do not matter.
    std::vector<T> mirrored = weights;
    for (T& w : mirrored) w = -w;
    mirrored = rounded(mirrored, bits);
    for (T& w : mirrored) w = -w;
    CHECK(mirrored == found);
  });
}

}  // namespace
}  // namespace neurosim
