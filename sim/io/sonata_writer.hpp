#pragma once

#include <optional>
#include <vector>

#include "sim/io/appender.hpp"
#include "sim/io/recorder.hpp"

namespace neurosim {

/// Samples laid end to end on one axis of time.
struct TimeAxis {
  Tick ticks_per_sample = 1;
  double step_ms = 1;

  double time_ms(std::uint64_t sample, Tick tick) const {
    return static_cast<double>(static_cast<Tick>(sample) * ticks_per_sample + tick) * step_ms;
  }
};

/// Root attributes that every SONATA file carries.
void write_sonata_magic(hdf5::Group& root);

/// The spikes of one population: /spikes/<population>, plus values and offsets under /neurosim.
class RasterWriter {
 public:
  enum class Values { kNone, kSingle, kDouble };
  /// `spikes`: the group /spikes; `own`: /neurosim/populations/<population>.
  RasterWriter(hdf5::Group& spikes, hdf5::Group& own, const RecordedPopulation& population,
               TimeAxis axis, Values values);
  /// Of a train of all neurons, those that are recorded.
  void append(std::uint64_t sample, const SpikeTrain& train);
  void flush();

 private:
  RasterWriter(hdf5::Group group, hdf5::Group& own, TimeAxis axis, Values values,
               hdf5::Filter value_filter);
  void write(std::uint64_t sample, const SpikeTrain& train);

  TimeAxis axis_;
  std::vector<std::uint8_t> recorded_;  ///< [neuron], or empty: all
  SpikeTrain part_;                     ///< of the sample that is written
  std::uint64_t count_ = 0;
  Appender<double> timestamps_;
  Appender<std::uint64_t> node_ids_;
  Appender<std::uint64_t> sample_offset_;
  std::optional<Appender<float>> single_values_;
  std::optional<Appender<double>> double_values_;
};

/// One state variable of some neurons: a SONATA frame report, one element a neuron.
class ReportWriter {
 public:
  /// `reports`: the group /report.
  ReportWriter(hdf5::Group& reports, const std::string& name, std::span<const NeuronId> neurons);
  /// Adds frames, `values` being [frame][neuron].
  void append(std::span<const double> values) { data_.append(values); }
  /// Writes the time axis, known only now.
  void finish(std::uint64_t frames, double step_ms);

 private:
  ReportWriter(hdf5::Group report, std::span<const NeuronId> neurons);

  hdf5::Group mapping_;
  Appender<float> data_;
};

}  // namespace neurosim
