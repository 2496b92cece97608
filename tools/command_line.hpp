#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/exit_code.hpp"

namespace neurosim {

enum class OptionKind { kSwitch, kValue, kRepeatedValue };

struct OptionInfo {
  std::string_view name;  ///< long name without dashes
  char letter = '\0';     ///< short name; '\0': none
  OptionKind kind = OptionKind::kSwitch;
  std::string_view value = {};  ///< how help calls the value, e.g. `FILE`
  std::string_view sentence;
};

class CommandLine;

/// One command: its syntax, help and action. Parsing, help and suggestions all come from here.
/// `--help` is understood by every command and not listed.
struct CommandInfo {
  std::string_view name;
  std::string_view operands;  ///< for the usage line, e.g. `net.yaml`
  std::size_t fewest = 0;     ///< operands
  std::size_t most = 0;
  std::string_view sentence;
  std::string_view examples;  ///< whole lines
  std::span<const OptionInfo> options;
  ExitCode (*run)(const CommandLine& line) = nullptr;
};

/// The words after the command, taken apart.
class CommandLine {
 public:
  bool has(std::string_view option) const;
  /// The value of an option that is given at most once.
  std::optional<std::string> value(std::string_view option) const;
  std::string value_or(std::string_view option, std::string_view fallback) const;
  /// The value as a whole number from `low` up; throws UsageError for anything else.
  std::optional<std::uint64_t> whole_number(std::string_view option, std::uint64_t low) const;
  const std::vector<std::string>& values(std::string_view option) const;
  const std::vector<std::string>& operands() const { return operands_; }

 private:
  friend CommandLine parse_command_line(const CommandInfo& command,
                                        const std::vector<std::string>& words);
  std::map<std::string, std::vector<std::string>, std::less<>> options_;
  std::vector<std::string> operands_;
};

/// Throws UsageError naming what is unknown, missing, given twice or too much.
CommandLine parse_command_line(const CommandInfo& command, const std::vector<std::string>& words);

/// Usage, examples and options of a command, for `neurosim help <command>`.
std::string command_help(const CommandInfo& command, std::size_t columns);

}  // namespace neurosim
