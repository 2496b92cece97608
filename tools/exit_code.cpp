#include "tools/exit_code.hpp"

#include <fmt/format.h>

#include <array>
#include <new>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr std::array<ExitCodeInfo, 7> kExitCodes = {{
    {ExitCode::kSuccess, "success"},
    {ExitCode::kDefect, "a defect of neurosim, or out of memory"},
    {ExitCode::kUsage, "the command line or the network file is wrong; nothing was written"},
    {ExitCode::kData, "a file is missing, malformed, in the way, or cannot be written"},
    {ExitCode::kDifference, "diff: the files differ; run --check: the two engines disagree"},
    {ExitCode::kTraining, "train: a loss or gradient is not finite; the last checkpoint is kept"},
    {ExitCode::kInterrupted,
     "interrupted by Ctrl-C or SIGTERM; the file written is valid and holds what was done"},
}};

/// Words that a shell would split or expand, in single quotes.
std::string shell_quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string joined(const std::vector<std::string>& command) {
  std::string text;
  for (const std::string& word : command) text += (text.empty() ? "" : " ") + shell_quoted(word);
  return text;
}

Explanation explain_config(const ConfigError& error) {
  const std::size_t count = error.diagnostics().size();
  std::string text;
  for (const Diagnostic& diagnostic : error.diagnostics()) text += diagnostic.text() + "\n";
  return {.code = ExitCode::kUsage,
          .diagnostics = text,
          .closing = fmt::format("{} error{}; nothing was written", count, count == 1 ? "" : "s")};
}

Explanation explain_defect(const std::exception& error, const std::vector<std::string>& command) {
  return {.code = ExitCode::kDefect,
          .error = fmt::format("{}", error.what()),
          .closing =
              "This is a defect of neurosim, not of your network. Please report it with "
              "this command and\nthe files it names:\n  " +
              joined(command)};
}

}  // namespace

std::span<const ExitCodeInfo> exit_codes() { return kExitCodes; }

Explanation explain(const std::exception& error, const std::vector<std::string>& command) {
  if (const auto* config = dynamic_cast<const ConfigError*>(&error)) return explain_config(*config);
  if (dynamic_cast<const UsageError*>(&error) != nullptr) {
    return {.code = ExitCode::kUsage, .error = error.what()};
  }
  if (dynamic_cast<const DataError*>(&error) != nullptr) {
    return {.code = ExitCode::kData, .error = error.what()};
  }
  if (dynamic_cast<const CheckError*>(&error) != nullptr) {
    return {.code = ExitCode::kDifference, .error = error.what()};
  }
  if (dynamic_cast<const TrainingError*>(&error) != nullptr) {
    return {.code = ExitCode::kTraining,
            .error = error.what(),
            .closing =
                "What was saved before is kept. A lower training.learning_rate or "
                "training.clip_norm may help."};
  }
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
    return {.code = ExitCode::kDefect,
            .error = "out of memory",
            .closing =
                "Fewer --threads or a smaller network need less, and so does train --max-memory."};
  }
  return explain_defect(error, command);
}

}  // namespace neurosim
