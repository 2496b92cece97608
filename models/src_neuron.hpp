#pragma once

// Spiking Recurrent Cell (De Geeter, Ernst, Drion, arXiv:2306.03623). Per neuron and step:
//
//   (5a) i[t]  = alpha i[t-1] + input            input = sum of Ws s_in[t]
//   (5b) x[t]  = rho tanh(i[t] / rho)
//   (3a) c[t]  = tanh(x[t] + r h[t-1] + rs hs[t-1] + b)
//   (3b) h[t]  = z h[t-1] + (1 - z) c[t]         z = 0 gives (5d)
//   (5c) zs    = zs_hyp + (zs_dep - zs_hyp) H(g - 0.5)
//   (5e) hs[t] = zs hs[t-1] + (1 - zs) h[t-1]
//   (5f) s[t]  = ReLU(h[t])
//
// Ambiguity: the paper prints g = h[t] in (5c), before h[t] is known; the authors' later code reads
// h[t-1]. `slow_gate` chooses g = h[t-1] (previous) or h[t] (current), and `slow_gate_slope` k
// replaces H(y) by the logistic function of k y.
//
// Not in the paper, both off by default and part of the equations for every engine:
//   current_cutoff  |i[t]| below it becomes 0, since 0.9^n takes 980 steps to underflow;
//   rest_tolerance  h and hs keep their values while i[t] = 0 and neither would move by more.

#include <bit>
#include <cmath>

#include "models/model.hpp"
#include "sim/core/numerics.hpp"
#include "sim/core/random_normal.hpp"

namespace neurosim {

struct SrcNeuron {
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
    kFieldCount
  };
  enum SlowGate { kPrevious, kCurrent };

  static constexpr std::string_view kSlowGates[] = {"previous", "current"};
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

  static constexpr ModelInfo kInfo = {
      .name = "src",
      .sentence = "Spiking Recurrent Cell with graded spikes (arXiv:2306.03623)",
      .fields = kFields,
      .variables = kVariables,
      .graded = true,
      .check = &check};

  template <class T>
  struct Parameters {
    // Constants near 1 lose digits of what matters, 1 - value, in single precision: alpha is kept
    // in two parts, the slow gate as 1 - zs.
    T alpha, alpha_rest, rho, inverse_rho, r, rs, z, one_minus_z, follow_hyp, follow_dep, slope,
        cutoff, tolerance;
    double noise;
    bool current_gate, smooth_gate;
  };
  template <class T>
  struct Cells {
    Lanes<T> bias, initial_h, initial_hs;
  };
  template <class T>
  struct State {
    Lanes<T> i, h, hs;
  };

  template <class T>
  static Parameters<T> parameters(std::span<const FieldValue> v) {
    const auto real = [&](Field f) { return static_cast<T>(v[f][0]); };
    return {.alpha = real(kAlpha),
            .alpha_rest = static_cast<T>(v[kAlpha][0] - static_cast<double>(real(kAlpha))),
            .rho = real(kRho),
            .inverse_rho = static_cast<T>(1 / v[kRho][0]),
            .r = real(kR),
            .rs = real(kRs),
            .z = real(kZ),
            .one_minus_z = static_cast<T>(1 - v[kZ][0]),
            .follow_hyp = static_cast<T>(1 - v[kZsHyp][0]),
            .follow_dep = static_cast<T>(1 - v[kZsDep][0]),
            .slope = v[kSlowGateSlope].empty() ? T(0) : real(kSlowGateSlope),
            .cutoff = real(kCurrentCutoff),
            .tolerance = real(kRestTolerance),
            .noise = v[kNoise][0],
            .current_gate = static_cast<SlowGate>(v[kSlowGate][0]) == kCurrent,
            .smooth_gate = !v[kSlowGateSlope].empty()};
  }

