#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/record.hpp"

namespace neurosim {

/// One population as the output file knows it.
struct RecordedPopulation {
  std::string name;
  std::string model;
  std::vector<std::size_t> shape;
  std::size_t size = 0;
  std::uint64_t parameters = 0;  ///< numbers stored for its neurons: one a neuron where they differ
  bool spikes = true;            ///< false: a readout, its values are read instead
  bool record_raster = false;    ///< write /spikes/<name>
  std::vector<NeuronId> raster_neurons;  ///< whose spikes these are, ascending; empty: all
  bool graded = false;
  /// Graded values that are few and often the same, as counts of events are: worth compressing.
  bool repeating_values = false;

  /// Neurons whose spikes a raster has.
  std::size_t raster_size() const { return raster_neurons.empty() ? size : raster_neurons.size(); }
};

struct RecordedProjection {
  std::string name;
  std::string from, to;
  std::uint64_t synapses = 0;
  std::uint64_t nonzero_synapses = 0;  ///< with a weight other than 0
  Tick delay = 0;
};

/// What is known of a run before its first sample.
struct RunHeader {
  std::string network_name;
  std::string network_yaml;  ///< resolved, every default written out
  std::uint64_t seed = 1;
  std::string version;
  std::string engine;  ///< event, reference
  std::string precision;
  double step_ms = 1;
  Tick ticks_per_sample = 0;
  std::vector<std::string> class_names;  ///< may be empty
  std::vector<RecordedPopulation> populations;
  std::vector<RecordedProjection> projections;
  /// State traces: population, variables, neurons (values empty).
  std::vector<StateTrace> traces;
};

/// What to do with a file that exists already.
enum class Overwrite { kRefuse, kAllow };

/// A sink that streams a run to one HDF5 file (layout: sim/io/README.md). The file appears under
/// `path` only when it is whole: it is written to `path` + ".partial" and renamed by end().
/// Memory does not grow with the number of samples. Throws DataError when it cannot be written,
/// or exists already and `overwrite` is not allowed.
std::unique_ptr<Sink> make_hdf5_recorder(const std::string& path, const RunHeader& header,
                                         Overwrite overwrite);

}  // namespace neurosim
