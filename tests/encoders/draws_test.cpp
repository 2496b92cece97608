#include "encoders/draws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "encoders/geometric.hpp"

namespace neurosim {
namespace {

constexpr double kLn2 = 0.69314718055994531;

/// What one target makes of a list of blocks, all of one probability.
struct Drawn {
  std::vector<std::uint32_t> block, neuron, open;
  std::vector<float> per_octave;
  std::vector<DrawBlocks::Successes> successes;
  bool any_open = false;

  Drawn(const DrawTarget& target, std::size_t groups, double p, std::uint32_t trials) {
    const std::size_t count = groups * DrawBlocks::kGroup;
    const double octave = std::min(kLn2 * failures_per_exponential(p), 1e5);
    for (std::uint32_t k = 0; k < count; ++k) {
      block.push_back(k % 13);
      neuron.push_back(k / 13);
    }
    open.assign(count, 7);
    per_octave.assign(count, static_cast<float>(octave));
    successes.resize(count);
    any_open = target.draw({.seed = 3,
                            .sample = 2,
                            .trials = trials,
                            .groups = groups,
                            .block = block.data(),
                            .neuron = neuron.data(),
                            .per_octave = per_octave.data(),
                            .successes = successes.data(),
                            .open = open.data()});
  }

  /// Trials from the end on are all the same.
  std::array<std::uint64_t, 4> bounded(std::size_t k, std::uint64_t end) const {
    const auto& trials = successes[k].trials;
    return {std::min<std::uint64_t>(trials[0], end), std::min<std::uint64_t>(trials[1], end),
            std::min<std::uint64_t>(trials[2], end), std::min<std::uint64_t>(trials[3], end)};
  }
};

TEST_CASE("draws: whatever is not open is exact") {
  constexpr std::size_t kGroups = 40;
  for (const DrawTarget& target : draw_targets()) {
    CAPTURE(target.name);
    for (const double p : {1.0, 1 - 1e-9, 0.9, 0.5, 0.25, 0.1, 0.02, 0.004, 5e-4, 1e-6, 1e-300}) {
      for (const std::uint32_t trials : {1u, 50u, 200u, 100'000u, DrawBlocks::kMostTrials}) {
        CAPTURE(p);
        CAPTURE(trials);
        const Drawn drawn(target, kGroups, p, trials);
        std::size_t open = 0, wrong = 0;
        for (std::size_t k = 0; k < drawn.block.size(); ++k) {
          open += drawn.open[k] != 0 ? 1 : 0;
          if (drawn.open[k] != 0) continue;
          SuccessRow row(failures_per_exponential(p));
          auto exact =
              row.next(random_bits(3, Stream::kEncoder, {2, drawn.block[k], drawn.neuron[k]}));
          for (std::uint64_t& trial : exact) trial = std::min<std::uint64_t>(trial, trials);
          wrong += exact != drawn.bounded(k, trials) ? 1 : 0;
        }
        CHECK(wrong == 0);
        CHECK(drawn.any_open == (open > 0));
        // Four draws, and 8e-6 of an octave on both sides of an integer.
        const double share = 4 * 2 * 8e-6 * kLn2 * failures_per_exponential(p);
        CHECK(static_cast<double>(open) <= 3 + 2 * share * static_cast<double>(drawn.block.size()));
      }
    }
  }
}

TEST_CASE("draws: all targets give the same bits") {
  const std::span<const DrawTarget> targets = draw_targets();
  REQUIRE(targets.back().name == "baseline");
  for (const DrawTarget& target : targets) {
    CAPTURE(target.name);
    for (const double p : {0.5, 0.1, 0.001}) {
      const Drawn expected(targets.back(), 20, p, 200), drawn(target, 20, p, 200);
      CHECK(drawn.open == expected.open);
      bool same = true;
      for (std::size_t k = 0; k < drawn.block.size(); ++k) {
        same = same && std::equal(std::begin(drawn.successes[k].trials),
                                  std::end(drawn.successes[k].trials),
                                  std::begin(expected.successes[k].trials));
      }
      CHECK(same);
    }
  }
}

}  // namespace
}  // namespace neurosim
