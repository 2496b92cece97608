// `neurosim encode` as a user calls it.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tools/cli_files.hpp"
#include "tools/train_files.hpp"

namespace neurosim {
namespace {

TEST_CASE("encode records the spikes of the sources, which inspect shows and training plays") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  const Outcome outcome = place.run({"encode", "net.yaml", "-o", "t.h5"});
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.out, "pixels"));
  CHECK(contains(outcome.out, "3 samples in "));
  CHECK(contains(outcome.out, " bytes a spike"));
  CHECK(contains(outcome.err, "wrote t.h5; to look at it: neurosim inspect t.h5"));
  const Outcome inspected = place.run({"inspect", "t.h5", "--raster", "pixels", "--sample", "1"});
  CHECK(inspected.code == 0);
  CHECK(contains(inspected.out, "pixels"));
  CHECK_FALSE(contains(outcome.err, "to train on it"));  // nothing learns
}

TEST_CASE("encode says of which split its samples are, and train warns of the wrong one") {
  const Workplace place;
  place.write("net.yaml", kTrainNetwork);
  const std::string advice = "to train on it: neurosim train net.yaml --traces t.h5 -o weights.h5";
  const Outcome test = place.run({"encode", "net.yaml", "-o", "t.h5", "--samples", "40"});
  CHECK(contains(test.err, "samples of the test split; for those to train on: --split train"));
  CHECK_FALSE(contains(test.err, advice));
  const std::vector<std::string> train = {"train", "net.yaml", "--traces", "t.h5", "-o", "w.h5"};
  const Outcome warned = place.run(train);
  CHECK(warned.code == 0);
  CHECK(contains(warned.err, "warning: t.h5 was encoded from the test split"));

  std::filesystem::remove(place.path("w.h5"));
  const Outcome right = place.run(
      {"encode", "net.yaml", "-o", "t.h5", "--force", "--samples", "40", "--split", "train"});
  CHECK(contains(right.err, advice));
  CHECK_FALSE(contains(place.run(train).err, "warning"));
}

TEST_CASE("encode tells programs in JSON what it did") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  const Outcome outcome = place.run({"encode", "net.yaml", "-o", "t.h5", "--json", "--quiet",
                                     "--split", "train", "--samples", "2", "--seed", "5"});
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  const auto result = nlohmann::json::parse(outcome.out);
  CHECK(result["samples"] == 2);
  CHECK(result["seed"] == 5);
  CHECK(result["labelled"] == 2);
  CHECK(result["complete"] == true);
  CHECK(result["bytes"] == std::filesystem::file_size(place.path("t.h5")));
  CHECK(result["sources"][0]["name"] == "pixels");
  CHECK(result["sources"][0]["spikes"] > 0);
}

TEST_CASE("encode: what newcomers get wrong") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  const Outcome no_output = place.run({"encode", "net.yaml"});
  CHECK(no_output.code == 2);
  CHECK(contains(no_output.err, "neurosim encode needs -o FILE"));
  const Outcome split = place.run({"encode", "net.yaml", "-o", "t.h5", "--split", "valid"});
  CHECK(split.code == 2);
  CHECK(contains(split.err, "data.split: unknown value \"valid\" (known: train, test)"));
  const Outcome code =
      place.run({"encode", "net.yaml", "-o", "t.h5", "--set", "data.encoder.type=event_frames"});
  CHECK(code.code == 2);
  CHECK(contains(code.err, "event_frames does not encode images"));
  CHECK(!place.has("t.h5"));
  CHECK(!place.has("t.h5.partial"));
  place.write("kept.h5", "mine");
  CHECK(place.run({"encode", "net.yaml", "-o", "kept.h5"}).code == 3);
  CHECK(place.read("kept.h5") == "mine");
}

}  // namespace
}  // namespace neurosim
