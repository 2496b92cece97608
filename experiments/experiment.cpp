#include "experiments/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "sim/network/config_node.hpp"

namespace neurosim {
namespace {

constexpr std::string_view kFormat = "neurosim-experiment/1";
constexpr std::array<std::string_view, 2> kWorkNames = {"train", "run"};
constexpr std::array<std::string_view, 3> kFigureNames = {"epochs", "cells", "states"};
constexpr IntegerRange kPositive = {.low = 1};

template <class Enum>
void read_enum(const ConfigNode& node, Enum& value, std::span<const std::string_view> names) {
  auto index = static_cast<std::size_t>(value);
  node.read_choice(index, names);
  value = static_cast<Enum>(index);
}

void read_count(const ConfigNode& node, std::uint64_t& count) {
  std::int64_t read = 0;
  if (node.read(read, kPositive)) count = static_cast<std::uint64_t>(read);
}

/// `set:` with what `--set` takes: dotted paths, values as YAML text.
void read_overrides(const ConfigNode& node, std::vector<Override>& overrides) {
  if (!node.present()) return;
  for (const auto& entry : node.map().entries()) {
    Override change = {.path = entry.key};
    if (entry.value.read(change.value)) overrides.push_back(change);
  }
}

/// A name that can stand in the names of cells and files.
bool check_name(const ConfigNode& node, const std::string& name) {
  const bool plain = !name.empty() && std::ranges::all_of(name, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
  });
  if (!plain)
    node.error("bad name " + neurosim::quoted(name) + ": use letters, digits, _, . and - only");
  return plain;
}

AxisValue read_value(const ConfigMap::Entry& entry) {
  AxisValue value = {.name = entry.key};
  check_name(entry.key_node, value.name);
  if (entry.value.is_null()) return value;
  for (const auto& item : entry.value.map().entries()) {
    if (item.key == "set") {
      read_overrides(item.value, value.overrides);
    } else if (std::string word; item.value.read(word)) {
      value.words[item.key] = word;
    }
  }
  return value;
}

void read_axes(const ConfigNode& node, std::vector<Axis>& axes) {
  if (!node.present()) return;
  for (const auto& entry : node.map().entries()) {
    Axis axis = {.name = entry.key};
    if (entry.value.is_list()) {
      for (const ConfigNode& item : entry.value.items()) {
        AxisValue value;
        if (item.read(value.name) && check_name(item, value.name)) axis.values.push_back(value);
      }
    } else {
      for (const auto& value : entry.value.map().entries())
        axis.values.push_back(read_value(value));
    }
    if (axis.values.empty()) entry.value.error("an axis needs at least one value");
    axes.push_back(std::move(axis));
  }
}

void expect_axis(const ConfigNode& node, const std::string& name, const Experiment& experiment) {
  std::vector<std::string_view> known;
  for (const Axis& axis : experiment.axes) known.push_back(axis.name);
  if (std::ranges::count(known, name) == 0) node.error("unknown axis " + unknown_name(name, known));
}

void read_columns(const ConfigNode& node, Experiment& experiment) {
  if (!node.present()) return;
  for (const ConfigNode& item : node.items()) {
    std::string name;
    if (!item.read(name)) continue;
    expect_axis(item, name, experiment);
    experiment.columns.push_back(name);
  }
}

void read_printed(const ConfigNode& node, Experiment& experiment) {
  if (!node.present()) return;
  std::set<std::string> known;
  for (const Cell& cell : cells_of(experiment)) known.insert(cell.name);
  const std::vector<std::string_view> names(known.begin(), known.end());
  for (const auto& entry : node.map().entries()) {
    if (!known.contains(entry.key)) {
      entry.key_node.error("unknown cell " + unknown_name(entry.key, names));
    }
    entry.value.read(experiment.printed[entry.key]);
  }
}

void read_figures(const ConfigNode& node, Experiment& experiment) {
  if (!node.present()) return;
  for (const ConfigNode& item : node.items()) {
    FigureSpec figure;
    ConfigMap map = item.map();
    read_enum(map.required("kind"), figure.kind, kFigureNames);
    const ConfigNode name = map.required("name");
    if (name.read(figure.name)) check_name(name, figure.name);
    map.required("caption").read(figure.caption);
    read_enum(map.get("quantity"), figure.quantity, quantity_names());
    const ConfigNode along = map.get("along");
    if (along.read(figure.along)) expect_axis(along, figure.along, experiment);
    if (figure.kind == FigureSpec::Kind::kCells && !along.present()) {
      item.error("bars need `along`, the axis of their groups");
    }
    const ConfigNode factors = map.get("factors");
    if (factors.present()) {
      for (const auto& entry : factors.map().entries()) {
        entry.value.read(figure.factors[entry.key]);
      }
    }
    map.reject_unknown();
    experiment.figures.push_back(std::move(figure));
  }
}

void read_seeds(const ConfigNode& node, std::vector<std::uint64_t>& seeds) {
  if (!node.present()) return;
  seeds.clear();
  for (const ConfigNode& item : node.items()) {
    std::uint64_t seed = 0;
    if (!item.read(seed)) continue;
    if (std::ranges::count(seeds, seed) > 0) item.error("stands here twice");
    seeds.push_back(seed);
  }
  if (node.is_list() && seeds.empty()) node.error("needs at least one seed");
}

void read_reuse(const ConfigNode& node, std::vector<std::string>& names) {
  if (!node.present()) return;
  for (const ConfigNode& item : node.items()) {
    std::string name;
    if (item.read(name) && check_name(item, name)) names.push_back(name);
  }
}

void read_work(ConfigMap& map, Experiment& experiment) {
  read_enum(map.required("work"), experiment.work, kWorkNames);
  const ConfigNode epochs = map.get("epochs");
  read_count(epochs, experiment.epochs);
  const bool trains = experiment.work == CellWork::kTrain;
  if (trains && !epochs.present()) map.missing("epochs", ", since cells are trained");
  if (!trains && epochs.present()) epochs.error("is for `work: train`");
  read_count(map.get("paper_epochs"), experiment.paper_epochs);
  map.get("compare_precisions").read(experiment.compare_precisions);
}

/// `text` with each {word} replaced. Throws ConfigError for a word that nothing stands for.
std::string fill_in(const Experiment& experiment, std::string text,
                    const std::map<std::string, std::string>& words) {
  for (std::size_t begin = 0; (begin = text.find('{', begin)) != std::string::npos;) {
    const std::size_t end = text.find('}', begin);
    const std::string word =
        end == std::string::npos ? text.substr(begin + 1) : text.substr(begin + 1, end - begin - 1);
    const auto found = words.find(word);
    if (end == std::string::npos || found == words.end()) {
      throw ConfigError({{experiment.file, 0, 0, "network",
                          fmt::format("nothing stands for {{{}}}: no axis and no word of an axis "
                                      "value has this name",
                                      word)}});
    }
    text.replace(begin, end - begin + 1, found->second);
    begin += found->second.size();
  }
  return text;
}

}  // namespace

