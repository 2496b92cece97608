#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/io/results.hpp"

namespace neurosim {

/// What a run did, in exact integers summed over its samples: nothing here is an estimate. Bytes
/// are those of this simulator's own weights and states (4 or 8 a number).

struct PopulationWork {
  std::string name, model;
  std::size_t neurons = 0;
  bool source = false;  ///< plays spikes, computes nothing
  bool spikes = true;   ///< false: a readout
  std::uint64_t spike_events = 0;
  std::uint64_t updates_driven = 0;  ///< neuron updates with an input other than 0
  /// Computed without: the neuron moves by itself, or stands in a block of 64 of which one does or
  /// has an input. The reference engine computes all.
  std::uint64_t updates_idle = 0;
  std::uint64_t updates_skipped = 0;                   ///< not computed, the neuron being at rest
  std::uint64_t state_bytes = 0, parameter_bytes = 0;  ///< held
  std::uint64_t state_bytes_moved = 0;                 ///< each update reads and writes its state

  /// What computing every neuron at every step takes.
  std::uint64_t dense_updates() const { return updates_driven + updates_idle + updates_skipped; }
};

struct ProjectionWork {
  std::string name, from, to;
  std::uint64_t synapses = 0;
  std::uint64_t nonzero_synapses = 0;
  /// The weights of a dense layer: sources x targets, or all synapses where pairs have several.
  std::uint64_t pairs = 0;
  std::uint64_t events = 0;               ///< source spikes that arrived
  std::uint64_t synaptic_operations = 0;  ///< events x their synapses
  /// NeuroBench's effective operations: through weights other than 0, at steps whose inputs are all
  /// 1 or -1 (accumulates), and at the others.
  std::uint64_t accumulates = 0, multiply_accumulates = 0;
  std::uint64_t dense_operations = 0;  ///< pairs x steps: NeuroBench's dense operations
  std::uint64_t weight_bytes = 0;      ///< held
  std::uint64_t weight_bytes_read = 0;
};

struct NetworkWork {
  std::string network, engine;
  std::uint64_t samples = 0;
  std::uint64_t steps = 0;        ///< of each sample
  std::uint64_t value_bytes = 4;  ///< of a weight
  std::vector<PopulationWork> populations;
  std::vector<ProjectionWork> projections;

  /// Mean of a count over samples, over all projections; NaN without samples.
  double a_sample(std::uint64_t ProjectionWork::*count) const;
  /// 1 - spikes / (neurons x steps) over the populations that compute and spike (NeuroBench's
  /// activation sparsity); NaN without such.
  double activation_sparsity() const;
  /// Share of the pairs of all projections without a weight other than 0 (NeuroBench's connection
  /// sparsity, unrounded); NaN without projections.
  double connection_sparsity() const;
  /// Bytes of weights, neuron parameters and state (NeuroBench's footprint).
  std::uint64_t footprint_bytes() const;
};

/// Throws DataError for a file whose populations are of no known model.
NetworkWork count_work(const Results& results);

}  // namespace neurosim
