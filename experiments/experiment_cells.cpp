#include <algorithm>
#include <array>

#include "experiments/cell_results.hpp"
#include "experiments/experiment.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

// In the order of Quantity.
constexpr std::array<std::string_view, 7> kQuantityNames = {
    "test_accuracy", "validation_accuracy", "training_accuracy", "loss",
    "activity",      "epoch_seconds",       "same_predictions"};
static_assert(kQuantityNames.size() == static_cast<std::size_t>(Quantity::kSamePredictions) + 1);

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

const CellResult* ExperimentResults::find(const std::string& cell, std::uint64_t seed) const {
  const auto found = std::ranges::find_if(
      cells, [&](const CellResult& result) { return result.cell == cell && result.seed == seed; });
  return found == cells.end() ? nullptr : &*found;
}

void ExperimentResults::erase(const std::string& cell, std::uint64_t seed) {
  const auto same = [&](const auto& row) { return row.cell == cell && row.seed == seed; };
  std::erase_if(epochs, same);
  std::erase_if(cells, same);
}

void ExperimentResults::put(CellResult result, std::vector<CellEpoch> of_result) {
  erase(result.cell, result.seed);
  epochs.insert(epochs.end(), std::make_move_iterator(of_result.begin()),
                std::make_move_iterator(of_result.end()));
  cells.push_back(std::move(result));
}

}  // namespace neurosim
