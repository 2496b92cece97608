#include <algorithm>

#include "sim/core/error.hpp"
#include "sim/engine/count_events.hpp"
#include "sim/engine/engine.hpp"
#include "sim/engine/event_queue.hpp"
#include "sim/engine/sample.hpp"
#include "sim/engine/tracer.hpp"

namespace neurosim {
namespace {

/// Stages run one after the other over the whole sample: all that a stage can receive from earlier
/// ones is known before it starts, so it never waits. Two loops give the same bits:
///
///   sweep()  a feed-forward population with dense input runs block by block, each block through
///            all of time, so that a block's weights stay in the cache;
///   march()  everything else runs tick by tick, populations in zero-delay order within a tick.
///
/// A block that needs nothing sleeps until the next event for it; time jumps to the next event
/// when every block sleeps.
template <class T>
class EventEngine final : public Engine {
 public:
  EventEngine(const Network<T>& network, const Observation& observation)
      : network_(network),
        kernels_(kernels<T>()),
        sample_(network, observation),
        tracer_(observation) {}

  void run(std::size_t index, const SampleInput& input, SampleRecord& record) override {
    sample_.begin(index, input, record);
    tracer_.begin(record, network_.ticks);
    for (const Stage& stage : network_.stages) {
      const std::size_t first = stage.populations.front();
      if (network_.neurons[first] == nullptr) continue;
      if (!stage.recurrent && all_dense(first)) {
        sweep(first, record);
      } else {
        march(stage, record);
      }
    }
    count_events(network_, record);
    sample_.end(record);
  }

 private:
  /// One population of a stage that advances tick by tick.
  struct Marching {
    std::size_t index;
    Population<T>* population;
    EventQueue<T> queue;
    AlignedVector<T> input;             ///< summed input of all blocks at this tick
    std::vector<std::uint8_t> touched;  ///< blocks with input at this tick
    std::vector<std::uint8_t> awake;    ///< blocks to step at this tick in any case
    std::vector<Tick> traced;           ///< first tick whose trace is not written yet
    bool any_awake = true;
  };

  bool all_dense(std::size_t population) const {
    return std::ranges::all_of(network_.incoming[population],
                               [&](std::size_t p) { return network_.projections[p].dense; });
  }

  void sweep(std::size_t index, SampleRecord& record) {
    Population<T>& population = sample_.population(index);
    EventQueue<T> queue(network_, index, record.spikes);
    for (int block = 0; block < population.neurons().blocks(); ++block) {
      queue.rewind();
      sweep_block(population, index, block, queue, record);
    }
    population.take_spikes(record.spikes[index], record.spiking_ticks[index]);
  }

  void sweep_block(Population<T>& population, std::size_t index, int block, EventQueue<T>& queue,
                   SampleRecord& record) {
    const int width = population.neurons().width(block);
    const bool traced = tracer_.watches(index, block);
    Lanes<T> sum;
    Tick tick = 0;
    while (tick < network_.ticks) {
      const T* input = silence_.at;
      queue.take(tick, [&](const Projection<T>& projection, const SpikePacket& packet) {
        kernels_.deliver_dense(projection.slab(block), width, packet.ids, packet.values, input,
                               sum.at);
        input = sum.at;
      });
      const auto outcome = population.advance(block, tick, input);
      const Tick next = outcome.awake ? tick + 1 : std::min(queue.next(), network_.ticks);
      if (traced) tracer_.write(population, index, block, tick, next, record);
      tick = next;
    }
  }

  void march(const Stage& stage, SampleRecord& record) {
    std::vector<Marching> members;
    for (const std::size_t index : stage.populations) {
      Population<T>& population = sample_.population(index);
      const auto blocks = static_cast<std::size_t>(population.neurons().blocks());
      members.push_back({.index = index,
                         .population = &population,
                         .queue = EventQueue<T>(network_, index, record.spikes),
                         .input = AlignedVector<T>(blocks * kBlock, T(0)),
                         .touched = std::vector<std::uint8_t>(blocks, 0),
                         .awake = std::vector<std::uint8_t>(blocks, 1),
                         .traced = std::vector<Tick>(blocks, 0)});
    }
    Tick tick = 0;
    while (tick < network_.ticks) {
      for (Marching& member : members) step_member(member, tick, record);
      Tick next = kNever;
      for (const Marching& member : members) {
        next = std::min(next, member.any_awake ? tick + 1 : member.queue.next());
      }
      tick = std::min(next, network_.ticks);
    }
    for (Marching& member : members) {
      for (int block = 0; block < member.population->neurons().blocks(); ++block) {
        write_trace(member, block, network_.ticks, record);
      }
    }
  }

  void step_member(Marching& member, Tick tick, SampleRecord& record) {
    member.queue.take(tick, [&](const Projection<T>& projection, const SpikePacket& packet) {
      deliver(projection, packet, member);
    });
    member.any_awake = false;
    for (std::size_t b = 0; b < member.awake.size(); ++b) {
      if (!member.awake[b] && !member.touched[b]) continue;
      const auto block = static_cast<int>(b);
      write_trace(member, block, tick, record);
      T* input = member.input.data() + b * kBlock;
      const auto outcome = member.population->advance(block, tick, input);
      std::fill_n(input, kBlock, T(0));
      member.touched[b] = 0;
      member.awake[b] = outcome.awake;
      member.any_awake |= outcome.awake;
    }
    member.population->take_spikes(record.spikes[member.index], record.spiking_ticks[member.index]);
  }

  /// Writes what a block held since its last step, before it is stepped at `tick`.
  void write_trace(Marching& member, int block, Tick tick, SampleRecord& record) {
    if (!tracer_.watches(member.index, block)) return;
    Tick& from = member.traced[static_cast<std::size_t>(block)];
    tracer_.write(*member.population, member.index, block, from, tick, record);
    from = tick;
  }

  void deliver(const Projection<T>& projection, const SpikePacket& packet, Marching& member) {
    if (projection.dense) {
      for (int block = 0; block < member.population->neurons().blocks(); ++block) {
        const auto b = static_cast<std::size_t>(block);
        T* input = member.input.data() + b * kBlock;
        kernels_.deliver_dense(projection.slab(block), member.population->neurons().width(block),
                               packet.ids, packet.values, input, input);
        member.touched[b] = 1;
      }
      return;
    }
    for (std::size_t k = 0; k < packet.ids.size(); ++k) {
      const auto row = projection.row(packet.ids[k]);
      const T value = packet.values.empty() ? T(1) : static_cast<T>(packet.values[k]);
      projection.deliver(kernels_, row, value, member.input.data());
      for (std::size_t s = 0; s < row.count; ++s) {
        member.touched[(row.first_target + row.target[s]) / kBlock] = 1;
      }
    }
  }

  const Network<T>& network_;
  const Kernels<T>& kernels_;
  const Lanes<T> silence_ = {};  ///< the input of a block without events
  Sample<T> sample_;
  Tracer tracer_;
};

}  // namespace

template <class T>
std::unique_ptr<Engine> make_event_engine(const Network<T>& network, Observation observation) {
  return std::make_unique<EventEngine<T>>(network, observation);
}

template std::unique_ptr<Engine> make_event_engine(const Network<float>&, Observation);
template std::unique_ptr<Engine> make_event_engine(const Network<double>&, Observation);

}  // namespace neurosim
