#include "sim/train/recipe.hpp"

namespace neurosim {
namespace {

using T = Training;

static_assert(static_cast<int>(Surrogate::kAtan) == T::kAtan);
static_assert(static_cast<int>(Surrogate::kFastSigmoid) == T::kFastSigmoid);
static_assert(static_cast<int>(Surrogate::kSigmoid) == T::kSigmoid);
static_assert(static_cast<int>(Surrogate::kStraightThrough) == T::kStraightThrough);

template <class Enum>
Enum choice(const FieldValue& value) {
  return static_cast<Enum>(value[0]);
}

/// Slopes as snnTorch takes them where none is given.
double usual_slope(Surrogate surrogate) { return surrogate == Surrogate::kAtan ? 2 : 25; }

GradientMode make_mode(const std::vector<FieldValue>& training) {
  GradientMode mode;
  mode.bypass_relu = choice<T::ReluGradient>(training[T::kReluGradient]) == T::kBypass;
  mode.full_recurrence = choice<T::RecurrentGradient>(training[T::kRecurrentGradient]) == T::kFull;
  mode.surrogate = static_cast<Surrogate>(training[T::kSurrogate][0]);
  const FieldValue& slope = training[T::kSurrogateSlope];
  mode.surrogate_slope = slope.empty() ? usual_slope(mode.surrogate) : slope[0];
  return mode;
}

}  // namespace

Recipe make_recipe(const std::vector<FieldValue>& training) {
  const auto real = [&](T::Field field) { return training[field][0]; };
  const auto count = [&](T::Field field) { return static_cast<std::uint64_t>(training[field][0]); };
  Recipe recipe = {.epochs = count(T::kEpochs),
                   .batch = count(T::kBatch),
                   .validation = real(T::kValidation),
                   .validation_split = choice<T::ValidationSplit>(training[T::kValidationSplit]),
                   .fresh_spikes = choice<T::Spikes>(training[T::kSpikes]) == T::kEachEpoch,
                   .optimiser = choice<T::Optimiser>(training[T::kOptimiser]),
                   .learning_rate = real(T::kLearningRate),
                   .beta1 = real(T::kBeta1),
                   .beta2 = real(T::kBeta2),
                   .epsilon = real(T::kEpsilon),
                   .momentum = real(T::kMomentum),
                   .weight_decay = real(T::kWeightDecay),
                   .schedule = choice<T::Schedule>(training[T::kSchedule]),
                   .schedule_epochs = count(T::kScheduleEpochs),
                   .schedule_factor = real(T::kScheduleFactor),
                   .mode = make_mode(training),
                   .error_budget = real(T::kErrorBudget),
                   .activity_penalty = real(T::kActivityPenalty),
                   .activity_target = real(T::kActivityTarget)};
  if (!training[T::kClipNorm].empty()) recipe.clip_norm = real(T::kClipNorm);
  if (!training[T::kEarlyStopping].empty()) recipe.early_stopping = count(T::kEarlyStopping);
  return recipe;
}

}  // namespace neurosim
