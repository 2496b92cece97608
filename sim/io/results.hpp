#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/core/record.hpp"
#include "sim/io/recorder.hpp"

namespace neurosim {

/// Totals of one population over all samples of a results file.
struct PopulationTotals {
  std::uint64_t spikes = 0;
  std::optional<std::uint64_t> onsets;  ///< spikes that start; nullopt: an older file
  std::uint64_t updates_done = 0;
  std::uint64_t updates_driven = 0;  ///< of these, those with an input other than 0
  std::uint64_t updates_skipped = 0;
  double mean_activity = 0;          ///< mean T(s) over samples and neurons (Eq. 4), in [0, 1]
  std::uint64_t silent_neurons = 0;  ///< neurons without a single spike in any sample
};

/// A results file, opened for reading. Reads in chunks: memory does not grow with the file.
/// Every function throws DataError naming the file and what is wrong with it; lengths and types
/// are checked on opening. REQUIRES of every function: indices in range. Safe to read from several
/// threads.
class Results {
 public:
  explicit Results(const std::string& path);
  ~Results();

  const std::string& path() const;
  const RunHeader& header() const;
  std::size_t samples() const;
  bool complete() const;  ///< false: the run was interrupted after samples()
  /// Calls `take` with the number of each sample in its data set, by which runs name it.
  void for_each_number(const std::function<void(std::uint64_t)>& take) const;
  std::vector<std::int64_t> labels() const;       ///< -1: none
  std::vector<std::int64_t> predictions() const;  ///< -1: none
  std::int64_t label(std::size_t sample) const;
  std::int64_t prediction(std::size_t sample) const;
  PopulationTotals population(std::size_t index) const;
  ProjectionCounters projection(std::size_t index) const;  ///< totals over all samples
  /// A counter in one sample, e.g. &PopulationCounters::spikes.
  std::uint64_t count(std::size_t population, std::uint64_t PopulationCounters::*counter,
                      std::size_t sample) const;
  std::uint64_t count(std::size_t projection, std::uint64_t ProjectionCounters::*counter,
                      std::size_t sample) const;
  /// Values of the readout population at the last tick; empty: the run has none.
  std::vector<double> readout(std::size_t sample) const;
  /// T(s) of Eq. 4 for each neuron; empty for a population that does not spike.
  std::vector<double> activity(std::size_t population, std::size_t sample) const;
  /// Calls `take` with the T(s) of all neurons, sample after sample. REQUIRES: it spikes.
  void for_each_activity(std::size_t population,
                         const std::function<void(std::span<const float>)>& take) const;
  /// State trace `index` of header().traces, as [variable][tick][neuron] (single precision).
  StateTrace trace(std::size_t index, std::size_t sample) const;
  /// Variable `variable` of it alone, as [tick][neuron].
  std::vector<double> trace_values(std::size_t index, std::size_t variable,
                                   std::size_t sample) const;
  bool has_raster(std::size_t population) const;
  /// The recorded spikes of one sample, ticks counted from the start of the sample.
  SpikeTrain raster(std::size_t population, std::size_t sample) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Spike trains a sample from arrays of an HDF5 file (see SpikeFileSource), one sample at a time.
class SpikeFile {
 public:
  struct Layout {
    std::string file;
    /// Of a file written by `neurosim run`, or of spikes in SONATA that another program wrote,
    /// which are one sample; empty: the four datasets below.
    std::string population;
    std::string steps, neurons, sample_offset, labels;
    double step_ms = 0;  ///< of the network, for times of SONATA; 0: not known, so no such file
    Tick keep_every = 1, first_step = 0;  ///< see SpikeFileSource
  };
  /// `neurons`: size of the population that will receive the spikes; ids beyond it are an error.
  SpikeFile(const Layout& layout, std::size_t neurons);
  ~SpikeFile();
  std::size_t samples() const;
  std::int64_t label(std::size_t sample) const;  ///< -1: none
  bool graded() const;                           ///< whether spikes carry values
  /// Length of a step of the recorded run; nullopt for other files, which do not tell.
  std::optional<double> step_ms() const;
  /// Overwrites `train`; ticks shifted by `first`; a step of the file not below first_step +
  /// keep_every x `steps` is an error, as is anything out of order. Safe to call from several
  /// threads (reads are serialised).
  void read(std::size_t sample, Tick first, Tick steps, SpikeTrain& train) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace neurosim
