#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sim/core/types.hpp"

namespace neurosim {

/// The spikes of one population at one tick.
struct SpikePacket {
  Tick tick = 0;
  std::span<const NeuronId> ids;   ///< strictly ascending
  std::span<const double> values;  ///< one an id for graded spikes; empty: binary, every value 1
};

/// The spikes of one population over one sample, as packets in ascending tick order.
///
/// Invariants: ticks strictly ascend; no packet is empty; ids strictly ascend within a packet;
/// `values` is empty (binary train) or as long as `ids`.
class SpikeTrain {
 public:
  std::size_t packet_count() const { return ticks_.size(); }
  std::size_t spike_count() const { return ids_.size(); }
  bool graded() const { return !values_.empty(); }
  Tick tick(std::size_t packet) const { return ticks_[packet]; }

  SpikePacket packet(std::size_t k) const {
    const std::size_t begin = offsets_[k];
    const std::size_t count = offsets_[k + 1] - begin;
    return {ticks_[k], std::span(ids_).subspan(begin, count),
            graded() ? std::span(values_).subspan(begin, count) : std::span<const double>()};
  }

  std::span<const NeuronId> ids() const { return ids_; }
  std::span<const double> values() const { return values_; }

  void clear() {
    ticks_.clear();
    offsets_.assign(1, 0);
    ids_.clear();
    values_.clear();
  }

  /// Appends a spike. REQUIRES: (tick, id) greater than that of the last spike, and either all
  /// spikes of the train or none given with a value.
  void append(Tick tick, NeuronId id) {
    if (ticks_.empty() || ticks_.back() != tick) {
      ticks_.push_back(tick);
      offsets_.push_back(offsets_.back());
    }
    ids_.push_back(id);
    ++offsets_.back();
  }
  void append(Tick tick, NeuronId id, double value) {
    append(tick, id);
    values_.push_back(value);
  }

  /// Appends the binary spikes of one tick. REQUIRES: `tick` above the last one; `ids` strictly
  /// ascending and not empty; no spike of the train has a value.
  void append_packet(Tick tick, std::span<const NeuronId> ids) {
    ticks_.push_back(tick);
    ids_.insert(ids_.end(), ids.begin(), ids.end());
    offsets_.push_back(ids_.size());
  }
  /// The same for graded spikes; all spikes of the train have values. REQUIRES: one value an id.
  void append_packet(Tick tick, std::span<const NeuronId> ids, std::span<const double> values) {
    append_packet(tick, ids);
    values_.insert(values_.end(), values.begin(), values.end());
  }

  friend bool operator==(const SpikeTrain&, const SpikeTrain&) = default;

 private:
  std::vector<Tick> ticks_;
  std::vector<std::size_t> offsets_ = {0};
  std::vector<NeuronId> ids_;
  std::vector<double> values_;
};

}  // namespace neurosim
