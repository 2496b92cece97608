// A small network of cuba_lif neurons, read and compiled, against its exact solution: V of each
// neuron as a sum of exponentials over all spikes that have reached it since its last reset.

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <span>

#include "models/model.hpp"
#include "sim/engine/engine.hpp"
#include "sim/network/read_description.hpp"
#include "support/exact_cuba.hpp"
#include "support/networks.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

using test::ExactCuba;

constexpr int kTicks = 6000;

// Excitatory and inhibitory neurons whose weights are read from arrays, with delays of a
// projection and of each synapse.
constexpr const char* kNet = R"(
format: neurosim/1
name: exact
seed: 11
precision: double
time: { steps: 6000, step_ms: 0.1 }
populations:
  in: { model: spike_list, size: 3, spikes: SPIKES }
  exc:
    model: cuba_lif
    size: 4
    parameters: { tau_mem_ms: 20, tau_syn_ms: [5, 10], v_leak: -60, v_threshold: -50, v_reset: -60,
                  refractory_ms: 2, drive: [20, 24, 18, 22], initial_v: [-55, -60, -51, -58] }
  inh:
    model: cuba_lif
    size: 2
    parameters: { tau_mem_ms: 10, tau_syn_ms: [10, 3], v_leak: -60, v_threshold: -50, v_reset: -62,
                  refractory_ms: 0.5 }
projections:
  - { from: in, to: exc, weights: { file: w.h5, dataset: in_exc }, delay: 3 }
  - { from: in, to: inh, weights: { file: w.h5, dataset: in_inh } }
  - { from: exc, to: exc, weights: { file: w.h5, dataset: exc_exc }, delay: { init: uniform, low: 1, high: 40 } }
  - { from: exc, to: inh, weights: { file: w.h5, dataset: exc_inh }, delay: { init: normal, mean: 15, standard_deviation: 5 } }
  - { from: inh, to: exc, weights: { file: w.h5, dataset: inh_exc }, receptor: 1, delay: 8 }
  - { from: inh, to: inh, weights: { file: w.h5, dataset: inh_inh }, receptor: 1, delay: 1, storage: sparse }
record: { spikes: [exc, inh], states: { exc: { variables: [v] }, inh: { variables: [v, g0, g1] } } }
)";

/// The weights [targets, sources] by the name of their dataset.
const std::map<std::string, NumericArray> kWeights = {
    {"in_exc", {{4, 3}, {30, 0, 12, 0, 25, 7, 14, 3, 0, 8, 8, 8}}},
    {"in_inh", {{2, 3}, {20, 0, 5, 0, 31, 11}}},
    {"exc_exc", {{4, 4}, {0, 3, 5, 2, 6, 0, 4, 3, 2.5, 4, 0, 1, 3, 3, 3, 0}}},
    {"exc_inh", {{2, 4}, {9, 14, 6, 11, 12, 5, 10, 8}}},
    {"inh_exc", {{4, 2}, {-4, -3, -2.5, -6, -4, -4, -1.5, -3.5}}},
    {"inh_inh", {{2, 2}, {0, -7, -10, 0}}}};

std::string net() {
  std::string spikes = "[";
  test::Draw draw(3);
  for (int tick = 0; tick < kTicks; ++tick) {
    for (int n = 0; n < 3; ++n) {
      if (!draw.chance(0.02)) continue;
      spikes +=
          (spikes.size() > 1 ? ", [" : "[") + std::to_string(tick) + ", " + std::to_string(n) + "]";
    }
  }
  std::string text = kNet;
  return text.replace(text.find("SPIKES"), 6, spikes + "]");
}

NumericArray load(const std::string&, const std::string& dataset) { return kWeights.at(dataset); }

/// A synapse as the compiled network has it.
struct Wire {
  std::size_t from, source, to, target, receptor;
  int delay;
  double weight;
};

std::vector<Wire> wires(const Network<double>& network, const Description& description) {
  const std::string names[] = {"in_exc", "in_inh", "exc_exc", "exc_inh", "inh_exc", "inh_inh"};
  std::vector<Wire> list;
  for (std::size_t k = 0; k < network.projections.size(); ++k) {
    const auto& p = network.projections[k];
    const auto& weights = kWeights.at(names[k]).values;
    const auto add = [&](std::size_t s, std::size_t t, Tick delay) {
      list.push_back({p.from, s, p.to, t, static_cast<std::size_t>(p.receptor),
                      static_cast<int>(delay), weights[t * p.sources + s]});
    };
    for (std::size_t s = 0; s < p.sources; ++s) {
      if (p.dense) {
        for (std::size_t t = 0; t < p.targets; ++t) add(s, t, description.projections[k].delay);
        continue;
      }
      for (std::size_t g = 0; g < p.delays.size(); ++g) {
        const auto row = p.row(s, g);
        for (std::size_t n = 0; n < row.count; ++n) {
          add(s, row.target[n], p.delays[g]);
          CHECK(row.weight[n] == list.back().weight);
        }
      }
    }
  }
  return list;
}

