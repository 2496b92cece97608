// Training as a whole: its files, resumption, interruption, refusals. What is learned is tested
// with the trainer.

#include "experiments/train.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "models/src_neuron.hpp"
#include "run_files.hpp"
#include "sim/core/error.hpp"
#include "sim/io/checkpoint_file.hpp"
#include "support/file_size_limit.hpp"

namespace neurosim {
namespace {

using test::refusal;
using test::RunFolder;
using test::same;

Description network(const std::string& training = "") {
  return test::describe(
      "format: neurosim/1\nname: tiny\nseed: 2\ntime: { steps: 40 }\n"
      "data: { dataset: synthetic-digits, samples: 5, encoder: { gain: 1 } }\npopulations:\n"
      "  pixels: { model: source, shape: [28, 28] }\n"
      "  hidden: { model: src, size: 12 }\n"
      "  classes: { model: leaky_readout, size: 10 }\n"
      "projections:\n"
      "  - { from: pixels, to: hidden, weights: { init: xavier_uniform, gain: 3 }, learn: true }\n"
      "  - { from: hidden, to: classes, weights: { init: xavier_uniform }, learn: true }\n"
      "training: { samples: 40, batch: 8, epochs: 3, validation: 0.2" +
      training + " }\n");
}

std::vector<std::string> lines(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> all;
  for (std::string line; std::getline(file, line);) all.push_back(line);
  return all;
}

TEST_CASE("a training leaves its weights, its metrics and where they came from") {
  const RunFolder folder;
  std::size_t memories = 0, batches = 0;
  std::vector<std::uint64_t> epochs;
  const TrainSummary summary = train_network(
      network(), {.output = folder.path("w.h5"),
                  .metrics_csv = folder.path("m.csv"),
                  .memory = [&](const MemoryEstimate&) { ++memories; },
                  .progress = [&](const BatchProgress&) { ++batches; },
                  .epoch = [&](const EpochMetrics& m) { epochs.push_back(m.epoch); }});
  CHECK(folder.names() == std::vector<std::string>{"m.csv", "w.h5"});
  CHECK(memories == 1);
  CHECK(batches == 3 * 4);
  CHECK(epochs == std::vector<std::uint64_t>{1, 2, 3});
  CHECK_FALSE(summary.interrupted);
  CHECK(summary.training_samples == 32);
  CHECK(summary.validation_samples == 8);
  CHECK(summary.epochs.size() == 3);

  const Checkpoint kept = read_checkpoint(folder.path("w.h5"));
  CHECK(kept.network_name == "tiny");
  CHECK(kept.seed == 2);
  CHECK(kept.precision == "single");
  CHECK(kept.version == NEUROSIM_VERSION);
  CHECK(kept.finished);
  CHECK(kept.epochs.size() == 3);
  REQUIRE(kept.weights.size() == 2);
  CHECK(kept.weights[0].name == "pixels_to_hidden");
  CHECK(kept.weights[0].shape == std::vector<std::uint64_t>{12, 784});
  CHECK(kept.network_yaml.find("split: train") != std::string::npos);  // as trained
  const auto table = lines(folder.path("m.csv"));
  REQUIRE(table.size() == 4);
  CHECK(table[3].starts_with("3,"));

  CHECK(run_network(with_weights(network(), folder.path("w.h5")), {}).labelled == 5);
}

TEST_CASE("bits are for runs where weights learn, and for trainings too where they do not") {
  const RunFolder folder;
  const auto learned = [&](const Description& description) {
    train_network(description,
                  {.output = folder.path("w.h5"), .existing = OutputFile::kReplaceExisting});
    return std::get<std::vector<float>>(read_checkpoint(folder.path("w.h5")).weights[0].values);
  };
  Description both = network();
  const auto full = learned(both);
  both.projections[0].bits = both.projections[1].bits = 2;
  CHECK(learned(both) == full);
  CHECK(read_checkpoint(folder.path("w.h5")).network_yaml.find("bits: 2") != std::string::npos);

  Description first = network();
  first.projections[1].learn = false;
  const auto unrounded = learned(first);
  first.projections[1].bits = 2;
  CHECK(learned(first) != unrounded);
}

TEST_CASE("a training that was interrupted and resumed ends in the same bits") {
  const RunFolder folder;
  train_network(network(), {.output = folder.path("whole.h5")});
  for (const std::size_t stop_after : {1, 4, 6}) {  // within an epoch, at its end, in the next one
    CAPTURE(stop_after);
    std::atomic<bool> interrupt = false;
    std::size_t batches = 0;
    const std::string path = folder.path("part.h5");
    const TrainSummary part = train_network(
        network(), {.output = path,
                    .existing = OutputFile::kReplaceExisting,
                    .metrics_csv = folder.path("m.csv"),
                    .interrupt = &interrupt,
                    .progress = [&](const auto&) { interrupt = ++batches == stop_after; }});
    CHECK(part.interrupted);
    CHECK_FALSE(read_checkpoint(path).finished);
    CHECK_FALSE(same(read_checkpoint(path), read_checkpoint(folder.path("whole.h5"))));
    const TrainSummary rest = train_network(network(), {.output = path,
                                                        .start = Start::kResume,
                                                        .metrics_csv = folder.path("m.csv"),
                                                        .threads = 2});
    CHECK_FALSE(rest.interrupted);
    CHECK(rest.epochs.size() == 3);
    CHECK(lines(folder.path("m.csv")).size() == 4);
    CHECK(same(read_checkpoint(path), read_checkpoint(folder.path("whole.h5"))));
  }
}

TEST_CASE("resuming what is finished does nothing, and tells what there is") {
  const RunFolder folder;
  const std::string path = folder.path("w.h5");
  train_network(network(), {.output = path});
  const auto written = std::filesystem::last_write_time(path);
  std::size_t batches = 0;
  const TrainSummary summary =
      train_network(network(), {.output = path,
                                .start = Start::kResume,
                                .metrics_csv = folder.path("m.csv"),
                                .progress = [&](const auto&) { ++batches; }});
  CHECK(batches == 0);
  CHECK(summary.epochs.size() == 3);
  CHECK_FALSE(summary.interrupted);
  CHECK(std::filesystem::last_write_time(path) == written);
  CHECK(lines(folder.path("m.csv")).size() == 4);
}

TEST_CASE("only the training that was begun can be resumed") {
  const RunFolder folder;
  const std::string path = folder.path("w.h5");
  const auto resumed = [&](const Description& description) {
    return refusal([&] { train_network(description, {.output = path, .start = Start::kResume}); });
  };
  CHECK(resumed(network()) == path + ": does not exist, so there is no training to resume");

  std::atomic<bool> interrupt = true;
  train_network(network(), {.output = path, .interrupt = &interrupt});
  Description other = network();
  other.populations[1].size = 13;
  other.populations[1].shape = {13};
  const std::string said = resumed(other);
  CHECK(said.find("is of another training") != std::string::npos);
  CHECK(said.find("[12]") != std::string::npos);
  CHECK(said.find("[13]") != std::string::npos);
  CHECK(resumed(network(", momentum: 0.5")).find("momentum: 0.5") != std::string::npos);
  Description seed = network();
  seed.seed = 3;
  CHECK(resumed(seed).find("it has `seed: 2`, now it is `seed: 3`") != std::string::npos);

  Description recorded = network();  // what training ignores may change, and the end
  recorded.data->samples = 99;
  recorded.record.spikes = {{.population = 1, .neurons = {}}};
  recorded.training[Training::kEpochs] = {2};
  CHECK(train_network(recorded, {.output = path, .start = Start::kResume}).epochs.size() == 2);
}

TEST_CASE("files that exist are kept, and names that cannot be written are found before any work") {
  const RunFolder folder;
  std::ofstream(folder.path("old.h5")) << "precious";
  std::size_t memories = 0;
  const auto refused = [&](const std::string& output, const std::string& csv = "") {
    return refusal([&] {
      train_network(network(), {.output = output, .metrics_csv = csv, .memory = [&](const auto&) {
                                  ++memories;
                                }});
    });
  };
  const std::string old = folder.path("old.h5"), fresh = folder.path("w.h5");
  CHECK(refused(old) == old + ": exists already, and is not overwritten");
  CHECK(refused(fresh, old) == old + ": exists already, and is not overwritten");
  CHECK(refused(folder.path("none/w.h5")).find("No such file or directory") != std::string::npos);
  CHECK(refused(fresh, folder.path("none/m.csv")).find("No such file") != std::string::npos);
  CHECK(memories == 0);
  CHECK(folder.names() == std::vector<std::string>{"old.h5"});
  CHECK(std::filesystem::file_size(old) == 8);

  train_network(network(), {.output = old, .existing = OutputFile::kReplaceExisting});
  CHECK(read_checkpoint(old).finished);
}

TEST_CASE("the name is claimed at once, and what is replaced stays until there is something new") {
  const RunFolder folder;
  std::ofstream(folder.path("old.h5")) << "precious";
  const auto stop = [](const MemoryEstimate&) { throw std::runtime_error("stop"); };
  CHECK_THROWS(train_network(
      network(),
      {.output = folder.path("old.h5"), .existing = OutputFile::kReplaceExisting, .memory = stop}));
  CHECK(std::filesystem::file_size(folder.path("old.h5")) == 8);
  const auto fail = [](const BatchProgress&) { throw std::runtime_error("fail"); };
  CHECK_THROWS(train_network(network(), {.output = folder.path("new.h5"), .progress = fail}));
  CHECK(read_checkpoint(folder.path("new.h5")).epochs.empty());
  CHECK(folder.names() == std::vector<std::string>{"new.h5", "old.h5"});
}

TEST_CASE("checkpoints come between batches when time has passed") {
  const RunFolder folder;
  const std::string path = folder.path("w.h5");
  std::size_t batches = 0;
  const auto fail = [&](const BatchProgress&) {
    if (++batches == 3) throw std::runtime_error("power failure");
  };
  CHECK_THROWS(
      train_network(network(), {.output = path, .checkpoint_seconds = 0, .progress = fail}));
  CHECK_FALSE(read_checkpoint(path).finished);
  train_network(network(), {.output = path, .start = Start::kResume});
  train_network(network(), {.output = folder.path("whole.h5")});
  CHECK(same(read_checkpoint(path), read_checkpoint(folder.path("whole.h5"))));
}

TEST_CASE("training on recorded spikes is training on the data where each epoch shows the same") {
  const RunFolder folder;
  Description record = network();
  record.data->split = "train";
  record.data->samples = 40;
  record.record.spikes = {{.population = 0, .neurons = {}}};
  run_network(record, {.output = folder.path("traces.h5")});
  Description once = network();
  once.training[Training::kSpikes] = {Training::kOnce};
  train_network(once, {.output = folder.path("fly.h5")});
  train_network(once, {.output = folder.path("w.h5"), .traces = folder.path("traces.h5")});
  CHECK(same(read_checkpoint(folder.path("fly.h5")), read_checkpoint(folder.path("w.h5"))));
  const Checkpoint kept = read_checkpoint(folder.path("w.h5"));
  CHECK(kept.epochs.size() == 3);
  CHECK(kept.network_yaml.find("spike_file") != std::string::npos);
  CHECK(run_network(with_weights(network(), folder.path("w.h5")), {}).labelled == 5);
}

TEST_CASE("a projection may be named like a population, also while the best weights are kept") {
  const RunFolder folder;
  Description description = network(", early_stopping: 2");
  description.projections[0].name = "hidden";
  description.populations[1].learn = {SrcNeuron::kBias};
  train_network(description, {.output = folder.path("w.h5")});
  CHECK(read_checkpoint(folder.path("w.h5")).epochs.size() >= 1);
  CHECK(run_network(with_weights(description, folder.path("w.h5")), {}).labelled == 5);
}

TEST_CASE("a save that fails is a warning while training goes on, and an error at its end") {
  const RunFolder folder;
  std::size_t warnings = 0;
  std::optional<test::FileSizeLimit> full;
  const auto train = [&](std::uint64_t until) {
    warnings = 0;
    train_network(network(), {.output = folder.path("w.h5"),
                              .existing = OutputFile::kReplaceExisting,
                              .epoch =
                                  [&](const EpochMetrics& metrics) {
                                    if (metrics.epoch == 1) full.emplace(100);
                                    if (metrics.epoch == until) full.reset();
                                  },
                              .warning = [&](const std::string&) { ++warnings; }});
  };
  train(2);
  CHECK(warnings == 1);  // the second epoch's
  const Checkpoint kept = read_checkpoint(folder.path("w.h5"));
  CHECK(kept.finished);
  CHECK_THROWS_AS(train(4), DataError);
  full.reset();
  CHECK(warnings == 2);
  CHECK(read_checkpoint(folder.path("w.h5")).epochs.size() == 1);  // the last that was whole
}

TEST_CASE("networks that cannot be trained are refused, and leave no file") {
  const RunFolder folder;
  const auto refused = [&](const Description& description) {
    return refusal([&] { train_network(description, {.output = folder.path("w.h5")}); });
  };
  Description fixed = network();
  for (ProjectionSpec& projection : fixed.projections) projection.learn = false;
  CHECK(refused(fixed).find("net.yaml") != std::string::npos);
  Description many = network();
  many.training[Training::kSamples].clear();
  CHECK(refused(many).find("training.samples") != std::string::npos);
  CHECK(folder.names().empty());
}

}  // namespace
}  // namespace neurosim
