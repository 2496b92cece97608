#include "experiments/cell_results.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <span>
#include <sstream>

#include "sim/core/error.hpp"
#include "sim/io/partial_file.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCells = "cells.csv";
constexpr const char* kEpochs = "epochs.csv";
constexpr const char* kFullScale = "full";
constexpr std::array kAfterValues = {"layer_activity",   "epochs",
                                     "training_samples", "test_samples",
                                     "training_seconds", "test_seconds",
                                     "network",          "scale",
                                     "threads",          "cells_at_a_time",
                                     "version",          "commit",
                                     "machine",          "date"};

std::string cells_title() {
  std::string title = "cell,seed";
  for (const std::string_view name : quantity_names()) title += fmt::format(",{}", name);
  for (const char* name : kAfterValues) title += fmt::format(",{}", name);
  return title;
}

std::string epochs_title() {
  std::string title = "cell,seed,epoch";
  for (const MetricColumn& column : kMetricColumns) title += fmt::format(",{}", column.name);
  return title;
}

/// Free text goes in without what would end its field.
std::string field(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == ',' || c == '"' || c == '\n' || c == '\r'; }, ' ');
  return text;
}

std::string number_field(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

struct ScaleOption {
  const char* name;
  std::optional<std::uint64_t> Scale::*value;
};
constexpr std::array<ScaleOption, 3> kScaleOptions = {{{"epochs", &Scale::epochs},
                                                       {"samples", &Scale::training_samples},
                                                       {"test-samples", &Scale::test_samples}}};

std::string row_of(const CellResult& result) {
  std::string row = fmt::format("{},{}", result.cell, result.seed);
  for (std::size_t q = 0; q < quantity_names().size(); ++q) {
    const auto found = result.values.find(static_cast<Quantity>(q));
    row += "," + (found == result.values.end() ? "" : number_field(found->second));
  }
  return row + fmt::format(",{},{},{},{},{:.1f},{:.1f},{},{},{},{},{},{},{},{}\n",
                           fmt::join(result.layer_activity, ";"), result.epochs,
                           result.training_samples, result.test_samples, result.training_seconds,
                           result.test_seconds, result.network_hash, scale_text(result.scale),
                           result.threads, result.cells_at_a_time, field(result.version),
                           field(result.commit), field(result.machine), field(result.date));
}

std::string row_of(const CellEpoch& epoch) {
  std::string row = fmt::format("{},{},{}", epoch.cell, epoch.seed, epoch.epoch);
  for (const double value : epoch.metrics) row += "," + number_field(value);
  return row + "\n";
}

void write_text(const fs::path& path, const std::string& text) {
  PartialFile(path.string(), Overwrite::kAllow).keep(std::as_bytes(std::span(text)));
}

/// The fields of a line, taken one by one.
class Row {
 public:
  Row(const std::string& file, std::size_t number, const std::string& line)
      : file_(file), number_(number) {
    std::istringstream stream(line);
    for (std::string text; std::getline(stream, text, ',');) fields_.push_back(text);
    if (line.ends_with(',')) fields_.emplace_back();
  }

  void expect(std::size_t fields) const {
    if (fields_.size() != fields) {
      fail(fmt::format("expected {} fields, found {}", fields, fields_.size()));
    }
  }
  std::string text() { return fields_.at(next_++); }
  std::uint64_t whole() { return parse<std::uint64_t>(text(), "a whole number"); }
  /// NaN for an empty field.
  double real() {
    const std::string field = text();
    return field.empty() ? std::numeric_limits<double>::quiet_NaN()
                         : parse<double>(field, "a number");
  }
  Scale scale() {
    Scale scale;
    std::istringstream stream(text());
    for (std::string item; stream >> item;) {
      if (item == kFullScale) continue;
      const std::string name = item.substr(0, item.find('='));
      const auto option = std::ranges::find(kScaleOptions, name, &ScaleOption::name);
      if (option == kScaleOptions.end() || name == item) {
        fail(fmt::format("expected {}, or options such as epochs=5, got \"{}\"", kFullScale, item));
      }
      scale.*option->value = parse<std::uint64_t>(item.substr(name.size() + 1), "a whole number");
    }
    return scale;
  }
  std::vector<double> reals() {
    std::vector<double> values;
    std::istringstream stream(text());
    for (std::string item; std::getline(stream, item, ';');) {
      values.push_back(parse<double>(item, "numbers separated by `;`"));
    }
    return values;
  }

 private:
  template <class T>
  T parse(const std::string& field, const char* what) const {
    T value{};
    const char* const end = field.data() + field.size();
    const auto [rest, error] = std::from_chars(field.data(), end, value);
    if (error != std::errc{} || rest != end || field.empty()) {
      fail(fmt::format("expected {}, got \"{}\"", what, field));
    }
    return value;
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw DataError(file_, fmt::format("line {}: {}", number_, what));
  }

  const std::string& file_;
  std::size_t number_;
  std::vector<std::string> fields_;
  std::size_t next_ = 0;
};

/// Calls `take(row)` for each line below the title; a missing file has none.
template <class Take>
void for_each_row(const fs::path& path, const std::string& title, Take take) {
  const std::string file = path.string();
  if (!fs::exists(path)) return;
  std::ifstream stream(path);
  std::string line;
  if (!std::getline(stream, line) || line != title) {
    throw DataError(file, "line 1: is not the title of a table of this program's version");
  }
  const auto fields = static_cast<std::size_t>(std::ranges::count(title, ',')) + 1;
  for (std::size_t number = 2; std::getline(stream, line); ++number) {
    Row row(file, number, line);
    row.expect(fields);
    take(row);
  }
  if (stream.bad()) throw DataError(file, "cannot be read");
}

CellResult cell_of(Row& row) {
  CellResult result = {.cell = row.text(), .seed = row.whole()};
  for (std::size_t q = 0; q < quantity_names().size(); ++q) {
    const double value = row.real();
    if (!std::isnan(value)) result.values[static_cast<Quantity>(q)] = value;
  }
  result.layer_activity = row.reals();
  result.epochs = row.whole();
  result.training_samples = row.whole();
  result.test_samples = row.whole();
  result.training_seconds = row.real();
  result.test_seconds = row.real();
  result.network_hash = row.text();
  result.scale = row.scale();
  result.threads = static_cast<unsigned>(row.whole());
  result.cells_at_a_time = static_cast<unsigned>(row.whole());
  for (std::string* text : {&result.version, &result.commit, &result.machine, &result.date}) {
    *text = row.text();
  }
  return result;
}

CellEpoch epoch_of(Row& row) {
  CellEpoch epoch = {.cell = row.text(), .seed = row.whole(), .epoch = row.whole()};
  for (std::size_t k = 0; k < std::size(kMetricColumns); ++k) epoch.metrics.push_back(row.real());
  return epoch;
}

}  // namespace

