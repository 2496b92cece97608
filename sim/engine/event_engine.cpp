#include <algorithm>

#include "sim/core/error.hpp"
#include "sim/engine/count_events.hpp"
#include "sim/engine/engine.hpp"
#include "sim/engine/event_queue.hpp"
#include "sim/engine/march.hpp"
#include "sim/engine/sample.hpp"
#include "sim/engine/tracer.hpp"

namespace neurosim {
namespace {

template <class T>
bool can_sweep(const Network<T>& network, const Stage& stage) {
  const std::size_t population = stage.populations.front();
  return !stage.recurrent && network.neurons[population]->receptors() == 1 &&
         std::ranges::all_of(network.incoming[population],
                             [&](std::size_t p) { return network.projections[p].dense; });
}

/// Some 0.1 ms of a block that is busy.
constexpr Tick kTicksBetweenAsking = 1000;

/// As many as find work in some stage: one that does not would still be waited for, often.
template <class T>
unsigned useful_threads(const Network<T>& network, const Partition& partition) {
  std::size_t useful = 1;
  for (const Stage& stage : network.stages) {
    if (network.neurons[stage.populations.front()] == nullptr) continue;
    std::size_t blocks = 0;
    for (const std::size_t p : stage.populations) {
      blocks += static_cast<std::size_t>(network.neurons[p]->blocks());
    }
    const bool sweeps = can_sweep(network, stage);
    useful = std::max(useful, sweeps ? blocks : blocks / partition.fewest_blocks);
  }
  return static_cast<unsigned>(std::min<std::size_t>(useful, partition.threads));
}

/// Stages run one after the other over the whole sample: all that a stage can receive from earlier
/// ones is known before it starts, so it never waits. Two ways give the same bits:
///
///   sweep()  a feed-forward population with dense input runs block by block, each block through
///            all of time, so that a block's weights stay in the cache;
///   March    everything else runs in windows of ticks, populations in zero-delay order within one.
///
/// A block that needs nothing sleeps until the next event for it; time jumps to the next event
/// when every block sleeps. Threads share the blocks of one population.
template <class T>
class EventEngine final : public Engine {
 public:
  EventEngine(const Network<T>& network, const Observation& observation, const Partition& partition)
      : network_(network),
        kernels_(kernels<T>()),
        sample_(network, observation),
        tracer_(observation),
        team_(useful_threads(network, partition)) {
    for (const Stage& stage : network.stages) {
      const std::size_t first = stage.populations.front();
      const bool marches = network.neurons[first] != nullptr && !can_sweep(network, stage);
      marches_.push_back(
          marches ? std::make_unique<March<T>>(network, stage, sample_, tracer_, team_, partition)
                  : nullptr);
    }
  }

  using Engine::run;
  void run(std::size_t index, const SampleInput& input, SampleRecord& record,
           SampleWatch& watch) override {
    sample_.begin(index, input, record);
    tracer_.begin(record, network_.ticks);
    for (std::size_t s = 0; s < network_.stages.size() && !watch.interrupted(); ++s) {
      const std::size_t first = network_.stages[s].populations.front();
      watch.begin_stage(s, network_.stages.size());
      if (network_.neurons[first] == nullptr) continue;
      marches_[s] != nullptr ? marches_[s]->run(record, watch) : sweep(first, record, watch);
    }
    if (watch.gave_up()) return;
    count_events(network_, record);
    sample_.end(record);
  }

 private:
  void sweep(std::size_t index, SampleRecord& record, SampleWatch& watch) {
    Population<T>& population = sample_.population(index);
    const auto blocks = static_cast<std::size_t>(population.neurons().blocks());
    const std::size_t parts = std::min<std::size_t>(team_.threads(), blocks);
    population.split(parts);
    const auto work = [&](std::size_t part, unsigned) {
      EventQueue<T> queue(network_, index, record.spikes);
      for (std::size_t b = part * blocks / parts; b < (part + 1) * blocks / parts; ++b) {
        queue.rewind();
        const auto go_on = [&](Tick tick) {
          // The first part stands for all.
          const double ticks = static_cast<double>(tick) / static_cast<double>(network_.ticks);
          if (part == 0) {
            watch.reach((static_cast<double>(b) + ticks) * static_cast<double>(parts) /
                        static_cast<double>(blocks));
          }
          return !watch.interrupted();
        };
        sweep_block(population, index, static_cast<int>(b), part, queue, record, go_on);
      }
    };
    parts == 1 ? work(0, 0) : team_.for_each(parts, work);
    population.take_spikes(record.spikes[index], record.spiking_ticks[index]);
  }

  /// Asks `go_on(tick)` at the start and now and then.
  template <class GoOn>
  void sweep_block(Population<T>& population, std::size_t index, int block, std::size_t part,
                   EventQueue<T>& queue, SampleRecord& record, const GoOn& go_on) {
    const int width = population.neurons().width(block);
    const bool traced = tracer_.watches(index, block);
    const Lanes<T> silence = {};  // the input of a block without events
    Lanes<T> sum, output;
    Tick tick = 0, ask = 0;
    while (tick < network_.ticks) {
      if (tick >= ask) {
        if (!go_on(tick)) return;
        ask = tick + kTicksBetweenAsking;
      }
      const T* input = silence.at;
      queue.take(tick, [&](const Projection<T>& projection, const SpikePacket& packet) {
        kernels_.deliver_dense(projection.slab(block), width, packet.ids, packet.values, input,
                               sum.at);
        input = sum.at;
      });
      const auto outcome = population.advance(block, tick, input, kBlock, part, output.at);
      const Tick next = outcome.awake ? tick + 1 : std::min(queue.next(), network_.ticks);
      if (traced) tracer_.write(population, index, block, tick, next, record);
      tick = next;
    }
  }

  const Network<T>& network_;
  const Kernels<T>& kernels_;
  Sample<T> sample_;
  Tracer tracer_;
  ThreadTeam team_;
  std::vector<std::unique_ptr<March<T>>> marches_;  ///< [stage]; nullptr: swept
};

}  // namespace

template <class T>
std::unique_ptr<Engine> make_event_engine(const Network<T>& network, Observation observation,
                                          Partition partition) {
  return std::make_unique<EventEngine<T>>(network, observation, partition);
}

template std::unique_ptr<Engine> make_event_engine(const Network<float>&, Observation, Partition);
template std::unique_ptr<Engine> make_event_engine(const Network<double>&, Observation, Partition);

}  // namespace neurosim
