#pragma once

#include <span>
#include <string>

#include "sim/core/checkpoint.hpp"
#include "sim/io/recorder.hpp"

namespace neurosim {

/// A table with a header and one line an epoch, for spreadsheets and scripts. Numbers are written
/// so that reading them gives the same bits; what is NaN stays empty, and a population has columns
/// for what it has numbers of.
std::string metrics_csv(std::span<const std::string> populations,
                        std::span<const EpochMetrics> epochs);

/// Writes it under a temporary name and renames it. Throws DataError.
void write_metrics_csv(const std::string& path, std::span<const std::string> populations,
                       std::span<const EpochMetrics> epochs, Overwrite overwrite);

}  // namespace neurosim
