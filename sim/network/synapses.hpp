#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/array_loader.hpp"
#include "sim/core/thread_team.hpp"
#include "sim/core/types.hpp"
#include "sim/network/description.hpp"
#include "sim/network/sparse_rows.hpp"

namespace neurosim {

/// The synapses of one projection in their defining order: by source, then target. Random numbers
/// are keyed by projection, source and target, so a synapse's weight depends on nothing else.
template <class T>
struct Synapses : SparseRows<T> {
  std::size_t sources = 0, targets = 0;
  bool dense = false;  ///< weight is [source][target]; row_begin and target are empty
  std::vector<std::uint32_t> out_degree;  ///< [sources x delays], real synapses also where dense
  std::uint64_t count = 0;
  /// Sparse pairs and convolutions that learn: where a synapse's weight stands in a file of
  /// weights. Empty: in the order here, or where its source and target say.
  std::vector<std::uint64_t> file_place;
  /// The shape of that file's dataset: [targets, sources], or [synapses]; of a convolution
  /// [out, in, height, width].
  std::vector<std::uint64_t> file_shape;
};

/// Draws or reads the synapses of `description.projections[index]`. Throws DataError for files
/// that do not fit and ConfigError for what only the data can tell. Any team gives the same.
template <class T>
Synapses<T> build_synapses(const Description& description, std::size_t index,
                           const ArrayLoader& load, ThreadTeam& team);

}  // namespace neurosim
