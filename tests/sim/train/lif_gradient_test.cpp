// Surrogate gradients, which differences cannot see, against a network written once more without
// any of the trainer's ways to save time (plain_network.hpp).

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "sim/network/read_description.hpp"
#include "sim/train/gradients.hpp"
#include "sim/train/plain_network.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

/// Two populations in a loop with delays, a readout, everything learns. `neuron`: LIF parameters.
Description describe(std::uint64_t seed, const std::string& neuron, const std::string& training) {
  test::Draw draw(seed);
  const auto list = [&](std::size_t count, double low, double high) {
    std::string text;
    for (std::size_t k = 0; k < count; ++k) {
      text += fmt::format("{}{:.3f}", k > 0 ? ", " : "", draw.real(low, high));
    }
    return text;
  };
  std::string yaml = fmt::format(
      "format: neurosim/1\nseed: {}\nprecision: double\ntime: {{ steps: 30 }}\npopulations:\n"
      "  in: {{ model: spike_list, size: 8, spikes: [] }}\n",
      seed);
  for (const auto& [name, size] : {std::pair("a", 7), std::pair("b", 5)}) {
    const auto count = static_cast<std::size_t>(size);
    yaml += fmt::format(
        "  {}: {{ model: lif, size: {}, learn: [leak, threshold], parameters: {{ leak: [{}], "
        "threshold: [{}], initial_v: [{}], rest: 0.2{} }} }}\n",
        name, size, list(count, 0.5, 1), list(count, 0.7, 1.3), list(count, -0.5, 1.8), neuron);
  }
  const std::string weights =
      "learn: true, weights: { init: normal, mean: 0.2, standard_deviation: 0.6 }";
  yaml += fmt::format(
      "  out: {{ model: leaky_readout, size: 3, parameters: {{ alpha: 0.95 }} }}\nprojections:\n"
      "  - {{ from: in, to: a, {0} }}\n  - {{ from: in, to: b, delay: 3, {0} }}\n"
      "  - {{ from: a, to: b, delay: 1, {0} }}\n  - {{ from: b, to: a, delay: 2, {0} }}\n"
      "  - {{ from: a, to: out, {0} }}\n  - {{ from: b, to: out, delay: 1, {0} }}\n"
      "training: {{ {1} }}\n",
      weights, training);
  return parse_description(yaml, "lif.yaml");
}

/// Random binary spikes.
std::vector<SampleInput> binary_samples(const Description& description, std::uint64_t seed) {
  test::Draw draw(seed + 50);
  std::vector<SampleInput> samples(3);
  for (SampleInput& sample : samples) {
    sample.label = static_cast<std::int64_t>(draw.below(3));
    SpikeTrain& train = sample.sources.emplace_back();
    for (Tick t = 0; t < description.time.total(); ++t) {
      for (NeuronId n = 0; n < 8; ++n) {
        if (draw.chance(0.2)) train.append(t, n);
      }
    }
  }
  return samples;
}

void check(const Description& description, std::uint64_t seed, std::size_t& spikes) {
  const std::vector<SampleInput> samples = binary_samples(description, seed);
  test::TestNetwork<double> network(description, test::fixed_data(samples));
  std::map<std::string, std::vector<double>> weights;
  for (const std::string& name : network.names()) weights[name] = network.values(name);
  const Recipe recipe = make_recipe(description.training);
  const std::vector<float> thresholds(description.populations.size(), 0);
  const test::PlainResult plain =
      test::run_plain(description, recipe.mode, samples, weights, thresholds);
  const ShardRecord<double>& record = network.forward();
  for (std::size_t s = 0; s < record.samples; ++s) {
    for (std::size_t p = 0; p + 1 < description.populations.size(); ++p) {
      for (Tick t = 0; t < description.time.total(); ++t) {
        const auto ids = record.spikes[p][s].at(t).ids;
        const auto row = static_cast<std::size_t>(description.time.total()) * p;
        REQUIRE(std::ranges::equal(ids, plain.spikes[s][row + static_cast<std::size_t>(t)]));
        spikes += p > 0 ? ids.size() : 0;
      }
    }
  }
  const test::Gradients found = network.gradients();
  CHECK(found.loss == doctest::Approx(plain.loss).epsilon(1e-12));
  REQUIRE(found.by.size() == plain.by.size());
  for (const auto& [name, expected] : plain.by) {
    CAPTURE(name);
    // Some hundred terms a sum, each with a few roundings.
    CHECK(test::largest_difference(found.by.at(name), expected) < 1e-12);
  }
}

constexpr const char* kResets[] = {"zero", "subtract", "none"};
constexpr const char* kTimings[] = {"same_step", "next_step"};
constexpr const char* kSurrogates[] = {"atan", "fast_sigmoid", "sigmoid", "straight_through"};

TEST_CASE("LIF gradients follow the equations for every reset, timing and surrogate") {
  for (const char* reset : kResets) {
    for (const char* timing : kTimings) {
      for (const char* surrogate : kSurrogates) {
        CAPTURE(std::string(reset));
        CAPTURE(std::string(timing));
        CAPTURE(std::string(surrogate));
        std::size_t spikes = 0;
        test::for_each_seed(4, [&](std::uint64_t seed) {
          const Description description = describe(
              seed, fmt::format(", reset: {}, reset_timing: {}", reset, timing),
              fmt::format("surrogate: {}, surrogate_slope: {}", surrogate, seed % 2 ? 2 : 5));
          check(description, seed, spikes);
        });
        CHECK(spikes > 100);
      }
    }
  }
}

}  // namespace
}  // namespace neurosim
