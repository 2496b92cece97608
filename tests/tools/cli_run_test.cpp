#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tools/cli_files.hpp"

namespace neurosim {
namespace {

nlohmann::json run_json(const Workplace& place, std::vector<std::string> words) {
  words.insert(words.begin(), {"run", "net.yaml", "--json"});
  const Outcome outcome = place.run(words);
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  return nlohmann::json::parse(outcome.out);
}

}  // namespace

TEST_CASE("run prints a table on stdout and says on stderr that nothing was recorded") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  const Outcome outcome = place.run({"run", "net.yaml"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.starts_with("population  model "));
  for (const char* part :
       {"pixels", "hidden", "classes", "accuracy ", "3 samples in ", " samples/s"}) {
    CAPTURE(part);
    CHECK(contains(outcome.out, part));
  }
  CHECK(outcome.err == "nothing recorded; add -o out.h5\n");
  CHECK(place.run({"run", "net.yaml", "-q"}).err.empty());
}

TEST_CASE("run says what an accuracy hides of the readout") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  const auto notes = [&](const std::string& change) {
    const Outcome outcome = place.run({"run", "net.yaml", "--set", change});
    CHECK(outcome.code == 0);
    return outcome.err;
  };
  CHECK(contains(notes("populations.hidden.parameters.bias=-30"),
                 "in 3 of 3 samples all neurons of classes ended equal, so the first was "
                 "predicted\n"));
  CHECK(contains(notes("projections.1.weights=1"), "in 3 of 3 samples"));
  const std::string one = notes("populations.classes.size=1");
  CHECK(contains(one, ", but classes has 1 neuron: samples of label 1 and more count as wrong\n"));
  CHECK_FALSE(contains(one, "ended equal"));
  const std::string neither = notes("seed=1");
  CHECK_FALSE(contains(neither, "ended equal"));
  CHECK_FALSE(contains(neither, "labels go up"));
}

TEST_CASE("run --json prints one object with the documented keys") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  const auto result = run_json(place, {"-o", "out.h5", "--samples", "2", "--seed", "7"});
  CHECK(result["network"] == "small");
  CHECK(result["seed"] == 7);
  CHECK(result["engine"] == "event");
  CHECK(result["complete"] == true);
  CHECK(result["samples"] == 2);
  CHECK(result["samples_planned"] == 2);
  CHECK(result["labelled"] == 2);
  CHECK(result["output"] == "out.h5");
  REQUIRE(result["populations"].size() == 3);
  CHECK(result["populations"][1]["model"] == "src");
  CHECK(result["populations"][1]["neurons"] == 16);
  CHECK(result["populations"][2]["sends_spikes"] == false);
  const std::string help = place.run({"help", "json"}).out;
  for (const auto& [key, value] : result.items()) CHECK(contains(help, key));
  for (const auto& [key, value] : result["populations"][0].items()) CHECK(contains(help, key));
}

TEST_CASE("threads and engines do not change the results") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  auto event = run_json(place, {"--threads", "1"})["populations"];
  CHECK(run_json(place, {"--threads", "3"})["populations"] == event);
  auto reference = run_json(place, {"--engine", "reference"})["populations"];
  for (std::size_t k = 0; k < event.size(); ++k) {  // the work may differ, the spikes may not
    for (const char* key : {"updates_done", "updates_skipped"}) {
      event[k].erase(key);
      reference[k].erase(key);
    }
  }
  CHECK(reference == event);
}

TEST_CASE("run --check says that both engines agree") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  const Outcome outcome = place.run({"run", "net.yaml", "--check"});
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.err, "both engines agree bit for bit on 3 samples"));
}

