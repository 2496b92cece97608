#include "experiments/experiment_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "experiments/cell_grid.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr double kTooLow = 0.5;  ///< points below the paper

std::string table_cell(std::string_view text) {
  std::string safe;
  for (const char letter : text) {
    if (letter == '|') safe += '\\';
    safe += letter == '\n' ? ' ' : letter;
  }
  return safe;
}

std::string table_line(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + table_cell(cell) + " |";
  return line + "\n";
}

std::string signed_text(Quantity quantity, double difference) {
  const std::string size = value_text(quantity, std::abs(difference));
  const bool none = size.find_first_not_of("0.") == std::string::npos;
  return (none ? "" : difference < 0 ? "-" : "+") + size;
}

/// In parentheses after a value: how many seeds, and what keeps it from the paper's scale.
std::string scale_note(const Experiment& experiment, const std::string& name,
                       const std::vector<const CellResult*>& results, std::size_t seeds) {
  const std::uint64_t of_paper = paper_epochs_of(experiment, name);
  const std::uint64_t wanted = of_paper > 0 ? of_paper : experiment.epochs;
  std::vector<std::uint64_t> epochs, training, test;
  bool less_training = false, less_test = false;
  for (const CellResult* const result : results) {
    epochs.push_back(result->epochs);
    training.push_back(result->training_samples);
    test.push_back(result->test_samples);
    less_training = less_training || result->scale.training_samples;
    less_test = less_test || result->scale.test_samples;
  }
  std::vector<std::string> parts;
  if (experiment.seeds.size() > 1) parts.push_back(fmt::format("n = {}", seeds));
  if (experiment.work == CellWork::kTrain &&
      std::ranges::any_of(epochs, [&](std::uint64_t number) { return number != wanted; })) {
    parts.push_back(range_text(epochs) + " ep.");
  }
  if (less_training) parts.push_back("trained on " + range_text(training));
  if (less_test) parts.push_back("tested on " + range_text(test));
  return parts.empty() ? "" : fmt::format(" ({})", fmt::join(parts, ", "));
}

std::string value_cell(const Experiment& experiment, const ExperimentResults& results,
                       const std::string& cell) {
  const auto value = mean_over_seeds(experiment, results, cell, experiment.quantity);
  if (!value) return "-";
  std::string text = value_text(experiment.quantity, value->mean);
  if (value->seeds > 1) text += " ± " + value_text(experiment.quantity, value->deviation);
  return text + scale_note(experiment, cell, results_of(experiment, results, cell), value->seeds);
}

/// The paper's value and the difference from it.
std::vector<std::string> paper_cells(const Experiment& experiment, const ExperimentResults& results,
                                     const std::string& cell) {
  const auto printed = experiment.printed.find(cell);
  if (printed == experiment.printed.end()) return {"-", "-"};
  const auto value = mean_over_seeds(experiment, results, cell, experiment.quantity);
  return {value_text(experiment.quantity, printed->second),
          value ? signed_text(experiment.quantity, value->mean - printed->second) : "-"};
}

/// Whether the paper printed a value of any cell of each column.
std::vector<bool> printed_columns(const Experiment& experiment, const CellGrid& grid) {
  std::vector<bool> printed(grid.columns.size(), false);
  for (const auto& row : grid.cells) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      if (experiment.printed.contains(row[k])) printed[k] = true;
    }
  }
  return printed;
}

std::vector<std::string> head_of(const CellGrid& grid, const std::vector<bool>& printed) {
  std::vector<std::string> head = grid.row_axes;
  for (std::size_t k = 0; k < grid.columns.size(); ++k) {
    const std::string name = fmt::format("{}", fmt::join(grid.columns[k], " "));
    head.push_back(name.empty() ? "here" : name);
    if (!printed[k]) continue;
    head.push_back(name.empty() ? "paper" : "paper, " + name);
    head.push_back("difference");
  }
  return head;
}

struct Distance {
  std::string cell;
  double ours = 0, printed = 0;
  double difference() const { return ours - printed; }
};

std::vector<Distance> distances(const Experiment& experiment, const ExperimentResults& results) {
  std::vector<Distance> found;
  for (const Cell& cell : cells_of(experiment)) {
    const auto printed = experiment.printed.find(cell.name);
    const auto value = mean_over_seeds(experiment, results, cell.name, experiment.quantity);
    if (printed == experiment.printed.end() || !value) continue;
    found.push_back({cell.name, value->mean, printed->second});
  }
  return found;
}

std::string too_low_text(Quantity quantity, const std::vector<Distance>& cells) {
  std::string list;
  for (const Distance& cell : cells) {
    // The margin is for differences of decimal fractions, e.g. 96.77 - 97.27.
    if (cell.difference() >= -kTooLow - 1e-9) continue;
    list +=
        fmt::format("- `{}`: {}, the paper {} ({})\n", cell.cell, value_text(quantity, cell.ours),
                    value_text(quantity, cell.printed), signed_text(quantity, cell.difference()));
  }
  return list.empty() ? fmt::format("No cell is more than {} points below the paper.\n", kTooLow)
                      : fmt::format("More than {} points below the paper:\n\n{}", kTooLow, list);
}

}  // namespace

std::string markdown_table(const std::vector<std::string>& head,
                           const std::vector<std::vector<std::string>>& rows) {
  std::string text = table_line(head) + "|";
  for (std::size_t k = 0; k < head.size(); ++k) text += "---|";
  text += "\n";
  for (const auto& row : rows) text += table_line(row);
  return text;
}

std::string range_text(const std::vector<std::uint64_t>& numbers) {
  NS_ASSERT(!numbers.empty());
  const auto [low, high] = std::ranges::minmax(numbers);
  return low == high ? std::to_string(low) : fmt::format("{} to {}", low, high);
}

std::string result_table(const Experiment& experiment, const ExperimentResults& results) {
  const CellGrid grid = grid_of(experiment, experiment.columns);
  const std::vector<bool> printed = printed_columns(experiment, grid);
  std::vector<std::vector<std::string>> rows;
  for (std::size_t r = 0; r < grid.rows.size(); ++r) {
    rows.push_back(grid.rows[r]);
    for (std::size_t k = 0; k < grid.columns.size(); ++k) {
      const std::string& cell = grid.cells[r][k];
      rows.back().push_back(value_cell(experiment, results, cell));
      if (!printed[k]) continue;
      for (std::string& text : paper_cells(experiment, results, cell)) {
        rows.back().push_back(std::move(text));
      }
    }
  }
  return markdown_table(head_of(grid, printed), rows);
}

std::string comparison_text(const Experiment& experiment, const ExperimentResults& results) {
  if (experiment.printed.empty()) return "";
  const std::vector<Distance> cells = distances(experiment, results);
  if (cells.empty()) return "No cell that the paper has a value of is done yet.\n\n";
  double sum = 0, sizes = 0;
  for (const Distance& cell : cells) {
    sum += cell.difference();
    sizes += std::abs(cell.difference());
  }
  const auto count = static_cast<double>(cells.size());
  const Quantity quantity = experiment.quantity;
  std::string text = fmt::format(
      "Distance to the paper over the {} cell{} that both have: mean of ours - paper {}, mean "
      "absolute {}.\n\n",
      cells.size(), cells.size() == 1 ? "" : "s", signed_text(quantity, sum / count),
      value_text(quantity, sizes / count));
  if (is_accuracy(quantity)) text += too_low_text(quantity, cells) + "\n";
  return text;
}

}  // namespace neurosim
