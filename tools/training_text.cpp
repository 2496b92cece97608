#include "tools/training_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/byte_size.hpp"
#include "tools/number_text.hpp"
#include "tools/summary.hpp"

namespace neurosim {
namespace {

std::string accuracy(double share) {
  return std::isnan(share) ? "-" : fmt::format("{:.2f}", 100 * share);
}

/// Three digits of numbers that run over many orders of magnitude.
std::string short_text(double value) { return fmt::format("{:.3g}", value); }

std::vector<Column> columns(const Description& description,
                            const std::vector<std::size_t>& populations) {
  std::vector<Column> all = {{.title = "epoch"},          {.title = "loss", .width = 7},
                             {.title = "train %"},        {.title = "valid %"},
                             {.title = "lr", .width = 8}, {.title = "gradient", .width = 8}};
  for (const std::size_t p : populations) {
    all.push_back({.title = "T(s) % " + description.populations[p].name});
  }
  all.push_back({.title = "samples/s", .width = 9});
  return all;
}

std::vector<std::size_t> shown_populations(const Description& description,
                                           const Terminal& terminal) {
  std::vector<std::size_t> shown;
  for (std::size_t p = 0; p < description.populations.size(); ++p) {
    const ModelInfo* info = description.populations[p].info;
    if (info != nullptr && info->spikes) shown.push_back(p);
  }
  const auto too_wide = [&] {
    return Table(columns(description, shown)).width() > static_cast<std::size_t>(terminal.columns);
  };
  while (terminal.tty && !shown.empty() && too_wide()) shown.erase(shown.begin());
  return shown;
}

/// The numbers of a list by population; those without one are left out.
nlohmann::ordered_json by_population(const Description& description,
                                     const std::vector<double>& values) {
  auto object = nlohmann::ordered_json::object();
  for (std::size_t p = 0; p < std::min(values.size(), description.populations.size()); ++p) {
    if (!std::isnan(values[p])) object[description.populations[p].name] = values[p];
  }
  return object;
}

nlohmann::ordered_json epoch_json(const Description& description, const EpochMetrics& epoch) {
  nlohmann::ordered_json result = {{"epoch", epoch.epoch}};
  for (const MetricColumn& column : kMetricColumns) result[column.name] = epoch.*column.value;
  for (const PopulationMetric& list : kPopulationMetrics) {
    result[list.name] = by_population(description, epoch.*list.values);
  }
  return result;
}

}  // namespace

std::string memory_text(const MemoryEstimate& estimate) {
  const ByteUnit unit = byte_unit(estimate.total());
  const auto text = [&](std::uint64_t bytes) {
    return real_text(static_cast<double>(bytes) / unit.bytes);
  };
  std::string line =
      fmt::format("memory: about {} {} besides the data (parameters {}, tape {}, spikes {})",
                  text(estimate.total()), unit.name, text(estimate.parameters), text(estimate.tape),
                  text(estimate.spikes));
  if (estimate.segments > 1) {
    line += fmt::format("; samples are cut into {} segments, so that steps are computed twice",
                        estimate.segments);
  }
  return line;
}

EpochTable::EpochTable(const Description& description, const Terminal& terminal)
    : populations_(shown_populations(description, terminal)),
      table_(columns(description, populations_)) {}

std::string EpochTable::row(const EpochMetrics& metrics) const {
  std::vector<std::string> cells = {
      std::to_string(metrics.epoch),       fmt::format("{:.4f}", metrics.loss),
      accuracy(metrics.training_accuracy), accuracy(metrics.validation_accuracy),
      short_text(metrics.learning_rate),   short_text(metrics.gradient_norm)};
  for (const std::size_t p : populations_) {
    const bool known = p < metrics.activity.size();
    cells.push_back(known ? real_text(100 * metrics.activity[p]) : "-");
  }
  cells.push_back(real_text(metrics.samples_per_second));
  return table_.row(cells);
}

const EpochMetrics* best_epoch(const TrainSummary& summary) {
  const EpochMetrics* best = nullptr;
  for (const EpochMetrics& epoch : summary.epochs) {
    // Without validation both are NaN, and the later one is taken.
    const bool worse = best != nullptr && epoch.validation_accuracy <= best->validation_accuracy;
    if (!worse) best = &epoch;
  }
  return best;
}

std::string closing_text(const TrainSummary& summary) {
  std::string text = "no epoch was finished";
  if (summary.kept_epoch > 0) {
    const EpochMetrics& kept = summary.epochs[summary.kept_epoch - 1];
    const EpochMetrics& best = *best_epoch(summary);
    const bool validated = !std::isnan(kept.validation_accuracy);
    text = fmt::format("{} accuracy {} % (weights of epoch {} of {}",
                       validated ? "validation" : "training",
                       accuracy(validated ? kept.validation_accuracy : kept.training_accuracy),
                       kept.epoch, summary.epochs.back().epoch);
    if (validated && best.epoch != kept.epoch) {
      text +=
          fmt::format("; best {} % in epoch {}", accuracy(best.validation_accuracy), best.epoch);
    }
    text += ")";
  }
  return text + fmt::format("; trained for {}\n", duration_text(summary.seconds));
}

std::string training_json(const Description& description, const TrainOptions& options,
                          const TrainSummary& summary) {
  nlohmann::ordered_json result = {{"network", description.name},
                                   {"file", description.file},
                                   {"seed", description.seed},
                                   {"complete", !summary.interrupted},
                                   {"training_samples", summary.training_samples},
                                   {"validation_samples", summary.validation_samples},
                                   {"kept_epoch", nullptr},
                                   {"best_epoch", nullptr},
                                   {"best_validation_accuracy", nullptr},
                                   {"seconds", summary.seconds},
                                   {"output", options.output}};
  if (summary.kept_epoch > 0) result["kept_epoch"] = summary.kept_epoch;
  const EpochMetrics* best = best_epoch(summary);
  if (best != nullptr && !std::isnan(best->validation_accuracy)) {
    result["best_epoch"] = best->epoch;
    result["best_validation_accuracy"] = best->validation_accuracy;
  }
  auto epochs = nlohmann::ordered_json::array();
  for (const EpochMetrics& epoch : summary.epochs) {
    epochs.push_back(epoch_json(description, epoch));
  }
  result["epochs"] = std::move(epochs);
  return json_text(result);
}

}  // namespace neurosim
