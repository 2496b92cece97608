#include "sim/network/network.hpp"

#include <algorithm>
#include <string>

#include "sim/core/error.hpp"
#include "sim/network/draw.hpp"

namespace neurosim {
namespace {

template <class T>
std::vector<std::uint32_t> count_nonzero(const Synapses<T>& synapses) {
  std::vector<std::uint32_t> counts;
  const auto count = [&](const T* weight, std::size_t size) {
    counts.push_back(static_cast<std::uint32_t>(static_cast<std::ptrdiff_t>(size) -
                                                std::count(weight, weight + size, T(0))));
  };
  for (std::size_t s = 0; s < synapses.sources; ++s) {
    if (synapses.dense) {
      count(synapses.weight.data() + s * synapses.targets, synapses.targets);
      continue;
    }
    for (std::size_t group = 0; group < synapses.delays.size(); ++group) {
      const auto row = synapses.row(s, group);
      if (!synapses.one_weight()) {
        count(row.weight, row.count);
      } else {
        counts.push_back(*row.weight == T(0) ? 0 : static_cast<std::uint32_t>(row.count));
      }
    }
  }
  return counts;
}

template <class T>
void lay_out(Synapses<T>&& synapses, Projection<T>& projection) {
  projection.sources = synapses.sources;
  projection.targets = synapses.targets;
  projection.synapses = synapses.count;
  projection.out_degree = std::move(synapses.out_degree);
  projection.nonzero_out_degree = count_nonzero(synapses);
  projection.dense = synapses.dense;
  projection.file_shape = std::move(synapses.file_shape);
  if (!synapses.dense) {
    static_cast<SparseRows<T>&>(projection) = std::move(static_cast<SparseRows<T>&>(synapses));
    projection.file_place = std::move(synapses.file_place);
    return;
  }
  projection.delays = synapses.delays;
  const std::size_t targets = synapses.targets;
  const std::size_t padded = (targets + kLaneGroup - 1) / kLaneGroup * kLaneGroup;
  projection.slabs.assign(padded * synapses.sources, T(0));
  T* out = projection.slabs.data();
  for (std::size_t first = 0; first < targets; first += kBlock) {
    const std::size_t width = std::min<std::size_t>(kBlock, padded - first);
    const std::size_t count = std::min<std::size_t>(kBlock, targets - first);
    for (std::size_t s = 0; s < synapses.sources; ++s, out += width) {
      std::copy_n(synapses.weight.data() + s * targets + first, count, out);
    }
  }
}

/// One value a neuron, keyed by population, field and neuron.
template <class T>
FieldValue draw_values(const Description& description, const PopulationSpec& population,
                       const FieldInfo& field, const Distribution& distribution) {
  const auto index = static_cast<std::uint32_t>(&population - description.populations.data());
  const auto place = static_cast<std::uint32_t>(&field - population.info->fields.data());
  FieldValue values;
  for (std::size_t n = 0; n < population.size; ++n) {
    values.push_back(draw(distribution, description.seed, Stream::kParameters,
                          {index, place, static_cast<std::uint32_t>(n)}));
    if (std::isfinite(static_cast<T>(values.back())) && field.range.contains(values.back())) {
      continue;
    }
    throw ConfigError(
        {{description.file, population.mark.line, population.mark.column,
          "populations." + population.name + ".parameters." + std::string(field.name),
          "drew " + std::to_string(values.back()) + " for neuron " + std::to_string(n) +
              ", which is not a " +
              (field.range.text().empty() ? "finite number" : "number " + field.range.text())}});
  }
  return values;
}

template <class T>
std::vector<FieldValue> parameter_values(const Description& description,
                                         const PopulationSpec& population,
                                         const ArrayLoader& load) {
  std::vector<FieldValue> values;
  for (std::size_t f = 0; f < population.info->fields.size(); ++f) {
    const FieldInfo& field = population.info->fields[f];
    if (const auto* drawn = std::get_if<Distribution>(&population.parameters[f])) {
      values.push_back(draw_values<T>(description, population, field, *drawn));
      continue;
    }
    const auto* file = std::get_if<FileArray>(&population.parameters[f]);
    if (file == nullptr) {
      values.push_back(std::get<FieldValue>(population.parameters[f]));
      continue;
    }
    NumericArray array = load(file->file, file->dataset);
    if (array.values.size() != population.size) {
      throw DataError(file->file, file->dataset + ": expected " + std::to_string(population.size) +
                                      " values for " + population.name + "." +
                                      std::string(field.name) + ", found " +
                                      std::to_string(array.values.size()));
    }
    for (const double value : array.values) {
      if (!std::isfinite(static_cast<T>(value)) || !field.range.contains(value)) {
        throw DataError(
            file->file,
            file->dataset + ": " + std::to_string(value) + " is not a value for " +
                population.name + "." + std::string(field.name) + " (a " +
                (field.range.text().empty() ? "finite number" : "number " + field.range.text()) +
                ")");
      }
    }
    values.push_back(std::move(array.values));
  }
  if (population.info->check != nullptr) {
    const std::string wrong = population.info->check(values);
    if (!wrong.empty()) {
      throw ConfigError({{description.file, population.mark.line, population.mark.column,
                          "populations." + population.name + ".parameters", wrong}});
    }
  }
  return values;
}

}  // namespace

template <class T>
Network<T> compile(const Description& description, const ArrayLoader& load, unsigned threads) {
  ThreadTeam team(threads);
  Network<T> network;
  network.seed = description.seed;
  network.ticks = description.time.total();
  network.stages = stages(description);
  network.incoming.resize(description.populations.size());
  for (const PopulationSpec& population : description.populations) {
    network.sizes.push_back(population.size);
    network.neurons.push_back(
        population.info == nullptr
            ? nullptr
            : make_neuron_blocks<T>(population.model, population.size,
                                    parameter_values<T>(description, population, load),
                                    description.time.step_ms));
  }
  for (std::size_t p = 0; p < description.projections.size(); ++p) {
    const ProjectionSpec& spec = description.projections[p];
    Projection<T>& projection = network.projections.emplace_back();
    projection.from = spec.from;
    projection.to = spec.to;
    projection.delay = spec.delay;
    projection.receptor = spec.receptor;
    lay_out(build_synapses<T>(description, p, load, team), projection);
    network.incoming[spec.to].push_back(p);
  }
  return network;
}

template Network<float> compile(const Description&, const ArrayLoader&, unsigned);
template Network<double> compile(const Description&, const ArrayLoader&, unsigned);

}  // namespace neurosim
