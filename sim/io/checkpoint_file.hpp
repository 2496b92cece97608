#pragma once

#include <string>

#include "sim/core/checkpoint.hpp"
#include "sim/io/recorder.hpp"

namespace neurosim {

/// Places in the file, for descriptions that read weights from it (`{ file, dataset }`).
std::string weights_dataset(const std::string& projection);
std::string parameter_dataset(const std::string& population, const std::string& parameter);

/// Writes a file of weights, metrics and training state (layout: checkpoint_file.cpp) under a
/// temporary name and renames it, so that a reader finds the old file or the new one, whole.
/// Throws DataError.
void write_checkpoint(const std::string& path, const Checkpoint& checkpoint, Overwrite overwrite);

/// Reads it again, bit for bit. Throws DataError naming the file and what is wrong with it.
Checkpoint read_checkpoint(const std::string& path);

}  // namespace neurosim
