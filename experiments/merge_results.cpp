#include "experiments/merge_results.hpp"

#include <fmt/format.h>

#include <utility>

#include "experiments/run_experiment.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

void refuse_foreign(const Experiment& experiment, const CellResult& result,
                    const std::string& folder) {
  ExperimentResults alone;
  alone.put(result, {});
  for (const CellJob& job : jobs_of(experiment, {})) {
    const CellState state = state_of(alone, experiment, job, {});
    if (state == CellState::kStale) {
      throw DataError(folder, fmt::format("holds a result of cell {} with seed {} of another "
                                          "network than {} has now",
                                          result.cell, result.seed, experiment.file));
    }
    if (state != CellState::kToDo) return;
  }
  throw DataError(folder, fmt::format("holds a result of cell {} with seed {}, which {} does not "
                                      "have",
                                      result.cell, result.seed, experiment.file));
}

/// The same training gives the same numbers, but for its times. Throws DataError.
void refuse_different(const CellResult& there, const CellResult& result, const std::string& part) {
  const std::string name = fmt::format("cell {} with seed {}", result.cell, result.seed);
  if (there.network_hash != result.network_hash || there.scale != result.scale) {
    throw DataError(part, fmt::format("holds a result of {} of another network or scale than what "
                                      "is merged already; give it a folder of its own: -o DIR",
                                      name));
  }
  for (const auto& [quantity, value] : result.values) {
    const auto other = there.values.find(quantity);
    if (quantity == Quantity::kEpochSeconds || other == there.values.end()) continue;
    if (other->second == value) continue;
    throw DataError(part, fmt::format("{} of {} is {} (commit {}), in what is merged already {} "
                                      "(commit {})",
                                      name_of(quantity), name, value, result.commit, other->second,
                                      there.commit));
  }
}

}  // namespace

void merge_results(const Experiment& experiment, const std::string& part, ExperimentResults& all) {
  const ExperimentResults results = read_results(part);
  for (const CellResult& result : results.cells) {
    refuse_foreign(experiment, result, part);
    auto epochs = results.epochs_of(result);
    if (!epochs) {
      throw DataError(part, fmt::format("its epochs.csv has not the {} epochs of cell {} with seed "
                                        "{}",
                                        result.epochs, result.cell, result.seed));
    }
    CellResult merged = result;
    if (const CellResult* const there = all.find(result.cell, result.seed)) {
      refuse_different(*there, result, part);
      if (auto kept = all.epochs_of(*there)) {
        merged = *there;
        merged.values.insert(result.values.begin(), result.values.end());
        epochs = std::move(kept);
      }
    }
    all.put(std::move(merged), std::move(*epochs));
  }
}

}  // namespace neurosim
