#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/array_loader.hpp"
#include "sim/core/thread_team.hpp"
#include "sim/network/description.hpp"

namespace neurosim {

/// Who connects to whom in one projection, in rows by source with ascending targets; weights and
/// delays come after.
struct Topology {
  bool complete = false;  ///< every pair; the lists are empty
  std::vector<std::uint64_t> row_begin;
  std::vector<NeuronId> target;
  /// Of synapses listed in a file: the row of the file that each came from. Of a convolution: the
  /// entry of the kernel, in the order of kernel_shape.
  std::vector<std::size_t> file_order;
  /// Of windows, whose sources share rows: as in SparseRows.
  std::vector<std::uint32_t> shared_row;
  std::vector<NeuronId> first_target;
  std::vector<std::size_t> kernel_shape;  ///< of a convolution: [out, in, height, width]
};

/// Draws or reads the connections of `description.projections[index]`: the same ones for any team.
/// Throws DataError for files that do not fit.
Topology connect(const Description& description, std::size_t index, const ArrayLoader& load,
                 ThreadTeam& team);

}  // namespace neurosim
