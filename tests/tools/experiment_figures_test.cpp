#include "tools/plot/experiment_figures.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>

#include "plot_scripts.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

/// A folder of an experiment, removed with all it holds.
class Folder {
 public:
  Folder()
      : path_(std::filesystem::temp_directory_path() / ("figures-" + std::to_string(getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_ / "runs");
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string name() const { return path_.string(); }
  std::string path(const std::string& file) const { return (path_ / file).string(); }
  std::string read(const std::string& file) const {
    std::ifstream stream(path(file), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  std::filesystem::path path_;
};

Axis axis(const std::string& name, const std::vector<std::string>& values) {
  Axis result{.name = name, .values = {}};
  for (const std::string& value : values) {
    result.values.push_back({.name = value, .words = {}, .overrides = {}});
  }
  return result;
}

Experiment grid() {
  Experiment experiment;
  experiment.name = "grid";
  experiment.seeds = {1, 2};
  experiment.axes = {axis("layers", {"1", "2", "3"}), axis("model", {"src", "lif"})};
  experiment.printed = {{"1-src", 97.27}, {"2-lif", 98.06}};
  return experiment;
}

CellResult result(const std::string& cell, std::uint64_t seed, Quantity quantity, double value) {
  CellResult result;
  result.cell = cell;
  result.seed = seed;
  result.values = {{quantity, value}};
  return result;
}

/// loss = value, validation accuracy = value / 10.
CellEpoch epoch(const std::string& cell, std::uint64_t seed, std::uint64_t number, double value) {
  CellEpoch row{.cell = cell, .seed = seed, .epoch = number, .metrics = std::vector<double>(8)};
  row.metrics[0] = value;
  row.metrics[3] = value / 10;
  row.metrics[6] = kNan;
  return row;
}

FigureSpec spec(FigureSpec::Kind kind, Quantity quantity = Quantity::kTestAccuracy) {
  FigureSpec result;
  result.kind = kind;
  result.name = "figure";
  result.quantity = quantity;
  result.along = "layers";
  return result;
}

/// A results file with `samples` samples of 3 ticks; values are 100 variable + 10 neuron + tick.
void write_states(const std::string& path, const std::vector<std::string>& variables,
                  std::size_t neurons = 2, std::size_t samples = 2) {
  RunHeader header;
  header.network_name = "hand";
  header.network_yaml = "format: neurosim/1\n";
  header.version = "0";
  header.engine = "event";
  header.precision = "single";
  header.step_ms = 0.5;
  header.ticks_per_sample = 3;
  header.populations.push_back({.name = "cells", .model = "src", .shape = {9}, .size = 9});
  StateTrace trace{.population = 0, .variables = variables, .neurons = {}, .values = {}};
  for (std::size_t k = 0; k < neurons; ++k) trace.neurons.push_back(static_cast<NeuronId>(k + 4));
  header.traces = {trace};
  for (std::size_t v = 0; v < variables.size(); ++v) {
    for (std::size_t tick = 0; tick < 3; ++tick) {
      for (std::size_t k = 0; k < neurons; ++k) {
        trace.values.push_back(static_cast<double>(100 * v + 10 * k + tick));
      }
    }
  }
  const auto sink = make_hdf5_recorder(path, header, Overwrite::kAllow);
  for (std::size_t sample = 0; sample < samples; ++sample) {
    SampleRecord record;
    record.sample = sample;
    record.ticks = 3;
    record.spikes.resize(1);
    record.spiking_ticks = {std::vector<std::uint32_t>(9, 0)};
    record.populations.resize(1);
    record.final_states.resize(1);
    record.traces = {trace};
    sink->sample(record);
    for (double& value : trace.values) value = -1000;  // others than the first are not shown
  }
  sink->end(RunEnd::kComplete);
}

}  // namespace

TEST_CASE("lines over epochs are means over the seeds, of epochs that all of them have") {
  ExperimentResults results;
  results.put(result("1-src", 1, Quantity::kLoss, 0),
              {epoch("1-src", 1, 1, 2), epoch("1-src", 1, 2, 1), epoch("1-src", 1, 3, 0.5)});
  results.put(result("1-src", 2, Quantity::kLoss, 0),
              {epoch("1-src", 2, 1, 4), epoch("1-src", 2, 2, 2)});
  results.put(result("2-lif", 1, Quantity::kLoss, 0), {epoch("2-lif", 1, 1, 8)});
  results.put(result("2-lif", 7, Quantity::kLoss, 0), {epoch("2-lif", 7, 1, 99)});
  const auto loss = spec(FigureSpec::Kind::kEpochs, Quantity::kLoss);
  const EpochsFigure figure = gather_cell_epochs(grid(), results, loss);
  REQUIRE(figure.panels.size() == 1);
  const auto& lines = figure.panels[0].lines;
  REQUIRE(lines.size() == 6);
  using Points = std::vector<std::pair<double, double>>;
  CHECK(lines[0] == Points{{1, 3}, {2, 1.5}});
  CHECK(lines[1].empty());
  CHECK(lines[3] == Points{{1, 8}});
  CHECK(figure.series[3].name == "2, lif");
  // The last axis has the dashes, the other one the colours.
  CHECK(figure.series[2].colour == 1);
  CHECK(figure.series[2].dash == 0);
  CHECK(figure.series[3].colour == 1);
  CHECK(figure.series[3].dash == 1);

  const std::string script = cell_epochs_script(figure, kFreePage);
  CHECK(block(script, 0) == std::vector<std::string>{"1 3", "2 1.5"});
  CHECK(has(script, "'Loss'"));
  CHECK(has(script, "'Epoch'"));
  CHECK(has(script, "set yrange [0:"));
  CHECK(has(script, "'2, lif'"));
  CHECK_FALSE(has(script, "'1, lif'"));  // of which there is nothing
}

TEST_CASE("accuracies over epochs are in percent, what no epoch has is no line") {
  ExperimentResults results;
  results.put(result("1-src", 1, Quantity::kLoss, 0), {epoch("1-src", 1, 1, 9.7)});
  const auto panels = [&](Quantity quantity) {
    return gather_cell_epochs(grid(), results, spec(FigureSpec::Kind::kEpochs, quantity)).panels;
  };
  REQUIRE(panels(Quantity::kValidationAccuracy).size() == 1);
  CHECK(panels(Quantity::kValidationAccuracy)[0].lines[0][0].second == doctest::Approx(97));
  CHECK(panels(Quantity::kEpochSeconds).empty());  // NaN
  CHECK(panels(Quantity::kTestAccuracy).empty());
}

TEST_CASE("many cells have colour and dash in turn") {
  Experiment experiment = grid();
  experiment.axes = {axis("n", {"1", "2", "3", "4", "5"})};
  ExperimentResults results;
  for (const Cell& cell : cells_of(experiment)) {
    results.put(result(cell.name, 1, Quantity::kLoss, 0), {epoch(cell.name, 1, 1, 1)});
  }
  const auto figure =
      gather_cell_epochs(experiment, results, spec(FigureSpec::Kind::kEpochs, Quantity::kLoss));
  REQUIRE(figure.series.size() == 5);
  for (std::size_t k = 0; k < 5; ++k) CHECK(figure.series[k].colour == k);
  CHECK(figure.series[4].dash == 4);
}

TEST_CASE("where one panel would be crowded, the first axes have one for each value") {
  Experiment experiment = grid();
  experiment.axes.insert(experiment.axes.begin(), axis("data", {"mnist", "nmnist"}));
  ExperimentResults results;
  CellResult both = result("nmnist-2-lif", 1, Quantity::kTestAccuracy, 96);
  results.put(both, {epoch("nmnist-2-lif", 1, 1, 0.5)});
  const auto loss = spec(FigureSpec::Kind::kEpochs, Quantity::kLoss);
  EpochsFigure lines = gather_cell_epochs(experiment, results, loss);
  REQUIRE(lines.panels.size() == 1);  // nothing of the other one is done
  CHECK(lines.panels[0].title == "nmnist");
  CHECK(lines.series.size() == 6);
  CHECK(lines.panels[0].lines[3].size() == 1);
  results.put(result("mnist-1-src", 1, Quantity::kTestAccuracy, 96),
              {epoch("mnist-1-src", 1, 1, 0.7)});
  lines = gather_cell_epochs(experiment, results, loss);
  REQUIRE(lines.panels.size() == 2);
  const std::string script = cell_epochs_script(lines, {.width_mm = 175, .height_mm = 0});
  CHECK(has(script, "'nmnist'"));
  CHECK(count_of(script, "'Epoch'") == 2);
  CHECK(count_of(script, "'2, lif'") == 1);  // one legend

  // Along the models, 2 x 3 series still share a panel; with 3 data sets they do not.
  FigureSpec values = spec(FigureSpec::Kind::kCells);
  values.along = "model";
  CHECK(gather_cell_values(experiment, results, values).panels.size() == 1);
  experiment.axes[0] = axis("data", {"mnist", "nmnist", "other"});
  const CellsFigure bars = gather_cell_values(experiment, results, values);
  REQUIRE(bars.panels.size() == 2);
  CHECK(bars.series == std::vector<std::string>{"1", "2", "3"});
  CHECK(bars.panels[1].title == "nmnist");
  REQUIRE(bars.panels[1].values[1][1].value);
  CHECK(bars.panels[1].values[1][1].value->mean == 96);
  CHECK(count_of(cell_values_script(bars, kFreePage), "\nplot ") == 2);
}

TEST_CASE("the legend shows each dash, though gnuplot joins lines of one colour and width") {
  EpochsFigure figure;
  figure.series = {{"a", 0, 0}, {"b", 0, 1}, {"c", 0, 2}, {"d", 1, 0}};
  figure.panels = {{"", {{{1, 1}, {2, 2}}, {{1, 2}, {2, 2}}, {{1, 3}, {2, 2}}, {{1, 4}, {2, 2}}}}};
  std::istringstream lines(cell_epochs_script(figure, kFreePage));
  std::vector<std::string> widths;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("set arrow")) widths.push_back(line.substr(line.rfind(' ') + 1));
  }
  CHECK(widths == std::vector<std::string>{"1", "1.001", "1", "1"});
}

TEST_CASE("values by cell: groups along the axis, a series for each other combination") {
  ExperimentResults results;
  results.put(result("1-src", 1, Quantity::kTestAccuracy, 97), {});
  results.put(result("1-src", 2, Quantity::kTestAccuracy, 98), {});
  results.put(result("3-lif", 1, Quantity::kTestAccuracy, 96), {});
  const CellsFigure figure = gather_cell_values(grid(), results, spec(FigureSpec::Kind::kCells));
  CHECK(figure.groups == std::vector<std::string>{"1", "2", "3"});
  CHECK(figure.series == std::vector<std::string>{"src", "lif"});
  REQUIRE(figure.panels.size() == 1);
  const auto& values = figure.panels[0].values;
  REQUIRE(values[0][0].value);
  CHECK(values[0][0].value->mean == 97.5);
  CHECK(values[0][0].value->deviation == doctest::Approx(std::sqrt(0.5)));
  CHECK(values[0][0].printed == 97.27);
  CHECK_FALSE(values[0][1].value);
  CHECK(values[1][1].printed == 98.06);
  CHECK_FALSE(values[1][2].printed);

  // All near 97: dots, since bars would not begin at zero.
  const std::string script = cell_values_script(figure, kFreePage);
  CHECK_FALSE(has(script, "with boxes"));
  CHECK_FALSE(has(script, "set yrange [0:"));
  CHECK(count_of(script, "with points pointtype 7") == 2);
  CHECK(count_of(script, "with points pointtype 12") == 2);  // each in its series' colour
  CHECK(block(script, 0).size() == 1);
  CHECK(block(script, 0)[0].starts_with("-0.2 97.5 96.79"));
  CHECK(block(script, 1) == std::vector<std::string>{"2.2 96 nan nan"});
  CHECK(block(script, 2) == std::vector<std::string>{"-0.2 97.27"});
  CHECK(block(script, 3) == std::vector<std::string>{"1.2 98.06"});
  CHECK(has(script, "'paper'"));
}

TEST_CASE("values far apart are bars from zero, another quantity has no printed values") {
  ExperimentResults results;
  results.put(result("1-src", 1, Quantity::kActivity, 2), {});
  results.put(result("2-src", 1, Quantity::kActivity, 9), {});
  const CellsFigure figure =
      gather_cell_values(grid(), results, spec(FigureSpec::Kind::kCells, Quantity::kActivity));
  const std::string script = cell_values_script(figure, kFreePage);
  CHECK(count_of(script, "with boxes") == 1);  // nothing of LIF
  CHECK(has(script, "set yrange [0:"));
  CHECK(has(script, "'Activity T(s) (%)'"));
  CHECK_FALSE(has(script, "paper"));
}

TEST_CASE("one series without printed values needs no legend") {
  CellsFigure figure;
  figure.groups = {"a"};
  figure.series = {"only"};
  figure.panels = {{.title = "", .values = {{CellValue{SeedMean{.mean = 1, .seeds = 1}, {}}}}}};
  CHECK_FALSE(has(cell_values_script(figure, kFreePage), "'only'"));
  figure.panels[0].values[0][0].printed = 1.5;
  CHECK(has(cell_values_script(figure, kFreePage), "'only'"));
}

/// A row of every cell with every seed of grid().
ExperimentResults every_cell() {
  ExperimentResults results;
  for (const Cell& cell : cells_of(grid())) {
    for (const std::uint64_t seed : grid().seeds) {
      results.put(result(cell.name, seed, Quantity::kTestAccuracy, 97), {});
    }
  }
  return results;
}

TEST_CASE("states: a column a cell, a panel a variable, times its factor") {
  const Folder folder;
  Experiment experiment = grid();
  write_states(folder.path("runs/1-src-s2.h5"), {"h", "hs"});  // of the first seed there is none
  write_states(folder.path("runs/2-lif-s1.h5"), {"v"}, 1);
  FigureSpec states = spec(FigureSpec::Kind::kStates);
  states.factors = {{"h", 2}};
  const StatesFigure figure = gather_cell_states(experiment, every_cell(), states, folder.name());
  CHECK(figure.columns == std::vector<std::string>{"1-src", "2-lif"});
  CHECK(figure.lines == std::vector<std::string>{"neuron 4", "neuron 5"});
  REQUIRE(figure.panels.size() == 3);
  CHECK(figure.panels[0].label == "2 h");
  CHECK(figure.panels[1].label == "hs");
  REQUIRE(figure.panels[0].columns[0].size() == 2);
  CHECK(figure.panels[0].columns[0][1].values == std::vector<double>{20, 22, 24});
  CHECK(figure.panels[1].columns[0][0].values == std::vector<double>{100, 101, 102});
  CHECK(figure.panels[0].columns[1].empty());
  CHECK(figure.panels[2].columns[1][0].values == std::vector<double>{0, 1, 2});

  const std::string script = cell_states_script(figure, kFreePage);
  CHECK(count_of(script, "\nplot ") == 3);
  CHECK(block(script, 0) == std::vector<std::string>{"0 0", "0.5 2", "1 4"});
  CHECK(count_of(script, "'Time (ms)'") == 2);  // below each column
  CHECK(count_of(script, "set xrange [0:1.5]") == 3);
}

TEST_CASE("states of many cells share their panels, with a line each") {
  const Folder folder;
  for (const Cell& cell : cells_of(grid())) {
    if (cell.name == "3-lif") continue;
    const bool lif = cell.name.ends_with("lif");
    write_states(folder.path("runs/" + cell.name + "-s1.h5"),
                 lif ? std::vector<std::string>{"v"} : std::vector<std::string>{"h", "v"});
  }
  const StatesFigure figure =
      gather_cell_states(grid(), every_cell(), spec(FigureSpec::Kind::kStates), folder.name());
  CHECK(figure.columns == std::vector<std::string>{""});
  CHECK(figure.lines == std::vector<std::string>{"1-src", "1-lif", "2-src", "2-lif", "3-src"});
  REQUIRE(figure.panels.size() == 2);
  REQUIRE(figure.panels[0].columns[0].size() == 5);
  CHECK(figure.panels[0].columns[0][0].values == std::vector<double>{0, 1, 2});
  CHECK(figure.panels[0].columns[0][1].values.empty());
  CHECK(figure.panels[1].columns[0][0].values == std::vector<double>{100, 101, 102});
  // A cell has its colour in every panel.
  const std::string script = cell_states_script(figure, kFreePage);
  CHECK(count_of(script, "using 1:2 with lines linecolor rgb " + series_colour(4)) == 2);
  CHECK(count_of(script, "using 1:2 with lines linecolor rgb " + series_colour(1)) == 1);
}

TEST_CASE("states of no file, and of a file without samples, are no figure, a damaged file is") {
  const Folder folder;
  const FigureSpec states = spec(FigureSpec::Kind::kStates);
  CHECK(gather_cell_states(grid(), every_cell(), states, folder.name()).panels.empty());
  write_states(folder.path("runs/1-src-s1.h5"), {"h"}, 2, 0);
  CHECK(gather_cell_states(grid(), every_cell(), states, folder.name()).panels.empty());
  write_states(folder.path("runs/1-src-s1.h5"), {"h"});
  CHECK(!gather_cell_states(grid(), every_cell(), states, folder.name()).panels.empty());
  // What no row is of may be of another network.
  CHECK(gather_cell_states(grid(), {}, states, folder.name()).panels.empty());
  std::ofstream(folder.path("runs/1-lif-s1.h5")) << "no HDF5";
  CHECK_THROWS_AS(gather_cell_states(grid(), every_cell(), states, folder.name()), DataError);
}

TEST_CASE("figures are drawn where there is data, in the order of the experiment") {
  if (!std::filesystem::exists("/usr/bin/gnuplot")) {
    MESSAGE("skipped: no gnuplot");
    return;
  }
  const Folder folder;
  Experiment experiment = grid();
  for (const auto& [kind, name] : {std::pair(FigureSpec::Kind::kEpochs, "loss"),
                                   std::pair(FigureSpec::Kind::kCells, "accuracy"),
                                   std::pair(FigureSpec::Kind::kStates, "states")}) {
    experiment.figures.push_back(spec(kind, Quantity::kLoss));
    experiment.figures.back().name = name;
  }
  experiment.figures[1].quantity = Quantity::kTestAccuracy;
  ExperimentResults results;
  const auto write_all = [&](Overwrite overwrite) {
    std::vector<std::string> names;
    for (const FigureSpec& figure : experiment.figures) {
      if (const auto name = write_figure(experiment, results, figure, folder.name(), overwrite)) {
        names.push_back(*name);
      }
    }
    return names;
  };
  CHECK(write_all(Overwrite::kRefuse).empty());

  results.put(result("1-src", 1, Quantity::kTestAccuracy, 97), {epoch("1-src", 1, 1, 1)});
  write_states(folder.path("runs/1-src-s1.h5"), {"h"});
  const std::vector<std::string> files = {"loss.svg", "accuracy.svg", "states.svg"};
  CHECK(write_all(Overwrite::kRefuse) == files);
  for (const std::string& file : files) {
    CAPTURE(file);
    CHECK(has(folder.read(file), "<svg"));
    CHECK(has(folder.read(file), "</svg>"));
  }
  CHECK(has(folder.read("states.svg"), "Time (ms)"));
  CHECK_THROWS_AS(write_all(Overwrite::kRefuse), DataError);
  CHECK(write_all(Overwrite::kAllow) == files);
}

}  // namespace neurosim
