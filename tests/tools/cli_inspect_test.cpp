#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

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
