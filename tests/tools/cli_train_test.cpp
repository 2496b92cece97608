#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/cli_files.hpp"
#include "tools/train_files.hpp"

namespace neurosim {
namespace {

/// The tiny network trained into w.h5.
Outcome train(const Workplace& place, std::vector<std::string> words = {}) {
  place.write("net.yaml", kTrainNetwork);
  words.insert(words.begin(), {"train", "net.yaml", "-o", "w.h5"});
  return place.run(words);
}

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

}  // namespace

TEST_CASE("train prints a row an epoch, and run takes the weights") {
  const Workplace place;
  const Outcome outcome = train(place, {"--metrics", "m.csv"});
  CAPTURE(outcome.err);
  REQUIRE(outcome.code == 0);
  CHECK(outcome.out.starts_with("epoch "));
  for (const char* part :
       {"valid %", "T(s) % hidden", "\n    1 ", "\n    2 ", "\nvalidation accuracy ",
        "(weights of epoch 2 of 2", "; trained for "}) {
    CAPTURE(part);
    CHECK(contains(outcome.out, part));
  }
  CHECK(lines(outcome.out) == 4);
  CHECK(outcome.err.starts_with("memory: about "));
  CHECK(outcome.err.ends_with("wrote w.h5; to use it: neurosim run net.yaml --weights w.h5\n"));
  CHECK(lines(place.read("m.csv")) == 3);
  CHECK_FALSE(place.has("w.h5.partial"));
  CHECK_FALSE(place.has("m.csv.partial"));

  const Outcome run = place.run({"run", "net.yaml", "--weights", "w.h5"});
  CAPTURE(run.err);
  CHECK(run.code == 0);
  CHECK(contains(run.out, "of 5)"));
  CHECK(place.run({"run", "net.yaml"}).out != run.out);
}

TEST_CASE("train -q says nothing on stderr, and nothing moves where there is no terminal") {
  const Workplace place;
  CHECK(train(place, {"-q"}).err.empty());
  CHECK_FALSE(contains(train(place, {"--force"}).err, "\r"));
  place.write("net.yaml", kTrainNetwork);
  const Outcome shown =
      place.run({"train", "net.yaml", "-o", "w.h5", "--force"}, {.stdio = Stdio::kTerminal});
  CHECK(contains(shown.out, "epoch 1/2  "));
  CHECK(contains(shown.out, "\r\033[K"));
}

TEST_CASE("train --json prints one object with the documented keys") {
  const Workplace place;
  const Outcome outcome = train(place, {"--json", "-q", "--seed", "3"});
  REQUIRE(outcome.code == 0);
  const auto result = nlohmann::json::parse(outcome.out);
  CHECK(result["network"] == "tiny");
  CHECK(result["seed"] == 3);
  CHECK(result["complete"] == true);
  CHECK(result["training_samples"] == 32);
  CHECK(result["validation_samples"] == 8);
  REQUIRE(result["epochs"].size() == 2);
  CHECK(result["epochs"][1]["epoch"] == 2);
  CHECK(result["epochs"][0]["activity"].contains("hidden"));
  const std::string help = place.run({"help", "json"}).out;
  for (const auto& [key, value] : result.items()) CHECK(contains(help, key));
  for (const auto& [key, value] : result["epochs"][0].items()) CHECK(contains(help, key));
}

TEST_CASE("the same seed gives the same training, whatever the threads") {
  const Workplace place;
  const auto losses = [&](const std::vector<std::string>& words) {
    auto all = words;
    all.insert(all.end(), {"--json", "-q", "--force"});
    std::vector<double> list;
    const auto result = nlohmann::json::parse(train(place, all).out);
    for (const auto& epoch : result["epochs"]) list.push_back(epoch["loss"]);
    REQUIRE(list.size() == 2);
    return list;
  };
  const auto one = losses({"--threads", "1"});
  CHECK(losses({"--threads", "3"}) == one);
  CHECK(losses({"--seed", "9"}) != one);
}

TEST_CASE("options of train are short for keys of the network") {
  const Workplace place;
  const auto result =
      nlohmann::json::parse(train(place, {"--epochs", "1", "--samples", "20", "--json", "-q"}).out);
  CHECK(result["training_samples"] == 16);
  CHECK(result["epochs"].size() == 1);
}

TEST_CASE("an output may not be a file that the network file reads") {
  const Workplace place;
  REQUIRE(train(place).code == 0);
  for (const char* command : {"train", "run"}) {
    const Outcome outcome = place.run(
        {command, "net.yaml", "-o", "w.h5", "--force", "--set",
         "projections.0.weights={ file: w.h5, dataset: neurosim/weights/pixels_to_hidden }"});
    CHECK(outcome.code == 2);
    CHECK(contains(outcome.err, "--output: w.h5 is read by net.yaml"));
  }
}

TEST_CASE("train replaces files with --force only") {
  const Workplace place;
  place.write("w.h5", "precious");
  const Outcome refused = train(place);
  CHECK(refused.code == 3);
  CHECK(refused.out.empty());
  CHECK(contains(refused.err, "w.h5: exists already; add --force"));
  CHECK(place.read("w.h5") == "precious");
  CHECK(train(place, {"--force"}).code == 0);
  CHECK(place.read("w.h5").starts_with("\x89HDF"));

  place.write("m.csv", "precious");
  CHECK(place.run({"train", "net.yaml", "-o", "new.h5", "--metrics", "m.csv"}).code == 3);
  CHECK(place.read("m.csv") == "precious");
  CHECK_FALSE(place.has("new.h5"));
}

TEST_CASE("files that are read are never written") {
  const Workplace place;
  REQUIRE(train(place).code == 0);
  const std::string weights = place.read("w.h5");
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"train", "net.yaml", "-o", "net.yaml", "--force"},
           {"train", "net.yaml", "-o", "x.h5", "--metrics", "./net.yaml", "--force"},
           {"train", "net.yaml", "-o", "x.h5", "--metrics", "./x.h5"},
           {"train", "net.yaml", "-o", "w.h5", "--traces", "w.h5", "--force"},
           {"run", "net.yaml", "--weights", "w.h5", "-o", "./w.h5", "--force"}}) {
    const Outcome outcome = place.run(words);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
  }
  CHECK(place.read("net.yaml") == kTrainNetwork);
  CHECK(place.read("w.h5") == weights);
}

