#include "experiments/energy.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>

namespace neurosim {
namespace {

/// Adds up prices, and remembers what had none.
class Bill {
 public:
  Bill(const Device& device, std::uint64_t simulated_bytes, std::vector<std::string>& unpriced)
      : device_(device),
        scale_(static_cast<double>(device.value_bytes.value_or(simulated_bytes)) /
               static_cast<double>(simulated_bytes)),
        unpriced_(unpriced) {}

  double of(EnergyTerm term, std::uint64_t count) {
    if (count == 0) return 0;
    const auto& price = device_.price(term);
    if (price) return price->pj * static_cast<double>(count);
    return miss(std::string(name_of(term)));
  }

  /// `moved` of the bytes of a memory that holds `held`, both as simulated.
  double memory(std::uint64_t held, std::uint64_t moved, const char* what) {
    if (moved == 0) return 0;
    const auto size = static_cast<std::uint64_t>(static_cast<double>(held) * scale_);
    if (const Price* price = device_.memory_price(size)) {
      return price->pj * static_cast<double>(moved) * scale_ / 8;
    }
    return miss(what);
  }

 private:
  double miss(std::string what) {
    if (std::ranges::count(unpriced_, what) == 0) unpriced_.push_back(std::move(what));
    return std::numeric_limits<double>::quiet_NaN();
  }

  const Device& device_;
  double scale_;  ///< bytes there for a byte here
  std::vector<std::string>& unpriced_;
};

Energy population_energy(const PopulationWork& population, const Device& device, Bill& bill) {
  Energy energy;
  energy.spikes = bill.of(EnergyTerm::kSpike, population.spike_events);
  if (population.source) return energy;
  std::uint64_t moved = population.state_bytes_moved;
  if (device.skips_resting_neurons) {
    energy.updates =
        bill.of(EnergyTerm::kNeuronUpdate, population.updates_driven + population.updates_idle);
  } else {
    // What the simulator skipped or computed for the block's sake is one and the same there.
    const std::uint64_t resting = population.updates_idle + population.updates_skipped;
    energy.updates = bill.of(EnergyTerm::kNeuronUpdate, population.updates_driven) +
                     bill.of(EnergyTerm::kRestingUpdate, resting);
    moved = 2 * population.state_bytes / population.neurons * population.dense_updates();
  }
  energy.states = bill.memory(population.state_bytes, moved, "state memory");
  return energy;
}

Energy projection_energy(const ProjectionWork& projection, const Device& device,
                         std::uint64_t value_bytes, Bill& bill) {
  Energy energy;
  if (device.skips_silent_synapses) {
    energy.synapses = bill.of(EnergyTerm::kAccumulate, projection.accumulates) +
                      bill.of(EnergyTerm::kMultiplyAccumulate, projection.multiply_accumulates);
    energy.weights =
        bill.memory(projection.weight_bytes, projection.weight_bytes_read, "weight memory");
    return energy;
  }
  energy.synapses = bill.of(EnergyTerm::kMultiplyAccumulate, projection.dense_operations);
  energy.weights = bill.memory(projection.pairs * value_bytes,
                               projection.dense_operations * value_bytes, "weight memory");
  return energy;
}

Energy non_spiking_energy(const NetworkWork& work, Bill& bill) {
  Energy energy;
  for (const ProjectionWork& projection : work.projections) {
    const std::uint64_t bytes = projection.pairs * work.value_bytes;
    energy.synapses += bill.of(EnergyTerm::kMultiplyAccumulate, projection.pairs * work.samples);
    energy.weights += bill.memory(bytes, bytes * work.samples, "weight memory");
  }
  for (const PopulationWork& population : work.populations) {
    if (population.source) continue;
    const std::uint64_t bytes = population.neurons * work.value_bytes;
    energy.updates += bill.of(EnergyTerm::kNeuronUpdate, population.neurons * work.samples);
    energy.states += bill.memory(bytes, 2 * bytes * work.samples, "state memory");
  }
  return energy;
}

}  // namespace

namespace {

/// The sum of what has a price.
double sum(std::initializer_list<double> parts) {
  double total = 0;
  bool any = false;
  for (const double part : parts) {
    if (std::isnan(part)) continue;
    any = true;
    total += part;
  }
  return any ? total : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

double Energy::compute() const { return sum({synapses, updates, spikes}); }
double Energy::memory() const { return sum({weights, states}); }
double Energy::total() const { return sum({compute(), memory()}); }

double EnergyEstimate::ratio() const {
  double above = 0, below = 0;
  for (double Energy::*part :
       {&Energy::synapses, &Energy::updates, &Energy::spikes, &Energy::weights, &Energy::states}) {
    if (std::isnan(spiking.*part) || std::isnan(non_spiking.*part)) continue;
    above += non_spiking.*part;
    below += spiking.*part;
  }
  return below > 0 ? above / below : std::numeric_limits<double>::quiet_NaN();
}

Energy& Energy::operator+=(const Energy& other) {
  synapses += other.synapses;
  updates += other.updates;
  spikes += other.spikes;
  weights += other.weights;
  states += other.states;
  return *this;
}

EnergyEstimate estimate_energy(const NetworkWork& work, const Device& device) {
  EnergyEstimate estimate = {.device = device.name};
  Bill bill(device, work.value_bytes, estimate.unpriced);
  for (const PopulationWork& population : work.populations) {
    Energy energy = population_energy(population, device, bill);
    for (const ProjectionWork& projection : work.projections) {
      if (projection.to != population.name) continue;
      energy += projection_energy(projection, device, work.value_bytes, bill);
    }
    estimate.spiking += energy;
    estimate.by_population.push_back(energy);
  }
  estimate.non_spiking = non_spiking_energy(work, bill);
  return estimate;
}

}  // namespace neurosim
