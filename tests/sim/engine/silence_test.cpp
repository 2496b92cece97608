#include <doctest/doctest.h>
#include <fmt/format.h>

#include "sim/engine/engine.hpp"
#include "sim/network/read_description.hpp"
#include "support/networks.hpp"

namespace neurosim {
namespace {

/// Runs 10 input spikes at ticks 0, 10, ..., 90 into one population over `steps` ticks.
SampleRecord run(const std::string& population, Tick steps) {
  std::string spikes;
  for (int k = 0; k < 10; ++k) spikes += fmt::format("{}[{}, {}]", k ? ", " : "", 10 * k, k);
  const Description description = parse_description(
      fmt::format("format: neurosim/1\nname: silence\nprecision: single\n"
                  "time: {{ steps: {} }}\npopulations:\n"
                  "  input: {{ model: spike_list, size: 10, spikes: [{}] }}\n"
                  "  cells: {}\n"
                  "projections:\n"
                  "  - {{ from: input, to: cells, connect: all_to_all, weights: 1.5 }}\n",
                  steps, spikes, population),
      "silence.yaml");
  const auto network = compile<float>(description, &test::no_files);
  SampleInput input;
  input.sources.emplace_back();
  const auto& list = std::get<SpikeListSource>(*description.populations[0].source);
  for (const auto& [tick, neuron] : list.spikes) input.sources[0].append(tick, neuron);
  SampleRecord record;
  make_event_engine(network, {})->run(0, input, record);
  return record;
}

constexpr const char* kLif = "{ model: lif, size: 100 }";
constexpr const char* kSrc =
    "{ model: src, size: 100, parameters: { current_cutoff: 1e-3, rest_tolerance: 1e-4 } }";

TEST_CASE("silence costs nothing, however long") {
  for (const char* population : {kLif, kSrc}) {
    CAPTURE(std::string(population));
    // The last spike comes at tick 90.
    const SampleRecord brief = run(population, 91 + 100);
    const SampleRecord longer = run(population, 91 + 100000);
    const SampleRecord longest = run(population, 1000000000);
    CHECK(brief.populations[1].spikes > 0);
    CHECK(brief.populations[1].updates_done == longer.populations[1].updates_done);
    CHECK(brief.populations[1].updates_done == longest.populations[1].updates_done);
    CHECK(longest.populations[1].updates_done + longest.populations[1].updates_skipped ==
          100ull * 1000000000ull);
  }
}

TEST_CASE("a LIF neuron is updated at its events only") {
  // 10 ticks with input; the initial state rests, which takes no second look after tick 0.
  CHECK(run(kLif, 1000).populations[1].updates_done == 100u * 10u);
}

TEST_CASE("an SRC neuron of the paper at b = -6 comes to rest by itself") {
  const SampleRecord longer = run("{ model: src, size: 100 }", 100000);
  const SampleRecord longest = run("{ model: src, size: 100 }", 1000000000);
  CHECK(longer.populations[1].updates_done == longest.populations[1].updates_done);
  CHECK(longer.populations[1].updates_done < 100u * 2000u);
}

TEST_CASE("an SRC neuron at b = -4 never rests") {
  const SampleRecord record = run("{ model: src, size: 100, parameters: { bias: -4 } }", 2000);
  CHECK(record.populations[1].updates_skipped == 0);
  CHECK(record.populations[1].spikes > 0);
}

}  // namespace
}  // namespace neurosim
