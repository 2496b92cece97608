#include "experiments/metrics_csv.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <limits>

#include "run_files.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
const std::vector<std::string> kPopulations = {"pixels", "hidden", "classes"};
constexpr const char* kScalars =
    "epoch,loss,training_accuracy,validation_loss,validation_accuracy,learning_rate,gradient_norm,"
    "seconds,samples_per_second";

EpochMetrics metrics(std::uint64_t epoch) {
  return {.epoch = epoch,
          .loss = 0.1,
          .training_accuracy = 1.0 / 3,
          .validation_loss = kNaN,
          .validation_accuracy = kNaN,
          .learning_rate = 1e-300,
          .gradient_norm = 2,
          .seconds = 3.5,
          .samples_per_second = 1e6,
          .activity = {0.5, 0.25, kNaN},
          .error_density = {kNaN, 0.125, kNaN},
          .error_dropped = {kNaN, kNaN, kNaN}};
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("a line an epoch, populations have columns for what they have numbers of") {
  std::vector<EpochMetrics> epochs = {metrics(1), metrics(2)};
  epochs[1].error_dropped[1] = 0;  // known in one epoch is enough
  const std::string numbers = ",0.1,0.3333333333333333,,,1e-300,2,3.5,1000000";
  CHECK(metrics_csv(kPopulations, epochs) ==
        std::string(kScalars) +
            ",activity_pixels,activity_hidden,error_density_hidden,error_dropped_hidden\n"
            "1" +
            numbers +
            ",0.5,0.25,0.125,\n"
            "2" +
            numbers + ",0.5,0.25,0.125,0\n");
}

TEST_CASE("before the first epoch there is a header") {
  CHECK(metrics_csv(kPopulations, {}) == std::string(kScalars) + "\n");
}

TEST_CASE("the file is replaced as a whole") {
  const test::RunFolder folder;
  const std::string path = folder.path("epochs.csv");
  const std::vector<EpochMetrics> epochs = {metrics(1), metrics(2)};
  write_metrics_csv(path, kPopulations, epochs, Overwrite::kRefuse);
  CHECK(read(path) == metrics_csv(kPopulations, epochs));
  CHECK_THROWS_AS(write_metrics_csv(path, kPopulations, {}, Overwrite::kRefuse), DataError);
  CHECK(read(path) == metrics_csv(kPopulations, epochs));
  write_metrics_csv(path, kPopulations, {}, Overwrite::kAllow);
  CHECK(read(path) == std::string(kScalars) + "\n");
  CHECK(folder.names() == std::vector<std::string>{"epochs.csv"});
}

}  // namespace
}  // namespace neurosim
