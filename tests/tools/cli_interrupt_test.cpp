#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "tools/cli_files.hpp"

namespace neurosim {
namespace {

using namespace std::chrono_literals;

/// The small network with these overrides, so large that it runs far longer than a test waits.
/// Starts writing out.h5 before this returns.
class LongRun {
 public:
  LongRun(const Workplace& place, const std::vector<std::string>& overrides,
          const std::string& engine = "event")
      : child_(command(place, overrides, engine), {.folder = place.folder()}) {
    wait_until([&] { return place.has("out.h5.partial"); });
  }
  Child& child() { return child_; }

 private:
  static std::vector<std::string> command(const Workplace& place,
                                          const std::vector<std::string>& overrides,
                                          const std::string& engine) {
    place.write("net.yaml", kSmallNetwork);
    std::vector<std::string> words = {"run",       "net.yaml", "-o",       "out.h5",
                                      "--threads", "2",        "--engine", engine};
    for (const std::string& text : overrides) words.insert(words.end(), {"--set", text});
    return place.command(words);
  }
  Child child_;
};

const std::vector<std::string> kManySamples = {"data.samples=1000000", "time.steps=200"};
const std::vector<std::string> kOneEndlessSample = {"data.samples=1", "time.steps=10000000",
                                                    "populations.hidden.size=4096",
                                                    "data.encoder.gain=0.001", "record.spikes=[]"};

}  // namespace

TEST_CASE("Ctrl-C and SIGTERM end a run with a valid file that says how many samples it holds") {
  for (const int signal : {SIGINT, SIGTERM}) {
    const Workplace place;
    LongRun run(place, kManySamples);
    std::this_thread::sleep_for(200ms);
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

TEST_CASE("Ctrl-C ends a sample that would take long, the file holds those before") {
  for (const std::string samples : {"1", "2"}) {
    for (const std::string engine : {"event", "reference"}) {
      CAPTURE(samples);
      CAPTURE(engine);
      const Workplace place;
      auto overrides = kOneEndlessSample;
      overrides.push_back("data.samples=" + samples);
      LongRun run(place, overrides, engine);
      std::this_thread::sleep_for(300ms);
      run.child().send(SIGINT);
      const Outcome outcome = run.child().wait();
      CAPTURE(outcome.err);
      CHECK(outcome.code == 130);
      CHECK(contains(outcome.err, "interrupted after 0 of " + samples));
      CHECK(contains(place.run({"inspect", "out.h5"}).out, "interrupted after 0 samples"));
    }
  }
}

TEST_CASE("a second Ctrl-C may kill at once, and no half-written file has the final name") {
  const Workplace place;
  LongRun run(place, kOneEndlessSample);
  std::this_thread::sleep_for(500ms);
  run.child().send(SIGINT);
  run.child().send(SIGINT);
  const Outcome outcome = run.child().wait();
  CHECK((outcome.signal == SIGINT || outcome.code == 130));
  if (place.has("out.h5")) CHECK(place.run({"inspect", "out.h5"}).code == 0);
}

TEST_CASE("a killed run leaves nothing under the final name, and the next one is not in its way") {
  const Workplace place;
  LongRun run(place, kManySamples);
  std::this_thread::sleep_for(200ms);
  run.child().send(SIGKILL);
  CHECK(run.child().wait().signal == SIGKILL);
  CHECK_FALSE(place.has("out.h5"));

  const Outcome next = place.run({"run", "net.yaml", "-o", "out.h5"});
  CAPTURE(next.err);
  CHECK(next.code == 0);
  CHECK_FALSE(place.has("out.h5.partial"));
}

}  // namespace neurosim
