// Gradients and optimiser against vectors computed by others in float64 with PyTorch (see README.md
// beside the file).

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/io/arrays.hpp"
#include "sim/io/hdf5.hpp"
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

/// Of the loss itself.
constexpr double kLossTolerance = 1e-12;

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

hdf5::Group group_of(const std::string& path) {
  return hdf5::File::open(test::shared_path(kFile)).root().group(path);
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
      const double loss = group_of(group).number<double>("loss");
      CHECK(std::fabs(found.loss - loss) < kLossTolerance * loss);
      for (const char* layer : {"layer0", "layer1"}) {
        CAPTURE(layer);
        const std::string from = std::string(layer) == "layer0" ? "input" : "layer0";
        const double weight_error = test::largest_difference(
            found.by.at(from + "_to_" + layer), load(group + "/" + layer + "/dW").values);
        const double bias_error = test::largest_difference(
            found.by.at(std::string(layer) + "/bias"), load(group + "/" + layer + "/db").values);
        CHECK(weight_error < c.tolerance);
        CHECK(bias_error < c.tolerance);
      }
    }
  }
}

TEST_CASE("gradients of a LIF network follow the reference") {
  if (!test::have_shared(kFile)) return;
  const std::string group = "network/lif";
  // Its surrogate is 1 / (1 + (pi x)^2), which is ATan with slope 2.
  const Description description =
      describe(group, "model: lif, learn: [leak, threshold], parameters: {{ leak: 0.9 }}",
               "surrogate: atan, surrogate_slope: 2");
  const TrainingData data = samples_of(group);
  for (const GradientOrder order : {GradientOrder::kBySpikes, GradientOrder::kByErrors}) {
    const test::Gradients found = test::gradients<double>(description, data, {.order = order});
    const double loss = group_of(group).number<double>("loss");
    CHECK(std::fabs(found.loss - loss) < kLossTolerance * loss);
    for (const std::string layer : {"layer0", "layer1"}) {
      CAPTURE(layer);
      const std::string from = layer == "layer0" ? "input" : "layer0";
      const double weight_error = test::largest_difference(
          found.by.at(from + "_to_" + layer), load(group + "/" + layer + "/dW").values);
      CHECK(weight_error < 1e-11);
      const hdf5::Group attributes = group_of(group + "/" + layer);
      for (const auto& [field, attribute] :
           {std::pair("leak", "dalpha"), std::pair("threshold", "dthreshold")}) {
        const double truth = attributes.number<double>(attribute);
        const std::vector<double>& value = found.by.at(layer + "/" + field);
        REQUIRE(value.size() == 1);
        CHECK(std::fabs(value[0] - truth) < 1e-11 * std::fabs(truth));
      }
    }
  }
}

TEST_CASE("the optimiser follows the reference") {
  if (!test::have_shared(kFile)) return;
  const NumericArray gradient_p = load("optimiser/gradient_p"),
                     gradient_q = load("optimiser/gradient_q");
  const NumericArray rates = load("optimiser/learning_rate"),
                     norms = load("optimiser/norm_before_clipping");
  const NumericArray expected_p = load("optimiser/p"), expected_q = load("optimiser/q");
  const std::size_t steps = gradient_p.shape[0];
  std::vector<FieldValue> training = Training::defaults();
  training[Training::kEpochs] = {static_cast<double>(steps)};
  const Recipe recipe = make_recipe(training);
  std::vector<double> p(gradient_p.shape[1], 0.0), q(gradient_q.shape[1], 1.0);
  std::vector<double> mean_p(p), square_p(p), mean_q(q.size(), 0.0), square_q(q.size(), 0.0);
  for (std::size_t k = 0; k < steps; ++k) {
    CAPTURE(k);
    const auto row = [k](const NumericArray& array) {
      return std::span(array.values).subspan(k * array.shape[1], array.shape[1]);
    };
    double squares = 0;
    for (const double g : row(gradient_p)) squares += g * g;
    for (const double g : row(gradient_q)) squares += g * g;
    const double rate = learning_rate(recipe, k), norm = std::sqrt(squares);
    CHECK(std::fabs(rate - rates.values[k]) < 1e-12);
    CHECK(std::fabs(norm - norms.values[k]) < 1e-12);
    const OptimiserStep<double> step(recipe, rate, k + 1, clip_scale(recipe, norm));
    step.apply(row(gradient_p), false, mean_p, square_p, p);
    step.apply(row(gradient_q), false, mean_q, square_q, q);
    for (std::size_t n = 0; n < p.size(); ++n) {
      CHECK(std::fabs(p[n] - row(expected_p)[n]) < 1e-12);
    }
    for (std::size_t n = 0; n < q.size(); ++n) {
      CHECK(std::fabs(q[n] - row(expected_q)[n]) < 1e-12);
    }
  }
}

}  // namespace
}  // namespace neurosim
