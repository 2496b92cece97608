#include "sim/network/synapses.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "sim/core/error.hpp"
#include "sim/core/numerics.hpp"
#include "sim/core/random_normal.hpp"
#include "sim/network/draw.hpp"
#include "sim/network/rounding.hpp"
#include "sim/network/topology.hpp"

namespace neurosim {
namespace {

/// Rows that are drawn as one piece of work.
constexpr std::size_t kChunk = 256;

/// The weights of one projection, given who connects to whom.
class Weights {
 public:
  Weights(const Description& description, std::size_t index, const ArrayLoader& load,
          ThreadTeam& team)
      : description_(description),
        projection_(description.projections[index]),
        index_(static_cast<std::uint32_t>(index)),
        load_(load),
        team_(team),
        sources_(description.populations[projection_.from].size),
        targets_(description.populations[projection_.to].size) {}

  template <class T>
  void fill(const Topology& topology, Synapses<T>& synapses) const;
  /// What the synapses of a convolution share, as its kernel_shape says.
  template <class T>
  std::vector<T> kernel(const std::vector<std::size_t>& shape) const;

 private:
  double drawn_weight(NeuronId source, NeuronId target, double xavier_bound) const;
  double xavier_bound(double fan_in, double fan_out) const;
  template <class T>
  void read_weights(const Topology& topology, const FileArray& file, Synapses<T>& synapses) const;

