#pragma once

#include <span>
#include <string>

#include "experiments/cell_results.hpp"

namespace neurosim {

/// The report of an experiment as Markdown: its quantity by cell beside the paper's values, the
/// distance between both, how it was done, every cell in detail, and the figures. `figures` are
/// the pictures that there are, as links from the report: `folder/<name of the figure>.svg`; a
/// figure of the experiment that is not among them is said to lack data.
std::string experiment_markdown(const Experiment& experiment, const ExperimentResults& results,
                                std::span<const std::string> figures);

}  // namespace neurosim
