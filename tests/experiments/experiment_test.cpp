// Experiments: files, cells, tables, and runs that are stopped, shared out and taken over.

#include "experiments/experiment.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "experiments/run_experiment.hpp"
#include "run_files.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;
using test::RunFolder;

constexpr const char* kNetwork =
    "format: neurosim/1\nname: tiny\ntime: { steps: 30 }\n"
    "data: { dataset: synthetic-digits, split: test, samples: 20, encoder: { gain: 0.3 } }\n"
    "populations:\n"
    "  pixels: { model: source, shape: [28, 28] }\n"
    "  last: { model: src, size: 20, learn: [bias] }\n"
    "  classes: { model: leaky_readout, size: 10 }\n"
    "projections:\n"
    "  - { from: pixels, to: last, connect: all_to_all, weights: { init: xavier_uniform }, learn: "
    "true }\n"
    "  - { from: last, to: classes, connect: class_groups, weights: { excitatory: 1, inhibitory: "
    "-0.1 "
    "} }\n"
    "training: { samples: 64 }\n";

constexpr const char* kExperiment =
    "format: neurosim-experiment/1\n"
    "title: Tiny\n"
    "work: train\n"
    "network: \"{file}.yaml\"\n"
    "epochs: 2\n"
    "seeds: [1, 2]\n"
    "axes:\n"
    "  net: { only: { file: tiny } }\n"
    "  rate: [0.005, 0.05]\n"
    "set: { training.learning_rate: \"{rate}\" }\n"
    "printed: { only-0.005: 50 }\n";

