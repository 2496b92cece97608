#include "sim/train/activity_penalty.hpp"

#include <algorithm>

namespace neurosim {

template <class T>
bool ActivityPenalty<T>::due(std::size_t population, std::size_t sample,
                             const ShardRecord<T>& record) const {
  if (recipe_.activity_penalty == 0 || population == plan_.readout) return false;
  const double entries =
      static_cast<double>(network_.sizes[population]) * static_cast<double>(network_.ticks);
  return static_cast<double>(record.spikes[population][sample].count()) >
         recipe_.activity_target * entries;
}

/// The penalty's gradient by each spike, 1 / (neurons x ticks) of it: for models of graded spikes,
/// binary output included, where there is one (the derivative of ReLU), for others at every tick
/// (their surrogate decides).
template <class T>
bool ActivityPenalty<T>::add(std::size_t population, std::size_t sample, int block, Segment ticks,
                             const ShardRecord<T>& record, T* rows) const {
  if (!due(population, sample, record)) return false;
  const NeuronBlocks<T>& neurons = *network_.neurons[population];
  const int width = neurons.width(block), count = neurons.count(block);
  const auto share = static_cast<T>(
      recipe_.activity_penalty /
      (static_cast<double>(neurons.size()) * static_cast<double>(network_.ticks) * batch_samples_));
  std::fill_n(rows, ticks.ticks * width, T(0));
  for (Tick t = 0; t < ticks.ticks; ++t, rows += width) {
    if (!neurons.model().graded) {
      std::fill_n(rows, count, share);
      continue;
    }
    const auto ids = record.spikes[population][sample].at(ticks.first + t).ids;
    const auto first = static_cast<NeuronId>(block * kBlock);
    for (auto id = std::ranges::lower_bound(ids, first);
         id != ids.end() && *id < first + static_cast<NeuronId>(count); ++id) {
      rows[*id - first] = share;
    }
  }
  return true;
}

template class ActivityPenalty<float>;
template class ActivityPenalty<double>;

}  // namespace neurosim
