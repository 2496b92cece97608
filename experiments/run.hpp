#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/record.hpp"
#include "sim/network/description.hpp"

namespace neurosim {

enum class EngineKind { kEvent, kReference };
/// kBoth: every sample runs through both engines and the first difference throws CheckError.
enum class Check { kNone, kBoth };
enum class OutputFile { kKeepExisting, kReplaceExisting };

struct RunOptions {
  std::string output;  ///< HDF5 results; empty: nothing is written
  OutputFile existing = OutputFile::kKeepExisting;
  EngineKind engine = EngineKind::kEvent;
  Check check = Check::kNone;
  unsigned threads = 0;  ///< 0: one a processor
  std::string data_dir;  ///< searched first for datasets
  /// Set by a signal handler; the run stops soon, and keeps the samples that are whole.
  const std::atomic<bool>* interrupt = nullptr;
  /// Called from one thread after each sample, in sample order.
  std::function<void(std::size_t done, std::size_t total)> progress;
  /// Called from the same thread a few times a second while it waits for a sample: samples done,
  /// with the parts of those under way.
  std::function<void(double done, std::size_t total)> waiting = {};
};

struct PopulationSummary {
  std::string name;
  std::string model;
  std::size_t neurons = 0;
  bool spikes = true;
  std::uint64_t spike_events = 0;
  double activity = 0;       ///< mean T(s), Eq. 4, in [0, 1]
  std::uint64_t onsets = 0;  ///< spikes that start; a SRC spike that lasts is several events
  double mean_rate_hz = 0;   ///< onsets / neuron / second of simulated time; NaN: not known
  std::uint64_t silent_neurons = 0;
  std::uint64_t synaptic_operations = 0;  ///< delivered to this population
  std::uint64_t updates_done = 0;
  std::uint64_t updates_skipped = 0;
};

struct RunSummary {
  std::size_t samples = 0;  ///< done
  std::size_t samples_planned = 0;
  std::size_t labelled = 0;
  std::size_t correct = 0;
  std::int64_t largest_label = -1;  ///< of the labelled samples
  std::size_t undecided = 0;        ///< of them, those whose readouts were all equal
  double seconds = 0;               ///< wall time of the simulation, without building the network
  bool interrupted = false;
  std::vector<PopulationSummary> populations;
};

/// Builds the network, runs every sample and streams the results to `options.output`.
/// Throws ConfigError, DataError, CheckError.
RunSummary run_network(const Description& description, const RunOptions& options);

/// Builds everything that a run needs (weights, data, files) without running it, so that
/// `neurosim validate` finds what only the data can tell. Same errors as run_network.
void validate_network(const Description& description, const std::string& data_dir);

}  // namespace neurosim
