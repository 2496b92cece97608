// A sample cut into segments of time: the same gradients for less memory.

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/core/error.hpp"
#include "sim/network/read_description.hpp"
#include "sim/train/gradients.hpp"
#include "support/networks.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

struct Net {
  const char* name;
  const char* populations;  ///< {n}: what a neuron is
  const char* projections;  ///< {w}: weights that learn
};

// 40 steps and delays up to 5: seven segments are of 6 steps, the last of 4, so that errors reach
// over more than one border of a segment's own length.
constexpr Net kNets[] = {
    {"layers", "  a: {{ size: 70, {n} }}\n  b: {{ size: 9, {n} }}\n",
     "  - {{ from: in, to: a, {w} }}\n  - {{ from: a, to: b, {w} }}\n"},
    {"layers with delays", "  a: {{ size: 20, {n} }}\n  b: {{ size: 9, {n} }}\n",
     "  - {{ from: in, to: a, delay: 4, {w} }}\n  - {{ from: a, to: b, delay: 5, {w} }}\n"
     "  - {{ from: a, to: b, delay: 1, {w} }}\n"},
    {"sparse layers", "  a: {{ size: 70, {n} }}\n  b: {{ size: 9, {n} }}\n",
     "  - {{ from: in, to: a, connect: {{ type: fixed_probability, p: 0.5 }}, {w} }}\n"
     "  - {{ from: a, to: b, delay: 3, connect: {{ type: fixed_indegree, indegree: 8 }}, {w} }}\n"},
    {"a loop", "  a: {{ size: 12, {n} }}\n  b: {{ size: 9, {n} }}\n",
     "  - {{ from: in, to: a, {w} }}\n  - {{ from: a, to: b, delay: 1, {w} }}\n"
     "  - {{ from: b, to: a, delay: 5, {w} }}\n  - {{ from: b, to: b, delay: 2, {w} }}\n"},
    {"convolutions", "  a: {{ shape: [6, 3, 5], {n} }}\n  b: {{ shape: [3, 1, 4], {n} }}\n",
     "  - {{ from: in, to: a, connect: {{ type: conv2d, kernel: 3, padding: 1 }}, {w} }}\n"
     "  - {{ from: a, to: b, delay: 4, connect: {{ type: conv2d, kernel: [3, 2] }}, {w} }}\n"},
};

constexpr const char* kNeurons[] = {
    "model: src, learn: [bias, initial_h, initial_hs], parameters: { bias: -4.4, alpha: 0.85 }",
    "model: lif, learn: [leak, threshold], parameters: { leak: 0.85, threshold: 0.7 }"};
constexpr const char* kTrainings[] = {"recurrent_gradient: detached", "recurrent_gradient: full",
                                      "activity_penalty: 10"};

template <class T>
void compare(const Description& description, std::uint64_t seed, double tolerance,
             std::array<int, 2>& learning) {
  const TrainingData data = test::random_data(description, seed, 3, 0.15);
  const test::Gradients whole = test::gradients<T>(description, data);
  std::vector<float> thresholds;
  for (const ErrorCount& errors : whole.errors) {
    const double mean = errors.squares / std::max<double>(1, static_cast<double>(errors.events));
    thresholds.push_back(static_cast<float>(0.5 * std::sqrt(mean)));
  }
  for (const bool drop : {false, true}) {
    CAPTURE(drop);
    test::GradientOptions options;
    if (drop) options.thresholds = thresholds;
    const test::Gradients expected = test::gradients<T>(description, data, options);
    for (const std::uint64_t segments : {2, 3, 7}) {
      CAPTURE(segments);
      options.segments = segments;
      const test::Gradients found = test::gradients<T>(description, data, options);
      CHECK(found.loss == expected.loss);
      for (std::size_t p = 0; p < expected.errors.size(); ++p) {
        // Errors come out of the same operations in the same order: none moves over a threshold.
        CHECK(found.errors[p].events == expected.errors[p].events);
        CHECK(found.errors[p].entries == expected.errors[p].entries);
      }
      for (const auto& [name, by] : expected.by) {
        CAPTURE(name);
        // Gradients are sums over time, which is cut here: equal within rounding.
        CHECK(test::largest_difference(found.by.at(name), by) < tolerance);
      }
    }
    const bool any =
        std::ranges::any_of(expected.by.at("in_to_a"), [](double g) { return g != 0; });
    learning[drop] += any ? 1 : 0;
  }
}

