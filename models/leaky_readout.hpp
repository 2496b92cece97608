#pragma once

// Leaky integrator that never fires; reads classes out of spikes (arXiv:2306.03623, sec. 4.2):
//
//   V[t] = alpha V[t-1] + input
//
// Adjoint: d_V[t] = d_output[t] + alpha d_V[t+1], where d_output[t] is the gradient of the loss by
// V[t] itself. alpha is the error filter where all neurons share it.
//
// The class of the largest V at the last step is the prediction. As in lif.hpp, the state is V at
// the step `base` of its last input, and V[t] = alpha^(t - base) V[base].

#include "models/lif.hpp"
#include "models/model.hpp"
#include "sim/core/numerics.hpp"

namespace neurosim {

struct LeakyReadout {
  enum Field : std::size_t { kAlpha, kFieldCount };

  static constexpr FieldInfo kFields[] = {
      {.name = "alpha",
       .fallback = 0.99,
       .range = {0, 1},
       .per_neuron = true,
       .sentence = "share of V that is kept each step"},
  };
  static_assert(std::size(kFields) == kFieldCount);
  static constexpr std::string_view kVariables[] = {"v"};

  static constexpr ModelInfo kInfo = {
      .name = "leaky_readout",
      .sentence = "leaky integrator, one a class; the largest at the last step is the prediction",
      .fields = kFields,
      .variables = kVariables,
      .spikes = false};

  template <class T>
  struct Parameters {
    bool share_alpha;  ///< then the error filter does what the adjoint would
  };
  template <class T>
  struct Cells {
    Lanes<T> alpha;
  };
  template <class T>
  struct State {
    Lanes<T> v;
    Lanes<IntOf<T>> base;
  };
  template <class T>
  struct Carry {
    Lanes<T> d_v;
  };

  template <class T>
  static Parameters<T> parameters(std::span<const FieldValue> v, double) {
    return {.share_alpha = v[kAlpha].size() == 1};
  }

  template <class T>
  static void fill(Cells<T>& cells, int lane, std::span<const FieldValue> v, std::size_t neuron) {
    cells.alpha.at[lane] = static_cast<T>(value_of(v[kAlpha], neuron));
  }

  template <class T>
  static void reset(const Parameters<T>&, const Cells<T>&, State<T>& state) {
    state.v = {};
    for (auto& base : state.base.at) base = -1;
  }

  template <class T>
  NS_KERNEL static std::uint32_t step(const Parameters<T>&, const Cells<T>& cells, State<T>& state,
                                      const T* input, const StepContext& context, T* output,
                                      const Tape<T>& = {}) {
    const auto tick = static_cast<IntOf<T>>(context.tick);
    Lanes<T> decay;
    decay_lanes(cells.alpha.at, state.base.at, tick, context.width, decay.at);
#pragma GCC ivdep
    for (int k = 0; k < context.width; ++k) {
      const T v = fma(decay.at[k], state.v.at[k], input[k]);
      state.v.at[k] = input[k] != T(0) ? v : state.v.at[k];
      state.base.at[k] = input[k] != T(0) ? tick : state.base.at[k];
      output[k] = T(0);
    }
    return 0;
  }

  static int tape_rows(const GradientMode&) { return 0; }

  static double error_filter(std::span<const FieldValue> values, const GradientMode&) {
    return values[kAlpha].size() == 1 ? values[kAlpha][0] : 0;
  }

  template <class T>
  NS_KERNEL static void adjoint(const Parameters<T>& p, const Cells<T>& cells, const GradientMode&,
                                Carry<T>& carry, const AdjointRange<T>& range, T*) {
    for (int t = range.ticks - 1; t >= 0; --t) {
#pragma GCC ivdep
      for (int k = 0; k < range.width; ++k) {
        const T d_v = fma(p.share_alpha ? T(0) : cells.alpha.at[k], carry.d_v.at[k],
                          range.d_output[t * range.width + k]);
        range.error[t * range.width + k] = d_v;
        carry.d_v.at[k] = d_v;
      }
    }
  }

  template <class T>
  static double observe(const Parameters<T>&, const Cells<T>& cells, const State<T>& state,
                        std::size_t, int lane, Tick tick) {
    const auto n = static_cast<std::int32_t>(tick - state.base.at[lane]);
    return static_cast<double>(power(cells.alpha.at[lane], n) * state.v.at[lane]);
  }
};

static_assert(TrainableModel<LeakyReadout>);

}  // namespace neurosim
