#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/types.hpp"
#include "sim/network/kernels.hpp"

namespace neurosim {

/// Synapses in rows by source, targets ascending. The synapses of a source lie together, grouped by
/// delay, the longest first: spikes that arrive at one tick are then added in the order in which
/// they were sent.
template <class T>
struct SparseRows {
  std::vector<Tick> delays = {0};        ///< descending; a projection has one unless they are drawn
  std::vector<std::uint64_t> row_begin;  ///< [rows x delays + 1]
  std::vector<NeuronId> target;          ///< [synapses]
  std::vector<T> weight;                 ///< [synapses], or one for all
  /// Sources that share rows, as those of a convolution do: the row that a source uses, and what
  /// is added to its targets. Empty: every source has a row of its own.
  std::vector<std::uint32_t> shared_row;
  std::vector<NeuronId> first_target;

  bool one_weight() const { return weight.size() == 1 && target.size() != 1; }

  /// The synapses of one source with one delay: `target` holds what is added to first_target.
  struct Row {
    const NeuronId* target;
    const T* weight;  ///< [count], or one where one_weight()
    std::size_t count;
    NeuronId first_target;
    std::uint64_t begin;  ///< place of the first synapse in the arrays
  };
  Row row(std::size_t source, std::size_t group = 0) const {
    const std::size_t r = shared_row.empty() ? source : shared_row[source];
    const std::uint64_t begin = row_begin[r * delays.size() + group];
    const std::uint64_t end = row_begin[r * delays.size() + group + 1];
    return {target.data() + begin, weight.data() + (one_weight() ? 0 : begin),
            static_cast<std::size_t>(end - begin),
            first_target.empty() ? NeuronId{0} : first_target[source], begin};
  }
  T weight_at(std::uint64_t synapse) const { return weight[one_weight() ? 0 : synapse]; }

  /// input[target] = fma(weight, value, input[target]) for every synapse of a row.
  void deliver(const Kernels<T>& kernels, const Row& row, T value, T* input) const {
    const auto add = one_weight() ? kernels.deliver_constant : kernels.deliver_sparse;
    add(row.target, row.weight, row.count, value, input + row.first_target);
  }
};

}  // namespace neurosim
