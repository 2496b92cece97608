#pragma once

#include <string>
#include <vector>

#include "sim/core/record.hpp"
#include "sim/io/recorder.hpp"
#include "support/random_tests.hpp"

namespace neurosim::test {

/// A run as an engine would give it: every vector filled as record.hpp says.
struct Run {
  RunHeader header;
  std::vector<SampleRecord> records;
};

/// Populations, projections and traces of any kind. Values are single-precision numbers where the
/// header says precision "single".
RunHeader random_header(Draw& draw);
SampleRecord random_record(const RunHeader& header, std::size_t sample, Draw& draw);
Run random_run(std::uint64_t seed, std::size_t samples);

/// A small run that never changes: binary `in` (6 neurons) and graded `hidden` (4), both recorded,
/// readout `out` (3 classes), two projections, and h and hs of hidden neurons 1 and 3; 5 ticks of
/// 0.5 ms.
RunHeader small_header();
Run small_run(std::size_t samples);

/// Writes the run to `path`, replacing what is there.
void write_run(const std::string& path, const Run& run, RunEnd how = RunEnd::kComplete);

}  // namespace neurosim::test
