#include "experiments/measures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/registry.hpp"
#include "sim/core/error.hpp"
#include "sim/core/spike_onsets.hpp"

namespace neurosim {

Confusion confusion(const Results& results) {
  const std::vector<std::int64_t> labels = results.labels(), predictions = results.predictions();
  const auto counted = [&](std::size_t k) { return labels[k] >= 0 && predictions[k] >= 0; };
  std::int64_t classes = 0;
  for (std::size_t k = 0; k < labels.size(); ++k) {
    if (counted(k)) classes = std::max({classes, labels[k] + 1, predictions[k] + 1});
  }
  if (classes == 0) return {};
  const auto& names = results.header().class_names;
  classes = std::max(classes, static_cast<std::int64_t>(names.size()));
  if (classes > kMostConfusionClasses) {
    throw DataError(results.path(), fmt::format("{} classes; at most {} can be told apart", classes,
                                                kMostConfusionClasses));
  }
  Confusion table;
  const auto count = static_cast<std::size_t>(classes);
  for (std::size_t k = 0; k < count; ++k) {
    table.classes.push_back(k < names.size() ? names[k] : std::to_string(k));
  }
  table.counts.assign(count * count, 0);
  for (std::size_t k = 0; k < labels.size(); ++k) {
    if (!counted(k)) continue;
    ++table.labelled;
    table.correct += labels[k] == predictions[k];
    ++table.counts[static_cast<std::size_t>(labels[k]) * count +
                   static_cast<std::size_t>(predictions[k])];
  }
  return table;
}

bool spikes_last(const RecordedPopulation& population) {
  const ModelInfo* const model = find_model(population.model);
  return model != nullptr && model->lasting;
}

SpikeTrain counted_spikes(const SpikeTrain& train, const RecordedPopulation& population) {
  return spikes_last(population) ? onsets_of(train, population.size) : train;
}

std::vector<double> population_rate(const SpikeTrain& train, std::size_t neurons, Tick ticks,
                                    Tick bin_ticks, double step_ms) {
  NS_ASSERT(bin_ticks >= 1);
  std::vector<double> rate(static_cast<std::size_t>((ticks + bin_ticks - 1) / bin_ticks), 0);
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    rate[static_cast<std::size_t>(train.tick(k) / bin_ticks)] +=
        static_cast<double>(train.packet(k).ids.size());
  }
  for (std::size_t bin = 0; bin < rate.size(); ++bin) {
    const Tick first = static_cast<Tick>(bin) * bin_ticks;
    const double seconds = static_cast<double>(std::min(bin_ticks, ticks - first)) * step_ms / 1000;
    rate[bin] /= seconds * static_cast<double>(neurons);
  }
  return rate;
}

RateStatistics rate_statistics(const Results& results, std::size_t population, std::size_t samples,
                               Tick bin_ticks) {
  NS_ASSERT(samples >= 1 && samples <= results.samples());
  const RunHeader& header = results.header();
  RateStatistics statistics;
  std::vector<double>& mean = statistics.mean;
  std::vector<double>& squares = statistics.standard_deviation;
  for (std::size_t k = 0; k < samples; ++k) {
    const RecordedPopulation& recorded = header.populations[population];
    const std::vector<double> rate =
        population_rate(counted_spikes(results.raster(population, k), recorded),
                        recorded.raster_size(), header.ticks_per_sample, bin_ticks, header.step_ms);
    mean.resize(rate.size(), 0);
    squares.resize(rate.size(), 0);
    // Welford's update: sums of squares would lose the digits of a small deviation.
    for (std::size_t bin = 0; bin < rate.size(); ++bin) {
      const double distance = rate[bin] - mean[bin];
      mean[bin] += distance / static_cast<double>(k + 1);
      squares[bin] += distance * (rate[bin] - mean[bin]);
    }
  }
  for (double& value : squares) {
    value = samples > 1 ? std::sqrt(value / static_cast<double>(samples - 1)) : 0;
  }
  return statistics;
}

void add_intervals(const SpikeTrain& train, std::size_t neurons, Tick ticks,
                   std::vector<std::uint64_t>& counts) {
  counts.resize(std::max(counts.size(), static_cast<std::size_t>(ticks)), 0);
  std::vector<Tick> last(neurons, -1);
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    const SpikePacket packet = train.packet(k);
    for (const NeuronId id : packet.ids) {
      if (last[id] >= 0) ++counts[static_cast<std::size_t>(packet.tick - last[id])];
      last[id] = packet.tick;
    }
  }
}

ActivityStatistics activity_statistics(const Results& results, std::size_t population,
                                       std::size_t bins) {
  NS_ASSERT(bins >= 1);
  ActivityStatistics statistics;
  statistics.histogram.assign(bins, 0);
  statistics.by_neuron.assign(results.header().populations[population].size, 0);
  std::vector<double> means;
  results.for_each_activity(population, [&](std::span<const float> row) {
    double sum = 0;
    for (std::size_t n = 0; n < row.size(); ++n) {
      const auto value = static_cast<double>(row[n]);
      if (!(value >= 0 && value <= 1)) {
        throw DataError(results.path(),
                        fmt::format("population {}: T(s) of {} is not in [0, 1]",
                                    results.header().populations[population].name, value));
      }
      sum += value;
      statistics.by_neuron[n] += value;
      const auto bin = static_cast<std::size_t>(value * static_cast<double>(bins));
      ++statistics.histogram[std::min(bin, bins - 1)];
    }
    means.push_back(sum / static_cast<double>(row.size()));
  });
  if (means.empty()) return statistics;
  const auto samples = static_cast<double>(means.size());
  for (double& value : statistics.by_neuron) value /= samples;
  statistics.mean = std::accumulate(means.begin(), means.end(), 0.0) / samples;
  double squares = 0;
  for (const double mean : means) squares += (mean - statistics.mean) * (mean - statistics.mean);
  if (means.size() > 1) statistics.standard_deviation = std::sqrt(squares / (samples - 1));
  return statistics;
}

}  // namespace neurosim
