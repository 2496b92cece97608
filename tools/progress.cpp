#include "tools/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <initializer_list>

#include "tools/number_text.hpp"

namespace neurosim {
namespace {

constexpr double kShortestPause = 0.2;
constexpr std::size_t kFewSamples = 5;

std::string bar(double done, std::size_t total) {
  constexpr std::size_t kCells = 20;
  const double share = total > 0 ? done / static_cast<double>(total) : 0;
  const auto filled =
      static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(kCells));
  return "[" + std::string(filled, '#') + std::string(kCells - filled, '.') + "] ";
}

/// The first of `lines`, longest first, that fits; the start of the last one where none does.
std::string fitting(std::initializer_list<std::string> lines, int columns) {
  const auto room = static_cast<std::size_t>(std::max(columns, 1)) - 1;
  for (const std::string& line : lines) {
    if (line.size() <= room) return line;
  }
  return std::prev(lines.end())->substr(0, room);
}

/// Samples a second; 0: not known yet.
double rate_of(double done, double seconds) { return seconds > 0 ? done / seconds : 0; }

std::string time_text(double samples, double rate) {
  return duration_text(std::round(samples / rate));
}

}  // namespace

std::string progress_line(const ProgressState& state, int columns) {
  // Of a few long samples, the whole ones would say little.
  const bool in_percent = state.total < kFewSamples;
  std::string text =
      in_percent
          ? fmt::format("{:.1f} % of {}", 100 * state.done / static_cast<double>(state.total),
                        plural(state.total, "sample"))
          : fmt::format("{} of {} samples", count_text(static_cast<std::size_t>(state.done)),
                        count_text(state.total));
  if (const double rate = rate_of(state.done, state.seconds); rate > 0) {
    const double left = static_cast<double>(state.total) - state.done;
    text += fmt::format("  {}/s  {} left", real_text(rate), time_text(left, rate));
  }
  return fitting({bar(state.done, state.total) + text, text}, columns);
}

std::string training_line(const TrainingState& state, int columns) {
  const BatchProgress& batch = state.batch;
  const std::string epoch = fmt::format("epoch {}/{}  ", batch.epoch, batch.epochs);
  const std::string samples =
      fmt::format("{}/{}  ", count_text(batch.done), count_text(batch.total));
  const std::string quality =
      fmt::format("loss {}  {:.1f} %", real_text(batch.loss), 100 * batch.accuracy);
  std::string speed, left;
  if (const double rate = rate_of(static_cast<double>(batch.done - state.begin), state.seconds);
      rate > 0) {
    const auto total = static_cast<double>(batch.total);
    const double now = total - static_cast<double>(batch.done);
    const double later = total * static_cast<double>(batch.epochs - batch.epoch);
    speed = fmt::format("  {}/s", real_text(rate));
    left = "  " + time_text(now, rate);
    if (later > 0) left += ", " + time_text(now + later, rate);
    left += " left";
  }
  return fitting(
      {epoch + bar(static_cast<double>(batch.done), batch.total) + samples + quality + speed + left,
       epoch + samples + quality + speed + left, epoch + samples + quality + left,
       epoch + samples + quality, epoch + quality},
      columns);
}

LiveLine::LiveLine(std::FILE* stream, const Terminal& terminal, Clock clock)
    : stream_(stream),
      terminal_(terminal),
      clock_(std::move(clock)),
      last_shown_(clock_() - kShortestPause) {}

void LiveLine::show(const std::function<std::string(int columns)>& text) {
  if (!terminal_.animation) return;
  const double time = now();
  if (time - last_shown_ < kShortestPause) return;
  last_shown_ = time;
  visible_ = true;
  std::fputs(("\r" + text(terminal_.columns) + "\033[K").c_str(), stream_);
  std::fflush(stream_);
}

void LiveLine::erase() {
  if (!visible_) return;
  visible_ = false;
  std::fputs("\r\033[K", stream_);
  std::fflush(stream_);
}

Progress::Progress(std::FILE* stream, const Terminal& terminal, Clock clock)
    : line_(stream, terminal, std::move(clock)), start_(line_.now()) {}

void Progress::show(double done, std::size_t total) {
  line_.show([&](int columns) {
    return progress_line({done, total, line_.now() - start_}, columns);
  });
}

TrainingProgress::TrainingProgress(std::FILE* stream, const Terminal& terminal, Clock clock)
    : line_(stream, terminal, std::move(clock)) {}

void TrainingProgress::show(const BatchProgress& batch) {
  if (!started_) {  // perhaps in the middle of an epoch: what came before was not timed
    started_ = true;
    start_ = line_.now();
    begin_ = batch.done;
  }
  line_.show([&](int columns) {
    return training_line({batch, begin_, line_.now() - start_}, columns);
  });
}

void TrainingProgress::end_epoch() {
  line_.erase();
  started_ = true;
  start_ = line_.now();
  begin_ = 0;
}

double steady_seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

}  // namespace neurosim
