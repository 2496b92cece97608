#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace neurosim {

/// Threads that stay, for short loops over independent pieces of work, one after another.
class ThreadTeam {
 public:
  /// The calling thread is one of `threads`. Throws UsageError where the system has not so many.
  explicit ThreadTeam(unsigned threads);
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;
  ~ThreadTeam();

  unsigned threads() const { return static_cast<unsigned>(helpers_.size()) + 1; }

  /// Calls work(piece, thread) once for each piece, thread < threads(), and returns when all are
  /// done. The first exception is thrown here; pieces not begun by then are left out.
  void for_each(std::size_t pieces,
                const std::function<void(std::size_t piece, unsigned thread)>& work);
  /// Calls work(thread) once in each thread: what a thread worked on last is still in its cache.
  void for_each_thread(const std::function<void(unsigned thread)>& work);

 private:
  void begin_round();
  void end_round();
  void end();
  void help(unsigned thread);
  void take_pieces(unsigned thread);
  bool wait_for_round(std::uint64_t last);

  std::vector<std::thread> helpers_;
  const std::function<void(std::size_t, unsigned)>* work_ = nullptr;
  bool one_each_ = false;  ///< a piece a thread: that of its number
  std::size_t pieces_ = 0;
  alignas(64) std::atomic<std::size_t> next_ = 0;
  alignas(64) std::atomic<std::size_t> busy_ = 0;     ///< helpers that have not finished the round
  alignas(64) std::atomic<std::uint64_t> round_ = 0;  ///< the last value ends the helpers
  std::mutex mutex_;
  std::condition_variable begin_, end_;
  std::exception_ptr error_;
};

}  // namespace neurosim
