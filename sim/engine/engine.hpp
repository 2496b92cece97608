#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/record.hpp"
#include "sim/core/sample_watch.hpp"
#include "sim/network/network.hpp"

namespace neurosim {

/// State variables to trace, given by index.
struct Probe {
  std::size_t population = 0;
  std::vector<std::size_t> variables;  ///< indices into the model's variables
  std::vector<std::string> names;
  std::vector<NeuronId> neurons;
};

/// Whether a record holds every state variable at the last tick.
enum class FinalStates { kSkip, kKeep };

/// What a run observes beside spikes and counters.
struct Observation {
  std::vector<Probe> probes;
  /// Population whose first variable at the last tick is the readout.
  std::optional<std::size_t> readout;
  FinalStates final_states = FinalStates::kSkip;
};

/// Runs one sample at a time, each from the initial state. Not thread-safe: one engine a thread,
/// all sharing one network, which must outlive them. Engines of any kind give the same bits.
class Engine {
 public:
  virtual ~Engine() = default;
  /// Overwrites everything in `record` except `label`. REQUIRES: one train a source population,
  /// in order, all spikes within the population's size and the sample's ticks.
  /// Where `watch` is interrupted, returns early, with a record that is not whole.
  virtual void run(std::size_t sample, const SampleInput& input, SampleRecord& record,
                   SampleWatch& watch) = 0;

  void run(std::size_t sample, const SampleInput& input, SampleRecord& record) {
    SampleWatch watch;
    run(sample, input, record, watch);
  }
};

/// How the neurons of one sample are shared out; it changes no result.
struct Partition {
  unsigned threads = 1;
  /// Sums of a part that stay in the second-level cache beside the neurons' state.
  std::size_t part_bytes = std::size_t{512} << 10;
  /// A thread with fewer blocks would spend its time waiting for the others.
  std::size_t fewest_blocks = 64;
};

/// Costs by events: silence and settled neurons are skipped.
template <class T>
std::unique_ptr<Engine> make_event_engine(const Network<T>& network, Observation observation,
                                          Partition partition = {});

/// Steps every neuron at every tick and multiplies every weight: slow, simple, the oracle.
template <class T>
std::unique_ptr<Engine> make_reference_engine(const Network<T>& network, Observation observation);

/// Where two records of the same sample first differ in spikes, traces or final states: tick,
/// population and neuron with both values, named by `population_names`; or else in the counters of
/// projections. Empty if they agree bit for bit.
std::string first_difference(const SampleRecord& a, const SampleRecord& b,
                             const std::vector<std::string>& population_names);

}  // namespace neurosim
