#pragma once

#include <algorithm>
#include <limits>
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
  /// `trains` are the spikes by population; network and trains must outlive the queue.
  EventQueue(const Network<T>& network, std::size_t population,
             const std::vector<SpikeTrain>& trains) {
    for (const std::size_t p : network.incoming[population]) {
      const Projection<T>& projection = network.projections[p];
      incoming_.push_back({&projection, &trains[projection.from]});
    }
  }

  /// Back to the first event.
  void rewind() {
    for (Incoming& incoming : incoming_) incoming.place = 0;
  }

  /// Tick of the earliest event that was not taken, or kNever.
  Tick next() const {
    Tick earliest = kNever;
    for (const Incoming& incoming : incoming_) earliest = std::min(earliest, incoming.arrival());
    return earliest;
  }

  /// Takes the events that arrive at `tick`: calls `deliver(projection, packet)` for each.
  /// REQUIRES: tick <= next().
  template <class Deliver>
  void take(Tick tick, Deliver deliver) {
    for (Incoming& incoming : incoming_) {
      if (incoming.arrival() != tick) continue;
      deliver(*incoming.projection, incoming.train->packet(incoming.place));
      ++incoming.place;
    }
  }

 private:
  struct Incoming {
    const Projection<T>* projection;
    const SpikeTrain* train;
    std::size_t place = 0;  ///< the next packet

    Tick arrival() const {
      return place < train->packet_count() ? train->tick(place) + projection->delay : kNever;
    }
  };
  std::vector<Incoming> incoming_;
};

}  // namespace neurosim
