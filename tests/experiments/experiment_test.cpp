// Experiment files, and the cells that they make.

#include "experiments/experiment.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "experiment_place.hpp"
#include "experiments/run_experiment.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;
using test::changed;
using test::expect_contains;
using test::kExperiment;
using test::kNetwork;
using test::Place;

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
        CHECK_NOTHROW(cell_network(experiment, cell, seed));
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
  const Description network = cell_network(experiment, cells[1], 7);
  CHECK(network.seed == 7);
  CHECK(network.training[Training::kLearningRate][0] == 0.05);
  CHECK(network.training[Training::kEpochs][0] == 2);
  CHECK(scaled(network, {}).training == network.training);
  CHECK(scaled(network, {}).data == network.data);
  const Description less =
      scaled(network, {.epochs = 1, .training_samples = 32, .test_samples = 5});
  CHECK(less.training[Training::kEpochs][0] == 1);
  CHECK(less.training[Training::kSamples][0] == 32);
  CHECK(less.data->samples == 5);
}

TEST_CASE("a result is of a network, wherever its folder lies and whatever its scale") {
  const Place place;
  const Experiment experiment = place.experiment();
  const std::vector<Cell> cells = cells_of(experiment);
  const std::string hash = network_hash(experiment, {cells[0], 1});
  CHECK(network_hash(experiment, {cells[0], 1}) == hash);
  CHECK(network_hash(experiment, {cells[1], 1}) != hash);
  CHECK(network_hash(experiment, {cells[0], 2}) != hash);

  // What the program takes by default changes nothing when it is written out; another value does.
  std::string network = kNetwork;
  const auto with_batch = [&](const std::string& batch) {
    std::string text = network;
    return text.replace(text.find("samples: 64"), 0, "batch: " + batch + ", ");
  };
  place.write("tiny.yaml", with_batch("64"));
  CHECK(network_hash(place.experiment(), {cells[0], 1}) == hash);
  place.write("tiny.yaml", with_batch("16"));
  CHECK(network_hash(place.experiment(), {cells[0], 1}) != hash);
}

TEST_CASE("a result is of a network wherever the folder of its files lies") {
  const char* const text =
      "format: neurosim/1\nname: files\ntime: { steps: 30 }\n"
      "data: { dataset: image-files, images: d/images.npy, labels: d/labels.npy }\n"
      "populations:\n"
      "  pixels: { model: source, shape: [28, 28] }\n"
      "  played: { model: spike_file, size: 3, file: d/spikes.h5, steps: s, neurons: n, "
      "sample_offset: o }\n"
      "  last: { model: src, size: 20, parameters: { initial_h: { file: d/h.h5, dataset: h } } }\n"
      "projections:\n"
      "  - { from: pixels, to: last, connect: all_to_all, weights: { file: d/w.h5, dataset: w } }\n"
      "  - { from: played, to: last, connect: { type: pairs, file: d/p.h5, dataset: p }, weights: "
      "1 "
      "}\n";
  const char* const run =
      "format: neurosim-experiment/1\ntitle: Files\nwork: run\nnetwork: tiny.yaml\n";
  const auto hash_of = [&](const Place& place, const std::string& network) {
    place.write("tiny-experiment.yaml", run);
    place.write("tiny.yaml", network);
    const Experiment experiment = place.experiment();
    return network_hash(experiment, {cells_of(experiment)[0], 1});
  };
  const Place here, elsewhere;
  const std::string hash = hash_of(here, text);
  CHECK(hash_of(elsewhere, text) == hash);
  for (const char* file : {"images", "labels", "spikes", "h", "w", "p"}) {
    CAPTURE(file);
    std::string other = text;
    const std::string path = std::string("d/") + file + ".";
    REQUIRE(other.find(path) != std::string::npos);
    CHECK(hash_of(here, other.replace(other.find(path), 1, "e")) != hash);
  }
}

