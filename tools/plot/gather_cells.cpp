#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <span>

#include "tools/plot/experiment_figures.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kMostColours = 7, kMostDashes = 4;
constexpr std::size_t kMostLines = 8;  ///< of a panel, where it can be helped

std::size_t metric_column(double EpochMetrics::*value) {
  const auto found = std::ranges::find(kMetricColumns, value, &MetricColumn::value);
  return static_cast<std::size_t>(found - std::begin(kMetricColumns));
}

/// Means over the seeds of the epochs that each of them has.
std::vector<std::pair<double, double>> epoch_means(const Experiment& experiment,
                                                   const ExperimentResults& results,
                                                   const std::string& cell,
                                                   const EpochQuantity& wanted) {
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

CellValue cell_value(const Experiment& experiment, const ExperimentResults& results,
                     const std::string& cell, Quantity quantity) {
  CellValue value{.value = mean_over_seeds(experiment, results, cell, quantity), .printed = {}};
  const auto printed = experiment.printed.find(cell);
  if (quantity == experiment.quantity && printed != experiment.printed.end()) {
    value.printed = printed->second;
  }
  return value;
}

/// Combinations of axes, the first of them spread over panels.
struct Split {
  std::vector<std::string> panels;  ///< titles
  std::vector<std::string> series;  ///< names
};

std::string joined(std::span<const std::string> names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Takes axes to the panels until at most `most` series are left to share one, or one axis is.
/// `rows` are the combinations, the last axis fastest.
Split split(const std::vector<std::vector<std::string>>& rows, std::size_t most) {
  const std::size_t axes = rows.front().size();
  Split result;
  for (std::size_t taken = 0;; ++taken) {
    result = {};
    for (const auto& row : rows) {
      const std::string panel = joined(std::span(row).first(taken));
      const std::string series = joined(std::span(row).subspan(taken));
      if (result.panels.empty() || result.panels.back() != panel) result.panels.push_back(panel);
      if (result.panels.size() == 1) result.series.push_back(series);
    }
    if (result.series.size() <= most || taken + 1 >= axes) return result;
  }
}

std::vector<EpochsSeries> epoch_series(const std::vector<std::string>& names, std::size_t last) {
  const bool by_axis =
      last > 1 && last < names.size() && last <= kMostDashes && names.size() / last <= kMostColours;
  std::vector<EpochsSeries> series;
  for (std::size_t k = 0; k < names.size(); ++k) {
    series.push_back(
        {.name = names[k], .colour = by_axis ? k / last : k, .dash = by_axis ? k % last : k});
  }
  return series;
}

}  // namespace

EpochsFigure gather_cell_epochs(const Experiment& experiment, const ExperimentResults& results,
                                const FigureSpec& spec) {
  EpochsFigure figure{.value_title = std::string(title_of(spec.quantity)),
                      .from_zero = !is_accuracy(spec.quantity),
                      .series = {},
                      .panels = {}};
  const auto wanted = epoch_quantity(spec.quantity);
  if (!wanted) return figure;
  const std::vector<Cell> cells = cells_of(experiment);
  const Split parts = split(grid_of(experiment, {}).rows, kMostLines);
  figure.series = epoch_series(parts.series,
                               experiment.axes.empty() ? 1 : experiment.axes.back().values.size());
  std::size_t cell = 0;
  for (const std::string& title : parts.panels) {
    EpochsPanel panel{.title = title, .lines = {}};
    for (std::size_t k = 0; k < parts.series.size(); ++k, ++cell) {
      panel.lines.push_back(epoch_means(experiment, results, cells[cell].name, *wanted));
    }
    const auto done = [](const auto& line) { return !line.empty(); };
    if (std::ranges::any_of(panel.lines, done)) figure.panels.push_back(std::move(panel));
  }
  return figure;
}

CellsFigure gather_cell_values(const Experiment& experiment, const ExperimentResults& results,
                               const FigureSpec& spec) {
  const CellGrid grid = grid_of(experiment, {spec.along});
  const Split parts = split(grid.rows, kMostColours);
  CellsFigure figure{
      .group_title = spec.along,
      .value_title = std::string(title_of(spec.quantity)),
      .from_zero = !is_accuracy(spec.quantity) && spec.quantity != Quantity::kSamePredictions,
      .groups = {},
      .series = parts.series,
      .panels = {}};
  for (const auto& column : grid.columns) figure.groups.push_back(joined(column));
  std::size_t row = 0;
  for (const std::string& title : parts.panels) {
    CellsPanel panel{.title = title, .values = {}};
    bool any = false;
    for (std::size_t k = 0; k < parts.series.size(); ++k, ++row) {
      panel.values.emplace_back();
      for (const std::string& cell : grid.cells[row]) {
        panel.values.back().push_back(cell_value(experiment, results, cell, spec.quantity));
        any = any || panel.values.back().back().value.has_value();
      }
    }
    if (any) figure.panels.push_back(std::move(panel));
  }
  return figure;
}

}  // namespace neurosim
