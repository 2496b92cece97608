// `neurosim data show` as a user calls it.

#include <doctest/doctest.h>

#include "support/shared_data.hpp"
#include "tools/cli_files.hpp"

namespace neurosim {
namespace {

TEST_CASE("data show draws an image and what the simulated camera sees of it") {
  const Workplace place;
  const Outcome image = place.run({"data", "show", "synthetic-digits", "--sample", "3"});
  CHECK(image.code == 0);
  CHECK(contains(image.out, "synthetic-digits (test), sample 3 of 10000, label "));
  const Outcome events = place.run({"data", "show", "synthetic-digits", "--camera", "saccades"});
  CHECK(events.code == 0);
  CHECK(contains(events.out, "simulated camera"));
  CHECK(contains(events.out, " ON) in "));
}

TEST_CASE("data show writes PNG and SVG, and keeps what is there") {
  const Workplace place;
  CHECK(place.run({"data", "show", "synthetic-digits", "-o", "a.png"}).code == 0);
  CHECK(place.read("a.png").starts_with("\x89PNG\r\n\x1a\n"));
  CHECK(place.run({"data", "show", "synthetic-digits", "-o", "a.svg"}).code == 0);
  CHECK(contains(place.read("a.svg"), "</svg>"));
  const std::string before = place.read("a.png");
  CHECK(place.run({"data", "show", "synthetic-digits", "--sample", "1", "-o", "a.png"}).code == 3);
  CHECK(place.read("a.png") == before);
  CHECK(place.run({"data", "show", "synthetic-digits", "--sample", "1", "-o", "a.png", "--force"})
            .code == 0);
  CHECK(place.read("a.png") != before);
}

TEST_CASE("data show reads a recording") {
  const Workplace place;
  place.write("e.csv", "t,x,y,p\n0,1,2,1\n1500,3,0,0\n");
  const Outcome outcome = place.run({"data", "show", "e.csv"});
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.out, "e.csv, 4 x 3, 2 events (1 ON)"));
}

TEST_CASE("data show: what newcomers get wrong") {
  const Workplace place;
  const auto refused = [&](std::vector<std::string> words, int code, const char* why) {
    words.insert(words.begin(), {"data", "show"});
    const Outcome outcome = place.run(words);
    CHECK(outcome.code == code);
    CHECK(contains(outcome.err, why));
  };
  refused({}, 2, "neurosim data show: expected one data set or file");
  refused({"mnistt"}, 3, "mnistt: is neither a file nor a data set (mnist, fashion-mnist");
  refused({"synthetic-digits", "--sample", "10000"}, 2, "--sample: expected 0 to 9999");
  refused({"synthetic-digits", "--split", "all"}, 2, "--split: expected train or test");
  refused({"synthetic-digits", "-o", "a.jpg"}, 2, "ends in .png or .svg");
  refused({"synthetic-digits", "--from", "x"}, 2, "neurosim data show takes no --from");
}

}  // namespace
}  // namespace neurosim