  const Description& description_;
  const ProjectionSpec& projection_;
  std::uint32_t index_;
  const ArrayLoader& load_;
  ThreadTeam& team_;
  std::size_t sources_, targets_;
};

double Weights::drawn_weight(NeuronId source, NeuronId target, double xavier_bound) const {
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

double Weights::xavier_bound(double fan_in, double fan_out) const {
  const auto* const xavier = std::get_if<XavierUniformWeights>(&projection_.weights);
  return xavier == nullptr ? 0 : xavier->gain * std::sqrt(6 / (fan_in + fan_out));
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

std::string shape_text(const std::vector<std::size_t>& shape) {
  std::string text;
  for (const std::size_t n : shape) text += (text.empty() ? "" : ", ") + std::to_string(n);
  return "[" + text + "]";
}

/// Throws unless `array` has that shape; `what` is what messages call it.
void expect_shape(const NumericArray& array, const std::vector<std::size_t>& shape,
                  const std::string& what, const FileArray& file) {
  if (array.shape == shape) return;
  throw DataError(file.file, file.dataset + ": expected " + what + shape_text(shape) + ", found " +
                                 shape_text(array.shape));
}

template <class T>
std::vector<T> Weights::kernel(const std::vector<std::size_t>& shape) const {
  const std::size_t outputs = shape[0], area = shape[2] * shape[3], inputs = shape[1] * area;
  std::vector<T> kernel(outputs * inputs);
  if (const auto* file = std::get_if<FileArray>(&projection_.weights)) {
    const NumericArray array = load_(file->file, file->dataset);
    expect_shape(array, shape, "weights [out, in, height, width] = ", *file);
    for (std::size_t k = 0; k < kernel.size(); ++k) kernel[k] = checked_weight<T>(array, k, *file);
    return kernel;
  }
  const double bound =
      xavier_bound(static_cast<double>(inputs), static_cast<double>(outputs * area));
  for (std::size_t k = 0; k < kernel.size(); ++k) {
    // Keyed as if the window were the sources and the channels the targets.
    kernel[k] = static_cast<T>(
        drawn_weight(static_cast<NeuronId>(k % inputs), static_cast<NeuronId>(k / inputs), bound));
  }
  return kernel;
}

template <class T>
void Weights::read_weights(const Topology& topology, const FileArray& file,
                           Synapses<T>& synapses) const {
  const NumericArray array = load_(file.file, file.dataset);
  if (topology.complete) {
    expect_shape(array, {targets_, sources_}, "weights [targets, sources] = ", file);
    for (std::size_t s = 0; s < sources_; ++s) {
      for (std::size_t t = 0; t < targets_; ++t) {
        synapses.weight[s * targets_ + t] = checked_weight<T>(array, t * sources_ + s, file);
      }
    }
    return;
  }
  expect_shape(array, {topology.target.size()}, "one weight a synapse ", file);
  for (std::size_t k = 0; k < topology.target.size(); ++k) {
    const std::size_t row = topology.file_order.empty() ? k : topology.file_order[k];
    synapses.weight[k] = checked_weight<T>(array, row, file);
  }
}

template <class T>
void Weights::fill(const Topology& topology, Synapses<T>& synapses) const {
  synapses.weight.resize(synapses.count);
  if (const auto* file = std::get_if<FileArray>(&projection_.weights)) {
    read_weights(topology, *file, synapses);
    return;
  }
  const double count = static_cast<double>(synapses.count);
  const double bound =
      xavier_bound(count / static_cast<double>(targets_), count / static_cast<double>(sources_));
  team_.for_each((sources_ + kChunk - 1) / kChunk, [&](std::size_t chunk, unsigned) {
    const std::size_t last = std::min(sources_, (chunk + 1) * kChunk);
    for (std::size_t s = chunk * kChunk; s < last; ++s) {
      const std::size_t begin = topology.complete ? s * targets_ : topology.row_begin[s];
      const std::size_t end = topology.complete ? begin + targets_ : topology.row_begin[s + 1];
      for (std::size_t k = begin; k < end; ++k) {
        const auto t = topology.complete ? static_cast<NeuronId>(k - begin) : topology.target[k];
        synapses.weight[k] = static_cast<T>(drawn_weight(static_cast<NeuronId>(s), t, bound));
      }
    }
  });
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

/// Draws each synapse's delay, and sorts every row by it, the longest first.
template <class T>
void draw_delays(const Description& description, std::size_t index, Synapses<T>& synapses) {
  const ProjectionSpec& projection = description.projections[index];
  std::vector<std::uint16_t> delay(synapses.count);
  std::vector<std::uint8_t> used;
  for (std::size_t s = 0; s < synapses.sources; ++s) {
    for (std::uint64_t k = synapses.row_begin[s]; k < synapses.row_begin[s + 1]; ++k) {
      const double drawn = draw(
          *projection.drawn_delay, description.seed, Stream::kDelays,
          {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(s), synapses.target[k]});
      delay[k] = static_cast<std::uint16_t>(
          std::clamp(std::floor(drawn + 0.5), static_cast<double>(projection.delay), 65535.0));
      if (used.size() <= delay[k]) used.resize(delay[k] + std::size_t{1}, 0);
      used[delay[k]] = 1;
    }
  }
  synapses.delays.clear();
  std::vector<std::size_t> group(used.size(), 0);
  for (std::size_t d = used.size(); d-- > 0;) {
    if (!used[d]) continue;
    group[d] = synapses.delays.size();
    synapses.delays.push_back(static_cast<Tick>(d));
  }
  if (synapses.delays.empty()) synapses.delays = {projection.delay};
  Synapses<T> sorted = synapses;
  sorted.row_begin.assign(1, 0);
  std::vector<std::uint64_t> place;
  for (std::size_t s = 0; s < synapses.sources; ++s) {
    place.assign(synapses.delays.size() + 1, 0);
    const std::uint64_t begin = synapses.row_begin[s], end = synapses.row_begin[s + 1];
    for (std::uint64_t k = begin; k < end; ++k) ++place[group[delay[k]] + 1];
    place[0] = begin;
    for (std::size_t g = 1; g < place.size(); ++g) {
      place[g] += place[g - 1];
      sorted.row_begin.push_back(place[g]);
    }
    for (std::uint64_t k = begin; k < end; ++k) {
      const std::uint64_t to = place[group[delay[k]]]++;
      sorted.target[to] = synapses.target[k];
      if (!synapses.one_weight()) sorted.weight[to] = synapses.weight[k];
      if (!synapses.file_place.empty()) sorted.file_place[to] = synapses.file_place[k];
    }
  }
  synapses = std::move(sorted);
}

/// Out-degrees by source and delay.
template <class T>
void count_synapses(Synapses<T>& synapses, bool complete) {
  if (complete) {
    synapses.out_degree.assign(synapses.sources, static_cast<std::uint32_t>(synapses.targets));
    return;
  }
  synapses.out_degree.clear();
  for (std::size_t s = 0; s < synapses.sources; ++s) {
    for (std::size_t group = 0; group < synapses.delays.size(); ++group) {
      synapses.out_degree.push_back(static_cast<std::uint32_t>(synapses.row(s, group).count));
    }
  }
}

/// Pairs of source and target, each row as often as it is shared.
std::uint64_t count_pairs(const Topology& topology) {
  if (topology.shared_row.empty()) return topology.target.size();
  std::uint64_t count = 0;
  for (const std::size_t row : topology.shared_row) {
    count += topology.row_begin[row + 1] - topology.row_begin[row];
  }
  return count;
}

/// Sets the weights, rounded: one for all where the description says so and none learns.
template <class T>
void set_weights(const Description& description, std::size_t index, const ArrayLoader& load,
                 ThreadTeam& team, const Topology& topology, Synapses<T>& synapses) {
  const ProjectionSpec& projection = description.projections[index];
  const auto* const constant = std::get_if<ConstantWeights>(&projection.weights);
  const auto round = [&](std::vector<T>& weights) {
    if (projection.bits > 0) round_weights<T>(weights, projection.bits);
  };
  const Weights weights(description, index, load, team);
  if (constant != nullptr && !topology.complete && !projection.learn &&
      projection.storage != Storage::kDense) {
    synapses.weight = {static_cast<T>(constant->value)};
    round(synapses.weight);
  } else if (topology.kernel_shape.empty()) {
    weights.fill(topology, synapses);
    round(synapses.weight);
  } else {
    std::vector<T> kernel = weights.kernel<T>(topology.kernel_shape);
    round(kernel);
    for (const std::size_t entry : topology.file_order) synapses.weight.push_back(kernel[entry]);
  }
}

}  // namespace

template <class T>
Synapses<T> build_synapses(const Description& description, std::size_t index,
                           const ArrayLoader& load, ThreadTeam& team) {
  const ProjectionSpec& projection = description.projections[index];
  Topology topology = connect(description, index, load, team);
  Synapses<T> synapses;
  synapses.delays = {projection.delay};
  synapses.sources = description.populations[projection.from].size;
  synapses.targets = description.populations[projection.to].size;
  synapses.dense = topology.complete;
  synapses.count = topology.complete ? synapses.sources * synapses.targets : count_pairs(topology);
  synapses.file_shape = {synapses.count};
  if (topology.complete) synapses.file_shape = {synapses.targets, synapses.sources};
  if (!topology.kernel_shape.empty()) {
    synapses.file_shape.assign(topology.kernel_shape.begin(), topology.kernel_shape.end());
  }
  set_weights(description, index, load, team, topology, synapses);
  if (!topology.complete) {
    synapses.row_begin = std::move(topology.row_begin);
    synapses.target = std::move(topology.target);
    synapses.shared_row = std::move(topology.shared_row);
    synapses.first_target = std::move(topology.first_target);
    if (projection.learn) {
      synapses.file_place.assign(topology.file_order.begin(), topology.file_order.end());
    }
    if (projection.drawn_delay) draw_delays(description, index, synapses);
  }
  count_synapses(synapses, topology.complete);
  if (!topology.complete && projection.storage == Storage::kDense) {
    make_dense(projection, synapses);
  } else if (topology.complete &&
             (projection.storage == Storage::kSparse || projection.drawn_delay)) {
    make_sparse(synapses);
    if (projection.drawn_delay) {
      draw_delays(description, index, synapses);
      count_synapses(synapses, false);
    }
  }
  return synapses;
}

template Synapses<float> build_synapses(const Description&, std::size_t, const ArrayLoader&,
                                        ThreadTeam&);
template Synapses<double> build_synapses(const Description&, std::size_t, const ArrayLoader&,
                                         ThreadTeam&);

}  // namespace neurosim
