#include "sim/core/split.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

std::vector<std::uint32_t> shuffled_numbers(std::size_t samples, ShuffleKey key) {
  std::vector<std::uint32_t> all(samples);
  std::iota(all.begin(), all.end(), 0u);
  shuffle(all, key);
  return all;
}

}  // namespace

void shuffle(std::vector<std::uint32_t>& items, ShuffleKey key) {
  for (std::size_t k = items.size(); k > 1; --k) {
    const auto bits =
        random_bits(key.seed, key.stream, {key.round, static_cast<std::uint32_t>(k), 0});
    const std::uint64_t draw = std::uint64_t{bits[1]} << 32 | bits[0];
    // The remainder's bias is below k / 2^64.
    std::swap(items[k - 1], items[draw % k]);
  }
}

Split split_samples(std::size_t samples, double share, ShuffleKey key) {
  NS_ASSERT(samples >= 1 && share >= 0 && share < 1);
  const std::vector<std::uint32_t> all = shuffled_numbers(samples, key);
  const auto wanted = static_cast<std::size_t>(std::llround(share * static_cast<double>(samples)));
  const auto held = static_cast<std::ptrdiff_t>(std::min(wanted, samples - 1));
  Split split = {{all.begin() + held, all.end()}, {all.begin(), all.begin() + held}};
  std::ranges::sort(split.kept);
  std::ranges::sort(split.held_out);
  return split;
}

Split split_stratified(std::span<const std::int64_t> labels, double share, ShuffleKey key) {
  NS_ASSERT(!labels.empty() && share >= 0 && share < 1);
  std::vector<std::uint32_t> all = shuffled_numbers(labels.size(), key);
  std::ranges::stable_sort(all, {}, [labels](std::uint32_t sample) { return labels[sample]; });
  // Taken at even distances along the labels, so that neither a label nor the whole is off by more
  // than rounding.
  Split split;
  const auto taken_up_to = [share](std::size_t k) {
    return std::floor(share * static_cast<double>(k) + 0.5);
  };
  for (std::size_t k = 0; k < all.size(); ++k) {
    const bool last_chance = split.kept.empty() && k + 1 == all.size();
    const bool take = !last_chance && taken_up_to(k + 1) > taken_up_to(k);
    (take ? split.held_out : split.kept).push_back(all[k]);
  }
  std::ranges::sort(split.kept);
  std::ranges::sort(split.held_out);
  return split;
}

}  // namespace neurosim
