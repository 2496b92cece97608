#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace neurosim {

/// One mistake in a configuration. `line` and `column` count from 1; 0 means that the place is
/// not in a file (a value given on the command line).
struct Diagnostic {
  std::string file;
  int line = 0;
  int column = 0;
  std::string path;     ///< key path, e.g. `populations.hidden.size`
  std::string message;  ///< e.g. `expected an integer >= 1, got "ten"`

  /// `net.yaml:12:7: populations.hidden.size: expected an integer >= 1, got "ten"`
  std::string text() const;
};

/// The command line is wrong. Exit code 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The network description is wrong; carries every mistake found, in file order. Exit code 2.
class ConfigError : public std::runtime_error {
 public:
  explicit ConfigError(std::vector<Diagnostic> diagnostics);
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::vector<Diagnostic> diagnostics_;
};

/// A data file is missing, malformed or cannot be written; the message names the file and, where
/// known, the offset or dataset. Exit code 3.
class DataError : public std::runtime_error {
 public:
  DataError(const std::string& file, const std::string& what)
      : std::runtime_error(file + ": " + what) {}
};

/// Two engines disagree (`--check`); the message names the first tick and neuron. Exit code 4.
class CheckError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Training cannot go on: a loss or gradient is not finite; the message names epoch, batch and
/// population. Exit code 5.
class TrainingError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An invariant of the program does not hold: a defect of neurosim. Exit code 1.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace neurosim

#define NS_ASSERT(condition)                                                 \
  ((condition) ? static_cast<void>(0)                                        \
               : throw ::neurosim::InternalError(std::string(__FILE__ ":") + \
                                                 std::to_string(__LINE__) + ": " #condition))