Experiment read_experiment(const std::string& file) {
  namespace fs = std::filesystem;
  Experiment experiment = {.file = file, .name = fs::path(file).stem().string()};
  ConfigLog log(file);
  const ConfigValuePtr tree = parse_config(read_config_file(file), log);
  ConfigMap map = ConfigNode(tree, "", tree->place, log).map();
  const ConfigNode format = map.required("format");
  if (format.present() && !format.is_word(kFormat)) format.expected(std::string(kFormat));
  map.required("title").read(experiment.title);
  map.get("about").read(experiment.about);
  map.required("network").read(experiment.network);
  read_work(map, experiment);
  read_overrides(map.get("set"), experiment.overrides);
  read_seeds(map.get("seeds"), experiment.seeds);
  read_axes(map.get("axes"), experiment.axes);
  read_reuse(map.get("reuse"), experiment.reuse);
  read_enum(map.get("quantity"), experiment.quantity, quantity_names());
  read_columns(map.get("columns"), experiment);
  read_printed(map.get("printed"), experiment);
  read_figures(map.get("figures"), experiment);
  map.reject_unknown();
  log.throw_if_any();
  return experiment;
}

Description cell_network(const Experiment& experiment, const Cell& cell, std::uint64_t seed,
                         const Scale& scale) {
  std::map<std::string, std::string> words;
  // First, so that an experiment may set it, e.g. to draw twice.
  std::vector<Override> overrides = {{"seed", std::to_string(seed)}};
  overrides.insert(overrides.end(), experiment.overrides.begin(), experiment.overrides.end());
  for (std::size_t a = 0; a < experiment.axes.size(); ++a) {
    const AxisValue& value = experiment.axes[a].values[cell.values[a]];
    words[experiment.axes[a].name] = value.name;
    for (const auto& [word, text] : value.words) words[word] = text;
    overrides.insert(overrides.end(), value.overrides.begin(), value.overrides.end());
  }
  for (Override& change : overrides) {
    if (change.value.starts_with('{') && change.value.ends_with('}')) {
      change.value = fill_in(experiment, change.value, words);
    }
  }
  if (experiment.work == CellWork::kTrain) {
    const std::uint64_t epochs = scale.epochs.value_or(experiment.epochs);
    overrides.push_back({"training.epochs", std::to_string(epochs)});
    if (scale.training_samples) {
      overrides.push_back({"training.samples", std::to_string(*scale.training_samples)});
    }
  }
  if (scale.test_samples) {
    overrides.push_back({"data.samples", std::to_string(*scale.test_samples)});
  }
  namespace fs = std::filesystem;
  const fs::path network =
      fs::path(experiment.file).parent_path() / fill_in(experiment, experiment.network, words);
  return read_description(network.lexically_normal().string(), overrides);
}

}  // namespace neurosim
