#include "experiments/experiment_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

#include "experiments/cell_grid.hpp"
#include "experiments/experiment_table.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

using ResultList = std::vector<const CellResult*>;

/// Those of the experiment's cells and seeds, in their order.
ResultList all_results(const Experiment& experiment, const ExperimentResults& results) {
  ResultList all;
  for (const Cell& cell : cells_of(experiment)) {
    for (const CellResult* const result : results_of(experiment, results, cell.name)) {
      all.push_back(result);
    }
  }
  return all;
}

/// Each text once, in the order of the results.
std::string list_of(const ResultList& all, std::string CellResult::*text) {
  std::vector<std::string> list;
  for (const CellResult* const result : all) {
    const std::string& value = result->*text;
    if (!value.empty() && std::ranges::find(list, value) == list.end()) list.push_back(value);
  }
  return list.empty() ? "unknown" : fmt::format("{}", fmt::join(list, "; "));
}

/// Dates are written so that they sort as text.
std::string dates_of(const ResultList& all) {
  std::set<std::string> dates;
  for (const CellResult* const result : all) dates.insert(result->date);
  return dates.size() == 1 ? *dates.begin()
                           : fmt::format("{} to {}", *dates.begin(), *dates.rbegin());
}

std::string range_of(const ResultList& all, std::uint64_t CellResult::*number) {
  std::vector<std::uint64_t> numbers;
  for (const CellResult* const result : all) numbers.push_back(result->*number);
  return range_text(numbers);
}

double sum_of(const ResultList& all, double CellResult::*number) {
  double sum = 0;
  for (const CellResult* const result : all) sum += result->*number;
  return sum;
}

std::string epochs_text(const Experiment& experiment, const ResultList& all) {
  const std::string epochs = range_of(all, &CellResult::epochs);
  std::vector<std::uint64_t> of_paper;
  for (const CellResult* const result : all) {
    of_paper.push_back(paper_epochs_of(experiment, result->cell));
  }
  if (std::ranges::count(of_paper, 0u) == 0) {
    return fmt::format("{} of the paper's {}", epochs, range_text(of_paper));
  }
  return fmt::format("{} of {} in the experiment file", epochs, experiment.epochs);
}

/// Each scale once, in the order of the results.
std::string scales_of(const ResultList& all) {
  std::vector<std::string> list;
  for (const CellResult* const result : all) {
    const std::string scale = scale_text(result->scale);
    if (std::ranges::find(list, scale) == list.end()) list.push_back(scale);
  }
  return fmt::format("{}", fmt::join(list, "; "));
}

/// `1 to 2, cells at a time: 2`; older results do not have it.
std::string threads_text(const ResultList& all) {
  std::vector<std::uint64_t> threads, cells;
  for (const CellResult* const result : all) {
    if (result->threads == 0 || result->cells_at_a_time == 0) return "not known of all";
    threads.push_back(result->threads);
    cells.push_back(result->cells_at_a_time);
  }
  return fmt::format("{}, cells at a time: {}", range_text(threads), range_text(cells));
}

/// What is not done, by cell and seed.
std::string trainings_text(const char* title, const std::vector<std::string>& trainings) {
  if (trainings.empty()) return "";
  constexpr std::size_t kMostNamed = 10;
  const std::size_t named = std::min(trainings.size(), kMostNamed);
  const std::string more =
      trainings.size() > named ? fmt::format(" and {} more", trainings.size() - named) : "";
  return fmt::format("- {}: {}{}\n", title, fmt::join(std::span(trainings).first(named), ", "),
                     more);
}

std::string missing_text(const Experiment& experiment, const ExperimentResults& results) {
  std::vector<std::string> missing, incomplete;
  for (const Cell& cell : cells_of(experiment)) {
    for (const std::uint64_t seed : experiment.seeds) {
      const CellResult* const result = results.find(cell.name, seed);
      if (result != nullptr && is_complete(experiment, *result)) continue;
      (result == nullptr ? missing : incomplete)
          .push_back(fmt::format("`{}` with seed {}", cell.name, seed));
    }
  }
  return trainings_text("missing", missing) +
         trainings_text("without all that is collected now", incomplete);
}

std::string method_text(const Experiment& experiment, const ExperimentResults& results,
                        const ResultList& all) {
  const bool trains = experiment.work == CellWork::kTrain;
  std::string text = fmt::format("- done: {} of {} {} (cells: {}; seeds: {})\n", all.size(),
                                 cells_of(experiment).size() * experiment.seeds.size(),
                                 trains ? "trainings" : "simulations", cells_of(experiment).size(),
                                 fmt::join(experiment.seeds, ", "));
  text += missing_text(experiment, results);
  if (all.empty()) return text;
  if (trains) {
    text += fmt::format("- epochs: {}\n", epochs_text(experiment, all));
    text += fmt::format("- training samples: {}\n", range_of(all, &CellResult::training_samples));
  }
  text += fmt::format("- test samples: {}\n", range_of(all, &CellResult::test_samples));
  text += fmt::format("- scale: {}\n", scales_of(all));
  text += fmt::format(
      "- wall time in all: {}test {:.1f} s\n",
      trains ? fmt::format("training {:.1f} s, ", sum_of(all, &CellResult::training_seconds)) : "",
      sum_of(all, &CellResult::test_seconds));
  text += fmt::format("- threads of a cell: {}\n", threads_text(all));
  text += fmt::format("- commit: {}\n", list_of(all, &CellResult::commit));
  text += fmt::format("- version: {}\n", list_of(all, &CellResult::version));
  text += fmt::format("- machine: {}\n", list_of(all, &CellResult::machine));
  return text + fmt::format("- date: {}\n", dates_of(all));
}

