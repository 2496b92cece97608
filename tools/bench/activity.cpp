#include <fmt/format.h>

#include "sim/engine/engine.hpp"
#include "tools/bench/bench.hpp"

namespace neurosim::bench {
namespace {

NumericArray no_files(const std::string&, const std::string&) { return {}; }

void run(const std::string& model, double probability) {
  const Description description = paper_network(model);
  const auto network = compile<float>(description, &no_files);
  const auto event = make_event_engine(network, {});
  const auto reference = make_reference_engine(network, {});
  SampleRecord record;
  std::vector<double> event_times, reference_times, ratios;
  for (std::uint32_t sample = 0; sample < 7; ++sample) {
    const SampleInput input = random_input(description, probability, sample);
    event_times.push_back(seconds([&] { event->run(sample, input, record); }));
    reference_times.push_back(seconds([&] { reference->run(sample, input, record); }));
    ratios.push_back(reference_times.back() / event_times.back());
  }
  const double neuron_ticks = 200.0 * 512;
  fmt::print("{:<6} {:>9.1f} {:>9.2f} {:>11.3f} {:>14.3f} {:>8.1f}\n", model, 100 * probability,
             100 * static_cast<double>(record.populations[1].spikes) / neuron_ticks,
             1e3 * median(event_times), 1e3 * median(reference_times), median(ratios));
}

}  // namespace

void activity() {
  fmt::print("\nCost follows events: 784-512-100, 200 steps, one core, median of 7 samples\n");
  fmt::print("{:<6} {:>9} {:>9} {:>11} {:>14} {:>8}\n", "model", "input %", "hidden %", "event ms",
             "reference ms", "ratio");
  for (const char* model : {"src", "lif"}) {
    for (const double probability : {0.001, 0.01, 0.1, 1.0}) run(model, probability);
  }
}

}  // namespace neurosim::bench
