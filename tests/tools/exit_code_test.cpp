#include "tools/exit_code.hpp"

#include <doctest/doctest.h>

#include <new>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

const std::vector<std::string> kCommand = {"neurosim", "run", "my net.yaml"};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("every mistake of a configuration stands on its line, then their number") {
  const Explanation two =
      explain(ConfigError({{"net.yaml", 3, 5, "time.steps", "expected an integer"},
                           {"net.yaml", 7, 1, "", "unknown key"}}),
              kCommand);
  CHECK(two.code == ExitCode::kUsage);
  CHECK(two.diagnostics ==
        "net.yaml:3:5: time.steps: expected an integer\nnet.yaml:7:1: unknown key\n");
  CHECK(two.error.empty());
  CHECK(two.closing == "2 errors; nothing was written");
  CHECK(explain(ConfigError({{"net.yaml", 3, 5, "", "x"}}), kCommand).closing ==
        "1 error; nothing was written");
}

TEST_CASE("errors of the user are told plainly") {
  CHECK(explain(UsageError("unknown option"), kCommand).code == ExitCode::kUsage);
  CHECK(explain(DataError("a.h5", "is no HDF5 file"), kCommand).code == ExitCode::kData);
  CHECK(explain(DataError("a.h5", "is no HDF5 file"), kCommand).error == "a.h5: is no HDF5 file");
  CHECK(explain(CheckError("tick 3"), kCommand).code == ExitCode::kDifference);
  const Explanation diverged =
      explain(TrainingError("epoch 2, batch 3: the loss is inf"), kCommand);
  CHECK(static_cast<int>(diverged.code) == 5);
  CHECK(diverged.error == "epoch 2, batch 3: the loss is inf");
  CHECK(contains(diverged.closing, "training.learning_rate"));
}

TEST_CASE("defects ask for a report with the command") {
  for (const std::exception* error :
       {static_cast<const std::exception*>(new InternalError("a.cpp:1: x")),
        static_cast<const std::exception*>(new std::runtime_error("odd"))}) {
    const Explanation defect = explain(*error, kCommand);
    CHECK(defect.code == ExitCode::kDefect);
    CHECK(contains(defect.error, error->what()));
    CHECK(contains(defect.closing, "defect of neurosim"));
    CHECK(contains(defect.closing, "neurosim run 'my net.yaml'"));
    delete error;
  }
}

TEST_CASE("too little memory is no defect to report") {
  const Explanation memory = explain(std::bad_alloc(), kCommand);
  CHECK(memory.code == ExitCode::kDefect);
  CHECK(memory.error == "out of memory");
  CHECK_FALSE(contains(memory.closing, "report"));
}

TEST_CASE("every code is documented once") {
  REQUIRE(exit_codes().size() == 7);
  CHECK(static_cast<int>(exit_codes().back().code) == 130);
  for (const ExitCodeInfo& info : exit_codes()) CHECK_FALSE(info.sentence.empty());
}

}  // namespace neurosim
