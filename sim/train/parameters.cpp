#include "sim/train/parameters.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/train/learned_weights.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kPiece = 16384;

template <class T>
double sum_of_squares(const T* values, std::size_t count) {
  // Eight sums side by side, so that one does not wait for the other.
  double sums[8] = {};
  std::size_t k = 0;
  for (; k + 8 <= count; k += 8) {
    for (std::size_t n = 0; n < 8; ++n) {
      sums[n] += static_cast<double>(values[k + n]) * static_cast<double>(values[k + n]);
    }
  }
  for (; k < count; ++k) sums[0] += static_cast<double>(values[k]) * static_cast<double>(values[k]);
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

}  // namespace

template <class T>
Parameters<T>::Parameters(const Description& description, Network<T>& network) : network_(network) {
  for (std::size_t k = 0; k < description.projections.size(); ++k) {
    if (description.projections[k].learn) add_weights(description, k);
  }
  for (std::size_t p = 0; p < description.populations.size(); ++p) add_fields(description, p);
  for (Parameter<T>& parameter : parameters_) {
    if (!parameter.own.empty()) parameter.values = parameter.own;
    for (auto* memory : {&parameter.gradient, &parameter.mean, &parameter.square}) {
      memory->assign(parameter.values.size(), T(0));
    }
  }
}

template <class T>
void Parameters<T>::add_weights(const Description& description, std::size_t index) {
  Projection<T>& projection = network_.projections[index];
  Parameter<T>& parameter = parameters_.emplace_back();
  parameter.name = description.projections[index].name;
  parameter.weights = true;
  parameter.projection = index;
  if (has_kernel(projection)) {
    // Entries that no place uses stay 0.
    parameter.own.resize(learned_weights(projection));
    for (std::size_t k = 0; k < projection.weight.size(); ++k) {
      parameter.own[projection.file_place[k]] = projection.weight[k];
    }
  } else if (projection.dense) {
    parameter.values = projection.slabs;
  } else {
    parameter.values = projection.weight;
  }
}

template <class T>
void Parameters<T>::add_fields(const Description& description, std::size_t population) {
  const PopulationSpec& spec = description.populations[population];
  std::size_t learnable = 0;
  for (std::size_t f = 0; spec.info != nullptr && f < spec.info->fields.size(); ++f) {
    const FieldInfo& field = spec.info->fields[f];
    if (field.learnable == Learnable::kNo) continue;
    const std::size_t place = learnable++;
    if (std::ranges::count(spec.learn, f) == 0) continue;
    Parameter<T>& parameter = parameters_.emplace_back();
    parameter.name = spec.name + "/" + std::string(field.name);
    parameter.population = population;
    parameter.field = f;
    parameter.learnable = place;
    const FieldValue& value = network_.neurons[population]->values()[f];
    const bool shared = field.learnable == Learnable::kAsGiven && value.size() == 1;
    for (std::size_t n = 0; n < (shared ? 1 : spec.size); ++n) {
      parameter.own.push_back(static_cast<T>(value_of(value, n)));
    }
  }
}

template <class T>
void Parameters<T>::sum_field(Parameter<T>& parameter,
                              std::span<const ShardGradient<T>> shards) const {
  const NeuronBlocks<T>& neurons = *network_.neurons[parameter.population];
  const std::size_t learnable = learnable_fields(neurons.model());
  std::ranges::fill(parameter.gradient, T(0));
  const bool shared = parameter.values.size() == 1;
  for (const ShardGradient<T>& shard : shards) {
    for (std::size_t n = 0; n < neurons.size(); ++n) {
      const std::size_t row = n / kBlock * learnable + parameter.learnable;
      parameter.gradient[shared ? 0 : n] +=
          shard.fields[parameter.population][row * kBlock + n % kBlock];
    }
  }
}

template <class T>
std::size_t Parameters<T>::pieces(const Parameter<T>& parameter) const {
  return (parameter.values.size() + kPiece - 1) / kPiece;
}

