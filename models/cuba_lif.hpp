#pragma once

// Current-based leaky integrate-and-fire neuron with time constants in ms (CubaLIF of the
// Neuromorphic Intermediate Representation; iaf_psc_exp and iaf_psc_delta of NEST):
//
//   tau_mem dV/dt = v_leak + drive - V + sum_k g_k,    tau_k dg_k/dt = -g_k
//
// An event adds its weight to the current g_k of its receptor k, or, without time constants, to V
// itself. Between events the equations are linear and are integrated exactly (Rotter and Diesmann,
// 1999). With rest = v_leak + drive, u = V - rest and a step of h ms, at each step:
//
//   u[t]   = p_mem u[t-1] + sum_k p_k g_k[t-1]           without currents: p_mem u[t-1] + input[t]
//   g_k[t] = exp(-h / tau_k) g_k[t-1] + input_k[t]
//   p_mem  = exp(-h / tau_mem)
//   p_k    = tau_k / (tau_k - tau_mem) (exp(-h / tau_k) - exp(-h / tau_mem)), or, where the two are
//            equal, h / tau_mem exp(-h / tau_mem)
//
// V above v_threshold is a spike: V becomes v_reset and stays there for refractory_ms, rounded to
// whole steps; currents go on meanwhile, input without a current is lost. Values up to
// rest_tolerance become 0, so that a neuron comes to rest and costs nothing.

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/model.hpp"
#include "sim/core/numerics.hpp"

namespace neurosim {

struct CubaLif {
  enum Field : std::size_t {
    kTauMem,
    kTauSyn,
    kLeak,
    kThreshold,
    kReset,
    kRefractory,
    kDrive,
    kInitialV,
    kRestTolerance,
    kFieldCount
  };
  static constexpr int kMostReceptors = 4;
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  /// The rate of one that is yet far shorter overflows.
  static constexpr Range kTimeConstant = {.low = 1e-6};

  static constexpr FieldInfo kFields[] = {
      {.name = "tau_mem_ms",
       .fallback = 20,
       .range = kTimeConstant,
       .unit = "ms",
       .sentence = "time constant of the membrane"},
      {.name = "tau_syn_ms",
       .fallback = 5,
       .range = kTimeConstant,
       .optional = true,
       .most = kMostReceptors,
       .unit = "ms",
       .sentence = "time constants of the synaptic currents, one a receptor; none: events add to V "
                   "itself"},
      {.name = "v_leak", .fallback = 0, .unit = "mV", .sentence = "V at rest, without drive"},
      {.name = "v_threshold",
       .fallback = 1,
       .per_neuron = true,
       .unit = "mV",
       .sentence = "V above it (strictly) is a spike"},
      {.name = "v_reset",
       .fallback = 0,
       .unit = "mV",
       .sentence = "V after a spike; must not exceed the threshold"},
      {.name = "refractory_ms",
       .fallback = 0,
       .range = {0, 1e6},
       .unit = "ms",
       .sentence = "time after a spike during which V stays at v_reset, rounded to whole steps"},
      {.name = "drive",
       .fallback = 0,
       .per_neuron = true,
       .unit = "mV",
       .sentence = "constant input: added to v_leak"},
      {.name = "initial_v",
       .fallback = kNone,
       .per_neuron = true,
       .optional = true,
       .unit = "mV",
       .sentence = "V before the first step; none: v_leak + drive"},
      {.name = "rest_tolerance",
       .fallback = 0,
       .range = {.low = 0},
       .unit = "mV",
       .sentence = "a distance from rest, or a current, that small becomes 0"},
  };
  static_assert(std::size(kFields) == kFieldCount);
  static constexpr std::string_view kVariables[] = {"v", "g0", "g1", "g2", "g3"};

  static std::string check(std::span<const FieldValue> v) {
    const std::size_t count = v[kThreshold].size();
    for (std::size_t k = 0; k < count; ++k) {
      if (v[kReset][0] > v[kThreshold][k]) return "v_reset must not exceed v_threshold";
    }
    return {};
  }

  static int receptors(std::span<const FieldValue> v) {
    return v[kTauSyn].empty() ? 1 : static_cast<int>(v[kTauSyn].size());
  }

  static std::size_t variables_of(std::span<const FieldValue> v) { return 1 + v[kTauSyn].size(); }

  static constexpr ModelInfo kInfo = {
      .name = "cuba_lif",
      .sentence = "integrate-and-fire neuron with synaptic currents and time constants in ms",
      .fields = kFields,
      .variables = kVariables,
      .check = &check,
      .receptors = &receptors,
      .variables_of = &variables_of,
      .trainable = false};

  template <class T>
  struct Parameters {
    int currents;
    T keep_u, rest_tolerance;
    T current_share[kMostReceptors], keep_g[kMostReceptors];
    IntOf<T> refractory;
  };
  template <class T>
  struct Cells {
    Lanes<T> rest, threshold, reset, initial_u;  ///< but for `rest` itself, relative to it
  };
  template <class T>
  struct State {
    Lanes<T> u;
    Lanes<T> g[kMostReceptors];
    Lanes<IntOf<T>> held_until;  ///< the first step that is not refractory
  };