std::vector<Quantity> quantities_of(const ResultList& all) {
  std::set<Quantity> found;
  for (const CellResult* const result : all) {
    for (const auto& [quantity, value] : result->values) found.insert(quantity);
  }
  return {found.begin(), found.end()};
}

std::vector<std::string> details_row(const Experiment& experiment, const CellResult& result,
                                     const std::vector<Quantity>& quantities) {
  std::vector<std::string> row = {"`" + result.cell + "`", std::to_string(result.seed)};
  if (experiment.work == CellWork::kTrain) {
    row.push_back(std::to_string(result.epochs));
    row.push_back(std::to_string(result.training_samples));
  }
  row.push_back(std::to_string(result.test_samples));
  for (const Quantity quantity : quantities) {
    const auto value = result.values.find(quantity);
    const bool known = value != result.values.end() && std::isfinite(value->second);
    row.push_back(known ? value_text(quantity, value->second) : "-");
  }
  std::vector<std::string> layers;
  for (const double activity : result.layer_activity) {
    layers.push_back(value_text(Quantity::kActivity, activity));
  }
  row.push_back(layers.empty() ? "-" : fmt::format("{}", fmt::join(layers, ", ")));
  if (experiment.work == CellWork::kTrain) {
    row.push_back(fmt::format("{:.1f}", result.training_seconds));
  }
  row.push_back(fmt::format("{:.1f}", result.test_seconds));
  return row;
}

std::string details_table(const Experiment& experiment, const ResultList& all) {
  const std::vector<Quantity> quantities = quantities_of(all);
  const bool trains = experiment.work == CellWork::kTrain;
  std::vector<std::string> head = {"cell", "seed"};
  if (trains) head.insert(head.end(), {"epochs", "training samples"});
  head.push_back("test samples");
  for (const Quantity quantity : quantities) head.emplace_back(title_of(quantity));
  head.push_back("T(s) by layer (%)");
  if (trains) head.push_back("training (s)");
  head.push_back("test (s)");
  std::vector<std::vector<std::string>> rows;
  for (const CellResult* const result : all) {
    rows.push_back(details_row(experiment, *result, quantities));
  }
  return markdown_table(head, rows);
}

std::string picture_text(const std::string& name, Picture picture) {
  switch (picture) {
    case Picture::kNoData:
      return fmt::format("Figure `{}`: no data yet.", name);
    case Picture::kNotDrawn:
      return fmt::format("Figure `{}` is not drawn.", name);
    case Picture::kThere:
      return fmt::format("![{}](<{}.svg>)", name, name);
  }
  return {};
}

std::string figures_text(const Experiment& experiment, std::span<const Picture> pictures) {
  NS_ASSERT(pictures.size() == experiment.figures.size());
  std::string text;
  for (std::size_t k = 0; k < pictures.size(); ++k) {
    const FigureSpec& figure = experiment.figures[k];
    text += fmt::format("{}\n\n{}\n\n", picture_text(figure.name, pictures[k]), figure.caption);
  }
  return text.empty() ? "" : "## Figures\n\n" + text;
}

/// What is only simulated may have no number to compare.
bool has_table(const Experiment& experiment, const ResultList& all) {
  return experiment.work == CellWork::kTrain || !experiment.printed.empty() ||
         std::ranges::any_of(all, [&](const CellResult* result) {
           return result->values.contains(experiment.quantity);
         });
}

}  // namespace

std::string experiment_markdown(const Experiment& experiment, const ExperimentResults& results,
                                std::span<const Picture> pictures) {
  const ResultList all = all_results(experiment, results);
  std::string text = "# " + experiment.title + "\n\n";
  if (!experiment.about.empty()) text += experiment.about + "\n\n";
  if (has_table(experiment, all)) {
    text += fmt::format("## {}\n\n{}\n", title_of(experiment.quantity),
                        result_table(experiment, results));
    text += comparison_text(experiment, results);
  }
  text += "## How it was done\n\n" + method_text(experiment, results, all) + "\n";
  if (!all.empty()) text += "## Every cell\n\n" + details_table(experiment, all) + "\n";
  text += figures_text(experiment, pictures);
  text.pop_back();  // one line end is left
  return text;
}

}  // namespace neurosim
