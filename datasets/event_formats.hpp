#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "datasets/event_file.hpp"

namespace neurosim {

/// A file of events, wholly in memory, for the readers below. Each of them throws DataError and
/// makes no more of a file than its bytes hold.
struct EventBytes {
  std::string path;
  std::span<const std::uint8_t> bytes;
  SensorSize sensor;  ///< as the caller gave it

  /// Throws `<path>: at byte <at>: <what>`.
  [[noreturn]] void fail(std::size_t at, const std::string& what) const;
};

EventRecording read_nmnist_events(const EventBytes& file);
EventRecording read_text_events(const EventBytes& file);
EventRecording read_aedat4_events(const EventBytes& file);
EventRecording read_dat_events(const EventBytes& file);
EventRecording read_evt3_events(const EventBytes& file);

/// Collects the events of a recording and keeps the invariants of EventRecording.
class EventSink {
 public:
  /// `size` is what the file says (0: nothing); what the caller gave goes before it. `place` is
  /// how an error calls the place of an event, e.g. `line`.
  EventSink(const EventBytes& file, SensorSize size, std::string_view place = "at byte");

  /// Refuses coordinates from `most` on, also where no size is known.
  void limit(std::size_t most) {
    limits_.width = std::min(limits_.width, most);
    limits_.height = std::min(limits_.height, most);
  }
  void reserve(std::size_t events) { recording_.events.reserve(events); }

  /// Throws DataError where the event is none of such a camera.
  void add(const Event& event, std::size_t place) {
    if (event.x >= limits_.width || event.y >= limits_.height || event.p > 1 || event.t < 0 ||
        event.t > kLatest) {
      refuse(event, place);
    }
    in_order_ = in_order_ && event.t >= last_t_;
    last_t_ = event.t;
    largest_.width = std::max<std::size_t>(largest_.width, event.x);
    largest_.height = std::max<std::size_t>(largest_.height, event.y);
    recording_.events.push_back(event);
  }

  /// Brings the events in order of t; events of one t stay as they came. Throws DataError where
  /// nothing tells the size.
  EventRecording finish();

  /// In us, the year 2255: differences and sums of times stay far from overflow.
  static constexpr std::int64_t kLatest = std::int64_t{1} << 53;

 private:
  [[noreturn]] void refuse(const Event& event, std::size_t place) const;

  std::string path_;
  std::string_view place_;
  SensorSize size_;    ///< 0: not known
  SensorSize limits_;  ///< size_, or what 16 bits can say
  SensorSize largest_;
  EventRecording recording_;
  std::int64_t last_t_ = 0;
  bool in_order_ = true;
};

/// `found` for an error message: short, in double quotes, without what a terminal would obey.
std::string quoted_bytes(std::string_view found);

/// An unsigned number of `Bytes` bytes, little-endian. REQUIRES: at + Bytes <= bytes.size().
template <std::size_t Bytes>
std::uint64_t little_endian(std::span<const std::uint8_t> bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t k = 0; k < Bytes; ++k) value |= std::uint64_t{bytes[at + k]} << 8 * k;
  return value;
}

}  // namespace neurosim
