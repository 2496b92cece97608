#pragma once

#include "sim/network/description.hpp"
#include "tools/command_line.hpp"

namespace neurosim {

// Options that several commands share.
inline constexpr OptionInfo kSetOption = {
    .name = "set",
    .kind = OptionKind::kRepeatedValue,
    .value = "PATH=VALUE",
    .sentence =
        "replace a value of the network file, e.g. --set time.steps=50; list items by "
        "index: projections.0.delay=2; may be repeated"};
inline constexpr OptionInfo kDataDirOption = {.name = "data-dir",
                                              .kind = OptionKind::kValue,
                                              .value = "DIR",
                                              .sentence = "folder searched first for data sets"};

/// Reads the network file that the first operand names, with --set, --samples and --seed applied
/// in this order. Throws UsageError, ConfigError, DataError.
Description read_network(const CommandLine& line);

}  // namespace neurosim
