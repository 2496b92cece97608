#include <doctest/doctest.h>

#include <cmath>

#include "encoders/encoder.hpp"
#include "tests/encoders/statistics.hpp"

namespace neurosim {
namespace {

using test::check_invariants;
using test::for_each_spike;

SpikeTrain poisson(double p, std::size_t neurons, Tick first, Tick steps, EncodingKey key = {}) {
  SpikeTrain train;
  poisson_train(p, neurons, first, steps, key, train);
  return train;
}

double deviation(const SpikeTrain& train, double trials, double p) {
  return (static_cast<double>(train.spike_count()) - trials * p) / std::sqrt(trials * p * (1 - p));
}

TEST_CASE("poisson: counts over neurons and over steps are binomial") {
  for (const double p : {0.002, 0.05, 0.5, 0.97}) {
    CAPTURE(p);
    constexpr std::size_t kNeurons = 2000;
    constexpr Tick kSteps = 1000;
    const SpikeTrain train = poisson(p, kNeurons, 0, kSteps);
    check_invariants(train, 0, kSteps, kNeurons);
    std::vector<std::size_t> of_neuron(kNeurons), of_step(kSteps);
    for_each_spike(train, [&](Tick tick, NeuronId id) {
      ++of_neuron[id];
      ++of_step[static_cast<std::size_t>(tick)];
    });
    std::vector<double> over_neurons(kSteps + 1), over_steps(kNeurons + 1);
    for (const std::size_t count : of_neuron) ++over_neurons[count];
    for (const std::size_t count : of_step) ++over_steps[count];
    test::check_law(over_neurons, test::binomial_law(kSteps, p));
    test::check_law(over_steps, test::binomial_law(kNeurons, p));
  }
}

TEST_CASE("poisson: probabilities 0 and 1, no neuron, no step") {
  CHECK(poisson(0, 1'000'000, 0, kMaxTicks).spike_count() == 0);
  CHECK(poisson(0.5, 0, 0, kMaxTicks).spike_count() == 0);
  CHECK(poisson(1, 0, 0, 10).spike_count() == 0);
  CHECK(poisson(0.5, 10, 0, 0).spike_count() == 0);
  const SpikeTrain full = poisson(1, 30, 4, 50);
  check_invariants(full, 4, 54, 30);
  CHECK(full.packet_count() == 50);
  CHECK(full.spike_count() == 1500);
}

TEST_CASE("poisson: costs by spikes, however many steps and neurons") {
  const double steps = static_cast<double>(kMaxTicks);
  const SpikeTrain few_neurons = poisson(1e-6, 3, 10, kMaxTicks);
  check_invariants(few_neurons, 10, kMaxTicks + 10, 3);
  CHECK(std::abs(deviation(few_neurons, 3 * steps, 1e-6)) < test::kTwoSided);

  const SpikeTrain many_neurons = poisson(1e-14, 500'000'000, 0, kMaxTicks);
  check_invariants(many_neurons, 0, kMaxTicks, 500'000'000);
  CHECK(std::abs(deviation(many_neurons, 5e8 * steps, 1e-14)) < test::kTwoSided);

  CHECK(poisson(1e-300, 500'000'000, 0, kMaxTicks).spike_count() == 0);
}

TEST_CASE("poisson: neighbouring steps and neurons are independent") {
  constexpr double kP = 0.3;
  constexpr std::size_t kNeurons = 300;
  constexpr std::size_t kSteps = 1000;
  std::vector<std::vector<double>> table(kSteps, std::vector<double>(kNeurons, -kP));
  for_each_spike(poisson(kP, kNeurons, 0, kSteps), [&](Tick tick, NeuronId id) {
    table[static_cast<std::size_t>(tick)][id] = 1 - kP;
  });
  double steps = 0;
  double neurons = 0;
  for (std::size_t t = 0; t + 1 < kSteps; ++t) {
    for (std::size_t n = 0; n + 1 < kNeurons; ++n) {
      steps += table[t][n] * table[t + 1][n];
      neurons += table[t][n] * table[t][n + 1];
    }
  }
  const double sigma = kP * (1 - kP) * std::sqrt((kSteps - 1.0) * (kNeurons - 1.0));
  CHECK(std::abs(steps) < test::kTwoSided * sigma);
  CHECK(std::abs(neurons) < test::kTwoSided * sigma);
}

TEST_CASE("poisson: a train depends on its key only") {
  const SpikeTrain train = poisson(0.1, 50, 0, 200, {.seed = 3, .sample = 2, .epoch = 1});
  poisson(0.7, 5, 0, 20);
  CHECK(poisson(0.1, 50, 0, 200, {.seed = 3, .sample = 2, .epoch = 1}) == train);
  CHECK(poisson(0.1, 50, 0, 200, {.seed = 4, .sample = 2, .epoch = 1}) != train);
  CHECK(poisson(0.1, 50, 0, 200, {.seed = 3, .sample = 1, .epoch = 1}) != train);
  CHECK(poisson(0.1, 50, 0, 200, {.seed = 3, .sample = 2, .epoch = 2}) != train);
}

TEST_CASE("poisson: a longer train begins with the shorter one") {
  const SpikeTrain shorter = poisson(0.1, 50, 0, 100);
  const SpikeTrain longer = poisson(0.1, 50, 0, 300);
  REQUIRE(longer.spike_count() > shorter.spike_count());
  for (std::size_t k = 0; k < shorter.spike_count(); ++k) {
    CHECK(longer.ids()[k] == shorter.ids()[k]);
  }
}

TEST_CASE("poisson: the spikes are the same on every machine and in every build") {
  // Taken from the first version; to be renewed when, and only when, the draws change on purpose.
  CHECK(test::fingerprint(poisson(0.07, 100, 5, 500, {.seed = 7, .sample = 11, .epoch = 3})) ==
        9604786118147627059u);
}

}  // namespace
}  // namespace neurosim
