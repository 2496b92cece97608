#pragma once

#include <string>
#include <vector>

#include "experiments/devices.hpp"
#include "experiments/work.hpp"

namespace neurosim {

/// What counted work would take at the prices of a device, in pJ: a proxy, not a measurement.
/// Compute and memory are apart. Work without a price counts as 0 here and is named in
/// EnergyEstimate::unpriced.
struct Energy {
  double synapses = 0;  ///< accumulates and multiply-accumulates
  double updates = 0;   ///< of neurons
  double spikes = 0;    ///< sent
  double weights = 0;   ///< read
  double states = 0;    ///< read and written

  double compute() const { return synapses + updates + spikes; }
  double memory() const { return weights + states; }
  double total() const { return compute() + memory(); }
  Energy& operator+=(const Energy& other);
};

struct EnergyEstimate {
  std::string device;
  /// The run, all samples, by population: its updates, spikes and states, and the synapses and
  /// weights of the projections into it.
  std::vector<Energy> by_population;
  Energy spiking;  ///< their sum
  /// The same network without spikes and time: every pair of a projection is one
  /// multiply-accumulate a sample, every neuron one update, every weight read once, every value
  /// written and read once.
  Energy non_spiking;
  std::vector<std::string> unpriced;  ///< kinds of work that occurred and have no price
};

EnergyEstimate estimate_energy(const NetworkWork& work, const Device& device);

}  // namespace neurosim
