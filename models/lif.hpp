#pragma once

// Leaky integrate-and-fire neuron, the baseline of arXiv:2306.03623 (sec. 4.1). Per neuron and
// step:
//
//   V[t] = leak V[t-1] + input;   if V[t] > threshold: s[t] = 1, then the reset; else s[t] = 0.
//
//   reset zero      V becomes `rest`
//   reset subtract  V becomes V - threshold
//   reset none      V stays
//
// `reset_timing: same_step` resets in the step of the spike (the paper); `next_step` shows the
// unreset V once and resets before the next input, as snnTorch does by default. For
// `refractory_steps` after a spike V holds and input is ignored.
//
// Adjoint, with u the V before the reset of step t, s its spike, d_y the gradient of the loss by y,
// and no gradient through the reset:
//
//   d_u[t]      = d_s[t] surrogate(u[t] - threshold) + leak keep[t] d_u[t+1]   = d_input[t]
//   d_leak     += d_u[t+1] V[t]
//   d_threshold -= d_s[t] surrogate(u[t] - threshold), and leak s[t] d_u[t+1] (subtract same_step)
//                  or s[t] d_u[t+1] (subtract next_step)
//
// keep = 1 - s with reset zero, else 1; V[t] is u[t] after the reset. The V before the first step
// takes its share like any other; with next_step it may await a reset.
//
// A neuron without input needs no step at all: its state is V at the step `base` of its last
// change, and V[t] = leak^(t - base) V[base]. That closed form is the definition for every engine
// (iterated products would round differently), so any stretch of silence is one jump.

#include <cmath>
#include <type_traits>

#include "models/model.hpp"
#include "sim/core/numerics.hpp"

namespace neurosim {

/// leak^n for the lanes of a block, n = tick - base; n below 0 counts as 0 (held).
template <class T>
NS_KERNEL void decay_lanes(const T* leak, const IntOf<T>* base, IntOf<T> tick, int width,
                           T* decay) {
  IntOf<T> longest = 0;
  Lanes<IntOf<T>> n;
  Lanes<T> square;
#pragma GCC ivdep
  for (int k = 0; k < width; ++k) {
    const IntOf<T> elapsed = tick - base[k];
    n.at[k] = elapsed < 0 ? 0 : elapsed;
    longest |= n.at[k];
    square.at[k] = leak[k];
    decay[k] = n.at[k] & 1 ? leak[k] : T(1);
  }
  // power() of numerics.hpp with the loops exchanged, so that lanes run side by side.
  while ((longest >>= 1) != 0) {
#pragma GCC ivdep
    for (int k = 0; k < width; ++k) {
      n.at[k] >>= 1;
      square.at[k] = square.at[k] * square.at[k];
      decay[k] = n.at[k] & 1 ? decay[k] * square.at[k] : decay[k];
    }
  }
}

struct LifNeuron {
  enum Field : std::size_t {
    kLeak,
    kThreshold,
    kRest,
    kReset,
    kResetTiming,
    kRefractorySteps,
    kInitialV,
    kFieldCount
  };
  enum Reset { kZero, kSubtract, kNoReset };
  enum ResetTiming { kSameStep, kNextStep };

  static constexpr std::string_view kResets[] = {"zero", "subtract", "none"};
  static constexpr std::string_view kResetTimings[] = {"same_step", "next_step"};