/// A folder with the network and the experiment.
class Place : public RunFolder {
 public:
  Place() {
    write("tiny.yaml", kNetwork);
    write("tiny-experiment.yaml", kExperiment);
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  Experiment experiment() const { return read_experiment(path("tiny-experiment.yaml")); }
};

std::string error_of(const std::string& experiment) {
  const Place place;
  place.write("tiny-experiment.yaml", experiment);
  try {
    static_cast<void>(place.experiment());
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

std::string changed(const std::string& from, const std::string& to) {
  std::string text = kExperiment;
  text.replace(text.find(from), from.size(), to);
  return text;
}

bool contains(const std::string& text, const std::string& part) {
  CAPTURE(text);
  CHECK(text.find(part) != std::string::npos);
  return true;
}

/// Tables without what differs between two runs of the same thing.
std::vector<std::string> comparable(const std::string& folder) {
  const ExperimentResults results = read_results(folder);
  std::vector<std::string> rows;
  for (CellResult result : results.cells) {
    std::string row = result.cell + " " + std::to_string(result.seed) + " " + result.network_hash;
    result.values.erase(Quantity::kEpochSeconds);
    for (const auto& [quantity, value] : result.values) {
      row += " " + std::string(name_of(quantity)) + "=" + std::to_string(value);
    }
    for (const double value : result.layer_activity) row += " " + std::to_string(value);
    rows.push_back(row + " " + std::to_string(result.epochs) + " " +
                   std::to_string(result.training_samples));
  }
  for (const CellEpoch& epoch : results.epochs) {
    // Loss and the accuracies; wall times stand behind them.
    std::string row =
        epoch.cell + " " + std::to_string(epoch.seed) + " " + std::to_string(epoch.epoch);
    for (std::size_t k = 0; k < 6; ++k) row += " " + std::to_string(epoch.metrics[k]);
    rows.push_back(row);
  }
  return rows;
}

TEST_CASE("every experiment that comes with neurosim is whole") {
  std::vector<std::string> files;
  for (const char* folder : {"experiments/paper", "experiments/beyond"}) {
    for (const auto& entry : fs::directory_iterator(fs::path(NEUROSIM_SOURCE_DIR) / folder)) {
      files.push_back(entry.path().string());
    }
  }
  std::size_t count = 0;
  for (const std::string& file : files) {
    CAPTURE(file);
    const Experiment experiment = read_experiment(file);
    for (const Cell& cell : cells_of(experiment)) {
      CAPTURE(cell.name);
      for (const std::uint64_t seed : experiment.seeds) {
        CHECK_NOTHROW(cell_network(experiment, cell, seed, {}));
      }
    }
    ++count;
  }
  CHECK(count >= 10);
}

TEST_CASE("cells are every combination, with their words and values filled in") {
  const Place place;
  const Experiment experiment = place.experiment();
  const std::vector<Cell> cells = cells_of(experiment);
  REQUIRE(cells.size() == 2);
  CHECK(cells[0].name == "only-0.005");
  CHECK(cells[1].name == "only-0.05");
  const Description network = cell_network(experiment, cells[1], 7, {.test_samples = 5});
  CHECK(network.seed == 7);
  CHECK(network.training[Training::kLearningRate][0] == 0.05);
  CHECK(network.training[Training::kEpochs][0] == 2);
  const Description less =
      cell_network(experiment, cells[1], 7, {.epochs = 1, .training_samples = 32});
  CHECK(less.training[Training::kEpochs][0] == 1);
  CHECK(less.training[Training::kSamples][0] == 32);
  CHECK(network_hash(network) != network_hash(less));
}

TEST_CASE("mistakes in experiment files") {
  contains(error_of(changed("work: train", "work: trian")), "did you mean \"train\"?");
  contains(error_of(changed("epochs: 2\n", "")), "epochs");
  contains(error_of(changed("only-0.005: 50", "only-0.006: 50")), "unknown cell");
  contains(error_of(changed("seeds: [1, 2]", "seeds: [1, 1]")), "stands here twice");
  contains(error_of(changed("[0.005, 0.05]", "[]")), "an axis needs at least one value");
  contains(error_of(changed("title: Tiny", "title: Tiny\ncolumns: [nett]")),
           "did you mean \"net\"?");
  contains(error_of(changed("title: Tiny",
                            "title: Tiny\nfigures: [{ kind: cells, name: a, caption: b }]")),
           "bars need `along`");
  contains(error_of("format: neurosim/1\n"), "expected neurosim-experiment/1");
  const Place place;
  place.write("tiny-experiment.yaml", changed("{file}", "{fill}"));
  const Experiment experiment = place.experiment();
  CHECK_THROWS_WITH_AS(cell_network(experiment, cells_of(experiment)[0], 1, {}),
                       doctest::Contains("nothing stands for {fill}"), ConfigError);
}

TEST_CASE("an experiment that was stopped goes on, to the same tables") {
  const Place place;
  const Experiment experiment = place.experiment();
  CHECK(run_experiment(experiment, {.folder = place.path("whole"), .threads = 2}));
  const auto whole = comparable(place.path("whole"));
  REQUIRE(whole.size() == 4 + 4 * 2);

  std::atomic<bool> stop = false;
  ExperimentOptions options = {.folder = place.path("parts"), .threads = 2, .interrupt = &stop};
  int epochs = 0;
  // Within the second cell, and again after the third.
  options.progress = [&](const CellJob&, const std::string& what) {
    if (what.starts_with("epoch") && ++epochs == 3) stop = true;
  };
  CHECK(!run_experiment(experiment, options));
  CHECK(read_results(options.folder).cells.size() == 1);
  stop = false;
  int done = 0;
  options.done = [&](const CellResult&) { stop = ++done == 2; };
  CHECK(!run_experiment(experiment, options));
  CHECK(read_results(options.folder).cells.size() == 3);
  stop = false;
  CHECK(run_experiment(experiment, options));
  CHECK(comparable(options.folder) == whole);

  // Nothing is left to do.
  done = 0;
  CHECK(run_experiment(experiment, options));
  CHECK(done == 0);
}

TEST_CASE("cells at the same time, in parts, and taken over give the same tables") {
  const Place place;
  const Experiment experiment = place.experiment();
  CHECK(run_experiment(experiment, {.folder = place.path("whole"), .threads = 2}));
  const auto whole = comparable(place.path("whole"));
  CHECK(run_experiment(experiment, {.folder = place.path("both"), .jobs = 2, .threads = 2}));
  CHECK(comparable(place.path("both")) == whole);

  ExperimentResults all;
  for (std::size_t shard = 1; shard <= 3; ++shard) {
    const std::string folder = place.path("shard" + std::to_string(shard));
    CHECK(
        run_experiment(experiment, {.folder = folder, .shard = shard, .shards = 3, .threads = 1}));
    for (const CellResult& result : read_results(folder).cells) {
      CHECK(all.find(result.cell, result.seed) == nullptr);
      all.put(result, {});
    }
  }
  CHECK(all.cells.size() == 4);

  Experiment other = experiment;
  other.reuse = {"whole"};
  int trained = 0;
  CHECK(run_experiment(
      other, {.folder = place.path("other"), .done = [&](const CellResult&) { ++trained; }}));
  CHECK(trained == 0);
  CHECK(comparable(place.path("other")) == whole);
}

TEST_CASE("a result of another scale is stale, and its scale is kept with it") {
  const Place place;
  const Experiment experiment = place.experiment();
  const std::string folder = place.path("scaled");
  const Scale scale = {.epochs = 1, .training_samples = 32, .test_samples = 10};
  CHECK(run_experiment(experiment, {.folder = folder, .only = {"only-0.05"}, .scale = scale}));
  const ExperimentResults results = read_results(folder);
  REQUIRE(results.cells.size() == 2);
  CHECK(results.cells[0].epochs == 1);
  CHECK(results.cells[0].training_samples < 32);  // some validate
  CHECK(results.cells[0].test_samples == 10);
  const CellJob job = {cells_of(experiment)[1], 1};
  CHECK(!is_done(results, job, cell_network(experiment, job.cell, 1, {})));
  CHECK(is_done(results, job, cell_network(experiment, job.cell, 1, scale)));
  CHECK_THROWS_AS(run_experiment(experiment, {.folder = folder, .only = {"only-0.5"}}), UsageError);
}

TEST_CASE("a run of another scale does not replace what a whole one gave") {
  const Place place;
  const Experiment experiment = place.experiment();
  const std::string folder = place.path("whole");
  CHECK(run_experiment(experiment, {.folder = folder, .threads = 2}));
  const auto whole = comparable(folder);
  CHECK_THROWS_WITH_AS(run_experiment(experiment, {.folder = folder, .scale = {.epochs = 1}}),
                       doctest::Contains("at full scale; give a run of another scale a folder"),
                       UsageError);
  CHECK(comparable(folder) == whole);
}

TEST_CASE("damaged tables name file and line") {
  const Place place;
  const Experiment experiment = place.experiment();
  const std::string folder = place.path("tables");
  CHECK(read_results(folder).cells.empty());
  CHECK(run_experiment(experiment,
                       {.folder = folder, .only = {"only-0.05"}, .scale = {.epochs = 1}}));
  const std::string file = folder + "/cells.csv";
  std::ifstream stream(file);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto refusal = [&](const std::string& changed_text) {
    std::ofstream(file) << changed_text;
    try {
      read_results(folder);
    } catch (const DataError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  contains(refusal("a,b\n"), "cells.csv: line 1");
  contains(refusal(text + "only-0.05,3\n"), "line 4: expected");
  contains(refusal(text.substr(0, text.find('\n') + 1) + "x,y" +
                   text.substr(text.find(',', text.find("\nonly") + 12))),
           "line 2: expected a whole number, got \"y\"");
  CHECK(refusal(text) == "no error");
}

}  // namespace
}  // namespace neurosim
