#include "tools/energy_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tools/number_text.hpp"
#include "tools/table.hpp"

namespace neurosim {
namespace {

/// `12.3 nJ`, in the unit that suits.
std::string energy_text_of(double pj) {
  static constexpr std::array kUnits = {"pJ", "nJ", "uJ", "mJ", "J", "kJ"};
  std::size_t unit = 0;
  while (std::abs(pj) >= 1000 && unit + 1 < kUnits.size()) {
    pj /= 1000;
    ++unit;
  }
  return fmt::format("{} {}", real_text(pj), kUnits[unit]);
}

/// How many times less the run takes.
std::string ratio_text(double non_spiking, double spiking) {
  return spiking > 0 ? real_text(non_spiking / spiking) + "x" : "-";
}

std::string population_rows(const NetworkWork& work, const Palette& palette) {
  Table table({{"population", Align::kLeft},
               {"neurons"},
               {"spikes out"},
               {"updates driven"},
               {"idle"},
               {"skipped"},
               {"state bytes moved"}});
  for (const PopulationWork& p : work.populations) {
    const auto if_computed = [&](std::uint64_t count) {
      return p.source ? std::string("-") : count_text(count);
    };
    table.add_row({p.name, count_text(p.neurons), p.spikes ? count_text(p.spike_events) : "-",
                   if_computed(p.updates_driven), if_computed(p.updates_idle),
                   if_computed(p.updates_skipped), if_computed(p.state_bytes_moved)});
  }
  return table.text(palette);
}

std::string projection_rows(const NetworkWork& work, const Palette& palette) {
  Table table({{"projection", Align::kLeft},
               {"events in"},
               {"accumulates"},
               {"multiply-acc."},
               {"dense"},
               {"weight bytes read"}});
  for (const ProjectionWork& p : work.projections) {
    table.add_row({p.name, count_text(p.events), count_text(p.accumulates),
                   count_text(p.multiply_accumulates), count_text(p.dense_operations),
                   count_text(p.weight_bytes_read)});
  }
  return table.text(palette);
}

std::string neurobench_text(const NetworkWork& work) {
  std::uint64_t accumulates = 0, multiply_accumulates = 0, dense = 0;
  for (const ProjectionWork& p : work.projections) {
    accumulates += p.accumulates;
    multiply_accumulates += p.multiply_accumulates;
    dense += p.dense_operations;
  }
  const auto samples = static_cast<double>(std::max<std::uint64_t>(work.samples, 1));
  const auto per_sample = [&](std::uint64_t count) {
    const double value = static_cast<double>(count) / samples;
    return value < 1000 ? real_text(value) : count_text(static_cast<std::uint64_t>(value + 0.5));
  };
  return fmt::format(
      "activation sparsity   {:.4f}\n"
      "connection sparsity   {:.4f}\n"
      "footprint             {} bytes\n"
      "operations a sample   {} effective ACs, {} effective MACs, {} dense\n",
      work.activation_sparsity(), work.connection_sparsity(), count_text(work.footprint_bytes()),
      per_sample(accumulates), per_sample(multiply_accumulates), per_sample(dense));
}

std::string list_of(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::string work_text(const NetworkWork& work, const Terminal& terminal) {
  const Palette palette = palette_of(terminal);
  return fmt::format("Counts over {} of {}\n\n{}\n{}\n{}", plural(work.samples, "sample"),
                     plural(work.steps, "step"), population_rows(work, palette),
                     projection_rows(work, palette), neurobench_text(work));
}

std::string energy_text(const NetworkWork& work, std::span<const EnergyEstimate> estimates,
                        const Terminal& terminal) {
  const auto samples = static_cast<double>(std::max<std::uint64_t>(work.samples, 1));
  Table table({{"device", Align::kLeft},
               {"compute"},
               {"memory"},
               {"total"},
               {"non-spiking: compute"},
               {"memory"},
               {"total"},
               {"saving"}});
  std::string notes;
  for (const EnergyEstimate& estimate : estimates) {
    std::vector<std::string> row = {estimate.device};
    const bool memory = std::ranges::count(estimate.unpriced, "weight memory") == 0;
    for (const Energy& energy : {estimate.spiking, estimate.non_spiking}) {
      row.push_back(energy_text_of(energy.compute() / samples));
      row.push_back(memory ? energy_text_of(energy.memory() / samples) : "-");
      row.push_back(energy_text_of(energy.total() / samples));
    }
    row.push_back(ratio_text(estimate.non_spiking.total(), estimate.spiking.total()));
    table.add_row(std::move(row));
    if (!estimate.unpriced.empty()) {
      notes += fmt::format("  {}: {}\n", estimate.device, list_of(estimate.unpriced));
    }
  }
  std::string text =
      "Energy a sample: a proxy from published prices, not a measurement (neurosim help devices)\n"
      "\n" +
      table.text(palette_of(terminal));
  if (!notes.empty()) text += "\nWithout a price, and so not in the sums:\n" + notes;
  return text;
}

std::string layer_energy_text(const NetworkWork& work, const EnergyEstimate& estimate,
                              const Terminal& terminal) {
  const auto samples = static_cast<double>(std::max<std::uint64_t>(work.samples, 1));
  Table table({{estimate.device, Align::kLeft},
               {"synapses"},
               {"updates"},
               {"spikes"},
               {"weight memory"},
               {"state memory"},
               {"total"}});
  const auto add = [&](const std::string& name, const Energy& energy) {
    std::vector<std::string> row = {name};
    for (const double pj : {energy.synapses, energy.updates, energy.spikes, energy.weights,
                            energy.states, energy.total()}) {
      row.push_back(energy_text_of(pj / samples));
    }
    table.add_row(std::move(row));
  };
  for (std::size_t p = 0; p < work.populations.size(); ++p) {
    add(work.populations[p].name, estimate.by_population[p]);
  }
  add("all", estimate.spiking);
  add("non-spiking", estimate.non_spiking);
  return table.text(palette_of(terminal));
}

std::string devices_help(std::span<const Device> devices) {
  std::string text;
  for (const Device& device : devices) {
    text += fmt::format("{}: {}; table {}\n  {}\n", device.name, device.title, device.version,
                        device.scope);
    if (!device.skips_silent_synapses) text += "  applies every weight at every step\n";
    if (!device.skips_resting_neurons) text += "  updates every neuron at every step\n";
    const auto line = [&](std::string_view what, const Price& price) {
      text += price.included
                  ? fmt::format("  {:<20}  included\n", what)
                  : fmt::format("  {:<20}  {:>6} pJ  {}\n", what, price.pj, price.source);
    };
    for (std::size_t term = 0; term < kEnergyTerms; ++term) {
      const auto& price = device.prices[term];
      if (price) line(name_of(static_cast<EnergyTerm>(term)), *price);
    }
    for (const MemoryPrice& tier : device.memory) line("64 bits of memory", tier.access);
    text += "\n";
  }
  return text +
         "All are proxies: published prices times counts. Tables of your own have the form of\n"
         "experiments/devices/prices.yaml: neurosim energy out.h5 --prices FILE.\n";
}

}  // namespace neurosim
