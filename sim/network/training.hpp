#pragma once

#include <cstddef>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"

namespace neurosim {

/// The keys of `training:`. Reading, validation, `neurosim help training`, the resolved YAML of the
/// results and the trainer itself take names, defaults and ranges from this table. The defaults are
/// the recipe of arXiv:2306.03623 (sec. 4.2 to 4.4).
struct Training {
  enum Field : std::size_t {
    kEpochs,
    kBatch,
    kSamples,
    kValidation,
    kValidationSplit,
    kSpikes,
    kOptimiser,
    kLearningRate,
    kBeta1,
    kBeta2,
    kEpsilon,
    kMomentum,
    kWeightDecay,
    kSchedule,
    kScheduleEpochs,
    kScheduleFactor,
    kClipNorm,
    kReluGradient,
    kRecurrentGradient,
    kSurrogate,
    kSurrogateSlope,
    kErrorBudget,
    kActivityPenalty,
    kActivityTarget,
    kEarlyStopping,
    kFieldCount
  };
  enum ValidationSplit { kRandomSplit, kStratifiedSplit };
  enum Spikes { kEachEpoch, kOnce };
  enum Optimiser { kAdam, kSgd };
  enum Schedule { kCosine, kStep, kNoSchedule };
  enum ReluGradient { kBypass, kRelu };
  enum RecurrentGradient { kDetached, kFull };
  enum Surrogate { kAtan, kFastSigmoid, kSigmoid, kStraightThrough };

  static constexpr std::string_view kValidationSplits[] = {"random", "stratified"};
  static constexpr std::string_view kSpikeChoices[] = {"each_epoch", "once"};
  static constexpr std::string_view kOptimisers[] = {"adam", "sgd"};
  static constexpr std::string_view kSchedules[] = {"cosine", "step", "none"};
  static constexpr std::string_view kReluGradients[] = {"bypass", "relu"};
  static constexpr std::string_view kRecurrentGradients[] = {"detached", "full"};
  static constexpr std::string_view kSurrogates[] = {"atan", "fast_sigmoid", "sigmoid",
                                                     "straight_through"};
  static constexpr Range kPositive = {.low = 0, .low_open = true};
  static constexpr Range kNotNegative = {.low = 0};
  static constexpr Range kBelowOne = {.low = 0, .high = 1, .high_open = true};
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

