#include "sim/io/hdf5_crash_guard.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>

#include "file_edit.hpp"
#include "random_run.hpp"
#include "sim/io/results.hpp"

using namespace neurosim;
using namespace neurosim::test;

namespace {

constexpr int kDamaged = 3;
constexpr int kMostSeconds = 1;

/// How a process ends that does `work` under the guard; what it says goes into `log`.
struct End {
  int code = -1, signal = 0;
  std::string says;
};

End end_of(const std::string& log, const std::function<void()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    if (std::freopen(log.c_str(), "w", stderr) == nullptr) _exit(99);
    hdf5::end_on_damaged_files(kDamaged, kMostSeconds);
    try {
      work();
    } catch (const DataError&) {
      _exit(kDamaged);
    }
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  End end;
  if (WIFEXITED(status)) end.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  std::ifstream file(log);
  std::getline(file, end.says);
  return end;
}

// Unused where a sanitizer is on.
[[maybe_unused]] void read_everything(const std::string& path) {
  const Results results(path);
  for (std::size_t p = 0; p < results.header().populations.size(); ++p) {
    results.population(p);
    if (results.has_raster(p) && results.samples() > 0) results.raster(p, 0);
  }
}

}  // namespace

TEST_CASE("a crash while a file is read is laid to its charge") {
  const TempFolder folder;
  for (const int number : {SIGSEGV, SIGABRT, SIGFPE}) {
    CAPTURE(number);
    const End end = end_of(folder.path("log"), [number] {
      const hdf5::Suspect outer("odd.h5");
      { const hdf5::Suspect inner("odd.h5"); }
      raise(number);
    });
    CHECK(end.code == kDamaged);
    CHECK(end.says == "error: odd.h5: damaged: the HDF5 library crashed while reading it");
  }
}

// The thread sanitizer holds signals back until the loop ends.
#if !defined(__SANITIZE_THREAD__)
TEST_CASE("a file that keeps HDF5 busy without end is given up, in any thread") {
  const TempFolder folder;
  const End end = end_of(folder.path("log"), [] {
    std::thread([] {
      const hdf5::Suspect reading("odd.h5");
      volatile bool on = true;
      while (on) {
      }
    }).join();
  });
  CHECK(end.code == kDamaged);
  CHECK(end.says == "error: odd.h5: damaged: the HDF5 library does not come to an end with it");
}
#endif

TEST_CASE("a crash outside of reading stays a crash") {
  const TempFolder folder;
  for (const int number : {SIGABRT, SIGXCPU}) {
    const End end = end_of(folder.path("log"), [number] {
      { const hdf5::Suspect reading("fine.h5"); }
      raise(number);
    });
    CHECK(end.signal == number);
    CHECK(end.says.empty());
  }
}

// A sanitizer ends the process at HDF5's first wrong access, before there is a signal.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("whatever bytes of a results file are damaged, reading it ends in order") {
  const TempFolder folder;
  const std::string whole = folder.path("run.h5"), damaged = folder.path("damaged.h5");
  write_run(whole, small_run(3));
  std::ifstream file(whole, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  for_each_seed(200, [&](std::uint64_t seed) {
    Draw draw(seed);
    std::string changed = bytes;
    for (std::size_t k = 1 + draw.below(40); k > 0; --k) {
      changed[draw.below(changed.size())] = static_cast<char>(draw.bits());
    }
    std::ofstream(damaged, std::ios::binary) << changed;
    const End end = end_of(folder.path("log"), [&] { read_everything(damaged); });
    CAPTURE(end.says);
    CHECK((end.code == 0 || end.code == kDamaged));
  });
}
#endif
