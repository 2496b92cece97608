#include "sim/io/raster_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace neurosim {
namespace {

using hdf5::Kind;

void expect_list(const hdf5::Dataset& dataset, Kind kind) {
  dataset.expect(kind);
  if (dataset.shape().size() != 1) {
    dataset.fail(fmt::format("expected 1 axis, found {}", dataset.shape().size()));
  }
}

void expect_length(const hdf5::Dataset& dataset, const hdf5::Dataset& like) {
  if (dataset.rows() == like.rows()) return;
  dataset.fail(fmt::format("{} entries, but {} has {}", dataset.rows(), like.path(), like.rows()));
}

void check_offsets(const hdf5::Dataset& offset, const hdf5::Dataset& when) {
  if (offset.rows() == 0) offset.fail("empty; expected one offset a sample and one more");
  std::vector<std::uint64_t> block(std::min<std::uint64_t>(offset.rows(), 65536));
  std::uint64_t last = 0;
  for (std::uint64_t first = 0; first < offset.rows(); first += block.size()) {
    const std::uint64_t count = std::min<std::uint64_t>(block.size(), offset.rows() - first);
    offset.read(first, count, block.data());
    for (std::uint64_t k = 0; k < count; ++k) {
      if (block[k] < last) {
        offset.fail(fmt::format("entry {}: offset {} follows {}", first + k, block[k], last));
      }
      last = block[k];
    }
  }
  if (last > when.rows()) {
    offset.fail(fmt::format("the last offset, {}, is beyond the {} entries of {}", last,
                            when.rows(), when.path()));
  }
}

/// Engines may hold the value in single precision. Comparing first: the conversion of a double that
/// no float can hold is undefined.
bool is_spike_value(double value) {
  return std::abs(value) <= std::numeric_limits<float>::max() && static_cast<float>(value) != 0;
}

}  // namespace

/// One sample in memory.
struct RasterReader::Spikes {
  std::uint64_t first = 0;  ///< index of the first entry in the columns
  std::vector<Tick> ticks;
  std::vector<std::int64_t> neurons;
  std::vector<double> values;
};

RasterReader::RasterReader(Columns columns) : columns_(std::move(columns)) {
  const bool steps = columns_.clock == Clock::kSteps;
  expect_list(columns_.when, steps ? Kind::kInteger : Kind::kReal);
  expect_list(columns_.neuron, Kind::kInteger);
  expect_list(columns_.offset, Kind::kInteger);
  expect_length(columns_.neuron, columns_.when);
  if (columns_.value) {
    expect_list(*columns_.value, Kind::kReal);
    expect_length(*columns_.value, columns_.when);
  }
  check_offsets(columns_.offset, columns_.when);
}

Tick RasterReader::tick_of(double time_ms, std::size_t sample, std::uint64_t entry) const {
  const double steps = time_ms / columns_.step_ms;
  // Beyond 2^52 steps a double cannot tell one step from the next.
  if (std::abs(steps) < 0x1p52 && std::abs(steps - std::nearbyint(steps)) < 1e-3) {
    return static_cast<Tick>(std::nearbyint(steps)) -
           static_cast<Tick>(sample) * columns_.ticks_per_sample;
  }
  columns_.when.fail(fmt::format("entry {} (sample {}): {} ms is not a multiple of {} ms", entry,
                                 sample, time_ms, columns_.step_ms));
}

