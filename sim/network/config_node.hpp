#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/network/config_tree.hpp"

namespace neurosim {

/// Whole numbers from low to high. Messages name the end that is violated.
struct IntegerRange {
  std::int64_t low = std::numeric_limits<std::int64_t>::min();
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
};

/// The entry of `known` that `name` was most likely meant to be, if one is close enough.
std::optional<std::string_view> nearest_name(std::string_view name,
                                             std::span<const std::string_view> known);

/// `"sise"; did you mean "size"? (known: model, size)`, for messages that begin with what is
/// unknown.
std::string unknown_name(std::string_view name, std::span<const std::string_view> known);

/// Text as it goes into messages: quoted, control characters escaped, long text cut.
std::string quoted(std::string_view text);

class ConfigMap;

/// A value of the configuration together with its path and place. A view: cheap to copy, valid as
/// long as the tree and the log it was made from.
///
/// The `read` functions store the value and return true, or leave `value` as it is and return
/// false: silently when the node is absent (the default holds), after reporting when it is
/// malformed.
class ConfigNode {
 public:
  ConfigNode(ConfigValuePtr value, std::string path, ConfigPlace place, ConfigLog& log)
      : value_(std::move(value)), path_(std::move(path)), place_(place), log_(&log) {}

  bool present() const { return value_ != nullptr; }
  bool is_null() const { return has_kind(ConfigValue::Kind::kNull); }  ///< `key:`, or `~`
  bool is_scalar() const;
  /// A number without quotes; whether it is in range is for `read` to say.
  bool is_number() const;
  bool is_list() const { return has_kind(ConfigValue::Kind::kList); }
  bool is_map() const { return has_kind(ConfigValue::Kind::kMap); }
  /// True for that very word without quotes, e.g. `none`.
  bool is_word(std::string_view word) const;

  bool read(std::int64_t& value, IntegerRange range = {}) const;
  bool read(std::uint64_t& value) const;
  bool read(double& value, const Range& range = {}) const;
  bool read(bool& value) const;
  bool read(std::string& value) const;  ///< any scalar but an empty one
  /// One of `names`, as its index.
  bool read_choice(std::size_t& index, std::span<const std::string_view> names) const;

  /// The items of a list; reports anything else.
  std::vector<ConfigNode> items() const;
  /// The keys of a map; reports anything else. REQUIRES: called once, as it reports duplicates.
  ConfigMap map() const;

  /// Reports `expected <what>, got <this value>`.
  void expected(const std::string& what) const;
  void error(std::string message) const;
  const std::string& path() const { return path_; }
  const ConfigPlace& place() const { return place_; }

 private:
  friend class ConfigMap;
  bool has_kind(ConfigValue::Kind kind) const { return present() && value_->kind == kind; }
  std::string got() const;

  ConfigValuePtr value_;
  std::string path_;
  ConfigPlace place_;
  ConfigLog* log_;
};

/// The keys of a map. Remembers which keys were asked for, so that the others can be reported;
/// whoever asks for keys ends with reject_unknown().
class ConfigMap {
 public:
  struct Entry {
    std::string key;
    ConfigNode key_node;  ///< the value at the place of its key, for messages about the key
    ConfigNode value;
  };

  /// REQUIRES: `node` is a map or was already reported not to be one; then no key is present,
  /// none is reported missing, and ok() is false.
  explicit ConfigMap(ConfigNode node);

  bool ok() const { return node_.is_map(); }
  /// Whether the key is given; asking does not make it a known key.
  bool has(std::string_view key) const { return find(key) != nullptr; }
  /// The value of a key, absent when it is not given.
  ConfigNode get(std::string_view key);
  /// The same for a key that must be given.
  ConfigNode required(std::string_view key);
  /// Says that a key is missing; `hint` follows the message.
  void missing(std::string_view key, std::string_view hint = "");
  /// All entries in file order, without the duplicates: for maps whose keys are free.
  std::vector<Entry> entries() const;
  /// Ends the reading of a map: reports every key that was never asked for, and the missing ones
  /// unless a misspelt key explains them. Returns whether there was nothing to report.
  bool reject_unknown();
  const ConfigNode& node() const { return node_; }

 private:
  struct Missing {
    std::string name;
    std::string hint;
  };
  const ConfigValue::Entry* find(std::string_view key) const;
  ConfigNode child(const ConfigValue::Entry& entry) const;
  std::string child_path(std::string_view key) const;
  void report_duplicates() const;
  void report_missing() const;

  ConfigNode node_;
  std::vector<std::string_view> known_;  ///< views of the readers' literals
  std::vector<Missing> missing_;
};

}  // namespace neurosim
