// The exact gradients (recurrent_gradient: full, relu_gradient: relu) against central differences.
//
// The loss is smooth as long as no neuron's h crosses 0, so entries whose change moves a spike are
// left out. The tolerance comes with each entry: central differences with steps e and 2e differ by
// three times the truncation of the first, and rounding leaves 1e-14 / e of the loss (some tens of
// last bits, as steps add up theirs).

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/network/read_description.hpp"
#include "sim/train/gradients.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

using test::TestNetwork;

constexpr double kStep = 1e-5;

/// Who sends at which tick, and what training minimises: the mean loss with the activity penalty.
struct Outcome {
  double loss = 0;
  std::vector<std::vector<NeuronId>> spikes;
};

Outcome run(TestNetwork<double>& network, double penalty) {
  const ShardRecord<double>& record = network.forward();
  Outcome outcome;
  outcome.loss = network.loss();
  for (std::size_t p = 0; p < network.network().population_count(); ++p) {
    for (std::size_t s = 0; s < record.samples; ++s) {
      double sum = 0;
      for (Tick t = 0; t < network.network().ticks; ++t) {
        const SpikeRows::Row row = record.spikes[p][s].at(t);
        outcome.spikes.emplace_back(row.ids.begin(), row.ids.end());
        for (const double value : row.values) sum += value;
      }
      if (!network.plan().backward[p] || p == network.plan().readout) continue;
      const auto entries = static_cast<double>(network.network().sizes[p]) *
                           static_cast<double>(network.network().ticks * Tick(record.samples));
      outcome.loss += penalty * sum / entries;
    }
  }
  return outcome;
}

struct Totals {
  std::size_t tried = 0, compared = 0, nonzero = 0;
};

/// Compares up to `count` entries of each parameter.
void compare(const Description& description, const TrainingData& data, std::uint64_t seed,
             std::size_t count, Totals& totals) {
  TestNetwork<double> network(description, data);
  const double penalty = description.training[Training::kActivityPenalty][0];
  const test::Gradients gradients = network.gradients();
  const Outcome here = run(network, penalty);
  test::Draw draw(seed + 500);
  for (const std::string& name : network.names()) {
    CAPTURE(name);
    const std::vector<double> values = network.values(name);
    const std::vector<double>& found = gradients.by.at(name);
    REQUIRE(found.size() == values.size());
    double largest = 0;
    for (const double g : found) largest = std::max(largest, std::fabs(g));
    for (std::size_t k = 0; k < std::min(count, values.size()); ++k) {
      const std::size_t n = values.size() <= count ? k : draw.below(values.size());
      CAPTURE(n);
      bool smooth = true;
      const auto loss_at = [&](double offset) {
        std::vector<double> moved = values;
        moved[n] += offset;
        network.set(name, moved);
        const Outcome there = run(network, penalty);
        smooth = smooth && there.spikes == here.spikes;
        return there.loss;
      };
      const double near = (loss_at(kStep) - loss_at(-kStep)) / (2 * kStep);
      const double far = (loss_at(2 * kStep) - loss_at(-2 * kStep)) / (4 * kStep);
      ++totals.tried;
      const double tolerance =
          std::fabs(near - far) + 1e-14 / kStep * std::max(1.0, std::fabs(here.loss));
      if (!smooth || tolerance > 1e-3 * largest) continue;
      ++totals.compared;
      totals.nonzero += found[n] != 0 ? 1 : 0;
      CHECK(std::fabs(found[n] - near) <= tolerance);
    }
    network.set(name, values);
  }
}

struct Net {
  const char* name;
  const char* populations;  ///< {n}: what a neuron is
  const char* projections;  ///< {w}: weights that learn
};

