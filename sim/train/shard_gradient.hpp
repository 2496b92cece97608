#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/aligned.hpp"
#include "sim/train/error_statistics.hpp"

namespace neurosim {

/// How a dense projection's gradient is summed.
enum class GradientOrder {
  kBySpikes,  ///< each source's row takes the filtered errors at its spikes; laid out as the
              ///< weights
  kByErrors,  ///< each target's row takes the filtered spikes at its errors; laid out transposed
};

/// The sums of one shard.
template <class T>
struct ShardGradient {
  struct Weights {
    /// As Projection's slabs or weights, as TransposedWeights' slabs, or as a kernel.
    AlignedVector<T> values;
    bool any = false;  ///< false: all zero, `values` is not valid
  };
  std::vector<Weights> weights;          ///< [projection], of those that learn
  std::vector<AlignedVector<T>> fields;  ///< [population]: [block][learnable field][kBlock]
  std::vector<ErrorCount> errors;        ///< [population]
  std::vector<std::uint64_t> spikes;     ///< [population]
  double loss = 0;
  std::uint64_t correct = 0;
};

}  // namespace neurosim
