#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <system_error>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/io/hdf5_crash_guard.hpp"
#include "tools/commands.hpp"
#include "tools/exit_code.hpp"
#include "tools/terminal.hpp"

namespace neurosim {
namespace {

using Words = std::vector<std::string>;

/// --no-color may stand anywhere, so that errors in the rest of the line heed it as well.
void take_no_color(Words& words) {
  const auto end = std::find(words.begin(), words.end(), "--");
  const auto kept = std::remove(words.begin(), end, "--no-color");
  if (kept != end) setenv("NO_COLOR", "1", 1);
  words.erase(kept, end);
}

ExitCode dispatch(const Words& words) {
  if (words.empty()) {
    fmt::print(stderr, "{}", short_help());
    return ExitCode::kUsage;
  }
  const std::string& name = words.front();
  if (name == "--version") {
    fmt::print("{}\n", version_line());
    return ExitCode::kSuccess;
  }
  if (name == "--help" || name == "-h") {
    fmt::print("{}", full_help());
    return ExitCode::kSuccess;
  }
  if (name.starts_with('-')) {
    throw UsageError(fmt::format("expected a command, got option \"{}\"; see neurosim help", name));
  }
  const CommandInfo& command = find_command(name);
  const CommandLine line = parse_command_line(command, Words(words.begin() + 1, words.end()));
  if (!line.has("help")) return command.run(line);
  const int columns = terminal_of(stdout).columns;
  fmt::print("{}", command_help(command, static_cast<std::size_t>(columns)));
  return ExitCode::kSuccess;
}

DataError stdout_error() { return {"standard output", "cannot be written"}; }

/// A full disk shows only when the buffer is emptied.
void flush_results() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) throw stdout_error();
}

void print(const Explanation& explanation) {
  const Palette palette = palette_of(terminal_of(stderr));
  fmt::print(stderr, "{}", explanation.diagnostics);
  if (!explanation.error.empty()) {
    fmt::print(stderr, "{}error:{} {}\n", palette.red, palette.reset, explanation.error);
  }
  if (!explanation.closing.empty()) fmt::print(stderr, "{}\n", explanation.closing);
}

int run_command(const Words& command) {
  Words words(command.begin() + 1, command.end());
  take_no_color(words);
  try {
    const ExitCode code = dispatch(words);
    flush_results();
    return static_cast<int>(code);
  } catch (const std::exception& error) {
    std::fflush(stdout);
    // The way in which fmt says that a disk is full.
    const bool unprinted =
        dynamic_cast<const std::system_error*>(&error) != nullptr && std::ferror(stdout) != 0;
    const Explanation explanation =
        unprinted ? explain(stdout_error(), command) : explain(error, command);
    print(explanation);
    return static_cast<int>(explanation.code);
  }
}

}  // namespace
}  // namespace neurosim

int main(int count, char** arguments) {
  // A caller may pass nothing at all, not even a name.
  std::vector<std::string> command(arguments, arguments + count);
  if (command.empty()) command.emplace_back("neurosim");
  neurosim::hdf5::end_on_damaged_files(static_cast<int>(neurosim::ExitCode::kData));
  return neurosim::run_command(command);
}
