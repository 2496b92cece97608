#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "sim/network/network.hpp"

namespace neurosim {

/// Where the rows of a sparse projection cross from one part of its targets into the next, so that
/// each part can be delivered by itself.
template <class T>
class RowSplit {
 public:
  /// `first_targets` [parts + 1] are the parts' first neurons and the number of neurons.
  RowSplit(const Projection<T>& projection, const std::vector<NeuronId>& first_targets)
      : rows_(projection.sources * projection.delays.size()) {
    const std::size_t parts = first_targets.size() - 1;
    if (parts == 1 || projection.dense) return;
    crossing_.resize((parts - 1) * rows_);
    const std::size_t groups = projection.delays.size();
    for (std::size_t r = 0; r < rows_; ++r) {
      const auto row = projection.row(r / groups, r % groups);
      for (std::size_t part = 1; part < parts; ++part) {
        const auto* const place = std::lower_bound(
            row.target, row.target + row.count, first_targets[part],
            [&](NeuronId target, NeuronId first) { return row.first_target + target < first; });
        crossing_[(part - 1) * rows_ + r] = static_cast<std::uint32_t>(place - row.target);
      }
    }
  }

  /// The synapses of a row whose targets lie in `part` of `parts`.
  void narrow(typename SparseRows<T>::Row& row, std::size_t r, std::size_t part, std::size_t parts,
              bool one_weight) const {
    if (parts == 1) return;
    const std::size_t begin = part == 0 ? 0 : crossing_[(part - 1) * rows_ + r];
    const std::size_t end = part + 1 == parts ? row.count : crossing_[part * rows_ + r];
    row.target += begin;
    if (!one_weight) row.weight += begin;
    row.count = end - begin;
  }

 private:
  std::size_t rows_;
  std::vector<std::uint32_t> crossing_;  ///< [part - 1][row]
};

}  // namespace neurosim
