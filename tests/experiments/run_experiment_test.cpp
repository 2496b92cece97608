// Experiments that are run, stopped, shared out, changed and taken over.

#include "experiments/run_experiment.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <filesystem>
#include <optional>
#include <thread>
#include <utility>

#include "experiment_place.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

using test::changed;
using test::comparable;
using test::completes;
using test::expect_contains;
using test::kNetwork;
using test::Place;

TEST_CASE("an experiment that was stopped goes on, to the same tables") {
  const Place place;
  const Experiment experiment = place.experiment();
  CHECK(completes(experiment, {.folder = place.path("whole"), .threads = 2}));
  const auto whole = comparable(place.path("whole"));
  REQUIRE(whole.size() == 4 + 4 * 2);

  std::atomic<bool> stop = false;
  ExperimentOptions options = {.folder = place.path("parts"), .threads = 2, .interrupt = &stop};
  int epochs = 0;
  // Within the second cell, and again after the third.
  options.progress = [&](const CellJob&, const std::string& what) {
    if (what.starts_with("epoch") && ++epochs == 3) stop = true;
  };
  CHECK(!completes(experiment, options));
  CHECK(read_results(options.folder).cells.size() == 1);
  stop = false;
  int done = 0;
  options.done = [&](const CellResult&) { stop = ++done == 2; };
  CHECK(!completes(experiment, options));
  CHECK(read_results(options.folder).cells.size() == 3);
  stop = false;
  CHECK(completes(experiment, options));
  CHECK(comparable(options.folder) == whole);

  // Nothing is left to do.
  done = 0;
  CHECK(completes(experiment, options));
  CHECK(done == 0);
}

TEST_CASE("cells at the same time, in parts, and taken over give the same tables") {
  const Place place;
  const Experiment experiment = place.experiment();
  CHECK(completes(experiment, {.folder = place.path("whole"), .threads = 2}));
  const auto whole = comparable(place.path("whole"));
  CHECK(completes(experiment, {.folder = place.path("both"), .jobs = 2, .threads = 2}));
  CHECK(comparable(place.path("both")) == whole);

  ExperimentResults all;
  for (std::size_t shard = 1; shard <= 3; ++shard) {
    const std::string folder = place.path("shard" + std::to_string(shard));
    CHECK(completes(experiment, {.folder = folder, .shard = shard, .shards = 3, .threads = 1}));
    for (const CellResult& result : read_results(folder).cells) {
      CHECK(all.find(result.cell, result.seed) == nullptr);
      all.put(result, {});
    }
  }
  CHECK(all.cells.size() == 4);

  Experiment other = experiment;
  other.reuse = {"whole"};
  // Results without their curves are not all of it.
  ExperimentResults cut = read_results(place.path("whole"));
  cut.epochs.clear();
  make_folder(place.path("cut"));
  write_results(place.path("cut"), experiment, cut);
  other.reuse = {"cut", "whole"};
  int worked = 0, taken = 0;
  CHECK(completes(other, {.folder = place.path("other"),
                          .progress = [&](const CellJob&, const std::string&) { ++worked; },
                          .done = [&](const CellResult&) { ++taken; }}));
  CHECK(worked == 0);
  CHECK(taken == 4);
  CHECK(comparable(place.path("other")) == whole);
}

TEST_CASE("a run that would lose a result takes over nothing either") {
  const Place place;
  const Experiment experiment = place.experiment();
  CHECK(completes(experiment, {.folder = place.path("whole"), .threads = 2}));
  const std::string folder = place.path("other");
  CHECK(completes(experiment, {.folder = folder, .only = {"only-0.05"}, .scale = {.epochs = 3}}));
  const auto before = comparable(folder);
  Experiment other = experiment;
  other.reuse = {"whole"};
  CHECK_THROWS_AS(run_experiment(other, {.folder = folder}), UsageError);
  CHECK(comparable(folder) == before);
}

TEST_CASE("there are no more cells at a time than threads") {
  const Place place;
  const std::string folder = place.path("many");
  CHECK(completes(place.experiment(),
                  {.folder = folder, .scale = {.epochs = 1}, .jobs = 8, .threads = 2}));
  for (const CellResult& result : read_results(folder).cells) {
    CHECK(result.threads == 1);
    CHECK(result.cells_at_a_time == 2);
  }
}

