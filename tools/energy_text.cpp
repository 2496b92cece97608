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
  if (!std::isfinite(pj)) return "-";
  static constexpr std::array kUnits = {"pJ", "nJ", "uJ", "mJ", "J", "kJ"};
  std::size_t unit = 0;
  while (std::abs(pj) >= 1000 && unit + 1 < kUnits.size()) {
    pj /= 1000;
    ++unit;
  }
  return fmt::format("{} {}", real_text(pj), kUnits[unit]);
}

double samples_of(const NetworkWork& work) {
  return static_cast<double>(std::max<std::uint64_t>(work.samples, 1));
}

std::string list_of(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string aligned(const TextTable& table, const Palette& palette) {
  std::vector<Column> columns;
  for (const std::string& title : table.columns) {
    columns.push_back({title, columns.empty() ? Align::kLeft : Align::kRight});
  }
  Table text(std::move(columns));
  for (const auto& row : table.rows) text.add_row(row);
  return text.text(palette);
}

}  // namespace

TextTable population_work_table(const NetworkWork& work) {
  TextTable table = {"Populations: work over all samples",
                     {"population", "neurons", "spikes out", "updates driven", "idle", "skipped",
                      "state bytes moved"},
                     {}};
  for (const PopulationWork& p : work.populations) {
    const auto if_computed = [&](std::uint64_t count) {
      return p.source ? std::string("-") : exact_text(count);
    };
    table.rows.push_back({p.name, exact_text(p.neurons),
                          p.spikes ? exact_text(p.spike_events) : "-",
                          if_computed(p.updates_driven), if_computed(p.updates_idle),
                          if_computed(p.updates_skipped), if_computed(p.state_bytes_moved)});
  }
  return table;
}

TextTable projection_work_table(const NetworkWork& work) {
  TextTable table = {
      "Projections: work over all samples",
      {"projection", "events in", "accumulates", "multiply-acc.", "dense", "weight bytes read"},
      {}};
  for (const ProjectionWork& p : work.projections) {
    table.rows.push_back({p.name, exact_text(p.events), exact_text(p.accumulates),
                          exact_text(p.multiply_accumulates), exact_text(p.dense_operations),
                          exact_text(p.weight_bytes_read)});
  }
  return table;
}

TextTable neurobench_table(const NetworkWork& work) {
  const auto per_sample = [&](std::uint64_t ProjectionWork::*count) {
    const double value = work.a_sample(count);
    return value < 1000 || std::isnan(value) ? real_text(value)
                                             : exact_text(static_cast<std::uint64_t>(value + 0.5));
  };
  const auto share = [](double value) {
    return std::isfinite(value) ? fmt::format("{:.4f}", value) : std::string("-");
  };
  return {"As NeuroBench defines them",
          {"metric", "value"},
          {{"activation sparsity", share(work.activation_sparsity())},
           {"connection sparsity", share(work.connection_sparsity())},
           {"footprint, bytes", exact_text(work.footprint_bytes())},
           {"effective ACs a sample", per_sample(&ProjectionWork::accumulates)},
           {"effective MACs a sample", per_sample(&ProjectionWork::multiply_accumulates)},
           {"dense operations a sample", per_sample(&ProjectionWork::dense_operations)}}};
}

TextTable energy_table(const NetworkWork& work, std::span<const EnergyEstimate> estimates) {
  TextTable table = {"Energy a sample: a proxy from published prices, not a measurement",
                     {"device", "compute", "memory", "total", "non-spiking: compute", "memory",
                      "total", "non-spiking / spiking"},
                     {}};
  for (const EnergyEstimate& estimate : estimates) {
    std::vector<std::string> row = {estimate.device};
    for (const Energy& energy : {estimate.spiking, estimate.non_spiking}) {
      row.push_back(energy_text_of(energy.compute() / samples_of(work)));
      row.push_back(energy_text_of(energy.memory() / samples_of(work)));
      row.push_back(energy_text_of(energy.total() / samples_of(work)));
    }
    row.push_back(real_text(estimate.ratio()));
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string unpriced_text(std::span<const EnergyEstimate> estimates) {
  std::string text;
  for (const EnergyEstimate& estimate : estimates) {
    if (estimate.unpriced.empty()) continue;
    text += fmt::format("  {}: {}\n", estimate.device, list_of(estimate.unpriced));
  }
  return text.empty() ? text : "Without a price, and so not in the sums:\n" + text;
}

std::string work_text(const NetworkWork& work, const Terminal& terminal) {
  const Palette palette = palette_of(terminal);
  return fmt::format(
      "Counts over {} of {}, {} engine\n\n{}\n{}\n{}", plural(work.samples, "sample"),
      plural(work.steps, "step"), work.engine, aligned(population_work_table(work), palette),
      aligned(projection_work_table(work), palette), aligned(neurobench_table(work), palette));
}

std::string energy_text(const NetworkWork& work, std::span<const EnergyEstimate> estimates,
                        const Terminal& terminal) {
  const TextTable table = energy_table(work, estimates);
  const std::string notes = unpriced_text(estimates);
  return fmt::format("{} (neurosim help devices)\n\n{}{}{}", table.caption,
                     aligned(table, palette_of(terminal)), notes.empty() ? "" : "\n", notes);
}

std::string layer_energy_text(const NetworkWork& work, const EnergyEstimate& estimate,
                              const Terminal& terminal) {
  const double samples = samples_of(work);
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
