#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "experiments/energy.hpp"
#include "tools/terminal.hpp"

namespace neurosim {

/// Exact counts over all samples: a row a population, a row a projection, and NeuroBench's metrics.
std::string work_text(const NetworkWork& work, const Terminal& terminal);

/// One row a device: what a sample takes, compute and memory apart, beside the same network without
/// spikes. What has no price is named below.
std::string energy_text(const NetworkWork& work, std::span<const EnergyEstimate> estimates,
                        const Terminal& terminal);

/// One row a population for one device.
std::string layer_energy_text(const NetworkWork& work, const EnergyEstimate& estimate,
                              const Terminal& terminal);

/// `neurosim help devices`: every table with the source of every price.
std::string devices_help(std::span<const Device> devices);

/// Keys: `neurosim help json`. Counts are over all samples, energies in pJ over all samples.
nlohmann::ordered_json energy_json(const NetworkWork& work,
                                   std::span<const EnergyEstimate> estimates,
                                   std::span<const Device> devices);

/// One row a device, network (spiking, non_spiking) and population, in pJ over all samples.
std::string energy_csv(const NetworkWork& work, std::span<const EnergyEstimate> estimates);

}  // namespace neurosim
