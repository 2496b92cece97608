// What a checkpoint keeps of a trainer, and the way back.
//
//   place                     u64  epochs done, batches done, best epoch, ended for good, samples
//   sums                      f64  EpochSums::numbers of the epoch begun; then the best loss
//   thresholds/<population>   f64  value, events, spikes, then the histogram
//   memory/<parameter>/mean, square   the optimiser's, in the network's own layout
//   values/<parameter>        a field's values: one a neuron, or one for all
//   best/<parameter>/values   values after the best epoch, with early stopping

#include <algorithm>
#include <map>

#include "sim/core/error.hpp"
#include "sim/train/trainer_impl.hpp"

namespace neurosim {
namespace {

template <class T>
NamedArray array(const std::string& name, std::vector<T> values) {
  return {name, {values.size()}, std::move(values)};
}

template <class T, class Values>
std::vector<T> copy(const Values& values) {
  return {values.begin(), values.end()};
}

/// Arrays by name; what is missing or of another length is an error.
class Stored {
 public:
  explicit Stored(const std::vector<NamedArray>& arrays) {
    for (const NamedArray& array : arrays) by_name_[array.name] = &array;
  }

  template <class T>
  const std::vector<T>& get(const std::string& name, std::size_t count) const {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) throw DataError("checkpoint", "lacks " + name);
    const auto* values = std::get_if<std::vector<T>>(&found->second->values);
    if (values == nullptr) throw DataError("checkpoint", name + " is of another precision");
    if (values->size() != count) {
      throw DataError("checkpoint", name + ": expected " + std::to_string(count) +
                                        " values, found " + std::to_string(values->size()));
    }
    return *values;
  }

 private:
  std::map<std::string, const NamedArray*> by_name_;
};

}  // namespace

template <class T>
Checkpoint TrainerOf<T>::checkpoint() const {
  Checkpoint checkpoint;
  checkpoint.finished = finished();
  checkpoint.seed = description_.seed;
  for (const PopulationSpec& population : description_.populations) {
    checkpoint.populations.push_back(population.name);
  }
  for (const Parameter<T>& parameter : parameters_.all()) {
    if (parameter.weights) {
      checkpoint.weights.push_back(parameters_.saved_weights(parameter));
    } else {
      checkpoint.parameters.push_back(parameters_.saved_field(parameter));
    }
  }
  checkpoint.epochs = history_;
  checkpoint.validation_samples = copy<std::uint64_t>(split_.held_out);
  save_state(checkpoint);
  return checkpoint;
}

template <class T>
void TrainerOf<T>::save_state(Checkpoint& checkpoint) const {
  std::vector<NamedArray>& state = checkpoint.state;
  state.push_back(
      array<std::uint64_t>("place", {epoch_, step_, best_epoch_, ended_ ? 1u : 0u, data_.samples}));
  std::vector<double> sums = sums_.numbers();
  sums.push_back(best_loss_);
  state.push_back(array("sums", std::move(sums)));
  for (std::size_t p = 0; p < thresholds_.size(); ++p) {
    if (!plan_.backward[p]) continue;
    const ErrorThreshold& threshold = thresholds_[p];
    std::vector<double> numbers = {double{threshold.value}, threshold.events, threshold.spikes};
    numbers.insert(numbers.end(), threshold.recent.squares.begin(), threshold.recent.squares.end());
    state.push_back(array("thresholds/" + description_.populations[p].name, std::move(numbers)));
  }
  for (std::size_t k = 0; k < parameters_.all().size(); ++k) {
    const Parameter<T>& parameter = parameters_.all()[k];
    state.push_back(array("memory/" + parameter.name + "/mean", copy<T>(parameter.mean)));
    state.push_back(array("memory/" + parameter.name + "/square", copy<T>(parameter.square)));
    if (!parameter.weights) state.push_back(array("values/" + parameter.name, parameter.own));
    if (!best_.empty()) state.push_back(array("best/" + parameter.name + "/values", best_[k]));
  }
}

template <class T>
void TrainerOf<T>::restore(const Checkpoint& checkpoint) {
  if (checkpoint.validation_samples != copy<std::uint64_t>(split_.held_out)) {
    throw DataError("checkpoint", "was made with other samples kept for validation");
  }
  const Stored state(checkpoint.state);
  const auto& place = state.get<std::uint64_t>("place", 5);
  if (place[4] != data_.samples) {
    throw DataError("checkpoint", "was made with " + std::to_string(place[4]) +
                                      " samples, now there are " + std::to_string(data_.samples));
  }
  epoch_ = place[0];
  step_ = place[1];
  best_epoch_ = place[2];
  ended_ = place[3] != 0;
  std::vector<double> sums = state.get<double>("sums", sums_.numbers().size() + 1);
  best_loss_ = sums.back();
  sums.pop_back();
  sums_.assign(sums);
  history_ = checkpoint.epochs;
  for (std::size_t p = 0; p < thresholds_.size(); ++p) {
    if (!plan_.backward[p]) continue;
    const auto& numbers = state.get<double>("thresholds/" + description_.populations[p].name,
                                            3 + ErrorHistogram::kBins);
    ErrorThreshold& threshold = thresholds_[p];
    threshold.value = static_cast<float>(numbers[0]);
    threshold.events = numbers[1];
    threshold.spikes = numbers[2];
    std::copy(numbers.begin() + 3, numbers.end(), threshold.recent.squares.begin());
  }
  restore_weights(checkpoint);
}

template <class T>
void TrainerOf<T>::restore_weights(const Checkpoint& checkpoint) {
  const Stored state(checkpoint.state), weights(checkpoint.weights);
  best_.clear();
  for (Parameter<T>& parameter : parameters_.all()) {
    const std::size_t count = parameter.values.size();
    const std::string memory = "memory/" + parameter.name;
    std::ranges::copy(state.get<T>(memory + "/mean", count), parameter.mean.begin());
    std::ranges::copy(state.get<T>(memory + "/square", count), parameter.square.begin());
    if (parameter.weights) {
      parameters_.load_weights(parameter,
                               weights.get<T>(parameter.name, parameters_.saved_count(parameter)));
    } else {
      std::ranges::copy(state.get<T>("values/" + parameter.name, count), parameter.own.begin());
    }
    if (best_epoch_ > 0) best_.push_back(state.get<T>("best/" + parameter.name + "/values", count));
  }
  parameters_.store();
  refresh_transposed();
}

template Checkpoint TrainerOf<float>::checkpoint() const;
template Checkpoint TrainerOf<double>::checkpoint() const;
template void TrainerOf<float>::save_state(Checkpoint&) const;
template void TrainerOf<double>::save_state(Checkpoint&) const;
template void TrainerOf<float>::restore(const Checkpoint&);
template void TrainerOf<double>::restore(const Checkpoint&);
template void TrainerOf<float>::restore_weights(const Checkpoint&);
template void TrainerOf<double>::restore_weights(const Checkpoint&);

}  // namespace neurosim
