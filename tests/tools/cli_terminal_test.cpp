#include <doctest/doctest.h>

#include "tools/cli_files.hpp"

namespace neurosim {
namespace {

/// Everything that a terminal shows of a run of many samples.
std::string on_terminal(const Workplace& place, std::vector<std::string> words,
                        std::map<std::string, std::string> environment = {}) {
  return place.run(std::move(words), {.environment = environment, .stdio = Stdio::kTerminal}).out;
}

}  // namespace

TEST_CASE("colours appear on a terminal, and not where they are unwanted") {
  const Workplace place;
  const std::string red = "\033[31m";
  CHECK(contains(on_terminal(place, {"rn"}), red));
  CHECK_FALSE(contains(on_terminal(place, {"rn"}, {{"NO_COLOR", "1"}}), "\033"));
  CHECK_FALSE(contains(on_terminal(place, {"rn"}, {{"TERM", "dumb"}}), "\033"));
  CHECK_FALSE(contains(on_terminal(place, {"rn", "--no-color"}), "\033"));
  CHECK_FALSE(contains(on_terminal(place, {"--no-color", "rn"}), "\033"));
  CHECK_FALSE(contains(place.run({"rn"}).err, "\033"));
}

TEST_CASE("progress is drawn on a terminal only, and erased") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  const std::vector<std::string> words = {"run", "net.yaml", "--samples", "20"};
  const std::string shown = on_terminal(place, words);
  CHECK(contains(shown, " of 20 samples"));
  CHECK(contains(shown, "\r\033[K"));
  CHECK_FALSE(contains(on_terminal(place, words, {{"TERM", "dumb"}}), "\r\033[K"));
  auto quiet = words;
  quiet.push_back("-q");
  CHECK_FALSE(contains(on_terminal(place, quiet), " of 20 samples"));
  CHECK_FALSE(contains(place.run(words).err, "\r"));
}

}  // namespace neurosim
