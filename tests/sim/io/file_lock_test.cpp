#include "sim/io/file_lock.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "file_edit.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

TEST_CASE("a lock is one holder's, until that one goes") {
  const test::TempFolder folder;
  const std::string path = folder.path("a.lock");
  {
    const FileLock lock = FileLock::wait_for(path);
    CHECK(!FileLock::attempt(path));
    CHECK(FileLock::attempt(folder.path("b.lock")));
  }
  std::optional<FileLock> lock = FileLock::attempt(path);
  REQUIRE(lock);
  {
    const FileLock moved = std::move(*lock);
    lock.reset();
    CHECK(!FileLock::attempt(path));
  }
  CHECK(FileLock::attempt(path));
}

TEST_CASE("waiting for a lock ends when it is free") {
  const test::TempFolder folder;
  const std::string path = folder.path("a.lock");
  std::optional<FileLock> lock = FileLock::wait_for(path);
  std::atomic<bool> started = false, acquired = false;
  std::jthread other([&] {
    started = true;
    const FileLock waited = FileLock::wait_for(path);
    acquired = true;
  });
  while (!started) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(!acquired);
  lock.reset();
  other.join();
  CHECK(acquired);
}

TEST_CASE("what cannot be a lock file") {
  const test::TempFolder folder;
  CHECK_THROWS_WITH_AS(FileLock::wait_for(folder.path("none/a.lock")),
                       doctest::Contains("cannot be locked"), DataError);
  CHECK_THROWS_AS(FileLock::attempt(folder.path("")), DataError);
}

}  // namespace
}  // namespace neurosim
