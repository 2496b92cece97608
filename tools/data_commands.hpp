#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/catalogue.hpp"
#include "tools/command_line.hpp"

namespace neurosim {

// What `neurosim data` can do, one a file: tools/data_<name>.cpp. The first operand is the name.
ExitCode data_list(const CommandLine& line);
ExitCode data_fetch(const CommandLine& line);
ExitCode data_verify(const CommandLine& line);

/// The datasets that the operands after the first one name. Throws UsageError where there is none,
/// or one that is not in the catalogue.
std::vector<const KnownDataset*> named_datasets(const CommandLine& line);

}  // namespace neurosim
