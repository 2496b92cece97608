#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/core/events.hpp"

namespace neurosim {

/// Events of a recording counted in space and time, to be drawn: some frames one after another,
/// each of equal length, and the rate over the whole.
struct EventFrames {
  std::size_t frames = 0;
  std::size_t width = 0;  ///< of a frame, in blocks
  std::size_t height = 0;
  std::size_t block = 1;      ///< pixels of the camera along a side of a block
  std::int64_t begin_us = 0;  ///< the first event
  double frame_us = 0;
  double bin_us = 0;
  std::vector<std::uint32_t> on, off;            ///< [frame][y][x]
  std::vector<std::uint32_t> on_rate, off_rate;  ///< events by bin

  std::uint32_t on_at(std::size_t frame, std::size_t x, std::size_t y) const {
    return on[(frame * height + y) * width + x];
  }
  std::uint32_t off_at(std::size_t frame, std::size_t x, std::size_t y) const {
    return off[(frame * height + y) * width + x];
  }
  /// The time of a frame's end, us.
  double end_us(std::size_t frame) const {
    return static_cast<double>(begin_us) + frame_us * static_cast<double>(frame + 1);
  }
};

struct EventGrid {
  std::size_t frames = 6;
  std::size_t most_blocks = 128;  ///< across and down a frame
  std::size_t bins = 100;         ///< of the rate
};

/// Time begins at the first event's, or at 0 where that is within the first tenth: recordings of
/// N-MNIST begin at 0, others at the time of day. REQUIRES: all of grid > 0.
EventFrames count_frames(const EventRecording& recording, const EventGrid& grid);

/// Counts from which on a block is drawn in full: the mean of those that have any, so that a pixel
/// that never stops does not make all others faint.
double full_count(const EventFrames& frames);

}  // namespace neurosim
