#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "experiments/cell_results.hpp"

namespace neurosim {

/// A Markdown table. Cells may hold any text: it is kept from breaking the table.
std::string markdown_table(const std::vector<std::string>& head,
                           const std::vector<std::vector<std::string>>& rows);

/// The experiment's quantity by cell, beside what the paper printed. A cell that was not trained
/// for the paper's epochs, or that a reduced scale gave fewer samples, says so itself.
std::string result_table(const Experiment& experiment, const ExperimentResults& results);

/// How far off the paper's values are, and the cells that are too low; empty: the paper printed
/// none. Ends with an empty line.
std::string comparison_text(const Experiment& experiment, const ExperimentResults& results);

/// `5`, or `3 to 5` where they differ. REQUIRES: not empty.
std::string range_text(const std::vector<std::uint64_t>& numbers);

}  // namespace neurosim
