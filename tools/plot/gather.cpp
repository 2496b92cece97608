#include "tools/plot/gather.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "models/registry.hpp"
#include "sim/core/error.hpp"
#include "sim/io/checkpoint_file.hpp"
#include "sim/network/config_node.hpp"
#include "tools/number_text.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kRateSamples = 1000;
constexpr Tick kRateBins = 100;

std::vector<std::string_view> names_of(const Results& results) {
  std::vector<std::string_view> names;
  for (const RecordedPopulation& population : results.header().populations) {
    names.push_back(population.name);
  }
  return names;
}

std::size_t find_population(const Results& results, const std::string& name) {
  const auto names = names_of(results);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) {
    throw UsageError(fmt::format("--population: unknown population {} (of {})",
                                 unknown_name(name, names), results.path()));
  }
  return static_cast<std::size_t>(found - names.begin());
}

/// Those that were asked for, or all with recorded spikes.
std::vector<std::size_t> raster_populations(const Results& results, const PlotRequest& request) {
  std::vector<std::size_t> list;
  for (const std::string& name : request.populations) {
    list.push_back(find_population(results, name));
    if (results.has_raster(list.back())) continue;
    if (!results.header().populations[list.back()].spikes) {
      throw UsageError(fmt::format("--population: \"{}\" is a readout, which has no spikes", name));
    }
    throw UsageError(
        fmt::format("--population: {} holds no spikes of \"{}\"; add it to record.spikes of the "
                    "network",
                    results.path(), name));
  }
  if (!list.empty()) return list;
  for (std::size_t k = 0; k < results.header().populations.size(); ++k) {
    if (results.has_raster(k)) list.push_back(k);
  }
  if (list.empty()) {
    throw UsageError(
        fmt::format("{} holds no spikes to draw; add populations to record.spikes of "
                    "the network",
                    results.path()));
  }
  return list;
}

std::size_t checked_sample(const Results& results, std::uint64_t sample) {
  if (sample < results.samples()) return static_cast<std::size_t>(sample);
  throw UsageError(fmt::format("--sample: {} holds {}, counted from 0; got {}", results.path(),
                               plural(results.samples(), "sample"), sample));
}

void require_samples(const Results& results) {
  if (results.samples() > 0) return;
  throw UsageError(results.path() + " holds no samples");
}

Tick bin_ticks(const RunHeader& header, const PlotRequest& request) {
  if (!request.bin_ms) {
    return std::max<Tick>(1, (header.ticks_per_sample + kRateBins - 1) / kRateBins);
  }
  const double steps = *request.bin_ms / header.step_ms;
  const double whole = std::round(steps);
  if (whole < 1 || std::abs(steps - whole) > 1e-6 * whole) {
    throw UsageError(fmt::format("--bin-ms: expected whole steps of {} ms, got {}", header.step_ms,
                                 *request.bin_ms));
  }
  return std::min(header.ticks_per_sample,
                  static_cast<Tick>(std::min(whole, static_cast<double>(header.ticks_per_sample))));
}

/// Populations with a T(s), neurons only unless there are none.
std::vector<std::size_t> active_populations(const Results& results) {
  std::vector<std::size_t> neurons, all;
  for (std::size_t k = 0; k < results.header().populations.size(); ++k) {
    const RecordedPopulation& population = results.header().populations[k];
    if (!population.spikes) continue;
    all.push_back(k);
    if (find_model(population.model) != nullptr) neurons.push_back(k);
  }
  return neurons.empty() ? all : neurons;
}

/// The recorded neurons of a trace that are to be shown, by their place in it.
std::vector<std::size_t> shown_neurons(const StateTrace& trace, const PlotRequest& request) {
  std::vector<std::size_t> places;
  for (std::size_t k = 0; k < trace.neurons.size() && places.size() < kMostTraceLines; ++k) {
    const bool wanted =
        request.neurons.empty() ||
        std::binary_search(request.neurons.begin(), request.neurons.end(), trace.neurons[k]);
    if (wanted) places.push_back(k);
  }
  return places;
}

