#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/aligned.hpp"
#include "sim/network/block_shape.hpp"
#include "sim/network/network.hpp"

namespace neurosim {

/// A projection's weights by target, for errors on their way back: what Projection is for spikes.
/// refresh() copies them anew after they have been changed.
template <class T>
class TransposedWeights {
 public:
  explicit TransposedWeights(const Projection<T>& projection);

  bool dense() const { return projection_->dense; }
  const BlockShape& sources() const { return shape_; }
  /// Pieces that may be refreshed side by side.
  int pieces() const { return dense() ? shape_.blocks() : 1; }
  void refresh(int piece);

  /// Dense: rows by target of the sources of a block, [targets][width].
  const T* slab(int source_block) const {
    return slabs_.data() + static_cast<std::size_t>(source_block) * kBlock * projection_->targets;
  }
  /// Sparse: the synapses of a target, with ascending sources.
  struct Row {
    const NeuronId* source;
    const T* weight;
    std::size_t count;
  };
  Row row(NeuronId target) const {
    const std::uint64_t begin = row_begin_[target];
    return {source_.data() + begin, weight_.data() + begin,
            static_cast<std::size_t>(row_begin_[target + 1] - begin)};
  }

 private:
  const Projection<T>* projection_;
  BlockShape shape_;  ///< of the sources
  AlignedVector<T> slabs_;
  std::vector<std::uint64_t> row_begin_;
  std::vector<NeuronId> source_;
  std::vector<std::uint64_t> synapse_;  ///< index into the projection's weights
  std::vector<T> weight_;
};

}  // namespace neurosim
