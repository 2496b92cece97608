#pragma once

#include <string>

#include "sim/core/events.hpp"

namespace neurosim {

/// Whether the file begins as HDF5.
bool is_hdf5(const std::string& path);

/// Reads a recording from HDF5: datasets t, x, y, p of one length (integers; t in us, >= 0; p 0 or
/// 1, or -1 or 1), in the root or in a group `events` (as DSEC and others have them), where also
/// `ts`/`xs`/`ys`/`ps` are known names. Events whose time goes back are put in order, those of one
/// time stay in that of the file. `width` and `height` are the camera's; 0: 1 + the largest
/// coordinate. Memory is bounded by what the file holds. Throws DataError.
EventRecording read_hdf5_events(const std::string& path, std::size_t width, std::size_t height);

}  // namespace neurosim
