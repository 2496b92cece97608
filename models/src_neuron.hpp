#pragma once

// Spiking Recurrent Cell (De Geeter, Ernst, Drion, arXiv:2306.03623). Per neuron and step:
//
//   (5a) i[t]  = alpha i[t-1] + input            input = sum of Ws s_in[t]
//   (5b) x[t]  = rho tanh(i[t] / rho)
//   (3a) c[t]  = tanh(x[t] + r h[t-1] + rs hs[t-1] + b)
//   (3b) h[t]  = z h[t-1] + (1 - z) c[t]         z = 0 gives (5d)
//   (5c) zs    = zs_hyp + (zs_dep - zs_hyp) H(g - 0.5)
//   (5e) hs[t] = zs hs[t-1] + (1 - zs) h[t-1]
//   (5f) s[t]  = ReLU(h[t])                      output: binary gives H(h[t] - 0.5) instead
//
// Ambiguity: the paper prints g = h[t] in (5c), before h[t] is known; the authors' later code reads
// h[t-1]. `slow_gate` chooses g = h[t-1] (previous) or h[t] (current), and `slow_gate_slope` k
// replaces H(y) by the logistic function of k y.
//
// Binary output is that of the authors' hardware (Harmeling, De Geeter, Drion, arXiv:2605.10679).
//
// Not in the paper, both off by default and part of the equations for every engine:
//   current_cutoff  |i[t]| below it becomes 0, since 0.9^n takes 980 steps to underflow;
//   rest_tolerance  h and hs keep their values while i[t] = 0 and neither would move by more.
// The adjoint takes no notice of them.
//
// Adjoint, with d_y the gradient of the loss by y, from the last step back (symbols as above,
// f = 1 - zs):
//
//   d_h[t]  += d_s[t]                            (5f) bypassed, also where binary; else only
//                                                where h[t] > 0
//   d_u[t]   = d_h[t] (1 - z) (1 - c[t]^2)       (3b), (3a); also what b[t] takes
//   d_x[t]   = d_u[t]
//   error[t] = d_x[t] (1 - tanh^2(i[t] / rho))   (5b)
//   d_i[t]   = error[t] + alpha d_i[t+1]         (5a)  = d_input[t]; alpha is the error filter
//
// Detached (sec. 4.4) nothing else flows back in time; h and hs before the first step, which are
// parameters, take their share of d_u[0]. In full:
//
//   d_h[t-1]  = z d_h[t] + r d_u[t] + f d_hs[t]        (3b), (3a), (5e)
//   d_hs[t-1] = rs d_u[t] + (1 - f) d_hs[t]            (3a), (5e)
//   d_g       = d_hs[t] (h[t-1] - hs[t-1]) df/dg       (5c); 0 for the step function

#include <bit>
#include <cmath>

#include "models/model.hpp"
#include "models/src_equations.hpp"
#include "models/src_feedback.hpp"
#include "models/src_fields.hpp"
#include "sim/core/numerics.hpp"
#include "sim/core/random_normal_lanes.hpp"

namespace neurosim {

struct SrcNeuron : SrcFields {
  static constexpr ModelInfo kInfo = {
      .name = "src",
      .sentence = "Spiking Recurrent Cell with graded spikes (arXiv:2306.03623)",
      .fields = kFields,
      .variables = kVariables,
      .graded = true,
      .lasting = true,
      .check = &check,
      .sends_values = &sends_values,
      .learned_range = &learned_range};

  template <class T>
  struct Parameters {
    // Constants near 1 lose digits of what matters, 1 - value, in single precision: alpha is kept
    // in two parts, the slow gate as 1 - zs.
    T alpha, alpha_rest, rho, inverse_rho, r, rs, z, one_minus_z, follow_hyp, follow_dep, slope,
        cutoff, tolerance, binary_above;
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
  struct Carry {
    Lanes<T> d_h, d_hs;  ///< of the tick before, as far as later ticks give it; full mode only
  };

