#pragma once

#include <string>
#include <vector>

#include "sim/core/spike_train.hpp"
#include "sim/io/hdf5.hpp"
#include "sim/io/raster_reader.hpp"

namespace neurosim {

/// Group of the spikes in a SONATA file.
inline constexpr const char* kSonataGroup = "spikes";

/// The spikes of one population in a SONATA file of any program, as one sample: times from 0 on,
/// in any order. Held in memory, which is bounded by what the file holds.
class SonataSpikes {
 public:
  /// Reads /spikes/`population`/{timestamps, node_ids}, or, where no group of this name is there,
  /// the flat form that NEST takes: /spikes/{timestamps, node_ids or gids}. Times are ms, or what
  /// the attribute `units` says (ms or s). A spike belongs to the step that its time lies in,
  /// floor(time / step_ms + 1e-9): the small number makes up for times that are multiples of
  /// step_ms only nearly, and grows with the rounding of the times (single precision: 2^-24 of
  /// them). Throws DataError; also on two spikes of a neuron in one step. REQUIRES: step_ms > 0.
  SonataSpikes(const hdf5::Group& root, const std::string& population, double step_ms);

  /// Overwrites `train`, every tick raised by `shift`. Throws DataError on a spike out of bounds.
  void read(RasterReader::Bounds bounds, Tick shift, SpikeTrain& train) const;

 private:
  struct Spike {
    Tick tick;
    std::int64_t neuron;
    std::uint64_t entry;  ///< in the file, for messages
  };
  struct Columns {
    hdf5::Dataset times, neurons;
  };
  static Columns find_columns(const hdf5::Group& root, const std::string& population);
  void load(double step_ms);
  void check_repeats(double step_ms) const;

  Columns columns_;
  std::vector<Spike> spikes_;  ///< by tick, then neuron
};

}  // namespace neurosim
