#pragma once

#include "sim/core/array_loader.hpp"

namespace neurosim {

/// Largest array that load_hdf5_array() accepts, as doubles in memory: 4 GiB.
inline constexpr std::size_t kMaxArrayBytes = std::size_t{4} << 30;

/// Reads a numeric dataset of an HDF5 file, of any rank, as doubles. Throws DataError naming file
/// and dataset (missing, not numeric, more than `kMaxArrayBytes`).
NumericArray load_hdf5_array(const std::string& file, const std::string& dataset);

}  // namespace neurosim
