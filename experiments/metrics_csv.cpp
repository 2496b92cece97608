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

struct CsvColumn {
  std::string title;
  std::function<double(const EpochMetrics&)> value;
};

std::vector<CsvColumn> columns(std::span<const std::string> populations,
                               std::span<const EpochMetrics> epochs) {
  std::vector<CsvColumn> all;
  for (const MetricColumn& column : kMetricColumns) {
    all.push_back({column.name, [&](const EpochMetrics& epoch) { return epoch.*column.value; }});
  }
  for (std::size_t p = 0; p < populations.size(); ++p) {
    for (const PopulationMetric& list : kPopulationMetrics) {
      const auto value = [&list, p](const EpochMetrics& epoch) {
        const std::vector<double>& values = epoch.*list.values;
        NS_ASSERT(p < values.size());
        return values[p];
      };
      const bool known = std::ranges::any_of(
          epochs, [&](const EpochMetrics& epoch) { return !std::isnan(value(epoch)); });
      if (known) all.push_back({fmt::format("{}_{}", list.name, populations[p]), value});
    }
  }
  return all;
}

}  // namespace

std::string metrics_csv(std::span<const std::string> populations,
                        std::span<const EpochMetrics> epochs) {
  const auto all = columns(populations, epochs);
  std::string text = "epoch";
  for (const CsvColumn& column : all) text += "," + column.title;
  text += '\n';
  for (const EpochMetrics& epoch : epochs) {
    text += std::to_string(epoch.epoch);
    for (const CsvColumn& column : all) {
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
