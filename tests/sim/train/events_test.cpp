// Error events: what a threshold drops, the ways to sum gradients, and how thresholds are chosen.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/network/read_description.hpp"
#include "sim/train/gradients.hpp"
#include "sim/train/plain_network.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

// Sums of some hundred terms with a few roundings each, as a share of the largest entry.
constexpr double kRounding = 1e-11;

constexpr const char* kWeights =
    "learn: true, weights: { init: normal, mean: 0.05, standard_deviation: 0.3 }";

/// Three layers, the first of more than a block. `storage` is that of every projection.
std::string layers(std::uint64_t seed, const std::string& neuron, const std::string& storage) {
  return fmt::format(
      "format: neurosim/1\nseed: {}\nprecision: double\ntime: {{ steps: 40 }}\npopulations:\n"
      "  in: {{ model: spike_list, size: 20, spikes: [] }}\n"
      "  a: {{ size: 70, {} }}\n  b: {{ size: 12, {} }}\n"
      "  out: {{ model: leaky_readout, size: 3, parameters: {{ alpha: 0.9 }} }}\nprojections:\n"
      "  - {{ from: in, to: a, {}, storage: {} }}\n"
      "  - {{ from: a, to: b, delay: 2, {}, storage: {} }}\n"
      "  - {{ from: in, to: b, delay: 1, {}, storage: {} }}\n"
      "  - {{ from: b, to: out, {}, storage: {} }}\n",
      seed, neuron, neuron, kWeights, storage, kWeights, storage, kWeights, storage, kWeights,
      storage);
}

constexpr const char* kLif =
    "model: lif, learn: [leak, threshold], parameters: { leak: 0.8, threshold: 0.6 }";
constexpr const char* kSrc =
    "model: src, learn: [bias, initial_h, initial_hs], parameters: { bias: -4.4, alpha: 0.8 }";
constexpr const char* kFull = "training: { recurrent_gradient: full, relu_gradient: relu }\n";

std::vector<SampleInput> binary_samples(std::uint64_t seed) {
  test::Draw draw(seed + 70);
  std::vector<SampleInput> samples(3);
  for (SampleInput& sample : samples) {
    sample.label = static_cast<std::int64_t>(draw.below(3));
    SpikeTrain& train = sample.sources.emplace_back();
    for (Tick t = 0; t < 40; ++t) {
      for (NeuronId n = 0; n < 20; ++n) {
        if (draw.chance(0.15)) train.append(t, n);
      }
    }
  }
  return samples;
}

double share(const ErrorCount& errors) {
  return static_cast<double>(errors.events) / static_cast<double>(errors.entries);
}

/// A threshold for each population, drawn around its root mean square error.
std::vector<float> draw_thresholds(const test::Gradients& exact, std::uint64_t seed) {
  test::Draw draw(seed + 90);
  std::vector<float> thresholds;
  for (const ErrorCount& errors : exact.errors) {
    const double size = errors.squares / std::max<double>(1, static_cast<double>(errors.events));
    thresholds.push_back(static_cast<float>(std::pow(10, draw.real(-3, 0.1)) * std::sqrt(size)));
  }
  return thresholds;
}

