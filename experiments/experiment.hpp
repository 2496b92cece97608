#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/checkpoint.hpp"
#include "sim/network/description.hpp"
#include "sim/network/read_description.hpp"

namespace neurosim {

/// One value of an axis, e.g. `lif` of `model`.
struct AxisValue {
  std::string name;
  /// What {word} stands for in the network's name, and as a value of `set:`.
  std::map<std::string, std::string> words;
  std::vector<Override> overrides;
  std::uint64_t paper_epochs = 0;  ///< of these cells; 0: the experiment's
};

struct Axis {
  std::string name;
  std::vector<AxisValue> values;
};

enum class CellWork {
  kTrain,  ///< train, then test
  kRun,    ///< simulate only
};

/// A number that is compared or drawn, by the name it has in the tables of results.
enum class Quantity {
  kTestAccuracy,        ///< %
  kValidationAccuracy,  ///< %, of the last epoch
  kTrainingAccuracy,    ///< %, of the last epoch
  kLoss,                ///< of the training samples in the last epoch
  kActivity,            ///< %, mean T(s) (Eq. 4) of the spiking neurons in the test
  kEpochSeconds,        ///< mean wall time of an epoch
  kSamePredictions,     ///< %, of the test samples in single and in double precision
};

std::string_view name_of(Quantity quantity);
std::span<const std::string_view> quantity_names();

/// Where an epoch's quantity stands, and by what it is multiplied.
struct EpochQuantity {
  double EpochMetrics::*value;
  double factor = 1;
};

/// Nothing where the quantity is of a whole training or test only.
std::optional<EpochQuantity> epoch_quantity(Quantity quantity);

/// A figure of the report.
struct FigureSpec {
  enum class Kind {
    kEpochs,  ///< `quantity` against epochs, a line for each cell
    kCells,   ///< `quantity` as bars: groups along axis `along`, a bar for each other cell
    kStates,  ///< recorded states of each cell's first sample against time
  };
  Kind kind = Kind::kEpochs;
  std::string name;                             ///< of the file
  std::string caption;                          ///< what the paper shows and says
  Quantity quantity = Quantity::kTestAccuracy;  ///< kEpochs, kCells
  std::string along;                            ///< kCells: the axis
  /// kStates: what each variable is multiplied by, e.g. h: 2 for the feedback r h.
  std::map<std::string, double> factors;
};

/// A table or figure of a paper as a grid of networks to train or run: an experiment file.
struct Experiment {
  std::string file;
  std::string name;  ///< that of the file, without ending
  std::string title;
  std::string about;  ///< what is compared with what; for the report
  CellWork work = CellWork::kTrain;
  std::string network;              ///< path, with {axis} or {word} to fill in
  std::vector<Override> overrides;  ///< of all cells; {axis} and {word} are filled in
  /// Experiments whose results of the very same network are taken over instead of training again.
  std::vector<std::string> reuse;
  std::uint64_t epochs = 0;        ///< kTrain
  std::uint64_t paper_epochs = 0;  ///< where no axis value says another; 0: not stated
  std::vector<std::uint64_t> seeds = {1};
  std::vector<Axis> axes;
  bool compare_precisions = false;              ///< collect kSamePredictions
  Quantity quantity = Quantity::kTestAccuracy;  ///< of the report's table
  std::map<std::string, double> printed;        ///< the paper's value by cell
  std::vector<std::string> columns;             ///< axes across the table; the others go down
  std::vector<FigureSpec> figures;
};

/// Whether it can stand in the names of cells and files, and as {name}.
bool is_plain_name(std::string_view name);

/// The word of a value that is {word} and nothing else; any other in braces is a map.
std::optional<std::string> word_of(const std::string& value);

/// Reads an experiment file. Throws DataError, and ConfigError with every mistake.
Experiment read_experiment(const std::string& file);

/// One combination of axis values. `name` joins them by `-`.
struct Cell {
  std::string name;
  std::vector<std::size_t> values;  ///< [axis]
};

/// Every cell, the last axis fastest.
std::vector<Cell> cells_of(const Experiment& experiment);

/// How many epochs the paper trained the cell of this name; 0: not stated.
std::uint64_t paper_epochs_of(const Experiment& experiment, std::string_view cell);

/// How much of the full experiment is done, where it is less or more; stamped on every result.
struct Scale {
  std::optional<std::uint64_t> epochs;            ///< in place of the experiment's
  std::optional<std::uint64_t> training_samples;  ///< the first ones
  std::optional<std::uint64_t> test_samples;      ///< the first ones
  friend bool operator==(const Scale&, const Scale&) = default;
};

/// The network of a cell, as it is trained and tested at full scale. Throws DataError, ConfigError.
Description cell_network(const Experiment& experiment, const Cell& cell, std::uint64_t seed);

/// The same at another scale. Throws UsageError where it has no data to take fewer samples of.
Description scaled(Description network, const Scale& scale);

}  // namespace neurosim
