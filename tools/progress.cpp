#include "tools/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "tools/number_text.hpp"

namespace neurosim {
namespace {

constexpr double kShortestPause = 0.2;
constexpr int kBarCells = 20;

std::string bar(double share) {
  const auto filled = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * kBarCells);
  return "[" + std::string(filled, '#') + std::string(kBarCells - filled, '.') + "]";
}

}  // namespace

std::string progress_line(const ProgressState& state, int columns) {
  const auto done = static_cast<double>(state.done);
  const auto total = static_cast<double>(state.total);
  const std::string count =
      fmt::format("{} of {} samples", count_text(state.done), count_text(state.total));
  std::string rest;
  if (state.done > 0 && state.seconds > 0) {
    const double rate = done / state.seconds;
    rest = fmt::format("  {}/s  {} left", real_text(rate),
                       duration_text(std::round((total - done) / rate)));
  }
  const auto room = static_cast<std::size_t>(std::max(columns, 1)) - 1;
  std::string with_bar = bar(total > 0 ? done / total : 0) + " " + count + rest;
  if (with_bar.size() <= room) return with_bar;
  return (count + rest).substr(0, room);
}

Progress::Progress(std::FILE* stream, const Terminal& terminal, Clock clock)
    : stream_(stream),
      terminal_(terminal),
      clock_(std::move(clock)),
      start_(clock_()),
      last_shown_(start_ - kShortestPause) {}

Progress::~Progress() {
  if (!visible_) return;
  std::fputs("\r\033[K", stream_);
  std::fflush(stream_);
}

void Progress::show(std::size_t done, std::size_t total) {
  if (!terminal_.animation) return;
  const double now = clock_();
  if (now - last_shown_ < kShortestPause) return;
  last_shown_ = now;
  visible_ = true;
  const std::string line = progress_line({done, total, now - start_}, terminal_.columns);
  std::fputs(("\r" + line + "\033[K").c_str(), stream_);
  std::fflush(stream_);
}

double steady_seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

}  // namespace neurosim
