#pragma once

#include <span>
#include <string>
#include <string_view>

#include "tools/command_line.hpp"

namespace neurosim {

/// Every command of `neurosim`, in the order of the help.
std::span<const CommandInfo> commands();

/// Throws UsageError that suggests the nearest name.
const CommandInfo& find_command(std::string_view name);

// One a file: tools/<command>.cpp.
extern const CommandInfo kRunCommand;
extern const CommandInfo kTrainCommand;
extern const CommandInfo kEncodeCommand;
extern const CommandInfo kValidateCommand;
extern const CommandInfo kGraphCommand;
extern const CommandInfo kInspectCommand;
extern const CommandInfo kEnergyCommand;
extern const CommandInfo kDiffCommand;
extern const CommandInfo kPlotCommand;  // tools/plot/plot.cpp
extern const CommandInfo kReportCommand;
extern const CommandInfo kExperimentCommand;
extern const CommandInfo kDataCommand;
extern const CommandInfo kInfoCommand;
extern const CommandInfo kHelpCommand;

/// help.cpp: what `neurosim` prints without arguments, and `neurosim help`.
std::string short_help();
std::string full_help();

/// info.cpp: `neurosim 0.1.0 (0123456789ab)`.
std::string version_line();
/// build_commit.cmake: the commit that this program was built from, with `-dirty` behind it where
/// its sources differed, or `unknown`.
std::string build_commit();

}  // namespace neurosim
