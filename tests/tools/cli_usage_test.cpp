#include <doctest/doctest.h>

#include <regex>

#include "tools/cli_files.hpp"
#include "tools/commands.hpp"

namespace neurosim {

TEST_CASE("without arguments a short help goes to stderr, and the code is 2") {
  const Outcome outcome = Workplace().run({});
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.starts_with("Usage: neurosim COMMAND"));
}

TEST_CASE("help is on stdout, the same however it is asked for") {
  const Workplace place;
  const Outcome overview = place.run({"help"});
  CHECK(overview.code == 0);
  CHECK(overview.err.empty());
  CHECK(place.run({"--help"}).out == overview.out);
  CHECK(place.run({"-h"}).out == overview.out);
  for (const CommandInfo& command : commands()) {
    const std::string name(command.name);
    CAPTURE(name);
    CHECK(contains(overview.out, "  " + name));
    const Outcome help = place.run({"help", name});
    CHECK(help.code == 0);
    CHECK(help.err.empty());
    CHECK(contains(help.out, "Examples:"));
    CHECK(place.run({name, "--help"}).out == help.out);
    CHECK(place.run({name, "-h"}).out == help.out);
  }
}

TEST_CASE("help topics") {
  const Workplace place;
  const Outcome codes = place.run({"help", "exit-codes"});
  for (const char* code : {"  0  ", "  1  ", "  2  ", "  3  ", "  4  ", "  5  ", "130  "}) {
    CHECK(contains(codes.out, code));
    CHECK(contains(place.run({"help"}).out, code));
  }
  const std::string network = place.run({"help", "network"}).out;
  for (const char* section :
       {"\nKeys at the top\n  format ", "\ntime:\n  steps ", "\ndata:\n  dataset ",
        "\nEach of populations:\n  model ", "\nEach of projections:\n  from ", "\n  indegree ",
        "\n  inhibitory ", "\nrecord:\n  spikes "}) {
    CAPTURE(section);
    CHECK(contains(network, section));
  }
  CHECK(contains(place.run({"help", "models"}).out, "lif: "));
  const Outcome src = place.run({"help", "models", "src"});
  CHECK(src.out.starts_with("src: "));
  CHECK_FALSE(contains(src.out, "lif: "));
  const Outcome training = place.run({"help", "training"});
  CHECK(training.code == 0);
  CHECK(contains(training.out, "\n  learning_rate "));
  CHECK(contains(place.run({"help"}).out, "\n  training "));
  CHECK(contains(place.run({"help", "trainign"}).err, "did you mean \"training\"?"));
  CHECK(contains(place.run({"help", "environment"}).out, "NO_COLOR"));
  CHECK(contains(place.run({"help", "json"}).out, "silent_neurons"));

  const Outcome unknown = place.run({"help", "modles"});
  CHECK(unknown.code == 2);
  CHECK(contains(unknown.err, "did you mean \"models\"?"));
  CHECK(contains(place.run({"help", "models", "sr"}).err, "did you mean \"src\"?"));
}

TEST_CASE("unknown commands and options suggest the nearest") {
  const Workplace place;
  const Outcome command = place.run({"rn", "net.yaml"});
  CHECK(command.code == 2);
  CHECK(command.out.empty());
  CHECK(contains(command.err, "unknown command \"rn\"; did you mean \"run\"?"));

  const Outcome option = place.run({"run", "net.yaml", "--treads", "2"});
  CHECK(option.code == 2);
  CHECK(option.out.empty());
  CHECK(contains(option.err, "unknown option \"--treads\"; did you mean \"--threads\"?"));

  CHECK(place.run({"--verbose", "run"}).code == 2);
}

TEST_CASE("wrong values of options are usage errors") {
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--samples", "0"},
                                             {"--samples", "many"},
                                             {"--threads", "0"},
                                             {"--threads", "100000"},
                                             {"--seed", "1.5"},
                                             {"--engine", "evnt"},
                                             {"--output="},
                                             {"--set", "no-equals-sign"}}) {
    std::vector<std::string> all = {"run", "net.yaml"};
    all.insert(all.end(), words.begin(), words.end());
    const Outcome outcome = place.run(all);
    CAPTURE(words[0]);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 2);
    CHECK(outcome.out.empty());
    CHECK(contains(outcome.err, "error: "));
  }
}

TEST_CASE("version and build") {
  const Workplace place;
  CHECK(place.run({"--version"}).out.starts_with("neurosim 0."));
  const Outcome info = place.run(
      {"info"}, {.environment = {{"NEUROSIM_DATA", "/data/one"}, {"HOME", "/home/somebody"}}});
  CHECK(info.code == 0);
  for (const char* part : {"compiler   GNU", "HDF5 1.", "yaml-cpp 0.", "Boost 1.", "SIMD",
                           "threads", "/data/one:/home/somebody/.local/share/neurosim"}) {
    CAPTURE(part);
    CHECK(contains(info.out, part));
  }
  CHECK(std::regex_search(info.out, std::regex("\ncommit     (unknown|[0-9a-f]{12}(-dirty)?)\n")));
}

TEST_CASE("results that cannot be written are an error") {
  const Outcome outcome = Workplace().run({"help"}, {.out_file = "/dev/full"});
  CHECK(outcome.code == 3);
  CHECK(contains(outcome.err, "standard output: cannot be written"));
  // Long results fill the buffer before the end.
  const Workplace place;
  place.write("net.yaml", kSmallNetwork);
  REQUIRE(place
              .run({"run", "net.yaml", "-o", "out.h5", "--set",
                    "populations.hidden.parameters.bias=-4"})
              .code == 0);
  const Outcome json = place.run({"inspect", "out.h5", "--json"}, {.out_file = "/dev/full"});
  CHECK(json.code == 3);
  CHECK(contains(json.err, "standard output: cannot be written"));
  CHECK_FALSE(contains(json.err, "defect"));
}

}  // namespace neurosim
