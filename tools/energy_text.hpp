#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "experiments/energy.hpp"
#include "tools/terminal.hpp"

namespace neurosim {

/// A table of texts; the first column holds names.
struct TextTable {
  std::string caption;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

/// Exact counts over all samples.
TextTable population_work_table(const NetworkWork& work);
TextTable projection_work_table(const NetworkWork& work);
/// NeuroBench's metrics.
TextTable neurobench_table(const NetworkWork& work);
/// One row a device, for a sample.
TextTable energy_table(const NetworkWork& work, std::span<const EnergyEstimate> estimates);

/// What has no price and so is in no sum, by device; empty: nothing.
std::string unpriced_text(std::span<const EnergyEstimate> estimates);

/// The three tables of counts.
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
