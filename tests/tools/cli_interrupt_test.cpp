#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "tools/cli_files.hpp"

namespace neurosim {
namespace {

using namespace std::chrono_literals;

/// A run of the small network that takes far longer than the test waits; writes to out.h5.
class LongRun {
 public:
  explicit LongRun(const Workplace& place)
      : place_(place), child_(command(place), {.folder = place.folder()}) {}

  /// Until results are being written.
  void wait_for_samples() const {
    for (int k = 0; k < 4000 && !place_.has("out.h5.partial"); ++k) {
      std::this_thread::sleep_for(5ms);
    }
    REQUIRE(place_.has("out.h5.partial"));
    std::this_thread::sleep_for(200ms);
  }
  Child& child() { return child_; }

 private:
  static std::vector<std::string> command(const Workplace& place) {
    place.write("net.yaml", kSmallNetwork);
    return place.command({"run", "net.yaml", "-o", "out.h5", "--samples", "1000000", "--threads",
                          "2", "--set", "time.steps=200"});
  }
  const Workplace& place_;
  Child child_;
};

}  // namespace

TEST_CASE("Ctrl-C and SIGTERM end a run with a valid file that says how many samples it holds") {
  for (const int signal : {SIGINT, SIGTERM}) {
    const Workplace place;
    LongRun run(place);
    run.wait_for_samples();
    run.child().send(signal);
    const Outcome outcome = run.child().wait();
    CAPTURE(outcome.err);
    CHECK(outcome.code == 130);
    CHECK(contains(outcome.err, "interrupted after "));
    CHECK(contains(outcome.err, " of 1000000 samples; out.h5 is valid and holds "));
    CHECK(contains(outcome.out, "population"));
    CHECK_FALSE(place.has("out.h5.partial"));

    const auto file = nlohmann::json::parse(place.run({"inspect", "out.h5", "--json"}).out);
    CHECK(file["complete"] == false);
    const auto samples = file["samples"].get<std::size_t>();
    CHECK(samples < 1000000);
    CHECK(contains(outcome.err, "interrupted after " + std::to_string(samples) + " of"));
    CHECK(contains(place.run({"inspect", "out.h5"}).out, "interrupted after "));
  }
}

TEST_CASE("a second Ctrl-C kills at once, without a file under the final name") {
  const Workplace place;
  // One sample of so many steps that the first Ctrl-C cannot be answered in time.
  place.write("net.yaml", kSmallNetwork);
  Child child(place.command({"run", "net.yaml", "-o", "out.h5", "--samples", "1", "--set",
                             "time.steps=100000000", "--set", "populations.hidden.size=4096",
                             "--set", "data.encoder.gain=0.001", "--set", "record.spikes=[]"}),
              {.folder = place.folder()});
  std::this_thread::sleep_for(500ms);
  child.send(SIGINT);
  std::this_thread::sleep_for(200ms);
  child.send(SIGINT);
  const Outcome outcome = child.wait();
  CHECK(outcome.signal == SIGINT);
  CHECK(contains(outcome.err, "press Ctrl-C again to stop at once"));
  CHECK_FALSE(place.has("out.h5"));
}

TEST_CASE("a killed run leaves nothing under the final name, and the next one is not in its way") {
  const Workplace place;
  LongRun run(place);
  run.wait_for_samples();
  run.child().send(SIGKILL);
  CHECK(run.child().wait().signal == SIGKILL);
  CHECK_FALSE(place.has("out.h5"));

  const Outcome next = place.run({"run", "net.yaml", "-o", "out.h5"});
  CAPTURE(next.err);
  CHECK(next.code == 0);
  CHECK_FALSE(place.has("out.h5.partial"));
}

}  // namespace neurosim
