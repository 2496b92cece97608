#include "sim/network/synapses.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "sim/core/bernoulli.hpp"
#include "sim/core/error.hpp"
#include "sim/core/numerics.hpp"
#include "sim/core/random_normal.hpp"
#include "sim/network/rounding.hpp"

namespace neurosim {
namespace {

/// Who connects to whom; weights come after.
struct Topology {
  bool complete = false;  ///< every pair; the lists are empty
  std::vector<std::uint64_t> row_begin;
  std::vector<NeuronId> target;
  std::vector<std::size_t> file_order;  ///< for kPairs: the row of the file a synapse came from
};

class Builder {
 public:
  Builder(const Description& description, std::size_t index, const ArrayLoader& load)
      : description_(description),
        projection_(description.projections[index]),
        index_(static_cast<std::uint32_t>(index)),
        load_(load),
        sources_(description.populations[projection_.from].size),
        targets_(description.populations[projection_.to].size) {}

  Topology topology() const;
  template <class T>
  void fill_weights(const Topology& topology, Synapses<T>& synapses) const;
  std::size_t sources() const { return sources_; }
  std::size_t targets() const { return targets_; }

 private:
  Topology one_to_one() const;
  Topology fixed_probability() const;
  Topology fixed_indegree() const;
  Topology pairs() const;
  double drawn_weight(NeuronId source, NeuronId target, double xavier_bound) const;
  template <class T>
  void read_weights(const Topology& topology, const FileArray& file, Synapses<T>& synapses) const;

  const Description& description_;
  const ProjectionSpec& projection_;
  std::uint32_t index_;
  const ArrayLoader& load_;
  std::size_t sources_, targets_;
};

Topology Builder::topology() const {
  switch (projection_.connect.kind) {
    case Connect::kAllToAll:
    case Connect::kClassGroups:
      return {.complete = true};
    case Connect::kOneToOne:
      return one_to_one();
    case Connect::kFixedProbability:
      return fixed_probability();
    case Connect::kFixedIndegree:
      return fixed_indegree();
    case Connect::kPairs:
      return pairs();
  }
  throw InternalError("unknown connection kind");
}

Topology Builder::one_to_one() const {
  Topology topology;
  topology.row_begin.resize(sources_ + 1);
  std::iota(topology.row_begin.begin(), topology.row_begin.end(), 0);
  topology.target.resize(sources_);
  std::iota(topology.target.begin(), topology.target.end(), 0);
  return topology;
}

/// Geometric skips along each row: costs by synapses, not by pairs, and rows are independent.
Topology Builder::fixed_probability() const {
  const double scale = failures_per_exponential(projection_.connect.probability);
  Topology topology;
  topology.row_begin.assign(1, 0);
  for (std::size_t source = 0; std::isfinite(scale) && source < sources_; ++source) {
    double target = -1;
    for (std::uint32_t draw = 0;; ++draw) {
      const auto bits = random_bits(description_.seed, Stream::kConnections,
                                    {index_, static_cast<std::uint32_t>(source), draw});
      // 64 bits, since a skip may be long.
      const double u = (static_cast<double>(bits[0]) * 0x1p32 + bits[1] + 0.5) * 0x1p-64;
      target += 1 + std::floor(-log(u) * scale);
      if (!(target < static_cast<double>(targets_))) break;
      topology.target.push_back(static_cast<NeuronId>(target));
    }
    topology.row_begin.push_back(topology.target.size());
  }
  topology.row_begin.resize(sources_ + 1, topology.target.size());
  return topology;
}

/// Sorts (source, target) pairs given target by target into rows by source.
Topology by_source(std::size_t sources, const std::vector<NeuronId>& source,
                   const std::vector<NeuronId>& target) {
  Topology topology;
  topology.row_begin.assign(sources + 1, 0);
  for (const NeuronId s : source) ++topology.row_begin[s + 1];
  std::partial_sum(topology.row_begin.begin(), topology.row_begin.end(),
                   topology.row_begin.begin());
  topology.target.resize(target.size());
  topology.file_order.resize(target.size());
  auto next = topology.row_begin;
  for (std::size_t k = 0; k < target.size(); ++k) {
    const std::uint64_t place = next[source[k]]++;
    topology.target[place] = target[k];
    topology.file_order[place] = k;
  }
  return topology;
}

/// Floyd's sampling without replacement, each target on its own random numbers.
Topology Builder::fixed_indegree() const {
  const auto indegree = static_cast<std::size_t>(projection_.connect.indegree);
  std::vector<NeuronId> source, target;
  std::vector<std::size_t> chosen_by(sources_, targets_);  // the last target that chose a source
  for (std::size_t t = 0; t < targets_; ++t) {
    for (std::size_t k = sources_ - indegree; k < sources_; ++k) {
      const auto bits =
          random_bits(description_.seed, Stream::kConnections,
                      {index_, static_cast<std::uint32_t>(t), static_cast<std::uint32_t>(k)});
      // Multiply-shift maps 32 bits to 0 .. k; the bias is below (k + 1) / 2^32.
      auto pick = static_cast<NeuronId>((static_cast<std::uint64_t>(bits[0]) * (k + 1)) >> 32);
      if (chosen_by[pick] == t) pick = static_cast<NeuronId>(k);
      chosen_by[pick] = t;
      source.push_back(pick);
      target.push_back(static_cast<NeuronId>(t));
    }
  }
  Topology topology = by_source(sources_, source, target);
  topology.file_order.clear();
  return topology;
}

Topology Builder::pairs() const {
  const FileArray& file = projection_.connect.pairs;
  const NumericArray array = load_(file.file, file.dataset);
  if (array.shape.size() != 2 || array.shape[1] != 2) {
    throw DataError(file.file, file.dataset +
                                   ": expected an array [synapses, 2] of source and "
                                   "target");
  }
  const std::size_t count = array.shape[0];
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return array.values[2 * a + 1] < array.values[2 * b + 1];
  });
  std::vector<NeuronId> source(count), target(count);
  for (std::size_t k = 0; k < count; ++k) {
    const double s = array.values[2 * order[k]], t = array.values[2 * order[k] + 1];
    if (!(s >= 0 && s < static_cast<double>(sources_) && t >= 0 &&
          t < static_cast<double>(targets_) && s == std::floor(s) && t == std::floor(t))) {
      throw DataError(file.file, file.dataset + ": row " + std::to_string(order[k]) +
                                     " names a neuron that does not exist (sources 0.." +
                                     std::to_string(sources_ - 1) + ", targets 0.." +
                                     std::to_string(targets_ - 1) + ")");
    }
    source[k] = static_cast<NeuronId>(s);
    target[k] = static_cast<NeuronId>(t);
  }
  Topology topology = by_source(sources_, source, target);
  for (auto& row : topology.file_order) row = order[row];
  return topology;
}

