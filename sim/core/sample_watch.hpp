#pragma once

#include <atomic>
#include <cstddef>

namespace neurosim {

/// A sample on its way, for other threads: how far it has come, and whether it should go on.
/// What runs the sample calls interrupted() now and then, and returns soon after the first `true`;
/// the sample is then lost.
class SampleWatch {
 public:
  /// `interrupt` may be nullptr: nothing interrupts.
  void begin(const std::atomic<bool>* interrupt) {
    interrupt_ = interrupt;
    gave_up_.store(false, std::memory_order_relaxed);
    begin_stage(0, 1);
  }

  bool interrupted() {
    if (interrupt_ == nullptr || !interrupt_->load(std::memory_order_relaxed)) return false;
    gave_up_.store(true, std::memory_order_relaxed);
    return true;
  }
  bool gave_up() const { return gave_up_.load(std::memory_order_relaxed); }

  /// Stages follow one another and count alike. Not while another thread calls reach().
  void begin_stage(std::size_t stage, std::size_t stages) {
    width_ = 1 / static_cast<double>(stages);
    begin_ = width_ * static_cast<double>(stage);
    reach(0);
  }
  /// `share`, in [0, 1], of the stage is done.
  void reach(double share) { done_.store(begin_ + width_ * share, std::memory_order_relaxed); }
  /// Share of the sample.
  double done() const { return done_.load(std::memory_order_relaxed); }

 private:
  const std::atomic<bool>* interrupt_ = nullptr;
  double begin_ = 0, width_ = 1;
  std::atomic<double> done_ = 0;
  std::atomic<bool> gave_up_ = false;
};

}  // namespace neurosim
