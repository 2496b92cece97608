#include "sim/network/read_description.hpp"

#include <algorithm>
#include <filesystem>

#include "sim/network/graph.hpp"
#include "sim/network/readers.hpp"
#include "sim/network/spellings.hpp"

namespace neurosim {
namespace {

void read_header(ConfigMap& map, Description& description) {
  const ConfigNode format = map.required("format");
  if (format.present() && !format.is_word(kFormat)) format.expected(std::string(kFormat));
  description.name = std::filesystem::path(description.file).stem().string();
  map.get("name").read(description.name);
  map.get("seed").read(description.seed);
  std::size_t precision = static_cast<std::size_t>(description.precision);
  map.get("precision").read_choice(precision, kPrecisionNames);
  description.precision = static_cast<Precision>(precision);
}

/// The data and the populations that show them need each other.
void check_data_use(ConfigMap& map, const ConfigNode& data, const Description& description) {
  const auto shows_data = [](const PopulationSpec& population) {
    return population.source && std::holds_alternative<DatasetSource>(*population.source);
  };
  const auto user =
      std::find_if(description.populations.begin(), description.populations.end(), shows_data);
  const bool unknown_model =
      std::any_of(description.populations.begin(), description.populations.end(),
                  [](const auto& p) { return !p.source && p.info == nullptr; });
  if (data.present() && user == description.populations.end() && !unknown_model && map.ok()) {
    data.error("no population shows these data; give one `model: source`");
  }
  if (!data.present() && user != description.populations.end()) {
    map.missing("data", ": population \"" + user->name + "\" shows it (model: source)");
  }
}

Description read_tree(const ConfigValuePtr& root, const std::string& file, ConfigLog& log) {
  Description description;
  description.file = file;
  ConfigMap map = ConfigNode(root, "", root->place, log).map();
  read_header(map, description);
  const KnownTime time = read_time(map.get("time"), description);
  const ConfigNode data = map.get("data");
  read_data(data, time, description);
  read_populations(map.required("populations"), time, description);
  check_data_use(map, data, description);
  const bool graph_known = read_projections(map.get("projections"), description);
  read_record(map.get("record"), description);
  read_training(map.get("training"), description);
  map.reject_unknown();
  if (graph_known) {
    for (auto& diagnostic : check_graph(description)) log.add(std::move(diagnostic));
  }
  log.throw_if_any();
  return description;
}

}  // namespace

bool check_name(const ConfigNode& node, std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  if (!name.empty() && std::all_of(name.begin(), name.end(), allowed)) return true;
  node.error("bad name " + quoted(name) + ": use letters, digits, _ and - only");
  return false;
}

bool read_path(const ConfigNode& node, const std::string& description_file, std::string& path) {
  std::string text;
  if (!node.read(text)) return false;
  namespace fs = std::filesystem;
  const fs::path folder = fs::absolute(description_file).parent_path();
  path = (folder / text).lexically_normal().string();
  return true;
}

bool read_file_array(ConfigMap& map, const std::string& description_file, FileArray& array) {
  const bool file = read_path(map.required("file"), description_file, array.file);
  const bool dataset = map.required("dataset").read(array.dataset);
  return file && dataset;
}

void reject_keys_of_no_kind(ConfigMap& map, std::span<const KeyInfo> keys) {
  for (const KeyInfo& key : keys) map.get(key.name);
  map.reject_unknown();
}

Override parse_override(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) {
    throw UsageError("--set " + text + ": expected path=value, e.g. --set time.steps=100");
  }
  if (equals == 0) throw UsageError("--set " + text + ": the path before = is empty");
  return {text.substr(0, equals), text.substr(equals + 1)};
}

Description read_description(const std::string& file, const std::vector<Override>& overrides) {
  return parse_description(read_config_file(file), file, overrides);
}

Description parse_description(const std::string& text, const std::string& file,
                              const std::vector<Override>& overrides) {
  ConfigLog log(file);
  ConfigValuePtr root = parse_config(text, log);
  for (const Override& change : overrides) {
    root = override_config(root, change.path, change.value, log);
  }
  return read_tree(root, file, log);
}

}  // namespace neurosim
