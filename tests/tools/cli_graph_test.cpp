#include <doctest/doctest.h>

#include <filesystem>

#include "tools/cli_files.hpp"

namespace neurosim {

TEST_CASE("DOT goes to stdout, or to a file that holds the same") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  const Outcome dot = place.run({"graph", "net.yaml"});
  CHECK(dot.code == 0);
  CHECK(dot.err.empty());
  CHECK(contains(dot.out, "digraph"));
  CHECK(contains(dot.out, "hidden"));
  const Outcome file = place.run({"graph", "net.yaml", "-o", "net.dot"});
  CHECK(file.code == 0);
  CHECK(file.out.empty());
  CHECK(place.read("net.dot") == dot.out);
  CHECK_FALSE(place.has("net.dot.partial"));
}

TEST_CASE("a picture is drawn by graphviz, whatever the file is called") {
  if (!std::filesystem::exists("/usr/bin/dot")) {
    MESSAGE("skipped: graphviz is not installed");
    return;
  }
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  for (const std::string name : {"net.svg", "-K; touch oops; $(touch oops).svg"}) {
    const Outcome outcome = place.run({"graph", "net.yaml", "--output=" + name});
    CAPTURE(outcome.err);
    CHECK(outcome.code == 0);
    CHECK(contains(place.read(name), "<svg"));
  }
  CHECK_FALSE(place.has("oops"));
  CHECK_FALSE(place.has("net.svg.partial"));
  CHECK_FALSE(place.has("net.svg.dot.partial"));
}

TEST_CASE("without graphviz the way out is named and no file is left") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  const Outcome outcome = place.run({"graph", "net.yaml", "-o", "net.svg"},
                                    {.environment = {{"PATH", "/nonexistent"}}});
  CHECK(outcome.code == 3);
  CHECK(contains(outcome.err, "install graphviz, or write DOT with -o net.dot"));
  CHECK(std::distance(std::filesystem::directory_iterator(place.folder()), {}) == 1);
}

TEST_CASE("graph replaces a file with --force only") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  place.write("net.dot", "precious");
  const Outcome refused = place.run({"graph", "net.yaml", "-o", "net.dot"});
  CHECK(refused.code == 3);
  CHECK(contains(refused.err, "net.dot: exists already; add --force"));
  CHECK(place.read("net.dot") == "precious");
  CHECK(place.run({"graph", "net.yaml", "-o", "net.dot", "--force"}).code == 0);
  CHECK(contains(place.read("net.dot"), "digraph"));
}

TEST_CASE("other endings are refused, so that no network is overwritten") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  const Outcome outcome = place.run({"graph", "net.yaml", "-o", "net.yaml"});
  CHECK(outcome.code == 2);
  CHECK(place.read("net.yaml") == kSmallNetwork);
  CHECK(place.run({"graph", "net.yaml", "-o", "no/such/net.dot"}).code == 3);
}

}  // namespace neurosim
