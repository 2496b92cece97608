#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "experiments/train.hpp"
#include "sim/core/error.hpp"
#include "sim/network/read_description.hpp"
#include "tools/number_text.hpp"
#include "tools/report/page.hpp"

namespace neurosim::report {
namespace {

using Json = nlohmann::ordered_json;

std::string shape_text(const NamedArray& array) {
  std::string text;
  for (const std::uint64_t extent : array.shape) {
    text += (text.empty() ? "" : " × ") + count_text(extent);
  }
  return text;
}

/// 0: not known.
std::uint64_t kept_epoch_of(const Checkpoint& checkpoint, const std::string& file) {
  try {
    return kept_epoch(parse_description(checkpoint.network_yaml, file), checkpoint);
  } catch (const ConfigError&) {
    return 0;  // of another version
  }
}

Json facts(const Checkpoint& checkpoint, const std::string& file) {
  Json list = Json::array();
  const auto add = [&list](const char* name, const std::string& value) {
    list.push_back({name, value});
  };
  if (const std::uint64_t kept = kept_epoch_of(checkpoint, file); kept > 0) {
    const double reached = checkpoint.epochs[kept - 1].validation_accuracy;
    add("validation accuracy",
        std::isnan(reached)
            ? "-"
            : fmt::format("{:.2f} % ({} epoch {}{})", 100 * reached,
                          checkpoint.finished ? "weights of" : "after", kept,
                          checkpoint.finished ? "" : "; the weights may be further on"));
  }
  const auto best =
      std::ranges::max_element(checkpoint.epochs, [](const EpochMetrics& a, const EpochMetrics& b) {
        // NaN (no validation samples) is below every accuracy.
        return std::isnan(a.validation_accuracy) ? !std::isnan(b.validation_accuracy)
                                                 : a.validation_accuracy < b.validation_accuracy;
      });
  if (best != checkpoint.epochs.end() && !std::isnan(best->validation_accuracy)) {
    add("best validation accuracy",
        fmt::format("{:.2f} % (epoch {})", 100 * best->validation_accuracy, best->epoch));
  }
  add("state", checkpoint.finished ? "finished" : "not finished; train --resume goes on");
  add("epochs", count_text(checkpoint.epochs.size()));
  if (!checkpoint.validation_samples.empty()) {
    add("validation samples", count_text(checkpoint.validation_samples.size()));
  }
  add("seed", std::to_string(checkpoint.seed));
  add("precision", checkpoint.precision);
  add("version", checkpoint.version);
  add("file", file);
  return list;
}

Json epochs_json(const Checkpoint& checkpoint) {
  Json object;
  for (const EpochMetrics& metrics : checkpoint.epochs) object["epoch"].push_back(metrics.epoch);
  for (const MetricColumn& column : kMetricColumns) {
    Json& values = object[column.name] = Json::array();
    for (const EpochMetrics& metrics : checkpoint.epochs) values.push_back(metrics.*column.value);
  }
  for (const PopulationMetric& metric : kPopulationMetrics) {
    Json& rows = object[metric.name] = Json::array();
    for (const EpochMetrics& metrics : checkpoint.epochs) rows.push_back(metrics.*metric.values);
  }
  return object;
}

std::string percent(double share) {
  return std::isnan(share) ? "-" : fmt::format("{:.2f}", 100 * share);
}

Json epoch_table(const Checkpoint& checkpoint) {
  std::vector<std::vector<std::string>> rows;
  for (const EpochMetrics& m : checkpoint.epochs) {
    rows.push_back(
        {std::to_string(m.epoch), fmt::format("{:.4f}", m.loss), percent(m.training_accuracy),
         std::isnan(m.validation_loss) ? "-" : fmt::format("{:.4f}", m.validation_loss),
         percent(m.validation_accuracy), fmt::format("{:.4g}", m.learning_rate),
         real_text(m.gradient_norm), duration_text(m.seconds), real_text(m.samples_per_second)});
  }
  return table_json(
      "Epochs",
      {"epoch", "loss", "training accuracy, %", "validation loss", "validation accuracy, %",
       "learning rate", "gradient norm", "time", "samples/s"},
      std::move(rows));
}

Json learned_table(const Checkpoint& checkpoint) {
  std::vector<std::vector<std::string>> rows;
  for (const NamedArray& array : checkpoint.weights) {
    rows.push_back({array.name, "weights", shape_text(array)});
  }
  for (const NamedArray& array : checkpoint.parameters) {
    rows.push_back({array.name, "parameter", shape_text(array)});
  }
  return table_json("What was learned", {"name", "kind", "numbers"}, std::move(rows));
}

}  // namespace

Page training_page(const Checkpoint& checkpoint, const std::string& file) {
  Page page{.title = checkpoint.network_name + ", training",
            .graph = graph_picture(checkpoint.network_yaml, file)};
  page.data = {{"kind", "training"},
               {"title", checkpoint.network_name},
               {"facts", facts(checkpoint, file)},
               {"yaml", checkpoint.network_yaml},
               {"populations", checkpoint.populations},
               {"epochs", epochs_json(checkpoint)},
               {"tables", {epoch_table(checkpoint), learned_table(checkpoint)}}};
  return page;
}

}  // namespace neurosim::report
