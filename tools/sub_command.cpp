#include "tools/sub_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/network/config_node.hpp"

namespace neurosim {

ExitCode run_sub_command(std::string_view command, std::span<const SubCommand> sub_commands,
                         std::span<const OptionInfo> options, const CommandLine& line) {
  const std::string name = line.operands().empty() ? "" : line.operands().front();
  std::vector<std::string_view> known;
  for (const SubCommand& sub_command : sub_commands) {
    known.push_back(sub_command.name);
    if (sub_command.name != name) continue;
    for (const OptionInfo& option : options) {
      if (!line.has(option.name) || std::ranges::count(sub_command.options, option.name) > 0) {
        continue;
      }
      throw UsageError(fmt::format("neurosim {} {} takes no --{}\nSee: neurosim help {}", command,
                                   name, option.name, command));
    }
    return sub_command.run(line);
  }
  if (name.empty()) {
    throw UsageError(fmt::format("neurosim {}: what? See: neurosim help {}", command, command));
  }
  throw UsageError(fmt::format("neurosim {}: unknown {}", command, unknown_name(name, known)));
}

}  // namespace neurosim
