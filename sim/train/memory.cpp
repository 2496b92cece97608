// How much memory a training run needs, and how a sample is cut so that it fits.

#include <algorithm>
#include <limits>
#include <string>

#include "sim/core/error.hpp"
#include "sim/train/trainer_impl.hpp"

namespace neurosim {
namespace {

std::uint64_t lanes(const BlockShape& shape) {
  return static_cast<std::uint64_t>(shape.blocks()) * kBlock;
}

template <class T>
std::uint64_t weights_of(const Projection<T>& projection) {
  return projection.dense ? projection.slabs.size() : projection.weight.size();
}

/// Weights, mean and square while they are written: as arrays, as a file, and as its bytes.
constexpr std::uint64_t kCheckpoint = 9;

/// Values that live once, and once a shard of a batch.
template <class T>
std::uint64_t parameter_bytes(const Network<T>& network, const Plan& plan, const Recipe& recipe) {
  const std::uint64_t shards = (recipe.batch + kShardSamples - 1) / kShardSamples;
  std::uint64_t values = 0;
  for (std::size_t k = 0; k < network.projections.size(); ++k) {
    const std::uint64_t weights = weights_of(network.projections[k]);
    values += weights;                                                  // themselves
    if (plan.propagate[k]) values += weights;                           // transposed
    if (plan.learn[k]) values += (3 + shards + kCheckpoint) * weights;  // gradient, mean, square
  }
  return values * sizeof(T);
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
    cost.per_tick += (rows + 1) * lanes(neurons.shape()) * sizeof(T);  // and the errors
  }
  cost.per_tick += 2 * kBlock * sizeof(T);  // rows of one block
  cost.per_segment *= kShardSamples;
  cost.per_tick *= kShardSamples;
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

template <class T>
MemoryEstimate estimate_memory(const Network<T>& network, const Plan& plan, const Recipe& recipe,
                               const TrainerOptions& options) {
  const std::uint64_t threads = std::max(1u, options.threads);
  const TapeCost cost = tape_cost(network, plan, recipe);
  MemoryEstimate memory;
  memory.parameters = parameter_bytes(network, plan, recipe);
  memory.spikes = threads * spike_bytes(network);
  const auto ticks = static_cast<std::uint64_t>(network.ticks);
  const auto halo = static_cast<std::uint64_t>(plan.longest_delay);
  // A segment must reach over every delay, so that errors cross one border at most.
  const std::uint64_t most = ticks / std::max<std::uint64_t>(1, halo);
  std::uint64_t best = std::numeric_limits<std::uint64_t>::max();
  for (std::uint64_t segments = 1; segments <= std::max<std::uint64_t>(1, most); ++segments) {
    const std::uint64_t length = (ticks + segments - 1) / segments;
    memory.segments = (ticks + length - 1) / length;
    memory.tape =
        threads * (length * cost.per_tick +
                   (segments > 1 ? segments * cost.per_segment + halo * cost.per_tick : 0));
    if (options.max_memory == 0 || memory.total() <= options.max_memory) return memory;
    best = std::min(best, memory.total());
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
