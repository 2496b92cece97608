#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/energy_text.hpp"

namespace neurosim {
namespace {

using Json = nlohmann::ordered_json;

Json number_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json population_json(const PopulationWork& p) {
  return {{"name", p.name},
          {"model", p.model},
          {"neurons", p.neurons},
          {"spikes", p.spike_events},
          {"updates_driven", p.updates_driven},
          {"updates_idle", p.updates_idle},
          {"updates_skipped", p.updates_skipped},
          {"state_bytes", p.state_bytes},
          {"parameter_bytes", p.parameter_bytes},
          {"state_bytes_moved", p.state_bytes_moved}};
}

Json projection_json(const ProjectionWork& p) {
  return {{"name", p.name},
          {"from", p.from},
          {"to", p.to},
          {"synapses", p.synapses},
          {"nonzero_synapses", p.nonzero_synapses},
          {"events", p.events},
          {"synaptic_operations", p.synaptic_operations},
          {"accumulates", p.accumulates},
          {"multiply_accumulates", p.multiply_accumulates},
          {"dense_operations", p.dense_operations},
          {"weight_bytes", p.weight_bytes},
          {"weight_bytes_read", p.weight_bytes_read}};
}

Json energy_object(const Energy& energy) {
  return {
      {"synapses", number_or_null(energy.synapses)}, {"updates", number_or_null(energy.updates)},
      {"spikes", number_or_null(energy.spikes)},     {"weights", number_or_null(energy.weights)},
      {"states", number_or_null(energy.states)},     {"compute", number_or_null(energy.compute())},
      {"memory", number_or_null(energy.memory())},   {"total", number_or_null(energy.total())}};
}

Json device_json(const NetworkWork& work, const EnergyEstimate& estimate, const Device& device) {
  Json layers = Json::object();
  for (std::size_t p = 0; p < work.populations.size(); ++p) {
    layers[work.populations[p].name] = energy_object(estimate.by_population[p]);
  }
  return {{"device", device.name},
          {"title", device.title},
          {"table_version", device.version},
          {"scope", device.scope},
          {"proxy", true},
          {"spiking_pj", energy_object(estimate.spiking)},
          {"by_population_pj", std::move(layers)},
          {"non_spiking_pj", energy_object(estimate.non_spiking)},
          {"ratio", number_or_null(estimate.ratio())},
          {"unpriced", estimate.unpriced}};
}

/// A field of a CSV file, quoted where it must be.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string field = "\"";
  for (const char c : text) field += c == '"' ? std::string("\"\"") : std::string(1, c);
  return field + '"';
}

}  // namespace

nlohmann::ordered_json energy_json(const NetworkWork& work,
                                   std::span<const EnergyEstimate> estimates,
                                   std::span<const Device> devices) {
  Json object = {{"network", work.network},
                 {"engine", work.engine},
                 {"samples", work.samples},
                 {"steps", work.steps}};
  object["populations"] = Json::array();
  for (const PopulationWork& p : work.populations) {
    object["populations"].push_back(population_json(p));
  }
  object["projections"] = Json::array();
  for (const ProjectionWork& p : work.projections) {
    object["projections"].push_back(projection_json(p));
  }
  object["neurobench"] = {
      {"activation_sparsity", number_or_null(work.activation_sparsity())},
      {"connection_sparsity", number_or_null(work.connection_sparsity())},
      {"footprint_bytes", work.footprint_bytes()},
      {"effective_acs", number_or_null(work.a_sample(&ProjectionWork::accumulates))},
      {"effective_macs", number_or_null(work.a_sample(&ProjectionWork::multiply_accumulates))},
      {"dense", number_or_null(work.a_sample(&ProjectionWork::dense_operations))}};
  object["energy"] = Json::array();
  for (std::size_t k = 0; k < estimates.size(); ++k) {
    object["energy"].push_back(device_json(work, estimates[k], devices[k]));
  }
  return object;
}

std::string energy_csv(const NetworkWork& work, std::span<const EnergyEstimate> estimates) {
  std::string text =
      "device,network,population,synapses_pj,updates_pj,spikes_pj,weights_pj,states_pj,note\n";
  const auto add = [&](const EnergyEstimate& estimate, const char* network,
                       const std::string& population, const Energy& energy) {
    text += fmt::format("{},{},{}", csv_field(estimate.device), network, csv_field(population));
    for (const double pj :
         {energy.synapses, energy.updates, energy.spikes, energy.weights, energy.states}) {
      text += std::isfinite(pj) ? fmt::format(",{}", pj) : ",";
    }
    text += fmt::format(",proxy{}{}\n", estimate.unpriced.empty() ? "" : "; without a price: ",
                        fmt::join(estimate.unpriced, "; "));
  };
  for (const EnergyEstimate& estimate : estimates) {
    for (std::size_t p = 0; p < work.populations.size(); ++p) {
      add(estimate, "spiking", work.populations[p].name, estimate.by_population[p]);
    }
    add(estimate, "spiking", "all", estimate.spiking);
    add(estimate, "non_spiking", "all", estimate.non_spiking);
  }
  return text;
}

}  // namespace neurosim
