#pragma once

#include <string>

#include "experiments/cell_results.hpp"

namespace neurosim {

/// Adds the results of the folder `part` to `all`; of a result that both hold, what is in `all`
/// stays, with the values that only the part has. Throws DataError where the part holds other
/// results than the experiment's, other numbers than `all` of the same cell and seed, or not every
/// epoch of one.
void merge_results(const Experiment& experiment, const std::string& part, ExperimentResults& all);

}  // namespace neurosim
