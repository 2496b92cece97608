#pragma once

#include <string>
#include <vector>

#include "experiments/devices.hpp"
#include "experiments/work.hpp"

namespace neurosim {

/// What counted work would take at the prices of a device, in pJ: a proxy, not a measurement.
/// Compute and memory are apart; each projection and population is a memory of its own size. NaN:
/// there was such work, and some of it has no price. Sums leave that out.
struct Energy {
  double synapses = 0;  ///< accumulates and multiply-accumulates
  double updates = 0;   ///< of neurons
  double spikes = 0;    ///< sent
  double weights = 0;   ///< read
  double states = 0;    ///< read and written

  double compute() const;  ///< NaN: nothing of it has a price
  double memory() const;
  double total() const;
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

  /// Non-spiking over spiking, of the work that both have priced; NaN without such.
  double ratio() const;
};

EnergyEstimate estimate_energy(const NetworkWork& work, const Device& device);

}  // namespace neurosim
