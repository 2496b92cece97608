#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "sim/core/error.hpp"

namespace neurosim {

/// Where a value of the configuration stands: in the file (origin 0), or in the k-th `--set` of
/// the command line (origin k, no line).
struct ConfigPlace {
  int line = 0;
  int column = 0;
  std::size_t origin = 0;
};

/// Gathers every mistake found while a configuration is read.
class ConfigLog {
 public:
  explicit ConfigLog(std::string file) : origins_{std::move(file)} {}

  /// Registers text from outside the file, e.g. `--set time.steps=5`; returns its origin.
  std::size_t add_origin(std::string name);
  void add(const ConfigPlace& place, std::string path, std::string message);
  void add(Diagnostic diagnostic) { diagnostics_.push_back(std::move(diagnostic)); }
  /// Throws ConfigError with everything reported so far, in file order; does nothing when there
  /// is nothing to report.
  void throw_if_any();

 private:
  std::vector<std::string> origins_;
  std::vector<Diagnostic> diagnostics_;
};

/// A YAML value as written, without any guess at types. Immutable once built; aliases share it.
struct ConfigValue {
  enum class Kind { kNull, kPlain, kQuoted, kList, kMap };
  struct Entry;

  Kind kind = Kind::kNull;
  std::string text;            ///< kPlain, kQuoted
  std::vector<Entry> entries;  ///< kList (keys empty), kMap: in file order, duplicates included
  ConfigPlace place;
  std::size_t value_count = 1;  ///< with everything below it, aliases expanded
};

using ConfigValuePtr = std::shared_ptr<const ConfigValue>;

struct ConfigValue::Entry {
  std::string key;
  ConfigPlace key_place;
  ConfigValuePtr value;
};

/// The text of a file. Throws DataError.
std::string read_config_file(const std::string& file);

/// Parses one YAML document of the file. Throws ConfigError for what is not YAML, or is YAML that
/// no network description needs (tags, several documents, deep nesting, endless aliases).
ConfigValuePtr parse_config(const std::string& text, ConfigLog& log);

/// Replaces the value at a dotted path (`projections.0.delay`) by the YAML text `value`. Missing
/// keys are added, for the readers to accept or reject; items of lists must exist. Mistakes go to
/// the log, and the tree is then returned unchanged.
ConfigValuePtr override_config(const ConfigValuePtr& root, const std::string& path,
                               const std::string& value, ConfigLog& log);

}  // namespace neurosim