TEST_CASE("an existing output is replaced with --force only") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  place.write("out.h5", "precious");
  const Outcome refused = place.run({"run", "net.yaml", "-o", "out.h5"});
  CHECK(refused.code == 3);
  CHECK(refused.out.empty());
  CHECK(contains(refused.err, "out.h5: exists already; add --force"));
  CHECK(place.read("out.h5") == "precious");

  const Outcome forced = place.run({"run", "net.yaml", "-o", "out.h5", "--force"});
  CHECK(forced.code == 0);
  CHECK(contains(forced.err, "wrote out.h5"));
  CHECK(place.read("out.h5").starts_with("\x89HDF"));
  CHECK_FALSE(place.has("out.h5.partial"));
}

TEST_CASE("the network file is never taken for the output") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  const Outcome outcome = place.run({"run", "net.yaml", "-o", "./net.yaml", "--force"});
  CHECK(outcome.code == 2);
  CHECK(place.read("net.yaml") == kSmallNetwork);
}

TEST_CASE("every mistake of a network is printed with its place, and nothing is written") {
  const Workplace place;
  place.write("net.yaml",
              "format: neurosim/1\n"
              "name: wrong\n"
              "time: { steps: ten }\n"
              "populations:\n"
              "  input: { model: poisson, size: 2, rate_hz: 10 }\n"
              "  cells: { model: lif, size: 0 }\n"
              "projections:\n"
              "  - { from: input, to: cells, connect: all_to_all, weights: { init: constant } }\n");
  for (const char* command : {"run", "validate", "graph"}) {
    std::vector<std::string> words = {command, "net.yaml"};
    if (command == std::string("run")) words.insert(words.end(), {"-o", "out.h5"});
    const Outcome outcome = place.run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK(contains(outcome.err, "net.yaml:3:16: time.steps: "));
    CHECK(contains(outcome.err, "net.yaml:6:30: populations.cells.size: "));
    CHECK(contains(outcome.err, "2 errors; nothing was written\n"));
  }
  CHECK_FALSE(place.has("out.h5"));
  CHECK_FALSE(place.has("out.h5.partial"));
}

TEST_CASE("what is not YAML is told with line and column") {
  const Workplace place;
  place.write("net.yaml", "name: [1, 2\nseed: 3\n");
  const Outcome outcome = place.run({"run", "net.yaml"});
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK(contains(outcome.err, "net.yaml:2:"));
}

TEST_CASE("mistakes of --set are told as such") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  const Outcome outcome = place.run({"validate", "net.yaml", "--set", "time.steps=none"});
  CHECK(outcome.code == 2);
  CHECK(contains(outcome.err, "--set time.steps=none"));
  CHECK(place.run({"validate", "net.yaml", "--set", "time.steps=5"}).out.find("5 steps") !=
        std::string::npos);
}

TEST_CASE("validate prints what the network consists of") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  const Outcome outcome = place.run({"validate", "net.yaml"});
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out ==
        "net.yaml: ok: 3 populations, 2 projections, 810 neurons, 20 steps of 1 ms, data "
        "synthetic-digits\n");
}

TEST_CASE("--samples needs data") {
  const Workplace place;
  place.write("net.yaml", kListNetwork);
  CHECK(place.run({"run", "net.yaml"}).code == 0);
  const Outcome outcome = place.run({"run", "net.yaml", "--samples", "5"});
  CHECK(outcome.code == 2);
  CHECK(contains(outcome.err, "--samples: net.yaml has no `data:` section"));
}

TEST_CASE("missing files are data errors that name the file") {
  const Workplace place;
  const Outcome network = place.run({"run", "nowhere.yaml"});
  CHECK(network.code == 3);
  CHECK(contains(network.err, "nowhere.yaml: "));

  place.write("net.yaml", kSmallNetwork);
  const Outcome output = place.run({"run", "net.yaml", "-o", "no/such/folder/out.h5"});
  CHECK(output.code == 3);
  CHECK(output.out.empty());
  CHECK(contains(output.err, "no/such/folder/out.h5"));

  const Outcome data =
      place.run({"run", "net.yaml", "--set", "data.dataset=mnist", "--data-dir", "empty"},
                {.environment = {{"HOME", place.folder()}}});
  CHECK(data.code == 3);
  CHECK(contains(data.err, "--data-dir"));
}

}  // namespace neurosim