TEST_CASE("errors below the threshold are dropped, and nothing else") {
  bool sparse = false, dense = false;
  std::uint64_t dropped = 0;
  test::for_each_seed(12, [&](std::uint64_t seed) {
    const Description description = parse_description(layers(seed, kLif, "dense"), "net.yaml");
    const std::vector<SampleInput> samples = binary_samples(seed);
    test::TestNetwork<double> network(description, test::fixed_data(samples));
    std::map<std::string, std::vector<double>> weights;
    for (const std::string& name : network.names()) weights[name] = network.values(name);
    const std::vector<float> thresholds = draw_thresholds(network.gradients(), seed);
    const Recipe recipe = make_recipe(description.training);
    test::PlainResult plain =
        test::run_plain(description, recipe.mode, samples, weights, thresholds);
    REQUIRE(plain.closest > 1e-9);  // nothing that rounding could move over its threshold
    for (const char* population : {"a", "b"}) {  // one leak and threshold for all neurons
      for (const char* field : {"/leak", "/threshold"}) {
        std::vector<double>& by = plain.by.at(std::string(population) + field);
        double sum = 0;
        for (const double g : by) sum += g;
        by = {sum};
      }
    }
    for (const GradientOrder order : {GradientOrder::kBySpikes, GradientOrder::kByErrors}) {
      const test::Gradients found = network.gradients({.thresholds = thresholds, .order = order});
      REQUIRE(found.by.size() == plain.by.size());
      for (const auto& [name, expected] : plain.by) {
        CAPTURE(name);
        CHECK(test::largest_difference(found.by.at(name), expected) < kRounding);
      }
      for (std::size_t p = 1; p < description.populations.size(); ++p) {
        CAPTURE(description.populations[p].name);
        const ErrorCount& errors = found.errors[p];
        CHECK(errors.events == plain.events[p]);
        CHECK(errors.entries == description.populations[p].size * 40 * samples.size());
        CHECK(errors.squares == doctest::Approx(plain.squares[p]).epsilon(kRounding));
        CHECK(errors.dropped == doctest::Approx(plain.dropped[p]).epsilon(kRounding));
        dropped += errors.dropped > 0 ? 1 : 0;
        (share(errors) > kDenseErrors ? dense : sparse) = true;
      }
    }
  });
  CHECK(sparse);  // both products came up
  CHECK(dense);
  CHECK(dropped > 30);
}

void compare(const test::Gradients& a, const test::Gradients& b) {
  CHECK(a.loss == b.loss);
  for (const auto& [name, expected] : b.by) {
    CAPTURE(name);
    CHECK(test::largest_difference(a.by.at(name), expected) < kRounding);
  }
  for (std::size_t p = 0; p < b.errors.size(); ++p) {
    CHECK(a.errors[p].events == b.errors[p].events);
    CHECK(a.errors[p].dropped == doctest::Approx(b.errors[p].dropped).epsilon(1e-9));
  }
}

TEST_CASE("gradients do not depend on storage or on the order of summation") {
  for (const char* neuron : {kLif, kSrc}) {
    for (const char* training : {"", kFull}) {
      CAPTURE(std::string(neuron));
      CAPTURE(std::string(training));
      std::size_t learning = 0;
      test::for_each_seed(6, [&](std::uint64_t seed) {
        const auto net = [&](const char* storage) {
          return parse_description(layers(seed, neuron, storage) + training, "net.yaml");
        };
        const Description dense = net("dense"), sparse = net("sparse");
        const TrainingData data = test::random_data(dense, seed, 4, 0.15);
        const test::Gradients exact = test::gradients<double>(dense, data);
        std::vector<float> thresholds(exact.errors.size(), 0);
        if (seed % 2 == 0) thresholds = draw_thresholds(exact, seed);
        const test::Gradients by_spikes =
            test::gradients<double>(dense, data, {.thresholds = thresholds});
        compare(test::gradients<double>(
                    dense, data, {.thresholds = thresholds, .order = GradientOrder::kByErrors}),
                by_spikes);
        compare(test::gradients<double>(sparse, data, {.thresholds = thresholds}), by_spikes);
        learning += std::ranges::count(by_spikes.by.at("in_to_a"), 0) < 100 ? 1 : 0;
      });
      CHECK(learning >= 4);  // of 6; thresholds may drop all there is
    }
  }
}

/// Draws errors, some exactly on the edges of the histogram's bins.
std::vector<double> draw_errors(test::Draw& draw) {
  std::vector<double> errors(1 + draw.below(300));
  for (double& error : errors) {
    const double size = std::ldexp(1, -static_cast<int>(draw.below(30)));
    const double kinds[] = {size, 1.5 * size, size * draw.real(1, 2), std::nextafter(size, 0.0),
                            0.0};
    error = kinds[draw.below(5)] * (draw.chance(0.5) ? 1 : -1);
  }
  return errors;
}

