#include "sim/train/gradients.hpp"

#include "sim/io/arrays.hpp"
#include "sim/train/parameters.hpp"
#include "sim/train/worker.hpp"

namespace neurosim::test {

TrainingData fixed_data(std::vector<SampleInput> samples) {
  const std::size_t count = samples.size();
  return {count, [samples = std::move(samples)](std::size_t sample, std::uint32_t,
                                                SampleInput& input) { input = samples[sample]; }};
}

template <class T>
Gradients gradients(const Description& description, const TrainingData& data,
                    const GradientOptions& options) {
  Network<T> network = compile<T>(description, &load_hdf5_array);
  const Recipe recipe = make_recipe(description.training);
  const Plan plan = make_plan(description, recipe.mode);
  const auto count = static_cast<Tick>(options.segments);
  const Segments segments = {network.ticks, (network.ticks + count - 1) / count};
  Parameters<T> parameters(description, network);
  std::vector<std::optional<TransposedWeights<T>>> transposed(network.projections.size());
  for (std::size_t k = 0; k < network.projections.size(); ++k) {
    if (plan.propagate[k]) transposed[k].emplace(network.projections[k]);
  }
  Worker<T> worker(network, plan, recipe, segments, data, transposed);
  const BatchSettings settings = {
      std::vector<float>(network.population_count(), options.threshold),
      std::vector<GradientOrder>(network.projections.size(), options.order), 0};
  std::vector<std::uint32_t> samples(data.samples);
  for (std::size_t k = 0; k < samples.size(); ++k) samples[k] = static_cast<std::uint32_t>(k);
  std::vector<ShardGradient<T>> shards(1);
  worker.learn(samples, 1, samples.size(), settings, shards[0]);

  Gradients result;
  result.loss = shards[0].loss / static_cast<double>(data.samples);
  for (const ErrorCount& errors : shards[0].errors) result.events.push_back(errors.events);
  for (Parameter<T>& parameter : parameters.all()) {
    std::vector<double>& by = result.by[parameter.name];
    if (!parameter.weights) {
      parameters.sum_field(parameter, std::span<const ShardGradient<T>>(shards));
      by.assign(parameter.gradient.begin(), parameter.gradient.end());
      continue;
    }
    for (std::size_t piece = 0; piece < parameters.pieces(parameter); ++piece) {
      const GradientOrder order = network.projections[parameter.projection].dense
                                      ? options.order
                                      : GradientOrder::kBySpikes;
      parameters.sum_weights(parameter, piece, order, std::span<const ShardGradient<T>>(shards));
    }
    std::copy(parameter.gradient.begin(), parameter.gradient.end(), parameter.values.begin());
    const NamedArray saved = parameters.saved_weights(parameter);
    const auto& values = std::get<std::vector<T>>(saved.values);
    by.assign(values.begin(), values.end());
  }
  return result;
}

template Gradients gradients<float>(const Description&, const TrainingData&,
                                    const GradientOptions&);
template Gradients gradients<double>(const Description&, const TrainingData&,
                                     const GradientOptions&);

}  // namespace neurosim::test
