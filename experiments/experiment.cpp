#include "experiments/experiment.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "sim/core/error.hpp"
#include "sim/network/config_node.hpp"

namespace neurosim {
namespace {

constexpr std::string_view kFormat = "neurosim-experiment/1";
constexpr std::array<std::string_view, 2> kWorkNames = {"train", "run"};
constexpr std::array<std::string_view, 3> kFigureNames = {"epochs", "cells", "states"};
constexpr IntegerRange kPositive = {.low = 1};

/// Returns false where nothing is given, and after reporting a mistake.
template <class Enum>
bool read_enum(const ConfigNode& node, Enum& value, std::span<const std::string_view> names) {
  auto index = static_cast<std::size_t>(value);
  const bool read = node.read_choice(index, names);
  value = static_cast<Enum>(index);
  return read;
}

void read_count(const ConfigNode& node, std::uint64_t& count) {
  std::int64_t read = 0;
  if (node.read(read, kPositive)) count = static_cast<std::uint64_t>(read);
}

/// A word: in an axis value that brings it, or where it is to be filled in.
struct WordPlace {
  std::string word;
  std::size_t axis;  ///< that brings it
  ConfigNode node;
};

struct Words {
  std::vector<WordPlace> brought;
  std::vector<WordPlace> needed;
};

/// `set:` with what `--set` takes: dotted paths, values as YAML text.
void read_overrides(const ConfigNode& node, std::vector<Override>& overrides, Words& words) {
  if (!node.present()) return;
  for (const auto& entry : node.map().entries()) {
    Override change = {.path = entry.key};
    if (change.path == "training.epochs") {
      entry.key_node.error("the `epochs:` of the experiment say this");
    } else if (entry.value.read(change.value)) {
      if (const auto word = word_of(change.value)) words.needed.push_back({*word, 0, entry.value});
      overrides.push_back(change);
    }
  }
}

void read_paper_epochs(const ConfigNode& node, const Experiment& experiment,
                       std::uint64_t& epochs) {
  read_count(node, epochs);
  if (node.present() && experiment.work == CellWork::kRun) node.error("is for `work: train`");
}

constexpr const char* kPlainName = "use letters, digits, _, . and - only";

bool check_name(const ConfigNode& node, const std::string& name) {
  const bool plain = is_plain_name(name);
  if (!plain) node.error("bad name " + neurosim::quoted(name) + ": " + kPlainName);
  return plain;
}

AxisValue read_value(const ConfigMap::Entry& entry, const Experiment& experiment, Words& words) {
  AxisValue value = {.name = entry.key};
  check_name(entry.key_node, value.name);
  if (entry.value.is_null()) return value;
  for (const auto& item : entry.value.map().entries()) {
    if (item.key == "set") {
      read_overrides(item.value, value.overrides, words);
    } else if (item.key == "paper_epochs") {
      read_paper_epochs(item.value, experiment, value.paper_epochs);
    } else if (std::string word; item.value.read(word)) {
      value.words[item.key] = word;
      words.brought.push_back({item.key, experiment.axes.size(), item.key_node});
    }
  }
  return value;
}

void read_axes(const ConfigNode& node, Experiment& experiment, Words& words) {
  if (!node.present()) return;
  for (const auto& entry : node.map().entries()) {
    Axis axis = {.name = entry.key};
    if (entry.value.is_list()) {
      for (const ConfigNode& item : entry.value.items()) {
        AxisValue value;
        if (item.read(value.name) && check_name(item, value.name)) axis.values.push_back(value);
      }
    } else {
      for (const auto& value : entry.value.map().entries()) {
        axis.values.push_back(read_value(value, experiment, words));
      }
    }
    if (axis.values.empty()) entry.value.error("an axis needs at least one value");
    experiment.axes.push_back(std::move(axis));
  }
}

bool stands_somewhere(const Experiment& experiment, const std::string& word) {
  const std::string text = "{" + word + "}";
  const auto in_values = [&](const std::vector<Override>& overrides) {
    return std::ranges::count(overrides, text, &Override::value) > 0;
  };
  if (experiment.network.find(text) != std::string::npos) return true;
  if (in_values(experiment.overrides)) return true;
  return std::ranges::any_of(experiment.axes, [&](const Axis& axis) {
    return std::ranges::any_of(axis.values,
                               [&](const AxisValue& value) { return in_values(value.overrides); });
  });
}

/// What is no other key of an axis value is a word, unless nothing needs it: a misspelt key.
void expect_needed(const Experiment& experiment, const std::vector<WordPlace>& words) {
  constexpr std::array<std::string_view, 2> kOtherKeys = {"set", "paper_epochs"};
  for (const WordPlace& place : words) {
    if (std::ranges::count(experiment.axes, place.word, &Axis::name) > 0) {
      place.node.error("an axis has this name");
    } else if (std::ranges::any_of(words, [&](const WordPlace& other) {
                 return other.word == place.word && other.axis < place.axis;
               })) {
      place.node.error("another axis brings this word");
    } else if (!stands_somewhere(experiment, place.word)) {
      place.node.error(
          fmt::format("unknown key {}, and {{{}}} stands neither in `network` nor in "
                      "`set`",
                      unknown_name(place.word, kOtherKeys), place.word));
    }
  }
}

/// A cell may yet lack a word that only other values of its axis bring: cell_network tells.
void expect_brought(const Experiment& experiment, const Words& words) {
  std::vector<std::string_view> known;
  for (const Axis& axis : experiment.axes) known.push_back(axis.name);
  for (const WordPlace& place : words.brought) known.push_back(place.word);
  for (const WordPlace& place : words.needed) {
    if (std::ranges::count(known, place.word) > 0) continue;
    place.node.error("no axis, and no word of an axis value, is called " +
                     unknown_name(place.word, known));
  }
}

/// Whether a cell has this number, or each of its epochs where `per_epoch`.
bool has_quantity(const Experiment& experiment, Quantity quantity, bool per_epoch) {
  const bool of_epochs = epoch_quantity(quantity).has_value();
  if (per_epoch || of_epochs) return of_epochs && experiment.work == CellWork::kTrain;
  return quantity != Quantity::kSamePredictions || experiment.compare_precisions;
}

std::string reason_for_lack(const Experiment& experiment, Quantity quantity, bool per_epoch) {
  if (per_epoch && experiment.work == CellWork::kTrain) {
    std::vector<std::string_view> shown;
    for (std::size_t k = 0; k < quantity_names().size(); ++k) {
      if (epoch_quantity(static_cast<Quantity>(k))) shown.push_back(quantity_names()[k]);
    }
    return fmt::format("an epoch has no {}: a figure of kind epochs shows one of {}",
                       name_of(quantity), fmt::join(shown, ", "));
  }
  if (quantity == Quantity::kSamePredictions) {
    return "same_predictions comes with `compare_precisions: true`";
  }
  return fmt::format("{} is for `work: train`", name_of(quantity));
}

void read_quantity(const ConfigNode& node, const Experiment& experiment, bool per_epoch,
                   Quantity& quantity) {
  if (!read_enum(node, quantity, quantity_names())) return;
  if (has_quantity(experiment, quantity, per_epoch)) return;
  node.error(reason_for_lack(experiment, quantity, per_epoch));
}

/// Cells are told apart by their names, in tables and files.
void expect_distinct_cells(const ConfigNode& node, const Experiment& experiment) {
  std::set<std::string> names;
  for (const Cell& cell : cells_of(experiment)) {
    if (names.insert(cell.name).second) continue;
    node.error("two cells have the name " + neurosim::quoted(cell.name));
    return;
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

void read_factors(const ConfigNode& node, FigureSpec& figure) {
  if (!node.present()) return;
  for (const auto& entry : node.map().entries()) entry.value.read(figure.factors[entry.key]);
}

/// The keys that only one kind of figure has.
void read_kind(ConfigMap& map, const ConfigNode& item, const Experiment& experiment,
               FigureSpec& figure) {
  if (!read_enum(map.required("kind"), figure.kind, kFigureNames)) {
    for (const char* key : {"quantity", "along", "factors"}) map.get(key);
    return;
  }
  switch (figure.kind) {
    case FigureSpec::Kind::kEpochs:
      read_quantity(map.required("quantity"), experiment, true, figure.quantity);
      return;
    case FigureSpec::Kind::kCells: {
      figure.quantity = experiment.quantity;
      read_quantity(map.get("quantity"), experiment, false, figure.quantity);
      const ConfigNode along = map.get("along");
      if (along.read(figure.along)) expect_axis(along, figure.along, experiment);
      if (!along.present()) item.error("bars need `along`, the axis of their groups");
      return;
    }
    case FigureSpec::Kind::kStates:
      read_factors(map.get("factors"), figure);
      return;
  }
}

void read_figures(const ConfigNode& node, Experiment& experiment) {
  if (!node.present()) return;
  for (const ConfigNode& item : node.items()) {
    FigureSpec figure;
    ConfigMap map = item.map();
    read_kind(map, item, experiment, figure);
    const ConfigNode name = map.required("name");
    if (name.read(figure.name) && check_name(name, figure.name) &&
        std::ranges::count(experiment.figures, figure.name, &FigureSpec::name) > 0) {
      name.error("another figure has this name");
    }
    map.required("caption").read(figure.caption);
    map.reject_unknown();
    experiment.figures.push_back(std::move(figure));
  }
}

bool sets_seed(const std::vector<Override>& overrides) {
  return std::ranges::count(overrides, "seed", &Override::path) > 0;
}

/// Several seeds of one network would be the same run several times, and no spread between them.
void expect_seed_free(const ConfigNode& node, const Experiment& experiment) {
  bool set = sets_seed(experiment.overrides);
  for (const Axis& axis : experiment.axes) {
    for (const AxisValue& value : axis.values) set = set || sets_seed(value.overrides);
  }
  if (set && experiment.seeds.size() > 1) node.error("`set` gives the seed already");
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

/// In the folder of the file, or in one beside it.
bool is_experiment(const std::string& file, const std::string& name) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::absolute(file).parent_path();
  std::error_code ignored;
  if (fs::exists(folder / (name + ".yaml"), ignored)) return true;
  for (const auto& entry : fs::directory_iterator(folder.parent_path(), ignored)) {
    if (fs::exists(entry.path() / (name + ".yaml"), ignored)) return true;
  }
  return false;
}

void read_reuse(const ConfigNode& node, Experiment& experiment) {
  if (!node.present()) return;
  for (const ConfigNode& item : node.items()) {
    std::string name;
    if (!item.read(name) || !check_name(item, name)) continue;
    if (!is_experiment(experiment.file, name)) {
      item.error("no such experiment: neither this folder nor one beside it has " + name + ".yaml");
    }
    experiment.reuse.push_back(name);
  }
}

void read_work(ConfigMap& map, Experiment& experiment) {
  read_enum(map.required("work"), experiment.work, kWorkNames);
  const ConfigNode epochs = map.get("epochs");
  read_count(epochs, experiment.epochs);
  const bool trains = experiment.work == CellWork::kTrain;
  if (trains && !epochs.present()) map.missing("epochs", ", since cells are trained");
  if (!trains && epochs.present()) epochs.error("is for `work: train`");
  read_paper_epochs(map.get("paper_epochs"), experiment, experiment.paper_epochs);
  map.get("compare_precisions").read(experiment.compare_precisions);
}

}  // namespace

Experiment read_experiment(const std::string& file) {
  namespace fs = std::filesystem;
  Experiment experiment = {.file = file, .name = fs::path(file).stem().string()};
  if (!is_plain_name(experiment.name)) {
    throw DataError(file, fmt::format("tables and files are called like it: {}", kPlainName));
  }
  ConfigLog log(file);
  const ConfigValuePtr tree = parse_config(read_config_file(file), log);
  ConfigMap map = ConfigNode(tree, "", tree->place, log).map();
  const ConfigNode format = map.required("format");
  if (format.present() && !format.is_word(kFormat)) format.expected(std::string(kFormat));
  map.required("title").read(experiment.title);
  map.get("about").read(experiment.about);
  map.required("network").read(experiment.network);
  read_work(map, experiment);
  Words words;
  read_overrides(map.get("set"), experiment.overrides, words);
  const ConfigNode seeds = map.get("seeds");
  read_seeds(seeds, experiment.seeds);
  const ConfigNode axes = map.get("axes");
  read_axes(axes, experiment, words);
  expect_needed(experiment, words.brought);
  expect_brought(experiment, words);
  expect_distinct_cells(axes, experiment);
  expect_seed_free(seeds, experiment);
  read_reuse(map.get("reuse"), experiment);
  read_quantity(map.get("quantity"), experiment, false, experiment.quantity);
  read_columns(map.get("columns"), experiment);
  read_printed(map.get("printed"), experiment);
  read_figures(map.get("figures"), experiment);
  map.reject_unknown();
  log.throw_if_any();
  return experiment;
}

}  // namespace neurosim
