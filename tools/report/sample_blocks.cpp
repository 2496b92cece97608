#include "tools/report/sample_blocks.hpp"

#include <algorithm>
#include <cmath>

#include "experiments/measures.hpp"
#include "models/registry.hpp"
#include "tools/report/block.hpp"
#include "tools/report/page.hpp"

namespace neurosim::report {
namespace {

constexpr Tick kMostRateBins = 250;
constexpr std::size_t kMostChannels = 4;

std::vector<float> as_floats(const std::vector<double>& values) {
  std::vector<float> floats(values.size());
  std::ranges::transform(values, floats.begin(), [](double v) { return static_cast<float>(v); });
  return floats;
}

void add_raster(Block& block, const RecordedPopulation& population, const SpikeTrain& train,
                bool exact) {
  std::vector<std::uint32_t> ticks, counts;
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    ticks.push_back(static_cast<std::uint32_t>(train.tick(k)));
    counts.push_back(static_cast<std::uint32_t>(train.packet(k).ids.size()));
  }
  block.add(ticks);
  block.add(counts);
  block.add(std::vector<std::uint32_t>(train.ids().begin(), train.ids().end()));
  if (!population.graded) return;
  std::vector<double> values(train.values().begin(), train.values().end());
  values.resize(train.spike_count(), 1.0);
  if (exact) {
    block.add(values);
  } else {
    block.add(as_floats(values));
  }
}

void add_image(Block& block, const Results& results, std::size_t population, std::size_t sample) {
  std::vector<std::uint32_t> steps;
  for (const double activity : results.activity(population, sample)) {
    steps.push_back(static_cast<std::uint32_t>(
        std::lround(activity * static_cast<double>(results.header().ticks_per_sample))));
  }
  block.add(steps);
}

std::vector<SpikeTrain> read_rasters(const Results& results, std::size_t sample) {
  std::vector<SpikeTrain> trains(results.header().populations.size());
  for (std::size_t p = 0; p < trains.size(); ++p) {
    if (results.has_raster(p)) trains[p] = results.raster(p, sample);
  }
  return trains;
}

Block sample_block(const Results& results, std::size_t sample,
                   const std::vector<SpikeTrain>& trains,
                   const std::vector<std::vector<double>>& rates) {
  const RunHeader& header = results.header();
  Block block;
  for (std::size_t p = 0; p < trains.size(); ++p) {
    if (!results.has_raster(p)) continue;
    add_raster(block, header.populations[p], trains[p], header.precision == "double");
    block.add(as_floats(rates[p]));
  }
  for (std::size_t p = 0; p < trains.size(); ++p) {
    if (is_image(header.populations[p])) add_image(block, results, p, sample);
  }
  block.add(results.readout(sample));
  for (std::size_t k = 0; k < header.traces.size(); ++k) {
    block.add(as_floats(results.trace(k, sample).values));
  }
  return block;
}

/// Decides which samples still fit.
class Room {
 public:
  Room(const RunHeader& header, std::optional<std::uint64_t> wanted) : wanted_(wanted) {
    for (const StateTrace& trace : header.traces) {
      trace_values_ += trace.variables.size() * trace.neurons.size() *
                       static_cast<std::uint64_t>(header.ticks_per_sample);
    }
  }
  /// Samples are asked for in order; none comes after one that did not fit.
  bool takes(std::size_t sample, std::uint64_t spikes) {
    if (wanted_) return sample < *wanted_;
    spikes_ += spikes;
    full_ = full_ || (sample > 0 && (sample >= kMostSamples || spikes_ > kMostSpikes ||
                                     (sample + 1) * trace_values_ > kMostTraceValues));
    return !full_;
  }

 private:
  std::optional<std::uint64_t> wanted_;
  std::uint64_t spikes_ = 0, trace_values_ = 0;
  bool full_ = false;
};

void add_rate(RasterStatistics& statistics, const std::vector<double>& rate) {
  statistics.mean_rate.resize(rate.size(), 0);
  for (std::size_t k = 0; k < rate.size(); ++k) statistics.mean_rate[k] += rate[k];
}

}  // namespace

Tick rate_bin(Tick ticks_per_sample) {
  return std::max<Tick>(1, (ticks_per_sample + kMostRateBins - 1) / kMostRateBins);
}

bool is_image(const RecordedPopulation& population) {
  const auto& shape = population.shape;
  if (find_model(population.model) != nullptr || !population.spikes) return false;
  if (shape.size() == 2) return true;
  return shape.size() == 3 && std::min(shape.front(), shape.back()) <= kMostChannels;
}

SampleBlocks read_samples(const Results& results, std::optional<std::uint64_t> wanted) {
  const RunHeader& header = results.header();
  const Tick bin = rate_bin(header.ticks_per_sample);
  SampleBlocks read;
  read.statistics.resize(header.populations.size());
  Room room(header, wanted);
  for (std::size_t sample = 0; sample < results.samples(); ++sample) {
    const std::vector<SpikeTrain> trains = read_rasters(results, sample);
    std::vector<std::vector<double>> rates(trains.size());
    std::uint64_t spikes = 0;
    for (std::size_t p = 0; p < trains.size(); ++p) {
      if (!results.has_raster(p)) continue;
      const RecordedPopulation& population = header.populations[p];
      const SpikeTrain counted = counted_spikes(trains[p], population);
      rates[p] = population_rate(counted, population.raster_size(), header.ticks_per_sample, bin,
                                 header.step_ms);
      add_rate(read.statistics[p], rates[p]);
      add_intervals(counted, population.size, header.ticks_per_sample,
                    read.statistics[p].intervals);
      spikes += trains[p].spike_count();
    }
    if (room.takes(sample, spikes)) {
      read.blocks.push_back(sample_block(results, sample, trains, rates).text());
    }
  }
  for (RasterStatistics& statistics : read.statistics) {
    for (double& rate : statistics.mean_rate) rate /= static_cast<double>(results.samples());
  }
  return read;
}

}  // namespace neurosim::report
