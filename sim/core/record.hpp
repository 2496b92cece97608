#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/spike_train.hpp"
#include "sim/core/types.hpp"

namespace neurosim {

/// What goes into the network for one sample: one train for each source population, in the order
/// of the description, and the label where the data have one (-1: none).
struct SampleInput {
  std::int64_t label = -1;
  std::vector<SpikeTrain> sources;
};

/// Work of one population over one sample, counted by neuron and tick.
struct PopulationCounters {
  std::uint64_t spikes = 0;           ///< spike events sent (an SRC spike counts at each tick)
  std::uint64_t onsets = 0;           ///< of these, those that start a spike (ModelInfo::lasting)
  std::uint64_t updates_done = 0;     ///< neuron updates computed
  std::uint64_t updates_driven = 0;   ///< of these, those with an input other than 0
  std::uint64_t updates_skipped = 0;  ///< neuron updates saved: neurons x ticks - done
};

/// Work of one projection over one sample.
struct ProjectionCounters {
  std::uint64_t events = 0;               ///< source spikes delivered
  std::uint64_t synaptic_operations = 0;  ///< source spikes x their synapses
  /// Of these, those through weights other than 0, as NeuroBench counts effective operations: of
  /// ticks at which every delivered value is 1 or -1 (accumulates), and of the others.
  std::uint64_t accumulates = 0;
  std::uint64_t multiply_accumulates = 0;

  friend bool operator==(const ProjectionCounters&, const ProjectionCounters&) = default;
};

/// Values of some state variables of some neurons of one population at every tick of a sample.
struct StateTrace {
  std::size_t population = 0;          ///< index in the description
  std::vector<std::string> variables;  ///< e.g. h, hs
  std::vector<NeuronId> neurons;
  std::vector<double> values;  ///< [variable][tick][neuron]
};

/// Everything that one sample gave. Vectors over populations and projections follow the order of
/// the description. Engines fill it; sinks read it.
struct SampleRecord {
  std::size_t sample = 0;
  Tick ticks = 0;
  std::int64_t label = -1;
  std::int64_t prediction = -1;    ///< index of the largest readout at the last tick; -1: none
  std::vector<double> readout;     ///< values of the readout population at the last tick
  std::vector<SpikeTrain> spikes;  ///< [population]
  std::vector<std::vector<std::uint32_t>> spiking_ticks;  ///< [population][neuron], Eq. 4 x T
  std::vector<PopulationCounters> populations;
  std::vector<ProjectionCounters> projections;
  std::vector<StateTrace> traces;
  std::vector<std::vector<double>> final_states;  ///< [population][variable x neuron]
};

/// How a run ended.
enum class RunEnd { kComplete, kInterrupted };

/// Observes a run; cannot alter it. Called from one thread, in sample order.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void sample(const SampleRecord& record) = 0;
  virtual void end(RunEnd how) = 0;
};

}  // namespace neurosim
