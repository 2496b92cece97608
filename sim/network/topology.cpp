#include "sim/network/topology.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <string>

#include "sim/core/bernoulli.hpp"
#include "sim/core/error.hpp"
#include "sim/core/random.hpp"
#include "sim/network/kernels.hpp"
#include "sim/network/window_topology.hpp"

namespace neurosim {
namespace {

/// Rows or targets that are drawn as one piece of work.
constexpr std::size_t kChunk = 256;

class Connector {
 public:
  Connector(const Description& description, std::size_t index, const ArrayLoader& load,
            ThreadTeam& team)
      : projection_(description.projections[index]),
        seed_(description.seed),
        index_(static_cast<std::uint32_t>(index)),
        load_(load),
        team_(team),
        sources_(description.populations[projection_.from].size),
        targets_(description.populations[projection_.to].size) {}

  Topology one_to_one() const;
  Topology fixed_probability() const;
  Topology fixed_indegree() const;
  Topology pairs() const;

 private:
  void draw_row(std::size_t source, double scale, std::vector<NeuronId>& targets) const;
  void draw_sources(std::size_t target, std::vector<std::size_t>& chosen_by,
                    NeuronId* chosen) const;

  const ProjectionSpec& projection_;
  std::uint64_t seed_;
  std::uint32_t index_;
  const ArrayLoader& load_;
  ThreadTeam& team_;
  std::size_t sources_, targets_;
};

Topology Connector::one_to_one() const {
  Topology topology;
  topology.row_begin.resize(sources_ + 1);
  std::iota(topology.row_begin.begin(), topology.row_begin.end(), 0);
  topology.target.resize(sources_);
  std::iota(topology.target.begin(), topology.target.end(), 0);
  return topology;
}

/// Appends the targets of a source.
void Connector::draw_row(std::size_t source, double scale, std::vector<NeuronId>& targets) const {
  constexpr std::size_t kRoom = 64;
  NeuronId drawn[kRoom];
  double last = -1;
  for (std::uint32_t draw = 0;; draw += kRoom) {
    const std::size_t count =
        kernels<float>().draw_targets(seed_, index_, static_cast<std::uint32_t>(source), draw,
                                      scale, last, static_cast<double>(targets_), kRoom, drawn);
    targets.insert(targets.end(), drawn, drawn + count);
    if (count < kRoom) return;
    last = drawn[kRoom - 1];
  }
}

Topology Connector::fixed_probability() const {
  const double scale = failures_per_exponential(projection_.connect.probability);
  Topology topology;
  topology.row_begin.assign(sources_ + 1, 0);
  if (!std::isfinite(scale)) return topology;
  std::vector<std::vector<NeuronId>> chunks((sources_ + kChunk - 1) / kChunk);
  team_.for_each(chunks.size(), [&](std::size_t chunk, unsigned) {
    const std::size_t end = std::min(sources_, (chunk + 1) * kChunk);
    for (std::size_t source = chunk * kChunk; source < end; ++source) {
      const std::size_t before = chunks[chunk].size();
      draw_row(source, scale, chunks[chunk]);
      topology.row_begin[source + 1] = chunks[chunk].size() - before;
    }
  });
  std::partial_sum(topology.row_begin.begin(), topology.row_begin.end(),
                   topology.row_begin.begin());
  topology.target.resize(topology.row_begin.back());
  team_.for_each(chunks.size(), [&](std::size_t chunk, unsigned) {
    std::ranges::copy(
        chunks[chunk],
        topology.target.begin() + static_cast<std::ptrdiff_t>(topology.row_begin[chunk * kChunk]));
    chunks[chunk] = {};
  });
  return topology;
}

/// Sorts (source, target) pairs given target by target into rows by source.
Topology by_source(std::size_t sources, const std::vector<NeuronId>& source,
                   const std::function<NeuronId(std::size_t)>& target, bool keep_order) {
  Topology topology;
  topology.row_begin.assign(sources + 1, 0);
  for (const NeuronId s : source) ++topology.row_begin[s + 1];
  std::partial_sum(topology.row_begin.begin(), topology.row_begin.end(),
                   topology.row_begin.begin());
  topology.target.resize(source.size());
  if (keep_order) topology.file_order.resize(source.size());
  auto next = topology.row_begin;
  for (std::size_t k = 0; k < source.size(); ++k) {
    const std::uint64_t place = next[source[k]]++;
    topology.target[place] = target(k);
    if (keep_order) topology.file_order[place] = k;
  }
  return topology;
}

/// Floyd's sampling without replacement, each target on its own random numbers. `chosen_by` is
/// scratch space: the last target that chose a source.
void Connector::draw_sources(std::size_t target, std::vector<std::size_t>& chosen_by,
                             NeuronId* chosen) const {
  const auto indegree = static_cast<std::size_t>(projection_.connect.indegree);
  for (std::size_t k = sources_ - indegree; k < sources_; ++k) {
    const auto bits =
        random_bits(seed_, Stream::kConnections,
                    {index_, static_cast<std::uint32_t>(target), static_cast<std::uint32_t>(k)});
    // Multiply-shift maps 32 bits to 0 .. k; the bias is below (k + 1) / 2^32.
    auto pick = static_cast<NeuronId>((static_cast<std::uint64_t>(bits[0]) * (k + 1)) >> 32);
    if (chosen_by[pick] == target) pick = static_cast<NeuronId>(k);
    chosen_by[pick] = target;
    *chosen++ = pick;
  }
}

Topology Connector::fixed_indegree() const {
  const auto indegree = static_cast<std::size_t>(projection_.connect.indegree);
  std::vector<NeuronId> source(targets_ * indegree);
  std::vector<std::vector<std::size_t>> chosen_by(team_.threads());
  team_.for_each((targets_ + kChunk - 1) / kChunk, [&](std::size_t chunk, unsigned thread) {
    chosen_by[thread].resize(sources_, targets_);
    const std::size_t end = std::min(targets_, (chunk + 1) * kChunk);
    for (std::size_t target = chunk * kChunk; target < end; ++target) {
      draw_sources(target, chosen_by[thread], source.data() + target * indegree);
    }
  });
  return by_source(
      sources_, source, [&](std::size_t k) { return static_cast<NeuronId>(k / indegree); }, false);
}

Topology Connector::pairs() const {
  const FileArray& file = projection_.connect.pairs;
  const NumericArray array = load_(file.file, file.dataset);
  if (array.shape.size() != 2 || array.shape[1] != 2) {
    throw DataError(file.file, file.dataset +
                                   ": expected an array [synapses, 2] of source and "
                                   "target");
  }
  const std::size_t count = array.shape[0];
  for (std::size_t k = 0; k < count; ++k) {
    const double s = array.values[2 * k], t = array.values[2 * k + 1];
    if (!(s >= 0 && s < static_cast<double>(sources_) && t >= 0 &&
          t < static_cast<double>(targets_) && s == std::floor(s) && t == std::floor(t))) {
      throw DataError(file.file, file.dataset + ": row " + std::to_string(k) +
                                     " names a neuron that does not exist (sources 0.." +
                                     std::to_string(sources_ - 1) + ", targets 0.." +
                                     std::to_string(targets_ - 1) + ")");
    }
  }
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return array.values[2 * a + 1] < array.values[2 * b + 1];
  });
  std::vector<NeuronId> source(count), target(count);
  for (std::size_t k = 0; k < count; ++k) {
    source[k] = static_cast<NeuronId>(array.values[2 * order[k]]);
    target[k] = static_cast<NeuronId>(array.values[2 * order[k] + 1]);
  }
  Topology topology = by_source(
      sources_, source, [&](std::size_t k) { return target[k]; }, true);
  for (auto& row : topology.file_order) row = order[row];
  return topology;
}

}  // namespace

Topology connect(const Description& description, std::size_t index, const ArrayLoader& load,
                 ThreadTeam& team) {
  const Connector connector(description, index, load, team);
  const ProjectionSpec& projection = description.projections[index];
  switch (projection.connect.kind) {
    case Connect::kAllToAll:
    case Connect::kClassGroups:
      return {.complete = true};
    case Connect::kOneToOne:
      return connector.one_to_one();
    case Connect::kFixedProbability:
      return connector.fixed_probability();
    case Connect::kFixedIndegree:
      return connector.fixed_indegree();
    case Connect::kPairs:
      return connector.pairs();
    case Connect::kConv2d:
    case Connect::kPool2d:
      return connect_window(description.populations[projection.from],
                            description.populations[projection.to], projection.connect);
  }
  throw InternalError("unknown connection kind");
}

}  // namespace neurosim
