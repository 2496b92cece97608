#pragma once

#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace neurosim {

/// How the command ends; the numbers are part of its contract (`neurosim help exit-codes`).
enum class ExitCode {
  kSuccess = 0,
  kDefect = 1,
  kUsage = 2,
  kData = 3,
  kDifference = 4,
  kTraining = 5,
  kInterrupted = 130,
};

struct ExitCodeInfo {
  ExitCode code;
  std::string_view sentence;
};

std::span<const ExitCodeInfo> exit_codes();

/// What to tell the user of an error, and the code to end with.
struct Explanation {
  ExitCode code = ExitCode::kDefect;
  std::string diagnostics;  ///< lines in `file:line:column: ` form, kept plain for editors
  std::string error;        ///< follows `error: `; empty: the diagnostics say it all
  std::string closing;      ///< last line
};

/// `command`: the command line, quoted in reports of defects.
Explanation explain(const std::exception& error, const std::vector<std::string>& command);

}  // namespace neurosim
