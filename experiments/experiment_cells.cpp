#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

#include "experiments/experiment.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

// In the order of Quantity.
constexpr std::array<std::string_view, 7> kQuantityNames = {
    "test_accuracy", "validation_accuracy", "training_accuracy", "loss",
    "activity",      "epoch_seconds",       "same_predictions"};
static_assert(kQuantityNames.size() == static_cast<std::size_t>(Quantity::kSamePredictions) + 1);

using Words = std::map<std::string, std::string>;

ConfigError nothing_stands_for(const Experiment& experiment, const std::string& path,
                               const std::string& word) {
  return ConfigError(
      {{experiment.file, 0, 0, path,
        fmt::format("nothing stands for {{{}}}: no axis and no word of an axis value "
                    "has this name",
                    word)}});
}

/// The path of a network with each {word} replaced.
std::string fill_in(const Experiment& experiment, const Words& words) {
  std::string text = experiment.network;
  for (std::size_t begin = 0; (begin = text.find('{', begin)) != std::string::npos;) {
    const std::size_t end = std::min(text.find('}', begin), text.size());
    const std::string word = text.substr(begin + 1, end - begin - 1);
    const auto found = words.find(word);
    if (end == text.size() || found == words.end()) {
      throw nothing_stands_for(experiment, "network", word);
    }
    text.replace(begin, end - begin + 1, found->second);
    begin += found->second.size();
  }
  return text;
}

void fill_in(const Experiment& experiment, const Words& words, Override& change) {
  const auto word = word_of(change.value);
  if (!word) return;
  const auto found = words.find(*word);
  if (found == words.end()) throw nothing_stands_for(experiment, "set." + change.path, *word);
  change.value = found->second;
}

/// The network with its overrides, whose mistakes are those of `set:`.
Description read_cell(const Experiment& experiment, const std::string& network,
                      const std::vector<Override>& overrides) {
  constexpr std::string_view kOption = "--set ";
  try {
    return read_description(network, overrides);
  } catch (const ConfigError& error) {
    std::vector<Diagnostic> diagnostics = error.diagnostics();
    for (Diagnostic& diagnostic : diagnostics) {
      if (!diagnostic.file.starts_with(kOption)) continue;
      std::string change = diagnostic.file.substr(kOption.size());
      change.replace(change.find('='), 1, ": ");
      diagnostic.message += " (`set: { " + change + " }`)";
      diagnostic.file = experiment.file;
    }
    throw ConfigError(std::move(diagnostics));
  }
}

}  // namespace

std::string_view name_of(Quantity quantity) {
  const auto index = static_cast<std::size_t>(quantity);
  NS_ASSERT(index < kQuantityNames.size());
  return kQuantityNames[index];
}

std::span<const std::string_view> quantity_names() { return kQuantityNames; }

std::optional<EpochQuantity> epoch_quantity(Quantity quantity) {
  switch (quantity) {
    case Quantity::kLoss:
      return EpochQuantity{&EpochMetrics::loss};
    case Quantity::kTrainingAccuracy:
      return EpochQuantity{&EpochMetrics::training_accuracy, 100};
    case Quantity::kValidationAccuracy:
      return EpochQuantity{&EpochMetrics::validation_accuracy, 100};
    case Quantity::kEpochSeconds:
      return EpochQuantity{&EpochMetrics::seconds};
    case Quantity::kTestAccuracy:
    case Quantity::kActivity:
    case Quantity::kSamePredictions:
      break;
  }
  return std::nullopt;
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
  });
}

std::optional<std::string> word_of(const std::string& value) {
  if (value.size() < 3 || value.front() != '{' || value.back() != '}') return std::nullopt;
  std::string word = value.substr(1, value.size() - 2);
  if (!is_plain_name(word)) return std::nullopt;
  return word;
}

std::vector<Cell> cells_of(const Experiment& experiment) {
  // Without axes, there is one cell, which needs a name for its files.
  if (experiment.axes.empty()) return {{.name = experiment.name, .values = {}}};
  std::vector<Cell> cells(1);
  for (const Axis& axis : experiment.axes) {
    std::vector<Cell> longer;
    for (const Cell& cell : cells) {
      for (std::size_t value = 0; value < axis.values.size(); ++value) {
        Cell next = cell;
        next.name += (cell.values.empty() ? "" : "-") + axis.values[value].name;
        next.values.push_back(value);
        longer.push_back(std::move(next));
      }
    }
    cells = std::move(longer);
  }
  return cells;
}

std::uint64_t paper_epochs_of(const Experiment& experiment, std::string_view cell) {
  const std::vector<Cell> cells = cells_of(experiment);
  const auto found = std::ranges::find(cells, cell, &Cell::name);
  NS_ASSERT(found != cells.end());
  std::uint64_t epochs = experiment.paper_epochs;
  for (std::size_t axis = 0; axis < found->values.size(); ++axis) {
    const AxisValue& value = experiment.axes[axis].values[found->values[axis]];
    if (value.paper_epochs > 0) epochs = value.paper_epochs;
  }
  return epochs;
}

Description cell_network(const Experiment& experiment, const Cell& cell, std::uint64_t seed) {
  Words words;
  // First, so that an experiment may set it, e.g. to draw twice.
  std::vector<Override> overrides = {{"seed", std::to_string(seed)}};
  overrides.insert(overrides.end(), experiment.overrides.begin(), experiment.overrides.end());
  for (std::size_t a = 0; a < experiment.axes.size(); ++a) {
    const AxisValue& value = experiment.axes[a].values[cell.values[a]];
    words[experiment.axes[a].name] = value.name;
    for (const auto& [word, text] : value.words) words[word] = text;
    overrides.insert(overrides.end(), value.overrides.begin(), value.overrides.end());
  }
  for (Override& change : overrides) fill_in(experiment, words, change);
  if (experiment.work == CellWork::kTrain) {
    overrides.push_back({"training.epochs", std::to_string(experiment.epochs)});
  }
  namespace fs = std::filesystem;
  const fs::path network = fs::path(experiment.file).parent_path() / fill_in(experiment, words);
  return read_cell(experiment, network.lexically_normal().string(), overrides);
}

Description scaled(Description network, const Scale& scale) {
  const auto set = [&](std::size_t field, const std::optional<std::uint64_t>& value) {
    if (value) network.training[field] = {static_cast<double>(*value)};
  };
  set(Training::kEpochs, scale.epochs);
  set(Training::kSamples, scale.training_samples);
  if (scale.test_samples) {
    if (!network.data) throw UsageError("--test-samples: " + network.name + " has no `data:`");
    network.data->samples = static_cast<std::int64_t>(*scale.test_samples);
  }
  return network;
}

}  // namespace neurosim
