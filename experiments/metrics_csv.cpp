#include "experiments/metrics_csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/io/partial_file.hpp"

namespace neurosim {
namespace {

struct MetricColumn {
  std::string title;
  std::function<double(const EpochMetrics&)> value;
};

struct Scalar {
  const char* title;
  double EpochMetrics::*member;
};
constexpr std::array<Scalar, 8> kScalars = {
    {{"loss", &EpochMetrics::loss},
     {"training_accuracy", &EpochMetrics::training_accuracy},
     {"validation_loss", &EpochMetrics::validation_loss},
     {"validation_accuracy", &EpochMetrics::validation_accuracy},
     {"learning_rate", &EpochMetrics::learning_rate},
     {"gradient_norm", &EpochMetrics::gradient_norm},
     {"seconds", &EpochMetrics::seconds},
     {"samples_per_second", &EpochMetrics::samples_per_second}}};

struct List {
  const char* title;
  std::vector<double> EpochMetrics::*member;
};
constexpr std::array<List, 3> kLists = {{{"activity", &EpochMetrics::activity},
                                         {"error_density", &EpochMetrics::error_density},
                                         {"error_dropped", &EpochMetrics::error_dropped}}};

std::vector<MetricColumn> columns(std::span<const std::string> populations,
                                  std::span<const EpochMetrics> epochs) {
  std::vector<MetricColumn> all;
  for (const Scalar& scalar : kScalars) {
    all.push_back({scalar.title, [&](const EpochMetrics& epoch) { return epoch.*scalar.member; }});
  }
  for (std::size_t p = 0; p < populations.size(); ++p) {
    for (const List& list : kLists) {
      const auto value = [&list, p](const EpochMetrics& epoch) {
        const std::vector<double>& values = epoch.*list.member;
        NS_ASSERT(p < values.size());
        return values[p];
      };
      const bool known = std::ranges::any_of(
          epochs, [&](const EpochMetrics& epoch) { return !std::isnan(value(epoch)); });
      if (known) all.push_back({fmt::format("{}_{}", list.title, populations[p]), value});
    }
  }
  return all;
}

}  // namespace

std::string metrics_csv(std::span<const std::string> populations,
                        std::span<const EpochMetrics> epochs) {
  const auto all = columns(populations, epochs);
  std::string text = "epoch";
  for (const MetricColumn& column : all) text += "," + column.title;
  text += '\n';
  for (const EpochMetrics& epoch : epochs) {
    text += std::to_string(epoch.epoch);
    for (const MetricColumn& column : all) {
      const double value = column.value(epoch);
      text += std::isnan(value) ? "," : fmt::format(",{}", value);
    }
    text += '\n';
  }
  return text;
}

void write_metrics_csv(const std::string& path, std::span<const std::string> populations,
                       std::span<const EpochMetrics> epochs, Overwrite overwrite) {
  PartialFile partial(path, overwrite);
  std::ofstream file(partial.name(), std::ios::binary);
  file << metrics_csv(populations, epochs);
  file.close();
  if (!file) throw DataError(path, "cannot be written");
  partial.keep();
}

}  // namespace neurosim
