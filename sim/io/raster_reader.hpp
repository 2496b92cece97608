#pragma once

#include <optional>
#include <string>

#include "sim/core/spike_train.hpp"
#include "sim/io/hdf5.hpp"

namespace neurosim {

/// Parallel columns, one entry a spike, that hold the spike trains of many samples one after the
/// other. Reads one sample at a time; memory is that of one sample. Thread-safe as HDF5 is (see
/// hdf5.hpp): read() changes nothing.
class RasterReader {
 public:
  /// Says how `when` counts.
  enum class Clock {
    kSteps,        ///< whole steps from the start of the sample
    kMilliseconds  ///< times from the start of the run
  };
  struct Columns {
    hdf5::Dataset when;
    hdf5::Dataset neuron;
    hdf5::Dataset offset;  ///< [samples + 1] into the other columns
    std::optional<hdf5::Dataset> value;
    Clock clock = Clock::kSteps;
    double step_ms = 1;         ///< kMilliseconds only
    Tick ticks_per_sample = 0;  ///< kMilliseconds only
  };
  /// Checks types and lengths, that the offsets ascend, and that the last one is not beyond the
  /// columns.
  explicit RasterReader(Columns columns);

  std::size_t samples() const { return columns_.offset.rows() - 1; }
  std::uint64_t spikes() const { return columns_.when.rows(); }
  const Columns& columns() const { return columns_; }

  /// Where spikes may lie: ticks in [0, ticks), neurons in [0, neurons).
  struct Bounds {
    Tick ticks = 0;
    std::size_t neurons = 0;
  };
  /// Overwrites `train` with sample `sample`, every tick raised by `shift`. Within one tick the
  /// neurons may stand in any order. Throws DataError on a spike out of bounds, ticks that go
  /// back, and a neuron that spikes twice at one tick.
  void read(std::size_t sample, Bounds bounds, Tick shift, SpikeTrain& train) const;

 private:
  struct Spikes;
  Spikes read_columns(std::size_t sample, Bounds bounds) const;
  Tick tick_of(double time_ms, std::size_t sample, std::uint64_t entry) const;
  void check_bounds(const Spikes& spikes, std::size_t sample, Bounds bounds) const;
  void append_packet(Spikes& spikes, std::size_t begin, std::size_t end, std::size_t sample,
                     Tick shift, SpikeTrain& train) const;

  Columns columns_;
};

}  // namespace neurosim