TEST_CASE("a result is of its scale, which is kept with it") {
  const Place place;
  const Experiment experiment = place.experiment();
  const std::string folder = place.path("scaled");
  const Scale scale = {.epochs = 1, .training_samples = 32, .test_samples = 10};
  CHECK(completes(experiment, {.folder = folder, .only = {"only-0.05"}, .scale = scale}));
  const ExperimentResults results = read_results(folder);
  REQUIRE(results.cells.size() == 2);
  CHECK(results.cells[0].epochs == 1);
  CHECK(results.cells[0].training_samples < 32);  // some validate
  CHECK(results.cells[0].test_samples == 10);
  CHECK(results.cells[0].scale == scale);
  CHECK(scale_text(results.cells[0].scale) == "epochs=1 samples=32 test-samples=10");
  const CellJob job = {cells_of(experiment)[1], 1};
  CHECK(state_of(results, experiment, job, {}) == CellState::kOtherScale);
  CHECK(state_of(results, experiment, job, scale) == CellState::kDone);
  CHECK(state_of(results, experiment, {job.cell, 3}, scale) == CellState::kToDo);
  CHECK_THROWS_AS(run_experiment(experiment, {.folder = folder, .only = {"only-0.5"}}), UsageError);
}

TEST_CASE("a run of another scale does not replace what a whole one gave") {
  const Place place;
  const Experiment experiment = place.experiment();
  const std::string folder = place.path("whole");
  CHECK(completes(experiment, {.folder = folder, .threads = 2}));
  const auto whole = comparable(folder);
  CHECK_THROWS_WITH_AS(run_experiment(experiment, {.folder = folder, .scale = {.epochs = 1}}),
                       doctest::Contains("at another scale; give this one a folder of its own"),
                       UsageError);
  CHECK(comparable(folder) == whole);
  CHECK_THROWS_AS(
      run_experiment(experiment, {.folder = folder, .scale = {.epochs = 1}, .replace = true}),
      UsageError);
  const std::string more = place.path("more");
  CHECK(completes(experiment, {.folder = more, .only = {"only-0.05"}, .scale = {.epochs = 3}}));
  CHECK_THROWS_WITH_AS(run_experiment(experiment, {.folder = more}),
                       doctest::Contains("at another scale"), UsageError);
  const std::string wider = place.path("wider");
  CHECK(completes(experiment,
                  {.folder = wider, .only = {"only-0.05"}, .scale = {.training_samples = 128}}));
  CHECK_THROWS_AS(run_experiment(experiment, {.folder = wider}), UsageError);
  const std::string less = place.path("less");
  CHECK(completes(experiment, {.folder = less, .only = {"only-0.05"}, .scale = {.epochs = 1}}));
  CHECK(completes(experiment, {.folder = less, .threads = 2}));
  CHECK(comparable(less) == whole);
  // The experiment's own number of epochs is no other scale.
  CHECK(completes(experiment, {.folder = folder, .scale = {.epochs = 2}}));
  CHECK(comparable(folder) == whole);
}

TEST_CASE("what a changed experiment gave before is replaced only when that is asked for") {
  const Place place;
  const std::string folder = place.path("whole");
  CHECK(completes(place.experiment(), {.folder = folder, .threads = 2}));
  const auto before = comparable(folder);
  place.write("tiny-experiment.yaml", changed("0.05]", "0.05]\nquantity: loss"));
  CHECK(completes(place.experiment(), {.folder = folder}));  // the networks are the same
  place.write("tiny-experiment.yaml",
              changed("training.learning_rate: \"{rate}\"",
                      "training.learning_rate: \"{rate}\", training.batch: 16"));
  const Experiment experiment = place.experiment();
  CHECK_THROWS_WITH_AS(run_experiment(experiment, {.folder = folder}),
                       doctest::Contains("of another network than now"), UsageError);
  CHECK(comparable(folder) == before);
  CHECK(completes(experiment, {.folder = folder, .threads = 2, .replace = true}));
  CHECK(comparable(folder) != before);
}