  static constexpr FieldInfo kFields[] = {
      {.name = "leak",
       .fallback = 0.9,
       .range = {0, 1},
       .per_neuron = true,
       .learnable = Learnable::kAsGiven,
       .sentence = "share of V that is kept each step; the paper takes 0.99 with latency coding"},
      {.name = "threshold",
       .fallback = 1,
       .range = {.low = 0},
       .per_neuron = true,
       .learnable = Learnable::kAsGiven,
       .sentence = "V above it (strictly) is a spike"},
      {.name = "rest",
       .fallback = 0,
       .per_neuron = true,
       .sentence = "V after a spike with `reset: zero`; must not exceed the threshold"},
      {.name = "reset",
       .kind = FieldKind::kChoice,
       .fallback = kZero,
       .choices = kResets,
       .sentence = "what a spike does to V: zero (to `rest`), subtract (the threshold) or none"},
      {.name = "reset_timing",
       .kind = FieldKind::kChoice,
       .fallback = kSameStep,
       .choices = kResetTimings,
       .sentence = "reset in the step of the spike, or in the next one (snnTorch's default)"},
      {.name = "refractory_steps",
       .kind = FieldKind::kInteger,
       .fallback = 0,
       .range = {0, 1000000},
       .unit = "steps",
       .sentence = "steps after a spike during which V holds and input is ignored"},
      {.name = "initial_v",
       .fallback = 0,
       .per_neuron = true,
       .sentence = "V before the first step"},
  };
  static_assert(std::size(kFields) == kFieldCount);
  static constexpr std::string_view kVariables[] = {"v"};

  static std::string check(std::span<const FieldValue> v) {
    if (v[kRefractorySteps][0] > 0 && static_cast<ResetTiming>(v[kResetTiming][0]) == kNextStep) {
      return "refractory_steps needs reset_timing: same_step";
    }
    const std::size_t count = std::max(v[kRest].size(), v[kThreshold].size());
    for (std::size_t k = 0; k < count; ++k) {
      if (value_of(v[kRest], k) > value_of(v[kThreshold], k)) {
        return "rest must not exceed the threshold";
      }
    }
    return {};
  }

  static Range learned_range(std::span<const FieldValue> v, std::size_t field, std::size_t neuron) {
    Range range = kFields[field].range;
    if (field == kThreshold) range.low = std::max(range.low, value_of(v[kRest], neuron));
    return range;
  }

  static constexpr ModelInfo kInfo = {
      .name = "lif",
      .sentence = "leaky integrate-and-fire neuron with binary spikes",
      .fields = kFields,
      .variables = kVariables,
      .check = &check,
      .learned_range = &learned_range};

  template <class T>
  struct Parameters {
    Reset reset;
    ResetTiming timing;
    IntOf<T> refractory;
  };
  template <class T>
  struct Cells {
    Lanes<T> leak, threshold, rest, initial_v;
  };
  template <class T>
  struct State {
    Lanes<T> v;            ///< V at `base`
    Lanes<IntOf<T>> base;  ///< step of the last change, or the end of the refractory time
  };
  template <class T>
  struct Carry {
    Lanes<T> d_u;  ///< of the tick after
  };

  template <class T>
  static Parameters<T> parameters(std::span<const FieldValue> v, double) {
    return {.reset = static_cast<Reset>(v[kReset][0]),
            .timing = static_cast<ResetTiming>(v[kResetTiming][0]),
            .refractory = static_cast<IntOf<T>>(v[kRefractorySteps][0])};
  }

  template <class T>
  static void fill(Cells<T>& cells, int lane, std::span<const FieldValue> v, std::size_t neuron) {
    cells.leak.at[lane] = static_cast<T>(value_of(v[kLeak], neuron));
    cells.threshold.at[lane] = static_cast<T>(value_of(v[kThreshold], neuron));
    cells.rest.at[lane] = static_cast<T>(value_of(v[kRest], neuron));
    cells.initial_v.at[lane] = static_cast<T>(value_of(v[kInitialV], neuron));
  }

  template <class T>
  static void reset(const Parameters<T>&, const Cells<T>& cells, State<T>& state) {
    state.v = cells.initial_v;
    for (auto& base : state.base.at) base = -1;
  }