double Builder::drawn_weight(NeuronId source, NeuronId target, double xavier_bound) const {
  const auto uniform = [&] {
    const auto bits =
        random_bits(description_.seed, Stream::kWeights, {index_, source, target / 4});
    return open_unit(bits[target % 4]);
  };
  return std::visit(
      [&](const auto& spec) -> double {
        using Spec = std::decay_t<decltype(spec)>;
        if constexpr (std::is_same_v<Spec, ConstantWeights>) {
          return spec.value;
        } else if constexpr (std::is_same_v<Spec, UniformWeights>) {
          return spec.low + (spec.high - spec.low) * uniform();
        } else if constexpr (std::is_same_v<Spec, NormalWeights>) {
          const auto pair =
              random_normal_pair(description_.seed, Stream::kWeights, {index_, source, target / 2});
          return spec.mean + spec.standard_deviation * (target % 2 == 0 ? pair.first : pair.second);
        } else if constexpr (std::is_same_v<Spec, XavierUniformWeights>) {
          return xavier_bound * (2 * uniform() - 1);
        } else if constexpr (std::is_same_v<Spec, ClassGroupWeights>) {
          const std::size_t group = sources_ / targets_;
          return source / group == target ? spec.excitatory : spec.inhibitory;
        } else {
          throw InternalError("weights from a file are not drawn");
        }
      },
      projection_.weights);
}

/// A weight read from a file, as the network will use it.
template <class T>
T checked_weight(const NumericArray& array, std::size_t index, const FileArray& file) {
  const auto weight = static_cast<T>(array.values[index]);
  if (!std::isfinite(weight)) {
    throw DataError(file.file, file.dataset + ": value " + std::to_string(index) +
                                   " is not a finite number in the precision of the network");
  }
  return weight;
}

template <class T>
void Builder::read_weights(const Topology& topology, const FileArray& file,
                           Synapses<T>& synapses) const {
  const NumericArray array = load_(file.file, file.dataset);
  const auto shape_error = [&](const std::string& expected) {
    std::string shape;
    for (const std::size_t n : array.shape)
      shape += (shape.empty() ? "" : ", ") + std::to_string(n);
    throw DataError(file.file, file.dataset + ": expected " + expected + ", found [" + shape + "]");
  };
  if (topology.complete) {
    if (array.shape != std::vector<std::size_t>{targets_, sources_}) {
      shape_error("weights [targets, sources] = [" + std::to_string(targets_) + ", " +
                  std::to_string(sources_) + "]");
    }
    for (std::size_t s = 0; s < sources_; ++s) {
      for (std::size_t t = 0; t < targets_; ++t) {
        synapses.weight[s * targets_ + t] = checked_weight<T>(array, t * sources_ + s, file);
      }
    }
    return;
  }
  if (array.shape != std::vector<std::size_t>{topology.target.size()}) {
    shape_error("one weight a synapse [" + std::to_string(topology.target.size()) + "]");
  }
  for (std::size_t k = 0; k < topology.target.size(); ++k) {
    const std::size_t row = topology.file_order.empty() ? k : topology.file_order[k];
    synapses.weight[k] = checked_weight<T>(array, row, file);
  }
}