TEST_CASE("two runs that share a folder lose nothing of each other") {
  const Place place;
  const Experiment experiment = place.experiment();
  const std::string folder = place.path("shared");
  CHECK(completes(experiment, {.folder = place.path("whole"), .threads = 2}));

  // Each cell that this one finishes, another run has finished one as well.
  ExperimentOptions other = {.folder = folder, .only = {"only-0.05"}, .threads = 1};
  ExperimentOptions options = {.folder = folder, .only = {"only-0.005"}, .threads = 1};
  bool first = true;
  options.progress = [&](const CellJob&, const std::string&) {
    if (std::exchange(first, false)) CHECK(completes(experiment, other));
  };
  CHECK(completes(experiment, options));
  CHECK(comparable(folder) == comparable(place.path("whole")));

  // A cell that another run is at is left to it; one that it finished meanwhile is not done again.
  const std::string again = place.path("again");
  other = {.folder = again, .threads = 1};
  options = {.folder = again, .threads = 1};
  first = true;
  std::vector<std::string> left, done;
  options.progress = [&](const CellJob& job, const std::string&) {
    if (!std::exchange(first, false)) return;
    CHECK(job.cell.name == "only-0.005");
    for (const CellJob& busy : run_experiment(experiment, other).elsewhere) {
      left.push_back(busy.cell.name + " " + std::to_string(busy.seed));
    }
  };
  options.done = [&](const CellResult& result) {
    done.push_back(result.cell + " " + std::to_string(result.seed));
  };
  CHECK(completes(experiment, options));
  CHECK(left == std::vector<std::string>{"only-0.005 1"});
  CHECK(done == left);
  CHECK(comparable(again) == comparable(place.path("whole")));
}

TEST_CASE("a run that shares a folder with one of another scale keeps what that one did") {
  const Place place;
  const Experiment experiment = place.experiment();
  const std::string folder = place.path("shared");
  CHECK(completes(experiment, {.folder = place.path("whole"), .only = {"only-0.05"}}));
  ExperimentOptions whole = {.folder = folder, .only = {"only-0.05"}};
  ExperimentOptions less = {.folder = folder, .scale = {.epochs = 1}};
  bool first = true;
  less.progress = [&](const CellJob&, const std::string&) {
    if (std::exchange(first, false)) CHECK(completes(experiment, whole));
  };
  std::vector<std::string> reasons;
  less.failed = [&](const CellJob&, const std::string& reason) { reasons.push_back(reason); };
  const ExperimentEnd end = run_experiment(experiment, less);
  CHECK(end.failed == 2);  // with both seeds
  REQUIRE(!reasons.empty());
  expect_contains(reasons[0], "the result of cell only-0.05 with seed 1 at another scale");
  ExperimentResults results = read_results(folder);
  CHECK(results.cells.size() == 4);
  for (const std::uint64_t seed : {1, 2}) results.erase("only-0.005", seed);
  write_results(folder, experiment, results);
  CHECK(comparable(folder) == comparable(place.path("whole")));
}

TEST_CASE("tables are written by one run at a time") {
  const Place place;
  const Experiment experiment = place.experiment();
  const std::string folder = place.path("shared");
  std::optional<FileLock> lock;
  std::atomic<bool> tested = false, kept = false;
  ExperimentOptions options = {.folder = folder, .only = {"only-0.05"}, .shards = 2};
  options.progress = [&](const CellJob&, const std::string& what) {
    if (!lock) lock.emplace(lock_results(folder));
    if (what == "testing") tested = true;
  };
  options.done = [&](const CellResult&) { kept = true; };
  std::jthread other([&] { completes(experiment, options); });
  while (!tested) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  CHECK(!kept);
  CHECK(read_results(folder).cells.empty());
  lock.reset();
  other.join();
  CHECK(kept);
  CHECK(read_results(folder).cells.size() == 1);
}

/// Two networks, of which `none` fails when it is trained, not when it is read.
Experiment with_broken_cells(const Place& place) {
  place.write("tiny-experiment.yaml",
              changed("  net: { only: { file: tiny } }\n",
                      "  net: { none: { file: missing }, only: { file: tiny } }\n"));
  std::string network = kNetwork;
  const std::string weights = "{ init: xavier_uniform }";
  network.replace(network.find(weights), weights.size(), "{ file: none.h5, dataset: w }");
  place.write("missing.yaml", network);
  return place.experiment();
}

TEST_CASE("a cell that fails keeps no other from being done") {
  const Place place;
  const Experiment experiment = with_broken_cells(place);
  std::vector<std::string> failed;
  ExperimentOptions options = {
      .folder = place.path("some"), .only = {"none-0.05", "only-0.005", "only-0.05"}, .threads = 2};
  options.failed = [&](const CellJob& job, const std::string& reason) {
    failed.push_back(job.cell.name);
    expect_contains(reason, "none.h5");
  };
  const ExperimentEnd end = run_experiment(experiment, options);
  CHECK(end.failed == 2);
  CHECK(end.left == 0);
  CHECK(!end.interrupted);
  REQUIRE(end.failure);
  CHECK_THROWS_AS(std::rethrow_exception(end.failure), DataError);
  CHECK(failed == std::vector<std::string>{"none-0.05", "none-0.05"});
  CHECK(read_results(options.folder).cells.size() == 4);
}

