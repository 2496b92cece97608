#pragma once

#include "sim/network/description.hpp"
#include "tools/command_line.hpp"

namespace neurosim {

/// Reads the network file that the first operand names, with --set, --seed, --split
/// (data.split) and --samples (data.samples) applied in this order. Throws UsageError, ConfigError,
/// DataError.
Description read_network(const CommandLine& line);

/// The same for training, where --samples and --epochs are keys of `training:`.
Description read_network_to_train(const CommandLine& line);

}  // namespace neurosim
