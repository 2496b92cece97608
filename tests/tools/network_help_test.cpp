#include "tools/network_help.hpp"

#include <doctest/doctest.h>

#include "tools/cli_files.hpp"

namespace neurosim {

TEST_CASE("the example of help network runs as it stands") {
  const std::string help = network_help(80);
  const std::size_t begin = help.find("format: neurosim/1\n");
  const std::size_t end = help.find("\n\n", begin);
  REQUIRE(end != std::string::npos);
  const Workplace place;
  place.write("net.yaml", help.substr(begin, end + 1 - begin));
  const Outcome outcome = place.run({"run", "net.yaml"});
  CAPTURE(outcome.err);
  CHECK(outcome.code == 0);
  CHECK(contains(outcome.out, "hidden"));
}

}  // namespace neurosim
