#include <fmt/format.h>

#include <algorithm>

#include "experiments/measures.hpp"
#include "sim/core/error.hpp"
#include "tools/number_text.hpp"
#include "tools/report/page.hpp"
#include "tools/report/sample_blocks.hpp"
#include "tools/summary.hpp"

namespace neurosim::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr Tick kMostActivityValues = 100'000;
constexpr std::size_t kMostActivityBins = 60;
constexpr std::size_t kMostIntervalBins = 400;

Json facts(const Results& results) {
  const RunHeader& header = results.header();
  const Hits hits = count_hits(results);
  Json list = Json::array();
  const auto add = [&list](const char* name, const std::string& value) {
    list.push_back({name, value});
  };
  if (hits.labelled > 0) add("accuracy", accuracy_text(hits.correct, hits.labelled));
  add("state",
      results.complete() ? "complete" : "interrupted after " + plural(results.samples(), "sample"));
  add("samples", count_text(results.samples()));
  add("steps a sample",
      fmt::format("{} of {} ms", count_text(static_cast<std::uint64_t>(header.ticks_per_sample)),
                  header.step_ms));
  add("seed", std::to_string(header.seed));
  add("engine", header.engine);
  add("precision", header.precision);
  add("version", header.version);
  add("file", results.path());
  return list;
}

/// Intervals of 1 step and more in bins of equal width: bin b holds those of b w + 1 to (b + 1) w.
Json interval_json(const std::vector<std::uint64_t>& counts) {
  std::size_t end = counts.size();
  while (end > 1 && counts[end - 1] == 0) --end;
  const std::size_t longest = end > 1 ? end - 1 : 0;
  const std::size_t width =
      std::max<std::size_t>(1, (longest + kMostIntervalBins - 1) / kMostIntervalBins);
  std::vector<std::uint64_t> bins((longest + width - 1) / width, 0);
  for (std::size_t k = 1; k <= longest; ++k) bins[(k - 1) / width] += counts[k];
  return {{"width", width}, {"counts", bins}};
}

/// T(s) is a whole number of steps out of T, so equal bins are of equal numbers of steps: with
/// T + 1 bins of [0, 1], k steps fall into bin k. `first` is the middle of the first bin.
Json activity_json(const Results& results, std::size_t population) {
  const Tick ticks = std::min(results.header().ticks_per_sample, kMostActivityValues);
  const auto statistics =
      activity_statistics(results, population, static_cast<std::size_t>(ticks) + 1);
  std::size_t end = statistics.histogram.size();
  while (end > 0 && statistics.histogram[end - 1] == 0) --end;
  const std::size_t joined =
      std::max<std::size_t>(1, (end + kMostActivityBins - 1) / kMostActivityBins);
  std::vector<std::uint64_t> bins((end + joined - 1) / joined, 0);
  for (std::size_t k = 0; k < end; ++k) bins[k / joined] += statistics.histogram[k];
  const auto steps = static_cast<double>(ticks);
  return {{"mean", statistics.mean},
          {"first", static_cast<double>(joined - 1) / 2 / steps},
          {"width", static_cast<double>(joined) / steps},
          {"histogram", bins}};
}

Json population_json(const Results& results, std::size_t index,
                     const RasterStatistics& statistics) {
  const RecordedPopulation& population = results.header().populations[index];
  Json object = {{"name", population.name},     {"model", population.model},
                 {"size", population.size},     {"shape", population.shape},
                 {"spikes", population.spikes}, {"image", is_image(population)},
                 {"graded", population.graded}, {"raster", results.has_raster(index)}};
  if (population.spikes) object["activity"] = activity_json(results, index);
  if (results.has_raster(index)) {
    object["mean_rate"] = statistics.mean_rate;
    object["intervals"] = interval_json(statistics.intervals);
  }
  return object;
}

Json trace_json(const RunHeader& header) {
  Json list = Json::array();
  for (const StateTrace& trace : header.traces) {
    list.push_back({{"population", trace.population},
                    {"variables", trace.variables},
                    {"neurons", trace.neurons}});
  }
  return list;
}

Json confusion_json(const Results& results) {
  try {
    const Confusion table = confusion(results);
    if (table.classes.empty()) return nullptr;
    return {{"classes", table.classes},
            {"counts", table.counts},
            {"labelled", table.labelled},
            {"correct", table.correct}};
  } catch (const DataError& error) {
    return {{"problem", error.what()}};
  }
}

std::vector<std::int64_t> first_of(std::vector<std::int64_t> values, std::size_t count) {
  values.resize(std::min(values.size(), count));
  return values;
}

}  // namespace

Page run_page(const Results& results, std::optional<std::uint64_t> samples) {
  const RunHeader& header = results.header();
  SampleBlocks read = read_samples(results, samples);
  Json populations = Json::array();
  for (std::size_t k = 0; k < header.populations.size(); ++k) {
    populations.push_back(population_json(results, k, read.statistics[k]));
  }
  Page page{.title = header.network_name,
            .graph = graph_picture(header.network_yaml, results.path())};
  page.data = {{"kind", "run"},
               {"title", header.network_name},
               {"facts", facts(results)},
               {"yaml", header.network_yaml},
               {"step_ms", header.step_ms},
               {"steps", header.ticks_per_sample},
               {"rate_bin", rate_bin(header.ticks_per_sample)},
               {"samples", results.samples()},
               {"embedded", read.blocks.size()},
               {"labels", first_of(results.labels(), read.blocks.size())},
               {"predictions", first_of(results.predictions(), read.blocks.size())},
               {"classes", header.class_names},
               {"populations", std::move(populations)},
               {"traces", trace_json(header)},
               {"confusion", confusion_json(results)},
               {"activity_tables", activity_tables(results)},
               {"energy_tables", energy_tables(results)}};
  page.blocks = std::move(read.blocks);
  return page;
}

}  // namespace neurosim::report