template <class T>
void Builder::fill_weights(const Topology& topology, Synapses<T>& synapses) const {
  if (const auto* file = std::get_if<FileArray>(&projection_.weights)) {
    read_weights(topology, *file, synapses);
    return;
  }
  double xavier_bound = 0;
  if (const auto* xavier = std::get_if<XavierUniformWeights>(&projection_.weights)) {
    const double count = static_cast<double>(synapses.count);
    const double fan_in = count / static_cast<double>(targets_);
    const double fan_out = count / static_cast<double>(sources_);
    xavier_bound = xavier->gain * std::sqrt(6 / (fan_in + fan_out));
  }
  std::size_t k = 0;
  for (std::size_t s = 0; s < sources_; ++s) {
    const std::size_t degree =
        topology.complete ? targets_ : topology.row_begin[s + 1] - topology.row_begin[s];
    for (std::size_t j = 0; j < degree; ++j, ++k) {
      const auto t = topology.complete ? static_cast<NeuronId>(j) : topology.target[k];
      synapses.weight[k] = static_cast<T>(drawn_weight(static_cast<NeuronId>(s), t, xavier_bound));
    }
  }
}

/// Lays sparse synapses out as a matrix; pairs listed twice cannot share one entry.
template <class T>
void make_dense(const ProjectionSpec& projection, Synapses<T>& synapses) {
  std::vector<T> matrix(synapses.sources * synapses.targets, T(0));
  for (std::size_t s = 0; s < synapses.sources; ++s) {
    for (std::uint64_t k = synapses.row_begin[s]; k < synapses.row_begin[s + 1]; ++k) {
      if (k > synapses.row_begin[s] && synapses.target[k] == synapses.target[k - 1]) {
        throw DataError(projection.connect.pairs.file,
                        projection.connect.pairs.dataset + ": neuron " + std::to_string(s) +
                            " is connected twice to " + std::to_string(synapses.target[k]) +
                            ", which dense storage cannot hold; use storage: sparse");
      }
      matrix[s * synapses.targets + synapses.target[k]] = synapses.weight[k];
    }
  }
  synapses.weight = std::move(matrix);
  synapses.row_begin.clear();
  synapses.target.clear();
  synapses.dense = true;
}

/// Turns a complete matrix into rows, for `storage: sparse`.
template <class T>
void make_sparse(Synapses<T>& synapses) {
  synapses.row_begin.resize(synapses.sources + 1);
  synapses.target.resize(synapses.weight.size());
  for (std::size_t s = 0; s <= synapses.sources; ++s) {
    synapses.row_begin[s] = s * synapses.targets;
  }
  for (std::size_t k = 0; k < synapses.target.size(); ++k) {
    synapses.target[k] = static_cast<NeuronId>(k % synapses.targets);
  }
  synapses.dense = false;
}

}  // namespace

template <class T>
Synapses<T> build_synapses(const Description& description, std::size_t index,
                           const ArrayLoader& load) {
  const ProjectionSpec& projection = description.projections[index];
  const Builder builder(description, index, load);
  const Topology topology = builder.topology();

  Synapses<T> synapses;
  synapses.delays = {projection.delay};
  synapses.sources = builder.sources();
  synapses.targets = builder.targets();
  synapses.dense = topology.complete;
  synapses.count = topology.complete ? synapses.sources * synapses.targets : topology.target.size();
  synapses.file_shape = {synapses.count};
  if (topology.complete) synapses.file_shape = {synapses.targets, synapses.sources};
  synapses.weight.resize(synapses.count);
  builder.fill_weights(topology, synapses);
  if (projection.bits > 0) round_weights<T>(synapses.weight, projection.bits);

  synapses.out_degree.resize(synapses.sources, static_cast<std::uint32_t>(synapses.targets));
  if (!topology.complete) {
    for (std::size_t s = 0; s < synapses.sources; ++s) {
      synapses.out_degree[s] =
          static_cast<std::uint32_t>(topology.row_begin[s + 1] - topology.row_begin[s]);
    }
    synapses.row_begin = topology.row_begin;
    synapses.target = topology.target;
    if (projection.learn) {
      synapses.file_place.assign(topology.file_order.begin(), topology.file_order.end());
    }
    if (projection.storage == Storage::kDense) make_dense(projection, synapses);
  } else if (projection.storage == Storage::kSparse) {
    make_sparse(synapses);
  }
  return synapses;
}

template Synapses<float> build_synapses(const Description&, std::size_t, const ArrayLoader&);
template Synapses<double> build_synapses(const Description&, std::size_t, const ArrayLoader&);

}  // namespace neurosim
