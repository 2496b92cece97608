#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "models/registry.hpp"
#include "sim/core/fields.hpp"

namespace neurosim {

/// The parameters of the Spiking Recurrent Cell; src_neuron.hpp has its equations.
struct SrcFields {
  enum Field : std::size_t {
    kAlpha,
    kRho,
    kR,
    kRs,
    kZ,
    kZsHyp,
    kZsDep,
    kBias,
    kBiasMax,
    kSlowGate,
    kSlowGateSlope,
    kInitialH,
    kInitialHs,
    kNoise,
    kCurrentCutoff,
    kRestTolerance,
    kOutput,
    kFieldCount
  };
  enum SlowGate { kPrevious, kCurrent };
  enum Output { kGraded, kBinary };

  static constexpr std::string_view kSlowGates[] = {"previous", "current"};
  static constexpr std::string_view kOutputs[] = {"graded", "binary"};
  static constexpr Range kUnit = {0, 1};
  static constexpr Range kState = {-1, 1};
  static constexpr Range kNotNegative = {.low = 0};
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

  static constexpr FieldInfo kFields[] = {
      {.name = "alpha",
       .fallback = 0.9,
       .range = kUnit,
       .sentence = "leak of the input current (Eq. 5a); the paper takes 0.99 with latency coding"},
      {.name = "rho",
       .fallback = 3,
       .range = {.low = 0, .low_open = true},
       .sentence = "keeps the drive within (-rho, rho) (Eq. 5b)"},
      {.name = "r", .fallback = 2, .sentence = "strength of the fast positive feedback (Eq. 3a)"},
      {.name = "rs", .fallback = -7, .sentence = "strength of the slow negative feedback (Eq. 3a)"},
      {.name = "z", .fallback = 0, .range = kUnit, .sentence = "share of h that is kept (Eq. 3b)"},
      {.name = "zs_hyp",
       .fallback = 0.9,
       .range = kUnit,
       .sentence = "share of hs that is kept at low h (Eq. 5c)"},
      {.name = "zs_dep",
       .fallback = 0,
       .range = kUnit,
       .sentence = "share of hs that is kept at high h (Eq. 5c)"},
      {.name = "bias",
       .fallback = -6,
       .per_neuron = true,
       .learnable = Learnable::kPerNeuron,
       .sentence = "bias b (Eq. 3a); a neuron fires by itself from about -4.5 upwards"},
      {.name = "bias_max",
       .fallback = -4,
       .per_neuron = false,
       .optional = true,
       .sentence = "upper bound of the bias, also while it is learned; none: no bound"},
      {.name = "slow_gate",
       .kind = FieldKind::kChoice,
       .fallback = kPrevious,
       .choices = kSlowGates,
       .sentence =
           "the slow gate reads h[t-1] (previous) or, as printed in Eq. 5c, h[t] (current)"},
      {.name = "slow_gate_slope",
       .fallback = kNone,
       .range = {.low = 0, .low_open = true},
       .optional = true,
       .sentence = "slope of a logistic slow gate; none: the step of Eq. 5c"},
      {.name = "initial_h",
       .fallback = 0,
       .range = kState,
       .per_neuron = true,
       .learnable = Learnable::kPerNeuron,
       .sentence = "h before the first step"},
      {.name = "initial_hs",
       .fallback = 0,
       .range = kState,
       .per_neuron = true,
       .learnable = Learnable::kPerNeuron,
       .sentence = "hs before the first step"},
      {.name = "noise",
       .fallback = 0,
       .range = kNotNegative,
       .sentence =
           "standard deviation of r and rs, drawn anew at each step and neuron (sec. 4.5.3)"},
      {.name = "current_cutoff",
       .fallback = 0,
       .range = kNotNegative,
       .sentence = "an input current smaller than this becomes 0; lets silent neurons rest sooner"},
      {.name = "rest_tolerance",
       .fallback = 0,
       .range = kNotNegative,
       .sentence =
           "without input current, h and hs hold once neither would move by more than this"},
      {.name = "output",
       .kind = FieldKind::kChoice,
       .fallback = kGraded,
       .choices = kOutputs,
       .sentence = "graded sends h while it is positive (Eq. 5f), binary sends 1 while h > 0.5 "
                   "(arXiv:2605.10679); both are trained alike"},
  };
  static_assert(std::size(kFields) == kFieldCount);
  static constexpr std::string_view kVariables[] = {"i", "x", "h", "hs"};

  static std::string check(std::span<const FieldValue> values) {
    if (values[kBiasMax].empty()) return {};
    for (const double b : values[kBias]) {
      if (b > values[kBiasMax][0]) return "bias must not exceed bias_max";
    }
    return {};
  }

  static bool sends_values(std::span<const FieldValue> values) {
    return static_cast<Output>(values[kOutput][0]) == kGraded;
  }

  static Range learned_range(std::span<const FieldValue> values, std::size_t field, std::size_t) {
    Range range = kFields[field].range;
    if (field == kBias && !values[kBiasMax].empty()) range.high = values[kBiasMax][0];
    return range;
  }
};

}  // namespace neurosim
