#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/network/block_shape.hpp"
#include "sim/train/shard.hpp"
#include "sim/train/spike_rows.hpp"

namespace neurosim {

/// Share of errors above which the product with the weights is dense.
inline constexpr double kDenseErrors = 0.35;

/// The errors of one population over a segment (AdjointRange::error after the threshold), for all
/// samples of a shard. Row r is tick segment.first + r; after the segment's own rows come the first
/// `halo` rows of the segment that follows in time, which delays reach into.
template <class T>
class Errors {
 public:
  void resize(const BlockShape& shape, const Segments& segments, Tick halo) {
    shape_ = shape;
    halo_ = segments.count() > 1 ? halo : 0;
    rows_.resize(kShardSamples, shape.blocks(), segments.length + halo_, 1);
    ticks_ = static_cast<std::size_t>(segments.length + halo_);
    masks_.assign(kShardSamples * static_cast<std::size_t>(shape.blocks()) * ticks_, 0);
    lists_.resize(kShardSamples);
    dense_.assign(kShardSamples, 0);
    live_.assign(kShardSamples, 0);
  }
  /// Before the last segment of new samples.
  void begin() {
    std::ranges::fill(live_, std::uint8_t{0});
    previous_ = 0;
    if (halo_ == 0) return;
    std::ranges::fill(masks_, std::uint64_t{0});
    rows_.clear();
  }
  /// Before any segment; `ticks`: its length.
  void enter(Tick ticks) {
    valid_ = ticks + (previous_ > 0 ? halo_ : 0);
    if (previous_ > 0 && halo_ > 0) {
      for (std::size_t s = 0; s < kShardSamples; ++s) {
        for (int block = 0; block < shape_.blocks(); ++block) move_halo(s, block, ticks);
      }
    }
    previous_ = ticks;
  }

  const BlockShape& shape() const { return shape_; }
  /// Rows of the block's width.
  T* rows(std::size_t sample, int block) { return rows_.at(sample, block); }
  const T* rows(std::size_t sample, int block) const { return rows_.at(sample, block); }
  /// [row], bit k is set where neuron k of the block has an error.
  std::uint64_t* masks(std::size_t sample, int block) {
    return masks_.data() +
           (sample * static_cast<std::size_t>(shape_.blocks()) + static_cast<std::size_t>(block)) *
               ticks_;
  }
  /// Whether a sample has errors in this segment, its halo or later in time.
  bool live(std::size_t sample) const { return live_[sample] != 0; }
  void set_live(std::size_t sample) { live_[sample] = 1; }
  void set_dead(std::size_t sample) { live_[sample] = 0; }
  bool dense(std::size_t sample) const { return dense_[sample] != 0; }
  const SpikeRows& list(std::size_t sample) const { return lists_[sample]; }

  /// The neurons with an error at a row, appended to `row`.
  void append_row(std::size_t sample, Tick r, SpikeRows& row) {
    for (int block = 0; block < shape_.blocks(); ++block) {
      const T* const values =
          rows(sample, block) +
          static_cast<std::size_t>(r) * static_cast<std::size_t>(shape_.width(block));
      std::uint64_t rest = masks(sample, block)[r];
      for (; rest != 0; rest &= rest - 1) {
        const int lane = std::countr_zero(rest);
        row.add(static_cast<NeuronId>(block * kBlock + lane), static_cast<double>(values[lane]));
      }
    }
    row.end_row();
  }

  /// Chooses between list and dense product and makes the list. Returns the events of the first
  /// `ticks` rows.
  std::uint64_t finish(std::size_t sample, Tick ticks) {
    std::uint64_t events = 0;
    for (int block = 0; block < shape_.blocks(); ++block) {
      const std::uint64_t* const mask = masks(sample, block);
      for (Tick r = 0; r < ticks; ++r) {
        events += static_cast<std::uint64_t>(std::popcount(mask[r]));
      }
    }
    const double entries = static_cast<double>(shape_.size) * static_cast<double>(ticks);
    dense_[sample] = static_cast<double>(events) > kDenseErrors * entries;
    lists_[sample].clear();
    if (dense_[sample]) return events;
    for (Tick r = 0; r < valid_; ++r) append_row(sample, r, lists_[sample]);
    return events;
  }

 private:
  void move_halo(std::size_t sample, int block, Tick ticks) {
    const auto width = static_cast<std::size_t>(shape_.width(block));
    const auto count = static_cast<std::size_t>(halo_), to = static_cast<std::size_t>(ticks);
    T* const values = rows(sample, block);
    std::copy_backward(values, values + count * width, values + (to + count) * width);
    std::uint64_t* const mask = masks(sample, block);
    std::copy_backward(mask, mask + count, mask + to + count);
  }

  BlockShape shape_;
  Tick halo_ = 0, previous_ = 0, valid_ = 0;
  std::size_t ticks_ = 0;
  BlockRows<T> rows_;
  std::vector<std::uint64_t> masks_;
  std::vector<SpikeRows> lists_;
  std::vector<std::uint8_t> dense_, live_;
};

}  // namespace neurosim