TEST_CASE("wrong options of train are usage errors") {
  const Workplace place;
  place.write("net.yaml", kTrainNetwork);
  const Outcome nowhere = place.run({"train", "net.yaml"});
  CHECK(nowhere.code == 2);
  CHECK(contains(nowhere.err, "-o FILE"));
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--epochs", "0"},
                                             {"--samples", "few"},
                                             {"--max-memory", "much"},
                                             {"--max-memory", "0"},
                                             {"--checkpoint-every", "0"},
                                             {"--threads", "0"},
                                             {"--metrics="},
                                             {"--traces="},
                                             {"--resume", "--force"},
                                             {"--engine", "event"}}) {
    const Outcome outcome = train(place, words);
    CAPTURE(words[0]);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK(contains(outcome.err, "error: "));
  }
  CHECK_FALSE(place.has("w.h5"));
}

TEST_CASE("networks that cannot be trained are told so") {
  const Workplace place;
  place.write("net.yaml", kTrainNetwork);
  const auto refused = [&](const std::vector<std::string>& words) {
    std::vector<std::string> all = {"train", "net.yaml", "-o", "w.h5"};
    all.insert(all.end(), words.begin(), words.end());
    const Outcome outcome = place.run(all);
    CHECK(outcome.code == 2);
    CHECK_FALSE(place.has("w.h5"));
    return outcome.err;
  };
  CHECK(contains(refused({"--set", "training.samples=none"}), "training.samples: missing"));
  CHECK(contains(
      refused({"--set", "projections.0.learn=false", "--set", "projections.1.learn=false"}),
      "net.yaml"));
  CHECK(contains(refused({"--set", "populations.classes.model=lif"}), "net.yaml"));
  CHECK(contains(refused({"--set", "training.epoch=3"}), "epochs"));

  place.write("net.yaml", kListNetwork);  // no data, no labels
  CHECK(contains(refused({}), "labels"));
}

TEST_CASE("run --weights names what does not fit") {
  const Workplace place;
  REQUIRE(train(place).code == 0);
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"run", "net.yaml"});
    return place.run(words);
  };
  const Outcome none = run({"--weights", "none.h5"});
  CHECK(none.code == 3);
  CHECK(contains(none.err, "none.h5"));
  const Outcome other = run({"--weights", "w.h5", "--set", "populations.hidden.size=13"});
  CHECK(other.code == 3);
  CHECK(contains(other.err, "[13, 784]"));
  const Outcome fixed = run({"--weights", "w.h5", "--set", "projections.0.learn=false", "--set",
                             "projections.1.learn=false"});
  CHECK(fixed.code == 2);
  CHECK(contains(fixed.err, "nothing learns"));
  for (const char* learned :
       {"populations.hidden.parameters.bias=-5", "populations.hidden.parameters={ bias: -5 }",
        "projections.0.weights=1", "projections.0.weights.gain=2"}) {
    const Outcome both =
        run({"--weights", "w.h5", "--set", "populations.hidden.learn=[bias]", "--set", learned});
    CHECK(both.code == 2);
    CHECK(contains(both.err, "was learned, so --weights gives its value"));
  }
  CHECK(run({"--weights", "w.h5", "--set", "populations.hidden.parameters.rho=2"}).code == 0);
  CHECK_FALSE(contains(run({"--weights", "w.h5"}).err, "nothing is learned yet"));
  CHECK(contains(run({}).err, "nothing is learned yet"));
  CHECK_FALSE(contains(
      run({"--set",
           "projections.0.weights={ file: w.h5, dataset: neurosim/weights/pixels_to_hidden }"})
          .err,
      "nothing is learned yet"));
  place.write("text.h5", "no HDF5");
  CHECK(run({"--weights", "text.h5"}).code == 3);
}

TEST_CASE("train takes recorded spikes, and run the weights learned from them") {
  const Workplace place;
  place.write("net.yaml", kTrainNetwork);
  REQUIRE(place
              .run({"run", "net.yaml", "--set", "data.split=train", "--samples", "40", "-o",
                    "traces.h5"})
              .code == 0);
  const Outcome outcome = train(place, {"--traces", "traces.h5"});
  CAPTURE(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(place.run({"run", "net.yaml", "--weights", "w.h5"}).code == 0);
  CHECK(train(place, {"--force", "--traces", "none.h5"}).code == 3);
}

}  // namespace neurosim
