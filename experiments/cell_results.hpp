#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiments/experiment.hpp"
#include "sim/core/checkpoint.hpp"
#include "sim/io/file_lock.hpp"

namespace neurosim {

/// What one cell gave with one seed: a row of cells.csv.
struct CellResult {
  std::string cell;
  std::uint64_t seed = 0;
  std::map<Quantity, double> values;   ///< those that it has
  std::vector<double> layer_activity;  ///< T(s) of each spiking population in the test, in %
  std::uint64_t epochs = 0;            ///< trained; 0: simulated only
  std::uint64_t training_samples = 0, test_samples = 0;
  double training_seconds = 0, test_seconds = 0;
  std::string network_hash;  ///< of the network at full scale; another one makes a result stale
  Scale scale;
  unsigned threads = 0;          ///< that the cell had; 0: not known
  unsigned cells_at_a_time = 0;  ///< in its process, including this one; 0: not known
  std::string version, commit, machine, date;
};

/// One epoch of a cell: a row of epochs.csv.
struct CellEpoch {
  std::string cell;
  std::uint64_t seed = 0;
  std::uint64_t epoch = 0;
  std::vector<double> metrics;  ///< as kMetricColumns
};

/// Whether it has all that the experiment collects.
bool is_complete(const Experiment& experiment, const CellResult& result);

/// The tables of an experiment's folder, `cells.csv` and `epochs.csv`: small text that is kept.
struct ExperimentResults {
  std::vector<CellResult> cells;
  std::vector<CellEpoch> epochs;

  const CellResult* find(const std::string& cell, std::uint64_t seed) const;
  /// The epochs of a result of these tables; nullopt: some are missing.
  std::optional<std::vector<CellEpoch>> epochs_of(const CellResult& result) const;
  void erase(const std::string& cell, std::uint64_t seed);
  /// Replaces what there is of the same cell and seed.
  void put(CellResult result, std::vector<CellEpoch> epochs);
};

/// `full`, or what was asked for instead: `epochs=5 samples=2000 test-samples=100`.
std::string scale_text(const Scale& scale);

/// Makes a folder, and those that it lies in, where they are missing. Throws DataError.
void make_folder(const std::string& folder);

/// Against others that write these tables, to be held from reading to writing. Makes the folder,
/// and `locks/` in it. Throws DataError.
FileLock lock_results(const std::string& folder);

/// Empty where the folder holds no tables. Throws DataError with file and line for what is no such
/// table.
ExperimentResults read_results(const std::string& folder);

/// Writes both tables under temporary names and renames them. Rows are in the order of the
/// experiment's cells and seeds. Throws DataError.
void write_results(const std::string& folder, const Experiment& experiment,
                   const ExperimentResults& results);

}  // namespace neurosim