  template <Reset kReset, ResetTiming kTiming, class T>
  NS_KERNEL static std::uint32_t step_block(const Parameters<T>& p, const Cells<T>& cells,
                                            State<T>& state, const T* input, IntOf<T> tick,
                                            int width, T* output, const Tape<T>& tape) {
    constexpr bool kDelayed = kTiming == kNextStep && kReset != kNoReset;
    constexpr bool kAtOnce = kTiming == kSameStep && kReset != kNoReset;
    Lanes<T> decay;
    decay_lanes(cells.leak.at, state.base.at, tick, width, decay.at);
    // The end of the refractory time, which may lie beyond the longest sample.
    constexpr auto kLast = static_cast<IntOf<T>>(kMaxTicks);
    const IntOf<T> refractory_end = tick > kLast - p.refractory ? kLast : tick + p.refractory;
    const bool refractory = p.refractory > 0;
    // Kept apart from `state` until the end: storing a choice between a new value and the one just
    // loaded becomes a masked store, which is slow on many processors.
    Lanes<T> next_v, before_reset;
    Lanes<IntOf<T>> next_base;
    IntOf<T> awake = 0;
#pragma GCC ivdep
    for (int k = 0; k < width; ++k) {
      const T v = state.v.at[k], x = input[k], threshold = cells.threshold.at[k];
      const IntOf<T> base = state.base.at[k];
      const IntOf<T> held = tick <= base ? 1 : 0;
      const IntOf<T> pending = kDelayed && v > threshold ? 1 : 0;
      const T from = kReset == kZero && pending ? cells.rest.at[k] : v;
      T u = fma(decay.at[k], from, x);
      if (kReset == kSubtract) u = pending ? u - threshold : u;
      u = held ? v : u;
      before_reset.at[k] = u;
      const IntOf<T> spike = u > threshold ? 1 - held : 0;
      T after = u;
      if (kAtOnce) after = spike ? (kReset == kZero ? cells.rest.at[k] : u - threshold) : u;
      const IntOf<T> driven = x != T(0) ? 1 - held : 0;
      const IntOf<T> changed = driven | pending | (kAtOnce || refractory ? spike : 0);
      next_v.at[k] = changed ? after : v;
      next_base.at[k] = changed ? (spike ? refractory_end : tick) : base;
      output[k] = spike ? T(1) : T(0);
      awake |= after > threshold ? 1 : 0;  // it will fire or be reset without any input
    }
    const auto count = static_cast<std::size_t>(width);
    __builtin_memcpy(state.v.at, next_v.at, count * sizeof(T));
    __builtin_memcpy(state.base.at, next_base.at, count * sizeof(IntOf<T>));
    if (tape.rows != nullptr) __builtin_memcpy(tape.rows, before_reset.at, count * sizeof(T));
    return awake != 0;
  }

  /// Calls `run` with reset and timing as compile-time constants.
  template <class T, class Run>
  NS_KERNEL static auto with_reset(const Parameters<T>& p, Run run) {
    using R = Reset;
    using W = ResetTiming;
    if (p.reset == kNoReset) {
      return run(std::integral_constant<R, kNoReset>(), std::integral_constant<W, kSameStep>());
    }
    if (p.timing == kSameStep) {
      return p.reset == kZero
                 ? run(std::integral_constant<R, kZero>(), std::integral_constant<W, kSameStep>())
                 : run(std::integral_constant<R, kSubtract>(),
                       std::integral_constant<W, kSameStep>());
    }
    return p.reset == kZero
               ? run(std::integral_constant<R, kZero>(), std::integral_constant<W, kNextStep>())
               : run(std::integral_constant<R, kSubtract>(),
                     std::integral_constant<W, kNextStep>());
  }

  template <class T>
  NS_KERNEL static std::uint32_t step(const Parameters<T>& p, const Cells<T>& cells,
                                      State<T>& state, const T* input, const StepContext& context,
                                      T* output, const Tape<T>& tape = {}) {
    const auto tick = static_cast<IntOf<T>>(context.tick);
    return with_reset(
        p, [&](auto reset, auto timing) __attribute__((always_inline)) {
          return step_block<reset(), timing()>(p, cells, state, input, tick, context.width, output,
                                               tape);
        });
  }

  static int tape_rows(const GradientMode&) { return 1; }

  /// The leak does not act while a neuron is reset, so no filter can stand for it.
  static double error_filter(std::span<const FieldValue>, const GradientMode&) { return 0; }

