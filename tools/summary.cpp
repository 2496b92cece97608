#include "tools/summary.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "experiments/measures.hpp"
#include "tools/number_text.hpp"
#include "tools/table.hpp"

namespace neurosim {

namespace {

enum class ModelColumn { kShow, kDrop };

Table make_table(std::span<const PopulationSummary> populations, ModelColumn model) {
  std::vector<Column> columns = {{"population", Align::kLeft}};
  if (model == ModelColumn::kShow) columns.push_back({"model", Align::kLeft});
  for (const char* title :
       {"neurons", "spikes", "T(s) %", "rate Hz", "silent", "syn. ops", "updates %"}) {
    columns.push_back({title});
  }
  Table table(std::move(columns));
  for (const PopulationSummary& p : populations) {
    const auto if_spiking = [&](std::string text) { return p.spikes ? std::move(text) : "-"; };
    const auto done = static_cast<double>(p.updates_done);
    std::vector<std::string> row = {p.name};
    if (model == ModelColumn::kShow) row.push_back(p.model);
    for (std::string& cell : std::vector<std::string>{
             count_text(p.neurons), if_spiking(count_text(p.spike_events)),
             if_spiking(real_text(100 * p.activity)), if_spiking(real_text(p.mean_rate_hz)),
             if_spiking(count_text(p.silent_neurons)), count_text(p.synaptic_operations),
             percent_text(done, done + static_cast<double>(p.updates_skipped))}) {
      row.push_back(std::move(cell));
    }
    table.add_row(std::move(row));
  }
  return table;
}

}  // namespace

std::string population_table(std::span<const PopulationSummary> populations,
                             const Terminal& terminal) {
  Table table = make_table(populations, ModelColumn::kShow);
  if (terminal.tty && table.width() > static_cast<std::size_t>(terminal.columns)) {
    table = make_table(populations, ModelColumn::kDrop);
  }
  return table.text(palette_of(terminal));
}

nlohmann::ordered_json population_json(std::span<const PopulationSummary> populations) {
  auto list = nlohmann::ordered_json::array();
  for (const PopulationSummary& p : populations) {
    nlohmann::ordered_json entry = {{"name", p.name},
                                    {"model", p.model},
                                    {"neurons", p.neurons},
                                    {"sends_spikes", p.spikes},
                                    {"spikes", p.spike_events},
                                    {"activity", p.activity},
                                    {"onsets", p.onsets},
                                    {"mean_rate_hz", p.mean_rate_hz},
                                    {"silent_neurons", p.silent_neurons},
                                    {"synaptic_operations", p.synaptic_operations},
                                    {"updates_done", p.updates_done},
                                    {"updates_skipped", p.updates_skipped}};
    if (!p.spikes) {
      for (const char* key : {"spikes", "activity", "onsets", "mean_rate_hz", "silent_neurons"}) {
        entry[key] = nullptr;
      }
    } else if (std::isnan(p.mean_rate_hz)) {
      entry["onsets"] = entry["mean_rate_hz"] = nullptr;
    }
    list.push_back(std::move(entry));
  }
  return list;
}

std::string accuracy_text(std::size_t correct, std::size_t labelled) {
  if (labelled == 0) return {};
  return fmt::format("{:.2f} % ({} of {})",
                     100 * static_cast<double>(correct) / static_cast<double>(labelled), correct,
                     labelled);
}

std::string json_text(const nlohmann::ordered_json& object) {
  // File names need not be UTF-8.
  return object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Hits count_hits(const Results& results) {
  const auto labels = results.labels();
  const auto predictions = results.predictions();
  Hits hits;
  for (std::size_t k = 0; k < std::min(labels.size(), predictions.size()); ++k) {
    if (labels[k] < 0 || predictions[k] < 0) continue;
    ++hits.labelled;
    if (labels[k] == predictions[k]) ++hits.correct;
  }
  return hits;
}

std::vector<PopulationSummary> population_summaries(const Results& results) {
  const RunHeader& header = results.header();
  const double seconds = static_cast<double>(results.samples()) *
                         static_cast<double>(header.ticks_per_sample) * header.step_ms / 1000;
  std::vector<PopulationSummary> list;
  for (std::size_t k = 0; k < header.populations.size(); ++k) {
    const RecordedPopulation& population = header.populations[k];
    const PopulationTotals totals = results.population(k);
    const double neuron_seconds = static_cast<double>(population.size) * seconds;
    // An older file does not tell where spikes that last start.
    const auto onsets = totals.onsets || spikes_last(population) ? totals.onsets : totals.spikes;
    list.push_back({.name = population.name,
                    .model = population.model,
                    .neurons = population.size,
                    .spikes = population.spikes,
                    .spike_events = totals.spikes,
                    .activity = totals.mean_activity,
                    .onsets = onsets.value_or(0),
                    .mean_rate_hz = !onsets ? std::nan("")
                                    : neuron_seconds > 0
                                        ? static_cast<double>(*onsets) / neuron_seconds
                                        : 0,
                    .silent_neurons = totals.silent_neurons,
                    .updates_done = totals.updates_done,
                    .updates_skipped = totals.updates_skipped});
  }
  for (std::size_t k = 0; k < header.projections.size(); ++k) {
    for (PopulationSummary& target : list) {
      if (target.name != header.projections[k].to) continue;
      target.synaptic_operations += results.projection(k).synaptic_operations;
    }
  }
  return list;
}

}  // namespace neurosim
