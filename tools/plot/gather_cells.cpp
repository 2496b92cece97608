#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "sim/core/checkpoint.hpp"
#include "tools/plot/experiment_figures.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kMostColours = 7, kMostDashes = 4;

/// Where a quantity stands in the tables of epochs, and by what it is multiplied.
struct EpochValue {
  double EpochMetrics::*value;
  double factor = 1;
};

std::optional<EpochValue> epoch_value(Quantity quantity) {
  switch (quantity) {
    case Quantity::kLoss:
      return EpochValue{&EpochMetrics::loss};
    case Quantity::kTrainingAccuracy:
      return EpochValue{&EpochMetrics::training_accuracy, 100};
    case Quantity::kValidationAccuracy:
      return EpochValue{&EpochMetrics::validation_accuracy, 100};
    case Quantity::kEpochSeconds:
      return EpochValue{&EpochMetrics::seconds};
    case Quantity::kTestAccuracy:
    case Quantity::kActivity:
    case Quantity::kSamePredictions:
      break;  // known of the whole training only
  }
  return std::nullopt;
}

std::size_t metric_column(double EpochMetrics::*value) {
  const auto found = std::ranges::find(kMetricColumns, value, &MetricColumn::value);
  return static_cast<std::size_t>(found - std::begin(kMetricColumns));
}

/// Means over the seeds of the epochs that each of them has.
std::vector<std::pair<double, double>> epoch_means(const Experiment& experiment,
                                                   const ExperimentResults& results,
                                                   const std::string& cell,
                                                   const EpochValue& wanted) {
  const std::size_t column = metric_column(wanted.value);
  struct Sum {
    double sum = 0;
    std::size_t seeds = 0;
  };
  std::map<std::uint64_t, Sum> epochs;
  std::size_t seeds = 0;
  for (const std::uint64_t seed : experiment.seeds) {
    bool any = false;
    for (const CellEpoch& row : results.epochs) {
      if (row.cell != cell || row.seed != seed || column >= row.metrics.size()) continue;
      if (!std::isfinite(row.metrics[column])) continue;
      any = true;
      epochs[row.epoch].sum += wanted.factor * row.metrics[column];
      ++epochs[row.epoch].seeds;
    }
    if (any) ++seeds;
  }
  std::vector<std::pair<double, double>> points;
  for (const auto& [epoch, sum] : epochs) {
    if (sum.seeds != seeds) continue;
    points.emplace_back(static_cast<double>(epoch), sum.sum / static_cast<double>(seeds));
  }
  return points;
}

std::string joined(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

bool has_value(const CellSeries& series) {
  return std::ranges::any_of(series.values,
                             [](const CellValue& cell) { return cell.value.has_value(); });
}

}  // namespace

EpochsFigure gather_cell_epochs(const Experiment& experiment, const ExperimentResults& results,
                                const FigureSpec& spec) {
  EpochsFigure figure{.title = std::string(title_of(spec.quantity)),
                      .from_zero = !is_accuracy(spec.quantity),
                      .lines = {}};
  const auto wanted = epoch_value(spec.quantity);
  if (!wanted) return figure;
  const std::vector<Cell> cells = cells_of(experiment);
  const std::size_t last = experiment.axes.empty() ? 1 : experiment.axes.back().values.size();
  const bool by_axis =
      last > 1 && last < cells.size() && last <= kMostDashes && cells.size() / last <= kMostColours;
  for (std::size_t k = 0; k < cells.size(); ++k) {
    auto points = epoch_means(experiment, results, cells[k].name, *wanted);
    if (points.empty()) continue;
    figure.lines.push_back({.name = cells[k].name,
                            .colour = by_axis ? k / last : k,
                            .dash = by_axis ? k % last : k,
                            .points = std::move(points)});
  }
  return figure;
}

CellsFigure gather_cell_values(const Experiment& experiment, const ExperimentResults& results,
                               const FigureSpec& spec) {
  CellsFigure figure{.group_title = spec.along,
                     .value_title = std::string(title_of(spec.quantity)),
                     .groups = {},
                     .series = {}};
  const CellGrid grid = grid_of(experiment, {spec.along});
  for (const auto& column : grid.columns) figure.groups.push_back(joined(column));
  for (std::size_t r = 0; r < grid.rows.size(); ++r) {
    CellSeries series{.name = joined(grid.rows[r]), .values = {}};
    for (const std::string& cell : grid.cells[r]) {
      series.values.push_back(
          {.value = mean_over_seeds(experiment, results, cell, spec.quantity), .printed = {}});
      const auto printed = experiment.printed.find(cell);
      if (spec.quantity == experiment.quantity && printed != experiment.printed.end()) {
        series.values.back().printed = printed->second;
      }
    }
    figure.series.push_back(std::move(series));
  }
  if (std::ranges::none_of(figure.series, has_value)) figure.series.clear();
  return figure;
}

}  // namespace neurosim
