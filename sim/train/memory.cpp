// How much memory a training run needs, and how a sample is cut so that it fits.

#include <algorithm>
#include <limits>
#include <string>

#include "sim/core/error.hpp"
#include "sim/train/learned_weights.hpp"
#include "sim/train/trainer_impl.hpp"

namespace neurosim {
namespace {

std::uint64_t padded_lanes(const BlockShape& shape) {
  return static_cast<std::uint64_t>(shape.blocks()) * kBlock;
}

/// Longest segment: rows of a tape are counted in 32 bits.
constexpr std::uint64_t kLongestSegment = std::uint64_t{1} << 20;

/// Weights, mean and square while they are written: as arrays, as a file, and as its bytes.
constexpr std::uint64_t kCheckpoint = 9;

/// Values that live once, and once a shard of a batch.
template <class T>
std::uint64_t parameter_bytes(const Network<T>& network, const Plan& plan, const Recipe& recipe) {
  const std::uint64_t shards = (recipe.batch + kShardSamples - 1) / kShardSamples;
  std::uint64_t values = 0, places = 0;
  for (std::size_t k = 0; k < network.projections.size(); ++k) {
    const Projection<T>& projection = network.projections[k];
    const std::uint64_t weights = learned_weights(projection);
    values += projection.dense ? weights : projection.weight.size();  // themselves
    places += projection.target.size() * sizeof(NeuronId);
    places += projection.file_place.size() * sizeof(std::uint64_t);
    if (plan.propagate[k]) {  // transposed
      values += projection.dense ? weights : projection.synapses;
      if (!projection.dense) {  // where from, and which
        places += projection.synapses * (sizeof(NeuronId) + sizeof(std::uint64_t));
      }
    }
    if (plan.learn[k]) values += (3 + shards + kCheckpoint) * weights;  // gradient, mean, square
    if (plan.learn[k] && recipe.early_stopping) values += 4 * weights;  // the best, and its copies
  }
  return values * sizeof(T) + places;
}

/// Values a thread holds at each tick of a segment, and at each segment's start.
struct TapeCost {
  std::uint64_t per_tick = 0, per_segment = 0;
};

template <class T>
TapeCost tape_cost(const Network<T>& network, const Plan& plan, const Recipe& recipe) {
  TapeCost cost;
  for (std::size_t p = 0; p < network.population_count(); ++p) {
    if (!network.neurons[p]) continue;
    const NeuronBlocks<T>& neurons = *network.neurons[p];
    cost.per_segment += static_cast<std::uint64_t>(neurons.blocks()) * neurons.state_bytes();
    if (!plan.backward[p]) continue;
    const auto rows = static_cast<std::uint64_t>(neurons.tape_rows(recipe.mode));
    cost.per_tick += (rows + 1) * padded_lanes(neurons.shape()) * sizeof(T);  // and the errors
    const auto listed = kDenseErrors * static_cast<double>(neurons.size());
    cost.per_tick += static_cast<std::uint64_t>(listed) * (sizeof(NeuronId) + sizeof(double));
  }
  cost.per_tick += 2 * kBlock * sizeof(T);  // rows of one block
  cost.per_segment *= kShardSamples;
  cost.per_tick *= kShardSamples;
  for (std::size_t k = 0; k < network.projections.size(); ++k) {
    const Projection<T>& projection = network.projections[k];
    if (!plan.propagate[k] || projection.dense) continue;
    cost.per_tick += 2 * padded_lanes({projection.sources}) * sizeof(T);  // SparseProduct
  }
  return cost;
}

template <class T>
std::uint64_t spike_bytes(const Network<T>& network) {
  double spikes = 0;
  for (const std::size_t size : network.sizes) {
    spikes += 0.1 * static_cast<double>(size) * static_cast<double>(network.ticks);
  }
  // In order of time, and once more by neuron while gradients are taken: id or row, and value.
  return static_cast<std::uint64_t>(spikes * kShardSamples) * 2 *
         (sizeof(NeuronId) + sizeof(double));
}

}  // namespace

unsigned useful_threads(const Recipe& recipe, unsigned threads) {
  const std::size_t shards = (recipe.batch + kShardSamples - 1) / kShardSamples;
  return static_cast<unsigned>(std::clamp<std::size_t>(threads, 1, shards));
}

template <class T>
MemoryEstimate estimate_memory(const Network<T>& network, const Plan& plan, const Recipe& recipe,
                               const TrainerOptions& options) {
  const std::uint64_t threads = useful_threads(recipe, options.threads);
  const TapeCost cost = tape_cost(network, plan, recipe);
  MemoryEstimate memory;
  memory.parameters = parameter_bytes(network, plan, recipe);
  memory.spikes = threads * spike_bytes(network);
  const auto ticks = static_cast<std::uint64_t>(network.ticks);
  const auto halo = static_cast<std::uint64_t>(plan.longest_delay);
  // A segment must reach over every delay, so that errors cross one border at most.
  const std::uint64_t shortest = std::max<std::uint64_t>(1, halo);
  std::uint64_t best = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t length = std::min(ticks, kLongestSegment);
  while (true) {
    memory.segments = (ticks + length - 1) / length;
    length = (ticks + memory.segments - 1) / memory.segments;
    const bool cut = memory.segments > 1;
    memory.tape = threads * (length * cost.per_tick +
                             (cut ? memory.segments * cost.per_segment + halo * cost.per_tick : 0));
    if (options.max_memory == 0 || memory.total() <= options.max_memory) return memory;
    best = std::min(best, memory.total());
    const std::uint64_t next = (ticks + memory.segments) / (memory.segments + 1);
    const std::uint64_t shorter = std::min(next, length - 1);
    if (shorter < shortest) break;
    length = shorter;
  }
  throw UsageError("--max-memory: training this network needs at least about " +
                   std::to_string(best / 1000000 + 1) + " MB with " + std::to_string(threads) +
                   (threads == 1 ? " thread" : " threads"));
}

template MemoryEstimate estimate_memory(const Network<float>&, const Plan&, const Recipe&,
                                        const TrainerOptions&);
template MemoryEstimate estimate_memory(const Network<double>&, const Plan&, const Recipe&,
                                        const TrainerOptions&);

}  // namespace neurosim
