#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "sim/io/results.hpp"
#include "tools/plot/experiment_figures.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kMostColumns = 4;
constexpr std::size_t kMostNeurons = 4;  ///< lines of a cell that has its own column

/// What one cell recorded of one variable.
struct Recorded {
  std::string population, variable;
  std::vector<NeuronId> neurons;
  std::vector<StatesLine> lines;  ///< [neuron]
};

struct CellStates {
  std::string cell;
  std::vector<Recorded> variables;
};

void append_trace(CellStates& states, const Results& results, std::size_t index) {
  const StateTrace trace = results.trace(index, 0);
  const auto ticks = static_cast<std::size_t>(results.header().ticks_per_sample);
  const std::size_t count = trace.neurons.size(), shown = std::min(count, kMostNeurons);
  for (std::size_t v = 0; v < trace.variables.size(); ++v) {
    Recorded recorded{.population = results.header().populations[trace.population].name,
                      .variable = trace.variables[v],
                      .neurons = {trace.neurons.begin(),
                                  trace.neurons.begin() + static_cast<std::ptrdiff_t>(shown)},
                      .lines = {}};
    for (std::size_t neuron = 0; neuron < shown; ++neuron) {
      StatesLine line{.values = std::vector<double>(ticks), .step_ms = results.header().step_ms};
      for (std::size_t tick = 0; tick < ticks; ++tick) {
        line.values[tick] = trace.values[(v * ticks + tick) * count + neuron];
      }
      recorded.lines.push_back(std::move(line));
    }
    if (shown > 0) states.variables.push_back(std::move(recorded));
  }
}

/// Of the first seed that has a file with a sample.
std::optional<CellStates> read_cell(const Experiment& experiment, const ExperimentResults& rows,
                                    const std::string& folder, const std::string& cell) {
  for (const std::uint64_t seed : experiment.seeds) {
    if (rows.find(cell, seed) == nullptr) continue;
    const auto path = std::filesystem::path(folder) / "runs" / fmt::format("{}-s{}.h5", cell, seed);
    if (!std::filesystem::exists(path)) continue;
    const Results results(path.string());
    if (results.samples() == 0) continue;
    CellStates states{.cell = cell, .variables = {}};
    for (std::size_t k = 0; k < results.header().traces.size(); ++k) {
      append_trace(states, results, k);
    }
    if (!states.variables.empty()) return states;
  }
  return std::nullopt;
}

std::string label_of(const std::string& variable, const FigureSpec& spec) {
  const auto factor = spec.factors.find(variable);
  if (factor == spec.factors.end() || factor->second == 1) return variable;
  if (factor->second == -1) return "-" + variable;
  return fmt::format("{:g} {}", factor->second, variable);
}

/// Names for the legend: neurons by number, if it is the same one of every variable and cell.
std::vector<std::string> neuron_names(const std::vector<CellStates>& cells) {
  std::vector<NeuronId> longest;
  bool same = true;
  for (const CellStates& cell : cells) {
    for (const Recorded& recorded : cell.variables) {
      const auto& [a, b] = std::minmax(longest, recorded.neurons, [](const auto& x, const auto& y) {
        return x.size() < y.size();
      });
      same = same && std::equal(a.begin(), a.end(), b.begin());
      if (recorded.neurons.size() > longest.size()) longest = recorded.neurons;
    }
  }
  std::vector<std::string> names;
  for (std::size_t k = 0; k < longest.size(); ++k) {
    names.push_back(same ? fmt::format("neuron {}", longest[k])
                         : fmt::format("recorded neuron {}", k + 1));
  }
  return names;
}

/// Every variable that any cell has, each once, in the order in which they come up.
std::vector<StatesPanel> empty_panels(const std::vector<CellStates>& cells, const FigureSpec& spec,
                                      std::size_t columns,
                                      std::vector<std::pair<std::string, std::string>>& keys) {
  std::set<std::string> populations;
  for (const CellStates& cell : cells) {
    for (const Recorded& recorded : cell.variables) {
      const std::pair key(recorded.population, recorded.variable);
      if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
      populations.insert(recorded.population);
    }
  }
  std::vector<StatesPanel> panels;
  for (const auto& [population, variable] : keys) {
    const std::string label = label_of(variable, spec);
    panels.push_back({.label = populations.size() == 1 ? label : population + ": " + label,
                      .columns = std::vector<std::vector<StatesLine>>(columns)});
  }
  return panels;
}

double factor_of(const std::string& variable, const FigureSpec& spec) {
  const auto factor = spec.factors.find(variable);
  return factor == spec.factors.end() ? 1 : factor->second;
}

}  // namespace

StatesFigure gather_cell_states(const Experiment& experiment, const ExperimentResults& results,
                                const FigureSpec& spec, const std::string& folder) {
  std::vector<CellStates> cells;
  for (const Cell& cell : cells_of(experiment)) {
    if (auto states = read_cell(experiment, results, folder, cell.name))
      cells.push_back(std::move(*states));
  }
  StatesFigure figure;
  const bool shared = cells.size() > kMostColumns;
  std::vector<std::pair<std::string, std::string>> keys;
  figure.panels = empty_panels(cells, spec, shared ? 1 : cells.size(), keys);
  if (shared) {
    figure.columns = {""};
  } else {
    figure.lines = neuron_names(cells);
  }
  for (std::size_t c = 0; c < cells.size(); ++c) {
    (shared ? figure.lines : figure.columns).push_back(cells[c].cell);
    // A cell that lacks a variable still has its colour where cells share a panel.
    if (shared) {
      for (StatesPanel& panel : figure.panels) panel.columns[0].emplace_back();
    }
    for (Recorded& recorded : cells[c].variables) {
      const std::pair key(recorded.population, recorded.variable);
      const auto place = static_cast<std::size_t>(std::ranges::find(keys, key) - keys.begin());
      for (StatesLine& line : recorded.lines) {
        for (double& value : line.values) value *= factor_of(recorded.variable, spec);
      }
      auto& columns = figure.panels[place].columns;
      if (shared) {
        columns[0].back() = std::move(recorded.lines.front());
      } else {
        columns[c] = std::move(recorded.lines);
      }
    }
  }
  return figure;
}

}  // namespace neurosim
