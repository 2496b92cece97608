// The engines against vectors computed by others in float64 (see README.md beside the files).

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/src_neuron.hpp"
#include "sim/engine/engine.hpp"
#include "sim/io/arrays.hpp"
#include "sim/network/read_description.hpp"
#include "support/networks.hpp"
#include "support/shared_data.hpp"

namespace neurosim {
namespace {

constexpr const char* kFile = "reference/equations.h5";

NumericArray load(const std::string& dataset) {
  return load_hdf5_array(test::shared_path(kFile), dataset);
}

template <class T>
double generate_error(bool current, double bias, double zs_dep, std::size_t steps) {
  const std::string group = fmt::format("single_neuron/{}/b{}_zhyp0.9_zdep{}",
                                        current ? "current" : "previous", bias, zs_dep);
  const NumericArray x = load(group + "/x"), h = load(group + "/h"), hs = load(group + "/hs");
  std::vector<FieldValue> values;
  for (const FieldInfo& field : SrcNeuron::kFields) values.push_back(default_value(field));
  values[SrcNeuron::kZsDep] = {zs_dep};
  const auto p = SrcNeuron::parameters<T>(values, 1);
  T state_h = 0, state_hs = 0;
  double worst = 0;
  for (std::size_t t = 0; t < steps; ++t) {
    const T c = tanh(src::activation(static_cast<T>(x.values[t]), p.r, p.rs, static_cast<T>(bias),
                                     state_h, state_hs));
    if (current) {
      SrcNeuron::update<true, false>(p, c, state_h, state_hs);
    } else {
      SrcNeuron::update<false, false>(p, c, state_h, state_hs);
    }
    worst = std::max({worst, std::fabs(static_cast<double>(state_h) - h.values[t]),
                      std::fabs(static_cast<double>(state_hs) - hs.values[t])});
  }
  return worst;
}

TEST_CASE("a single SRC neuron follows the reference") {
  if (!test::have_shared(kFile)) return;
  for (const bool current : {false, true}) {
    for (const double bias : {-4.0, -5.0, -6.0}) {
      for (const double zs_dep : {0.0, 0.9}) {
        CAPTURE(current);
        CAPTURE(bias);
        CAPTURE(zs_dep);
        // This case is chaotic: only its first 100 steps are comparable.
        const bool chaotic = current && bias == -4 && zs_dep == 0;
        CHECK(generate_error<double>(current, bias, zs_dep, chaotic ? 100 : 300) < 1e-11);
      }
    }
  }
}

TEST_CASE("a single SRC neuron follows the reference in single precision") {
  if (!test::have_shared(kFile)) return;
  for (const bool current : {false, true}) {
    for (const double bias : {-4.0, -5.0, -6.0}) {
      for (const double zs_dep : {0.0, 0.9}) {
        CAPTURE(current);
        CAPTURE(bias);
        CAPTURE(zs_dep);
        // Over as many steps as the networks have, and within their tolerance.
        CHECK(generate_error<float>(current, bias, zs_dep, 60) < (current ? 2e-2 : 1e-4));
      }
    }
  }
}

struct NetworkCase {
  const char* name;
  const char* model;       ///< of both layers
  const char* parameters;  ///< of both layers, beside the bias
  double double_tolerance, single_tolerance;
};

// Tolerances as the README beside the vectors derives them from the rounding of tanh.
constexpr NetworkCase kCases[] = {
    {"src_paper_recipe", "src", "slow_gate: current", 1e-10, 2e-2},
    {"src_slow_gate_previous", "src", "slow_gate: previous", 1e-12, 1e-4},
    {"src_no_detach", "src", "slow_gate: current", 1e-10, 2e-2},
    {"src_true_relu", "src", "slow_gate: current", 1e-10, 2e-2},
    {"src_exact_gradient", "src", "slow_gate: current", 1e-10, 2e-2},
    {"src_z_half", "src", "slow_gate: current, z: 0.5", 1e-10, 2e-2},
    {"src_latency_alpha", "src", "slow_gate: current, alpha: 0.99", 1e-10, 2e-2},
    {"lif", "lif", "leak: 0.9", 1e-12, 1e-4},
};

std::string case_yaml(const NetworkCase& c, const std::vector<std::size_t>& sizes, Tick steps,
                      const char* precision) {
  const std::string file = test::shared_path(kFile), group = fmt::format("network/{}", c.name);
  const bool src = std::string(c.model) == "src";
  std::string yaml = fmt::format(
      "format: neurosim/1\nname: conformance\nprecision: {}\ntime: {{ steps: {} }}\npopulations:\n"
      "  input: {{ model: spike_list, size: {}, spikes: [] }}\n",
      precision, steps, sizes[0]);
  for (int layer = 0; layer < 2; ++layer) {
    const std::string bias =
        src ? fmt::format(", bias_max: none, bias: {{ file: {}, dataset: {}/layer{}/b }}", file,
                          group, layer)
            : "";
    yaml += fmt::format("  layer{}: {{ model: {}, size: {}, parameters: {{ {}{} }} }}\n", layer,
                        c.model, sizes[static_cast<std::size_t>(layer) + 1], c.parameters, bias);
  }
  yaml += fmt::format(
      "  readout: {{ model: leaky_readout, size: {}, parameters: "
      "{{ alpha: 0.99 }} }}\nprojections:\n",
      sizes[3]);
  for (int layer = 0; layer < 2; ++layer) {
    yaml += fmt::format(
        "  - {{ from: {}, to: layer{}, connect: all_to_all, weights: "
        "{{ file: {}, dataset: {}/layer{}/W }} }}\n",
        layer == 0 ? "input" : "layer0", layer, file, group, layer);
  }
  yaml += fmt::format(
      "  - {{ from: layer1, to: readout, connect: all_to_all, weights: "
      "{{ file: {}, dataset: {}/readout/R }} }}\n",
      file, group);
  const char* variables = src ? "i, x, h, hs" : "v";
  return yaml + fmt::format(
                    "record:\n  states:\n"
                    "    layer0: {{ variables: [{0}], neurons: all }}\n"
                    "    layer1: {{ variables: [{0}], neurons: all }}\n"
                    "    readout: {{ variables: [v], neurons: all }}\n",
                    variables);
}

/// A dense array [step][sample][neuron] as the train of one sample.
SpikeTrain train_of(const NumericArray& spikes, std::size_t sample) {
  SpikeTrain train;
  for (std::size_t t = 0; t < spikes.shape[0]; ++t) {
    for (std::size_t n = 0; n < spikes.shape[2]; ++n) {
      if (spikes.values[(t * spikes.shape[1] + sample) * spikes.shape[2] + n] != 0) {
        train.append(static_cast<Tick>(t), static_cast<NeuronId>(n));
      }
    }
  }
  return train;
}

double trace_error(const StateTrace& trace, std::size_t variable, const NumericArray& expected,
                   std::size_t sample) {
  const std::size_t steps = expected.shape[0], samples = expected.shape[1],
                    neurons = expected.shape[2];
  REQUIRE(trace.neurons.size() == neurons);
  double worst = 0;
  for (std::size_t t = 0; t < steps; ++t) {
    for (std::size_t n = 0; n < neurons; ++n) {
      const double value = trace.values[(variable * steps + t) * neurons + n];
      const double truth = expected.values[(t * samples + sample) * neurons + n];
      worst = std::max(worst, std::fabs(value - truth));
    }
  }
  return worst;
}

/// Number of spikes whose tick or neuron differ from the expected outputs, and the worst value.
std::pair<std::size_t, double> spike_error(const SpikeTrain& train, const NumericArray& expected,
                                           std::size_t sample) {
  std::vector<double> outputs(expected.shape[0] * expected.shape[2], 0.0);
  for (std::size_t k = 0; k < train.packet_count(); ++k) {
    const SpikePacket packet = train.packet(k);
    for (std::size_t n = 0; n < packet.ids.size(); ++n) {
      outputs[static_cast<std::size_t>(packet.tick) * expected.shape[2] + packet.ids[n]] =
          train.graded() ? packet.values[n] : 1.0;
    }
  }
  std::size_t wrong = 0;
  double worst = 0;
  for (std::size_t t = 0; t < expected.shape[0]; ++t) {
    for (std::size_t n = 0; n < expected.shape[2]; ++n) {
      const double truth =
          expected.values[(t * expected.shape[1] + sample) * expected.shape[2] + n];
      const double value = outputs[t * expected.shape[2] + n];
      wrong += (value > 0) != (truth > 0);
      worst = std::max(worst, std::fabs(value - truth));
    }
  }
  return {wrong, worst};
}

template <class T>
void check_case(const NetworkCase& c, double tolerance) {
  const std::string group = fmt::format("network/{}", c.name);
  const NumericArray input = load(group + "/input_spikes");
  const auto width = [&](const std::string& name) { return load(group + name).shape[0]; };
  const std::vector<std::size_t> sizes = {input.shape[2], width("/layer0/W"), width("/layer1/W"),
                                          width("/readout/R")};
  const auto steps = static_cast<Tick>(input.shape[0]);
  const Description description = parse_description(
      case_yaml(c, sizes, steps, std::is_same_v<T, float> ? "single" : "double"), "case.yaml");
  const Network<T> network = compile<T>(description, &load_hdf5_array);
  const auto engine = make_event_engine(network, test::observe_states(description));
  const bool src = std::string(c.model) == "src";
  for (std::size_t sample = 0; sample < input.shape[1]; ++sample) {
    CAPTURE(sample);
    SampleInput sources;
    sources.sources.push_back(train_of(input, sample));
    SampleRecord record;
    engine->run(sample, sources, record);
    for (std::size_t layer = 0; layer < 2; ++layer) {
      CAPTURE(layer);
      const std::string base = fmt::format("{}/layer{}/", group, layer);
      const std::vector<std::string> variables =
          src ? std::vector<std::string>{"i", "x", "h", "hs"} : std::vector<std::string>{"v"};
      for (std::size_t v = 0; v < variables.size(); ++v) {
        CAPTURE(variables[v]);
        CHECK(trace_error(record.traces[layer], v, load(base + variables[v]), sample) <= tolerance);
      }
      const auto [wrong, worst] = spike_error(record.spikes[layer + 1], load(base + "s"), sample);
      CHECK(wrong == 0);
      CHECK(worst <= tolerance);
    }
    CHECK(trace_error(record.traces[2], 0, load(group + "/readout/trace"), sample) <=
          20 * tolerance);  // sums the errors of up to 20 neurons
  }
}

TEST_CASE("networks follow the reference in double precision") {
  if (!test::have_shared(kFile)) return;
  for (const NetworkCase& c : kCases) {
    CAPTURE(std::string(c.name));
    check_case<double>(c, c.double_tolerance);
  }
}

TEST_CASE("networks follow the reference in single precision") {
  if (!test::have_shared(kFile)) return;
  for (const NetworkCase& c : kCases) {
    CAPTURE(std::string(c.name));
    check_case<float>(c, c.single_tolerance);
  }
}

TEST_CASE("a feed-forward LIF network fires as the reference does") {
  const std::string file = test::shared_path("reference/ff_lif.h5");
  if (!test::have_shared("reference/ff_lif.h5")) return;
  std::string yaml =
      "format: neurosim/1\nname: ff\nprecision: double\ntime: { steps: 200 }\npopulations:\n"
      "  input: { model: spike_list, size: 784, spikes: [] }\n  l0: { model: lif, size: 512 }\n"
      "  l1: { model: lif, size: 512 }\n  l2: { model: lif, size: 100 }\nprojections:\n";
  for (int k = 0; k < 3; ++k) {
    yaml += fmt::format(
        "  - {{ from: {}, to: l{}, connect: all_to_all, weights: {{ file: {}, "
        "dataset: weights/{} }} }}\n",
        k == 0 ? "input" : fmt::format("l{}", k - 1), k, file, k);
  }
  const Description description = parse_description(yaml, "ff.yaml");
  const auto network = compile<double>(description, &load_hdf5_array);
  const auto engine = make_event_engine(network, {});
  const NumericArray input = load_hdf5_array(file, "input/image_step_pixel");
  std::vector<std::vector<std::pair<Tick, NeuronId>>> images(32);
  for (std::size_t k = 0; k < input.shape[0]; ++k) {
    images.at(static_cast<std::size_t>(input.values[3 * k]))
        .emplace_back(static_cast<Tick>(input.values[3 * k + 1]),
                      static_cast<NeuronId>(input.values[3 * k + 2]));
  }
  std::vector<NumericArray> counts;
  for (int k = 0; k < 3; ++k) {
    counts.push_back(load_hdf5_array(file, fmt::format("expected/spike_counts/{}", k)));
  }
  for (std::size_t image = 0; image < images.size(); ++image) {
    CAPTURE(image);
    std::sort(images[image].begin(), images[image].end());
    SampleInput sample;
    sample.sources.emplace_back();
    for (const auto& [tick, pixel] : images[image]) sample.sources[0].append(tick, pixel);
    SampleRecord record;
    engine->run(image, sample, record);
    for (std::size_t layer = 0; layer < 3; ++layer) {
      for (std::size_t n = 0; n < counts[layer].shape[1]; ++n) {
        REQUIRE(record.spiking_ticks[layer + 1][n] ==
                counts[layer].values[image * counts[layer].shape[1] + n]);
      }
    }
  }
}

}  // namespace
}  // namespace neurosim
