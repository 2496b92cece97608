#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/cell_results.hpp"

namespace neurosim {

/// The cells of an experiment in two directions, as tables and bars show them.
struct CellGrid {
  std::vector<std::string> row_axes;              ///< names of the axes that go down
  std::vector<std::vector<std::string>> rows;     ///< [row][row axis], names of the values
  std::vector<std::vector<std::string>> columns;  ///< [column][column axis]
  std::vector<std::vector<std::string>> cells;    ///< [row][column], names of cells
};

/// `across`: the axes along the columns; all others go down. In both directions the last axis is
/// the fastest.
CellGrid grid_of(const Experiment& experiment, const std::vector<std::string>& across);

/// A quantity of one cell over its seeds.
struct SeedMean {
  double mean = 0;
  double deviation = 0;  ///< standard deviation between seeds (n - 1); 0 with one seed
  std::size_t seeds = 0;
};

/// Over the seeds of the experiment that are done and have the quantity; nullopt: none.
std::optional<SeedMean> mean_over_seeds(const Experiment& experiment,
                                        const ExperimentResults& results, const std::string& cell,
                                        Quantity quantity);

/// What is done of a cell, in the order of the experiment's seeds.
std::vector<const CellResult*> results_of(const Experiment& experiment,
                                          const ExperimentResults& results,
                                          const std::string& cell);

/// For axes and headings, with its unit: `Test accuracy (%)`.
std::string_view title_of(Quantity quantity);
/// With the decimals that this quantity is worth: 2, of a loss 3, of seconds 1.
std::string value_text(Quantity quantity, double value);
/// Whether it counts right answers, so that less is worse.
bool is_accuracy(Quantity quantity);

}  // namespace neurosim
