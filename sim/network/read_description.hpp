#pragma once

#include <string>
#include <vector>

#include "sim/core/error.hpp"
#include "sim/network/description.hpp"

namespace neurosim {

/// A value given on the command line as `--set path=value`: the path is dotted, list items are
/// addressed by their index (`projections.0.delay`), the value is YAML.
struct Override {
  std::string path;
  std::string value;
};

/// Splits `path=value`; throws UsageError when there is no `=` or the path is empty.
Override parse_override(const std::string& text);

/// Reads and validates a network file. Throws DataError when it cannot be read and ConfigError
/// with every mistake found otherwise. The graph is checked as well (see graph.hpp).
Description read_description(const std::string& file, const std::vector<Override>& overrides = {});

/// The same from text; `file` is used in messages and to resolve relative paths.
Description parse_description(const std::string& text, const std::string& file,
                              const std::vector<Override>& overrides = {});

enum class WrittenFields {
  kAll,  ///< with every default written out
  /// Without fields of models, encoders, cameras and training at their default, and without
  /// storage, learn, bits and receptor of a projection likewise: a field that the program gains
  /// later does not change the text.
  kSet,
};

/// The description as YAML; reading it gives the same description.
std::string to_yaml(const Description& description, WrittenFields fields = WrittenFields::kAll);

}  // namespace neurosim
