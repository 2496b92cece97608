#include <doctest/doctest.h>

#include <filesystem>
#include <vector>

#include "experiments/run.hpp"
#include "run_files.hpp"
#include "sim/network/read_description.hpp"

namespace neurosim {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> network_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(NEUROSIM_SOURCE_DIR) / "experiments")) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  return files;
}

TEST_CASE("the networks that come with neurosim parse and survive being written out") {
  const auto files = network_files();
  REQUIRE(files.size() >= 4);
  for (const fs::path& file : files) {
    CAPTURE(file.string());
    const Description description = read_description(file.string());
    CHECK(description.name == file.stem().string());
    CHECK(description.populations.size() >= 2);
    CHECK(!description.projections.empty());
    const std::string written = to_yaml(description);
    // At the same place, since relative paths are resolved against it.
    const Description again = parse_description(written, file.string());
    CHECK(to_yaml(again) == written);
    const std::string shorter = to_yaml(description, WrittenFields::kSet);
    CHECK(shorter.size() < written.size());
    CHECK(to_yaml(parse_description(shorter, file.string())) == written);
    CHECK(again.seed == description.seed);
    CHECK(again.precision == description.precision);
    CHECK(again.time == description.time);
    CHECK(again.data == description.data);
    CHECK(again.record == description.record);
    CHECK(again.training == description.training);
    REQUIRE(again.populations.size() == description.populations.size());
    for (std::size_t p = 0; p < again.populations.size(); ++p) {
      CHECK(again.populations[p].name == description.populations[p].name);
      CHECK(again.populations[p].model == description.populations[p].model);
      CHECK(again.populations[p].shape == description.populations[p].shape);
      CHECK(again.populations[p].parameters == description.populations[p].parameters);
      CHECK(again.populations[p].source == description.populations[p].source);
      CHECK(again.populations[p].learn == description.populations[p].learn);
    }
    REQUIRE(again.projections.size() == description.projections.size());
    for (std::size_t p = 0; p < again.projections.size(); ++p) {
      CHECK(again.projections[p].name == description.projections[p].name);
      CHECK(again.projections[p].from == description.projections[p].from);
      CHECK(again.projections[p].to == description.projections[p].to);
      CHECK(again.projections[p].connect == description.projections[p].connect);
      CHECK(again.projections[p].weights == description.projections[p].weights);
      CHECK(again.projections[p].storage == description.projections[p].storage);
      CHECK(again.projections[p].delay == description.projections[p].delay);
      CHECK(again.projections[p].learn == description.projections[p].learn);
    }
  }
}

TEST_CASE("the quickstart runs as it stands") {
  const Description description = read_description(
      std::string(NEUROSIM_SOURCE_DIR) + "/experiments/quickstart.yaml", {{"data.samples", "10"}});
  const test::RunFolder folder;
  const RunSummary summary = run_network(
      description, {.output = folder.path("run.h5"), .check = Check::kBoth, .threads = 2});
  CHECK(summary.samples == 10);
  CHECK(summary.labelled == 10);
  const Results results(folder.path("run.h5"));
  // Ten drawn digits in a row are every digit once.
  auto labels = results.labels();
  std::sort(labels.begin(), labels.end());
  CHECK(labels == std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  for (const PopulationSummary& population : summary.populations) {
    CAPTURE(population.name);
    CHECK((population.spike_events > 0) == population.spikes);
  }
}

}  // namespace
}  // namespace neurosim
