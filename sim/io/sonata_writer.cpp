#include "sim/io/sonata_writer.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

using hdf5::Filter;

/// Spikes a chunk. Larger chunks are hardly smaller on disk, and reading a sample at a random
/// place inflates whole chunks.
constexpr std::uint64_t kRasterChunk = 4096;
constexpr std::uint64_t kOffsetChunk = 1024;

/// The group of a population under /spikes. libsonata needs `sorting` as an enum of these names,
/// and `units`.
hdf5::Group spike_group(hdf5::Group& spikes, const std::string& name) {
  static constexpr std::array<hdf5::EnumMember, 3> kSorting = {
      {{"none", 0}, {"by_id", 1}, {"by_time", 2}}};
  auto group = spikes.create_group(name);
  group.set_enum("sorting", kSorting, 2);
  return group;
}

template <class T>
Appender<T> raster_column(hdf5::Group& group, const std::string& name, Filter filter) {
  return Appender<T>::list(group, name, kRasterChunk, filter);
}

/// The end of `frames` frames such that readers which truncate (stop - start) / step, as bmtk
/// does, do not lose the last one to rounding.
double stop_time(std::uint64_t frames, double step_ms) {
  const auto count = static_cast<double>(frames);
  double stop = count * step_ms;
  while (std::floor(stop / step_ms) < count) {
    stop = std::nextafter(stop, std::numeric_limits<double>::infinity());
  }
  return stop;
}

/// Groups, index and units of a report, all but its data and time.
hdf5::Group write_mapping(hdf5::Group& report, std::span<const NeuronId> neurons) {
  auto mapping = report.create_group("mapping");
  const std::size_t n = neurons.size();

  const std::vector<std::uint64_t> ids(neurons.begin(), neurons.end());
  auto node_ids = mapping.create_dataset("node_ids", hdf5::Type::kU64, {.shape = {n}});
  node_ids.write<std::uint64_t>(ids);
  node_ids.set_number<std::uint8_t>("sorted", std::is_sorted(ids.begin(), ids.end()) ? 1 : 0);

  std::vector<std::uint64_t> pointers(n + 1);
  std::iota(pointers.begin(), pointers.end(), 0);
  mapping.create_dataset("index_pointers", hdf5::Type::kU64, {.shape = {n + 1}})
      .write<std::uint64_t>(pointers);
  mapping.alias("index_pointers", "index_pointer");  // the name that bmtk asks for

  mapping.create_dataset("element_ids", hdf5::Type::kU32, {.shape = {n}})
      .write<std::uint32_t>(std::vector<std::uint32_t>(n, 0));
  return mapping;
}

Appender<float> report_data(hdf5::Group& report, std::size_t neurons) {
  auto data = Appender<float>::table(report, "data", neurons, Filter::kShuffleDeflate);
  report.dataset("data").set_text("units", "1");
  return data;
}

}  // namespace

void write_sonata_magic(hdf5::Group& root) {
  root.set_number<std::uint32_t>("magic", 0x0A7A);
  static constexpr std::array<std::uint32_t, 2> kVersion = {0, 1};
  root.set_numbers<std::uint32_t>("version", kVersion);
}

RasterWriter::RasterWriter(hdf5::Group& spikes, hdf5::Group& own,
                           const RecordedPopulation& population, TimeAxis axis, Values values)
    : RasterWriter(spike_group(spikes, population.name), own, axis, values,
                   population.repeating_values ? Filter::kShuffleDeflate : Filter::kNone) {
  if (population.raster_neurons.empty()) return;
  recorded_.assign(population.size, 0);
  for (const NeuronId neuron : population.raster_neurons) recorded_.at(neuron) = 1;
}

RasterWriter::RasterWriter(hdf5::Group group, hdf5::Group& own, TimeAxis axis, Values values,
                           Filter value_filter)
    : axis_(axis),
      timestamps_(raster_column<double>(group, "timestamps", Filter::kShuffleDeflate)),
      node_ids_(raster_column<std::uint64_t>(group, "node_ids", Filter::kShuffleDeflate)),
      sample_offset_(Appender<std::uint64_t>::list(own, "sample_offset", kOffsetChunk,
                                                   Filter::kShuffleDeflate)) {
  group.dataset("timestamps").set_text("units", "ms");
  // Usually not compressed: the mantissas of neurons' values are noise (3.3 of 4 bytes remain, at
  // thrice the time).
  if (values == Values::kSingle) {
    single_values_ = raster_column<float>(own, "spike_values", value_filter);
  } else if (values == Values::kDouble) {
    double_values_ = raster_column<double>(own, "spike_values", value_filter);
  }
  sample_offset_.append(0);
}

void RasterWriter::append(std::uint64_t sample, const SpikeTrain& train) {
  if (recorded_.empty()) return write(sample, train);
  part_.clear();
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    const SpikePacket packet = train.packet(k);
    for (std::size_t n = 0; n < packet.ids.size(); ++n) {
      if (!recorded_[packet.ids[n]]) continue;
      if (train.graded()) {
        part_.append(packet.tick, packet.ids[n], packet.values[n]);
      } else {
        part_.append(packet.tick, packet.ids[n]);
      }
    }
  }
  write(sample, part_);
}

void RasterWriter::write(std::uint64_t sample, const SpikeTrain& train) {
  const bool graded = single_values_.has_value() || double_values_.has_value();
  NS_ASSERT(train.spike_count() == 0 || train.graded() == graded);
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    const SpikePacket packet = train.packet(k);
    NS_ASSERT(packet.tick >= 0 && packet.tick < axis_.ticks_per_sample);
    timestamps_.fill(axis_.time_ms(sample, packet.tick), packet.ids.size());
  }
  node_ids_.append(train.ids());
  if (single_values_) single_values_->append(train.values());
  if (double_values_) double_values_->append(train.values());
  count_ += train.spike_count();
  sample_offset_.append(count_);
}

void RasterWriter::flush() {
  timestamps_.flush();
  node_ids_.flush();
  sample_offset_.flush();
  if (single_values_) single_values_->flush();
  if (double_values_) double_values_->flush();
}

ReportWriter::ReportWriter(hdf5::Group& reports, const std::string& name,
                           std::span<const NeuronId> neurons)
    : ReportWriter(reports.create_group(name), neurons) {}

ReportWriter::ReportWriter(hdf5::Group report, std::span<const NeuronId> neurons)
    : mapping_(write_mapping(report, neurons)), data_(report_data(report, neurons.size())) {}

void ReportWriter::finish(std::uint64_t frames, double step_ms) {
  data_.flush();
  auto time = mapping_.create_dataset("time", hdf5::Type::kF64, {.shape = {3}});
  time.write<double>(std::array<double, 3>{0.0, stop_time(frames, step_ms), step_ms});
  time.set_text("units", "ms");
}

}  // namespace neurosim