TEST_CASE_TEMPLATE("a threshold never drops more than the budget of the errors it saw", T, float,
                   double) {
  std::size_t positive = 0;
  test::for_each_seed(300, [&](std::uint64_t seed) {
    test::Draw draw(seed);
    const double budget = draw.chance(0.2) ? 0 : std::pow(10, draw.real(-6, -0.1));
    ErrorThreshold threshold;
    // Each batch counts for half of what the next one does.
    std::vector<std::pair<double, double>> seen;  // error, what its square counts for
    for (std::size_t batch = 0; batch < 1 + seed % 4; ++batch) {
      ErrorCount count;
      for (auto& [error, weight] : seen) weight *= 0.5;
      for (const double drawn : draw_errors(draw)) {
        const auto error = static_cast<double>(static_cast<T>(drawn));
        count.histogram.add(error);
        seen.emplace_back(error, 1);
      }
      threshold.update(count, budget);
      double total = 0, dropped = 0;
      for (const auto& [error, weight] : seen) {
        const double square = weight * error * error;
        total += square;
        T value = static_cast<T>(error);
        std::uint64_t mask = 0;
        Lanes<T> row = {}, squares = {}, lost = {};
        row.at[0] = value;
        kernels<T>().select_errors(row.at, 1, kLaneGroup, static_cast<T>(threshold.value), &mask,
                                   squares.at, lost.at);
        if (mask == 0) dropped += square;
      }
      CHECK(dropped <= budget * total * (1 + 1e-12));
      CHECK((budget > 0 || threshold.value == 0));
      positive += threshold.value > 0 ? 1 : 0;
    }
  });
  CHECK(positive > 200);
}

TEST_CASE("a threshold is as high as its bins allow") {
  ErrorThreshold threshold;
  ErrorCount count;
  for (int k = 0; k < 1000; ++k) count.histogram.add(0.01);
  count.histogram.add(-8);
  threshold.update(count, 0.01);  // the small ones have 0.1 of 64.1
  // They can go, and nothing lies between them and the large one's bin.
  CHECK(threshold.value == 8);
  threshold.update(count, 0.001);
  CHECK(threshold.value <= 0.01f);
  CHECK(threshold.value > 0.01f / 1.5f);
  threshold.update(ErrorCount(), 0.01);  // a batch without errors leaves what is remembered
  CHECK(threshold.value == 8);
  ErrorThreshold fresh;
  fresh.update(ErrorCount(), 0.5);
  CHECK(fresh.value == 0);
}

TEST_CASE("bins hold what lies between their edges") {
  test::for_each_seed(1000, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const double error = std::ldexp(draw.real(1, 2), -static_cast<int>(draw.below(120)));
    const std::size_t bin = ErrorHistogram::bin(-error);
    CHECK(bin == ErrorHistogram::bin(error));
    CHECK(double{ErrorHistogram::edge(bin)} <= error);
    CHECK(error < double{ErrorHistogram::edge(bin + 1)});
  });
  CHECK(ErrorHistogram::bin(0) == 0);
  CHECK(ErrorHistogram::bin(1e-300) == 0);
  CHECK(ErrorHistogram::bin(1e300) == ErrorHistogram::kBins - 1);
}

TEST_CASE("only errors of two classes at a silent readout are not all dropped") {
  // Without a spike the readout's errors are all of one size, a power of two.
  const Description description = parse_description(
      "format: neurosim/1\ntime: { steps: 20 }\npopulations:\n"
      "  in: { model: spike_list, size: 2, spikes: [] }\n"
      "  a: { model: src, size: 4, learn: [bias] }\n"
      "  out: { model: leaky_readout, size: 2 }\n"
      "projections:\n  - { from: in, to: a, weights: 1 }\n"
      "  - { from: a, to: out, connect: class_groups }\n",
      "silent.yaml");
  std::vector<SampleInput> samples(4);
  for (std::size_t s = 0; s < samples.size(); ++s) {
    samples[s] = {static_cast<std::int64_t>(s % 2), {SpikeTrain()}};
  }
  const TrainingData data = test::fixed_data(samples);
  const test::Gradients exact = test::gradients<float>(description, data);
  ErrorThreshold threshold;
  threshold.update(exact.errors[2], 0.01);
  const test::Gradients found =
      test::gradients<float>(description, data, {.thresholds = {0, 0, threshold.value}});
  CHECK(exact.errors[2].events == 8);
  CHECK(found.errors[2].events == 8);
}

}  // namespace
}  // namespace neurosim
