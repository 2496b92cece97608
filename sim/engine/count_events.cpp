#include "sim/engine/count_events.hpp"

#include <algorithm>
#include <cmath>

namespace neurosim {
namespace {

/// Adding a weight, or its negative, takes no multiplication.
template <class T>
bool all_units(std::span<const double> values) {
  return std::ranges::all_of(values,
                             [](double value) { return std::abs(static_cast<T>(value)) == T(1); });
}

/// What arrives with one of a projection's delays. A spike counts once, with the shortest.
template <class T>
void count_group(const Projection<T>& projection, std::size_t group, Tick ticks,
                 const SpikeTrain& train, ProjectionCounters& counters) {
  const std::size_t groups = projection.delays.size();
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    if (train.tick(k) + projection.delays[group] >= ticks) break;
    const SpikePacket packet = train.packet(k);
    if (group + 1 == groups) counters.events += packet.ids.size();
    std::uint64_t effective = 0;
    for (const NeuronId id : packet.ids) {
      counters.synaptic_operations += projection.out_degree[id * groups + group];
      effective += projection.nonzero_out_degree[id * groups + group];
    }
    (all_units<T>(packet.values) ? counters.accumulates : counters.multiply_accumulates) +=
        effective;
  }
}

}  // namespace

template <class T>
void count_events(const Network<T>& network, SampleRecord& record) {
  for (std::size_t p = 0; p < network.projections.size(); ++p) {
    const Projection<T>& projection = network.projections[p];
    for (std::size_t group = 0; group < projection.delays.size(); ++group) {
      count_group(projection, group, network.ticks, record.spikes[projection.from],
                  record.projections[p]);
    }
  }
}

template void count_events(const Network<float>&, SampleRecord&);
template void count_events(const Network<double>&, SampleRecord&);

}  // namespace neurosim
