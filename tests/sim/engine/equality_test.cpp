#include <doctest/doctest.h>

#include <array>
#include <string>

#include "sim/engine/engine.hpp"
#include "sim/network/read_description.hpp"
#include "support/networks.hpp"
#include "support/random_tests.hpp"
#include "support/window_networks.hpp"

namespace neurosim {
namespace {

std::vector<std::string> names(const Description& description) {
  std::vector<std::string> result;
  for (const auto& population : description.populations) result.push_back(population.name);
  return result;
}

/// Runs one random network through both engines and compares everything they report.
template <class T>
void check_equal(const Description& description, std::uint64_t seed, double density,
                 std::size_t& spikes) {
  const Network<T> network = compile<T>(description, &test::no_files);
  const Observation observation = test::observe_states(description);
  const auto event = make_event_engine(network, observation);
  // As many threads and parts as there are blocks, at most.
  const auto parted = make_event_engine(
      network, observation,
      {.threads = 1 + static_cast<unsigned>(seed % 3), .part_bytes = 4096, .fewest_blocks = 1});
  const auto reference = make_reference_engine(network, observation);
  SampleRecord a, b, c;
  for (std::size_t sample = 0; sample < 2; ++sample) {
    const SampleInput input = test::random_input(description, seed * 2 + sample, density);
    event->run(sample, input, a);
    reference->run(sample, input, b);
    REQUIRE(first_difference(a, b, names(description)) == "");
    parted->run(sample, input, c);
    REQUIRE(first_difference(a, c, names(description)) == "");
    REQUIRE(a.spiking_ticks == c.spiking_ticks);
    REQUIRE(a.spiking_ticks == b.spiking_ticks);
    for (std::size_t t = 0; t < a.traces.size(); ++t) {
      REQUIRE(a.traces[t].values == b.traces[t].values);
      REQUIRE(a.traces[t].values == c.traces[t].values);
    }
    for (std::size_t p = 0; p < a.projections.size(); ++p) {
      REQUIRE(a.projections[p] == b.projections[p]);
    }
    for (std::size_t p = 0; p < a.populations.size(); ++p) {
      REQUIRE(a.populations[p].spikes == b.populations[p].spikes);
      REQUIRE(a.populations[p].updates_driven == b.populations[p].updates_driven);
      REQUIRE(a.populations[p].updates_driven == c.populations[p].updates_driven);
      REQUIRE(a.populations[p].updates_done == c.populations[p].updates_done);
      REQUIRE(b.populations[p].updates_skipped == 0);
      if (description.populations[p].source) continue;
      REQUIRE(a.populations[p].updates_done + a.populations[p].updates_skipped ==
              b.populations[p].updates_done);
      spikes += a.populations[p].spikes;
    }
  }
}

TEST_CASE(
    "event engine and reference engine give the same bits on random networks, in any number of "
    "parts") {
  std::size_t spikes = 0;
  test::for_each_seed(300, [&](std::uint64_t seed) {
    const std::string yaml = test::random_network(seed);
    CAPTURE(yaml);
    const Description description = parse_description(yaml, "random.yaml");
    const double density = std::array{0.0, 0.002, 0.05, 0.3}[seed % 4];
    if (description.precision == Precision::kSingle) {
      check_equal<float>(description, seed, density, spikes);
    } else {
      check_equal<double>(description, seed, density, spikes);
    }
  });
  // The property would be empty if nothing ever fired.
  CHECK(spikes > 100000);
}

TEST_CASE("both engines give the same bits on random convolutions and pools") {
  std::size_t spikes = 0;
  test::for_each_seed(150, [&](std::uint64_t seed) {
    const std::string yaml = test::random_window_network(seed);
    CAPTURE(yaml);
    const Description description = parse_description(yaml, "random.yaml");
    const double density = std::array{0.002, 0.05, 0.3}[seed % 3];
    if (description.precision == Precision::kSingle) {
      check_equal<float>(description, seed, density, spikes);
    } else {
      check_equal<double>(description, seed, density, spikes);
    }
  });
  CHECK(spikes > 100000);
}

// Rows that touch few of many blocks, and delays up to and beyond the longest window.
TEST_CASE("large sparse loops give the same bits and updates in any number of parts") {
  std::size_t spikes = 0;
  test::for_each_seed(12, [&](std::uint64_t seed) {
    const std::string yaml =
        "format: neurosim/1\nseed: " + std::to_string(seed) +
        "\ntime: { steps: 300 }\npopulations:\n  in: { model: spike_list, size: 50, spikes: [] }\n"
        "  out: { model: lif, size: 2000 }\nprojections:\n"
        "  - { from: in, to: out, connect: { type: fixed_probability, p: 0.004 }, weights: 2 }\n"
        "  - { from: out, to: out, connect: { type: fixed_probability, p: 0.001 }, weights: 1.1, "
        "delay: " +
        std::array{"63",
                   "64",
                   "65",
                   "200",
                   "{ init: uniform, low: 1, high: 40 }",
                   "{ init: uniform, low: 60, high: 70 }"}[seed % 6] +
        " }\nrecord: { spikes: [out] }\n";
    CAPTURE(yaml);
    check_equal<float>(parse_description(yaml, "sparse.yaml"), seed, 0.02, spikes);
  });
  CHECK(spikes > 1000);
}

}  // namespace
}  // namespace neurosim