template <class T>
double Parameters<T>::sum_weights(Parameter<T>& parameter, std::size_t piece, GradientOrder order,
                                  std::span<const ShardGradient<T>> shards) const {
  if (order == GradientOrder::kByErrors) return sum_tile(parameter, piece, shards);
  const std::size_t first = piece * kPiece;
  const std::size_t count = std::min(kPiece, parameter.values.size() - first);
  T* const sum = parameter.gradient.data() + first;
  std::fill_n(sum, count, T(0));
  for (const ShardGradient<T>& shard : shards) {
    const auto& own = shard.weights[parameter.projection];
    if (!own.any) continue;
    const T* const add = own.values.data() + first;
    for (std::size_t k = 0; k < count; ++k) sum[k] += add[k];
  }
  return sum_of_squares(sum, count);
}

/// A block of sources, whose rows by target are turned into columns of the weights' layout.
/// Pieces beyond the blocks are empty.
template <class T>
double Parameters<T>::sum_tile(Parameter<T>& parameter, std::size_t piece,
                               std::span<const ShardGradient<T>> shards) const {
  const Projection<T>& projection = network_.projections[parameter.projection];
  const BlockShape sources = {projection.sources}, targets = {projection.targets};
  double squares = 0;
  const std::size_t all = pieces(parameter);
  AlignedVector<T> row(kBlock);
  for (auto block = static_cast<int>(piece); block < sources.blocks();
       block += static_cast<int>(all)) {
    const auto width = static_cast<std::size_t>(sources.width(block));
    const auto count = static_cast<std::size_t>(sources.count(block));
    const std::size_t first = static_cast<std::size_t>(block) * kBlock;
    for (std::size_t target = 0; target < projection.targets; ++target) {
      std::ranges::fill(row, T(0));
      for (const ShardGradient<T>& shard : shards) {
        const auto& own = shard.weights[parameter.projection];
        if (!own.any) continue;
        const T* const add = own.values.data() + first * projection.targets + target * width;
        for (std::size_t k = 0; k < width; ++k) row[k] += add[k];
      }
      squares += sum_of_squares(row.data(), count);
      const std::size_t target_block = target / kBlock;
      const auto stride = static_cast<std::size_t>(targets.width(static_cast<int>(target_block)));
      T* const out = parameter.gradient.data() + target_block * kBlock * projection.sources +
                     first * stride + target % kBlock;
      for (std::size_t k = 0; k < count; ++k) out[k * stride] = row[k];
    }
  }
  return squares;
}

template <class T>
void Parameters<T>::step(Parameter<T>& parameter, std::size_t piece,
                         const OptimiserStep<T>& optimiser) const {
  const std::size_t first = piece * kPiece;
  const std::size_t count = std::min(kPiece, parameter.values.size() - first);
  const auto part = [&](auto& all) { return std::span<T>(all).subspan(first, count); };
  optimiser.apply(part(parameter.gradient), parameter.weights, part(parameter.mean),
                  part(parameter.square), part(parameter.values));
}

/// Where a field's value must stay: for all neurons that share it.
template <class T>
static Range range_of(const NeuronBlocks<T>& neurons, std::span<const FieldValue> values,
                      const Parameter<T>& parameter, std::size_t n) {
  const ModelInfo& model = neurons.model();
  Range range = model.fields[parameter.field].range;
  if (model.learned_range == nullptr) return range;
  const bool shared = parameter.values.size() == 1;
  for (std::size_t k = shared ? 0 : n; k < (shared ? neurons.size() : n + 1); ++k) {
    const Range own = model.learned_range(values, parameter.field, k);
    range.low = std::max(range.low, own.low);
    range.high = std::min(range.high, own.high);
  }
  return range;
}

/// The next value within a range, also where single precision would round a bound out of it.
template <class T>
static T put_into(const Range& range, T value) {
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  auto low = static_cast<T>(range.low), high = static_cast<T>(range.high);
  if (static_cast<double>(low) < range.low) low = std::nextafter(low, kInfinity);
  if (static_cast<double>(high) > range.high) high = std::nextafter(high, -kInfinity);
  return std::clamp(value, low, high);
}