  template <class T>
  static Parameters<T> parameters(std::span<const FieldValue> v, double step_ms) {
    const double tau_mem = v[kTauMem][0];
    const double keep_u = exp(-step_ms / tau_mem);
    const double refractory =
        std::min(std::round(v[kRefractory][0] / step_ms), static_cast<double>(kMaxTicks));
    Parameters<T> p = {.currents = static_cast<int>(v[kTauSyn].size()),
                       .keep_u = static_cast<T>(keep_u),
                       .rest_tolerance = static_cast<T>(v[kRestTolerance][0]),
                       .current_share = {},
                       .keep_g = {},
                       .refractory = static_cast<IntOf<T>>(refractory)};
    for (std::size_t k = 0; k < v[kTauSyn].size(); ++k) {
      const double tau = v[kTauSyn][k];
      p.keep_g[k] = static_cast<T>(exp(-step_ms / tau));
      const double x = step_ms * (1 / tau_mem - 1 / tau);
      // keep_u (e^x - 1) / x, also for time constants that are equal or nearly so; where e^x could
      // overflow, keep_u e^x is what the current keeps.
      const double mean = std::abs(x) < 1e-5 ? keep_u * (1 + x / 2 + x * x / 6)
                          : x < 1            ? keep_u * ((exp(x) - 1) / x)
                                             : (exp(-step_ms / tau) - keep_u) / x;
      p.current_share[k] = static_cast<T>(mean * step_ms / tau_mem);
    }
    return p;
  }

  template <class T>
  static void fill(Cells<T>& cells, int lane, std::span<const FieldValue> v, std::size_t neuron) {
    const double rest = v[kLeak][0] + value_of(v[kDrive], neuron);
    cells.rest.at[lane] = static_cast<T>(rest);
    cells.threshold.at[lane] = static_cast<T>(value_of(v[kThreshold], neuron) - rest);
    cells.reset.at[lane] = static_cast<T>(v[kReset][0] - rest);
    cells.initial_u.at[lane] =
        v[kInitialV].empty() ? T(0) : static_cast<T>(value_of(v[kInitialV], neuron) - rest);
  }

  template <class T>
  static void reset(const Parameters<T>&, const Cells<T>& cells, State<T>& state) {
    state.u = cells.initial_u;
    for (auto& g : state.g) g = {};
    state.held_until = {};
  }

  template <int kCurrents, class T>
  NS_KERNEL static std::uint32_t step_block(const Parameters<T>& p, const Cells<T>& cells,
                                            State<T>& state, const T* input,
                                            const StepContext& context, T* output) {
    const auto tick = static_cast<IntOf<T>>(context.tick);
    constexpr auto kLast = static_cast<IntOf<T>>(kMaxTicks);
    const IntOf<T> until = tick >= kLast - p.refractory ? kLast : tick + 1 + p.refractory;
    // Kept apart from `state` until the end, as in lif.hpp.
    Lanes<T> next_u, next_g[kCurrents + 1];
    Lanes<IntOf<T>> next_held;
    IntOf<T> restless = 0;
#pragma GCC ivdep
    for (int k = 0; k < context.width; ++k) {
      const T u = state.u.at[k];
      IntOf<T> moving = 0;
      T moved = kCurrents == 0 ? fma(p.keep_u, u, input[k]) : p.keep_u * u;
      for (int c = 0; c < kCurrents; ++c) {
        const T g = state.g[c].at[k];
        moved = fma(p.current_share[c], g, moved);
        const T next = fma(p.keep_g[c], g,
                           input[static_cast<std::size_t>(c) * context.input_stride +
                                 static_cast<std::size_t>(k)]);
        const T kept = magnitude(next) <= p.rest_tolerance ? T(0) : next;
        next_g[c].at[k] = kept;
        moving |= bits(kept);
      }
      moved = magnitude(moved) <= p.rest_tolerance ? T(0) : moved;
      const IntOf<T> held_until = state.held_until.at[k];
      const IntOf<T> held = tick < held_until ? 1 : 0;
      moved = held ? u : moved;
      const IntOf<T> spike = moved > cells.threshold.at[k] ? 1 - held : 0;
      const T after = spike ? cells.reset.at[k] : moved;
      next_u.at[k] = after;
      next_held.at[k] = spike ? until : held_until;
      output[k] = spike ? T(1) : T(0);
      restless |= moving | bits(after);
    }
    const auto count = static_cast<std::size_t>(context.width);
    __builtin_memcpy(state.u.at, next_u.at, count * sizeof(T));
    for (int c = 0; c < kCurrents; ++c) {
      __builtin_memcpy(state.g[c].at, next_g[c].at, count * sizeof(T));
    }
    __builtin_memcpy(state.held_until.at, next_held.at, count * sizeof(IntOf<T>));
    return restless != 0;
  }

  template <class T>
  NS_KERNEL static std::uint32_t step(const Parameters<T>& p, const Cells<T>& cells,
                                      State<T>& state, const T* input, const StepContext& context,
                                      T* output, const Tape<T>& = {}) {
    switch (p.currents) {
      case 0:
        return step_block<0>(p, cells, state, input, context, output);
      case 1:
        return step_block<1>(p, cells, state, input, context, output);
      case 2:
        return step_block<2>(p, cells, state, input, context, output);
      case 3:
        return step_block<3>(p, cells, state, input, context, output);
      default:
        return step_block<4>(p, cells, state, input, context, output);
    }
  }

  template <class T>
  static double observe(const Parameters<T>&, const Cells<T>& cells, const State<T>& state,
                        std::size_t variable, int lane, Tick) {
    if (variable > 0) return static_cast<double>(state.g[variable - 1].at[lane]);
    return static_cast<double>(state.u.at[lane]) + static_cast<double>(cells.rest.at[lane]);
  }
};

static_assert(NeuronModel<CubaLif>);

}  // namespace neurosim
