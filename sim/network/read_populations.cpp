// The part `populations:` of a description.

#include <algorithm>
#include <limits>
#include <type_traits>

#include "sim/network/readers.hpp"
#include "sim/network/spellings.hpp"

namespace neurosim {
namespace {

constexpr std::int64_t kMaxPopulation = std::numeric_limits<std::int32_t>::max();

void read_shape_list(const ConfigNode& node, PopulationSpec& population) {
  const auto items = node.items();
  if (node.is_list() && items.empty()) node.expected("at least one extent");
  std::int64_t size = 1;
  for (const ConfigNode& item : items) {
    std::int64_t extent = 0;
    if (!item.read(extent, {1, kMaxPopulation})) return;
    population.shape.push_back(static_cast<std::size_t>(extent));
    if (extent > kMaxPopulation / size) {
      node.error("more than " + std::to_string(kMaxPopulation) + " neurons in one population");
      return;
    }
    size *= extent;
  }
  if (!items.empty()) population.size = static_cast<std::size_t>(size);
}

/// `size: 512`, or `shape: [28, 28]`.
void read_size(ConfigMap& map, PopulationSpec& population) {
  const ConfigNode size = map.get("size");
  const ConfigNode shape = map.get("shape");
  if (size.present() && shape.present()) {
    size.error("give either size or shape, not both");
  } else if (shape.present()) {
    read_shape_list(shape, population);
  } else if (size.present()) {
    std::int64_t count = 0;
    if (!size.read(count, {1, kMaxPopulation})) return;
    population.size = static_cast<std::size_t>(count);
    population.shape = {population.size};
  } else {
    map.missing("size", " (or \"shape\")");
  }
}

/// One `[tick, neuron]`.
bool read_spike(const ConfigNode& node, const KnownTime& time, std::size_t size,
                std::pair<Tick, NeuronId>& spike) {
  if (!node.is_list() || node.items().size() != 2) {
    node.expected("a spike as [tick, neuron]");
    return false;
  }
  const auto items = node.items();
  std::int64_t neuron = 0;
  const bool tick_ok = items[0].read(spike.first, {0, time.steps - 1});
  const std::int64_t last = size == 0 ? kMaxPopulation : static_cast<std::int64_t>(size) - 1;
  const bool neuron_ok = items[1].read(neuron, {0, last});
  spike.second = static_cast<NeuronId>(neuron);
  return tick_ok && neuron_ok;
}

SpikeListSource read_spike_list(ConfigMap& map, const KnownTime& time, std::size_t size) {
  struct Placed {
    std::pair<Tick, NeuronId> spike;
    std::size_t item;
  };
  std::vector<Placed> placed;
  const auto items = map.required("spikes").items();
  for (std::size_t k = 0; k < items.size(); ++k) {
    Placed next = {{}, k};
    if (read_spike(items[k], time, size, next.spike)) placed.push_back(next);
  }
  std::stable_sort(placed.begin(), placed.end(),
                   [](const Placed& a, const Placed& b) { return a.spike < b.spike; });
  SpikeListSource source;
  for (const Placed& next : placed) {
    if (!source.spikes.empty() && source.spikes.back() == next.spike) {
      items[next.item].error("spike [" + std::to_string(next.spike.first) + ", " +
                             std::to_string(next.spike.second) + "] is listed twice");
    } else {
      source.spikes.push_back(next.spike);
    }
  }
  return source;
}

PoissonSource read_poisson(ConfigMap& map, const KnownTime& time) {
  PoissonSource source;
  const ConfigNode rate = map.required("rate_hz");
  if (rate.read(source.rate_hz, Range{.low = 0}) && source.rate_hz * time.step_ms > 1000) {
    rate.error(
        "more than one spike a step: with this time.step_ms, at most 1000 / step_ms Hz "
        "are possible");
  }
  return source;
}

SpikeFileSource read_spike_file(ConfigMap& map, const std::string& description_file) {
  SpikeFileSource source;
  read_path(map.required("file"), description_file, source.file);
  map.get("keep_every").read(source.keep_every, {1, kMaxTicks});
  map.get("first_step").read(source.first_step, {0, kMaxTicks});
  if (map.has("population")) {
    map.get("population").read(source.population);
    return source;
  }
  if (!map.has("steps") && !map.has("neurons") && !map.has("sample_offset")) {
    map.get("population");
    map.missing("population",
                " (of a file written by neurosim; or \"steps\", \"neurons\" and "
                "\"sample_offset\", the names of its datasets)");
  } else {
    map.required("steps").read(source.steps);
    map.required("neurons").read(source.neurons);
    map.required("sample_offset").read(source.sample_offset);
  }
  map.get("labels").read(source.labels);
  return source;
}

SourceSpec read_source(std::size_t kind, ConfigMap& map, const KnownTime& time,
                       const std::string& description_file, std::size_t size) {
  using At = SourceSpec;
  static_assert(std::is_same_v<std::variant_alternative_t<1, At>, SpikeListSource> &&
                std::is_same_v<std::variant_alternative_t<2, At>, PoissonSource> &&
                std::is_same_v<std::variant_alternative_t<3, At>, SpikeFileSource>);
  switch (kind) {
    case 1:
      return read_spike_list(map, time, size);
    case 2:
      return read_poisson(map, time);
    case 3:
      return read_spike_file(map, description_file);
    default:
      return DatasetSource{};
  }
}

/// Source kinds, then neuron models.
std::vector<std::string_view> model_names() {
  std::vector<std::string_view> names(kSourceNames.begin(), kSourceNames.end());
  for (const ModelInfo& info : models()) names.push_back(info.name);
  return names;
}

PopulationSpec read_population(const ConfigMap::Entry& entry, const KnownTime& time,
                               const std::string& description_file) {
  PopulationSpec population;
  population.name = entry.key;
  population.mark = mark_of(entry.key_node);
  ConfigMap map = entry.value.map();
  std::size_t kind = 0;
  const auto names = model_names();
  const bool model_known = map.required("model").read_choice(kind, names);
  read_size(map, population);
  if (!model_known) {
    reject_keys_of_no_kind(map, NetworkKeys::kPopulation);
    return population;
  }
  population.model = names[kind];
  if (kind < kSourceNames.size()) {
    population.source = read_source(kind, map, time, description_file, population.size);
    if (map.has("learn")) {
      map.get("learn").error("a source (model: " + population.model +
                             ") has no parameters that could be learned");
    }
  } else {
    population.info = find_model(population.model);
    read_parameters(map.get("parameters"), description_file, population);
    read_learn(map.get("learn"), population);
  }
  map.reject_unknown();
  return population;
}

/// A population that a `--set` adds to a map that was there before is a misspelt one.
void reject_new_population(const ConfigMap::Entry& entry, const Description& description) {
  std::vector<std::string_view> names;
  for (const auto& population : description.populations) names.push_back(population.name);
  entry.key_node.error("unknown population " + unknown_name(entry.key, names));
}

}  // namespace

void read_populations(const ConfigNode& node, const KnownTime& time, Description& description) {
  if (!node.present()) return;
  const ConfigMap map = node.map();
  const auto entries = map.entries();
  for (const ConfigMap::Entry& entry : entries) {
    if (entry.key_node.place().origin != node.place().origin) {
      reject_new_population(entry, description);
      continue;
    }
    check_name(entry.key_node, entry.key);
    description.populations.push_back(read_population(entry, time, description.file));
  }
  if (map.ok() && description.populations.empty()) node.expected("at least one population");
}

std::optional<std::size_t> read_population_name(const ConfigNode& node,
                                                const Description& description) {
  std::string name;
  if (!node.read(name)) return std::nullopt;
  std::vector<std::string_view> names;
  for (const auto& population : description.populations) names.push_back(population.name);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  node.error("unknown population " + unknown_name(name, names));
  return std::nullopt;
}

}  // namespace neurosim