ExactCuba exact_neuron(const PopulationSpec& population, std::size_t neuron) {
  std::map<std::string_view, FieldValue> values;
  for (std::size_t f = 0; f < population.parameters.size(); ++f) {
    values[population.info->fields[f].name] = std::get<FieldValue>(population.parameters[f]);
  }
  const double rest = values["v_leak"][0] + value_of(values["drive"], neuron);
  ExactCuba exact;
  exact.step_ms = 0.1;
  exact.tau_mem = values["tau_mem_ms"][0];
  exact.tau_syn = values["tau_syn_ms"];
  exact.rest = rest;
  exact.threshold = values["v_threshold"][0];
  exact.reset = values["v_reset"][0];
  exact.refractory = static_cast<int>(std::lround(values["refractory_ms"][0] / 0.1));
  exact.v = values["initial_v"].empty() ? rest : value_of(values["initial_v"], neuron);
  return exact;
}

/// Every spike travels by itself to each of its targets; no delivery order, no rows, no windows.
struct Solution {
  std::vector<SpikeTrain> spikes;                   ///< [population]
  std::vector<std::vector<std::vector<double>>> v;  ///< [population][tick][neuron]
  std::vector<std::vector<double>> g0, g1;          ///< of the last population
};

Solution solve(const Description& description, const std::vector<Wire>& wires) {
  Solution solution;
  const std::size_t count = description.populations.size();
  solution.spikes.resize(count);
  solution.v.resize(count);
  std::vector<std::vector<ExactCuba>> neurons(count);
  for (std::size_t p = 1; p < count; ++p) {
    for (std::size_t n = 0; n < description.populations[p].size; ++n) {
      neurons[p].push_back(exact_neuron(description.populations[p], n));
    }
  }
  struct Arrival {
    std::size_t to, target, receptor;
    double weight;
  };
  std::multimap<int, Arrival> arrivals;
  const auto send = [&](int tick, std::size_t from, std::size_t source) {
    solution.spikes[from].append(tick, static_cast<NeuronId>(source));
    for (const Wire& w : wires) {
      if (w.from != from || w.source != source) continue;
      arrivals.emplace(tick + w.delay, Arrival{w.to, w.target, w.receptor, w.weight});
    }
  };
  const auto& list = std::get<SpikeListSource>(*description.populations[0].source).spikes;
  auto next = list.begin();
  for (int tick = 0; tick < kTicks; ++tick) {
    for (; next != list.end() && next->first == tick; ++next) send(tick, 0, next->second);
    for (std::size_t p = 1; p < count; ++p) {
      auto& values = solution.v[p].emplace_back();
      for (std::size_t n = 0; n < neurons[p].size(); ++n) {
        std::vector<std::pair<std::size_t, double>> inputs;
        const auto [begin, end] = arrivals.equal_range(tick);
        for (auto a = begin; a != end; ++a) {
          if (a->second.to != p || a->second.target != n) continue;
          inputs.emplace_back(a->second.receptor, a->second.weight);
        }
        if (neurons[p][n].step(tick, inputs)) send(tick, p, n);
        values.push_back(neurons[p][n].v);
      }
    }
    auto& g0 = solution.g0.emplace_back();
    auto& g1 = solution.g1.emplace_back();
    for (const ExactCuba& neuron : neurons.back()) {
      g0.push_back(neuron.current(0, tick));
      g1.push_back(neuron.current(1, tick));
    }
  }
  return solution;
}

/// `values` of a trace are [tick][neuron].
void check_near(std::span<const double> values, const std::vector<std::vector<double>>& exact) {
  std::size_t k = 0;
  double worst = 0;
  for (const auto& tick : exact) {
    for (const double value : tick) worst = std::max(worst, std::abs(values[k++] - value));
  }
  CHECK(k == values.size());
  CHECK(worst < 1e-9);
}

TEST_CASE("a network of cuba_lif neurons is its exact solution, spike for spike") {
  const Description description = parse_description(net(), "exact.yaml");
  const auto network = compile<double>(description, &load);
  const auto list = wires(network, description);
  CHECK(list.size() == 12 + 6 + 16 + 8 + 8 + 4);
  const auto drawn = [&](const Wire& w) { return w.from == 1 && w.delay != list[18].delay; };
  CHECK(std::ranges::count_if(list, drawn) > 10);
  const Solution solution = solve(description, list);
  CHECK(solution.spikes[1].spike_count() > 30);
  CHECK(solution.spikes[2].spike_count() > 30);

  SampleInput input;
  SpikeTrain& source = input.sources.emplace_back();
  const auto& spikes = std::get<SpikeListSource>(*description.populations[0].source).spikes;
  for (const auto& [tick, neuron] : spikes) source.append(tick, neuron);
  const Observation observation = test::observe_states(description);
  std::vector<std::unique_ptr<Engine>> engines;
  engines.push_back(make_event_engine(network, observation));
  engines.push_back(make_event_engine(network, observation, {.threads = 2, .fewest_blocks = 1}));
  engines.push_back(make_reference_engine(network, observation));
  for (const auto& engine : engines) {
    SampleRecord record;
    engine->run(0, input, record);
    CHECK(record.spikes == solution.spikes);
    REQUIRE(record.traces.size() == 2);
    check_near(record.traces[0].values, solution.v[1]);
    const std::span inh = record.traces[1].values;
    const std::size_t size = inh.size() / 3;
    check_near(inh.first(size), solution.v[2]);
    check_near(inh.subspan(size, size), solution.g0);
    check_near(inh.last(size), solution.g1);
  }
}

}  // namespace
}  // namespace neurosim
