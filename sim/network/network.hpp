#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

#include "sim/core/aligned.hpp"
#include "sim/core/array_loader.hpp"
#include "sim/network/description.hpp"
#include "sim/network/graph.hpp"
#include "sim/network/neuron_blocks.hpp"
#include "sim/network/synapses.hpp"

namespace neurosim {

/// The synapses of one projection, laid out for delivery.
template <class T>
struct Projection : SparseRows<T> {
  std::size_t from = 0, to = 0;
  int receptor = 0;  ///< which of the target's inputs
  Tick delay = 0;    ///< the shortest
  std::size_t sources = 0, targets = 0;
  std::uint64_t synapses = 0;
  std::vector<std::uint32_t> out_degree;          ///< [sources x delays]
  std::vector<std::uint32_t> nonzero_out_degree;  ///< [sources x delays], weights other than 0

  bool dense = false;
  /// Dense: one slab a target block, [source][width], so that a block's weights lie together and
  /// fit the second-level cache while it runs through time. Lanes past the last target are 0.
  AlignedVector<T> slabs;
  std::vector<std::uint64_t> file_place;  ///< as in Synapses
  std::vector<std::uint64_t> file_shape;

  std::uint64_t nonzero_synapses() const {
    return std::accumulate(nonzero_out_degree.begin(), nonzero_out_degree.end(), std::uint64_t{0});
  }

  /// The slab of a target block (dense).
  const T* slab(int block) const {
    return slabs.data() + static_cast<std::size_t>(block) * kBlock * sources;
  }
};

/// A network compiled for running: immutable, shared by all threads and by engine and trainer.
/// Populations and projections keep the order of the description.
template <class T>
struct Network {
  std::vector<std::unique_ptr<NeuronBlocks<T>>> neurons;  ///< nullptr for sources
  std::vector<std::size_t> sizes;  ///< neurons by population, sources included
  std::vector<Projection<T>> projections;
  std::vector<std::vector<std::size_t>> incoming;  ///< [population]: projections, ascending
  std::vector<Stage> stages;
  std::uint64_t seed = 1;
  Tick ticks = 0;  ///< length of a sample

  std::size_t population_count() const { return neurons.size(); }
};

/// Builds neurons and synapses. Throws ConfigError and DataError for what only the files that the
/// description names can tell. `threads` share the work and change nothing.
template <class T>
Network<T> compile(const Description& description, const ArrayLoader& load, unsigned threads = 1);

}  // namespace neurosim