constexpr Net kNets[] = {
    {"layers with delays, two ways in and two ways out",
     "  a: {{ size: 9, {n} }}\n  b: {{ size: 7, {n} }}\n  out: {{ size: 3, {r} }}\n",
     "  - {{ from: in, to: a, {w} }}\n  - {{ from: a, to: b, delay: 3, {w} }}\n"
     "  - {{ from: in, to: b, delay: 1, {w} }}\n  - {{ from: b, to: out, {w} }}\n"
     "  - {{ from: a, to: out, delay: 2, {w} }}\n"},
    {"sparse layers of more than a block",
     "  a: {{ size: 70, {n} }}\n  b: {{ size: 6, {n} }}\n  out: {{ size: 3, {r} }}\n",
     "  - {{ from: in, to: a, connect: {{ type: fixed_probability, p: 0.4 }}, {w} }}\n"
     "  - {{ from: a, to: b, delay: 2, connect: {{ type: fixed_indegree, indegree: 9 }}, {w} }}\n"
     "  - {{ from: b, to: out, storage: sparse, {w} }}\n"},
    {"a population that drives itself", "  a: {{ size: 10, {n} }}\n  out: {{ size: 3, {r} }}\n",
     "  - {{ from: in, to: a, {w} }}\n  - {{ from: a, to: a, delay: 1, {w} }}\n"
     "  - {{ from: a, to: out, {w} }}\n"},
    {"a loop of two populations, one way sparse",
     "  a: {{ size: 8, {n} }}\n  b: {{ size: 6, {n} }}\n  out: {{ size: 3, {r} }}\n",
     "  - {{ from: in, to: a, {w} }}\n  - {{ from: a, to: b, {w} }}\n"
     "  - {{ from: b, to: a, delay: 2, connect: {{ type: fixed_probability, p: 0.5 }}, {w} }}\n"
     "  - {{ from: b, to: out, {w} }}\n  - {{ from: a, to: out, delay: 1, {w} }}\n"},
    {"a loop that a layer follows",
     "  a: {{ size: 8, {n} }}\n  b: {{ size: 6, {n} }}\n  out: {{ size: 3, {r} }}\n",
     "  - {{ from: in, to: a, {w} }}\n  - {{ from: a, to: a, delay: 4, {w} }}\n"
     "  - {{ from: a, to: b, delay: 2, {w} }}\n  - {{ from: b, to: out, {w} }}\n"},
    {"convolutions, the first of more than a block, and a pool",
     "  a: {{ shape: [6, 3, 4], {n} }}\n  b: {{ shape: [6, 2, 2], {n} }}\n"
     "  c: {{ shape: [2, 2, 1], {n} }}\n  out: {{ size: 3, {r} }}\n",
     "  - {{ from: in, to: a, connect: {{ type: conv2d, kernel: 3, padding: 1 }}, {w} }}\n"
     "  - {{ from: a, to: b, connect: {{ type: pool2d, kernel: 2, padding: [1, 0] }}, "
     "weights: 0.5 }}\n"
     "  - {{ from: b, to: c, delay: 2, connect: {{ type: conv2d, kernel: [3, 2], padding: [1, 0] "
     "}}, {w} }}\n"
     "  - {{ from: a, to: out, {w} }}\n  - {{ from: c, to: out, {w} }}\n"},
    {"a strided convolution that a loop follows",
     "  a: {{ shape: [3, 2, 2], {n} }}\n  out: {{ size: 3, {r} }}\n",
     "  - {{ from: in, to: a, delay: 1, connect: {{ type: conv2d, kernel: [2, 3], stride: 2, "
     "padding: [1, 1] }}, {w} }}\n"
     "  - {{ from: a, to: a, delay: 1, connect: {{ type: conv2d, kernel: 3, padding: 1 }}, {w} }}\n"
     "  - {{ from: a, to: out, {w} }}\n"},
};

Description describe(const Net& net, std::uint64_t seed, const std::string& neuron,
                     const std::string& readout, const std::string& training) {
  const std::string weights =
      "learn: true, weights: { init: normal, mean: 0.2, standard_deviation: 0.8 }";
  const auto fill = [&](const char* text) {
    return fmt::format(fmt::runtime(text), fmt::arg("n", neuron), fmt::arg("r", readout),
                       fmt::arg("w", weights));
  };
  return parse_description(
      fmt::format("format: neurosim/1\nseed: {}\nprecision: double\ntime: {{ steps: 24 }}\n"
                  "populations:\n  in: {{ model: spike_list, shape: [3, 4], spikes: [] }}\n{}"
                  "projections:\n{}training: {{ recurrent_gradient: full, relu_gradient: relu{} }}",
                  seed, fill(net.populations), fill(net.projections), training),
      "differences.yaml");
}

std::string src(const char* gate, double z) {
  return fmt::format(
      "model: src, learn: [bias, initial_h, initial_hs], parameters: {{ bias: -4.6, alpha: 0.8, "
      "bias_max: none, slow_gate: {}, slow_gate_slope: 6, z: {}, initial_h: -0.5, "
      "initial_hs: -0.6 }}",
      gate, z);
}

constexpr const char* kReadout = "model: leaky_readout, parameters: { alpha: 0.9 }";

TEST_CASE("exact gradients of SRC networks agree with differences") {
  for (const Net& net : kNets) {
    CAPTURE(std::string(net.name));
    for (const char* gate : {"previous", "current"}) {
      CAPTURE(std::string(gate));
      for (const double z : {0.0, 0.3}) {
        CAPTURE(z);
        Totals totals;
        test::for_each_seed(2, [&](std::uint64_t seed) {
          const Description description = describe(net, seed, src(gate, z), kReadout, "");
          compare(description, test::random_data(description, seed, 2, 0.2), seed, 10, totals);
        });
        // Otherwise the property would be empty.
        CHECK(totals.compared * 10 > totals.tried * 7);
        CHECK(totals.nonzero * 2 > totals.compared);
      }
    }
  }
}

TEST_CASE("a readout with an alpha a neuron has exact gradients") {
  Totals totals;
  for (const Net& net : kNets) {
    CAPTURE(std::string(net.name));
    test::for_each_seed(2, [&](std::uint64_t seed) {
      const Description description =
          describe(net, seed, src("previous", 0),
                   "model: leaky_readout, parameters: { alpha: [0.95, 0.7, 0.4] }", "");
      compare(description, test::random_data(description, seed, 2, 0.2), seed, 8, totals);
    });
  }
  CHECK(totals.compared * 10 > totals.tried * 7);
  CHECK(totals.nonzero * 2 > totals.compared);
}

TEST_CASE("the activity penalty has an exact gradient") {
  Totals totals;
  for (const Net& net : kNets) {
    CAPTURE(std::string(net.name));
    test::for_each_seed(2, [&](std::uint64_t seed) {
      // Much larger than anyone would choose, so that it outweighs the loss.
      const Description description =
          describe(net, seed, src("current", 0.3), kReadout, ", activity_penalty: 100");
      compare(description, test::random_data(description, seed, 2, 0.2), seed, 8, totals);
    });
  }
  CHECK(totals.compared * 10 > totals.tried * 7);
  CHECK(totals.nonzero * 2 > totals.compared);
}

}  // namespace
}  // namespace neurosim
