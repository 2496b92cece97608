#include "sim/train/worker.hpp"

#include <algorithm>

#include "sim/core/denormals.hpp"
#include "sim/core/error.hpp"
#include "sim/train/loss.hpp"

namespace neurosim {

template <class T>
Worker<T>::Worker(const Network<T>& network, const Plan& plan, const Recipe& recipe,
                  const Segments& segments, const TrainingData& data,
                  const std::vector<std::optional<TransposedWeights<T>>>& transposed)
    : network_(network),
      plan_(plan),
      recipe_(recipe),
      segments_(segments),
      data_(data),
      forward_(network, plan, recipe.mode, segments),
      backward_(network, plan, recipe, segments, transposed),
      d_readout_(kShardSamples) {
  record_.inputs.resize(kShardSamples);
  record_.readout.resize(kShardSamples);
  record_.spikes.resize(network.population_count());
  record_.tape.resize(network.population_count());
  for (std::size_t p = 0; p < network.population_count(); ++p) {
    record_.spikes[p].resize(kShardSamples);
    if (!plan.backward[p]) continue;
    const NeuronBlocks<T>& neurons = *network.neurons[p];
    record_.tape[p].resize(kShardSamples, neurons.blocks(), segments.length,
                           neurons.tape_rows(recipe.mode));
  }
}

template <class T>
void Worker<T>::forward(std::span<const std::uint32_t> samples, std::uint32_t pass, Taping taping) {
  record_.samples = samples.size();
  {
    const Stopwatch watch(times_.fill);
    for (std::size_t s = 0; s < samples.size(); ++s) {
      SampleInput& input = record_.inputs[s];
      data_.fill(samples[s], pass, input);
      std::size_t source = 0;
      for (std::size_t p = 0; p < network_.population_count(); ++p) {
        if (network_.neurons[p]) continue;
        record_.spikes[p][s].assign(input.sources.at(source++), network_.ticks);
      }
    }
  }
  const Stopwatch watch(times_.forward);
  forward_.run(record_, samples, pass, taping);
}

template <class T>
ShardResult Worker<T>::loss(std::span<const std::uint32_t> samples, double weight) {
  ShardResult result;
  for (std::size_t s = 0; s < record_.samples; ++s) {
    const std::int64_t label = record_.inputs[s].label;
    const std::vector<double>& readout = record_.readout[s];
    if (label < 0 || static_cast<std::size_t>(label) >= readout.size()) {
      throw DataError("training data",
                      "sample " + std::to_string(samples[s]) + " has " +
                          (label < 0 ? std::string("no label") : "label " + std::to_string(label)) +
                          ", the readout " + std::to_string(readout.size()) + " classes");
    }
    Loss loss = cross_entropy(readout, static_cast<std::size_t>(label), weight);
    result.loss += loss.value;
    result.correct += loss.correct ? 1 : 0;
    d_readout_[s] = std::move(loss.gradient);
  }
  return result;
}

template <class T>
void Worker<T>::learn(std::span<const std::uint32_t> samples, std::uint32_t pass,
                      std::size_t batch_samples, const BatchSettings& settings,
                      ShardGradient<T>& gradient) {
  forward(samples, pass, segments_.count() == 1 ? Taping::kOn : Taping::kOff);
  const ShardResult result = loss(samples, 1 / static_cast<double>(batch_samples));
  gradient.loss = result.loss;
  gradient.correct = result.correct;
  gradient.weights.resize(network_.projections.size());
  for (auto& weights : gradient.weights) weights.any = false;
  gradient.fields.resize(network_.population_count());
  gradient.errors.resize(network_.population_count());
  gradient.spikes.assign(network_.population_count(), 0);
  for (std::size_t p = 0; p < network_.population_count(); ++p) {
    gradient.errors[p].clear();
    for (std::size_t s = 0; s < samples.size(); ++s) {
      gradient.spikes[p] += record_.spikes[p][s].count();
    }
    if (!plan_.backward[p]) continue;
    const NeuronBlocks<T>& neurons = *network_.neurons[p];
    gradient.fields[p].assign(
        static_cast<std::size_t>(neurons.blocks()) * learnable_fields(neurons.model()) * kBlock,
        T(0));
  }
  backward_.begin(record_, d_readout_, batch_samples);
  for (std::size_t k = segments_.count(); k-- > 0;) {
    if (segments_.count() > 1) {
      const Stopwatch watch(times_.forward);
      forward_.replay(record_, k);
    }
    const FlushDenormals flush;
    backward_.run(record_, k, settings, gradient);
  }
}

template <class T>
ShardResult Worker<T>::evaluate(std::span<const std::uint32_t> samples, std::uint32_t pass) {
  forward(samples, pass, Taping::kOff);
  return loss(samples, 1);
}

template <class T>
TrainingTimes Worker<T>::times() const {
  TrainingTimes times = times_;
  times.add(backward_.times());
  return times;
}

template class Worker<float>;
template class Worker<double>;

}  // namespace neurosim
