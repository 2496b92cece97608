// Trainings that end early, and how they go on.

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "sim/io/checkpoint_file.hpp"
#include "support/random_tests.hpp"
#include "tools/cli_files.hpp"
#include "tools/train_files.hpp"

namespace neurosim {
namespace {

using namespace std::chrono_literals;

/// A training that takes far longer than a test waits.
const std::vector<std::string> kLong = {"train",     "net.yaml", "-o",        "w.h5",
                                        "--samples", "50000",    "--epochs",  "100",
                                        "--threads", "2",        "--metrics", "m.csv"};

}  // namespace

TEST_CASE("Ctrl-C and SIGTERM end a training with a file that can be used and resumed") {
  for (const int signal : {SIGINT, SIGTERM}) {
    const Workplace place;
    place.write("net.yaml", kTrainNetwork);
    Child child(place.command(kLong), {.folder = place.folder()});
    wait_until([&] { return place.has("w.h5") && place.has("m.csv"); });
    std::this_thread::sleep_for(200ms);
    child.send(signal);
    const Outcome outcome = child.wait();
    CAPTURE(outcome.err);
    CHECK(outcome.code == 130);
    CHECK(contains(outcome.err, "interrupted after 0 whole epochs; w.h5 is valid"));
    CHECK(contains(outcome.err, "give the same command with --resume\n"));
    CHECK(contains(outcome.out, "no epoch was finished"));
    CHECK_FALSE(place.has("w.h5.partial"));
    CHECK(place.run({"run", "net.yaml", "--weights", "w.h5"}).code == 0);

    auto again = kLong;
    again.push_back("--resume");
    Child resumed(place.command(again), {.folder = place.folder()});
    wait_until([&] { return contains(resumed.errors(), "memory: about "); });
    std::this_thread::sleep_for(200ms);
    resumed.send(signal);
    CHECK(resumed.wait().code == 130);
  }
}

TEST_CASE("a killed training leaves a file that can be resumed") {
  const Workplace place;
  place.write("net.yaml", kTrainNetwork);
  Child child(place.command(kLong), {.folder = place.folder()});
  wait_until([&] { return place.has("w.h5"); });
  std::this_thread::sleep_for(200ms);
  child.send(SIGKILL);
  CHECK(child.wait().signal == SIGKILL);
  CHECK(place.run({"run", "net.yaml", "--weights", "w.h5"}).code == 0);
  auto again = kLong;
  again.push_back("--resume");
  Child resumed(place.command(again), {.folder = place.folder()});
  wait_until([&] { return contains(resumed.errors(), "memory: about "); });
  resumed.send(SIGINT);
  CHECK(resumed.wait().code == 130);
}

TEST_CASE("a training that is stopped or killed 20 times ends in the bits of one that never was") {
  const Workplace place;
  place.write("net.yaml", kTrainNetwork);
  const auto words = [](const char* file) {
    return std::vector<std::string>{"train", "net.yaml", "-o", file,        "--samples",
                                    "400",   "--epochs", "40", "--threads", "2"};
  };
  REQUIRE(place.run(words("whole.h5")).code == 0);
  auto pieces = words("pieces.h5");
  test::Draw draw(1);
  int stopped = 0;
  for (int k = 0; k < 20; ++k) {
    Child child(place.command(pieces), {.folder = place.folder()});
    wait_until(
        [&] { return contains(child.errors(), "memory: about ") && place.has("pieces.h5"); });
    std::this_thread::sleep_for(std::chrono::microseconds(draw.below(30000)));
    child.send(k % 2 == 0 ? SIGKILL : SIGINT);
    const Outcome outcome = child.wait();
    stopped += outcome.signal == SIGKILL || outcome.code == 130 ? 1 : 0;
    if (k == 0) pieces.push_back("--resume");
  }
  CHECK(stopped > 0);  // a fast machine may be done before the last ones
  REQUIRE(place.run(pieces).code == 0);
  const Checkpoint whole = read_checkpoint(place.folder() + "/whole.h5");
  const Checkpoint resumed = read_checkpoint(place.folder() + "/pieces.h5");
  CHECK(resumed.finished);
  REQUIRE(resumed.weights.size() == whole.weights.size());
  for (std::size_t k = 0; k < whole.weights.size(); ++k) {
    CHECK((resumed.weights[k].values == whole.weights[k].values));
  }
  REQUIRE(resumed.state.size() == whole.state.size());
  for (std::size_t k = 0; k < whole.state.size(); ++k) {
    CAPTURE(whole.state[k].name);
    CHECK((resumed.state[k].values == whole.state[k].values));
  }
}

TEST_CASE("--resume goes on to the last epoch, and has nothing to do after it") {
  const Workplace place;
  place.write("net.yaml", kTrainNetwork);
  const std::vector<std::string> words = {"train", "net.yaml", "-o", "w.h5", "--metrics", "m.csv"};
  const auto run = [&](const std::vector<std::string>& more) {
    auto all = words;
    all.insert(all.end(), more.begin(), more.end());
    return place.run(all);
  };
  const Outcome early = run({"--resume"});
  CHECK(early.code == 3);
  CHECK(contains(early.err, "w.h5: does not exist"));
  REQUIRE(run({}).code == 0);
  CHECK(run({}).code == 3);  // exists

  const Outcome done = run({"--resume"});
  CHECK(done.code == 0);
  CHECK(contains(done.err, "w.h5 is finished already; nothing was done"));
  CHECK_FALSE(contains(done.err, "warning"));
  CHECK(contains(done.out, "validation accuracy "));
  const auto result = nlohmann::json::parse(run({"--resume", "--json", "-q"}).out);
  CHECK(result["epochs"].size() == 2);

  const Outcome other = run({"--resume", "--seed", "5"});
  CHECK(other.code == 3);
  CHECK(contains(other.err, "it has `seed: 1`, now it is `seed: 5`"));
}

TEST_CASE("--resume with more epochs warns that the schedule is another") {
  const Workplace place;
  place.write("net.yaml", kTrainNetwork);
  REQUIRE(place.run({"train", "net.yaml", "-o", "w.h5"}).code == 0);
  const Outcome more = place.run({"train", "net.yaml", "-o", "w.h5", "--resume", "--epochs", "3"});
  CHECK(more.code == 0);
  CHECK(
      contains(more.err, "warning: w.h5 planned 2 epochs, now it is 3: the learning rate goes on"));
  const Outcome less = place.run({"train", "net.yaml", "-o", "w.h5", "--resume", "--epochs", "1"});
  CHECK_FALSE(contains(less.err, "warning"));
  REQUIRE(place.run({"train", "net.yaml", "-o", "n.h5", "--set", "training.schedule=none"}).code ==
          0);
  const Outcome steady = place.run({"train", "net.yaml", "-o", "n.h5", "--resume", "--epochs", "3",
                                    "--set", "training.schedule=none"});
  CHECK(steady.code == 0);
  CHECK_FALSE(contains(steady.err, "warning"));
}

}  // namespace neurosim
