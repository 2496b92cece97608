#include "tools/event_frames.hpp"

#include <algorithm>

#include "sim/core/error.hpp"

namespace neurosim {

EventFrames count_frames(const EventRecording& recording, const EventGrid& grid) {
  NS_ASSERT(grid.frames > 0 && grid.most_blocks > 0 && grid.bins > 0);
  const std::size_t longest = std::max<std::size_t>({recording.width, recording.height, 1});
  EventFrames frames;
  frames.frames = grid.frames;
  frames.block = (longest + grid.most_blocks - 1) / grid.most_blocks;
  const auto blocks = [&](std::size_t pixels) {
    return std::max<std::size_t>((pixels + frames.block - 1) / frames.block, 1);
  };
  frames.width = blocks(recording.width);
  frames.height = blocks(recording.height);
  const std::size_t cells = frames.frames * frames.width * frames.height;
  frames.on.assign(cells, 0);
  frames.off.assign(cells, 0);
  frames.on_rate.assign(grid.bins, 0);
  frames.off_rate.assign(grid.bins, 0);
  const auto& events = recording.events;
  // Differences as doubles: times of a file may lie so far apart that integers would overflow.
  const double first = events.empty() ? 0 : static_cast<double>(events.front().t);
  const double last = events.empty() ? 0 : static_cast<double>(events.back().t);
  const bool from_zero = first >= 0 && first <= 0.1 * last;
  frames.begin_us = from_zero || events.empty() ? 0 : events.front().t;
  const double begin = static_cast<double>(frames.begin_us);
  const double length = std::max(last - begin + 1, 1.0);
  frames.frame_us = length / static_cast<double>(grid.frames);
  frames.bin_us = length / static_cast<double>(grid.bins);
  for (const Event& event : events) {
    const double share = (static_cast<double>(event.t) - begin) / length;
    const auto part = [share](std::size_t parts) {
      const auto at = static_cast<std::size_t>(share * static_cast<double>(parts));
      return std::min(at, parts - 1);
    };
    const std::size_t x = event.x / frames.block;
    const std::size_t y = event.y / frames.block;
    ++(event.p == 1 ? frames.on_rate : frames.off_rate)[part(grid.bins)];
    const std::size_t cell = (part(grid.frames) * frames.height + y) * frames.width + x;
    ++(event.p == 1 ? frames.on : frames.off)[cell];
  }
  return frames;
}

double full_count(const EventFrames& frames) {
  double events = 0, cells = 0;
  for (std::size_t k = 0; k < frames.on.size(); ++k) {
    const std::uint32_t count = frames.on[k] + frames.off[k];
    events += count;
    cells += count > 0 ? 1 : 0;
  }
  return cells > 0 ? std::max(events / cells, 1.0) : 1.0;
}

}  // namespace neurosim