RasterReader::Spikes RasterReader::read_columns(std::size_t sample, Bounds bounds) const {
  std::array<std::uint64_t, 2> range{};
  columns_.offset.read(sample, 2, range.data());
  const std::uint64_t count = range[1] - range[0];
  // Bounds the memory that a lying file can ask for.
  if (count / bounds.neurons >= static_cast<std::uint64_t>(bounds.ticks) &&
      count > bounds.neurons * static_cast<std::uint64_t>(bounds.ticks)) {
    columns_.offset.fail(fmt::format("sample {}: {} spikes are more than {} neurons x {} steps",
                                     sample, count, bounds.neurons, bounds.ticks));
  }
  Spikes spikes{.first = range[0], .ticks = {}, .neurons = {}, .values = {}};
  spikes.ticks.resize(count);
  spikes.neurons.resize(count);
  columns_.neuron.read(range[0], count, spikes.neurons.data());
  if (columns_.value) {
    spikes.values.resize(count);
    columns_.value->read(range[0], count, spikes.values.data());
  }
  if (columns_.clock == Clock::kSteps) {
    columns_.when.read(range[0], count, spikes.ticks.data());
    return spikes;
  }
  std::vector<double> times(count);
  columns_.when.read(range[0], count, times.data());
  for (std::size_t k = 0; k < count; ++k) {
    spikes.ticks[k] = tick_of(times[k], sample, range[0] + k);
  }
  return spikes;
}

void RasterReader::check_bounds(const Spikes& spikes, std::size_t sample, Bounds bounds) const {
  const auto neurons = static_cast<std::int64_t>(bounds.neurons);
  for (std::size_t k = 0; k < spikes.ticks.size(); ++k) {
    const auto place = [&] {
      return fmt::format("entry {} (sample {})", spikes.first + k, sample);
    };
    if (spikes.ticks[k] < 0 || spikes.ticks[k] >= bounds.ticks) {
      columns_.when.fail(
          fmt::format("{}: step {} is not in [0, {})", place(), spikes.ticks[k], bounds.ticks));
    }
    if (k > 0 && spikes.ticks[k] < spikes.ticks[k - 1]) {
      columns_.when.fail(fmt::format("{}: step {} follows step {}", place(), spikes.ticks[k],
                                     spikes.ticks[k - 1]));
    }
    if (spikes.neurons[k] < 0 || spikes.neurons[k] >= neurons) {
      columns_.neuron.fail(
          fmt::format("{}: neuron {} is not in [0, {})", place(), spikes.neurons[k], neurons));
    }
    if (columns_.value && !is_spike_value(spikes.values[k])) {
      columns_.value->fail(
          fmt::format("{}: {} is no value of a spike, finite and not 0 in "
                      "single precision",
                      place(), spikes.values[k]));
    }
  }
}

void RasterReader::append_packet(Spikes& spikes, std::size_t begin, std::size_t end,
                                 std::size_t sample, Tick shift, SpikeTrain& train) const {
  const auto neuron = [&](std::size_t k) { return spikes.neurons[k]; };
  std::vector<std::size_t> order;  // stays empty when the neurons ascend already
  if (!std::is_sorted(spikes.neurons.begin() + static_cast<std::ptrdiff_t>(begin),
                      spikes.neurons.begin() + static_cast<std::ptrdiff_t>(end))) {
    order.resize(end - begin);
    std::iota(order.begin(), order.end(), begin);
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return neuron(a) < neuron(b); });
  }
  const Tick tick = spikes.ticks[begin];
  std::int64_t last = -1;
  for (std::size_t j = begin; j < end; ++j) {
    const std::size_t k = order.empty() ? j : order[j - begin];
    if (neuron(k) == last) {
      columns_.neuron.fail(
          fmt::format("sample {}: neuron {} spikes twice at step {}", sample, last, tick));
    }
    last = neuron(k);
    const auto id = static_cast<NeuronId>(last);
    if (columns_.value) {
      train.append(tick + shift, id, spikes.values[k]);
    } else {
      train.append(tick + shift, id);
    }
  }
}

void RasterReader::read(std::size_t sample, Bounds bounds, Tick shift, SpikeTrain& train) const {
  Spikes spikes = read_columns(sample, bounds);
  check_bounds(spikes, sample, bounds);
  train.clear();
  for (std::size_t begin = 0; begin < spikes.ticks.size();) {
    std::size_t end = begin + 1;
    while (end < spikes.ticks.size() && spikes.ticks[end] == spikes.ticks[begin]) ++end;
    append_packet(spikes, begin, end, sample, shift, train);
    begin = end;
  }
}

}  // namespace neurosim
