#include "sim/train/gradients.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "sim/io/arrays.hpp"
#include "sim/train/loss.hpp"
#include "support/networks.hpp"
#include "support/random_tests.hpp"

namespace neurosim::test {
namespace {

std::vector<std::uint32_t> first_numbers(std::size_t count) {
  std::vector<std::uint32_t> numbers(count);
  for (std::size_t k = 0; k < count; ++k) numbers[k] = static_cast<std::uint32_t>(k);
  return numbers;
}

}  // namespace

TrainingData fixed_data(std::vector<SampleInput> samples) {
  const std::size_t count = samples.size();
  return {count, [samples = std::move(samples)](std::size_t sample, std::uint32_t,
                                                SampleInput& input) { input = samples[sample]; }};
}

TrainingData random_data(const Description& description, std::uint64_t seed, std::size_t samples,
                         double density) {
  Draw draw(seed + 1000);
  std::size_t classes = 1;
  for (const PopulationSpec& population : description.populations) {
    if (population.info != nullptr && !population.info->spikes) classes = population.size;
  }
  std::vector<SampleInput> inputs;
  for (std::size_t k = 0; k < samples; ++k) {
    inputs.push_back(random_input(description, seed * 100 + k, density));
    inputs.back().label = static_cast<std::int64_t>(draw.below(classes));
  }
  return fixed_data(std::move(inputs));
}

Segments cut(Tick ticks, std::uint64_t segments) {
  const auto count = static_cast<Tick>(segments);
  return {ticks, (ticks + count - 1) / count};
}

template <class T>
ShardRecord<T> make_record(const Network<T>& network, const Plan& plan, const GradientMode& mode,
                           const Segments& segments) {
  ShardRecord<T> record;
  record.inputs.resize(kShardSamples);
  record.readout.resize(kShardSamples);
  record.spikes.resize(network.population_count());
  record.tape.resize(network.population_count());
  for (std::size_t p = 0; p < network.population_count(); ++p) {
    record.spikes[p].resize(kShardSamples);
    if (!plan.backward[p]) continue;
    const NeuronBlocks<T>& neurons = *network.neurons[p];
    record.tape[p].resize(kShardSamples, neurons.blocks(), segments.length,
                          neurons.tape_rows(mode));
  }
  return record;
}

template <class T>
void load_samples(const Network<T>& network, const TrainingData& data, std::uint32_t pass,
                  ShardRecord<T>& record) {
  REQUIRE(data.samples <= kShardSamples);
  record.samples = data.samples;
  for (std::size_t s = 0; s < data.samples; ++s) {
    data.fill(s, pass, record.inputs[s]);
    std::size_t source = 0;
    for (std::size_t p = 0; p < network.population_count(); ++p) {
      if (network.neurons[p]) continue;
      record.spikes[p][s].assign(record.inputs[s].sources.at(source++), network.ticks);
    }
  }
}

template <class T>
TestNetwork<T>::TestNetwork(const Description& description, TrainingData data,
                            std::uint64_t segments)
    : network_(compile<T>(description, &load_hdf5_array)),
      data_(std::move(data)),
      recipe_(make_recipe(description.training)),
      plan_(make_plan(description, recipe_.mode)),
      segments_(cut(network_.ticks, segments)),
      parameters_(description, network_),
      transposed_(network_.projections.size()),
      forward_(network_, plan_, recipe_.mode, segments_),
      record_(make_record(network_, plan_, recipe_.mode, segments_)) {
  for (std::size_t k = 0; k < network_.projections.size(); ++k) {
    if (plan_.propagate[k]) transposed_[k].emplace(network_.projections[k]);
  }
}

template <class T>
Gradients TestNetwork<T>::gradients(const GradientOptions& options) {
  Worker<T> worker(network_, plan_, recipe_, segments_, data_, transposed_);
  BatchSettings settings = {std::vector<float>(network_.population_count(), options.threshold),
                            std::vector<GradientOrder>(network_.projections.size(), options.order),
                            0};
  if (!options.thresholds.empty()) settings.thresholds = options.thresholds;
  std::vector<ShardGradient<T>> shards(1);
  worker.learn(first_numbers(data_.samples), 1, data_.samples, settings, shards[0]);

  Gradients result;
  result.loss = shards[0].loss / static_cast<double>(data_.samples);
  result.errors = shards[0].errors;
  for (Parameter<T>& parameter : parameters_.all()) {
    std::vector<double>& by = result.by[parameter.name];
    if (!parameter.weights) {
      parameters_.sum_field(parameter, std::span<const ShardGradient<T>>(shards));
      by.assign(parameter.gradient.begin(), parameter.gradient.end());
      continue;
    }
    for (std::size_t piece = 0; piece < parameters_.pieces(parameter); ++piece) {
      const GradientOrder order = network_.projections[parameter.projection].dense
                                      ? options.order
                                      : GradientOrder::kBySpikes;
      parameters_.sum_weights(parameter, piece, order, std::span<const ShardGradient<T>>(shards));
    }
    // In the weights' place for a moment, as only they know how to leave the network's layout.
    const std::vector<T> weights(parameter.values.begin(), parameter.values.end());
    std::ranges::copy(parameter.gradient, parameter.values.begin());
    by = values(parameter.name);
    std::ranges::copy(weights, parameter.values.begin());
  }
  return result;
}

template <class T>
const ShardRecord<T>& TestNetwork<T>::forward() {
  load_samples(network_, data_, 1, record_);
  forward_.run(record_, first_numbers(data_.samples), 1, Taping::kOff);
  return record_;
}

template <class T>
double TestNetwork<T>::loss() const {
  double sum = 0;
  for (std::size_t s = 0; s < record_.samples; ++s) {
    const auto label = static_cast<std::size_t>(record_.inputs[s].label);
    sum += cross_entropy(record_.readout[s], label, 1).value;
  }
  return sum / static_cast<double>(record_.samples);
}

template <class T>
Parameter<T>& TestNetwork<T>::find(const std::string& name) {
  const auto found = std::ranges::find(parameters_.all(), name, &Parameter<T>::name);
  REQUIRE(found != parameters_.all().end());
  return *found;
}

template <class T>
std::vector<std::string> TestNetwork<T>::names() const {
  std::vector<std::string> names;
  for (const Parameter<T>& parameter : parameters_.all()) names.push_back(parameter.name);
  return names;
}

template <class T>
std::vector<double> TestNetwork<T>::values(const std::string& name) {
  const Parameter<T>& parameter = find(name);
  if (!parameter.weights) return {parameter.values.begin(), parameter.values.end()};
  const NamedArray saved = parameters_.saved_weights(parameter);
  const auto& values = std::get<std::vector<T>>(saved.values);
  return {values.begin(), values.end()};
}

template <class T>
void TestNetwork<T>::set(const std::string& name, const std::vector<double>& values) {
  Parameter<T>& parameter = find(name);
  std::vector<T> own;
  for (const double value : values) own.push_back(static_cast<T>(value));
  if (parameter.weights) {
    parameters_.load_weights(parameter, own);
    std::optional<TransposedWeights<T>>& transposed = transposed_[parameter.projection];
    for (int piece = 0; transposed && piece < transposed->pieces(); ++piece) {
      transposed->refresh(piece);
    }
  } else {
    std::ranges::copy(own, parameter.values.begin());
    parameters_.store();
  }
}

template <class T>
Gradients gradients(const Description& description, const TrainingData& data,
                    const GradientOptions& options) {
  return TestNetwork<T>(description, data, options.segments).gradients(options);
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0, largest = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const double difference = std::fabs(a[k] - b[k]);
    worst = difference <= worst ? worst : difference;  // a NaN stays
    largest = std::max(largest, std::fabs(b[k]));
  }
  return worst == 0 ? 0 : worst / largest;
}

template class TestNetwork<float>;
template class TestNetwork<double>;
template ShardRecord<float> make_record(const Network<float>&, const Plan&, const GradientMode&,
                                        const Segments&);
template ShardRecord<double> make_record(const Network<double>&, const Plan&, const GradientMode&,
                                         const Segments&);
template void load_samples(const Network<float>&, const TrainingData&, std::uint32_t,
                           ShardRecord<float>&);
template void load_samples(const Network<double>&, const TrainingData&, std::uint32_t,
                           ShardRecord<double>&);
template Gradients gradients<float>(const Description&, const TrainingData&,
                                    const GradientOptions&);
template Gradients gradients<double>(const Description&, const TrainingData&,
                                     const GradientOptions&);

}  // namespace neurosim::test
