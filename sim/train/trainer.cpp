#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/core/denormals.hpp"
#include "sim/core/error.hpp"
#include "sim/train/trainer_impl.hpp"

namespace neurosim {
namespace {

Segments cut(Tick ticks, std::uint64_t segments) {
  const auto count = static_cast<Tick>(segments);
  return {ticks, (ticks + count - 1) / count};
}

/// The samples kept for validation apart from those to learn from.
Split split_of(const TrainingData& data, const Recipe& recipe, std::uint64_t seed) {
  const ShuffleKey key = {seed, Stream::kValidation};
  if (recipe.validation_split == Training::kRandomSplit) {
    return split_samples(data.samples, recipe.validation, key);
  }
  std::vector<std::int64_t> labels(data.samples);
  for (std::size_t k = 0; k < labels.size(); ++k) labels[k] = data.label(k);
  return split_stratified(labels, recipe.validation, key);
}

}  // namespace

template <class T>
TrainerOf<T>::TrainerOf(const Description& description, Network<T> network, TrainingData data,
                        const TrainerOptions& options)
    : description_(description),
      network_(std::move(network)),
      data_(std::move(data)),
      recipe_(make_recipe(description.training)),
      plan_(make_plan(description, recipe_.mode)),
      split_(split_of(data_, recipe_, description.seed)),
      memory_(estimate_memory(network_, plan_, recipe_, options)),
      segments_(cut(network_.ticks, memory_.segments)),
      parameters_(description, network_),
      team_(useful_threads(recipe_, options.threads)),
      sums_(network_.population_count()),
      thresholds_(network_.population_count()),
      best_loss_(std::numeric_limits<double>::infinity()) {
  make_transposed();
  for (unsigned thread = 0; thread < team_.threads(); ++thread) {
    workers_.push_back(
        std::make_unique<Worker<T>>(network_, plan_, recipe_, segments_, data_, transposed_));
  }
  for (const PopulationSpec& population : description_.populations) {
    spiking_.push_back(population.info == nullptr || population.info->spikes);
  }
}

template <class T>
void TrainerOf<T>::make_transposed() {
  for (std::size_t k = 0; k < network_.projections.size(); ++k) {
    auto& transposed = transposed_.emplace_back();
    if (plan_.propagate[k]) transposed.emplace(network_.projections[k]);
  }
}

template <class T>
TrainingTimes TrainerOf<T>::times() const {
  TrainingTimes times;
  for (const auto& worker : workers_) times.add(worker->times());
  times.update = update_seconds_;
  times.wall = wall_seconds_;
  return times;
}

template <class T>
bool TrainerOf<T>::finished() const {
  return ended_ || epoch_ >= recipe_.epochs;
}

template <class T>
bool TrainerOf<T>::run(const Hooks& hooks) {
  while (!finished()) {
    if (!run_epoch(hooks)) return false;
  }
  return true;
}

/// From where the epoch stands to its end. Returns false when it was stopped before.
template <class T>
bool TrainerOf<T>::run_epoch(const Hooks& hooks) {
  const std::size_t total = split_.kept.size();
  if (sums_.samples == total) {  // a checkpoint between an epoch's last batch and its end
    end_epoch(hooks);
    return true;
  }
  order_ = shuffled(split_.kept, description_.seed, static_cast<std::uint32_t>(epoch_));
  while (sums_.samples < total) {
    const std::size_t first = sums_.samples;
    const std::size_t count = std::min(recipe_.batch, total - first);
    {
      double seconds = 0;
      {
        const Stopwatch watch(seconds);
        learn_batch(std::span(order_).subspan(first, count));
      }
      sums_.seconds += seconds;
      wall_seconds_ += seconds;
    }
    if (hooks.batch) {
      const auto done = static_cast<double>(sums_.samples);
      hooks.batch({.epoch = epoch_ + 1,
                   .epochs = recipe_.epochs,
                   .done = sums_.samples,
                   .total = total,
                   .loss = sums_.loss / done,
                   .accuracy = static_cast<double>(sums_.correct) / done});
    }
    if (sums_.samples == total) end_epoch(hooks);
    const bool over = finished();
    if (hooks.stop && hooks.stop() && !over) return false;
    if (sums_.samples == 0) return true;
  }
  return true;
}

/// Which way a dense projection's gradient is likely to cost less, from the last batch.
template <class T>
GradientOrder TrainerOf<T>::order_of(std::size_t projection) const {
  const Projection<T>& p = network_.projections[projection];
  const ErrorThreshold& errors = thresholds_[p.to];
  const double by_errors = errors.events * static_cast<double>(BlockShape{p.sources}.lanes());
  const double by_spikes = errors.spikes * static_cast<double>(BlockShape{p.targets}.lanes());
  const bool may = p.dense && segments_.count() == 1;
  return may && by_errors < by_spikes ? GradientOrder::kByErrors : GradientOrder::kBySpikes;
}

template <class T>
BatchSettings TrainerOf<T>::settings() const {
  BatchSettings settings;
  for (const ErrorThreshold& threshold : thresholds_) {
    settings.thresholds.push_back(threshold.value);
  }
  for (std::size_t k = 0; k < network_.projections.size(); ++k) {
    settings.orders.push_back(order_of(k));
  }
  settings.histogram_offset = static_cast<int>(step_ % kHistogramStride);
  return settings;
}

template <class T>
void TrainerOf<T>::learn_batch(std::span<const std::uint32_t> samples) {
  const std::size_t count = (samples.size() + kShardSamples - 1) / kShardSamples;
  if (shards_.size() < count) shards_.resize(count);
  const auto pass = static_cast<std::uint32_t>(recipe_.fresh_spikes ? epoch_ + 1 : 0);
  const BatchSettings settings = this->settings();
  team_.for_each(count, [&](std::size_t shard, unsigned thread) {
    const std::size_t first = shard * kShardSamples;
    const std::size_t size = std::min(kShardSamples, samples.size() - first);
    workers_[thread]->learn(samples.subspan(first, size), pass, samples.size(), settings,
                            shards_[shard]);
  });
  const Stopwatch watch(update_seconds_);
  const std::span<const ShardGradient<T>> shards(shards_.data(), count);
  count_batch(shards, samples.size());
  update(shards, settings);
}

template <class T>
void TrainerOf<T>::count_batch(std::span<const ShardGradient<T>> shards, std::size_t samples) {
  double loss = 0;
  for (const ShardGradient<T>& shard : shards) {
    loss += shard.loss;
    sums_.correct += shard.correct;
  }
  ++sums_.batches;
  check_finite(loss, 0);
  sums_.loss += loss;
  sums_.samples += samples;
  for (std::size_t p = 0; p < network_.population_count(); ++p) {
    ErrorCount errors;
    std::uint64_t spikes = 0;
    for (const ShardGradient<T>& shard : shards) {
      errors.add(shard.errors[p]);
      spikes += shard.spikes[p];
    }
    sums_.add(p, errors, spikes);
    thresholds_[p].update(errors, recipe_.error_budget);
  }
}

template <class T>
void TrainerOf<T>::update(std::span<const ShardGradient<T>> shards, const BatchSettings& settings) {
  const double norm = std::sqrt(sum_gradients(shards, settings));
  check_finite(0, norm);
  sums_.norm += norm;
  const OptimiserStep<T> optimiser(recipe_, learning_rate(recipe_, epoch_), ++step_,
                                   clip_scale(recipe_, norm));
  for (Parameter<T>& parameter : parameters_.all()) {
    team_.for_each(parameters_.pieces(parameter), [&](std::size_t piece, unsigned) {
      const FlushDenormals flush;
      parameters_.step(parameter, piece, optimiser);
    });
  }
  parameters_.store();
  refresh_transposed();
}

/// Returns the square of the joint norm.
template <class T>
double TrainerOf<T>::sum_gradients(std::span<const ShardGradient<T>> shards,
                                   const BatchSettings& settings) {
  double squares = 0;
  std::vector<double> parts;
  for (Parameter<T>& parameter : parameters_.all()) {
    if (!parameter.weights) {
      parameters_.sum_field(parameter, shards);
      for (const T g : parameter.gradient)
        squares += static_cast<double>(g) * static_cast<double>(g);
      continue;
    }
    parts.assign(parameters_.pieces(parameter), 0);
    team_.for_each(parts.size(), [&](std::size_t piece, unsigned) {
      const FlushDenormals flush;
      parts[piece] =
          parameters_.sum_weights(parameter, piece, settings.orders[parameter.projection], shards);
    });
    for (const double part : parts) squares += part;
  }
  return squares;
}

template <class T>
void TrainerOf<T>::refresh_transposed() {
  for (std::size_t k = 0; k < transposed_.size(); ++k) {
    if (!transposed_[k] || !plan_.learn[k]) continue;
    team_.for_each(
        static_cast<std::size_t>(transposed_[k]->pieces()),
        [&](std::size_t piece, unsigned) { transposed_[k]->refresh(static_cast<int>(piece)); });
  }
}

template <class T>
std::string TrainerOf<T>::place() const {
  return "epoch " + std::to_string(epoch_ + 1) + ", batch " + std::to_string(sums_.batches);
}

/// Throws for what is not finite, naming the first parameter with such a gradient.
template <class T>
void TrainerOf<T>::check_finite(double loss, double norm) const {
  if (!std::isfinite(loss)) {
    throw TrainingError(place() + ": the loss (population " +
                        description_.populations[plan_.readout].name + ") is not finite");
  }
  if (std::isfinite(norm)) return;
  for (const Parameter<T>& parameter : parameters_.all()) {
    const bool bad = std::ranges::any_of(parameter.gradient, [](T g) { return !std::isfinite(g); });
    if (!bad) continue;
    const std::size_t population =
        parameter.weights ? network_.projections[parameter.projection].to : parameter.population;
    throw TrainingError(place() + ": the gradient of " + parameter.name + " (population " +
                        description_.populations[population].name + ") is not finite");
  }
  throw TrainingError(place() + ": the gradient's norm is not finite");
}

template <class T>
void TrainerOf<T>::end_epoch(const Hooks& hooks) {
  EpochMetrics metrics = sums_.metrics(plan_, network_.sizes, spiking_, network_.ticks);
  metrics.epoch = epoch_ + 1;
  metrics.learning_rate = learning_rate(recipe_, epoch_);
  if (!split_.held_out.empty()) {
    const ShardResult result = validate();
    const auto count = static_cast<double>(split_.held_out.size());
    metrics.validation_loss = result.loss / count;
    metrics.validation_accuracy = static_cast<double>(result.correct) / count;
  }
  ++epoch_;
  sums_ = EpochSums(network_.population_count());
  history_.push_back(metrics);
  if (recipe_.early_stopping) keep_best(metrics);
  if (hooks.epoch) hooks.epoch(metrics);
}

template <class T>
ShardResult TrainerOf<T>::validate() {
  const std::span<const std::uint32_t> samples(split_.held_out);
  std::vector<ShardResult> parts((samples.size() + kShardSamples - 1) / kShardSamples);
  team_.for_each(parts.size(), [&](std::size_t shard, unsigned thread) {
    const std::size_t first = shard * kShardSamples;
    parts[shard] = workers_[thread]->evaluate(
        samples.subspan(first, std::min(kShardSamples, samples.size() - first)), 0);
  });
  ShardResult sum;
  for (const ShardResult& part : parts) {
    sum.loss += part.loss;
    sum.correct += part.correct;
  }
  return sum;
}

/// Keeps the weights of the best epoch, and goes back to them when there was none better for long.
template <class T>
void TrainerOf<T>::keep_best(const EpochMetrics& metrics) {
  if (metrics.validation_loss < best_loss_) {
    best_loss_ = metrics.validation_loss;
    best_epoch_ = metrics.epoch;
    best_.clear();
    for (const Parameter<T>& parameter : parameters_.all()) {
      best_.emplace_back(parameter.values.begin(), parameter.values.end());
    }
  }
  ended_ = epoch_ >= recipe_.epochs || metrics.epoch - best_epoch_ >= *recipe_.early_stopping;
  if (!ended_ || best_.empty()) return;
  for (std::size_t k = 0; k < best_.size(); ++k) {
    std::ranges::copy(best_[k], parameters_.all()[k].values.begin());
  }
  parameters_.store();
  refresh_transposed();
}

template <class T>
std::unique_ptr<Trainer> make_trainer(const Description& description, Network<T> network,
                                      TrainingData data, const TrainerOptions& options) {
  return std::make_unique<TrainerOf<T>>(description, std::move(network), std::move(data), options);
}

template class TrainerOf<float>;
template class TrainerOf<double>;
template std::unique_ptr<Trainer> make_trainer(const Description&, Network<float>, TrainingData,
                                               const TrainerOptions&);
template std::unique_ptr<Trainer> make_trainer(const Description&, Network<double>, TrainingData,
                                               const TrainerOptions&);

}  // namespace neurosim
