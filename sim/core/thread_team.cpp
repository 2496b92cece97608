#include "sim/core/thread_team.hpp"

#include <limits>
#include <string>
#include <system_error>
#include <utility>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();
/// Loops follow one another within microseconds, and waking a thread takes tens of them: waits at
/// first without leaving the processor, then lets others run in between, and at last gives up.
template <class Done>
void spin(Done done) {
  constexpr int kPauses = 1000, kYields = 3000;
  for (int k = 0; k < kPauses; ++k) {
    if (done()) return;
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
  }
  for (int k = 0; k < kYields; ++k) {
    if (done()) return;
    std::this_thread::yield();
  }
}

}  // namespace

ThreadTeam::ThreadTeam(unsigned threads) {
  try {
    for (unsigned thread = 1; thread < threads; ++thread) {
      helpers_.emplace_back([this, thread] { help(thread); });
    }
  } catch (const std::system_error& error) {
    const std::size_t started = helpers_.size() + 1;
    end();
    throw UsageError("cannot start more than " + std::to_string(started) + " of " +
                     std::to_string(threads) + " threads: " + error.what());
  }
}

ThreadTeam::~ThreadTeam() { end(); }

void ThreadTeam::end() {
  {
    const std::lock_guard lock(mutex_);
    round_ = kEnd;
  }
  begin_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void ThreadTeam::for_each(std::size_t pieces,
                          const std::function<void(std::size_t, unsigned)>& work) {
  work_ = &work;
  pieces_ = pieces;
  one_each_ = false;
  next_ = 0;
  begin_round();
  take_pieces(0);
  end_round();
}

void ThreadTeam::for_each_thread(const std::function<void(unsigned)>& work) {
  const std::function<void(std::size_t, unsigned)> own = [&work](std::size_t, unsigned thread) {
    work(thread);
  };
  work_ = &own;
  one_each_ = true;
  begin_round();
  take_pieces(0);
  end_round();
}

void ThreadTeam::begin_round() {
  busy_ = helpers_.size();
  error_ = nullptr;
  {
    const std::lock_guard lock(mutex_);
    ++round_;
  }
  begin_.notify_all();
}

void ThreadTeam::end_round() {
  spin([this] { return busy_ == 0; });
  std::unique_lock lock(mutex_);
  end_.wait(lock, [this] { return busy_ == 0; });
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

/// Returns false when the team ends.
bool ThreadTeam::wait_for_round(std::uint64_t last) {
  spin([&] { return round_ != last; });
  std::unique_lock lock(mutex_);
  begin_.wait(lock, [&] { return round_ != last; });
  return round_ != kEnd;
}

void ThreadTeam::help(unsigned thread) {
  for (std::uint64_t round = 0; wait_for_round(round); ++round) {
    take_pieces(thread);
    const std::lock_guard lock(mutex_);
    if (--busy_ == 0) end_.notify_one();
  }
}

void ThreadTeam::take_pieces(unsigned thread) {
  try {
    if (one_each_) return (*work_)(thread, thread);
    for (std::size_t piece = next_++; piece < pieces_; piece = next_++) (*work_)(piece, thread);
  } catch (...) {
    next_ = pieces_;
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::current_exception();
  }
}

}  // namespace neurosim
