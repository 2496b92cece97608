#include "tools/interrupt.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace neurosim {
namespace {

/// Signal handlers have no other way to reach the run than a global.
std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler must not wait for a lock");

std::string_view doing_until_the_end;

void say(std::string_view text) {
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
}

extern "C" void on_interrupt(int) {
  const int saved = errno;
  interrupted = true;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  say("\ninterrupted: ");
  say(doing_until_the_end);
  say("; press Ctrl-C again to stop at once\n");
  errno = saved;
}

}  // namespace

const std::atomic<bool>& catch_interrupts(std::string_view doing) {
  doing_until_the_end = doing;
  for (const int number : {SIGINT, SIGTERM}) {
    struct sigaction old {};
    sigaction(number, nullptr, &old);
    if (old.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = &on_interrupt;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, nullptr);
  }
  return interrupted;
}

}  // namespace neurosim
