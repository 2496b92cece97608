#include "sim/core/random.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "sim/core/random_lanes.hpp"
#include "sim/core/random_normal.hpp"
#include "sim/core/random_normal_lanes.hpp"

namespace neurosim {
namespace {

TEST_CASE("random numbers are those of Philox4x32-10") {
  // Known answer of the Random123 distribution: counter and key all zero.
  const r123::Philox4x32::ctr_type zero = {{0, 0, 0, 0}};
  const auto known = r123::Philox4x32()(zero, {{0, 0}});
  CHECK(known[0] == 0x6627e8d5u);
  // The same place gives the same numbers; any other coordinate gives others.
  const auto here = random_bits(5, Stream::kTest, {1, 2, 3});
  CHECK(here == random_bits(5, Stream::kTest, {1, 2, 3}));
  CHECK(here != random_bits(6, Stream::kTest, {1, 2, 3}));
  CHECK(here != random_bits(5, Stream::kWeights, {1, 2, 3}));
  CHECK(here != random_bits(5, Stream::kTest, {2, 2, 3}));
  CHECK(here != random_bits(5, Stream::kTest, {1, 3, 3}));
  CHECK(here != random_bits(5, Stream::kTest, {1, 2, 4}));
  CHECK(here != random_bits(5, Stream::kTest, {1, 2, 3}, 1));
  CHECK(here != random_bits(5 | std::uint64_t{1} << 40, Stream::kTest, {1, 2, 3}));
}

TEST_CASE("random numbers side by side are those drawn one by one") {
  constexpr std::size_t kCount = 64;
  std::uint32_t b[kCount], c[kCount], bits[4][kCount];
  const std::uint64_t seed = 0xfedcba9876543210u;
  for (std::uint32_t k = 0; k < kCount; ++k) {
    b[k] = 0xfffffff0u + k;  // wraps
    c[k] = k * k * 0x01234567u;
  }
  random_bits_many<kCount>(seed, Stream::kTest, 0x89abcdefu, b, c, bits);
  for (std::size_t k = 0; k < kCount; ++k) {
    CAPTURE(k);
    const auto expected = random_bits(seed, Stream::kTest, {0x89abcdefu, b[k], c[k]});
    CHECK(expected == std::array{bits[0][k], bits[1][k], bits[2][k], bits[3][k]});
  }
}

TEST_CASE("open_unit never reaches 0 or 1") {
  CHECK(open_unit(0) > 0.0);
  CHECK(open_unit(0xffffffffu) < 1.0);
}

TEST_CASE("normal numbers have the moments of a normal law") {
  constexpr int kCount = 100000;
  double sum = 0, square = 0, fourth = 0, product = 0;
  for (std::uint32_t k = 0; k < kCount; ++k) {
    const NormalPair pair = random_normal_pair(11, Stream::kTest, {k, 0, 0});
    for (const double x : {pair.first, pair.second}) {
      sum += x;
      square += x * x;
      fourth += x * x * x * x;
    }
    product += pair.first * pair.second;
  }
  // Five standard errors of each estimate, n = 200,000 (100,000 for the product).
  const double n = 2.0 * kCount;
  CHECK(std::fabs(sum / n) < 5 / std::sqrt(n));
  CHECK(std::fabs(square / n - 1) < 5 * std::sqrt(2 / n));
  CHECK(std::fabs(fourth / n - 3) < 5 * std::sqrt(96 / n));
  CHECK(std::fabs(product / kCount) < 5 / std::sqrt(1.0 * kCount));
}

TEST_CASE("normal numbers side by side are those drawn one by one") {
  constexpr std::size_t kCount = 64;
  int again = 0;  // places that need more than one draw
  for (std::uint32_t b = 0; b < 200; ++b) {
    const Place place = {17, b, 0xffffffe0u};  // c wraps
    double first[kCount], second[kCount];
    random_normal_pairs<kCount>(23, Stream::kTest, place, first, second);
    for (std::uint32_t k = 0; k < kCount; ++k) {
      CAPTURE(b);
      CAPTURE(k);
      const Place here = {place.a, place.b, place.c + k};
      const NormalPair pair = random_normal_pair(23, Stream::kTest, here);
      CHECK(bits(first[k]) == bits(pair.first));
      CHECK(bits(second[k]) == bits(pair.second));
      again += random_normal_pair(23, Stream::kTest, here, 1).first == pair.first ? 1 : 0;
    }
  }
  CHECK(again > 0);
}

}  // namespace
}  // namespace neurosim
