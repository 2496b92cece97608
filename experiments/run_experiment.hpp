#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "experiments/cell_results.hpp"
#include "experiments/experiment.hpp"

namespace neurosim {

/// One cell with one seed: what is run, and kept, as a whole.
struct CellJob {
  Cell cell;
  std::uint64_t seed = 0;
};

struct ExperimentOptions {
  std::string folder;             ///< of the tables, and of the weights and runs behind them
  std::vector<std::string> only;  ///< names of cells; empty: all
  Scale scale;
  std::size_t shard = 1, shards = 1;  ///< does job k where k % shards == shard - 1
  unsigned jobs = 1;                  ///< cells at a time, which share the threads
  unsigned threads = 0;               ///< in all; 0: one a processor
  std::string data_dir;
  std::string commit;  ///< of the program, for the tables
  const std::atomic<bool>* interrupt = nullptr;
  /// Called from any thread, one at a time.
  std::function<void(const CellJob&, const std::string& what)> progress;
  std::function<void(const CellResult&)> done;
};

/// What is to be done with these options, in order. Throws UsageError for names in `only` that no
/// cell has.
std::vector<CellJob> jobs_of(const Experiment& experiment, const ExperimentOptions& options);

/// Names the network that a job runs, with every key of it: a result of another one is stale.
std::string network_hash(const Description& description);

/// Whether the tables hold a result of the very network that the job would run.
bool is_done(const ExperimentResults& results, const CellJob& job, const Description& description);

/// Runs what is not done yet. Each cell goes into the tables when it is whole; one that was stopped
/// goes on from its last checkpoint, to the same bits. Returns false after an interrupt.
/// Throws what training and running throw, after the cells in progress have been stopped.
bool run_experiment(const Experiment& experiment, const ExperimentOptions& options);

}  // namespace neurosim
