#include "sim/io/hdf5_crash_guard.hpp"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <memory>

namespace neurosim::hdf5 {
namespace {

/// Sent by the timer of the reading thread.
const int kTooLong = SIGXCPU;

// Signal handlers reach nothing but globals. The name is a copy: HDF5 may have overwritten the heap
// before it crashes.
char name[4096];
std::atomic<bool> reading = false;
std::atomic<pthread_t> reader{};
int exit_code_when_damaged = 0;
int limit_seconds = 0;  // 0: end_on_damaged_files() was not called

static_assert(std::atomic<bool>::is_always_lock_free &&
              std::atomic<pthread_t>::is_always_lock_free);

void say(const char* text) {
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text, std::strlen(text));
}

extern "C" void on_fault(int number) {
  if (!reading || !pthread_equal(reader, pthread_self())) {
    // Not HDF5's fault: returning lets the same instruction fail again, now as it would have.
    signal(number, SIG_DFL);
    if (number == SIGABRT || number == kTooLong) raise(number);
    return;
  }
  say("error: ");
  say(name);
  say(number == kTooLong ? ": damaged: the HDF5 library does not come to an end with it\n"
                         : ": damaged: the HDF5 library crashed while reading it\n");
  _exit(exit_code_when_damaged);
}

/// Counts the processor time of the thread that made it.
class ThreadTimer {
 public:
  ThreadTimer() {
    // To the reading thread itself: which thread gets a signal of the process differs by kernel.
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = kTooLong;
    event._sigev_un._tid = gettid();  // glibc 2.36 has no other name for it
    made_ = timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer_) == 0;
  }
  ~ThreadTimer() {
    if (made_) timer_delete(timer_);
  }
  ThreadTimer(const ThreadTimer&) = delete;
  ThreadTimer& operator=(const ThreadTimer&) = delete;

  /// 0: no limit any more.
  void limit(int seconds) {
    itimerspec when{};
    when.it_value.tv_sec = seconds;
    if (made_) timer_settime(timer_, 0, &when, nullptr);
  }

 private:
  timer_t timer_{};
  bool made_ = false;
};

/// A stack overflow leaves no room for a handler, so each reading thread gets room of its own.
class AlternativeStack {
 public:
  AlternativeStack() : room_(std::make_unique<char[]>(kSize)) {
    stack_t stack{};
    stack.ss_sp = room_.get();
    stack.ss_size = kSize;
    sigaltstack(&stack, nullptr);
  }
  ~AlternativeStack() {
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
  }
  AlternativeStack(const AlternativeStack&) = delete;
  AlternativeStack& operator=(const AlternativeStack&) = delete;

 private:
  static constexpr std::size_t kSize = 64 * 1024;
  std::unique_ptr<char[]> room_;
};

ThreadTimer& timer_of_this_thread() {
  static thread_local const AlternativeStack stack;
  static thread_local ThreadTimer timer;
  return timer;
}

}  // namespace

void end_on_damaged_files(int exit_code, int most_seconds) {
  exit_code_when_damaged = exit_code;
  limit_seconds = most_seconds;
  struct sigaction action {};
  action.sa_handler = &on_fault;
  action.sa_flags = SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, kTooLong}) {
    sigaction(number, &action, nullptr);
  }
}

Suspect::Suspect(const char* file) : outermost_(!reading) {
  if (!outermost_ || limit_seconds == 0) return;
  std::strncpy(name, file, sizeof name - 1);
  reader = pthread_self();
  reading = true;
  timer_of_this_thread().limit(limit_seconds);
}

Suspect::~Suspect() {
  if (!outermost_ || limit_seconds == 0) return;
  timer_of_this_thread().limit(0);
  reading = false;
}

}  // namespace neurosim::hdf5
