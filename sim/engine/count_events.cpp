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

}  // namespace

template <class T>
void count_events(const Network<T>& network, SampleRecord& record) {
  for (std::size_t p = 0; p < network.projections.size(); ++p) {
    const Projection<T>& projection = network.projections[p];
    const SpikeTrain& train = record.spikes[projection.from];
    ProjectionCounters& counters = record.projections[p];
    for (std::size_t k = 0; k < train.packet_count(); ++k) {
      if (train.tick(k) + projection.delay >= network.ticks) break;
      const SpikePacket packet = train.packet(k);
      counters.events += packet.ids.size();
      std::uint64_t effective = 0;
      for (const NeuronId id : packet.ids) {
        counters.synaptic_operations += projection.out_degree[id];
        effective += projection.nonzero_out_degree[id];
      }
      (all_units<T>(packet.values) ? counters.accumulates : counters.multiply_accumulates) +=
          effective;
    }
  }
}

template void count_events(const Network<float>&, SampleRecord&);
template void count_events(const Network<double>&, SampleRecord&);

}  // namespace neurosim
