#include <fmt/format.h>

#include "experiments/measures.hpp"
#include "tools/number_text.hpp"
#include "tools/report/page.hpp"
#include "tools/summary.hpp"

namespace neurosim::report {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string updates_text(const PopulationSummary& summary) {
  const std::uint64_t all = summary.updates_done + summary.updates_skipped;
  if (all == 0) return "-";
  return fmt::format(
      "{} ({} %)", count_text(summary.updates_done),
      percent_text(static_cast<double>(summary.updates_done), static_cast<double>(all)));
}

std::vector<std::string> population_row(const Results& results, std::size_t index,
                                        const PopulationSummary& summary) {
  std::vector<std::string> row = {summary.name, summary.model, count_text(summary.neurons)};
  if (summary.spikes) {
    const ActivityStatistics activity = activity_statistics(results, index, 1);
    row.insert(row.end(), {count_text(summary.spike_events), real_text(100 * activity.mean),
                           real_text(100 * activity.standard_deviation),
                           real_text(summary.mean_rate_hz), count_text(summary.silent_neurons)});
  } else {
    row.insert(row.end(), 5, "-");
  }
  row.push_back(updates_text(summary));
  return row;
}

}  // namespace

nlohmann::ordered_json table_json(const std::string& caption, std::vector<std::string> columns,
                                  std::vector<std::vector<std::string>> rows) {
  return {{"caption", caption}, {"columns", std::move(columns)}, {"rows", std::move(rows)}};
}

nlohmann::ordered_json activity_tables(const Results& results) {
  const RunHeader& header = results.header();
  const auto summaries = population_summaries(results);
  Rows populations, projections;
  for (std::size_t k = 0; k < summaries.size(); ++k) {
    populations.push_back(population_row(results, k, summaries[k]));
  }
  for (std::size_t k = 0; k < header.projections.size(); ++k) {
    const RecordedProjection& projection = header.projections[k];
    const ProjectionCounters totals = results.projection(k);
    projections.push_back({projection.name, projection.from + " → " + projection.to,
                           count_text(projection.synapses), std::to_string(projection.delay),
                           count_text(totals.events), count_text(totals.synaptic_operations)});
  }
  return {
      table_json("Populations, over all samples",
                 {"population", "model", "neurons", "spikes", "mean T(s), %",
                  "± between samples, %", "mean rate, Hz", "silent neurons", "updates computed"},
                 std::move(populations)),
      table_json(
          "Projections, over all samples",
          {"projection", "from → to", "synapses", "delay, steps", "events", "synaptic operations"},
          std::move(projections))};
}

}  // namespace neurosim::report
