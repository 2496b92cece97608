#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/recorded_run.hpp"
#include "tools/cli_files.hpp"

namespace neurosim {
namespace {

/// A workplace that holds out.h5, the results of a small network.
class Recorded : public Workplace {
 public:
  explicit Recorded(std::string_view network) {
    write("net.yaml", network);
    const Outcome outcome = run({"run", "net.yaml", "-o", "out.h5", "--json"});
    CAPTURE(outcome.err);
    REQUIRE(outcome.code == 0);
    result = nlohmann::json::parse(outcome.out);
  }
  nlohmann::json result;
};

}  // namespace

TEST_CASE("inspect shows what the run reported") {
  const Recorded place(kSmallNetwork);
  const Outcome outcome = place.run({"inspect", "out.h5"});
  CHECK(outcome.code == 0);
  CHECK(outcome.err.empty());
  for (const char* part :
       {"network   small\n", "samples   3, each 20 steps of 1 ms\n", "state     complete\n",
        "seed      1\n", "accuracy  ", "rasters   hidden (", "hidden"}) {
    CAPTURE(part);
    CHECK(contains(outcome.out, part));
  }
  const Outcome json = place.run({"inspect", "out.h5", "--json"});
  const auto object = nlohmann::json::parse(json.out);
  CHECK(object["complete"] == true);
  CHECK(object["accuracy"] == place.result["accuracy"]);
  for (std::size_t k = 0; k < object["populations"].size(); ++k) {
    for (const auto& [key, value] : object["populations"][k].items()) {
      CAPTURE(key);
      const auto& expected = place.result["populations"][k][key];
      // Means over the file are summed in another order than those of the run.
      if (value.is_number_float()) {
        CHECK(value.get<double>() == doctest::Approx(expected.get<double>()).epsilon(1e-9));
      } else {
        CHECK(value == expected);
      }
    }
  }
  const std::string help = place.run({"help", "json"}).out;
  for (const auto& [key, value] : object.items()) CHECK(contains(help, key));
}

TEST_CASE("inspect draws rates over time and the confusion of classes") {
  const Recorded place(kSmallNetwork);
  const Outcome outcome = place.run({"inspect", "out.h5"});
  CHECK(contains(outcome.out, "\nrate over 20 ms, mean of 3 samples\nhidden  "));
  CHECK(contains(outcome.out, "\nlabels (rows) and predictions (columns)\nlabel  0  1 "));
  CHECK(contains(outcome.out, "·"));
  const Outcome plain = place.run({"inspect", "out.h5"}, {.environment = {{"LC_ALL", "C"}}});
  CHECK(std::all_of(plain.out.begin(), plain.out.end(),
                    [](char letter) { return static_cast<unsigned char>(letter) < 0x80; }));

  const auto object = nlohmann::json::parse(place.run({"inspect", "out.h5", "--json"}).out);
  const auto& rate = object["rate_over_time"];
  CHECK(rate["samples"] == 3);
  CHECK(rate["bin_ms"] == 1.0);
  REQUIRE(rate["populations"].size() == 1);
  double mean = 0;
  for (const double value : rate["populations"]["hidden"]) mean += value / 20;
  CHECK(mean == doctest::Approx(object["populations"][1]["mean_rate_hz"].get<double>()));
  std::size_t samples = 0, right = 0;
  const auto& counts = object["confusion"]["counts"];
  REQUIRE(counts.size() == object["confusion"]["classes"].size());
  for (std::size_t label = 0; label < counts.size(); ++label) {
    for (std::size_t k = 0; k < counts[label].size(); ++k) {
      samples += counts[label][k].get<std::size_t>();
      if (k == label) right += counts[label][k].get<std::size_t>();
    }
  }
  CHECK(samples == object["labelled"]);
  CHECK(right == object["correct"]);
  const std::string help = place.run({"help", "json"}).out;
  for (const char* key : {"bin_ms", "classes, counts"}) CHECK(contains(help, key));
}

TEST_CASE("inspect goes without what a file does not hold") {
  const Recorded place(kListNetwork);
  CHECK(contains(place.run({"inspect", "out.h5"}).out, "rate over 20 ms, of the only sample\n"));
  CHECK_FALSE(contains(place.run({"inspect", "out.h5"}).out, "predictions"));
  const auto object = nlohmann::json::parse(place.run({"inspect", "out.h5", "--json"}).out);
  CHECK(object["confusion"].is_null());
  // Too many classes for a matrix are no reason to show nothing.
  test::write_hand_run(place.path("many.h5").string(),
                       {.raster = false, .samples = {{.label = 5000, .prediction = 1}}});
  const Outcome many = place.run({"inspect", "many.h5"});
  CHECK(many.code == 0);
  CHECK(contains(many.out, "cells"));
  CHECK_FALSE(contains(many.out, "rate over"));
}

TEST_CASE("a raster shows every recorded spike") {
  const Recorded place(kListNetwork);
  const Outcome braille =
      place.run({"inspect", "out.h5", "--raster", "input"}, {.environment = {{"COLUMNS", "25"}}});
  CHECK(braille.code == 0);
  CHECK(
      braille.out.starts_with("input: sample 0 of 1, 2 spikes of 2 neurons\n"
                              " 1 │  ⡇\n"
                              " 0 │ ⡇\n"));
  const Outcome ascii = place.run({"inspect", "out.h5", "--raster", "input", "--sample", "0"},
                                  {.environment = {{"COLUMNS", "24"}, {"LC_ALL", "C"}}});
  CHECK(
      ascii.out.starts_with("input: sample 0 of 1, 2 spikes of 2 neurons\n"
                            " 1 |  |\n"
                            " 0 | |\n"));
}

TEST_CASE("a raster says of how many neurons it is") {
  const Recorded place(kListNetwork);
  const std::string part = "record.spikes=[{ population: input, neurons: [1] }]";
  REQUIRE(place.run({"run", "net.yaml", "-o", "part.h5", "--set", part}).code == 0);
  CHECK(place.run({"inspect", "part.h5", "--raster", "input"})
            .out.starts_with("input: sample 0 of 1, 1 spike of 1 of 2 neurons\n"));
  CHECK(place.run({"inspect", "part.h5"}).code == 0);
  const Outcome page = place.run({"report", "part.h5", "-o", "part.html"});
  CHECK(page.code == 0);
  place.write("play.yaml",
              "format: neurosim/1\npopulations:\n"
              "  a: { model: spike_file, size: 2, file: part.h5, population: input }\n");
  const Outcome play = place.run({"run", "play.yaml"});
  CHECK(play.code == 3);
  CHECK(contains(play.err, "only a whole population can be played"));
}

TEST_CASE("rasters that do not exist are explained") {
  const Recorded place(kSmallNetwork);
  const auto message = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"inspect", "out.h5"});
    const Outcome outcome = place.run(words);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    return outcome.err;
  };
  CHECK(contains(message({"--raster", "hiden"}), "did you mean \"hidden\"?"));
  CHECK(contains(message({"--raster", "pixels"}), "record.spikes"));
  CHECK(contains(message({"--raster", "hidden", "--sample", "3"}), "holds 3 samples"));
  CHECK(contains(message({"--sample", "3"}), "needs --raster"));
  CHECK(contains(message({"--json", "--raster", "hidden"}), "exclude"));
}

TEST_CASE("files that hold no results are data errors") {
  const Workplace place;
  place.write("text.h5", "not HDF5 at all");
  for (const char* file : {"text.h5", "missing.h5", "."}) {
    const Outcome outcome = place.run({"inspect", file});
    CAPTURE(file);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 3);
    CHECK(outcome.out.empty());
    CHECK(contains(outcome.err, std::string("error: ") + file));
  }
}

}  // namespace neurosim
