#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "experiments/run.hpp"
#include "sim/io/results.hpp"
#include "tools/terminal.hpp"

namespace neurosim {

/// One row a population: model, neurons, spikes, T(s), mean rate, silent neurons, synaptic
/// operations, share of the updates that had to be done. Terminals too narrow go without the model.
std::string population_table(std::span<const PopulationSummary> populations,
                             const Terminal& terminal);

/// The same as a JSON array; keys are documented in `neurosim help json`.
nlohmann::ordered_json population_json(std::span<const PopulationSummary> populations);

/// `87.00 % (87 of 100)`; empty without labels.
std::string accuracy_text(std::size_t correct, std::size_t labelled);

/// Text of a JSON object, one key a line. Values that JSON cannot hold become null.
std::string json_text(const nlohmann::ordered_json& object);

/// Samples of a results file that have both a label and a prediction.
struct Hits {
  std::size_t labelled = 0;
  std::size_t correct = 0;
};
Hits count_hits(const Results& results);

/// The totals of a results file in the form in which a run reports them.
std::vector<PopulationSummary> population_summaries(const Results& results);

}  // namespace neurosim
