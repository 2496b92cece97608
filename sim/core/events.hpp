#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace neurosim {

/// A change of brightness that one pixel of an event camera saw.
struct Event {
  std::int64_t t = 0;  ///< us
  std::uint16_t x = 0;
  std::uint16_t y = 0;
  std::uint8_t p = 0;  ///< polarity: 1 brighter (ON), 0 darker (OFF)
  friend bool operator==(const Event&, const Event&) = default;
};

/// What an event camera of width x height pixels recorded.
///
/// Invariants: t does not go back; x < width, y < height, p <= 1.
struct EventRecording {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<Event> events;
};

/// Neurons of a population that takes the events of such a camera: shape [2, height, width].
constexpr std::size_t event_neurons(std::size_t width, std::size_t height) {
  return 2 * height * width;
}

}  // namespace neurosim