TEST_CASE("a second cell that fails for the same reason ends the run") {
  const Place place;
  const Experiment experiment = with_broken_cells(place);
  const ExperimentEnd end = run_experiment(experiment, {.folder = place.path("some")});
  CHECK(end.failed == 2);
  CHECK(end.left == 6);
  CHECK(read_results(place.path("some")).cells.empty());
}

TEST_CASE("cells whose training diverges keep no other from being done") {
  const Place place;
  std::string text = changed("rate: [0.005, 0.05]", "rate: [3e38, 2e38, 1]");
  text.replace(text.find("training.learning_rate"), 22, "projections.1.weights.excitatory");
  text.erase(text.find("printed"));
  place.write("tiny-experiment.yaml", text);
  const ExperimentEnd end = run_experiment(place.experiment(), {.folder = place.path("some")});
  CHECK(end.failed == 4);  // two cells with two seeds
  CHECK(end.left == 0);
  REQUIRE(end.failure);
  CHECK_THROWS_AS(std::rethrow_exception(end.failure), TrainingError);
  CHECK(read_results(place.path("some")).cells.size() == 2);
}

TEST_CASE("precisions are compared by predictions, of which a network must have some") {
  const Place place;
  place.write("silent.yaml",
              "format: neurosim/1\nname: silent\ntime: { steps: 3 }\n"
              "populations:\n  one: { model: lif, size: 1 }\nrecord: { spikes: [one] }\n");
  place.write("tiny-experiment.yaml",
              "format: neurosim-experiment/1\ntitle: Silent\nwork: run\nnetwork: silent.yaml\n"
              "compare_precisions: true\n");
  const ExperimentEnd end = run_experiment(place.experiment(), {.folder = place.path("none")});
  CHECK(end.failed == 1);
  REQUIRE(end.failure);
  CHECK_THROWS_WITH_AS(std::rethrow_exception(end.failure),
                       doctest::Contains("the network predicts nothing"), ConfigError);
}

TEST_CASE("what an experiment collects later makes its cells incomplete, not of another network") {
  const Place place;
  const std::string folder = place.path("whole");
  CHECK(completes(place.experiment(), {.folder = folder, .only = {"only-0.05"}}));
  place.write("tiny-experiment.yaml",
              changed("work: train", "work: train\ncompare_precisions: true"));
  const Experiment experiment = place.experiment();
  const CellJob job = {cells_of(experiment)[1], 1};
  CHECK(state_of(read_results(folder), experiment, job, {}) == CellState::kIncomplete);
  const auto before = comparable(folder);
  CHECK_THROWS_WITH_AS(run_experiment(experiment, {.folder = folder, .scale = {.epochs = 1}}),
                       doctest::Contains("at another scale"), UsageError);
  CHECK(comparable(folder) == before);
  bool trained = false;
  CHECK(completes(experiment, {.folder = folder,
                               .only = {"only-0.05"},
                               .progress = [&](const CellJob&, const std::string& what) {
                                 trained |= what.starts_with("epoch");
                               }}));
  CHECK(!trained);
  const ExperimentResults results = read_results(folder);
  CHECK(state_of(results, experiment, job, {}) == CellState::kDone);
  CHECK(results.find("only-0.05", 1)->values.contains(Quantity::kSamePredictions));
}

TEST_CASE("to collect more, a cell whose weights are gone is not trained again unasked") {
  const Place place;
  const std::string folder = place.path("gone");
  const std::vector<std::string> only = {"only-0.05"};
  CHECK(completes(place.experiment(), {.folder = folder, .only = only}));
  place.write("tiny-experiment.yaml",
              changed("work: train", "work: train\ncompare_precisions: true"));
  Experiment experiment = place.experiment();
  CHECK(completes(experiment, {.folder = place.path("more"), .only = only}));
  std::filesystem::remove_all(folder + "/weights");
  const std::string again = place.path("again");
  std::filesystem::copy(folder, again, std::filesystem::copy_options::recursive);
  const auto before = comparable(folder);
  CHECK_THROWS_WITH_AS(run_experiment(experiment, {.folder = folder}),
                       doctest::Contains("its weights are not there; --replace trains it again"),
                       UsageError);
  CHECK(comparable(folder) == before);
  CHECK(completes(experiment, {.folder = again, .only = only, .replace = true}));
  CHECK(comparable(again) == comparable(place.path("more")));
  // Another experiment has all of it.
  experiment.reuse = {"more"};
  CHECK(completes(experiment, {.folder = folder, .only = only}));
  CHECK(comparable(folder) == comparable(again));
}

}  // namespace
}  // namespace neurosim
