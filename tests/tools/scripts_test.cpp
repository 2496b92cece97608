#include <doctest/doctest.h>

#include "tools/cli_files.hpp"

namespace neurosim {
namespace {

/// What tools/check_layers.py says of a source tree that holds one file.
Outcome check_tree(const std::string& file, const std::string& text) {
  const Workplace place;
  std::filesystem::create_directories(place.path(file).parent_path());
  place.write(file, text);
  std::filesystem::create_directories(place.path("models"));
  std::filesystem::create_directories(place.path("sim/engine"));
  place.write("models/a.hpp", "");
  place.write("sim/engine/a.hpp", "");
  place.write("CMakeLists.txt", "listed.cpp models/listed.cpp sim/train/listed.cpp");
  return run_program(
      {NEUROSIM_PYTHON, NEUROSIM_SOURCE_DIR "/tools/check_layers.py", place.folder()});
}

}  // namespace

TEST_CASE("check_layers.py finds what it is there to find") {
  const auto offence = [](const std::string& file, const std::string& text) {
    const Outcome outcome = check_tree(file, text);
    CAPTURE(outcome.err);
    CHECK(outcome.code == 1);
    CHECK(contains(outcome.out, file + ":"));
    return outcome.out;
  };
  CHECK(
      contains(offence("sim/core/b.hpp", "#include \"models/a.hpp\"\n"), "may not include models"));
  CHECK(contains(offence("sim/train/b.hpp", "#include \"sim/engine/a.hpp\"\n"), "sim/engine"));
  CHECK(contains(offence("models/b.hpp", "#include \"models/none.hpp\"\n"), "no file"));
  CHECK(contains(offence("models/b.hpp", "\n#include <yaml-cpp/yaml.h>\n"), "b.hpp:2: "));
  CHECK(contains(offence("tools/b.hpp", "#include <hdf5.h>\n"), "<hdf5.h>"));
  CHECK(contains(offence("models/b.hpp", "#include <boost/program_options.hpp>\n"), "tools"));
  CHECK(contains(offence("models/b.hpp", "double y = std::tanh(x);\n"), "same bits"));
  CHECK(contains(offence("sim/core/CMakeLists.txt",
                         "add(-ff"
                         "ast-math)\n"),
                 "same bits"));
  CHECK(contains(offence("models/b.hpp",
                         "// FIX"
                         "ME later\n"),
                 "unfinished"));
  CHECK(contains(offence("models/b.cpp", ""), "named in no CMakeLists.txt"));
  CHECK(contains(offence("models/b.hpp", std::string(401, '\n')), "401 lines"));
  CHECK(contains(offence("tools/b.js", std::string(401, '\n')), "401 lines"));
  CHECK(contains(offence("sim/b.hpp", ""), "belongs to no layer"));
}

TEST_CASE("check_layers.py has nothing against a tidy tree") {
  const Outcome outcome = check_tree(
      "sim/train/listed.cpp", "#include \"models/a.hpp\"\n// std::tanh is named here only\n");
  CAPTURE(outcome.out);
  CHECK(outcome.code == 0);
}

TEST_CASE("the shell scripts parse") {
  for (const char* script :
       {"tools/setup", "tools/quickstart", "tools/test", ".ci/run", "tools/completion.bash"}) {
    const std::string path = std::string(NEUROSIM_SOURCE_DIR "/") + script;
    CAPTURE(path);
    CHECK(run_program({"/bin/bash", "-n", path}).code == 0);
  }
}

}  // namespace neurosim
