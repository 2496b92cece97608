#include "sim/train/epoch.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/random_tests.hpp"

namespace neurosim {
namespace {

std::vector<std::uint32_t> numbers(std::size_t count) {
  std::vector<std::uint32_t> all(count);
  std::iota(all.begin(), all.end(), 0u);
  return all;
}

TEST_CASE("an epoch's order is a permutation, keyed by seed and epoch") {
  test::for_each_seed(100, [](std::uint64_t seed) {
    test::Draw draw(seed);
    std::vector<std::uint32_t> samples;  // what a split leaves has gaps
    for (std::uint32_t k = 0; k < 300; ++k) {
      if (draw.chance(0.5)) samples.push_back(k);
    }
    const auto order = shuffled(samples, seed, 4);
    CHECK(order == shuffled(samples, seed, 4));
    CHECK(order != shuffled(samples, seed, 5));
    CHECK(order != shuffled(samples, seed + 1, 4));
    CHECK(order != samples);
    auto sorted = order;
    std::ranges::sort(sorted);
    CHECK(sorted == samples);
  });
}

TEST_CASE("every sample comes everywhere in an epoch's order") {
  constexpr std::uint32_t kEpochs = 3000;
  constexpr std::size_t kCount = 6;
  std::vector<int> at(kCount * kCount, 0);
  for (std::uint32_t epoch = 0; epoch < kEpochs; ++epoch) {
    const auto order = shuffled(numbers(kCount), 7, epoch);
    for (std::size_t k = 0; k < kCount; ++k) ++at[k * kCount + order[k]];
  }
  const double mean = kEpochs / 6.0;
  for (const int count : at) CHECK(std::fabs(count - mean) < 5 * std::sqrt(mean * 5 / 6));
}

ErrorCount errors_of(double squares, double dropped, std::uint64_t events, std::uint64_t entries) {
  ErrorCount count;
  count.squares = squares;
  count.dropped = dropped;
  count.events = events;
  count.entries = entries;
  return count;
}

TEST_CASE("an epoch's sums give its means, also when put into a checkpoint between") {
  Plan plan;
  plan.backward = {0, 1, 1};
  EpochSums sums(3);
  sums.samples = 10;
  sums.batches = 4;
  sums.correct = 7;
  sums.loss = 5;
  sums.norm = 6;
  sums.seconds = 2;
  sums.add(0, {}, 30);
  sums.add(1, errors_of(8, 1, 50, 200), 100);
  sums.add(1, errors_of(2, 0, 50, 200), 20);
  sums.add(2, errors_of(4, 3, 10, 40), 0);
  EpochSums again(3);
  again.assign(sums.numbers());
  CHECK(again.numbers() == sums.numbers());
  for (const EpochSums* each : {&sums, &again}) {
    const EpochMetrics metrics = each->metrics(plan, {5, 6, 2}, {1, 1, 0}, 20);
    CHECK(metrics.loss == 0.5);
    CHECK(metrics.training_accuracy == 0.7);
    CHECK(metrics.gradient_norm == 1.5);
    CHECK(metrics.seconds == 2);
    CHECK(metrics.samples_per_second == 5);
    CHECK(std::isnan(metrics.validation_loss));
    CHECK(std::isnan(metrics.validation_accuracy));
    CHECK(metrics.activity[0] == 30.0 / (5 * 20 * 10));
    CHECK(metrics.activity[1] == 120.0 / (6 * 20 * 10));
    CHECK(std::isnan(metrics.activity[2]));  // it sends no spikes
    CHECK(std::isnan(metrics.error_density[0]));
    CHECK(metrics.error_density[1] == 0.25);
    CHECK(metrics.error_dropped[1] == 0.1);
    CHECK(metrics.error_dropped[2] == 0.75);
  }
}

}  // namespace
}  // namespace neurosim
