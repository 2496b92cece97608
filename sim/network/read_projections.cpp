// The part `projections:` of a description.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "sim/network/readers.hpp"
#include "sim/network/rounding.hpp"
#include "sim/network/spellings.hpp"

namespace neurosim {
namespace {

/// The reference engine holds a slot for each tick up to the longest delay.
constexpr Tick kMaxDelay = 1'000'000;
/// Delays that are drawn: a source has a row of synapses for each that occurs in its projection.
constexpr Tick kMaxDrawnDelay = 1'000;
/// Rows of 16 bytes that fill 32 GiB.
constexpr double kMaxRows = 2'147'483'648.0;
/// 2^33 single-precision weights fill 32 GiB.
constexpr double kMaxSynapses = 8'589'934'592.0;

/// The populations at both ends of a projection; sizes are 0 where malformed.
struct Ends {
  const PopulationSpec& from;
  const PopulationSpec& to;
  bool sizes_known() const { return from.size > 0 && to.size > 0; }
  double pairs() const { return static_cast<double>(from.size) * static_cast<double>(to.size); }
  std::string text() const {
    return from.name + " has " + std::to_string(from.size) + " neurons and " + to.name + " " +
           std::to_string(to.size);
  }
};

/// What a connection cannot do without, as an example. Indexed by Connect.
constexpr std::array<std::string_view, kConnectNames.size()> kNeededKeys = {
    "",          "",         "", "p: 0.1", "indegree: 10", "file: pairs.h5, dataset: pairs",
    "kernel: 5", "kernel: 2"};

bool is_window(Connect kind) { return kind == Connect::kConv2d || kind == Connect::kPool2d; }

void read_connect_keys(ConfigMap& map, const std::string& description_file, ConnectSpec& connect) {
  if (connect.kind == Connect::kFixedProbability) {
    map.required("p").read(connect.probability, Range{.low = 0, .high = 1});
  } else if (connect.kind == Connect::kFixedIndegree) {
    map.required("indegree").read(connect.indegree, {1, kMaxTicks});
  } else if (connect.kind == Connect::kPairs) {
    read_file_array(map, description_file, connect.pairs);
  } else if (is_window(connect.kind)) {
    read_window(map, connect);
  }
}

/// A bare name, or a map with `type` and what that type needs. Returns whether it is known.
bool read_connect(const ConfigNode& node, const std::string& description_file,
                  ConnectSpec& connect) {
  if (!node.present()) return true;
  std::size_t kind = 0;
  if (!node.is_map()) {
    if (!node.read_choice(kind, kConnectNames)) return false;
    connect.kind = static_cast<Connect>(kind);
    if (kNeededKeys[kind].empty()) return true;
    node.error("needs more: write { type: " + std::string(kConnectNames[kind]) + ", " +
               std::string(kNeededKeys[kind]) + " }");
    return false;
  }
  ConfigMap map = node.map();
  if (!map.required("type").read_choice(kind, kConnectNames)) {
    reject_keys_of_no_kind(map, NetworkKeys::kConnect);
    return false;
  }
  connect.kind = static_cast<Connect>(kind);
  read_connect_keys(map, description_file, connect);
  map.reject_unknown();
  return true;
}

/// Rules between a connection kind and the sizes at its ends.
void check_sizes(const ConfigNode& node, const ConnectSpec& connect, const Ends& ends) {
  if (!ends.sizes_known()) return;
  if (connect.kind == Connect::kOneToOne && ends.from.size != ends.to.size) {
    node.error("one_to_one needs equal sizes; " + ends.text());
  } else if (connect.kind == Connect::kClassGroups && ends.from.size % ends.to.size != 0) {
    node.error("class_groups needs the same number of source neurons for each target neuron; " +
               ends.text());
  } else if (connect.kind == Connect::kFixedIndegree &&
             connect.indegree > static_cast<std::int64_t>(ends.from.size)) {
    node.error("indegree " + std::to_string(connect.indegree) +
               " exceeds the number of source neurons; " + ends.text());
  } else if (is_window(connect.kind)) {
    check_window(node, connect, ends.from, ends.to);
  }
}

double expected_synapses(const ConnectSpec& connect, Storage storage, const Ends& ends) {
  if (storage == Storage::kDense) return ends.pairs();
  switch (connect.kind) {
    case Connect::kAllToAll:
    case Connect::kClassGroups:
      return ends.pairs();
    case Connect::kFixedProbability:
      return ends.pairs() * connect.probability;
    case Connect::kFixedIndegree:
      return static_cast<double>(ends.to.size) * static_cast<double>(connect.indegree);
    case Connect::kConv2d:
    case Connect::kPool2d: {  // as if nothing were clipped at the borders
      const bool mixes = connect.kind == Connect::kConv2d && ends.from.shape.size() == 3;
      return static_cast<double>(ends.to.size) *
             static_cast<double>(mixes ? ends.from.shape[0] : 1) *
             static_cast<double>(connect.window.kernel[0] * connect.window.kernel[1]);
    }
    case Connect::kOneToOne:
    case Connect::kPairs:  // as many as the file lists
      return 0;
  }
  return 0;
}

void check_synapses(const ConfigNode& node, const ProjectionSpec& projection, const Ends& ends) {
  const double count = expected_synapses(projection.connect, projection.storage, ends);
  if (count <= kMaxSynapses) return;
  char number[32];
  std::snprintf(number, sizeof number, "%.3g", count);
  node.error("about " + std::string(number) + " synapses; at most 2^33 (8.59e+09) fit into one " +
             "projection: " + ends.text());
}

void check_rows(const ConfigNode& delay, const ProjectionSpec& projection, const Ends& ends) {
  if (!projection.drawn_delay) return;
  const auto* const uniform = std::get_if<Uniform>(&*projection.drawn_delay);
  const auto* const normal = std::get_if<Normal>(&*projection.drawn_delay);
  const double longest =
      uniform != nullptr ? uniform->high : normal->mean + 6 * normal->standard_deviation;
  const double delays = std::round(longest) - static_cast<double>(projection.delay) + 1;
  if (static_cast<double>(ends.from.size) * delays <= kMaxRows) return;
  delay.error("up to " + std::to_string(std::llround(delays)) + " delays for each of " +
              std::to_string(ends.from.size) +
              " sources; at most 2^31 (2.15e+09) such rows fit into one projection");
}

WeightSpec read_initial_weights(ConfigMap& map) {
  std::size_t init = 0;
  if (!map.get("init").read_choice(init, kWeightInitNames)) {
    reject_keys_of_no_kind(map, NetworkKeys::kWeights);
    return ConstantWeights{};
  }
  WeightSpec weights;
  switch (init) {
    case 1: {
      auto& uniform = weights.emplace<UniformWeights>();
      if (read_keys(map, uniform)) check_order(map, uniform);
      break;
    }
    case 2:
      read_keys(map, weights.emplace<NormalWeights>());
      break;
    case 3:
      read_keys(map, weights.emplace<XavierUniformWeights>());
      break;
    default:
      read_keys(map, weights.emplace<ConstantWeights>());
  }
  return weights;
}

WeightSpec read_class_group_weights(const ConfigNode& node) {
  ClassGroupWeights weights;
  if (!node.present()) return weights;
  if (!node.is_map()) {
    node.expected("{ excitatory: 1, inhibitory: -0.1 }, as class_groups needs");
    return weights;
  }
  ConfigMap map = node.map();
  read_keys(map, weights);
  return weights;
}

/// `connect_known`: and it is not class_groups.
WeightSpec read_weights(const ConfigNode& node, const std::string& description_file,
                        bool connect_known) {
  if (node.is_number()) {
    ConstantWeights weights;
    node.read(weights.value);
    return weights;
  }
  if (!node.is_map()) {
    if (node.present()) node.expected("a number, { init: ... }, or { file, dataset }");
    return ConstantWeights{};
  }
  ConfigMap map = node.map();
  if (map.has("init")) return read_initial_weights(map);
  if (map.has("file") || map.has("dataset")) {
    FileArray array;
    read_file_array(map, description_file, array);
    map.reject_unknown();
    return array;
  }
  const bool groups = map.has("excitatory") || map.has("inhibitory");
  if (connect_known && groups) {
    node.error("excitatory and inhibitory weights need connect: class_groups");
  } else if (connect_known) {
    map.required("init");
  }
  reject_keys_of_no_kind(map, NetworkKeys::kWeights);
  return ConstantWeights{};
}

/// `{ init: uniform, low: 8, high: 20 }`, rounded. Returns false after reporting a mistake.
bool read_drawn_delay(const ConfigNode& node, ProjectionSpec& projection) {
  ConfigMap map = node.map();
  Distribution drawn;
  if (!read_distribution(map, drawn)) return false;
  constexpr auto kMost = static_cast<double>(kMaxDrawnDelay);
  if (auto* const uniform = std::get_if<Uniform>(&drawn)) {
    if (uniform->low < 0 || uniform->high > kMost) {
      node.error("low and high must be 0 to " + std::to_string(kMaxDrawnDelay) + " steps");
      return false;
    }
    projection.delay = std::llround(uniform->low);
  } else {
    const Normal& normal = std::get<Normal>(drawn);
    if (normal.mean < 1) {
      node.error("mean must be at least 1 step: delays that are drawn below 1 become 1");
      return false;
    }
    if (normal.mean + 6 * normal.standard_deviation > kMost) {
      node.error("mean + 6 standard_deviation must not exceed " + std::to_string(kMaxDrawnDelay) +
                 " steps");
      return false;
    }
    projection.delay = 1;
  }
  projection.drawn_delay = drawn;
  return true;
}

/// `delay: 8`, in steps, or one drawn for each synapse.
void read_delay(const ConfigNode& node, ProjectionSpec& projection) {
  if (!node.present()) return;
  const bool read = node.is_map() ? read_drawn_delay(node, projection)
                                  : node.read(projection.delay, {0, kMaxDelay});
  if (!read) projection.delay = 1;  // a malformed delay makes no cycle without delay
}

/// `receptor: 1`, of a target that sums several inputs apart.
void read_receptor(const ConfigNode& node, const PopulationSpec& to, int& receptor) {
  if (!node.present()) return;
  std::int64_t receptors = 1;
  if (to.info != nullptr && to.info->receptors != nullptr)
    receptors = to.info->receptors(literals(to.parameters));
  std::int64_t value = 0;
  if (!node.read(value)) return;
  if (value < 0 || value >= receptors) {
    node.error(
        to.name + " has " +
        (receptors == 1 ? "one receptor, 0" : "receptors 0 to " + std::to_string(receptors - 1)));
    return;
  }
  receptor = static_cast<int>(value);
}

/// `bits: 5`, or `none`.
void read_bits(const ConfigNode& node, int& bits) {
  std::int64_t value = 0;
  if (!node.present() || node.is_word("none")) return;
  if (node.read(value, {kFewestBits, kMostBits})) bits = static_cast<int>(value);
}

/// Whether every source reaches every target.
bool is_complete(Connect kind) {
  return kind == Connect::kAllToAll || kind == Connect::kClassGroups;
}

/// What sources that share their synapses cannot have.
void check_window_options(const ConfigNode& learn, const ConfigNode& storage,
                          const ConfigNode& delay, const ProjectionSpec& projection) {
  const std::string kind(kConnectNames[static_cast<std::size_t>(projection.connect.kind)]);
  if (projection.storage == Storage::kDense) {
    storage.error(kind + " shares its weights between all places; storage: dense would copy them");
  }
  if (projection.drawn_delay) {
    delay.error(kind + " has one delay: synapses that are shared cannot each draw their own");
  }
  if (projection.connect.kind == Connect::kPool2d && projection.learn) {
    learn.error("pool2d has one fixed weight; a conv2d learns");
  }
}

/// REQUIRES: projection.connect is read.
void read_options(ConfigMap& map, ProjectionSpec& projection) {
  std::size_t storage = static_cast<std::size_t>(projection.storage);
  const ConfigNode storage_node = map.get("storage");
  storage_node.read_choice(storage, kStorageNames);
  projection.storage = static_cast<Storage>(storage);
  const ConfigNode delay = map.get("delay");
  read_delay(delay, projection);
  const ConfigNode learn = map.get("learn");
  learn.read(projection.learn);
  read_bits(map.get("bits"), projection.bits);
  if (is_window(projection.connect.kind)) {
    check_window_options(learn, storage_node, delay, projection);
    return;
  }
  if (projection.drawn_delay && projection.storage == Storage::kDense) {
    storage_node.error("delays that are drawn need storage: sparse");
  }
  if (projection.learn && projection.storage == Storage::kDense &&
      !is_complete(projection.connect.kind)) {
    storage_node.error(
        "learn: true with storage: dense would grow synapses that do not exist; "
        "use storage: sparse");
  }
}

/// Returns where messages about its name belong, or nothing when one of its ends is unknown.
std::optional<ConfigNode> read_projection(const ConfigNode& node, Description& description) {
  ProjectionSpec projection;
  projection.mark = mark_of(node);
  ConfigMap map = node.map();
  const auto from = read_population_name(map.required("from"), description);
  const auto to = read_population_name(map.required("to"), description);
  const ConfigNode name = map.get("name");
  if (name.read(projection.name)) check_name(name, projection.name);
  const ConfigNode connect = map.get("connect");
  const bool connect_known = read_connect(connect, description.file, projection.connect);
  if (connect_known && projection.connect.kind == Connect::kClassGroups) {
    projection.weights = read_class_group_weights(map.get("weights"));
  } else {
    const ConfigNode weights = connect_known ? map.required("weights") : map.get("weights");
    projection.weights = read_weights(weights, description.file, connect_known);
    if (projection.connect.kind == Connect::kPool2d && projection.weights.index() != 0) {
      weights.error("pool2d has one weight for all its synapses: write a number, such as 0.25");
    }
  }
  read_options(map, projection);
  const ConfigNode receptor = map.get("receptor");
  if (to) read_receptor(receptor, description.populations[*to], projection.receptor);
  // A misspelt delay makes no cycle without delay.
  if (!map.reject_unknown()) projection.delay = std::max<Tick>(projection.delay, 1);
  if (!from || !to) return std::nullopt;
  projection.from = *from;
  projection.to = *to;
  const Ends ends = {description.populations[*from], description.populations[*to]};
  if (connect_known) {
    const ConfigNode& at = connect.present() ? connect : node;
    check_sizes(at, projection.connect, ends);
    check_synapses(at, projection, ends);
    check_rows(map.get("delay"), projection, ends);
  }
  description.projections.push_back(std::move(projection));
  return name.present() ? name : node;
}

/// Gives `<from>_to_<to>` to the projections without a name, with `_2`, `_3`, ... where taken.
void name_projections(const std::vector<ConfigNode>& names, Description& description) {
  std::set<std::string> taken;
  for (std::size_t k = 0; k < description.projections.size(); ++k) {
    const std::string& name = description.projections[k].name;
    if (!name.empty() && !taken.insert(name).second) {
      names[k].error("a projection named " + quoted(name) + " exists already");
    }
  }
  for (ProjectionSpec& projection : description.projections) {
    if (!projection.name.empty()) continue;
    const std::string base = description.populations[projection.from].name + "_to_" +
                             description.populations[projection.to].name;
    projection.name = base;
    for (int n = 2; !taken.insert(projection.name).second; ++n) {
      projection.name = base + "_" + std::to_string(n);
    }
  }
}

}  // namespace

bool read_projections(const ConfigNode& node, Description& description) {
  if (!node.present() || node.is_null()) return true;
  std::vector<ConfigNode> names;
  const auto items = node.items();
  for (const ConfigNode& item : items) {
    if (const auto name = read_projection(item, description)) names.push_back(*name);
  }
  name_projections(names, description);
  return node.is_list() && names.size() == items.size();
}

}  // namespace neurosim
