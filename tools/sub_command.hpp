#pragma once

#include <span>
#include <string_view>

#include "tools/command_line.hpp"

namespace neurosim {

/// One thing that a command with several can do, e.g. `fetch` of `data`.
struct SubCommand {
  std::string_view name;
  std::span<const std::string_view> options;  ///< that it takes, of those of the command
  ExitCode (*run)(const CommandLine& line);
};

/// Runs the sub-command that the first operand names. Throws UsageError where there is none of this
/// name, and for options of the command that it does not take.
ExitCode run_sub_command(std::string_view command, std::span<const SubCommand> sub_commands,
                         std::span<const OptionInfo> options, const CommandLine& line);

}  // namespace neurosim
