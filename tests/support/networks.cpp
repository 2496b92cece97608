#include "support/networks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/error.hpp"
#include "support/random_tests.hpp"

namespace neurosim::test {
namespace {

constexpr const char* kSynapses[] = {"none", "5", "[2.5]", "[5, 10]", "[1, 2, 3]", "[4, 4, 20, 1]"};

std::string parameters(Draw& draw, const std::string& model) {
  if (model == "src") {
    const char* gates[] = {"", ", slow_gate: current", ", slow_gate_slope: 10",
                           ", slow_gate: current, slow_gate_slope: 5"};
    const char* extras[] = {
        "",         ", noise: 0.2",  ", current_cutoff: 1e-3, rest_tolerance: 1e-5",
        ", z: 0.5", ", zs_dep: 0.9", ", initial_h: -0.9, initial_hs: -0.9"};
    return fmt::format("{{ bias: {:.2f}, alpha: {:.2f}{}{}{} }}", draw.real(-6.5, -4),
                       draw.real(0.5, 0.99), gates[draw.below(4)], extras[draw.below(6)],
                       draw.chance(0.3) ? ", output: binary" : "");
  }
  if (model == "lif") {
    const char* resets[] = {"",
                            ", reset: subtract",
                            ", reset: none",
                            ", reset: zero, reset_timing: next_step",
                            ", reset: subtract, reset_timing: next_step",
                            ", refractory_steps: 3, rest: -0.2",
                            ", rest: 0.3, initial_v: 0.5"};
    return fmt::format("{{ leak: {:.2f}, threshold: {:.2f}{} }}", draw.real(0.5, 1),
                       draw.real(0.4, 2), resets[draw.below(7)]);
  }
  if (model == "cuba_lif") {
    const char* extras[] = {"",
                            ", refractory_ms: 3",
                            ", rest_tolerance: 1e-3",
                            ", v_leak: -0.5, drive: 0.8, v_reset: -1",
                            ", initial_v: { init: uniform, low: -1, high: 2 }",
                            ", drive: { init: normal, mean: 0.9, standard_deviation: 0.3 }"};
    return fmt::format("{{ tau_mem_ms: {:.1f}, tau_syn_ms: {}, v_threshold: {:.2f}{} }}",
                       draw.real(1, 20), kSynapses[draw.below(std::size(kSynapses))],
                       draw.real(0.2, 1), extras[draw.below(6)]);
  }
  return fmt::format("{{ alpha: {:.2f} }}", draw.real(0.5, 1));
}

/// How many receptors the parameters of a cuba_lif give it.
std::size_t receptors(const std::string& parameters) {
  const std::size_t begin = parameters.find('['), end = parameters.find(']');
  if (begin == std::string::npos) return 1;
  return 1 + static_cast<std::size_t>(std::count(parameters.begin() + static_cast<long>(begin),
                                                 parameters.begin() + static_cast<long>(end), ','));
}

/// The variables to record of a cuba_lif with these parameters: V, the first current, the last.
std::string variables(const std::string& parameters) {
  if (parameters.find("tau_syn_ms: none") != std::string::npos) return "v";
  const std::size_t last = receptors(parameters) - 1;
  return last == 0 ? "v, g0" : fmt::format("v, g0, g{}", last);
}

/// A delay in steps, at least `least`, or what the synapses' delays are drawn from.
std::string delay(Draw& draw, std::size_t least, std::size_t span, bool drawn) {
  if (!drawn) return std::to_string(least + draw.below(span));
  if (draw.chance(0.5)) return "{ init: normal, mean: 3, standard_deviation: 2 }";
  return fmt::format("{{ init: uniform, low: {}, high: {} }}", least, least + span);
}

/// `sparse`: storage must not be dense.
std::string connection(Draw& draw, std::size_t from_size, std::size_t to_size, bool sparse) {
  switch (draw.below(4)) {
    case 0:
      return fmt::format("all_to_all, storage: {}", draw.chance(0.3) ? "sparse" : "automatic");
    case 1:
      if (from_size == to_size) return "one_to_one";
      [[fallthrough]];
    case 2:
      return fmt::format("{{ type: fixed_probability, p: {:.2f} }}, storage: {}",
                         draw.real(0.02, 0.6), !sparse && draw.chance(0.3) ? "dense" : "automatic");
    default:
      return fmt::format("{{ type: fixed_indegree, indegree: {} }}",
                         1 + draw.below(std::min<std::size_t>(from_size, 20)));
  }
}

std::string weights(Draw& draw) {
  switch (draw.below(4)) {
    case 0:
      return fmt::format("{{ init: uniform, low: -0.3, high: {:.2f} }}", draw.real(0.3, 1));
    case 1:
      return fmt::format("{{ init: normal, mean: 0.1, standard_deviation: 0.4 }}");
    case 2:
      return fmt::format("{{ init: constant, value: {:.2f} }}", draw.real(-0.2, 0.8));
    default:
      return "{ init: xavier_uniform, gain: 3 }";
  }
}

/// Of any weights, as a further key.
std::string rounding(Draw& draw) {
  return draw.chance(0.3) ? fmt::format(", bits: {}", 2 + draw.below(6)) : "";
}

}  // namespace

std::string random_network(std::uint64_t seed, Kinds allowed) {
  Draw draw(seed);
  const std::size_t sources = 1 + draw.below(2), neurons = 1 + draw.below(4);
  std::vector<std::size_t> sizes;
  std::string yaml = fmt::format(
      "format: neurosim/1\nname: random\nseed: {}\nprecision: {}\n"
      "time: {{ steps: {}, blank_steps: {} }}\npopulations:\n",
      seed, draw.chance(0.5) ? "single" : "double", 20 + draw.below(80), draw.below(5));
  for (std::size_t s = 0; s < sources; ++s) {
    sizes.push_back(1 + draw.below(90));
    yaml += fmt::format("  s{}: {{ model: spike_list, size: {}, spikes: [] }}\n", s, sizes.back());
  }
  std::string states;
  std::vector<std::string> models;
  std::vector<std::size_t> receptor_counts;
  for (std::size_t n = 0; n < neurons; ++n) {
    const char* kinds[] = {"src", "lif", "src", "lif", "leaky_readout"};
    models.push_back(kinds[draw.below(n == 0 ? 4 : 5)]);
    if (allowed == Kinds::kAll && draw.chance(0.3)) models.back() = "cuba_lif";
    sizes.push_back(draw.chance(0.2) ? sizes.back() : 1 + draw.below(150));
    const std::string values = parameters(draw, models.back());
    receptor_counts.push_back(models.back() == "cuba_lif" ? receptors(values) : 1);
    yaml += fmt::format("  n{}: {{ model: {}, size: {}, parameters: {} }}\n", n, models.back(),
                        sizes.back(), values);
    states += fmt::format("    n{}: {{ variables: [{}], neurons: all }}\n", n,
                          models.back() == "src"        ? "i, x, h, hs"
                          : models.back() == "cuba_lif" ? variables(values)
                                                        : "v");
  }
  yaml += "projections:\n";
  const auto project = [&](std::size_t from, std::size_t to, std::size_t least, std::size_t span) {
    const bool drawn = allowed == Kinds::kAll && draw.chance(0.3);
    const std::string keys = fmt::format("delay: {}, receptor: {}", delay(draw, least, span, drawn),
                                         draw.below(receptor_counts[to - sources]));
    if (sizes[from] % sizes[to] == 0 && draw.chance(0.5)) {
      yaml += fmt::format(
          "  - {{ from: {}, to: n{}, {}, connect: class_groups{} }}\n",
          from < sources ? fmt::format("s{}", from) : fmt::format("n{}", from - sources),
          to - sources, keys, rounding(draw));
      return;
    }
    const auto name = [&](std::size_t p) {
      return p < sources ? fmt::format("s{}", p) : fmt::format("n{}", p - sources);
    };
    yaml += fmt::format("  - {{ from: {}, to: {}, {}, connect: {}, weights: {}{} }}\n", name(from),
                        name(to), keys, connection(draw, sizes[from], sizes[to], drawn),
                        weights(draw), rounding(draw));
  };
  for (std::size_t n = 0; n < neurons; ++n) {
    const std::size_t to = sources + n;
    const std::size_t before = draw.below(to);
    const bool fires = before < sources || models[before - sources] != "leaky_readout";
    project(fires ? before : 0, to, 0, 3);
    if (draw.chance(0.5)) project(0, to, 0, 4);
    if (models[n] != "leaky_readout" && draw.chance(0.4)) {
      project(to, sources + draw.below(neurons), 1, 5);
    }
  }
  return yaml + "record:\n  states:\n" + states;
}

SampleInput random_input(const Description& description, std::uint64_t seed, double density) {
  Draw draw(seed);
  SampleInput input;
  for (const PopulationSpec& population : description.populations) {
    if (!population.source) continue;
    SpikeTrain& train = input.sources.emplace_back();
    const bool graded = draw.chance(0.5);
    for (Tick tick = 0; tick < description.time.total(); ++tick) {
      for (std::size_t n = 0; n < population.size; ++n) {
        if (!draw.chance(density)) continue;
        if (graded) {
          train.append(tick, static_cast<NeuronId>(n), draw.real(-1, 1));
        } else {
          train.append(tick, static_cast<NeuronId>(n));
        }
      }
    }
  }
  return input;
}

NumericArray no_files(const std::string& file, const std::string&) {
  throw DataError(file, "unexpected read");
}

Observation observe_states(const Description& description) {
  Observation observation;
  for (const StateRecordSpec& state : description.record.states) {
    const ModelInfo& model = *description.populations[state.population].info;
    Probe& probe = observation.probes.emplace_back();
    probe.population = state.population;
    probe.names = state.variables;
    probe.neurons = state.neurons;
    for (const std::string& name : state.variables) {
      probe.variables.push_back(static_cast<std::size_t>(std::ranges::find(model.variables, name) -
                                                         model.variables.begin()));
    }
  }
  observation.final_states = FinalStates::kKeep;
  return observation;
}

}  // namespace neurosim::test
