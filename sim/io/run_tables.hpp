#pragma once

#include <optional>

#include "sim/core/record.hpp"
#include "sim/io/appender.hpp"
#include "sim/io/recorder.hpp"

namespace neurosim {

/// One number a sample.
template <class T>
using Column = Appender<T>;

/// /neurosim/samples: one row a sample.
class SampleTable {
 public:
  explicit SampleTable(hdf5::Group group);
  void append(const SampleRecord& record, std::uint64_t first_tick);
  void flush();

 private:
  hdf5::Group group_;
  std::size_t width_ = 0;  ///< of the readout
  Column<std::uint64_t> index_;
  Column<std::int64_t> label_, prediction_;
  Column<std::uint64_t> first_tick_;
  std::optional<Appender<double>> readout_;
};

/// Counters and activity of one population, in its group under /neurosim/populations.
class PopulationTable {
 public:
  PopulationTable(hdf5::Group group, const RecordedPopulation& population);
  void append(const PopulationCounters& counters);
  bool has_activity() const { return activity_.has_value(); }
  /// REQUIRES: has_activity(), true of a population that spikes; one count a neuron, each at most
  /// `ticks`.
  void append_activity(std::span<const std::uint32_t> spiking_ticks, Tick ticks);
  void flush();

 private:
  std::size_t size_;
  Column<std::uint64_t> spikes_, onsets_, done_, driven_, skipped_;
  std::optional<Appender<float>> activity_;
  std::optional<Column<double>> mean_;
};

/// Counters of one projection, in its group under /neurosim/projections.
class ProjectionTable {
 public:
  explicit ProjectionTable(hdf5::Group group);
  void append(const ProjectionCounters& counters);
  void flush();

 private:
  Column<std::uint64_t> events_, operations_, accumulates_, multiply_accumulates_;
};

}  // namespace neurosim
