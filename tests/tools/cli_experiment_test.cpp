#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <sstream>

#include "tools/cli_files.hpp"

namespace neurosim {
namespace {

/// Two networks to train on drawn digits; `epochs` is for how long a cell takes.
class WithExperiment : public Workplace {
 public:
  explicit WithExperiment(int epochs) {
    write("net.yaml",
          "format: neurosim/1\nname: tiny\ntime: { steps: 30 }\n"
          "data: { dataset: synthetic-digits, samples: 20, encoder: { gain: 0.3 } }\n"
          "populations:\n"
          "  pixels: { model: source, shape: [28, 28] }\n"
          "  last: { model: src, size: 20, learn: [bias] }\n"
          "  classes: { model: leaky_readout, size: 10 }\n"
          "projections:\n"
          "  - { from: pixels, to: last, connect: all_to_all, weights: { init: xavier_uniform }, "
          "learn: true }\n"
          "  - { from: last, to: classes, connect: class_groups, weights: { excitatory: 1, "
          "inhibitory: -0.1 } }\n"
          "training: { samples: 256 }\n");
    write("rates.yaml",
          "format: neurosim-experiment/1\ntitle: Two learning rates\nwork: train\n"
          "network: net.yaml\nepochs: " +
              std::to_string(epochs) +
              "\naxes: { rate: [0.005, 0.05] }\n"
              "set: { training.learning_rate: \"{rate}\" }\n"
              "printed: { \"0.005\": 50 }\n");
  }

