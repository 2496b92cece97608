#include <algorithm>

#include "sim/engine/engine.hpp"
#include "sim/engine/sample.hpp"
#include "sim/engine/tracer.hpp"

namespace neurosim {
namespace {

/// Every tick, every neuron, every weight, silent or not. Shares with the event engine one step of
/// one block and nothing of its scheduling, delivery or counting.
template <class T>
class ReferenceEngine final : public Engine {
 public:
  ReferenceEngine(const Network<T>& network, const Observation& observation)
      : network_(network),
        kernels_(kernels<T>()),
        sample_(network, observation),
        tracer_(observation) {
    for (const Stage& stage : network.stages) {
      order_.insert(order_.end(), stage.populations.begin(), stage.populations.end());
    }
    for (const Projection<T>& projection : network.projections) {
      matrices_.push_back(projection.dense ? unpack(projection) : std::vector<T>());
      nonzero_.push_back(count_nonzero(projection, matrices_.back()));
    }
    for (std::size_t p = 0; p < network.population_count(); ++p) {
      Tick longest = 0;
      for (const Projection<T>& projection : network.projections) {
        if (projection.from == p) longest = std::max(longest, projection.delays.front());
      }
      const std::size_t padded = (network.sizes[p] + kBlock - 1) / kBlock * kBlock;
      outputs_.emplace_back(static_cast<std::size_t>(longest) + 1, AlignedVector<T>(padded));
    }
  }

  using Engine::run;
  void run(std::size_t index, const SampleInput& input, SampleRecord& record,
           SampleWatch& watch) override {
    sample_.begin(index, input, record);
    tracer_.begin(record, network_.ticks);
    for (auto& history : outputs_) {
      for (auto& output : history) std::fill(output.begin(), output.end(), T(0));
    }
    std::vector<std::size_t> packet(network_.population_count(), 0);
    for (Tick tick = 0; tick < network_.ticks; ++tick) {
      if (watch.interrupted()) return;
      watch.reach(static_cast<double>(tick) / static_cast<double>(network_.ticks));
      for (const std::size_t p : order_) {
        if (network_.neurons[p] == nullptr) {
          play_source(p, tick, packet[p], record);
        } else {
          step_population(p, tick, record);
        }
      }
    }
    sample_.end(record);
  }

 private:
  static std::vector<T> unpack(const Projection<T>& projection) {
    std::vector<T> matrix(projection.sources * projection.targets);
    for (std::size_t t = 0; t < projection.targets; ++t) {
      const std::size_t first = t / kBlock * kBlock;
      const std::size_t left = projection.targets - first;
      const std::size_t width =
          left < kBlock ? (left + kLaneGroup - 1) / kLaneGroup * kLaneGroup : kBlock;
      const T* slab = projection.slab(static_cast<int>(t / kBlock));
      for (std::size_t s = 0; s < projection.sources; ++s) {
        matrix[s * projection.targets + t] = slab[s * width + t - first];
      }
    }
    return matrix;
  }

  /// Weights other than 0 of each source and delay.
  static std::vector<std::uint64_t> count_nonzero(const Projection<T>& projection,
                                                  const std::vector<T>& matrix) {
    const std::size_t groups = projection.delays.size();
    std::vector<std::uint64_t> counts(projection.sources * groups, 0);
    for (std::size_t s = 0; s < projection.sources; ++s) {
      if (projection.dense) {
        for (std::size_t t = 0; t < projection.targets; ++t) {
          counts[s] += matrix[s * projection.targets + t] != T(0);
        }
        continue;
      }
      for (std::size_t group = 0; group < groups; ++group) {
        const auto row = projection.row(s, group);
        for (std::size_t k = 0; k < row.count; ++k) {
          counts[s * groups + group] += projection.weight_at(row.begin + k) != T(0);
        }
      }
    }
    return counts;
  }

  AlignedVector<T>& output(std::size_t population, Tick tick) {
    auto& history = outputs_[population];
    return history[static_cast<std::size_t>(tick) % history.size()];
  }

