#include "sim/core/thread_team.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "sim/core/error.hpp"
#include "support/random_tests.hpp"

namespace neurosim {
namespace {

TEST_CASE("every piece is done once, by a thread of the team, before the loop returns") {
  for (const unsigned threads : {1u, 2u, 3u, 5u}) {
    CAPTURE(threads);
    ThreadTeam team(threads);
    CHECK(team.threads() == threads);
    test::Draw draw(threads);
    for (int round = 0; round < 300; ++round) {
      const std::size_t pieces = draw.below(20);
      std::vector<int> done(pieces, 0), by(pieces, -1);  // no locks: pieces are apart
      team.for_each(pieces, [&](std::size_t piece, unsigned thread) {
        ++done[piece];
        by[piece] = static_cast<int>(thread);
      });
      for (std::size_t k = 0; k < pieces; ++k) {
        REQUIRE(done[k] == 1);
        REQUIRE(by[k] >= 0);
        REQUIRE(by[k] < static_cast<int>(threads));
      }
    }
  }
}

TEST_CASE("what a loop wrote is there in the next one, on any thread") {
  ThreadTeam team(4);
  std::vector<std::uint64_t> values(64, 1), sums(64, 0);
  for (int round = 0; round < 200; ++round) {
    team.for_each(64, [&](std::size_t piece, unsigned) {
      sums[piece] = std::accumulate(values.begin(), values.end(), std::uint64_t{0});
    });
    team.for_each(64, [&](std::size_t piece, unsigned) { values[piece] = sums[63 - piece] % 7; });
    for (const std::uint64_t sum : sums) REQUIRE(sum == sums[0]);
  }
}

TEST_CASE("work for each thread is done by that thread, every round and between other loops") {
  for (const unsigned threads : {1u, 2u, 4u}) {
    CAPTURE(threads);
    ThreadTeam team(threads);
    std::vector<std::thread::id> ids(threads);
    team.for_each_thread([&](unsigned thread) { ids[thread] = std::this_thread::get_id(); });
    CHECK(ids[0] == std::this_thread::get_id());
    for (int round = 0; round < 200; ++round) {
      std::vector<int> calls(threads, 0);  // no locks: threads are apart
      std::vector<std::thread::id> now(threads);
      team.for_each_thread([&](unsigned thread) {
        ++calls[thread];
        now[thread] = std::this_thread::get_id();
      });
      REQUIRE(calls == std::vector<int>(threads, 1));
      REQUIRE(now == ids);
      team.for_each(7, [](std::size_t, unsigned) {});
    }
  }
}

TEST_CASE("what work for each thread throws is thrown by the loop, and the team goes on") {
  ThreadTeam team(3);
  for (const unsigned failing : {0u, 1u, 2u}) {
    CAPTURE(failing);
    CHECK_THROWS_WITH_AS(team.for_each_thread([&](unsigned thread) {
      if (thread == failing) throw std::runtime_error("thread " + std::to_string(thread));
    }),
                         doctest::Contains(std::to_string(failing).c_str()), std::runtime_error);
    std::vector<int> calls(3, 0);
    team.for_each_thread([&](unsigned thread) { ++calls[thread]; });
    CHECK(calls == std::vector<int>(3, 1));
  }
}

TEST_CASE("several threads take part") {
  ThreadTeam team(3);
  // Each piece waits until all three have begun: one thread alone would never end.
  std::atomic<int> begun = 0;
  team.for_each(3, [&](std::size_t, unsigned) {
    ++begun;
    while (begun < 3) std::this_thread::yield();
  });
  CHECK(begun == 3);
}

TEST_CASE("the first exception is thrown after the loop, and the team goes on") {
  for (const unsigned threads : {1u, 4u}) {
    CAPTURE(threads);
    ThreadTeam team(threads);
    for (int round = 0; round < 50; ++round) {
      std::atomic<std::size_t> done = 0;
      std::string message;
      try {
        team.for_each(1000, [&](std::size_t piece, unsigned) {
          if (piece == 3) throw std::runtime_error("piece three");
          ++done;
        });
      } catch (const std::runtime_error& error) {
        message = error.what();
      }
      REQUIRE(message == "piece three");
      // One thread stops at once; others may have pieces in hand.
      if (threads == 1) REQUIRE(done == 3);
      std::atomic<std::size_t> after = 0;
      team.for_each(10, [&](std::size_t, unsigned) { ++after; });
      REQUIRE(after == 10);
    }
  }
}

TEST_CASE("a team may end without having done anything") {
  for (int round = 0; round < 50; ++round) ThreadTeam team(3);
}

// Sanitizers need more address space than a limit leaves.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("threads that the system has not are told, and those that began come to their end") {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit limit = {.rlim_cur = rlim_t{1} << 30, .rlim_max = rlim_t{1} << 30};
    if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(1);
    try {
      ThreadTeam team(4096);
    } catch (const UsageError& error) {
      _exit(std::string(error.what()).find(" of 4096 threads: ") != std::string::npos ? 0 : 2);
    }
    _exit(3);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}
#endif

}  // namespace
}  // namespace neurosim
