#pragma once

#include <string>
#include <vector>

#include "sim/io/hdf5.hpp"
#include "sim/io/raster_reader.hpp"
#include "sim/io/recorder.hpp"

namespace neurosim {

/// A results file (layout: recorder.cpp) with its header read and checked.
struct ResultsFile {
  hdf5::File file;
  hdf5::Group root;
  hdf5::Group own;  ///< /neurosim
  RunHeader header;
  std::uint64_t samples = 0;
  bool complete = false;
};

/// Throws DataError unless `path` is a results file that this program can read.
ResultsFile open_results(const std::string& path);

/// A dataset of /neurosim of the given kind whose rows are the samples: `rank` 1, a column, or 2,
/// a table.
hdf5::Dataset sample_rows(const ResultsFile& results, const std::string& path, hdf5::Kind kind,
                          std::size_t rank);

/// The recorded spikes of a population. REQUIRES: header.populations[population].record_raster.
RasterReader open_raster(const ResultsFile& results, std::size_t population);

}  // namespace neurosim