  template <class T>
  static void fill(Cells<T>& cells, int lane, std::span<const FieldValue> v, std::size_t neuron) {
    cells.bias.at[lane] = static_cast<T>(value_of(v[kBias], neuron));
    cells.initial_h.at[lane] = static_cast<T>(value_of(v[kInitialH], neuron));
    cells.initial_hs.at[lane] = static_cast<T>(value_of(v[kInitialHs], neuron));
  }

  template <class T>
  static void reset(const Parameters<T>&, const Cells<T>& cells, State<T>& state) {
    state.i = {};
    state.h = cells.initial_h;
    state.hs = cells.initial_hs;
  }

  /// i[t] (Eq. 5a), with the cutoff.
  template <class T>
  NS_KERNEL static T leak(const Parameters<T>& p, T i, T input) {
    const T leaked = fma(p.alpha, i, fma(p.alpha_rest, i, input));
    return magnitude(leaked) < p.cutoff ? T(0) : leaked;
  }

  /// What c[t] is the tanh of (Eq. 3a).
  template <class T>
  NS_KERNEL static T activation(T x, T r, T rs, T bias, T h, T hs) {
    return x + fma(r, h, fma(rs, hs, bias));
  }

  /// h and hs at t from their values at t-1 and c[t] (Eq. 3b, 5c, 5e).
  template <bool kCurrentGate, bool kSmoothGate, class T>
  NS_KERNEL static void update(const Parameters<T>& p, T c, T& h, T& hs) {
    const T next_h = fma(p.z, h, p.one_minus_z * c);  // Eq. 3b
    const T gate = kCurrentGate ? next_h : h;         // Eq. 5c
    T follow;                                         // 1 - zs
    if constexpr (kSmoothGate) {
      follow = fma(p.follow_dep - p.follow_hyp, sigmoid(p.slope * (gate - T(0.5))), p.follow_hyp);
    } else {
      follow = gate > T(0.5) ? p.follow_dep : p.follow_hyp;
    }
    hs = fma(follow, h - hs, hs);  // Eq. 5e
    h = next_h;
  }

  /// The same with `rest_tolerance`, for neurons whose input current i[t] is 0.
  template <bool kCurrentGate, bool kSmoothGate, class T>
  NS_KERNEL static void update_or_hold(const Parameters<T>& p, T c, T i, T& h, T& hs) {
    T next_h = h, next_hs = hs;
    update<kCurrentGate, kSmoothGate>(p, c, next_h, next_hs);
    const T moved_h = magnitude(next_h - h), moved_hs = magnitude(next_hs - hs);
    const T moved = moved_h > moved_hs ? moved_h : moved_hs;
    const bool hold = moved <= (i == T(0) ? p.tolerance : T(-1));
    h = hold ? h : next_h;
    hs = hold ? hs : next_hs;
  }

  /// Where r and rs come from: the population's constants, or arrays with one value a lane.
  template <class T>
  struct SharedFeedback {
    T r, rs;
    NS_KERNEL T r_of(int) const { return r; }
    NS_KERNEL T rs_of(int) const { return rs; }
  };
  template <class T>
  struct NoisyFeedback {
    const T *r, *rs;
    NS_KERNEL T r_of(int lane) const { return r[lane]; }
    NS_KERNEL T rs_of(int lane) const { return rs[lane]; }
  };

