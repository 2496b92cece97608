#include "experiments/summary.hpp"

#include <algorithm>
#include <functional>

namespace neurosim {

SummarySink::SummarySink(const Description& description) : description_(description) {
  for (const PopulationSpec& population : description.populations) {
    summary_.populations.push_back(
        {.name = population.name,
         .model = population.model,
         .neurons = population.size,
         .spikes = population.info == nullptr || population.info->spikes});
    fired_.emplace_back(population.size, 0);
  }
}

void SummarySink::sample(const SampleRecord& record) {
  ++summary_.samples;
  if (record.label >= 0 && record.prediction >= 0) {
    ++summary_.labelled;
    summary_.correct += record.label == record.prediction;
    summary_.largest_label = std::max(summary_.largest_label, record.label);
    summary_.undecided +=
        std::ranges::adjacent_find(record.readout, std::not_equal_to()) == record.readout.end();
  }
  for (std::size_t p = 0; p < summary_.populations.size(); ++p) {
    PopulationSummary& population = summary_.populations[p];
    population.spike_events += record.populations[p].spikes;
    population.onsets += record.populations[p].onsets;
    population.updates_done += record.populations[p].updates_done;
    population.updates_skipped += record.populations[p].updates_skipped;
    for (std::size_t n = 0; n < fired_[p].size(); ++n) {
      fired_[p][n] |= record.spiking_ticks[p][n] > 0;
    }
  }
  for (std::size_t p = 0; p < record.projections.size(); ++p) {
    summary_.populations[description_.projections[p].to].synaptic_operations +=
        record.projections[p].synaptic_operations;
  }
}

void SummarySink::end(RunEnd how) {
  summary_.interrupted = how == RunEnd::kInterrupted;
  const double ticks =
      static_cast<double>(summary_.samples) * static_cast<double>(description_.time.total());
  for (std::size_t p = 0; p < summary_.populations.size(); ++p) {
    PopulationSummary& population = summary_.populations[p];
    if (!population.spikes) continue;
    population.silent_neurons =
        static_cast<std::uint64_t>(std::ranges::count(fired_[p], std::uint8_t{0}));
    if (ticks == 0) continue;
    const double neuron_ticks = ticks * static_cast<double>(population.neurons);
    // A neuron spikes at most once a tick, so events a neuron and tick are T(s) of Eq. 4.
    population.activity = static_cast<double>(population.spike_events) / neuron_ticks;
    population.mean_rate_hz =
        static_cast<double>(population.onsets) / neuron_ticks * 1000 / description_.time.step_ms;
  }
}

}  // namespace neurosim
