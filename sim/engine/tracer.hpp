#pragma once

#include <vector>

#include "sim/core/record.hpp"
#include "sim/engine/engine.hpp"
#include "sim/engine/population.hpp"

namespace neurosim {

/// Writes the state traces that an observation asks for.
class Tracer {
 public:
  explicit Tracer(const Observation& observation) : probes_(observation.probes) {}

  /// Gives `record` room for all traces of a sample.
  void begin(SampleRecord& record, Tick ticks) const {
    record.traces.clear();
    for (const Probe& probe : probes_) {
      StateTrace& trace = record.traces.emplace_back();
      trace.population = probe.population;
      trace.variables = probe.names;
      trace.neurons = probe.neurons;
      trace.values.resize(probe.variables.size() * static_cast<std::size_t>(ticks) *
                          probe.neurons.size());
    }
  }

  bool watches(std::size_t population, int block) const {
    for (const Probe& probe : probes_) {
      if (probe.population != population) continue;
      for (const NeuronId neuron : probe.neurons) {
        if (static_cast<int>(neuron / kBlock) == block) return true;
      }
    }
    return false;
  }

  /// The block's traces for ticks [from, to), during which it was not stepped after `from`.
  template <class T>
  void write(const Population<T>& state, std::size_t population, int block, Tick from, Tick to,
             SampleRecord& record) const {
    for (std::size_t p = 0; p < probes_.size(); ++p) {
      const Probe& probe = probes_[p];
      if (probe.population != population) continue;
      for (std::size_t n = 0; n < probe.neurons.size(); ++n) {
        if (static_cast<int>(probe.neurons[n] / kBlock) != block) continue;
        for (std::size_t v = 0; v < probe.variables.size(); ++v) {
          for (Tick tick = from; tick < to; ++tick) {
            const auto row =
                v * static_cast<std::size_t>(record.ticks) + static_cast<std::size_t>(tick);
            record.traces[p].values[row * probe.neurons.size() + n] =
                state.observe(probe.neurons[n], probe.variables[v], tick);
          }
        }
      }
    }
  }

 private:
  std::vector<Probe> probes_;
};

}  // namespace neurosim
