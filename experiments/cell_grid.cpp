#include "experiments/cell_grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

/// Every combination of values of the given axes, by name, the last axis fastest.
std::vector<std::vector<std::string>> combinations(const Experiment& experiment,
                                                   const std::vector<std::size_t>& axes) {
  std::vector<std::vector<std::string>> all(1);
  for (const std::size_t axis : axes) {
    std::vector<std::vector<std::string>> longer;
    for (const auto& names : all) {
      for (const AxisValue& value : experiment.axes[axis].values) {
        longer.push_back(names);
        longer.back().push_back(value.name);
      }
    }
    all = std::move(longer);
  }
  return all;
}

/// The place of a cell in combinations().
std::size_t place_of(const Experiment& experiment, const Cell& cell,
                     const std::vector<std::size_t>& axes) {
  std::size_t place = 0;
  for (const std::size_t axis : axes) {
    place = place * experiment.axes[axis].values.size() + cell.values[axis];
  }
  return place;
}

}  // namespace

CellGrid grid_of(const Experiment& experiment, const std::vector<std::string>& across) {
  std::vector<std::size_t> down_axes, across_axes;
  CellGrid grid;
  for (std::size_t k = 0; k < experiment.axes.size(); ++k) {
    const std::string& name = experiment.axes[k].name;
    if (std::ranges::find(across, name) != across.end()) {
      across_axes.push_back(k);
    } else {
      down_axes.push_back(k);
      grid.row_axes.push_back(name);
    }
  }
  grid.rows = combinations(experiment, down_axes);
  grid.columns = combinations(experiment, across_axes);
  grid.cells.assign(grid.rows.size(), std::vector<std::string>(grid.columns.size()));
  for (const Cell& cell : cells_of(experiment)) {
    grid.cells[place_of(experiment, cell, down_axes)][place_of(experiment, cell, across_axes)] =
        cell.name;
  }
  return grid;
}

std::vector<const CellResult*> results_of(const Experiment& experiment,
                                          const ExperimentResults& results,
                                          const std::string& cell) {
  std::vector<const CellResult*> found;
  for (const std::uint64_t seed : experiment.seeds) {
    if (const CellResult* const result = results.find(cell, seed)) found.push_back(result);
  }
  return found;
}

std::optional<SeedMean> mean_over_seeds(const Experiment& experiment,
                                        const ExperimentResults& results, const std::string& cell,
                                        Quantity quantity) {
  std::vector<double> values;
  for (const CellResult* const result : results_of(experiment, results, cell)) {
    const auto found = result->values.find(quantity);
    if (found != result->values.end() && std::isfinite(found->second)) {
      values.push_back(found->second);
    }
  }
  if (values.empty()) return std::nullopt;
  const auto count = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  for (const double value : values) squares += (value - sum / count) * (value - sum / count);
  return SeedMean{.mean = sum / count,
                  .deviation = values.size() > 1 ? std::sqrt(squares / (count - 1)) : 0,
                  .seeds = values.size()};
}

std::string_view title_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::kTestAccuracy:
      return "Test accuracy (%)";
    case Quantity::kValidationAccuracy:
      return "Validation accuracy (%)";
    case Quantity::kTrainingAccuracy:
      return "Training accuracy (%)";
    case Quantity::kLoss:
      return "Loss";
    case Quantity::kActivity:
      return "Activity T(s) (%)";
    case Quantity::kEpochSeconds:
      return "Time of an epoch (s)";
    case Quantity::kSamePredictions:
      return "Same predictions (%)";
  }
  throw InternalError("a quantity without a title");
}

std::string value_text(Quantity quantity, double value) {
  const int decimals = quantity == Quantity::kLoss           ? 3
                       : quantity == Quantity::kEpochSeconds ? 1
                                                             : 2;
  return fmt::format("{:.{}f}", value, decimals);
}

bool is_accuracy(Quantity quantity) {
  return quantity == Quantity::kTestAccuracy || quantity == Quantity::kValidationAccuracy ||
         quantity == Quantity::kTrainingAccuracy;
}

}  // namespace neurosim