template <class T>
void Parameters<T>::store() {
  for (const Parameter<T>& parameter : parameters_) {
    if (parameter.weights) store_kernel(parameter);
  }
  for (std::size_t p = 0; p < network_.population_count(); ++p) {
    if (network_.neurons[p]) store_fields(p);
  }
}

template <class T>
void Parameters<T>::store_fields(std::size_t population) {
  NeuronBlocks<T>& neurons = *network_.neurons[population];
  std::vector<FieldValue> values = neurons.values();
  bool any = false;
  for (Parameter<T>& parameter : parameters_) {
    if (parameter.weights || parameter.population != population) continue;
    any = true;
    FieldValue& field = values[parameter.field];
    field.clear();
    for (std::size_t n = 0; n < parameter.values.size(); ++n) {
      T& value = parameter.values[n];
      value = put_into(range_of(neurons, values, parameter, n), value);
      field.push_back(static_cast<double>(value));
    }
  }
  if (any) neurons.assign(std::move(values));
}

/// Copies a kernel's weights to the synapses that share them.
template <class T>
void Parameters<T>::store_kernel(const Parameter<T>& parameter) const {
  Projection<T>& projection = network_.projections[parameter.projection];
  if (!has_kernel(projection)) return;
  for (std::size_t k = 0; k < projection.weight.size(); ++k) {
    projection.weight[k] = parameter.values[projection.file_place[k]];
  }
}

/// Calls visit(place, k) for each weight k of a parameter and its place in a file.
template <class T, class Visit>
static void for_each_weight(const Projection<T>& projection, Visit visit) {
  if (has_kernel(projection)) {
    for (std::size_t k = 0; k < learned_weights(projection); ++k) visit(k, k);
    return;
  }
  if (!projection.dense) {
    const bool matrix = projection.file_shape.size() == 2;
    for (std::size_t s = 0; s < projection.sources; ++s) {
      for (std::uint64_t k = projection.row_begin[s]; k < projection.row_begin[s + 1]; ++k) {
        const std::uint64_t listed = projection.file_place.empty() ? k : projection.file_place[k];
        visit(matrix ? projection.target[k] * projection.sources + s : listed, k);
      }
    }
    return;
  }
  const BlockShape targets = {projection.targets};
  for (std::size_t t = 0; t < projection.targets; ++t) {
    const std::size_t block = t / kBlock;
    const auto stride = static_cast<std::size_t>(targets.width(static_cast<int>(block)));
    const std::size_t first = block * kBlock * projection.sources + t % kBlock;
    for (std::size_t s = 0; s < projection.sources; ++s) {
      visit(t * projection.sources + s, first + s * stride);
    }
  }
}

template <class T>
std::size_t Parameters<T>::saved_count(const Parameter<T>& parameter) const {
  const Projection<T>& projection = network_.projections[parameter.projection];
  return projection.dense ? projection.targets * projection.sources : learned_weights(projection);
}

template <class T>
NamedArray Parameters<T>::saved_weights(const Parameter<T>& parameter) const {
  const Projection<T>& projection = network_.projections[parameter.projection];
  std::vector<T> saved(saved_count(parameter));
  for_each_weight(projection,
                  [&](std::size_t place, std::size_t k) { saved[place] = parameter.values[k]; });
  return {parameter.name, projection.file_shape, std::move(saved)};
}

template <class T>
void Parameters<T>::load_weights(Parameter<T>& parameter, const std::vector<T>& saved) const {
  for_each_weight(network_.projections[parameter.projection],
                  [&](std::size_t place, std::size_t k) { parameter.values[k] = saved[place]; });
  store_kernel(parameter);
}

template <class T>
NamedArray Parameters<T>::saved_field(const Parameter<T>& parameter) const {
  std::vector<T> values(network_.sizes[parameter.population]);
  for (std::size_t n = 0; n < values.size(); ++n) {
    values[n] = parameter.values[parameter.values.size() == 1 ? 0 : n];
  }
  return {parameter.name, {values.size()}, std::move(values)};
}

template class Parameters<float>;
template class Parameters<double>;

}  // namespace neurosim
