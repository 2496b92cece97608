#include <fmt/format.h>

#include "sim/engine/engine.hpp"
#include "sim/network/read_description.hpp"
#include "tools/bench/bench.hpp"

namespace neurosim::bench {
namespace {

struct Row {
  const char* name;
  const char* population;
};

constexpr Row kRows[] = {
    {"lif", "{ model: lif, size: 100 }"},
    {"src b=-6", "{ model: src, size: 100 }"},
    {"src b=-6, current_cutoff 1e-3, rest_tolerance 1e-4",
     "{ model: src, size: 100, parameters: { current_cutoff: 1e-3, rest_tolerance: 1e-4 } }"},
};

void run(const Row& row, Tick steps) {
  const Description description = parse_description(
      fmt::format("format: neurosim/1\nname: silence\ntime: {{ steps: {} }}\npopulations:\n"
                  "  input: {{ model: spike_list, size: 10, spikes: [] }}\n  cells: {}\n"
                  "projections:\n  - {{ from: input, to: cells, weights: 1.5 }}\n",
                  steps, row.population),
      "silence.yaml");
  const auto network =
      compile<float>(description, [](const auto&, const auto&) { return NumericArray(); });
  SampleInput input;
  input.sources.emplace_back();
  for (NeuronId k = 0; k < 10; ++k) input.sources[0].append(10 * Tick{k}, k);
  const auto engine = make_event_engine(network, {});
  SampleRecord record;
  std::vector<double> runs;
  for (int k = 0; k < 5; ++k) {
    runs.push_back(seconds([&] { engine->run(0, input, record); }));
  }
  const PopulationCounters& counters = record.populations[1];
  fmt::print("{:<52} {:>13} {:>9} {:>16} {:>12.3f}\n", row.name, steps, counters.updates_done,
             counters.updates_skipped, 1e3 * median(runs));
}

}  // namespace

void silence() {
  fmt::print("\nSilence: 10 input spikes in the first 91 steps into 100 neurons\n");
  fmt::print("{:<52} {:>13} {:>9} {:>16} {:>12}\n", "population", "steps", "updates", "skipped",
             "median ms");
  for (const Row& row : kRows) {
    for (const Tick steps : {Tick{191}, Tick{100091}, Tick{1000000000}}) run(row, steps);
  }
}

}  // namespace neurosim::bench
