#include "sim/core/split.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "support/random_tests.hpp"

namespace neurosim {
namespace {

std::vector<std::uint32_t> numbers(std::size_t count) {
  std::vector<std::uint32_t> all(count);
  std::iota(all.begin(), all.end(), 0u);
  return all;
}

ShuffleKey key_of(std::uint64_t seed) { return {seed, Stream::kTest}; }

TEST_CASE("a split takes every sample once, its share held out") {
  test::for_each_seed(300, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const std::size_t samples = 1 + draw.below(500);
    const double share = draw.chance(0.2) ? 0 : draw.real(0, 1);
    const Split split = split_samples(samples, share, key_of(seed));
    const double wanted = std::round(share * static_cast<double>(samples));
    CHECK(split.held_out.size() == std::min(static_cast<std::size_t>(wanted), samples - 1));
    CHECK(std::ranges::is_sorted(split.kept));
    CHECK(std::ranges::is_sorted(split.held_out));
    std::vector<std::uint32_t> all = split.kept;
    all.insert(all.end(), split.held_out.begin(), split.held_out.end());
    std::ranges::sort(all);
    CHECK(all == numbers(samples));
  });
}

TEST_CASE("the seed decides the split, and each sample's chance is the share") {
  CHECK(split_samples(100, 0.3, key_of(1)).held_out == split_samples(100, 0.3, key_of(1)).held_out);
  std::vector<int> kept(20, 0);
  std::vector<std::vector<std::uint32_t>> seen;
  constexpr int kSeeds = 2000;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Split split = split_samples(20, 0.25, key_of(seed));
    for (const std::uint32_t sample : split.held_out) ++kept[sample];
    seen.push_back(split.held_out);
  }
  std::ranges::sort(seen);
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  CHECK(seen.size() > 1500);  // of 15504 splits; about 1880 expected
  for (const int count : kept) {
    // Five standard deviations of a binomial count.
    CHECK(std::abs(count - kSeeds / 4) < 5 * std::sqrt(kSeeds * 0.25 * 0.75));
  }
}

TEST_CASE("a stratified split takes of each label its share, and of all of them") {
  test::for_each_seed(300, [](std::uint64_t seed) {
    test::Draw draw(seed);
    std::vector<std::int64_t> labels(1 + draw.below(500));
    for (std::int64_t& label : labels) label = static_cast<std::int64_t>(draw.below(7));
    const double share = draw.chance(0.2) ? 0 : draw.real(0, 1);
    const Split split = split_stratified(labels, share, key_of(seed));
    std::map<std::int64_t, int> held, there;
    for (const std::int64_t label : labels) ++there[label];
    for (const std::uint32_t sample : split.held_out) ++held[labels[sample]];
    for (const auto& [label, count] : there) CHECK(std::abs(held[label] - share * count) <= 1);
    const double wanted = std::round(share * static_cast<double>(labels.size()));
    CHECK(split.held_out.size() == std::min(static_cast<std::size_t>(wanted), labels.size() - 1));
    std::vector<std::uint32_t> all = split.kept;
    all.insert(all.end(), split.held_out.begin(), split.held_out.end());
    std::ranges::sort(all);
    CHECK(all == numbers(labels.size()));
    CHECK(std::ranges::is_sorted(split.held_out));
  });
  const std::vector<std::int64_t> same(100, 3);
  CHECK(split_stratified(same, 0.5, key_of(1)).held_out !=
        split_stratified(same, 0.5, key_of(2)).held_out);
}

}  // namespace
}  // namespace neurosim