  template <bool kCurrentGate, bool kSmoothGate, class Feedback, class T>
  NS_KERNEL static std::uint32_t step_block(const Parameters<T>& parameters, const Cells<T>& cells,
                                            State<T>& state, const T* input, int width,
                                            Feedback feedback, T* output) {
    const Parameters<T> p = parameters;  // a copy cannot alias what the loops write
    Lanes<T> scaled, squashed, c;
    IntOf<T> driven = 0;
#pragma GCC ivdep
    for (int k = 0; k < width; ++k) {
      const T i = leak(p, state.i.at[k], input[k]);
      driven |= (bits(i) ^ bits(state.i.at[k])) | bits(input[k]);
      state.i.at[k] = i;
      scaled.at[k] = i * p.inverse_rho;
    }
    tanh_lanes<kBlock>(scaled.at, width, squashed.at);
#pragma GCC ivdep
    for (int k = 0; k < width; ++k) {
      const T x = p.rho * squashed.at[k];  // Eq. 5b
      c.at[k] = activation(x, feedback.r_of(k), feedback.rs_of(k), cells.bias.at[k], state.h.at[k],
                           state.hs.at[k]);
    }
    tanh_lanes<kBlock>(c.at, width, c.at);
    if (driven != 0 && p.tolerance == 0) {  // no need to see whether anything else rests
#pragma GCC ivdep
      for (int k = 0; k < width; ++k) {
        T h = state.h.at[k], hs = state.hs.at[k];
        update<kCurrentGate, kSmoothGate>(p, c.at[k], h, hs);
        state.h.at[k] = h;
        state.hs.at[k] = hs;
        output[k] = h > T(0) ? h : T(0);  // Eq. 5f
      }
      return 1;
    }
    IntOf<T> moved = driven;
#pragma GCC ivdep
    for (int k = 0; k < width; ++k) {
      T h = state.h.at[k], hs = state.hs.at[k];
      update_or_hold<kCurrentGate, kSmoothGate>(p, c.at[k], state.i.at[k], h, hs);
      const T spike = h > T(0) ? h : T(0);  // Eq. 5f
      moved |= (bits(h) ^ bits(state.h.at[k])) | (bits(hs) ^ bits(state.hs.at[k])) | bits(spike);
      state.h.at[k] = h;
      state.hs.at[k] = hs;
      output[k] = spike;
    }
    return moved != 0;
  }

  template <class Feedback, class T>
  NS_KERNEL static std::uint32_t step_gate(const Parameters<T>& p, const Cells<T>& cells,
                                           State<T>& state, const T* input, int width,
                                           Feedback feedback, T* output) {
    if (p.smooth_gate) {
      return p.current_gate
                 ? step_block<true, true>(p, cells, state, input, width, feedback, output)
                 : step_block<false, true>(p, cells, state, input, width, feedback, output);
    }
    return p.current_gate
               ? step_block<true, false>(p, cells, state, input, width, feedback, output)
               : step_block<false, false>(p, cells, state, input, width, feedback, output);
  }

  template <class T>
  NS_KERNEL static std::uint32_t step(const Parameters<T>& p, const Cells<T>& cells,
                                      State<T>& state, const T* input, const StepContext& context,
                                      T* output) {
    if (p.noise == 0) {
      const SharedFeedback<T> feedback = {p.r, p.rs};
      // Most blocks are full, and loops of a known length start faster.
      return context.width == kBlock
                 ? step_gate(p, cells, state, input, kBlock, feedback, output)
                 : step_gate(p, cells, state, input, context.width, feedback, output);
    }
    Lanes<T> r, rs;
    for (int k = 0; k < context.width; ++k) {
      const NormalPair noise =
          random_normal_pair(context.seed, Stream::kModelNoise,
                             {context.sample, static_cast<std::uint32_t>(context.tick),
                              context.first_neuron + static_cast<NeuronId>(k)});
      r.at[k] = static_cast<T>(static_cast<double>(p.r) + p.noise * noise.first);
      rs.at[k] = static_cast<T>(static_cast<double>(p.rs) + p.noise * noise.second);
    }
    step_gate(p, cells, state, input, context.width, NoisyFeedback<T>{r.at, rs.at}, output);
    return 1;  // noise never rests
  }

  template <class T>
  static double observe(const Parameters<T>& p, const Cells<T>&, const State<T>& state,
                        std::size_t variable, int lane, Tick) {
    switch (variable) {
      case 0:
        return static_cast<double>(state.i.at[lane]);
      case 1:
        return static_cast<double>(p.rho * tanh(state.i.at[lane] * p.inverse_rho));
      case 2:
        return static_cast<double>(state.h.at[lane]);
      default:
        return static_cast<double>(state.hs.at[lane]);
    }
  }
};

static_assert(NeuronModel<SrcNeuron>);

}  // namespace neurosim
