// The tables of an experiment, read and put together.

#include "experiments/cell_results.hpp"

#include <doctest/doctest.h>

#include <iterator>

#include "experiment_place.hpp"
#include "experiments/merge_results.hpp"
#include "experiments/run_experiment.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

using test::expect_contains;
using test::Place;

TEST_CASE("damaged tables name file and line") {
  const Place place;
  const Experiment experiment = place.experiment();
  const std::string folder = place.path("tables");
  CHECK(read_results(folder).cells.empty());
  run_experiment(experiment, {.folder = folder, .only = {"only-0.05"}, .scale = {.epochs = 1}});
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
  expect_contains(refusal("a,b\n"), "cells.csv: line 1");
  expect_contains(refusal(text + "only-0.05,3\n"), "line 4: expected");
  expect_contains(refusal(text.substr(0, text.find('\n') + 1) + "x,y" +
                          text.substr(text.find(',', text.find("\nonly") + 12))),
                  "line 2: expected a whole number, got \"y\"");
  CHECK(refusal(text) == "no error");
}

TEST_CASE("merged: the results of both, and nothing twice or in doubt") {
  const Place place;
  const Experiment experiment = place.experiment();
  const std::string folder = place.path("one");
  run_experiment(experiment, {.folder = folder, .only = {"only-0.05"}, .scale = {.epochs = 1}});
  const ExperimentResults one = read_results(folder);
  REQUIRE(one.cells.size() == 2);
  ExperimentResults all;
  merge_results(experiment, folder, all);
  merge_results(experiment, folder, all);
  CHECK(all.cells.size() == 2);
  CHECK(all.epochs.size() == 2);
  const auto refusal = [&](const ExperimentResults& part) {
    write_results(place.path("part"), experiment, part);
    ExperimentResults merged = one;
    try {
      merge_results(experiment, place.path("part"), merged);
    } catch (const DataError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  make_folder(place.path("part"));
  CHECK(refusal(one) == "no error");

  ExperimentResults part = one;
  part.epochs.clear();
  expect_contains(refusal(part), "has not the 1 epochs of cell only-0.05 with seed 1");
  part = one;
  part.cells[1].values[Quantity::kTestAccuracy] = 99;
  part.cells[1].commit = "abc";
  expect_contains(refusal(part), "test_accuracy of cell only-0.05 with seed 2 is 99 (commit abc)");
  part = one;
  part.cells[0].scale.epochs.reset();
  expect_contains(refusal(part), "of another network or scale");
  part = one;
  part.cells[0].network_hash = "0";
  expect_contains(refusal(part), "of another network than");
  part = one;
  part.cells[0].cell = "only";
  expect_contains(refusal(part), "which " + place.path("tiny-experiment.yaml") + " does not have");

  // Times differ, and one may have more values than the other.
  part = one;
  part.cells[0].values[Quantity::kEpochSeconds] = 1e6;
  part.cells[0].values[Quantity::kSamePredictions] = 98;
  write_results(place.path("part"), experiment, part);
  merge_results(experiment, place.path("part"), all);
  CHECK(all.find("only-0.05", 1)->values.at(Quantity::kSamePredictions) == 98);
  merge_results(experiment, folder, all);
  CHECK(all.find("only-0.05", 1)->values.contains(Quantity::kSamePredictions));

  // What lacks its curves gets them.
  all.epochs.clear();
  merge_results(experiment, folder, all);
  CHECK(all.epochs.size() == 2);
}

}  // namespace
}  // namespace neurosim
