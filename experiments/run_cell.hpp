#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "experiments/run_experiment.hpp"

namespace neurosim {

/// What a cell gave, for both tables.
struct CellOutcome {
  CellResult result;
  std::vector<CellEpoch> epochs;
};

/// A file of a job in `folder`, in a subfolder that is made: `<folder>/<kind>/<cell>-s<seed><end>`.
std::string cell_file(const std::string& folder, const char* kind, const CellJob& job,
                      const std::string& end);

/// Whether the training of a job, of the network with this hash, has left weights in `folder`.
bool is_begun(const std::string& folder, const CellJob& job, const std::string& network_hash,
              const Scale& scale);

/// Epochs of a job's training that are done, of the network with this hash; nullopt: it has not
/// begun here. Throws DataError where its file cannot be read.
std::optional<std::uint64_t> epochs_done(const std::string& folder, const CellJob& job,
                                         const std::string& network_hash, const Scale& scale);

/// Does one job, at the scale of the options: trains, tests, and says what came out. nullopt: it
/// was interrupted, and goes on from its last checkpoint. Throws what training and running throw.
std::optional<CellOutcome> run_cell(const Experiment& experiment, const ExperimentOptions& options,
                                    const CellJob& job, unsigned threads,
                                    const std::function<void(const std::string&)>& progress);

}  // namespace neurosim
