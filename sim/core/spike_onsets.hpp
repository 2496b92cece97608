#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/spike_train.hpp"

namespace neurosim {

/// Calls `take(tick, id)` for each spike event whose neuron sent none at the tick before: where
/// the spikes of a model start whose spikes last (ModelInfo::lasting). REQUIRES: ids < neurons.
template <class Take>
void for_each_onset(const SpikeTrain& train, std::size_t neurons, const Take& take) {
  std::vector<Tick> last(neurons, -2);
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    const SpikePacket packet = train.packet(k);
    for (const NeuronId id : packet.ids) {
      if (last[id] + 1 != packet.tick) take(packet.tick, id);
      last[id] = packet.tick;
    }
  }
}

inline std::uint64_t count_onsets(const SpikeTrain& train, std::size_t neurons) {
  std::uint64_t count = 0;
  for_each_onset(train, neurons, [&](Tick, NeuronId) { ++count; });
  return count;
}

/// A train of these events alone, without values.
inline SpikeTrain onsets_of(const SpikeTrain& train, std::size_t neurons) {
  SpikeTrain onsets;
  for_each_onset(train, neurons, [&](Tick tick, NeuronId id) { onsets.append(tick, id); });
  return onsets;
}

}  // namespace neurosim