  static constexpr FieldInfo kFields[] = {
      {.name = "epochs",
       .kind = FieldKind::kInteger,
       .fallback = 100,
       .range = {1, 1000000},
       .sentence = "passes over the training samples"},
      {.name = "batch",
       .kind = FieldKind::kInteger,
       .fallback = 64,
       .range = {1, 1000000},
       .sentence = "samples a step of the optimiser; 8 of them make a unit of work for a thread"},
      {.name = "samples",
       .kind = FieldKind::kInteger,
       .fallback = kNone,
       .range = {1, 2147483647},
       .optional = true,
       .sentence = "samples of the training split to use, the first ones; none: all"},
      {.name = "validation",
       .fallback = 0.1,
       .range = kBelowOne,
       .sentence = "share of these samples that is kept for validation, chosen by the seed"},
      {.name = "validation_split",
       .kind = FieldKind::kChoice,
       .fallback = kRandomSplit,
       .choices = kValidationSplits,
       .sentence = "random, or stratified: the same share of each class"},
      {.name = "spikes",
       .kind = FieldKind::kChoice,
       .fallback = kEachEpoch,
       .choices = kSpikeChoices,
       .sentence = "encode the data afresh each_epoch, or once, with the spikes that a run shows"},
      {.name = "optimiser",
       .kind = FieldKind::kChoice,
       .fallback = kAdam,
       .choices = kOptimisers,
       .sentence = "adam (Kingma and Ba, 2015) or sgd"},
      {.name = "learning_rate",
       .fallback = 0.005,
       .range = kPositive,
       .sentence = "step size at the start"},
      {.name = "beta1",
       .fallback = 0.9,
       .range = kBelowOne,
       .sentence = "share of the mean gradient that adam keeps"},
      {.name = "beta2",
       .fallback = 0.999,
       .range = kBelowOne,
       .sentence = "share of the mean squared gradient that adam keeps"},
      {.name = "epsilon",
       .fallback = 1e-8,
       .range = kPositive,
       .sentence = "added to the root of adam's mean squared gradient"},
      {.name = "momentum",
       .fallback = 0,
       .range = kBelowOne,
       .sentence = "share of the last step that sgd keeps"},
      {.name = "weight_decay",
       .fallback = 0,
       .range = kNotNegative,
       .sentence = "times the weight, added to its gradient; other parameters are not decayed"},
      {.name = "schedule",
       .kind = FieldKind::kChoice,
       .fallback = kCosine,
       .choices = kSchedules,
       .sentence = "learning rate by epoch: cosine (from the start's to 0), step or none"},
      {.name = "schedule_epochs",
       .kind = FieldKind::kInteger,
       .fallback = 30,
       .range = {1, 1000000},
       .sentence = "epochs between the steps of `schedule: step`"},
      {.name = "schedule_factor",
       .fallback = 0.1,
       .range = kPositive,
       .sentence = "what `schedule: step` multiplies the learning rate by"},
      {.name = "clip_norm",
       .fallback = 1,
       .range = kPositive,
       .optional = true,
       .sentence = "longest joint gradient of all parameters; none: no bound"},
      {.name = "relu_gradient",
       .kind = FieldKind::kChoice,
       .fallback = kBypass,
       .choices = kReluGradients,
       .sentence = "gradient of Eq. 5f: 1 everywhere (bypass, sec. 4.4) or the true one (relu)"},
      {.name = "recurrent_gradient",
       .kind = FieldKind::kChoice,
       .fallback = kDetached,
       .choices = kRecurrentGradients,
       .sentence = "through h and hs of a SRC neuron, back in time: none (detached) or full"},
      {.name = "surrogate",
       .kind = FieldKind::kChoice,
       .fallback = kAtan,
       .choices = kSurrogates,
       .sentence = "what stands for the derivative of a LIF spike; x = V - threshold, k = slope: "
                   "atan k/2 / (1 + (pi k x / 2)^2), fast_sigmoid 1 / (1 + k |x|)^2, "
                   "sigmoid k s (1 - s) with s = 1 / (1 + exp(-k x)), straight_through 1"},
      {.name = "surrogate_slope",
       .fallback = kNone,
       .range = kPositive,
       .optional = true,
       .sentence = "k; none: 2 for atan, 25 for the sigmoids"},
      {.name = "error_budget",
       .fallback = 1e-5,
       .range = kBelowOne,
       .sentence = "share of the squared errors that a population may drop, so that the backward "
                   "pass costs by the errors that matter; 0: exact"},
      {.name = "activity_penalty",
       .fallback = 0,
       .range = kNotNegative,
       .sentence =
           "times the mean spike of each population that errors reach, added to the loss; 100 "
           "makes spikes clearly rarer"},
      {.name = "activity_target",
       .fallback = 0,
       .range = {0, 1},
       .sentence = "a sample's population with T(s) (Eq. 4) up to this pays no activity penalty"},
      {.name = "early_stopping",
       .kind = FieldKind::kInteger,
       .fallback = kNone,
       .range = {1, 1000000},
       .optional = true,
       .sentence = "epochs without a better validation loss after which training stops and the "
                   "best epoch's weights are kept; none: train to the end, keep the last"},
  };
  static_assert(std::size(kFields) == kFieldCount);

  /// One value a field, all at their defaults.
  static std::vector<FieldValue> defaults();
  /// What is wrong with values that are each in range, or an empty string.
  static std::string check(std::span<const FieldValue> values);
};

}  // namespace neurosim
