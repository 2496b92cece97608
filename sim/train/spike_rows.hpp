#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/core/spike_train.hpp"
#include "sim/core/types.hpp"

namespace neurosim {

/// Events of one population over one sample with an index by tick: spikes, or errors. Rows are
/// added tick after tick, from the first one on.
class SpikeRows {
 public:
  struct Row {
    std::span<const NeuronId> ids;   ///< ascending
    std::span<const double> values;  ///< one an id; empty: every value is 1
  };

  Row at(Tick row) const {
    const auto r = static_cast<std::size_t>(row);
    const std::size_t begin = offsets_[r], count = offsets_[r + 1] - begin;
    return {std::span(ids_).subspan(begin, count),
            values_.empty() ? std::span<const double>() : std::span(values_).subspan(begin, count)};
  }
  std::size_t count() const { return ids_.size(); }

  void clear() {
    offsets_.assign(1, 0);
    ids_.clear();
    values_.clear();
  }
  void add(NeuronId id) { ids_.push_back(id); }
  void add(NeuronId id, double value) {
    ids_.push_back(id);
    values_.push_back(value);
  }
  void end_row() { offsets_.push_back(ids_.size()); }

  /// The spikes of a whole sample.
  void assign(const SpikeTrain& train, Tick ticks) {
    clear();
    ids_.assign(train.ids().begin(), train.ids().end());
    values_.assign(train.values().begin(), train.values().end());
    std::size_t end = 0;
    for (std::size_t k = 0; k < train.packet_count(); ++k) {
      offsets_.resize(static_cast<std::size_t>(train.tick(k)) + 1, end);
      end += train.packet(k).ids.size();
    }
    offsets_.resize(static_cast<std::size_t>(ticks) + 1, end);
  }

 private:
  std::vector<std::size_t> offsets_ = {0};
  std::vector<NeuronId> ids_;
  std::vector<double> values_;
};

}  // namespace neurosim
