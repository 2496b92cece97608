#pragma once

#include <string>

#include "experiments/train.hpp"
#include "tools/table.hpp"
#include "tools/terminal.hpp"

namespace neurosim {

/// `memory: about 120 MB (parameters 25, tape 55, spikes 40)`
std::string memory_text(const MemoryEstimate& estimate);

/// One row an epoch, printed as the epoch ends: columns keep the width that the titles give them.
class EpochTable {
 public:
  /// T(s) stands for the populations of neurons that spike; on a terminal the last ones, as fits.
  EpochTable(const Description& description, const Terminal& terminal);

  std::string heading(const Palette& palette) const { return table_.heading(palette); }
  std::string row(const EpochMetrics& metrics) const;

 private:
  std::vector<std::size_t> populations_;
  Table table_;
};

/// The epoch to speak of: best in validation accuracy (the earliest one), or the last one without
/// validation; nullptr: there is none.
const EpochMetrics* best_epoch(const TrainSummary& summary);

/// `best validation accuracy 97.12 % (epoch 17 of 20); trained for 12 min 5 s`
std::string closing_text(const TrainSummary& summary);

/// Everything as one JSON object; keys are documented in `neurosim help json`.
std::string training_json(const Description& description, const TrainOptions& options,
                          const TrainSummary& summary);

}  // namespace neurosim
