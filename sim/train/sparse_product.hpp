#pragma once

#include <cstddef>

#include "sim/core/aligned.hpp"
#include "sim/network/kernels.hpp"
#include "sim/train/errors.hpp"
#include "sim/train/transposed.hpp"

namespace neurosim {

/// Share of errors above which whole columns of time cost less than events, one by one.
inline constexpr double kColumnErrors = 0.04;

/// W^T times the errors of one sample, over the ticks of a segment, through a sparse projection.
/// Neither way of summing changes a bit: a source takes its targets in ascending order.
template <class T>
class SparseProduct {
 public:
  /// Of rows `row` to `row + count` of the errors. REQUIRES: errors.finish() was called.
  void compute(const TransposedWeights<T>& weights, const Errors<T>& errors, std::size_t sample,
               Tick row, int count);
  /// The sources of a block, [count][width].
  const T* rows(int block) const { return rows_.data() + begin(block); }

 private:
  void by_events(const TransposedWeights<T>& weights, const SpikeRows& events, Tick row);
  void by_columns(const TransposedWeights<T>& weights, const Errors<T>& errors, std::size_t sample,
                  Tick row);
  std::size_t begin(int block) const { return static_cast<std::size_t>(block) * kBlock * count_; }

  const Kernels<T>& kernels_ = kernels<T>();
  BlockShape sources_;
  std::size_t count_ = 0;
  AlignedVector<T> rows_;    ///< [block][count][width]
  AlignedVector<T> lanes_;   ///< of one tick
  AlignedVector<T> column_;  ///< errors of one target at all ticks
  AlignedVector<T> sums_;    ///< [source][count], padded to whole vectors
};

}  // namespace neurosim
