#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "experiments/run_experiment.hpp"
#include "tools/command_line.hpp"

namespace neurosim {

/// The paper's tables and figures, and what goes beyond them. Names are sought in this order.
inline constexpr std::array kExperimentFolders = {"experiments/paper", "experiments/beyond"};
inline constexpr const char* kResultsFolder = "experiments/results";

/// Those of kExperimentFolders that are here, in the order of their names in each.
std::vector<std::filesystem::path> experiment_files();

/// The experiment that is the second operand, by its name or the path of its file. Throws
/// UsageError where there is none, and what reading it throws.
Experiment named_experiment(const CommandLine& line);

/// Of the experiment's results: --output, or its own under kResultsFolder.
std::string folder_of(const CommandLine& line, const Experiment& experiment);

/// What is to be run. Throws UsageError for values out of range.
ExperimentOptions options_of(const CommandLine& line, const Experiment& experiment);

}  // namespace neurosim
