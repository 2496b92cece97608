#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
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
  unsigned jobs = 1;                  ///< cells at a time, which share the threads, at most
  unsigned threads = 0;               ///< in all; 0: one a processor
  std::string data_dir;
  std::string commit;    ///< of the program, for the tables
  bool replace = false;  ///< results from before the experiment was changed, no others
  const std::atomic<bool>* interrupt = nullptr;
  /// Called from any thread, one at a time.
  std::function<void(const CellJob&, const std::string& what)> progress;
  /// Also of what is taken over from another experiment.
  std::function<void(const CellResult&)> done;
  std::function<void(const CellJob&, const std::string& reason)> failed;
};

/// What is to be done with these options, in order. Throws UsageError for names in `only` that no
/// cell has.
std::vector<CellJob> jobs_of(const Experiment& experiment, const ExperimentOptions& options);

/// Names what a job runs at full scale, by what its network sets: a field that the program gains
/// later does not change it, nor does the place of the folder where paths are relative to it. What
/// files hold is not looked at. Throws DataError, ConfigError.
std::string network_hash(const Experiment& experiment, const CellJob& job);
/// The same of a description that is read already, at full scale.
std::string network_hash(const Experiment& experiment, Description description);

/// `scale` without the epochs where they are the experiment's own.
Scale scale_of(const Experiment& experiment, Scale scale);

enum class CellState {
  kToDo,
  kDone,        ///< at this scale
  kIncomplete,  ///< the same, but for what the experiment collects since then
  kOtherScale,  ///< of the same network
  kStale,       ///< of another network: the experiment, or a network file, has changed since
};

/// What the tables hold of a job.
CellState state_of(const ExperimentResults& results, const Experiment& experiment,
                   const CellJob& job, const Scale& scale);

/// How a run ended.
struct ExperimentEnd {
  bool interrupted = false;
  std::vector<CellJob> elsewhere;    ///< another process is doing these
  std::size_t failed = 0, left = 0;  ///< cells; those left were not tried
  std::exception_ptr failure;        ///< what the first one threw
};

/// Runs what is not done yet. Each cell goes into the tables when it is whole; one that was stopped
/// goes on from its last checkpoint, to the same bits. Several processes may share a folder. A cell
/// that fails does not keep others from being done, unless another one fails for the same reason,
/// which is not its training. Throws UsageError, before anything is done, where a result would be
/// lost or trained again only to collect more, or where a network has no samples of which a scale
/// could take fewer.
ExperimentEnd run_experiment(const Experiment& experiment, const ExperimentOptions& options);

}  // namespace neurosim