TEST_CASE("segments change gradients by rounding only") {
  for (const Net& net : kNets) {
    for (const char* neuron : kNeurons) {
      for (const char* training : kTrainings) {
        CAPTURE(std::string(net.name));
        CAPTURE(std::string(neuron));
        CAPTURE(std::string(training));
        std::array<int, 2> learning = {};  ///< [with a threshold]: runs with a gradient
        test::for_each_seed(2, [&](std::uint64_t seed) {
          const std::string weights =
              "learn: true, weights: { init: normal, mean: 0.1, standard_deviation: 0.4 }";
          const auto fill = [&](const char* text) {
            return fmt::format(fmt::runtime(text), fmt::arg("n", neuron), fmt::arg("w", weights));
          };
          const Description description = parse_description(
              fmt::format("format: neurosim/1\nseed: {}\ntime: {{ steps: 40 }}\npopulations:\n"
                          "  in: {{ model: spike_list, shape: [3, 5], spikes: [] }}\n{}"
                          "  out: {{ model: leaky_readout, size: 3, parameters: {{ alpha: 0.9 }} "
                          "}}\nprojections:\n{}  - {{ from: b, to: out, delay: 1, {} }}\n"
                          "training: {{ {} }}\n",
                          seed, fill(net.populations), fill(net.projections), weights, training),
              "segments.yaml");
          // A few roundings in each of some hundred terms of a sum.
          compare<double>(description, seed, 1700 * 0x1p-53, learning);
          compare<float>(description, seed, 1700 * 0x1p-24, learning);
        });
        CHECK(learning[0] == 4);
        CHECK(learning[1] >= 2);  // thresholds may drop all there is
      }
    }
  }
}

// --- Memory -------------------------------------------------------------------------------------

Description wide(Tick delay) {
  return parse_description(
      fmt::format("format: neurosim/1\ntime: {{ steps: 200 }}\npopulations:\n"
                  "  in: {{ model: spike_list, size: 4, spikes: [] }}\n"
                  "  a: {{ model: src, size: 2000 }}\n"
                  "  out: {{ model: leaky_readout, size: 2 }}\nprojections:\n"
                  "  - {{ from: in, to: a, learn: true, weights: {{ init: xavier_uniform }} }}\n"
                  "  - {{ from: a, to: out, delay: {}, connect: class_groups, learn: true }}\n"
                  "training: {{ batch: 24, validation: 0 }}\n",
                  delay),
      "wide.yaml");
}

std::unique_ptr<Trainer> make(const Description& description, const TrainerOptions& options) {
  return make_trainer<float>(description, compile<float>(description, &test::no_files),
                             test::random_data(description, 1, 8, 0.1), options);
}

TEST_CASE("a bound on memory makes segments, as few as it takes") {
  for (const Tick delay : {0, 20}) {
    CAPTURE(delay);
    const Description description = wide(delay);
    const MemoryEstimate free = make(description, {})->memory();
    CHECK(free.segments == 1);
    CHECK(free.total() == free.parameters + free.tape + free.spikes);
    CHECK(make(description, {.max_memory = free.total()})->memory().segments == 1);
    std::uint64_t before = 1;
    for (const std::uint64_t percent : {99, 70, 50, 40}) {
      CAPTURE(percent);
      const std::uint64_t most = free.parameters + free.spikes + free.tape * percent / 100;
      const MemoryEstimate bound = make(description, {.max_memory = most})->memory();
      CHECK(bound.total() <= most);
      CHECK(bound.segments >= std::max<std::uint64_t>(2, before));
      before = bound.segments;
    }
    const MemoryEstimate two = make(description, {.threads = 2})->memory();
    CHECK(two.tape == 2 * free.tape);
    CHECK(two.parameters == free.parameters);
    const MemoryEstimate many = make(description, {.threads = 64})->memory();
    CHECK(many.tape == 3 * free.tape);  // three shards of a batch of 24
  }
}

/// The message for a bound that cannot be met, or an empty string.
std::string refusal(const Description& description, const TrainerOptions& options) {
  try {
    make(description, options);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("a bound that no segments can meet is refused with what would do") {
  for (const Tick delay : {0, 20}) {
    for (const unsigned threads : {1u, 3u}) {
      CAPTURE(delay);
      CAPTURE(threads);
      const Description description = wide(delay);
      const std::string message = refusal(description, {.threads = threads, .max_memory = 1});
      std::uint64_t megabytes = 0;
      for (std::uint64_t m = 1; m < 1000 && megabytes == 0; ++m) {
        if (refusal(description, {.threads = threads, .max_memory = m * 1000000}).empty()) {
          megabytes = m;
        }
      }
      REQUIRE(megabytes > 1);
      CHECK(message == fmt::format("--max-memory: training this network needs at least about {} "
                                   "MB with {} thread{}",
                                   megabytes, threads, threads == 1 ? "" : "s"));
    }
  }
}

}  // namespace
}  // namespace neurosim
