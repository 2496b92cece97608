#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/core/spike_train.hpp"

// Two ways to put spikes that come neuron by neuron (ids ascending, and a neuron's ticks too) into
// the order of a SpikeTrain. Ticks count from 0; those from `end` on are dropped, and may be given
// up to end + kPastEnd - 1, so that who gives them need not look.

namespace neurosim {

inline constexpr std::uint32_t kPastEnd = 64;

/// A row for each tick: one write a spike, for trains where most ticks have spikes.
class TickRows {
 public:
  /// Takes one neuron's spikes.
  class Taker {
   public:
    Taker(NeuronId* ids, std::uint32_t* ends, std::uint32_t end, NeuronId id)
        : ids_(ids), ends_(ends), end_(end), id_(id) {}

    void take(std::uint32_t tick) const {
      const std::uint32_t place = ends_[tick];
      ids_[place] = id_;
      ends_[tick] = place + (tick < end_ ? 1 : 0);
    }

   private:
    NeuronId* ids_;
    std::uint32_t* ends_;
    std::uint32_t end_;
    NeuronId id_;
  };

  /// Room that suffices for independent spikes, `mean` of them a tick: the chance that a tick has
  /// more is below 1e-9.
  static std::size_t room_for(double mean) {
    return static_cast<std::size_t>(mean + 6 * std::sqrt(mean)) + 8;
  }

  /// Whether places in the rows can be counted.
  static bool can_hold(std::size_t end, std::size_t neurons, std::size_t room) {
    return (end + kPastEnd) * room + neurons <= std::size_t{1} << 32;
  }

  /// Empties the rows and gives each of them `room`. REQUIRES: can_hold(end, neurons, room).
  void reset(std::uint32_t end, std::size_t neurons, std::size_t room) {
    end_ = end;
    room_ = room;
    const std::size_t rows = std::size_t{end} + kPastEnd;
    // A row that runs over spoils the next ones, but leaves the array nowhere.
    ids_.resize(std::max(ids_.size(), rows * room + neurons));
    ends_.resize(rows);
    for (std::size_t row = 0; row < rows; ++row)
      ends_[row] = static_cast<std::uint32_t>(row * room);
  }

  Taker taker(NeuronId id) { return {ids_.data(), ends_.data(), end_, id}; }

  /// False if a row ran over: the spikes are spoilt.
  bool held() const {
    std::size_t over = 0;
    for (std::size_t row = 0; row < end_; ++row) over += ends_[row] > (row + 1) * room_ ? 1 : 0;
    return over == 0;
  }

  /// Appends the spikes to `train`, at ticks from `first` on. REQUIRES: held().
  void append_to(SpikeTrain& train, Tick first) const {
    for (std::size_t row = 0; row < end_; ++row) {
      const std::size_t begin = row * room_;
      const std::size_t count = ends_[row] - begin;
      if (count == 0) continue;
      train.append_packet(first + static_cast<Tick>(row), std::span(ids_).subspan(begin, count));
    }
  }

 private:
  std::uint32_t end_ = 0;
  std::size_t room_ = 0;
  std::vector<NeuronId> ids_;        ///< row r begins at r * room_
  std::vector<std::uint32_t> ends_;  ///< ends_[r]: where the next spike of row r goes
};

/// A sort, for few spikes in many ticks: costs by spikes only.
class SpikeKeys {
 public:
  class Taker {
   public:
    Taker(std::vector<std::uint64_t>& keys, std::uint32_t end, NeuronId id)
        : keys_(keys), end_(end), id_(id) {}

    void take(std::uint32_t tick) const {
      if (tick < end_) keys_.push_back(std::uint64_t{tick} << 32 | id_);
    }

   private:
    std::vector<std::uint64_t>& keys_;
    std::uint32_t end_;
    NeuronId id_;
  };

  void reset(std::uint32_t end) {
    end_ = end;
    keys_.clear();
  }

  Taker taker(NeuronId id) { return {keys_, end_, id}; }

  void append_to(SpikeTrain& train, Tick first) {
    std::sort(keys_.begin(), keys_.end());
    for (const std::uint64_t key : keys_) {
      train.append(first + static_cast<Tick>(key >> 32), static_cast<NeuronId>(key));
    }
  }

 private:
  std::uint32_t end_ = 0;
  std::vector<std::uint64_t> keys_;
};

}  // namespace neurosim
