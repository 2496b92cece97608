#include "sim/core/error.hpp"

#include <doctest/doctest.h>

#include "sim/core/fields.hpp"

namespace neurosim {
namespace {

TEST_CASE("a diagnostic names file, line, column and key") {
  const Diagnostic diagnostic = {"net.yaml", 12, 7, "populations.hidden.size",
                                 "expected an integer >= 1, got \"ten\""};
  CHECK(diagnostic.text() ==
        "net.yaml:12:7: populations.hidden.size: expected an integer >= 1, got \"ten\"");
  const Diagnostic option = {"--set seed=x", 0, 0, "seed", "expected an integer"};
  CHECK(option.text() == "--set seed=x: seed: expected an integer");
}

TEST_CASE("a configuration error prints one line a mistake") {
  const ConfigError error({{"a.yaml", 1, 2, "x", "first"}, {"a.yaml", 3, 4, "y", "second"}});
  CHECK(std::string(error.what()) == "a.yaml:1:2: x: first\na.yaml:3:4: y: second");
}

TEST_CASE("ranges read as a person writes them") {
  CHECK(Range{0, 1}.text() == "in [0, 1]");
  CHECK(Range{.low = 0, .high = 1, .low_open = true}.text() == "in (0, 1]");
  CHECK(Range{.low = 1}.text() == ">= 1");
  CHECK(Range{.low = 0, .low_open = true}.text() == "> 0");
  CHECK(Range{}.text().empty());
  CHECK_FALSE(Range{.low = 0, .low_open = true}.contains(0));
  CHECK(Range{0, 1}.contains(1));
}

}  // namespace
}  // namespace neurosim