TEST_CASE("mistakes in experiment files") {
  expect_contains(error_of(changed("work: train", "work: trian")), "did you mean \"train\"?");
  expect_contains(error_of(changed("epochs: 2\n", "")), "missing key \"epochs\"");
  expect_contains(error_of(changed("only-0.005: 50", "only-0.006: 50")), "unknown cell");
  expect_contains(error_of(changed("seeds: [1, 2]", "seeds: [1, 1]")), "stands here twice");
  expect_contains(error_of(changed("[0.005, 0.05]", "[]")), "an axis needs at least one value");
  expect_contains(error_of(changed("title: Tiny", "title: Tiny\ncolumns: [nett]")),
                  "did you mean \"net\"?");
  expect_contains(error_of(changed("title: Tiny",
                                   "title: Tiny\nfigures: [{ kind: cells, name: a, caption: b }]")),
                  "bars need `along`");
  expect_contains(error_of(changed("[0.005, 0.05]", "[0.005, 0.005]")),
                  "axes: two cells have the name \"only-0.005\"");
  expect_contains(error_of(changed("title: Tiny", "title: Tiny\nquantity: trianing_accuracy")),
                  "did you mean \"training_accuracy\"?");
  expect_contains(error_of(changed("set: {", "set: { seed: 3,")), "`set` gives the seed already");
  expect_contains(error_of(changed("title: Tiny", "title: Tiny\nreuse: [none]")),
                  "no such experiment");
  expect_contains(error_of(changed("title: Tiny", "title: Tiny\nquantity: same_predictions")),
                  "same_predictions comes with `compare_precisions: true`");
  const std::string figure = "{ kind: epochs, name: a, quantity: loss, caption: b }";
  expect_contains(
      error_of(changed("title: Tiny", "title: Tiny\nfigures: [" + figure + ", " + figure + "]")),
      "another figure has this name");
  expect_contains(
      error_of(changed("title: Tiny",
                       "title: Tiny\nfigures: [{ kind: epochs, name: a, quantity: activity, "
                       "caption: b }]")),
      "an epoch has no activity");
  expect_contains(error_of("format: neurosim/1\n"), "expected neurosim-experiment/1");
  expect_contains(error_of(changed("set: {", "set: { training.epochs: 3,")),
                  "the `epochs:` of the experiment say this");
  expect_contains(error_of(changed("work: train", "work: run\npaper_epochs: 3")),
                  "paper_epochs: is for `work: train`");
  expect_contains(error_of(changed("{ file: tiny }", "{ file: tiny, set: { a: \"{b}\" } }")),
                  "axes.net.only.set.a: no axis");
  for (const char* extra : {"along: net", "factors: { h: 2 }"}) {
    expect_contains(error_of(changed("title: Tiny",
                                     "title: Tiny\nfigures: [{ kind: epochs, name: a, quantity: "
                                     "loss, caption: b, " +
                                         std::string(extra) + " }]")),
                    "unknown key");
  }
}

TEST_CASE("what is no key of an axis value is a word that something needs") {
  const auto with = [](const std::string& words) {
    return error_of(changed("{ file: tiny }", "{ file: tiny, " + words + " }"));
  };
  expect_contains(with("paper_epoch: 7"),
                  "axes.net.only.paper_epoch: unknown key \"paper_epoch\"; did you mean "
                  "\"paper_epochs\"?");
  expect_contains(with("rate: 7"), "axes.net.only.rate: an axis has this name");
  expect_contains(error_of(changed("rate: [0.005, 0.05]", "rate: { 0.005: { file: other } }")),
                  "axes.rate.0.005.file: another axis brings this word");
  CHECK(with("set: { training.batch: \"{size}\" }, size: 16") == "no error");
}

TEST_CASE("a value of `set:` is a word in braces, or a map") {
  const Place place;
  const auto network_of = [&](const std::string& value) {
    place.write(
        "tiny-experiment.yaml",
        changed("training.learning_rate: \"{rate}\"",
                "training.learning_rate: \"{rate}\", projections.0.weights: \"" + value + "\""));
    const Experiment experiment = place.experiment();
    return cell_network(experiment, cells_of(experiment)[0], 1);
  };
  const Description network = network_of("{ init: constant, value: 2 }");
  CHECK(std::get<ConstantWeights>(network.projections[0].weights).value == 2);
  CHECK_THROWS_WITH_AS(network_of("{rat}"),
                       doctest::Contains("set.projections.0.weights: no axis, and no word of an "
                                         "axis value, is called \"rat\"; did you mean \"rate\"?"),
                       ConfigError);
}

TEST_CASE("words in the path of a network, and the name of an experiment") {
  const Place place;
  place.write("tiny-experiment.yaml", changed("{file}", "{file}{fill}"));
  const Experiment experiment = place.experiment();
  CHECK_THROWS_WITH_AS(cell_network(experiment, cells_of(experiment)[0], 1),
                       doctest::Contains("network: nothing stands for {fill}"), ConfigError);
  place.write("my experiment.yaml", kExperiment);
  CHECK_THROWS_WITH_AS(read_experiment(place.path("my experiment.yaml")),
                       doctest::Contains("my experiment.yaml: tables and files are called like it"),
                       DataError);
}

TEST_CASE("a mistake in a value that the experiment sets names the experiment") {
  const Place place;
  place.write("tiny-experiment.yaml", changed("0.05]", "-3]"));
  const Experiment experiment = place.experiment();
  CHECK_NOTHROW(cell_network(experiment, cells_of(experiment)[0], 1));
  try {
    cell_network(experiment, cells_of(experiment)[1], 1);
    FAIL("no error");
  } catch (const ConfigError& error) {
    const std::string message = error.what();
    expect_contains(message,
                    place.path("tiny-experiment.yaml") + ": training.learning_rate: expected");
    expect_contains(message, "(`set: { training.learning_rate: -3 }`)");
  }
}

}  // namespace
}  // namespace neurosim