void append_trace(TraceFigure& figure, const Results& results, std::size_t index,
                  std::size_t sample, const std::vector<std::size_t>& places) {
  const StateTrace trace = results.trace(index, sample);
  const auto ticks = static_cast<std::size_t>(figure.ticks);
  for (std::size_t v = 0; v < trace.variables.size(); ++v) {
    TracePanel panel{results.header().populations[trace.population].name, trace.variables[v], {}};
    for (const std::size_t place : places) {
      TraceLine line{.neuron = trace.neurons[place], .values = std::vector<double>(ticks)};
      for (std::size_t tick = 0; tick < ticks; ++tick) {
        line.values[tick] = trace.values[(v * ticks + tick) * trace.neurons.size() + place];
      }
      panel.lines.push_back(std::move(line));
    }
    figure.panels.push_back(std::move(panel));
  }
}

}  // namespace

RasterFigure gather_raster(const Results& results, const PlotRequest& request) {
  const RunHeader& header = results.header();
  const auto populations = raster_populations(results, request);
  const std::size_t sample = checked_sample(results, request.sample.value_or(0));
  RasterFigure figure{.ticks = header.ticks_per_sample, .step_ms = header.step_ms, .panels = {}};
  for (const std::size_t k : populations) {
    figure.panels.push_back({.population = header.populations[k].name,
                             .neurons = header.populations[k].size,
                             .spikes = results.raster(k, sample)});
  }
  return figure;
}

std::size_t rate_samples(const Results& results, const PlotRequest& request) {
  require_samples(results);
  if (!request.samples) return std::min(results.samples(), kRateSamples);
  if (*request.samples <= results.samples()) return static_cast<std::size_t>(*request.samples);
  throw UsageError(fmt::format("--samples: {} holds {}, got {}", results.path(),
                               plural(results.samples(), "sample"), *request.samples));
}

RateFigure gather_rate(const Results& results, const PlotRequest& request) {
  const RunHeader& header = results.header();
  const auto populations = raster_populations(results, request);
  const std::size_t samples = rate_samples(results, request);
  RateFigure figure{.ticks = header.ticks_per_sample,
                    .bin_ticks = bin_ticks(header, request),
                    .step_ms = header.step_ms,
                    .curves = {}};
  for (const std::size_t k : populations) {
    RateCurve curve{
        header.populations[k].name, rate_statistics(results, k, samples, figure.bin_ticks), {}};
    if (request.sample) {
      const SpikeTrain train = results.raster(k, checked_sample(results, *request.sample));
      curve.single = population_rate(counted_spikes(train, header.populations[k]),
                                     header.populations[k].raster_size(), figure.ticks,
                                     figure.bin_ticks, figure.step_ms);
    }
    figure.curves.push_back(std::move(curve));
  }
  return figure;
}

ActivityFigure gather_activity(const PlotRequest& request) {
  ActivityFigure figure;
  std::vector<std::map<std::string, ActivityBar>> bars;
  std::vector<std::string> networks;
  std::set<std::string> known;
  for (const std::string& file : request.files) {
    const Results results(file);
    require_samples(results);
    networks.push_back(results.header().network_name);
    for (const std::string_view name : names_of(results)) known.emplace(name);
    std::vector<std::string> names;
    bars.emplace_back();
    const auto add = [&](std::size_t k) {
      const auto statistics = activity_statistics(results, k, 1);
      names.push_back(results.header().populations[k].name);
      bars.back()[names.back()] = {statistics.mean, statistics.standard_deviation};
    };
    if (request.populations.empty()) {
      for (const std::size_t k : active_populations(results)) add(k);
    }
    const auto all = names_of(results);
    for (const std::string& name : request.populations) {
      const auto found = std::find(all.begin(), all.end(), name);
      const auto k = static_cast<std::size_t>(found - all.begin());
      if (found != all.end() && results.header().populations[k].spikes) add(k);
    }
    merge_names(figure.populations, names);
  }
  const std::vector<std::string_view> names(known.begin(), known.end());
  for (const std::string& name : request.populations) {
    if (!known.contains(name)) {
      throw UsageError("--population: unknown population " + unknown_name(name, names));
    }
    if (std::find(figure.populations.begin(), figure.populations.end(), name) ==
        figure.populations.end()) {
      throw UsageError(fmt::format("--population: \"{}\" is a readout, which has no T(s)", name));
    }
  }
  if (figure.populations.empty()) throw UsageError("no population of these files has a T(s)");
  const std::vector<std::string> titles = series_names(networks, request.files);
  for (std::size_t s = 0; s < titles.size(); ++s) {
    ActivitySeries series{titles[s], {}};
    for (const std::string& population : figure.populations) {
      const auto found = bars[s].find(population);
      series.bars.push_back(found == bars[s].end() ? std::nullopt : std::optional(found->second));
    }
    figure.series.push_back(std::move(series));
  }
  return figure;
}

