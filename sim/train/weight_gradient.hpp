#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/network/kernels.hpp"
#include "sim/network/network.hpp"
#include "sim/train/errors.hpp"
#include "sim/train/shard.hpp"
#include "sim/train/shard_gradient.hpp"

namespace neurosim {

/// Events by neuron: for each, the rows at which it has one, sample after sample.
class EventLists {
 public:
  /// `visit(add)` must call add(neuron, row, value) for every event, twice over, in the same order.
  /// Without `graded` every value is 1.
  template <class Visit>
  void assign(std::size_t neurons, bool graded, Visit visit);
  std::span<const NeuronId> rows(std::size_t neuron) const {
    return std::span(rows_).subspan(begin_[neuron], begin_[neuron + 1] - begin_[neuron]);
  }
  /// Empty: every value is 1.
  std::span<const double> values(std::size_t neuron) const {
    if (values_.empty()) return {};
    return std::span(values_).subspan(begin_[neuron], begin_[neuron + 1] - begin_[neuron]);
  }
  std::size_t count() const { return rows_.size(); }

 private:
  std::vector<std::size_t> begin_, next_;
  std::vector<NeuronId> rows_;
  std::vector<double> values_;
};

/// The gradient by a projection's weights, dW[target][source] = sum over ticks of d_input[target]
/// at the tick x the spike of the source that arrives then, where d_input is the error filtered
/// back in time. Since the filter is linear it may as well run forwards over the spikes; what costs
/// less is for the caller to say (GradientOrder).
template <class T>
class WeightGradient {
 public:
  WeightGradient(const Network<T>& network, const Segments& segments);

  /// Before the last segment of a shard.
  void begin();
  /// Adds one segment of a shard. `filter`: of the target's errors. Returns the spikes used.
  std::uint64_t add(std::size_t projection, const ShardRecord<T>& record, Segment ticks,
                    Errors<T>& errors, T filter, GradientOrder order,
                    typename ShardGradient<T>::Weights& gradient);

 private:
  std::uint64_t list_spikes(std::size_t projection, const ShardRecord<T>& record, Segment ticks,
                            const Errors<T>& errors);
  const T* filter_errors(std::size_t projection, int block, Segment ticks, const Errors<T>& errors,
                         T filter, std::size_t samples);
  void add_by_spikes(std::size_t projection, Segment ticks, const Errors<T>& errors, T filter,
                     std::size_t samples, AlignedVector<T>& gradient);
  void add_by_errors(std::size_t projection, Segment ticks, Errors<T>& errors, T filter,
                     std::size_t samples, AlignedVector<T>& gradient);
  void add_sparse(std::size_t projection, Segment ticks, const Errors<T>& errors, T filter,
                  std::size_t samples, AlignedVector<T>& gradient);

  const Network<T>& network_;
  Segments segments_;
  const Kernels<T>& kernels_;
  EventLists spikes_, error_events_;
  AlignedVector<T> filtered_;            ///< [sample][tick][width] of one block
  std::vector<std::vector<T>> carries_;  ///< [projection]: [sample][lanes of the targets]
  std::vector<std::size_t> spiking_;     ///< sources with spikes
};

}  // namespace neurosim
