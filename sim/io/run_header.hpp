#pragma once

#include "sim/io/hdf5.hpp"
#include "sim/io/recorder.hpp"

namespace neurosim {

/// Writes what is known before the first sample into the group /neurosim (see README.md), with one
/// group for each population and projection, to which the recorder adds its tables.
void write_run_header(hdf5::Group& own, const RunHeader& header);

/// The inverse, but for the format, which open_own_group() checks. Throws DataError on anything
/// missing or of a wrong type, and where sizes, indices or names contradict each other.
RunHeader read_run_header(const hdf5::Group& own);

/// Name of the SONATA report that holds a variable of trace `trace`; unique within the file.
std::string report_name(const RunHeader& header, std::size_t trace, std::size_t variable);

}  // namespace neurosim
