#pragma once

#include <span>
#include <string>

#include "experiments/cell_results.hpp"

namespace neurosim {

/// What there is of a figure, `<name>.svg` beside the report.
enum class Picture { kNoData, kNotDrawn, kThere };

/// The report of an experiment as Markdown: its quantity by cell beside the paper's values, the
/// distance between both, how it was done, every cell in detail, and the figures. REQUIRES: a
/// picture for each figure of the experiment.
std::string experiment_markdown(const Experiment& experiment, const ExperimentResults& results,
                                std::span<const Picture> pictures);

}  // namespace neurosim
