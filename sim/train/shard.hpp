#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/aligned.hpp"
#include "sim/core/record.hpp"
#include "sim/network/network.hpp"
#include "sim/train/plan.hpp"
#include "sim/train/spike_rows.hpp"

namespace neurosim {

/// Samples that one thread takes through the network together, so that a block's weights are
/// fetched once for all of them. Gradients are summed shard by shard, in order: the size is part of
/// the result's bits and must not depend on the number of threads.
inline constexpr std::size_t kShardSamples = 8;

/// Ticks [first, first + ticks) of a sample.
struct Segment {
  Tick first = 0;
  Tick ticks = 0;
  Tick end() const { return first + ticks; }
};

/// How a sample's ticks are cut into segments; all have `length` ticks, but for the last.
struct Segments {
  Tick total = 0;
  Tick length = 0;
  std::size_t count() const { return static_cast<std::size_t>((total + length - 1) / length); }
  Segment at(std::size_t k) const {
    const Tick first = static_cast<Tick>(k) * length;
    return {first, total - first < length ? total - first : length};
  }
};

/// Values of one population over a segment, for all samples of a shard: `rows` values of kBlock
/// lanes at each tick, block by block.
template <class T>
class BlockRows {
 public:
  void resize(std::size_t samples, int blocks, Tick ticks, int rows) {
    block_ = static_cast<std::size_t>(ticks) * static_cast<std::size_t>(rows) * kBlock;
    sample_ = block_ * static_cast<std::size_t>(blocks);
    values_.assign(sample_ * samples, T(0));
  }
  void clear() { std::ranges::fill(values_, T(0)); }
  T* at(std::size_t sample, int block) {
    return values_.data() + sample * sample_ + static_cast<std::size_t>(block) * block_;
  }
  const T* at(std::size_t sample, int block) const {
    return const_cast<BlockRows*>(this)->at(sample, block);
  }

 private:
  std::size_t block_ = 0, sample_ = 0;
  AlignedVector<T> values_;
};

/// What a shard's forward pass leaves behind.
template <class T>
struct ShardRecord {
  std::size_t samples = 0;
  std::vector<SampleInput> inputs;             ///< [sample]
  std::vector<std::vector<SpikeRows>> spikes;  ///< [population][sample]
  std::vector<BlockRows<T>> tape;              ///< [population], of one segment
  std::vector<std::vector<double>> readout;    ///< [sample][class] at the last tick
};

}  // namespace neurosim
