#pragma once

#include <string>

#include "sim/core/events.hpp"

namespace neurosim {

/// The size of a camera. What is given goes before what a file says; 0: take it from the file, or,
/// where that does not tell either, from the largest coordinates. Events beyond it are an error.
struct SensorSize {
  std::size_t width = 0;
  std::size_t height = 0;
};

/// Reads one recording. The format is found by content, or by the ending where content does not
/// tell: N-MNIST .bin and .bs2 (40-bit records), .csv/.tsv/.txt (t, x, y, p), AEDAT 4.0, Prophesee
/// DAT 2 and EVT 3. HDF5 is for sim/io/event_file.hpp. Memory is bounded by what the file really
/// holds. Events that come late are brought in order of t; those of one t stay as they came. Throws
/// DataError naming file, offset (or line), what was expected and what was found.
EventRecording read_events(const std::string& path, SensorSize sensor);

}  // namespace neurosim
