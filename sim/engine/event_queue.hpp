#pragma once

#include <algorithm>
#include <limits>
#include <span>
#include <vector>

#include "sim/core/spike_train.hpp"
#include "sim/network/network.hpp"

namespace neurosim {

inline constexpr Tick kNever = std::numeric_limits<Tick>::max();

/// The events on their way to one population, in their total order: tick of arrival, then
/// projection, then source neuron.
///
/// A projection delays all spikes alike, so its events arrive in the order in which its source sent
/// them. The queue is therefore a merge of the sources' spike trains, one place in each; trains may
/// still grow while it is read, as in a recurrent network.
template <class T>
class EventQueue {
 public:
  /// `trains` are the spikes by population; it must outlive the queue.
  EventQueue(const Network<T>& network, std::size_t population,
             const std::vector<SpikeTrain>& trains)
      : network_(network), trains_(trains), incoming_(network.incoming[population]) {
    place_.resize(incoming_.size());
  }

  /// Back to the first event.
  void rewind() { std::fill(place_.begin(), place_.end(), 0); }

  /// Tick of the earliest event that was not taken, or kNever.
  Tick next() const {
    Tick earliest = kNever;
    for (std::size_t k = 0; k < incoming_.size(); ++k) {
      earliest = std::min(earliest, arrival(k));
    }
    return earliest;
  }

  /// Takes the events that arrive at `tick`: calls `deliver(projection, packet)` for each.
  /// REQUIRES: tick <= next().
  template <class Deliver>
  void take(Tick tick, Deliver deliver) {
    for (std::size_t k = 0; k < incoming_.size(); ++k) {
      if (arrival(k) != tick) continue;
      const Projection<T>& projection = network_.projections[incoming_[k]];
      deliver(projection, trains_[projection.from].packet(place_[k]));
      ++place_[k];
    }
  }

 private:
  Tick arrival(std::size_t k) const {
    const Projection<T>& projection = network_.projections[incoming_[k]];
    const SpikeTrain& train = trains_[projection.from];
    return place_[k] < train.packet_count() ? train.tick(place_[k]) + projection.delay : kNever;
  }

  const Network<T>& network_;
  const std::vector<SpikeTrain>& trains_;
  std::span<const std::size_t> incoming_;
  std::vector<std::size_t> place_;
};

}  // namespace neurosim
