#include <fmt/format.h>

#include <utility>

#include "datasets/event_formats.hpp"
#include "sim/core/error.hpp"

namespace neurosim {

void EventBytes::fail(std::size_t at, const std::string& what) const {
  throw DataError(path, fmt::format("at byte {}: {}", at, what));
}

EventSink::EventSink(const EventBytes& file, SensorSize size, std::string_view place)
    : path_(file.path), place_(place), size_(size) {
  if (file.sensor.width != 0) size_.width = file.sensor.width;
  if (file.sensor.height != 0) size_.height = file.sensor.height;
  constexpr std::size_t kMost = std::size_t{1} << 16;  // as far as Event can say
  limits_.width = size_.width == 0 ? kMost : size_.width;
  limits_.height = size_.height == 0 ? kMost : size_.height;
}

void EventSink::refuse(const Event& event, std::size_t place) const {
  const auto fail = [&](const std::string& what) {
    throw DataError(path_, fmt::format("{} {}: {}", place_, place, what));
  };
  if (event.x >= limits_.width) {
    fail(fmt::format("expected an x below the width of {}, found {}", limits_.width, event.x));
  }
  if (event.y >= limits_.height) {
    fail(fmt::format("expected a y below the height of {}, found {}", limits_.height, event.y));
  }
  if (event.p > 1) fail(fmt::format("expected a polarity of 0 or 1, found {}", event.p));
  fail(fmt::format("expected a time of 0 to {} us, found {}", kLatest, event.t));
  throw InternalError("an event refused without a reason");
}

EventRecording EventSink::finish() {
  if (recording_.events.empty() && (size_.width == 0 || size_.height == 0)) {
    throw DataError(path_, "expected events, found none, and nothing tells the size of the camera");
  }
  recording_.width = size_.width != 0 ? size_.width : largest_.width + 1;
  recording_.height = size_.height != 0 ? size_.height : largest_.height + 1;
  if (!in_order_) {
    std::stable_sort(recording_.events.begin(), recording_.events.end(),
                     [](const Event& a, const Event& b) { return a.t < b.t; });
  }
  return std::move(recording_);
}

std::string quoted_bytes(std::string_view found) {
  constexpr std::size_t kMost = 24;
  std::string text = "\"";
  for (const char c : found.substr(0, kMost)) text += c >= 0x20 && c < 0x7F ? c : '?';
  return text + (found.size() > kMost ? "...\"" : "\"");
}

}  // namespace neurosim
