#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "datasets/event_formats.hpp"

namespace neurosim {

/// The lines `% <keyword> <value>` at the beginning of Prophesee's files.
struct PropheseeHeader {
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  std::size_t end = 0;  ///< of the header, in bytes

  std::optional<std::string_view> find(std::string_view keyword) const;
};

/// Views into the file's bytes. Throws DataError where a line does not end.
PropheseeHeader parse_prophesee_header(const EventBytes& file);

/// What `% Width` and `% Height`, `% geometry` or `% format` say; 0 where they say nothing.
/// Throws DataError where they say nonsense.
SensorSize told_size(const EventBytes& file, const PropheseeHeader& header);

}  // namespace neurosim
