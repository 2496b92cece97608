#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/network/config_tree.hpp"

namespace neurosim {

/// A value that two configurations do not share.
struct ConfigDifference {
  std::string path;                 ///< as `--set` takes it, e.g. `projections.0.delay`
  std::optional<std::string> a, b;  /// YAML on one line; nullopt: this one has no such value
};

/// Every difference, in the order of `a`, then what only `b` has. Maps are compared key by key in
/// any order, lists of maps item by item; other lists, and what one side lacks, are one value.
/// Text counts as written: 1 and 1.0 differ.
std::vector<ConfigDifference> config_differences(const ConfigValuePtr& a, const ConfigValuePtr& b);

}  // namespace neurosim