  /// cells.csv up to the columns that hold times.
  std::string results(const std::string& folder) const {
    std::string kept;
    std::istringstream lines(read(folder + "/cells.csv"));
    for (std::string line; std::getline(lines, line);) {
      std::istringstream fields(line);
      std::string field;
      for (int k = 0; k < 7 && std::getline(fields, field, ','); ++k) kept += field + ",";
      kept += "\n";
    }
    return kept;
  }
};

}  // namespace

TEST_CASE("an experiment runs, says where it is, and is not done again") {
  const WithExperiment place(1);
  const Outcome first = place.run({"experiment", "run", "./rates.yaml", "-o", "out"});
  CHECK(first.code == 0);
  CHECK(contains(first.out, "0.005 seed 1: test_accuracy "));
  CHECK(contains(first.out, "0.05 seed 1: test_accuracy "));
  CHECK(
      contains(first.err,
               "2 of 2 cells done in out; to see them: neurosim experiment report ./rates.yaml -o "
               "out\n"));
  const Outcome status = place.run({"experiment", "status", "./rates.yaml", "-o", "out"});
  CHECK(contains(status.out, "2 of 2 done"));
  const Outcome again = place.run({"experiment", "run", "./rates.yaml", "-o", "out"});
  CHECK(again.code == 0);
  CHECK(again.out.empty());

  CHECK(place.run({"experiment", "run", "./rates.yaml", "-o", "a", "--shard", "1/2"}).code == 0);
  CHECK(place.run({"experiment", "run", "./rates.yaml", "-o", "b", "--shard", "2/2"}).code == 0);
  const Outcome merged = place.run(
      {"experiment", "merge", "./rates.yaml", "-o", "both", "--from", "a", "--from", "b"});
  CHECK(contains(merged.out, "both holds 2 results"));
  CHECK(place.results("both") == place.results("out"));

  // Of another scale: what is there stays.
  CHECK(place.run({"experiment", "run", "./rates.yaml", "-o", "c", "--samples", "40"}).code == 0);
  const Outcome refused =
      place.run({"experiment", "merge", "./rates.yaml", "-o", "both", "--from", "c"});
  CHECK(refused.code == 3);
  CHECK(contains(refused.err, "of another network or scale"));
  CHECK(place.results("both") == place.results("out"));
  const Outcome scaled = place.run({"experiment", "status", "./rates.yaml", "-o", "c"});
  CHECK(contains(scaled.out, "done with samples=40"));
  CHECK(contains(scaled.out, "0 of 2 done"));
  CHECK(contains(
      place.run({"experiment", "status", "./rates.yaml", "-o", "c", "--samples", "40"}).out,
      "2 of 2 done"));
}

TEST_CASE("an experiment that was changed: results of before are told from those of now") {
  const WithExperiment place(1);
  CHECK(place.run({"experiment", "run", "./rates.yaml", "-o", "out", "--only", "0.05"}).code == 0);
  const std::string network = place.read("net.yaml");
  place.write("net.yaml", network + "# no change\n");
  CHECK(contains(place.run({"experiment", "status", "./rates.yaml", "-o", "out"}).out,
                 "1 of 2 done"));
  std::string changed = network;
  place.write("net.yaml", changed.replace(changed.find("samples: 256"), 0, "batch: 16, "));
  CHECK(contains(place.run({"experiment", "status", "./rates.yaml", "-o", "out"}).out,
                 "of another network than now"));
  const Outcome report = place.run({"experiment", "report", "./rates.yaml", "-o", "out"});
  CHECK(report.code == 3);
  CHECK(contains(report.err, "0.05 seed 1: left out, of another network than now\n"));
  const Outcome refused = place.run({"experiment", "run", "./rates.yaml", "-o", "out"});
  CHECK(refused.code == 2);
  CHECK(contains(refused.err, "--replace replaces such results"));
  const Outcome merged =
      place.run({"experiment", "merge", "./rates.yaml", "-o", "both", "--from", "out"});
  CHECK(merged.code == 3);
  CHECK(contains(merged.err, "of another network than ./rates.yaml has now"));
  CHECK(place.run({"experiment", "run", "./rates.yaml", "-o", "out", "--replace"}).code == 0);
  CHECK(place.run({"experiment", "report", "./rates.yaml", "-o", "out"}).code == 0);
  CHECK(contains(place.read("out/report.md"), "- done: 2 of 2 trainings"));

  place.write("other.yaml",
              "format: neurosim-experiment/1\ntitle: One rate\nwork: train\n"
              "network: net.yaml\nepochs: 1\naxes: { rate: [0.5] }\n");
  CHECK(contains(
      place.run({"experiment", "merge", "./other.yaml", "-o", "both", "--from", "out"}).err,
      "a result of cell 0.005 with seed 1, which ./other.yaml does not have"));
}

TEST_CASE("two processes do an experiment together, a cell that fails is told") {
  const WithExperiment place(40);
  CHECK(place.run({"experiment", "run", "./rates.yaml", "-o", "whole", "--quiet"}).code == 0);
  Child child(place.command({"experiment", "run", "./rates.yaml", "-o", "both/"}),
              {.folder = place.folder()});
  wait_until([&] { return contains(child.errors(), "epoch 1"); });
  const Outcome second = place.run({"experiment", "run", "./rates.yaml", "-o", "both"});
  CHECK(second.code == 0);
  CHECK(child.wait().code == 0);
  CHECK(contains(second.err, "0.005 seed 1: another process is doing it"));
  CHECK(contains(second.out, "0.05 seed 1: test_accuracy"));
  CHECK(place.results("both") == place.results("whole"));

  std::string network = place.read("net.yaml");
  const std::string weights = "{ init: xavier_uniform }";
  network.replace(network.find(weights), weights.size(), "{ file: none.h5, dataset: w }");
  place.write("net.yaml", network);
  const Outcome failed = place.run({"experiment", "run", "./rates.yaml", "-o", "none", "-q"});
  CHECK(failed.code == 3);
  CHECK(contains(failed.err, "0.005 seed 1: failed: "));
  CHECK(contains(failed.err, "2 cells failed; mend that, then give the same command again\n"));
}

TEST_CASE("a killed experiment goes on, to the same tables") {
  const WithExperiment place(40);
  CHECK(place.run({"experiment", "run", "./rates.yaml", "-o", "whole", "--quiet"}).code == 0);
  for (const int signal : {SIGKILL, SIGINT}) {
    CAPTURE(signal);
    const std::string folder = "parts" + std::to_string(signal);
    Child child(place.command({"experiment", "run", "./rates.yaml", "-o", folder}),
                {.folder = place.folder()});
    wait_until([&] { return contains(child.errors(), "epoch 3"); });
    child.send(signal);
    const Outcome stopped = child.wait();
    CHECK((signal == SIGKILL ? stopped.signal == SIGKILL : stopped.code == 130));
    const Outcome status = place.run({"experiment", "status", "./rates.yaml", "-o", folder});
    CHECK(contains(status.out, " of 40 epochs"));
    CHECK(contains(status.out, "0 of 2 done"));
    const Outcome scaled =
        place.run({"experiment", "status", "./rates.yaml", "-o", folder, "--epochs", "9"});
    CHECK(scaled.code == 0);
    CHECK_FALSE(contains(scaled.out, " of 9 epochs"));
    CHECK_FALSE(contains(scaled.out, " of 40 epochs"));
    CHECK(place.run({"experiment", "run", "./rates.yaml", "-o", folder, "--quiet"}).code == 0);
    CHECK(place.results(folder) == place.results("whole"));
  }
}

TEST_CASE("a figure whose recorded states are gone stays as it was drawn") {
  if (!std::filesystem::exists("/usr/bin/gnuplot")) {
    MESSAGE("skipped: no gnuplot");
    return;
  }
  const Workplace place;
  place.write(
      "neuron.yaml",
      "format: neurosim/1\nname: neuron\ntime: { steps: 20 }\n"
      "populations:\n  one: { model: src, size: 1 }\n"
      "record: { spikes: [one], states: { one: { variables: [x, h, hs], neurons: all } } }\n");
  place.write("neuron-states.yaml",
              "format: neurosim-experiment/1\ntitle: States\nwork: run\nnetwork: neuron.yaml\n"
              "figures: [{ kind: states, name: states, caption: \"h, hs.\" }]\n");
  const auto report = [&] {
    return place.run({"experiment", "report", "./neuron-states.yaml", "-o", "out"});
  };
  CHECK(place.run({"experiment", "run", "./neuron-states.yaml", "-o", "out"}).code == 0);
  CHECK(report().code == 0);
  const std::string text = place.read("out/report.md");
  const std::string figure = place.read("out/states.svg") + "<!-- not drawn anew -->";
  place.write("out/states.svg", figure);
  CHECK(contains(text, "](<states.svg>)"));
  std::filesystem::remove_all(place.folder() + "/out/runs");
  const Outcome again = report();
  CHECK(again.code == 0);
  CHECK(contains(again.err, "states.svg stays as it was drawn before\n"));
  CHECK(place.read("out/states.svg") == figure);
  CHECK(place.read("out/report.md") == text);
}

TEST_CASE("experiment: mistakes") {
  const WithExperiment place(1);
  const auto message = [&](std::vector<std::string> words, int code) {
    words.insert(words.begin(), "experiment");
    const Outcome outcome = place.run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == code);
    return outcome.err;
  };
  CHECK(contains(message({}, 2), "neurosim help experiment"));
  CHECK(contains(message({"rnu"}, 2), "did you mean \"run\"?"));
  CHECK(contains(message({"run"}, 2), "needs the name of one experiment"));
  CHECK(contains(message({"run", "table9"}, 2), "no experiment table9"));
  CHECK(contains(message({"run", "./none.yaml"}, 3), "none.yaml"));
  CHECK(contains(message({"status", "./rates.yaml", "-o", "none"}, 3), "none: no such folder"));
  CHECK(contains(message({"run", "./rates.yaml", "--shard", "3/2"}, 2), "expected I/N"));
  CHECK(contains(message({"run", "./rates.yaml", "--shard", "-1/-1"}, 2), "expected I/N"));
  CHECK(contains(message({"run", "./rates.yaml", "--shard", "1"}, 2), "expected I/N"));
  CHECK(contains(message({"list", "rates"}, 2), "takes no name"));
  place.write("runs.yaml",
              "format: neurosim-experiment/1\ntitle: Runs\nwork: run\nnetwork: net.yaml\n");
  CHECK(contains(message({"run", "./runs.yaml", "--epochs", "2"}, 2), "simulated only"));
  CHECK(contains(message({"run", "./rates.yaml", "--only", "0.5"}, 2), "unknown cell"));
  CHECK(contains(message({"status", "./rates.yaml", "--jobs", "2"}, 2), "takes no --jobs"));
  CHECK(contains(message({"merge", "./rates.yaml"}, 2), "needs --from DIR"));
  CHECK(contains(message({"merge", "./rates.yaml", "--from", "none"}, 3), "no such folder"));
  CHECK(contains(message({"merge", "./rates.yaml", "--from", "."}, 3), "holds no results"));
  // A file of the working folder, which its name does not tell.
  place.write("reuses.yaml", place.read("rates.yaml") + "reuse: [none]\n");
  CHECK(contains(message({"status", "reuses.yaml"}, 2), "no such experiment"));
  CHECK(contains(message({"list"}, 3), "holds no experiments here"));
  place.write("silent.yaml",
              "format: neurosim/1\nname: silent\ntime: { steps: 3 }\n"
              "populations:\n  one: { model: lif, size: 1 }\nrecord: { spikes: [one] }\n");
  place.write("pictures.yaml",
              "format: neurosim-experiment/1\ntitle: Silent\nwork: run\nnetwork: silent.yaml\n");
  place.write("lost.yaml",
              "format: neurosim-experiment/1\ntitle: Lost\nwork: run\nnetwork: nix.yaml\n");
  CHECK(contains(message({"status", "./lost.yaml"}, 3), "nix.yaml: "));
  CHECK(contains(message({"run", "./pictures.yaml", "--test-samples", "2"}, 2), "has no `data:`"));
  CHECK(!std::filesystem::exists(place.folder() + "/experiments/results/pictures"));
  CHECK(contains(message({"report", "./rates.yaml", "-o", "none"}, 3),
                 "first: neurosim experiment run ./rates.yaml -o none"));
  std::filesystem::create_directories(place.folder() + "/experiments/paper");
  place.write("experiments/paper/rates.yaml", place.read("rates.yaml"));
  CHECK(contains(message({"run", "raets"}, 2), "no experiment \"raets\"; did you mean \"rates\"?"));
  // One that cannot be read hides no other.
  place.write("experiments/paper/wrong.yaml", "format: neurosim-experiment/1\nwork: trian\n");
  const Outcome listed = place.run({"experiment", "list"});
  CHECK(listed.code == 2);
  CHECK(contains(listed.err, "experiments/paper/wrong.yaml:2:7: work: unknown value \"trian\""));
  CHECK(contains(listed.out, "Two learning rates"));
  CHECK(contains(listed.out, "cannot be read"));
}

}  // namespace neurosim
