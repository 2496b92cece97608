#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace neurosim::test {

/// A cuba_lif neuron in closed form: V as a sum over all events so far, each an exponential or a
/// difference of two, on top of the decay of V since it was last set. Nothing goes from step to
/// step, so nothing is shared with the propagators of models/cuba_lif.hpp.
struct ExactCuba {
  double step_ms = 1, tau_mem = 20;
  std::vector<double> tau_syn = {5};  ///< empty: events add to V itself
  double rest = 0;                    ///< v_leak + drive
  double threshold = 1, reset = 0;
  int refractory = 0;  ///< steps
  double v = 0;        ///< first the start, then that of the last step

  /// One step. The inputs of tick `tick` come after V is known, or, without currents, in it.
  bool step(int tick, const std::vector<std::pair<std::size_t, double>>& inputs) {
    const bool held = tick < free_;
    if (tick == 0) from_v_ = v;
    if (!(held && tau_syn.empty())) {  // lost
      for (const auto& [receptor, weight] : inputs) events_.push_back({tick, receptor, weight});
    }
    if (held) return false;
    v = rest + (from_v_ - rest) * std::exp(-ms(tick - from_) / tau_mem);
    for (const Event& event : events_) v += response(event, tick);
    if (!(v > threshold)) return false;
    v = from_v_ = reset;
    from_ = tick + refractory;
    free_ = from_ + 1;
    if (tau_syn.empty()) events_.clear();
    return true;
  }

  double current(std::size_t receptor, int tick) const {
    double g = 0;
    for (const Event& event : events_) {
      if (event.receptor != receptor || event.tick > tick) continue;
      g += event.weight * std::exp(-ms(tick - event.tick) / tau_syn[receptor]);
    }
    return g;
  }

 private:
  struct Event {
    int tick;
    std::size_t receptor;
    double weight;
  };

  double ms(int steps) const { return steps * step_ms; }

  /// What an event adds to V at `tick`, given that V was set at from_.
  double response(const Event& event, int tick) const {
    if (tau_syn.empty()) return event.weight * std::exp(-ms(tick - event.tick) / tau_mem);
    const double tau = tau_syn[event.receptor];
    const int begin = std::max(event.tick, from_);
    const double g = event.weight * std::exp(-ms(begin - event.tick) / tau);
    const double t = ms(tick - begin);
    // The integral over 0 <= s <= t of g e^(-s / tau) e^(-(t - s) / tau_mem) / tau_mem.
    const double x = t / tau_mem - t / tau;
    const double mean = x == 0 ? 1 : std::expm1(x) / x;
    return g * t / tau_mem * std::exp(-t / tau_mem) * mean;
  }

  std::vector<Event> events_;
  double from_v_ = 0;
  int from_ = -1;  ///< the tick from which V decays
  int free_ = 0;   ///< the first tick that is not refractory
};

}  // namespace neurosim::test