  template <class T>
  static Parameters<T> parameters(std::span<const FieldValue> v, double) {
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
            .binary_above = sends_values(v) ? T(0) : T(0.5),
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

  /// h and hs at t from their values at t-1 and c[t] (Eq. 3b, 5c, 5e).
  template <bool kCurrentGate, bool kSmoothGate, class T>
  NS_KERNEL static void update(const Parameters<T>& p, T c, T& h, T& hs) {
    const T next_h = fma(p.z, h, p.one_minus_z * c);  // Eq. 3b
    const T gate = kCurrentGate ? next_h : h;
    hs = fma(src::follow_of<kSmoothGate>(p, gate), h - hs, hs);  // Eq. 5e
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

  /// Rows of the tape; the last three in full mode only.
  enum TapeRow { kSlopeOfC, kSlopeOfX, kPreviousH, kPreviousHs, kH, kFullRows };
  static int tape_rows(const GradientMode& mode) {
    return mode.full_recurrence ? kFullRows : kPreviousH;
  }

  /// Tapes what is known before h and hs move on.
  template <class T>
  NS_KERNEL static void write_slopes(const Parameters<T>& p, const State<T>& state,
                                     const T* squashed, const T* c, int width,
                                     const Tape<T>& tape) {
    T* const rows = tape.rows;
#pragma GCC ivdep
    for (int k = 0; k < width; ++k) {
      rows[kSlopeOfC * kBlock + k] = p.one_minus_z * fma(-c[k], c[k], T(1));
      rows[kSlopeOfX * kBlock + k] = fma(-squashed[k], squashed[k], T(1));
    }
    if (!tape.mode->full_recurrence) return;
#pragma GCC ivdep
    for (int k = 0; k < width; ++k) {
      rows[kPreviousH * kBlock + k] = state.h.at[k];
      rows[kPreviousHs * kBlock + k] = state.hs.at[k];
    }
  }

  /// Tapes what needs h[t]: itself in full mode, and otherwise the true ReLU as part of a slope.
  template <class T>
  NS_KERNEL static void gate_slopes(const State<T>& state, int width, const Tape<T>& tape) {
    T* const rows = tape.rows;
    if (tape.mode->full_recurrence) {
#pragma GCC ivdep
      for (int k = 0; k < width; ++k) rows[kH * kBlock + k] = state.h.at[k];
    } else if (!tape.mode->bypass_relu) {
#pragma GCC ivdep
      for (int k = 0; k < width; ++k) {
        const T slope = rows[kSlopeOfC * kBlock + k];
        rows[kSlopeOfC * kBlock + k] = state.h.at[k] > T(0) ? slope : T(0);
      }
    }
  }

  template <bool kCurrentGate, bool kSmoothGate, class Feedback, class T>
  NS_KERNEL static std::uint32_t step_block(const Parameters<T>& parameters, const Cells<T>& cells,
                                            State<T>& state, const T* input, int width,
                                            Feedback feedback, T* output, const Tape<T>& tape) {
    const Parameters<T> p = parameters;  // a copy cannot alias what the loops write
    Lanes<T> scaled, squashed, c;
    IntOf<T> driven = 0;
#pragma GCC ivdep
    for (int k = 0; k < width; ++k) {
      const T i = src::leak(p, state.i.at[k], input[k]);
      driven |= (bits(i) ^ bits(state.i.at[k])) | bits(input[k]);
      state.i.at[k] = i;
      scaled.at[k] = i * p.inverse_rho;
    }
    tanh_lanes<kBlock>(scaled.at, width, squashed.at);
#pragma GCC ivdep
    for (int k = 0; k < width; ++k) {
      const T x = p.rho * squashed.at[k];  // Eq. 5b
      c.at[k] = src::activation(x, feedback.r_of(k), feedback.rs_of(k), cells.bias.at[k],
                                state.h.at[k], state.hs.at[k]);
    }
    tanh_lanes<kBlock>(c.at, width, c.at);
    if (tape.rows != nullptr) write_slopes(p, state, squashed.at, c.at, width, tape);
    if (driven != 0 && p.tolerance == 0) {  // no need to see whether anything else rests
#pragma GCC ivdep
      for (int k = 0; k < width; ++k) {
        T h = state.h.at[k], hs = state.hs.at[k];
        update<kCurrentGate, kSmoothGate>(p, c.at[k], h, hs);
        state.h.at[k] = h;
        state.hs.at[k] = hs;
        output[k] = src::spike_of(p, h);
      }
      if (tape.rows != nullptr) gate_slopes(state, width, tape);
      return 1;
    }
    IntOf<T> moved = driven;
#pragma GCC ivdep
    for (int k = 0; k < width; ++k) {
      T h = state.h.at[k], hs = state.hs.at[k];
      update_or_hold<kCurrentGate, kSmoothGate>(p, c.at[k], state.i.at[k], h, hs);
      const T spike = src::spike_of(p, h);
      moved |= (bits(h) ^ bits(state.h.at[k])) | (bits(hs) ^ bits(state.hs.at[k])) | bits(spike);
      state.h.at[k] = h;
      state.hs.at[k] = hs;
      output[k] = spike;
    }
    if (tape.rows != nullptr) gate_slopes(state, width, tape);
    return moved != 0;
  }

  template <class Feedback, class T>
  NS_KERNEL static std::uint32_t step_gate(const Parameters<T>& p, const Cells<T>& cells,
                                           State<T>& state, const T* input, int width,
                                           Feedback feedback, T* output, const Tape<T>& tape) {
    if (p.smooth_gate) {
      return p.current_gate
                 ? step_block<true, true>(p, cells, state, input, width, feedback, output, tape)
                 : step_block<false, true>(p, cells, state, input, width, feedback, output, tape);
    }
    return p.current_gate
               ? step_block<true, false>(p, cells, state, input, width, feedback, output, tape)
               : step_block<false, false>(p, cells, state, input, width, feedback, output, tape);
  }

  template <class T>
  NS_KERNEL static std::uint32_t step(const Parameters<T>& p, const Cells<T>& cells,
                                      State<T>& state, const T* input, const StepContext& context,
                                      T* output, const Tape<T>& tape = {}) {
    if (p.noise == 0) {
      const SharedFeedback<T> feedback = {p.r, p.rs};
      // Most blocks are full, and loops of a known length start faster.
      return context.width == kBlock
                 ? step_gate(p, cells, state, input, kBlock, feedback, output, tape)
                 : step_gate(p, cells, state, input, context.width, feedback, output, tape);
    }
    alignas(64) double of_r[kBlock], of_rs[kBlock];
    random_normal_pairs<kBlock>(
        context.seed, Stream::kModelNoise,
        {context.sample, static_cast<std::uint32_t>(context.tick), context.first_neuron}, of_r,
        of_rs);
    Lanes<T> r, rs;
    for (int k = 0; k < kBlock; ++k) {
      r.at[k] = static_cast<T>(static_cast<double>(p.r) + p.noise * of_r[k]);
      rs.at[k] = static_cast<T>(static_cast<double>(p.rs) + p.noise * of_rs[k]);
    }
    step_gate(p, cells, state, input, context.width, NoisyFeedback<T>{r.at, rs.at}, output, tape);
    return 1;  // noise never rests
  }

  /// REQUIRES: without noise in full mode, as the tape does not hold r and rs.
  template <class T>
  NS_KERNEL static void adjoint(const Parameters<T>& p, const Cells<T>&, const GradientMode& mode,
                                Carry<T>& carry, const AdjointRange<T>& range, T* d_parameters) {
    if (!mode.full_recurrence) {
      adjoint_detached(p, mode, range, d_parameters);
    } else if (p.smooth_gate) {
      p.current_gate ? adjoint_full<true, true>(p, mode, carry, range, d_parameters)
                     : adjoint_full<false, true>(p, mode, carry, range, d_parameters);
    } else {
      p.current_gate ? adjoint_full<true, false>(p, mode, carry, range, d_parameters)
                     : adjoint_full<false, false>(p, mode, carry, range, d_parameters);
    }
  }

  /// The learnable fields' places in d_parameters.
  enum Gradient { kDBias, kDInitialH, kDInitialHs };

  template <class T>
  NS_KERNEL static void adjoint_detached(const Parameters<T>& p, const GradientMode& mode,
                                         const AdjointRange<T>& range, T* d_parameters) {
    T* const d_bias = d_parameters + kDBias * kBlock;
    for (int t = range.ticks - 1; t >= 0; --t) {
      const T* const tape = range.tape + t * kPreviousH * kBlock;
      const T* const d_s = range.d_output + t * range.width;
      T* const error = range.error + t * range.width;
      if (range.first + t == 0) {
#pragma GCC ivdep
        for (int k = 0; k < range.width; ++k) {
          const T slope = tape[kSlopeOfC * kBlock + k];
          const T d_u = d_s[k] * slope;
          const T d_h = mode.bypass_relu || slope != T(0) ? d_s[k] : T(0);
          d_parameters[kDInitialH * kBlock + k] += fma(p.z, d_h, p.r * d_u);
          d_parameters[kDInitialHs * kBlock + k] += p.rs * d_u;
        }
      }
#pragma GCC ivdep
      for (int k = 0; k < range.width; ++k) {
        const T d_u = d_s[k] * tape[kSlopeOfC * kBlock + k];
        d_bias[k] += d_u;
        error[k] = d_u * tape[kSlopeOfX * kBlock + k];
      }
    }
  }

  template <bool kCurrentGate, bool kSmoothGate, class T>
  NS_KERNEL static void adjoint_full(const Parameters<T>& parameters, const GradientMode& mode,
                                     Carry<T>& carry, const AdjointRange<T>& range,
                                     T* d_parameters) {
    const Parameters<T> p = parameters;
    for (int t = range.ticks - 1; t >= 0; --t) {
      const T* const tape = range.tape + t * kFullRows * kBlock;
      const T* const d_s = range.d_output + t * range.width;
      T* const error = range.error + t * range.width;
#pragma GCC ivdep
      for (int k = 0; k < range.width; ++k) {
        const T h = tape[kH * kBlock + k];
        const T h_before = tape[kPreviousH * kBlock + k];
        const T hs_before = tape[kPreviousHs * kBlock + k];
        const T d_hs = carry.d_hs.at[k];
        const T gate = kCurrentGate ? h : h_before;
        const T follow = src::follow_of<kSmoothGate>(p, gate);
        const T d_gate =
            kSmoothGate ? d_hs * (h_before - hs_before) * src::follow_slope(p, gate) : T(0);
        T d_h = carry.d_h.at[k];
        d_h += mode.bypass_relu || h > T(0) ? d_s[k] : T(0);
        d_h += kCurrentGate ? d_gate : T(0);
        const T d_u = d_h * tape[kSlopeOfC * kBlock + k];
        d_parameters[kDBias * kBlock + k] += d_u;
        error[k] = d_u * tape[kSlopeOfX * kBlock + k];
        const T d_h_before = fma(p.z, d_h, fma(p.r, d_u, follow * d_hs));
        carry.d_h.at[k] = d_h_before + (kCurrentGate ? T(0) : d_gate);
        carry.d_hs.at[k] = fma(p.rs, d_u, (T(1) - follow) * d_hs);
      }
    }
    if (range.first > 0) return;
    for (int k = 0; k < range.width; ++k) {
      d_parameters[kDInitialH * kBlock + k] += carry.d_h.at[k];
      d_parameters[kDInitialHs * kBlock + k] += carry.d_hs.at[k];
    }
  }

  static double error_filter(std::span<const FieldValue> values, const GradientMode&) {
    return values[kAlpha][0];
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

static_assert(TrainableModel<SrcNeuron>);

}  // namespace neurosim
