#include "experiments/experiment_report.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "experiments/cell_grid.hpp"

namespace neurosim {
namespace {

Axis axis(const std::string& name, const std::vector<std::string>& values) {
  Axis result{.name = name, .values = {}};
  for (const std::string& value : values) {
    result.values.push_back({.name = value, .words = {}, .overrides = {}});
  }
  return result;
}

Experiment table() {
  Experiment experiment;
  experiment.name = "table";
  experiment.title = "Table 2, MNIST";
  experiment.about = "SRC against LIF.";
  experiment.epochs = 100;
  experiment.paper_epochs = 100;
  experiment.axes = {axis("layers", {"1", "2"}), axis("model", {"src", "lif"})};
  experiment.columns = {"model"};
  experiment.printed = {{"1-src", 97.27}, {"2-src", 98.32}, {"1-lif", 97.18}};
  return experiment;
}

CellResult result(const std::string& cell, std::uint64_t seed, double accuracy,
                  std::uint64_t epochs) {
  return {.cell = cell,
          .seed = seed,
          .values = {{Quantity::kTestAccuracy, accuracy}, {Quantity::kLoss, 0.12345}},
          .layer_activity = {1.318, 5.9},
          .epochs = epochs,
          .training_samples = 54000,
          .test_samples = 10000,
          .training_seconds = 60.04,
          .test_seconds = 2.5,
          .network_hash = "h",
          .scale = {},
          .threads = 1,
          .cells_at_a_time = 2,
          .version = "0.9",
          .commit = "abc",
          .machine = "2 cores",
          .date = "2026-11-2" + std::to_string(seed)};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string without_figures(const Experiment& experiment, const ExperimentResults& results) {
  return experiment_markdown(experiment, results, {});
}

TEST_CASE("cells are every combination of values, the last axis fastest") {
  std::vector<std::string> names;
  for (const Cell& cell : cells_of(table())) names.push_back(cell.name);
  CHECK(names == std::vector<std::string>{"1-src", "1-lif", "2-src", "2-lif"});
  CHECK(cells_of(table())[2].values == std::vector<std::size_t>{1, 0});
  Experiment single = table();
  single.axes.clear();
  REQUIRE(cells_of(single).size() == 1);
  CHECK(cells_of(single)[0].name == "table");
}

TEST_CASE("each quantity has a name of its own") {
  CHECK(name_of(Quantity::kTestAccuracy) == "test_accuracy");
  CHECK(name_of(Quantity::kSamePredictions) == "same_predictions");
  for (std::size_t k = 0; k < quantity_names().size(); ++k) {
    CHECK(name_of(static_cast<Quantity>(k)) == quantity_names()[k]);
  }
}

TEST_CASE("a result replaces that of the same cell and seed, with its epochs") {
  ExperimentResults results;
  const auto epoch = [](const std::string& cell, std::uint64_t seed, double loss) {
    return CellEpoch{.cell = cell, .seed = seed, .epoch = 1, .metrics = {loss}};
  };
  results.put(result("1-src", 1, 90, 1), {epoch("1-src", 1, 0.5)});
  results.put(result("1-src", 2, 91, 1), {epoch("1-src", 2, 0.6)});
  results.put(result("1-src", 1, 92, 1), {epoch("1-src", 1, 0.7)});
  REQUIRE(results.cells.size() == 2);
  REQUIRE(results.epochs.size() == 2);
  REQUIRE(results.find("1-src", 1));
  CHECK(results.find("1-src", 1)->values.at(Quantity::kTestAccuracy) == 92);
  CHECK(results.find("1-src", 2)->values.at(Quantity::kTestAccuracy) == 91);
  CHECK(std::ranges::count(results.epochs, 0.7, [](const auto& row) { return row.metrics[0]; }) ==
        1);
  CHECK_FALSE(results.find("1-src", 3));
  CHECK_FALSE(results.find("1", 1));
}

TEST_CASE("a grid has the axes across, in their order in the experiment, and the others down") {
  Experiment experiment = table();
  experiment.axes.push_back(axis("code", {"rate", "latency"}));
  const CellGrid grid = grid_of(experiment, {"code", "layers"});
  CHECK(grid.row_axes == std::vector<std::string>{"model"});
  REQUIRE(grid.cells.size() == 2);
  CHECK(grid.columns[1] == std::vector<std::string>{"1", "latency"});
  CHECK(grid.cells[1] ==
        std::vector<std::string>{"1-lif-rate", "1-lif-latency", "2-lif-rate", "2-lif-latency"});
}

TEST_CASE("of many missing cells, a report names the first ten") {
  Experiment experiment = table();
  experiment.seeds = {1, 2, 3};
  const std::string none = experiment_markdown(experiment, {}, {});
  CAPTURE(none);
  CHECK(none.find("- missing: `1-src` with seed 1, `1-src` with seed 2, ") != std::string::npos);
  CHECK(none.find("`2-lif` with seed 1 and 2 more\n") != std::string::npos);
  experiment.seeds = {1, 2};
  const std::string eight = experiment_markdown(experiment, {}, {});
  CHECK(eight.find("`2-lif` with seed 2\n") != std::string::npos);
}

TEST_CASE("the whole report of few cells at a reduced scale") {
  Experiment experiment = table();
  experiment.figures.resize(3);
  experiment.figures[0].name = "loss";
  experiment.figures[0].caption = "As Fig. 3.";
  experiment.figures[1].name = "states";
  experiment.figures[1].caption = "As Fig. 1.";
  experiment.figures[2].name = "bars";
  experiment.figures[2].caption = "As Fig. 4.";
  ExperimentResults results;
  results.put(result("1-src", 1, 97.06, 100), {});
  CellResult quick = result("2-src", 1, 97.79, 5);
  quick.scale.epochs = 5;
  quick.threads = 2;
  results.put(quick, {});
  const std::vector pictures = {Picture::kThere, Picture::kNoData, Picture::kNotDrawn};
  CHECK(experiment_markdown(experiment, results, pictures) ==
        "# Table 2, MNIST\n"
        "\n"
        "SRC against LIF.\n"
        "\n"
        "## Test accuracy (%)\n"
        "\n"
        "| layers | src | paper, src | difference | lif | paper, lif | difference |\n"
        "|---|---|---|---|---|---|---|\n"
        "| 1 | 97.06 | 97.27 | -0.21 | - | 97.18 | - |\n"
        "| 2 | 97.79 (5 ep.) | 98.32 | -0.53 | - | - | - |\n"
        "\n"
        "Distance to the paper over the 2 cells that both have: mean of ours - paper -0.37, mean "
        "absolute 0.37.\n"
        "\n"
        "More than 0.5 points below the paper:\n"
        "\n"
        "- `2-src`: 97.79, the paper 98.32 (-0.53)\n"
        "\n"
        "## How it was done\n"
        "\n"
        "- done: 2 of 4 trainings (cells: 4; seeds: 1)\n"
        "- missing: `1-lif` with seed 1, `2-lif` with seed 1\n"
        "- epochs: 5 to 100 of the paper's 100\n"
        "- training samples: 54000\n"
        "- test samples: 10000\n"
        "- scale: full; epochs=5\n"
        "- wall time in all: training 120.1 s, test 5.0 s\n"
        "- threads of a cell: 1 to 2, cells at a time: 2\n"
        "- commit: abc\n"
        "- version: 0.9\n"
        "- machine: 2 cores\n"
        "- date: 2026-11-21\n"
        "\n"
        "## Every cell\n"
        "\n"
        "| cell | seed | epochs | training samples | test samples | Test accuracy (%) | Loss | "
        "T(s) by layer (%) | training (s) | test (s) |\n"
        "|---|---|---|---|---|---|---|---|---|---|\n"
        "| `1-src` | 1 | 100 | 54000 | 10000 | 97.06 | 0.123 | 1.32, 5.90 | 60.0 | 2.5 |\n"
        "| `2-src` | 1 | 5 | 54000 | 10000 | 97.79 | 0.123 | 1.32, 5.90 | 60.0 | 2.5 |\n"
        "\n"
        "## Figures\n"
        "\n"
        "![loss](<loss.svg>)\n"
        "\n"
        "As Fig. 3.\n"
        "\n"
        "Figure `states`: no data yet.\n"
        "\n"
        "As Fig. 1.\n"
        "\n"
        "Figure `bars` is not drawn.\n"
        "\n"
        "As Fig. 4.\n");
}

TEST_CASE("several seeds: mean, standard deviation and how many, a reduced scale in every cell") {
  Experiment experiment = table();
  experiment.seeds = {1, 2, 3};
  ExperimentResults results;
  results.put(result("1-src", 1, 97.0, 5), {});
  results.put(result("1-src", 2, 97.2, 5), {});
  results.put(result("1-src", 3, 97.7, 5), {});
  results.put(result("1-lif", 1, 97.4, 5), {});
  results.put(result("2-src", 1, 98.0, 5), {});
  results.put(result("2-src", 3, 98.4, 7), {});
  results.put(result("2-src", 9, 10.0, 7), {});  // no seed of the experiment
  CellResult small = result("2-lif", 2, 50, 5);
  small.training_samples = 1000;
  small.test_samples = 100;
  small.scale = {.training_samples = 1200, .test_samples = 100};
  small.commit = "def";
  results.put(small, {});
  const std::string text = without_figures(experiment, results);
  // 97.0, 97.2, 97.7: mean 97.3, deviations -0.3, -0.1, 0.4: sqrt(0.26 / 2) = 0.36.
  CHECK(has(text,
            "| 1 | 97.30 ± 0.36 (n = 3, 5 ep.) | 97.27 | +0.03 | 97.40 (n = 1, 5 ep.) | "
            "97.18 | +0.22 |\n"));
  CHECK(has(text,
            "| 2 | 98.20 ± 0.28 (n = 2, 5 to 7 ep.) | 98.32 | -0.12 | 50.00 (n = 1, 5 ep., "
            "trained on 1000, tested on 100) | - | - |\n"));
  CHECK(has(text,
            "over the 3 cells that both have: mean of ours - paper +0.04, mean absolute "
            "0.12."));
  CHECK(has(text, "No cell is more than 0.5 points below the paper.\n"));
  CHECK(has(text, "- done: 7 of 12 trainings (cells: 4; seeds: 1, 2, 3)\n"));
  CHECK(has(text, "- training samples: 1000 to 54000\n"));
  CHECK(has(text, "- commit: abc; def\n"));
  CHECK(has(text, "- date: 2026-11-21 to 2026-11-23\n"));
}

TEST_CASE("some cells had more epochs in the paper than others") {
  Experiment experiment = table();
  experiment.axes[0].values[1].paper_epochs = 200;
  CHECK(paper_epochs_of(experiment, "1-lif") == 100);
  CHECK(paper_epochs_of(experiment, "2-lif") == 200);
  ExperimentResults results;
  results.put(result("1-src", 1, 97, 100), {});
  results.put(result("2-src", 1, 98, 100), {});
  CellResult old = result("2-lif", 1, 96, 200);
  old.threads = 0;
  results.put(old, {});
  const std::string text = without_figures(experiment, results);
  CHECK(has(text, "| 1 | 97.00 | "));
  CHECK(has(text, "| 2 | 98.00 (100 ep.) | 98.32 | -0.32 | 96.00 | "));
  CHECK(has(text, "- epochs: 100 to 200 of the paper's 100 to 200\n"));
  CHECK(has(text, "- threads of a cell: not known of all\n"));
}

TEST_CASE("exactly half a point below is not too low") {
  Experiment experiment = table();
  ExperimentResults results;
  results.put(result("1-src", 1, 96.77, 100), {});
  CHECK(has(without_figures(experiment, results), "No cell is more than 0.5 points below"));
  results.put(result("1-src", 1, 96.76, 100), {});
  CHECK(has(without_figures(experiment, results), "- `1-src`: 96.76, the paper 97.27 (-0.51)"));
}

TEST_CASE("without printed values there is no paper in the report, epochs are those of the file") {
  Experiment experiment = table();
  experiment.printed.clear();
  experiment.paper_epochs = 0;
  experiment.epochs = 20;
  experiment.columns = {};
  ExperimentResults results;
  results.put(result("1-src", 1, 97.0, 20), {});
  results.put(result("1-lif", 1, 96.0, 3), {});
  const std::string text = without_figures(experiment, results);
  CHECK(has(text,
            "| layers | model | here |\n|---|---|---|\n| 1 | src | 97.00 |\n"
            "| 1 | lif | 96.00 (3 ep.) |\n| 2 | src | - |\n| 2 | lif | - |\n\n## How"));
  CHECK_FALSE(has(text, "Distance"));
  CHECK(has(text, "- epochs: 3 to 20 of 20 in the experiment file\n"));
  experiment.compare_precisions = true;
  CHECK(has(without_figures(experiment, results),
            "- without all that is collected now: `1-src` with seed 1, `1-lif` with seed 1\n"));
}

TEST_CASE("a report of nothing yet") {
  const std::string text = without_figures(table(), {});
  CHECK(has(text, "| 1 | - | 97.27 | - | - | 97.18 | - |\n"));
  CHECK(has(text, "No cell that the paper has a value of is done yet.\n"));
  CHECK(has(text, "- done: 0 of 4 trainings"));
  CHECK_FALSE(has(text, "Every cell"));
  CHECK(text.ends_with("`2-lif` with seed 1\n"));
}

TEST_CASE("simulations have neither epochs nor a table of a number that they lack") {
  Experiment experiment = table();
  experiment.work = CellWork::kRun;
  experiment.printed.clear();
  ExperimentResults results;
  CellResult run = result("1-src", 1, 0, 0);
  run.values.clear();
  results.put(run, {});
  std::string text = without_figures(experiment, results);
  CHECK_FALSE(has(text, "Test accuracy"));
  CHECK_FALSE(has(text, "epochs"));
  CHECK(has(text, "- wall time in all: test 2.5 s\n"));
  CHECK(has(text, "| `1-src` | 1 | 10000 | 1.32, 5.90 | 2.5 |\n"));
  run.values[Quantity::kActivity] = 2.071;
  results.put(run, {});
  experiment.quantity = Quantity::kActivity;
  text = without_figures(experiment, results);
  CHECK(has(text, "## Activity T(s) (%)\n"));
  CHECK(has(text, "| 1 | 2.07 | - |\n"));
}

TEST_CASE("names cannot break the table, and a loss has no points to be below the paper") {
  Experiment experiment = table();
  experiment.axes = {axis("a|b", {"x\ny"})};
  experiment.columns = {};
  experiment.quantity = Quantity::kLoss;
  experiment.printed = {{"x\ny", 0.2}};
  ExperimentResults results;
  results.put(result("x\ny", 1, 97, 100), {});
  const std::string text = without_figures(experiment, results);
  CHECK(has(text,
            "| a\\|b | here | paper | difference |\n|---|---|---|---|\n"
            "| x y | 0.123 | 0.200 | -0.077 |\n"));
  CHECK_FALSE(has(text, "points"));
}

}  // namespace
}  // namespace neurosim
