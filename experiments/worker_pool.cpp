#include "experiments/worker_pool.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr std::chrono::milliseconds kLongestSilence{200};

/// Records in flight, as a ring: sample k lives in slot k % slots. Everything below the mutex is
/// guarded by it, but for watches; a record belongs to the worker while its slot is kRunning and
/// to the consumer while it is kDone.
class Ring {
 public:
  Ring(const PoolOptions& options, std::size_t slots) : options_(options), slots_(slots) {}

  void work(const std::function<SampleRunner()>& make_runner) {
    try {
      SampleRunner run;
      while (const auto sample = take()) {
        if (!run) run = make_runner();  // an engine is not made for nothing
        Slot& slot = slots_[*sample % slots_.size()];
        run(*sample, slot.record, slot.watch);
        finish(slot);
      }
    } catch (...) {
      fail(std::current_exception());
    }
  }

  /// The next record in order, or nullptr when there will be none.
  const SampleRecord* next() {
    std::unique_lock lock(mutex_);
    Slot& slot = slots_[consumed_ % slots_.size()];
    const auto ready = [&] {
      return failure_ || slot.state == Slot::kDone || slot.state == Slot::kGivenUp ||
             (stopped() && consumed_ == taken_);
    };
    while (!changed_.wait_for(lock, kLongestSilence, ready)) {
      if (!options_.waiting) continue;
      const double done = under_way();
      lock.unlock();
      options_.waiting(done);
      lock.lock();
    }
    if (failure_) std::rethrow_exception(failure_);
    return slot.state == Slot::kDone ? &slot.record : nullptr;
  }

  void release() {
    const std::lock_guard lock(mutex_);
    slots_[consumed_ % slots_.size()].state = Slot::kFree;
    ++consumed_;
    changed_.notify_all();
  }

  void stop() {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }

  std::size_t consumed() const { return consumed_; }

 private:
  struct Slot {
    enum State { kFree, kRunning, kDone, kGivenUp } state = kFree;
    SampleRecord record;
    SampleWatch watch;
  };

  bool stopped() const {
    return stop_ || taken_ == options_.samples ||
           (options_.interrupt != nullptr && options_.interrupt->load());
  }

  double under_way() const {
    auto done = static_cast<double>(consumed_);
    for (const Slot& slot : slots_) {
      if (slot.state == Slot::kRunning) done += slot.watch.done();
      if (slot.state == Slot::kDone) done += 1;
    }
    return done;
  }

  std::optional<std::size_t> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopped() || taken_ < consumed_ + slots_.size(); });
    if (stopped()) {
      changed_.notify_all();
      return std::nullopt;
    }
    Slot& slot = slots_[taken_ % slots_.size()];
    slot.state = Slot::kRunning;
    slot.watch.begin(options_.interrupt);
    return taken_++;
  }

  void finish(Slot& slot) {
    const std::lock_guard lock(mutex_);
    slot.state = slot.watch.gave_up() ? Slot::kGivenUp : Slot::kDone;
    changed_.notify_all();
  }

  void fail(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
    stop_ = true;
    changed_.notify_all();
  }

  PoolOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Slot> slots_;
  std::size_t taken_ = 0, consumed_ = 0;
  bool stop_ = false;
  std::exception_ptr failure_;
};

/// Joins the workers on every way out.
class Workers {
 public:
  Workers(Ring& ring, unsigned threads, const std::function<SampleRunner()>& make_runner)
      : ring_(ring) {
    try {
      for (unsigned k = 0; k < threads; ++k) {
        threads_.emplace_back([&ring, &make_runner] { ring.work(make_runner); });
      }
    } catch (const std::system_error& error) {
      const std::size_t started = threads_.size();
      join();
      throw UsageError("cannot start more than " + std::to_string(started) + " of " +
                       std::to_string(threads) + " threads: " + error.what());
    }
  }
  ~Workers() { join(); }

 private:
  void join() {
    ring_.stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  Ring& ring_;
  std::vector<std::thread> threads_;
};

}  // namespace

std::size_t run_samples(const PoolOptions& options,
                        const std::function<SampleRunner()>& make_runner,
                        const std::function<void(const SampleRecord&)>& consume) {
  const auto useful = static_cast<unsigned>(std::clamp<std::size_t>(options.samples, 1, 1u << 16));
  const unsigned threads = std::clamp(options.threads, 1u, useful);
  Ring ring(options, std::size_t{4} * threads);
  const Workers workers(ring, threads, make_runner);
  while (const SampleRecord* record = ring.next()) {
    consume(*record);
    ring.release();
  }
  return ring.consumed();
}

}  // namespace neurosim
