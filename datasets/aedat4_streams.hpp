#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "datasets/event_file.hpp"

namespace neurosim {

/// A stream of an AEDAT 4.0 file.
struct EventStream {
  std::uint32_t id = 0;
  SensorSize size;  ///< 0: not told
};

/// The stream of events with the lowest number in the XML that describes the streams. Throws
/// DataError where there is none.
EventStream find_event_stream(const std::string& path, std::string_view xml);

}  // namespace neurosim
