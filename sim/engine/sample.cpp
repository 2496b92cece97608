#include "sim/engine/sample.hpp"

#include <algorithm>

#include "sim/core/error.hpp"
#include "sim/core/random.hpp"
#include "sim/core/spike_onsets.hpp"

namespace neurosim {

template <class T>
Sample<T>::Sample(const Network<T>& network, const Observation& observation)
    : network_(network), observation_(observation) {
  for (std::size_t p = 0; p < network.population_count(); ++p) {
    const std::uint64_t seed =
        derived_seed(network.seed, Stream::kModelNoise, {static_cast<std::uint32_t>(p), 0, 0});
    populations_.push_back(
        network.neurons[p] ? std::make_unique<Population<T>>(*network.neurons[p], seed) : nullptr);
  }
}

template <class T>
void Sample<T>::begin(std::size_t index, const SampleInput& input, SampleRecord& record) {
  record.sample = index;
  record.ticks = network_.ticks;
  record.label = input.label;
  record.prediction = -1;
  record.readout.clear();
  record.spikes.resize(network_.population_count());
  record.spiking_ticks.resize(network_.population_count());
  record.populations.assign(network_.population_count(), {});
  record.projections.assign(network_.projections.size(), {});
  std::size_t source = 0;
  for (std::size_t p = 0; p < network_.population_count(); ++p) {
    if (populations_[p]) {
      populations_[p]->reset(static_cast<std::uint32_t>(index));
      record.spikes[p].clear();
      record.spiking_ticks[p].assign(network_.neurons[p]->size(), 0);
      continue;
    }
    NS_ASSERT(source < input.sources.size());
    record.spikes[p] = input.sources[source++];
    record.spiking_ticks[p].assign(network_.sizes[p], 0);
    for (const NeuronId id : record.spikes[p].ids()) ++record.spiking_ticks[p][id];
  }
}

template <class T>
void Sample<T>::end(SampleRecord& record) const {
  const Tick last = network_.ticks - 1;
  for (std::size_t p = 0; p < network_.population_count(); ++p) {
    PopulationCounters& counters = record.populations[p];
    counters.onsets = counters.spikes = record.spikes[p].spike_count();
    if (!populations_[p]) continue;
    if (network_.neurons[p]->model().lasting) {
      counters.onsets = count_onsets(record.spikes[p], network_.sizes[p]);
    }
    counters.updates_done = populations_[p]->updates();
    counters.updates_driven = populations_[p]->driven();
    counters.updates_skipped =
        network_.sizes[p] * static_cast<std::uint64_t>(network_.ticks) - counters.updates_done;
  }
  if (observation_.readout) {
    const std::size_t p = *observation_.readout;
    for (std::size_t n = 0; n < network_.sizes[p]; ++n) {
      record.readout.push_back(populations_[p]->observe(static_cast<NeuronId>(n), 0, last));
    }
    const auto largest = std::max_element(record.readout.begin(), record.readout.end());
    record.prediction = largest - record.readout.begin();
  }
  record.final_states.clear();
  if (observation_.final_states == FinalStates::kSkip) return;
  record.final_states.resize(network_.population_count());
  for (std::size_t p = 0; p < network_.population_count(); ++p) {
    if (populations_[p]) populations_[p]->dump(last, record.final_states[p]);
  }
}

template class Sample<float>;
template class Sample<double>;

}  // namespace neurosim
