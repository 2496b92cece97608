#pragma once

#include <string>

#include "sim/core/events.hpp"

namespace neurosim {

/// Whether the file begins as HDF5.
bool is_hdf5(const std::string& path);

/// Reads a recording from HDF5: datasets t, x, y, p of one length (integers; t in us), in the root,
/// or in a group `events` (as DSEC, Prophesee and h5 exports of Tonic have them) where also
/// `ts`/`xs`/`ys`/`ps` are known names. `width` and `height` (0: unknown) as in
/// datasets/event_file.hpp. Throws DataError.
EventRecording read_hdf5_events(const std::string& path, std::size_t width, std::size_t height);

}  // namespace neurosim
