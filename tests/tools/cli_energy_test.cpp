#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tools/cli_files.hpp"

namespace neurosim {
namespace {

class WithRun : public Workplace {
 public:
  WithRun() {
    write("net.yaml", kSmallNetwork);
    REQUIRE(run({"run", "net.yaml", "-o", "out.h5"}).code == 0);
  }
};

}  // namespace

TEST_CASE("energy: counts and prices for people") {
  const WithRun place;
  const Outcome outcome = place.run({"energy", "out.h5"});
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  for (const char* part :
       {"Counts over 3 samples of 20 steps, event engine", "updates driven", "activation sparsity",
        "a proxy from published prices, not a measurement", "loihi", "cmos45-fp32",
        "Without a price, and so not in the sums:", "cmos45-fp32: spike, neuron_update"}) {
    CAPTURE(part);
    CHECK(contains(outcome.out, part));
  }
  const Outcome layers = place.run({"energy", "out.h5", "--device", "loihi"});
  CHECK(contains(layers.out, "weight memory"));
  CHECK(!contains(layers.out, "spinnaker"));
}

TEST_CASE("energy --json and --csv agree, and say what inspect says") {
  const WithRun place;
  const auto object = nlohmann::json::parse(place.run({"energy", "out.h5", "--json"}).out);
  const auto seen = nlohmann::json::parse(place.run({"inspect", "out.h5", "--json"}).out);
  REQUIRE(object["populations"].size() == seen["populations"].size());
  for (std::size_t p = 0; p < seen["populations"].size(); ++p) {
    const auto& work = object["populations"][p];
    const auto& population = seen["populations"][p];
    CHECK(work["name"] == population["name"]);
    CHECK(work["updates_skipped"] == population["updates_skipped"]);
    CHECK(work["updates_driven"].get<std::uint64_t>() + work["updates_idle"].get<std::uint64_t>() ==
          population["updates_done"].get<std::uint64_t>());
  }
  const std::string help = place.run({"help", "json"}).out;
  for (const auto& [key, value] : object["energy"][0].items()) {
    CAPTURE(key);
    CHECK(contains(help, key));
  }
  std::istringstream rows(place.run({"energy", "out.h5", "--csv"}).out);
  std::string row;
  std::getline(rows, row);
  CHECK(row.starts_with("device,network,population,synapses_pj"));
  std::size_t count = 0;
  while (std::getline(rows, row)) ++count;
  // The populations, their sum and the network without spikes.
  CHECK(count == object["energy"].size() * (object["populations"].size() + 2));
}

TEST_CASE("energy: mistakes") {
  const WithRun place;
  const auto message = [&](std::vector<std::string> words, int code) {
    words.insert(words.begin(), {"energy", "out.h5"});
    const Outcome outcome = place.run(words);
    CHECK(outcome.code == code);
    CHECK(outcome.out.empty());
    return outcome.err;
  };
  CHECK(contains(message({"--device", "lohi"}, 2), "did you mean \"loihi\"?"));
  CHECK(contains(message({"--json", "--csv"}, 2), "exclude each other"));
  CHECK(contains(message({"--prices", "none.yaml"}, 3), "none.yaml"));
  place.write("mine.yaml", "format: neurosim-devices/1\ndevices: { mine: {} }\n");
  const std::string missing = message({"--prices", "mine.yaml"}, 2);
  CHECK(contains(missing, "devices.mine: missing key \"title\""));
  CHECK(contains(missing, "missing key \"prices\""));
  CHECK(place.run({"energy", "none.h5"}).code == 3);
}

}  // namespace neurosim
