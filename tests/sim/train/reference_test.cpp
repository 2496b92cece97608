// Gradients and optimiser against vectors computed by others in float64 with PyTorch (see README.md
// beside the file).

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/io/arrays.hpp"
#include "sim/network/read_description.hpp"
#include "sim/train/gradients.hpp"
#include "sim/train/optimiser.hpp"
#include "support/shared_data.hpp"

namespace neurosim {
namespace {

constexpr const char* kFile = "reference/equations.h5";

NumericArray load(const std::string& dataset) {
  return load_hdf5_array(test::shared_path(kFile), dataset);
}

struct Case {
  const char* name;
  const char* parameters;  ///< of the neurons
  const char* training;
  double tolerance;  ///< of the largest entry
};

constexpr const char* kBypass = "recurrent_gradient: detached";
constexpr Case kCases[] = {
    {"src_paper_recipe", "slow_gate: current", kBypass, 1e-10},
    {"src_slow_gate_previous", "slow_gate: previous", kBypass, 1e-10},
    {"src_latency_alpha", "slow_gate: current, alpha: 0.99", kBypass, 1e-10},
    {"src_z_half", "slow_gate: current, z: 0.5", kBypass, 1e-10},
    {"src_true_relu", "slow_gate: current", "relu_gradient: relu", 1e-10},
    {"src_no_detach", "slow_gate: current", "recurrent_gradient: full", 1e-8},
    {"src_exact_gradient", "slow_gate: current", "recurrent_gradient: full, relu_gradient: relu",
     1e-8},
};

std::string weights(const std::string& dataset) {
  return fmt::format("{{ file: \"{}\", dataset: {} }}", test::shared_path(kFile), dataset);
}

Description describe(const std::string& group, const std::string& neuron,
                     const std::string& training) {
  const NumericArray input = load(group + "/input_spikes");
  const auto size = [&](const char* layer) { return load(group + layer).shape[0]; };
  std::string yaml = fmt::format(
      "format: neurosim/1\nprecision: double\ntime: {{ steps: {} }}\npopulations:\n"
      "  input: {{ model: spike_list, size: {}, spikes: [] }}\n"
      "  layer0: {{ size: {}, {} }}\n  layer1: {{ size: {}, {} }}\n"
      "  classes: {{ model: leaky_readout, size: {} }}\nprojections:\n",
      input.shape[0], input.shape[2], size("/layer0/W"),
      fmt::vformat(neuron, fmt::make_format_args(weights(group + "/layer0/b"))), size("/layer1/W"),
      fmt::vformat(neuron, fmt::make_format_args(weights(group + "/layer1/b"))),
      size("/readout/R"));
  yaml += fmt::format("  - {{ from: input, to: layer0, learn: true, weights: {} }}\n",
                      weights(group + "/layer0/W"));
  yaml += fmt::format("  - {{ from: layer0, to: layer1, learn: true, weights: {} }}\n",
                      weights(group + "/layer1/W"));
  yaml += fmt::format("  - {{ from: layer1, to: classes, weights: {} }}\n",
                      weights(group + "/readout/R"));
  yaml += fmt::format("training: {{ {} }}\n", training);
  return parse_description(yaml, "reference.yaml");
}

TrainingData samples_of(const std::string& group) {
  const NumericArray spikes = load(group + "/input_spikes"), labels = load(group + "/labels");
  std::vector<SampleInput> samples(labels.values.size());
  for (std::size_t s = 0; s < samples.size(); ++s) {
    samples[s].label = static_cast<std::int64_t>(labels.values[s]);
    SpikeTrain& train = samples[s].sources.emplace_back();
    for (std::size_t t = 0; t < spikes.shape[0]; ++t) {
      for (std::size_t n = 0; n < spikes.shape[2]; ++n) {
        const double value = spikes.values[(t * spikes.shape[1] + s) * spikes.shape[2] + n];
        if (value == 1) train.append(static_cast<Tick>(t), static_cast<NeuronId>(n));
      }
    }
  }
  return test::fixed_data(std::move(samples));
}

/// Largest difference over the largest entry.
double difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0, largest = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    worst = std::max(worst, std::fabs(a[k] - b[k]));
    largest = std::max(largest, std::fabs(b[k]));
  }
  return worst / largest;
}

TEST_CASE("gradients of SRC networks follow the reference") {
  if (!test::have_shared(kFile)) return;
  for (const Case& c : kCases) {
    CAPTURE(c.name);
    const std::string group = std::string("network/") + c.name;
    const std::string neuron = std::string("model: src, learn: [bias], parameters: {{ ") +
                               c.parameters + ", bias_max: none, bias: {} }}";
    const Description description = describe(group, neuron, c.training);
    const TrainingData data = samples_of(group);
    for (const GradientOrder order : {GradientOrder::kBySpikes, GradientOrder::kByErrors}) {
      const test::Gradients found = test::gradients<double>(description, data, {.order = order});
      for (const char* layer : {"layer0", "layer1"}) {
        CAPTURE(layer);
        const std::string from = std::string(layer) == "layer0" ? "input" : "layer0";
        const double weight_error = difference(found.by.at(from + "_to_" + layer),
                                               load(group + "/" + layer + "/dW").values);
        const double bias_error = difference(found.by.at(std::string(layer) + "/bias"),
                                             load(group + "/" + layer + "/db").values);
        CHECK(weight_error < c.tolerance);
        CHECK(bias_error < c.tolerance);
      }
    }
  }
}

}  // namespace
}  // namespace neurosim