TraceFigure gather_trace(const Results& results, const PlotRequest& request) {
  const RunHeader& header = results.header();
  for (const std::string& name : request.populations) find_population(results, name);
  TraceFigure figure{.ticks = header.ticks_per_sample, .step_ms = header.step_ms, .panels = {}};
  std::set<std::uint64_t> shown;
  std::vector<std::pair<std::size_t, std::vector<std::size_t>>> chosen;
  for (std::size_t k = 0; k < header.traces.size(); ++k) {
    const StateTrace& trace = header.traces[k];
    const std::string& name = header.populations[trace.population].name;
    const auto& wanted = request.populations;
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), name) == wanted.end()) continue;
    auto places = shown_neurons(trace, request);
    for (const std::size_t place : places) shown.insert(trace.neurons[place]);
    if (!places.empty()) chosen.emplace_back(k, std::move(places));
  }
  for (const std::uint64_t neuron : request.neurons) {
    if (header.traces.empty() || shown.contains(neuron)) continue;
    throw UsageError(
        fmt::format("--neurons: {} holds no trace of neuron {}; add it to "
                    "record.states of the network",
                    results.path(), neuron));
  }
  if (chosen.empty()) {
    throw UsageError(
        fmt::format("{} holds no state traces{}; add them to record.states of the "
                    "network",
                    results.path(), request.populations.empty() ? "" : " of these"));
  }
  const std::size_t sample = checked_sample(results, request.sample.value_or(0));
  for (const auto& [index, places] : chosen) append_trace(figure, results, index, sample, places);
  return figure;
}

Confusion gather_confusion(const Results& results) {
  Confusion table = confusion(results);
  if (table.classes.empty()) {
    throw UsageError(results.path() + " holds no sample with a label and a prediction");
  }
  return table;
}

std::vector<TrainingCurve> gather_training(const PlotRequest& request) {
  std::vector<TrainingCurve> curves;
  std::vector<std::string> networks;
  for (const std::string& file : request.files) {
    Checkpoint checkpoint = read_checkpoint(file);
    if (checkpoint.epochs.empty()) throw UsageError(file + " holds no whole epoch");
    networks.push_back(checkpoint.network_name);
    curves.push_back({.name = {}, .epochs = std::move(checkpoint.epochs)});
  }
  const auto names = series_names(networks, request.files);
  for (std::size_t k = 0; k < names.size(); ++k) curves[k].name = names[k];
  return curves;
}

std::vector<std::string> series_names(const std::vector<std::string>& networks,
                                      const std::vector<std::string>& files) {
  const auto distinct = [](const std::vector<std::string>& names) {
    return std::set<std::string>(names.begin(), names.end()).size() == names.size();
  };
  if (distinct(networks)) return networks;
  std::vector<std::string> stems;
  for (const std::string& file : files) {
    stems.push_back(std::filesystem::path(file).stem().string());
  }
  return distinct(stems) ? stems : files;
}

void merge_names(std::vector<std::string>& all, const std::vector<std::string>& names) {
  auto place = all.begin();
  for (const std::string& name : names) {
    const auto found = std::find(all.begin(), all.end(), name);
    place = (found == all.end() ? all.insert(place, name) : found) + 1;
  }
}

}  // namespace neurosim
