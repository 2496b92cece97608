#include "tools/training_text.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "sim/network/read_description.hpp"

namespace neurosim {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Description network() {
  return parse_description(
      "format: neurosim/1\nname: two\ntime: { steps: 5 }\npopulations:\n"
      "  in: { model: poisson, size: 3, rate_hz: 10 }\n"
      "  hidden: { model: lif, size: 4 }\n"
      "  last: { model: lif, size: 2 }\n"
      "  classes: { model: leaky_readout, size: 2 }\n"
      "projections:\n"
      "  - { from: in, to: hidden, weights: 1 }\n"
      "  - { from: hidden, to: last, weights: 1 }\n"
      "  - { from: last, to: classes, weights: 1 }\n",
      "net.yaml");
}

EpochMetrics metrics(std::uint64_t epoch, double validation_accuracy) {
  return {.epoch = epoch,
          .loss = 0.51234,
          .training_accuracy = 0.8765,
          .validation_loss = validation_accuracy,
          .validation_accuracy = validation_accuracy,
          .learning_rate = 0.00452,
          .gradient_norm = 12.3456,
          .seconds = 2,
          .samples_per_second = 1234.5,
          .activity = {0.01, 0.125, 0.02, kNaN},
          .error_density = {kNaN, 0.5, 0.25, kNaN},
          .error_dropped = {kNaN, 1e-6, 0, kNaN}};
}

}  // namespace

TEST_CASE("the memory estimate stands in one unit") {
  CHECK(memory_text({.parameters = 25'000'000, .tape = 55'000'000, .spikes = 5'400'000}) ==
        "memory: about 85.4 MB besides the data (parameters 25.0, tape 55.0, spikes 5.40)");
  CHECK(memory_text({.parameters = 1'000'000, .tape = 2'000'000'000, .segments = 4}) ==
        "memory: about 2.00 GB besides the data (parameters 0.001, tape 2.00, spikes 0); samples "
        "are cut into 4 "
        "segments, so that steps are computed twice");
}

TEST_CASE("a row an epoch, below its titles") {
  const EpochTable table(network(), Terminal{});
  CHECK(table.heading({}) ==
        "epoch     loss  train %  valid %        lr  gradient  T(s) % hidden  T(s) % last  "
        "samples/s\n");
  CHECK(table.row(metrics(3, 0.9)) ==
        "    3   0.5123    87.65    90.00   0.00452      12.3           12.5         2.00  "
        "    1,235\n");
  CHECK(table.row(metrics(3, kNaN)).find("    87.65        -   0.00452") != std::string::npos);
}

TEST_CASE("terminals show the last populations, as fits") {
  const auto heading = [](int columns) {
    return EpochTable(network(), {.tty = true, .columns = columns}).heading({});
  };
  CHECK(heading(200) == EpochTable(network(), Terminal{}).heading({}));
  CHECK(heading(80).find("hidden") == std::string::npos);
  CHECK(heading(80).find("T(s) % last") != std::string::npos);
  CHECK(heading(80).size() <= 81);
  CHECK(heading(40).find("T(s)") == std::string::npos);
}

TEST_CASE("the best epoch is the first of the best") {
  TrainSummary summary = {.epochs = {metrics(1, 0.5), metrics(2, 0.75), metrics(3, 0.75)},
                          .kept_epoch = 3,
                          .seconds = 125};
  CHECK(best_epoch(summary)->epoch == 2);
  CHECK(
      closing_text(summary) ==
      "validation accuracy 75.00 % (weights of epoch 3 of 3; best 75.00 % in epoch 2); trained for "
      "2 min 5 s\n");
  summary.kept_epoch = 2;
  CHECK(closing_text(summary) ==
        "validation accuracy 75.00 % (weights of epoch 2 of 3); trained for 2 min 5 s\n");

  summary.epochs = {metrics(1, kNaN), metrics(2, kNaN)};
  CHECK(closing_text(summary) ==
        "training accuracy 87.65 % (weights of epoch 2 of 2); trained for 2 min 5 s\n");

  summary.epochs.clear();
  summary.kept_epoch = 0;
  CHECK(best_epoch(summary) == nullptr);
  CHECK(closing_text(summary) == "no epoch was finished; trained for 2 min 5 s\n");
}

TEST_CASE("JSON holds every epoch, and null for what there is not") {
  TrainSummary summary = {.training_samples = 90,
                          .validation_samples = 10,
                          .epochs = {metrics(1, 0.5), metrics(2, 0.75)},
                          .kept_epoch = 1,
                          .seconds = 4};
  const auto object = nlohmann::json::parse(training_json(network(), {.output = "w.h5"}, summary));
  CHECK(object["complete"] == true);
  CHECK(object["best_epoch"] == 2);
  CHECK(object["kept_epoch"] == 1);
  CHECK(object["best_validation_accuracy"] == 0.75);
  REQUIRE(object["epochs"].size() == 2);
  CHECK(object["epochs"][1]["learning_rate"] == 0.00452);
  CHECK(object["epochs"][1]["activity"] ==
        nlohmann::json({{"in", 0.01}, {"hidden", 0.125}, {"last", 0.02}}));
  CHECK(object["epochs"][1]["error_density"] == nlohmann::json({{"hidden", 0.5}, {"last", 0.25}}));

  summary.epochs = {metrics(1, kNaN)};
  const auto without = nlohmann::json::parse(training_json(network(), {.output = "w.h5"}, summary));
  CHECK(without["best_epoch"].is_null());
  CHECK(without["epochs"][0]["validation_loss"].is_null());
}

}  // namespace neurosim