  /// The learnable fields' places in d_parameters.
  enum Gradient { kDLeak, kDThreshold };

  template <Reset kReset, ResetTiming kTiming, Surrogate kSurrogate, class T>
  NS_KERNEL static void adjoint_block(const Cells<T>& cells, T slope, Carry<T>& carry,
                                      const AdjointRange<T>& range, T* d_parameters) {
    for (int t = range.ticks - 1; t >= 0; --t) {
      const T* const before_reset = range.tape + t * kBlock;
      const T* const d_s = range.d_output + t * range.width;
      T* const error = range.error + t * range.width;
#pragma GCC ivdep
      for (int k = 0; k < range.width; ++k) {
        const T u = before_reset[k], leak = cells.leak.at[k], threshold = cells.threshold.at[k];
        const T d_next = carry.d_u.at[k];
        const bool spike = u > threshold;
        T after = u;
        if (kReset == kZero) after = spike ? cells.rest.at[k] : u;
        if (kReset == kSubtract && kTiming == kSameStep) after = spike ? u - threshold : u;
        const T d_spike = d_s[k] * surrogate_derivative(kSurrogate, slope, u - threshold);
        const T kept = kReset == kZero && spike ? T(0) : leak * d_next;
        const T d_u = d_spike + kept;
        d_parameters[kDLeak * kBlock + k] += d_next * after;
        T d_threshold = -d_spike;
        if (kReset == kSubtract) {
          d_threshold -= spike ? (kTiming == kSameStep ? leak * d_next : d_next) : T(0);
        }
        d_parameters[kDThreshold * kBlock + k] += d_threshold;
        error[k] = d_u;
        carry.d_u.at[k] = d_u;
      }
    }
    if (range.first > 0) return;
    constexpr bool kDelayed = kTiming == kNextStep && kReset != kNoReset;
    for (int k = 0; k < range.width; ++k) {
      const T v = cells.initial_v.at[k], d_u = carry.d_u.at[k];
      const bool pending = kDelayed && v > cells.threshold.at[k];
      d_parameters[kDLeak * kBlock + k] +=
          d_u * (kReset == kZero && pending ? cells.rest.at[k] : v);
      if (kReset == kSubtract && pending) d_parameters[kDThreshold * kBlock + k] -= d_u;
    }
  }

  /// REQUIRES: no refractory time, as the tape does not tell which neurons are held.
  template <class T>
  NS_KERNEL static void adjoint(const Parameters<T>& p, const Cells<T>& cells,
                                const GradientMode& mode, Carry<T>& carry,
                                const AdjointRange<T>& range, T* d_parameters) {
    const auto slope = static_cast<T>(mode.surrogate_slope);
    with_reset(
        p, [&](auto reset, auto timing) __attribute__((always_inline)) {
          switch (mode.surrogate) {
            case Surrogate::kAtan:
              return adjoint_block<reset(), timing(), Surrogate::kAtan>(cells, slope, carry, range,
                                                                        d_parameters);
            case Surrogate::kFastSigmoid:
              return adjoint_block<reset(), timing(), Surrogate::kFastSigmoid>(cells, slope, carry,
                                                                               range, d_parameters);
            case Surrogate::kSigmoid:
              return adjoint_block<reset(), timing(), Surrogate::kSigmoid>(cells, slope, carry,
                                                                           range, d_parameters);
            case Surrogate::kStraightThrough:
              return adjoint_block<reset(), timing(), Surrogate::kStraightThrough>(
                  cells, slope, carry, range, d_parameters);
          }
        });
  }

  template <class T>
  static double observe(const Parameters<T>&, const Cells<T>& cells, const State<T>& state,
                        std::size_t, int lane, Tick tick) {
    const auto n = static_cast<std::int32_t>(tick - state.base.at[lane]);
    return static_cast<double>(power(cells.leak.at[lane], n) * state.v.at[lane]);
  }
};

static_assert(TrainableModel<LifNeuron>);

}  // namespace neurosim
