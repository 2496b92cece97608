#include "experiments/worker_pool.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/random_tests.hpp"

namespace neurosim {
namespace {

using Indices = std::vector<std::size_t>;

Indices first(std::size_t count) {
  Indices indices(count);
  for (std::size_t k = 0; k < count; ++k) indices[k] = k;
  return indices;
}

/// Counts what is alive, so that a test sees whether every thread has let go of its runner.
struct Alive {
  std::atomic<int> runners{0};
  std::atomic<int> running{0};
};

class Held {
 public:
  explicit Held(std::atomic<int>& count) : count_(count) { ++count_; }
  ~Held() { --count_; }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

 private:
  std::atomic<int>& count_;
};

/// A runner that writes its sample into the record after `work(sample)`.
std::function<SampleRunner()> runners(Alive& alive, std::function<void(std::size_t)> work) {
  return [&alive, work = std::move(work)]() -> SampleRunner {
    return [&alive, work, held = std::make_shared<Held>(alive.runners)](
               std::size_t sample, SampleRecord& record, SampleWatch&) {
      const Held running(alive.running);
      work(sample);
      record.sample = sample;
      record.readout = {static_cast<double>(sample) * 2};
    };
  };
}

/// Spends some turns of the scheduler, so that samples end in another order than they start.
void dawdle(std::size_t turns) {
  for (std::size_t k = 0; k < turns; ++k) std::this_thread::yield();
}

TEST_CASE("records arrive in order, each with its own sample, whatever the threads do") {
  test::for_each_seed(20, [](std::uint64_t seed) {
    test::Draw draw(seed);
    const std::size_t samples = draw.below(60);
    const auto threads = static_cast<unsigned>(1 + draw.below(8));
    std::vector<std::size_t> turns(samples);
    for (std::size_t& t : turns) t = draw.below(30);
    Alive alive;
    Indices consumed;
    std::mutex mutex;
    Indices run;
    const std::size_t count = run_samples(
        {.samples = samples, .threads = threads},
        runners(alive,
                [&](std::size_t sample) {
                  dawdle(turns[sample]);
                  const std::lock_guard lock(mutex);
                  run.push_back(sample);
                }),
        [&](const SampleRecord& record) {
          REQUIRE(record.readout == std::vector<double>{static_cast<double>(record.sample) * 2});
          consumed.push_back(record.sample);
        });
    CHECK(count == samples);
    CHECK(consumed == first(samples));
    std::sort(run.begin(), run.end());
    CHECK(run == first(samples));
    CHECK(alive.runners == 0);
  });
}

TEST_CASE("without samples nothing is run or consumed") {
  for (const unsigned threads : {0u, 1u, 4u}) {
    Alive alive;
    const auto unexpected = [](const auto&...) { throw std::logic_error("unexpected call"); };
    CHECK(run_samples({.samples = 0, .threads = threads}, runners(alive, unexpected), unexpected) ==
          0);
    CHECK(alive.runners == 0);
  }
}

TEST_CASE("more threads than samples, and no thread number, run every sample once") {
  for (const unsigned threads : {0u, 1u, 16u}) {
    CAPTURE(threads);
    Alive alive;
    Indices consumed;
    CHECK(run_samples({.samples = 3, .threads = threads}, runners(alive, dawdle),
                      [&](const SampleRecord& record) { consumed.push_back(record.sample); }) == 3);
    CHECK(consumed == first(3));
  }
}

TEST_CASE("few samples run ahead of the consumer") {
  constexpr unsigned kThreads = 3;
  constexpr std::size_t kSamples = 500, kMostAhead = 4 * kThreads;
  Alive alive;
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t started = 0, consumed = 0, most_ahead = 0;
  run_samples({.samples = kSamples, .threads = kThreads},
              runners(alive,
                      [&](std::size_t) {
                        const std::lock_guard lock(mutex);
                        ++started;
                        most_ahead = std::max(most_ahead, started - consumed);
                        changed.notify_all();
                      }),
              [&](const SampleRecord&) {
                std::unique_lock lock(mutex);
                // The first record waits until the workers have run as far ahead as they ever may.
                if (consumed == 0) changed.wait(lock, [&] { return started == kMostAhead; });
                ++consumed;
              });
  CHECK(consumed == kSamples);
  // A record is still alive while its consumption is being counted.
  CHECK(most_ahead <= kMostAhead + 1);
}

TEST_CASE("samples run on as many threads as asked for") {
  Alive alive;
  std::mutex mutex;
  std::condition_variable changed;
  std::set<std::thread::id> threads;
  run_samples({.samples = 4, .threads = 4},
              runners(alive,
                      [&](std::size_t) {
                        std::unique_lock lock(mutex);
                        threads.insert(std::this_thread::get_id());
                        changed.notify_all();
                        changed.wait(lock,
                                     [&] { return threads.size() == 4; });  // each holds one sample
                      }),
              [&](const SampleRecord&) { CHECK(!threads.contains(std::this_thread::get_id())); });
  CHECK(threads.size() == 4);
}

TEST_CASE("a runner's exception reaches the caller after all threads have ended") {
  for (const unsigned threads : {1u, 4u}) {
    for (const std::size_t bad : {std::size_t{0}, std::size_t{7}, std::size_t{99}}) {
      CAPTURE(threads);
      CAPTURE(bad);
      Alive alive;
      Indices consumed;
      CHECK_THROWS_WITH_AS(
          run_samples({.samples = 100, .threads = threads},
                      runners(alive,
                              [&](std::size_t sample) {
                                if (sample == bad) throw std::runtime_error("sample is bad");
                                dawdle(3);
                              }),
                      [&](const SampleRecord& record) { consumed.push_back(record.sample); }),
          "sample is bad", std::runtime_error);
      CHECK(alive.runners == 0);
      CHECK(alive.running == 0);
      CHECK(consumed.size() <= bad);
      CHECK(consumed == first(consumed.size()));
    }
  }
}

TEST_CASE("a consumer's exception stops the workers and reaches the caller") {
  Alive alive;
  std::atomic<std::size_t> started = 0;
  std::size_t consumed = 0;
  CHECK_THROWS_WITH_AS(run_samples({.samples = 100000, .threads = 3},
                                   runners(alive, [&](std::size_t) { ++started; }),
                                   [&](const SampleRecord&) {
                                     if (++consumed == 5) throw std::runtime_error("disk full");
                                   }),
                       "disk full", std::runtime_error);
  CHECK(consumed == 5);
  CHECK(started <= 5 + 4 * 3);
  CHECK(alive.runners == 0);
}

TEST_CASE("an exception while a runner is made reaches the caller") {
  Alive alive;
  std::atomic<int> made = 0;
  const auto make_good = runners(alive, dawdle);
  const auto make = [&]() -> SampleRunner {
    if (++made == 2) throw std::runtime_error("out of memory");
    return make_good();
  };
  // With one sample the good threads may be done before the bad one begins; with many they wait.
  CHECK_THROWS_WITH_AS(
      run_samples({.samples = 1000000, .threads = 3}, make, [](const SampleRecord&) {}),
      "out of memory", std::runtime_error);
  CHECK(alive.runners == 0);
}

TEST_CASE("an interrupt ends the run after the samples in flight") {
  for (const unsigned threads : {1u, 2u, 5u}) {
    for (const std::size_t stop_at : {std::size_t{0}, std::size_t{1}, std::size_t{20}}) {
      CAPTURE(threads);
      CAPTURE(stop_at);
      std::atomic<bool> interrupt = stop_at == 0;
      Alive alive;
      Indices consumed;
      std::atomic<std::size_t> run = 0;
      const std::size_t count =
          run_samples({.samples = 100000, .threads = threads, .interrupt = &interrupt},
                      runners(alive, [&](std::size_t) { ++run; }), [&](const SampleRecord& record) {
                        consumed.push_back(record.sample);
                        if (consumed.size() == stop_at) interrupt = true;
                      });
      CHECK(count == consumed.size());
      CHECK(consumed == first(consumed.size()));
      CHECK(run == consumed.size());  // nothing that ran is lost
      CHECK(count >= stop_at);
      CHECK(count <= stop_at + 4 * threads);
    }
  }
}

TEST_CASE("an interrupt by a runner counts as well") {
  std::atomic<bool> interrupt = false;
  Alive alive;
  Indices consumed;
  const std::size_t count = run_samples(
      {.samples = 100000, .threads = 2, .interrupt = &interrupt},
      runners(alive, [&](std::size_t sample) { interrupt = interrupt || sample == 50; }),
      [&](const SampleRecord& record) { consumed.push_back(record.sample); });
  CHECK(count >= 51);
  CHECK(count <= 51 + 8);
  CHECK(consumed == first(count));
}

TEST_CASE("samples that are given up after an interrupt are not consumed, nor those after them") {
  for (const unsigned threads : {1u, 3u}) {
    CAPTURE(threads);
    std::atomic<bool> interrupt = false;
    Indices consumed;
    const auto make = []() -> SampleRunner {
      return [](std::size_t sample, SampleRecord& record, SampleWatch& watch) {
        record.sample = sample;
        while (sample == 10 && !watch.interrupted()) std::this_thread::yield();
      };
    };
    const std::size_t count =
        run_samples({.samples = 1000, .threads = threads, .interrupt = &interrupt}, make,
                    [&](const SampleRecord& record) {
                      consumed.push_back(record.sample);
                      interrupt = consumed.size() == 10;
                    });
    CHECK(count == 10);
    CHECK(consumed == first(10));
  }
}

TEST_CASE("while a long sample is on its way, its parts are told") {
  std::atomic<bool> told = false;
  std::vector<double> shares;
  const auto make = [&]() -> SampleRunner {
    return [&](std::size_t sample, SampleRecord& record, SampleWatch& watch) {
      record.sample = sample;
      watch.begin_stage(1, 2);
      watch.reach(0.5);
      while (sample == 1 && !told) std::this_thread::yield();
    };
  };
  run_samples({.samples = 2,
               .waiting =
                   [&](double done) {
                     shares.push_back(done);
                     told = done == 1.75;  // one sample, and half of the second half of another
                   }},
              make, [](const SampleRecord&) {});
  CHECK(shares.back() == 1.75);
}

}  // namespace
}  // namespace neurosim