  void play_source(std::size_t p, Tick tick, std::size_t& packet, const SampleRecord& record) {
    AlignedVector<T>& out = output(p, tick);
    std::fill(out.begin(), out.end(), T(0));
    const SpikeTrain& train = record.spikes[p];
    if (packet == train.packet_count() || train.tick(packet) != tick) return;
    const SpikePacket spikes = train.packet(packet++);
    for (std::size_t k = 0; k < spikes.ids.size(); ++k) {
      out[spikes.ids[k]] = spikes.values.empty() ? T(1) : static_cast<T>(spikes.values[k]);
    }
  }

  void step_population(std::size_t p, Tick tick, SampleRecord& record) {
    Population<T>& population = sample_.population(p);
    const int blocks = population.neurons().blocks();
    lanes_ = static_cast<std::size_t>(blocks) * kBlock;
    input_.assign(lanes_ * static_cast<std::size_t>(population.neurons().receptors()), T(0));
    for (const std::size_t incoming : network_.incoming[p]) {
      const std::vector<Tick>& delays = network_.projections[incoming].delays;
      for (std::size_t group = 0; group < delays.size(); ++group) {
        if (tick >= delays[group]) multiply(incoming, group, tick, record);
      }
    }
    AlignedVector<T>& out = output(p, tick);
    for (int block = 0; block < blocks; ++block) {
      const auto first = static_cast<std::size_t>(block) * kBlock;
      population.advance(block, tick, input_.data() + first, lanes_);
      std::copy_n(population.output(), population.neurons().count(block), out.data() + first);
      tracer_.write(population, p, block, tick, tick + 1, record);
    }
    population.take_spikes(record.spikes[p], record.spiking_ticks[p]);
  }

  /// Adds what arrives at `tick` with one of a projection's delays.
  void multiply(std::size_t index, std::size_t group, Tick tick, SampleRecord& record) {
    const Projection<T>& projection = network_.projections[index];
    const std::size_t groups = projection.delays.size();
    const AlignedVector<T>& source = output(projection.from, tick - projection.delays[group]);
    T* const input = input_.data() + static_cast<std::size_t>(projection.receptor) * lanes_;
    ProjectionCounters& counters = record.projections[index];
    std::uint64_t effective = 0;
    bool units = true;
    for (std::size_t s = 0; s < projection.sources; ++s) {
      if (source[s] != T(0)) {
        if (group + 1 == groups) ++counters.events;
        counters.synaptic_operations += projection.out_degree[s * groups + group];
        effective += nonzero_[index][s * groups + group];
        units = units && (source[s] == T(1) || source[s] == T(-1));
      }
      if (projection.dense) {
        kernels_.add_row(matrices_[index].data() + s * projection.targets, source[s],
                         projection.targets, input);
      } else {
        projection.deliver(kernels_, projection.row(s, group), source[s], input);
      }
    }
    (units ? counters.accumulates : counters.multiply_accumulates) += effective;
  }

  const Network<T>& network_;
  const Kernels<T>& kernels_;
  Sample<T> sample_;
  Tracer tracer_;
  std::vector<std::size_t> order_;
  std::vector<std::vector<T>> matrices_;             ///< [projection]: [source][target], dense ones
  std::vector<std::vector<std::uint64_t>> nonzero_;  ///< [projection][source]: weights other than 0
  std::vector<std::vector<AlignedVector<T>>> outputs_;  ///< [population][tick % slots][neuron]
  std::size_t lanes_ = 0;                               ///< of the population being stepped
  AlignedVector<T> input_;                              ///< [receptor][lane]
};

}  // namespace

template <class T>
std::unique_ptr<Engine> make_reference_engine(const Network<T>& network, Observation observation) {
  return std::make_unique<ReferenceEngine<T>>(network, observation);
}

template std::unique_ptr<Engine> make_reference_engine(const Network<float>&, Observation);
template std::unique_ptr<Engine> make_reference_engine(const Network<double>&, Observation);

}  // namespace neurosim
