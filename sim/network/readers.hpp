#pragma once

// The parts of read_description.cpp; nothing outside sim/network/read_*.cpp includes this.
//
// Each reader stores what it could read into the description and reports the rest to the log
// behind its node. Where a value is malformed, one is stored that later checks accept, so that one
// mistake gives one message: an unknown size is 0, an unknown model has neither info nor source.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/network/config_node.hpp"
#include "sim/network/description.hpp"
#include "sim/network/keys.hpp"
#include "sim/network/spellings.hpp"

namespace neurosim {

/// `time:` as far as later checks need it.
struct KnownTime {
  Tick steps = kMaxTicks;  ///< malformed: every tick is accepted
  double step_ms = 0;      ///< malformed: every rate is accepted
};

/// REQUIRES: description.file is set, in all of them.
KnownTime read_time(const ConfigNode& node, Description& description);
void read_data(const ConfigNode& node, const KnownTime& time, Description& description);
void read_populations(const ConfigNode& node, const KnownTime& time, Description& description);
/// Returns whether the ends of every projection are known, so that the graph can be checked.
bool read_projections(const ConfigNode& node, Description& description);
void read_record(const ConfigNode& node, Description& description);

void read_training(const ConfigNode& node, Description& description);

/// Those keys of a map that stand in a table of fields with one value each; the others are left
/// for the caller to read or reject.
void read_values(ConfigMap& map, std::span<const FieldInfo> fields,
                 std::vector<FieldValue>& values);

/// The parameters of a neuron model, and those that learn. REQUIRES: population.info is set.
void read_parameters(const ConfigNode& node, const std::string& description_file,
                     PopulationSpec& population);
void read_learn(const ConfigNode& node, PopulationSpec& population);

/// The index of the population a node names; reports names that do not exist.
std::optional<std::size_t> read_population_name(const ConfigNode& node,
                                                const Description& description);
/// A name that can be a group of the results file; reports others.
bool check_name(const ConfigNode& node, std::string_view name);
/// A file path, resolved against the folder of the description.
bool read_path(const ConfigNode& node, const std::string& description_file, std::string& path);
/// The keys `file` and `dataset` of a map.
bool read_file_array(ConfigMap& map, const std::string& description_file, FileArray& array);

/// `{ init: uniform, low, high }` or `{ init: normal, mean, standard_deviation }`. Returns false
/// after reporting a mistake.
bool read_distribution(ConfigMap& map, Distribution& distribution);
/// Reports where low exceeds high.
bool check_order(ConfigMap& map, const Uniform& uniform);

/// The keys of conv2d and pool2d. Where they are malformed, the kernel is {0, 0}.
void read_window(ConfigMap& map, ConnectSpec& connect);
/// Reports shapes that a window does not fit.
void check_window(const ConfigNode& node, const ConnectSpec& connect, const PopulationSpec& from,
                  const PopulationSpec& to);

/// The keys of a kind of weights, or of a distribution, and no others. Returns false after
/// reporting a mistake.
template <class Spec>
bool read_keys(ConfigMap& map, Spec& spec) {
  bool right = true;
  visit_keys(spec, [&](const char* key, double& value, const Range& range) {
    const ConfigNode node = map.get(key);
    if (node.present() && !node.read(value, range)) right = false;
  });
  return map.reject_unknown() && right;
}

/// Ends the reading of a map of an unknown kind: `keys` are those of all kinds.
void reject_keys_of_no_kind(ConfigMap& map, std::span<const KeyInfo> keys);

/// What stands in the description itself; what lies in a file or is drawn counts as `none`.
std::vector<FieldValue> literals(const std::vector<ParameterSpec>& values);

inline Mark mark_of(const ConfigNode& node) { return {node.place().line, node.place().column}; }

}  // namespace neurosim
