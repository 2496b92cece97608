#pragma once

#include <string>

#include "sim/core/checkpoint.hpp"
#include "sim/network/description.hpp"

namespace neurosim {

/// Reads the checkpoint from which the training of `description` goes on. Throws DataError where
/// there is none, and where it is of another network or training: `training.epochs` alone may
/// differ (and what is recorded, which training ignores).
Checkpoint read_to_resume(const Description& description, const std::string& file);

}  // namespace neurosim
