#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "experiments/run.hpp"
#include "sim/core/checkpoint.hpp"
#include "sim/network/description.hpp"
#include "sim/train/trainer.hpp"

namespace neurosim {

enum class Start { kFresh, kResume };

struct TrainOptions {
  std::string output;  ///< HDF5 file of weights, metrics and state; required
  OutputFile existing = OutputFile::kKeepExisting;
  Start start = Start::kFresh;  ///< kResume: go on from `output`
  /// A recorded file whose populations play the sources of the same names; empty: the YAML's data.
  std::string traces;
  std::string metrics_csv;  ///< one line an epoch; empty: none
  unsigned threads = 0;     ///< 0: one a processor
  std::string data_dir;
  std::uint64_t max_memory = 0;     ///< bytes; 0: no bound
  double checkpoint_seconds = 300;  ///< longest time without a checkpoint, besides each epoch's
  const std::atomic<bool>* interrupt = nullptr;
  std::function<void(const MemoryEstimate&)> memory;  ///< once, before the start
  std::function<void(const BatchProgress&)> progress;
  std::function<void(const EpochMetrics&)> epoch;
  std::function<void(const std::string&)> warning;  ///< a save that failed; training goes on
};

struct TrainSummary {
  std::size_t training_samples = 0;
  std::size_t validation_samples = 0;
  std::vector<EpochMetrics> epochs;  ///< all, those before a resumption included
  std::uint64_t kept_epoch = 0;      ///< whose weights the file holds; 0: none was finished
  bool interrupted = false;
  double seconds = 0;  ///< of this call
};

/// Trains a network and keeps `options.output` up to date: written under a temporary name and
/// renamed after each epoch, on an interrupt, and every `checkpoint_seconds`.
/// Throws ConfigError, DataError, TrainingError.
TrainSummary train_network(const Description& description, const TrainOptions& options);

/// The description with what a weights file holds in place of its own weights and parameters: those
/// that learn are read from the file. Throws DataError where the file lacks one of them.
Description with_weights(const Description& description, const std::string& weights_file);

/// Whether anything in a network is learned.
bool learns(const Description& description);

/// The epoch whose weights a training leaves that has ended: the last, or with early stopping that
/// of the lowest validation loss. Of one that goes on, the last whole epoch, 0 before the first;
/// its weights may be further on.
std::uint64_t kept_epoch(const Description& description, const Checkpoint& checkpoint);

}  // namespace neurosim
