#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "models/gradient.hpp"
#include "sim/network/description.hpp"

namespace neurosim {

/// The `training:` section as plain values; the table in sim/network/training.hpp says what they
/// mean.
struct Recipe {
  std::uint64_t epochs = 0;
  std::size_t batch = 0;
  double validation = 0;
  Training::ValidationSplit validation_split = Training::kRandomSplit;
  bool fresh_spikes = true;  ///< each epoch
  Training::Optimiser optimiser = Training::kAdam;
  double learning_rate = 0, beta1 = 0, beta2 = 0, epsilon = 0, momentum = 0, weight_decay = 0;
  Training::Schedule schedule = Training::kCosine;
  std::uint64_t schedule_epochs = 0;
  double schedule_factor = 0;
  std::optional<double> clip_norm;
  GradientMode mode;
  double error_budget = 0;
  double activity_penalty = 0, activity_target = 0;
  std::optional<std::uint64_t> early_stopping;
};

Recipe make_recipe(const std::vector<FieldValue>& training);

}  // namespace neurosim