bool is_complete(const Experiment& experiment, const CellResult& result) {
  return !experiment.compare_precisions || result.values.contains(Quantity::kSamePredictions);
}

const CellResult* ExperimentResults::find(const std::string& cell, std::uint64_t seed) const {
  const auto found = std::ranges::find_if(
      cells, [&](const CellResult& result) { return result.cell == cell && result.seed == seed; });
  return found == cells.end() ? nullptr : &*found;
}

std::optional<std::vector<CellEpoch>> ExperimentResults::epochs_of(const CellResult& result) const {
  std::vector<CellEpoch> found;
  std::ranges::copy_if(epochs, std::back_inserter(found), [&](const CellEpoch& row) {
    return row.cell == result.cell && row.seed == result.seed;
  });
  if (found.size() != result.epochs) return std::nullopt;
  return found;
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

std::string scale_text(const Scale& scale) {
  std::vector<std::string> options;
  for (const auto& [name, value] : kScaleOptions) {
    if (scale.*value) options.push_back(fmt::format("{}={}", name, *(scale.*value)));
  }
  return options.empty() ? kFullScale : fmt::format("{}", fmt::join(options, " "));
}

void make_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw DataError(folder, "cannot be made: " + error.message());
}

FileLock lock_results(const std::string& folder) {
  const fs::path locks = fs::path(folder) / "locks";
  make_folder(locks.string());
  return FileLock::wait_for((locks / "tables.lock").string());
}

ExperimentResults read_results(const std::string& folder) {
  ExperimentResults results;
  for_each_row(fs::path(folder) / kCells, cells_title(),
               [&](Row& row) { results.cells.push_back(cell_of(row)); });
  for_each_row(fs::path(folder) / kEpochs, epochs_title(),
               [&](Row& row) { results.epochs.push_back(epoch_of(row)); });
  return results;
}

void write_results(const std::string& folder, const Experiment& experiment,
                   const ExperimentResults& results) {
  std::map<std::string, std::size_t> places;
  for (const Cell& cell : cells_of(experiment)) places.emplace(cell.name, places.size());
  const auto place = [&](const auto& row) {
    const auto found = places.find(row.cell);
    return std::pair(found == places.end() ? places.size() : found->second, row.seed);
  };
  ExperimentResults sorted = results;
  std::ranges::stable_sort(sorted.cells, {}, place);
  std::ranges::stable_sort(sorted.epochs, {}, place);
  std::string cells = cells_title() + "\n", epochs = epochs_title() + "\n";
  for (const CellResult& result : sorted.cells) cells += row_of(result);
  for (const CellEpoch& epoch : sorted.epochs) epochs += row_of(epoch);
  // The curves first: a row in cells.csv says that everything of the cell is there.
  write_text(fs::path(folder) / kEpochs, epochs);
  write_text(fs::path(folder) / kCells, cells);
}

}  // namespace neurosim
