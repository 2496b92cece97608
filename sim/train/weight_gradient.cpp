#include "sim/train/weight_gradient.hpp"

#include <algorithm>

#include "sim/core/error.hpp"
#include "sim/train/learned_weights.hpp"

namespace neurosim {

/// Row of a sample's tick among the rows of all samples.
static std::size_t row_of(std::size_t sample, Tick row, Segment ticks) {
  return sample * static_cast<std::size_t>(ticks.ticks) + static_cast<std::size_t>(row);
}

template <class Visit>
void EventLists::assign(std::size_t neurons, bool graded, Visit visit) {
  begin_.assign(neurons + 1, 0);
  visit([&](std::size_t neuron, std::size_t, double) { ++begin_[neuron + 1]; });
  for (std::size_t k = 0; k < neurons; ++k) begin_[k + 1] += begin_[k];
  next_.assign(begin_.begin(), begin_.end());
  rows_.resize(begin_.back());
  values_.resize(graded ? begin_.back() : 0);
  visit([&](std::size_t neuron, std::size_t row, double value) {
    const std::size_t place = next_[neuron]++;
    rows_[place] = static_cast<NeuronId>(row);
    if (graded) values_[place] = value;
  });
}

template <class T>
WeightGradient<T>::WeightGradient(const Network<T>& network, const Segments& segments)
    : network_(network),
      segments_(segments),
      kernels_(kernels<T>()),
      carries_(network.projections.size()) {}

template <class T>
void WeightGradient<T>::begin() {
  for (std::vector<T>& carry : carries_) std::fill(carry.begin(), carry.end(), T(0));
}

template <class T>
std::uint64_t WeightGradient<T>::add(std::size_t projection, const ShardRecord<T>& record,
                                     Segment ticks, Errors<T>& errors, T filter,
                                     GradientOrder order,
                                     typename ShardGradient<T>::Weights& gradient) {
  bool live = false;
  for (std::size_t s = 0; s < record.samples; ++s) live = live || errors.live(s);
  if (!live) return 0;
  const Projection<T>& p = network_.projections[projection];
  if (!gradient.any) {
    const bool transposed = p.dense && order == GradientOrder::kByErrors;
    gradient.values.assign(
        transposed ? BlockShape{p.sources}.lanes() * p.targets : learned_weights(p), T(0));
    gradient.any = true;
  }
  const std::uint64_t spikes = list_spikes(projection, record, ticks, errors);
  if (!p.dense) {
    add_sparse(projection, ticks, errors, filter, record.samples, gradient.values);
  } else if (order == GradientOrder::kBySpikes) {
    add_by_spikes(projection, ticks, errors, filter, record.samples, gradient.values);
  } else {
    add_by_errors(projection, ticks, errors, filter, record.samples, gradient.values);
  }
  return spikes;
}

/// The spikes that arrive in this segment, of samples that have errors.
template <class T>
std::uint64_t WeightGradient<T>::list_spikes(std::size_t projection, const ShardRecord<T>& record,
                                             Segment ticks, const Errors<T>& errors) {
  const Projection<T>& p = network_.projections[projection];
  const NeuronBlocks<T>* const source = network_.neurons[p.from].get();
  // A source population may play either kind.
  const bool graded = source == nullptr || source->graded();
  spikes_.assign(p.sources, graded, [&](auto add) {
    for (std::size_t s = 0; s < record.samples; ++s) {
      if (!errors.live(s)) continue;
      const SpikeRows& spikes = record.spikes[p.from][s];
      for (Tick row = std::max<Tick>(0, p.delay - ticks.first); row < ticks.ticks; ++row) {
        const SpikeRows::Row packet = spikes.at(ticks.first + row - p.delay);
        for (std::size_t k = 0; k < packet.ids.size(); ++k) {
          add(packet.ids[k], row_of(s, row, ticks), packet.values.empty() ? 1 : packet.values[k]);
        }
      }
    }
  });
  return spikes_.count();
}

/// d_input of one block of targets, [sample][tick][width]; samples without errors are left out.
template <class T>
const T* WeightGradient<T>::filter_errors(std::size_t projection, int block, Segment ticks,
                                          const Errors<T>& errors, T filter, std::size_t samples) {
  const BlockShape& shape = errors.shape();
  std::vector<T>& carry = carries_[projection];
  carry.resize(kShardSamples * shape.lanes(), T(0));
  filtered_.resize(kShardSamples * static_cast<std::size_t>(segments_.length) * kBlock);
  const int width = shape.width(block);
  for (std::size_t s = 0; s < samples; ++s) {
    if (!errors.live(s)) continue;
    T* const out = filtered_.data() + row_of(s, 0, ticks) * static_cast<std::size_t>(width);
    T* const lanes = carry.data() + s * shape.lanes() + static_cast<std::size_t>(block) * kBlock;
    kernels_.filter_backward(errors.rows(s, block), static_cast<int>(ticks.ticks), width, filter,
                             lanes, out);
  }
  return filtered_.data();
}

template <class T>
void WeightGradient<T>::add_by_spikes(std::size_t projection, Segment ticks,
                                      const Errors<T>& errors, T filter, std::size_t samples,
                                      AlignedVector<T>& gradient) {
  const Projection<T>& p = network_.projections[projection];
  for (int block = 0; block < errors.shape().blocks(); ++block) {
    const T* const rows = filter_errors(projection, block, ticks, errors, filter, samples);
    const int width = errors.shape().width(block);
    T* sum = gradient.data() + static_cast<std::size_t>(block) * kBlock * p.sources;
    for (std::size_t source = 0; source < p.sources; ++source, sum += width) {
      const auto at = spikes_.rows(source);
      if (at.empty()) continue;
      kernels_.deliver_dense(rows, width, at, spikes_.values(source), sum, sum);
    }
  }
}

/// REQUIRES: one segment only, since the filter runs forwards from the first tick.
template <class T>
void WeightGradient<T>::add_by_errors(std::size_t projection, Segment ticks, Errors<T>& errors,
                                      T filter, std::size_t samples, AlignedVector<T>& gradient) {
  NS_ASSERT(segments_.count() == 1);
  const Projection<T>& p = network_.projections[projection];
  error_events_.assign(p.targets, true, [&](auto add) {
    for (std::size_t s = 0; s < samples; ++s) {
      if (!errors.live(s)) continue;
      for (int block = 0; block < errors.shape().blocks(); ++block) {
        const std::uint64_t* const masks = errors.masks(s, block);
        const T* row = errors.rows(s, block);
        for (Tick t = 0; t < ticks.ticks; ++t, row += errors.shape().width(block)) {
          for (std::uint64_t rest = masks[t]; rest != 0; rest &= rest - 1) {
            const int lane = std::countr_zero(rest);
            add(static_cast<std::size_t>(block * kBlock + lane), row_of(s, t, ticks),
                static_cast<double>(row[lane]));
          }
        }
      }
    }
  });
  const BlockShape sources = {p.sources};
  filtered_.resize(kShardSamples * static_cast<std::size_t>(segments_.length) * kBlock);
  for (int block = 0; block < sources.blocks(); ++block) {
    const auto width = static_cast<std::size_t>(sources.width(block));
    for (std::size_t s = 0; s < samples; ++s) {
      if (!errors.live(s)) continue;
      T* const rows = filtered_.data() + row_of(s, 0, ticks) * width;
      std::fill_n(rows, static_cast<std::size_t>(ticks.ticks) * width, T(0));
    }
    for (int lane = 0; lane < sources.count(block); ++lane) {
      const auto source = static_cast<std::size_t>(block * kBlock + lane);
      const auto at = spikes_.rows(source);
      const auto values = spikes_.values(source);
      for (std::size_t k = 0; k < at.size(); ++k) {
        filtered_[at[k] * width + static_cast<std::size_t>(lane)] =
            values.empty() ? T(1) : static_cast<T>(values[k]);
      }
    }
    for (std::size_t s = 0; s < samples; ++s) {
      if (!errors.live(s)) continue;
      kernels_.filter_forward(filtered_.data() + row_of(s, 0, ticks) * width,
                              static_cast<int>(ticks.ticks), static_cast<int>(width), filter);
    }
    T* sum = gradient.data() + static_cast<std::size_t>(block) * kBlock * p.targets;
    for (std::size_t target = 0; target < p.targets; ++target, sum += width) {
      const auto at = error_events_.rows(target);
      if (at.empty()) continue;
      kernels_.deliver_dense(filtered_.data(), static_cast<int>(width), at,
                             error_events_.values(target), sum, sum);
    }
  }
}

/// Whole rows of a block for the few lanes that a source reaches: the kernel takes them as fast as
/// one lane, and gives the same bits.
template <class T>
void WeightGradient<T>::add_sparse(std::size_t projection, Segment ticks, const Errors<T>& errors,
                                   T filter, std::size_t samples, AlignedVector<T>& gradient) {
  static constexpr Lanes<T> kNone = {};
  const Projection<T>& p = network_.projections[projection];
  const std::uint64_t* const kernel = has_kernel(p) ? p.file_place.data() : nullptr;
  spiking_.clear();
  for (std::size_t source = 0; source < p.sources; ++source) {
    if (!spikes_.rows(source).empty()) spiking_.push_back(source);
  }
  Lanes<T> sums;
  for (int block = 0; block < errors.shape().blocks(); ++block) {
    const T* const rows = filter_errors(projection, block, ticks, errors, filter, samples);
    const int width = errors.shape().width(block);
    const auto first = static_cast<NeuronId>(block * kBlock);
    for (const std::size_t source : spiking_) {
      const auto row = p.row(source);
      const auto before = [&](NeuronId t, NeuronId id) { return row.first_target + t < id; };
      const NeuronId* const all = row.target + row.count;
      const NeuronId* const begin = std::lower_bound(row.target, all, first, before);
      const NeuronId* const end = std::lower_bound(begin, all, first + kBlock, before);
      if (begin == end) continue;
      kernels_.deliver_dense(rows, width, spikes_.rows(source), spikes_.values(source), kNone.at,
                             sums.at);
      for (const NeuronId* target = begin; target != end; ++target) {
        const std::uint64_t synapse = row.begin + static_cast<std::uint64_t>(target - row.target);
        gradient[kernel == nullptr ? synapse : kernel[synapse]] +=
            sums.at[row.first_target + *target - first];
      }
    }
  }
}

template class WeightGradient<float>;
template class WeightGradient<double>;

}  // namespace neurosim
