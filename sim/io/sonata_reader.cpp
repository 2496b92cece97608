#include "sim/io/sonata_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

using hdf5::Kind;

constexpr const char* kTimes = "timestamps";
constexpr const char* kUnits = "units";
constexpr std::uint64_t kBlock = 65536;

/// Groups, as a list for messages.
std::string populations_of(const hdf5::Group& spikes) {
  std::string text;
  for (const std::string& name : spikes.names()) {
    if (!spikes.contains_dataset(name)) text += (text.empty() ? "" : ", ") + name;
  }
  return text.empty() ? "none" : text;
}

void expect_list(const hdf5::Dataset& dataset, Kind kind) {
  dataset.expect(kind);
  if (dataset.shape().size() != 1) {
    dataset.fail(fmt::format("expected 1 axis, found {}", dataset.shape().size()));
  }
  dataset.expect_held();
}

double ms_per_unit(const hdf5::Dataset& times) {
  if (!times.has_attribute(kUnits)) return 1;
  const std::string units = times.text(kUnits);
  if (units == "ms") return 1;
  if (units == "s") return 1000;
  times.fail(fmt::format("attribute units: expected \"ms\" or \"s\", found \"{}\"", units));
}

}  // namespace

SonataSpikes::SonataSpikes(const hdf5::Group& root, const std::string& population, double step_ms)
    : columns_(find_columns(root, population)) {
  NS_ASSERT(step_ms > 0);
  expect_list(columns_.times, Kind::kReal);
  expect_list(columns_.neurons, Kind::kInteger);
  if (columns_.neurons.rows() != columns_.times.rows()) {
    columns_.neurons.fail(fmt::format("{} entries, but {} has {}", columns_.neurons.rows(),
                                      columns_.times.path(), columns_.times.rows()));
  }
  load(step_ms);
  std::ranges::sort(spikes_, {}, [](const Spike& spike) {
    return std::tuple(spike.tick, spike.neuron, spike.entry);
  });
  check_repeats(step_ms);
}

SonataSpikes::Columns SonataSpikes::find_columns(const hdf5::Group& root,
                                                 const std::string& population) {
  const hdf5::Group spikes = root.group(kSonataGroup);
  if (hdf5::is_member_name(population) && spikes.contains(population) &&
      !spikes.contains_dataset(population)) {
    const hdf5::Group group = spikes.group(population);
    return {group.dataset(kTimes), group.dataset("node_ids")};
  }
  if (!spikes.contains_dataset(kTimes)) {
    spikes.fail(
        fmt::format("holds no population \"{}\" (there: {})", population, populations_of(spikes)));
  }
  return {spikes.dataset(kTimes),
          spikes.dataset(spikes.contains("node_ids") ? "node_ids" : "gids")};
}

void SonataSpikes::load(double step_ms) {
  const hdf5::Dataset& when = columns_.times;
  const double unit_ms = ms_per_unit(when);
  const double rounding = when.type() == hdf5::Type::kF32 ? 0x1p-24 : 0x1p-52;
  std::vector<double> times(kBlock);
  std::vector<std::int64_t> neurons(kBlock);
  for (std::uint64_t first = 0; first < when.rows(); first += kBlock) {
    const std::uint64_t count = std::min(kBlock, when.rows() - first);
    when.read(first, count, times.data());
    columns_.neurons.read(first, count, neurons.data());
    for (std::uint64_t k = 0; k < count; ++k) {
      const double steps = times[k] * unit_ms / step_ms;
      // Beyond 2^52 steps a double cannot tell one step from the next. NaN fails too.
      if (!(steps >= 0 && steps < 0x1p52)) {
        when.fail(fmt::format("entry {}: expected a time >= 0 and below 2^52 steps, found {}",
                              first + k, times[k]));
      }
      const auto tick = static_cast<Tick>(std::floor(steps + 1e-9 + steps * rounding));
      spikes_.push_back({tick, neurons[k], first + k});
    }
  }
}

void SonataSpikes::check_repeats(double step_ms) const {
  const auto twice = std::ranges::adjacent_find(spikes_, [](const Spike& a, const Spike& b) {
    return a.tick == b.tick && a.neuron == b.neuron;
  });
  if (twice == spikes_.end()) return;
  columns_.neurons.fail(
      fmt::format("entries {} and {}: neuron {} spikes twice in step {}, which is "
                  "{} ms long; a smaller time.step_ms would tell them apart",
                  twice->entry, twice[1].entry, twice->neuron, twice->tick, step_ms));
}

void SonataSpikes::read(RasterReader::Bounds bounds, Tick shift, SpikeTrain& train) const {
  train.clear();
  for (const Spike& spike : spikes_) {
    if (spike.tick >= bounds.ticks) {
      columns_.times.fail(fmt::format("entry {}: step {} is not in [0, {})", spike.entry,
                                      spike.tick, bounds.ticks));
    }
    if (spike.neuron < 0 || static_cast<std::uint64_t>(spike.neuron) >= bounds.neurons) {
      columns_.neurons.fail(fmt::format("entry {}: neuron {} is not in [0, {})", spike.entry,
                                        spike.neuron, bounds.neurons));
    }
    train.append(spike.tick + shift, static_cast<NeuronId>(spike.neuron));
  }
}

}  // namespace neurosim
