#include "sim/network/config_node.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace neurosim {
namespace {

/// So that no number becomes infinite where it is stored in single precision.
constexpr double kLargestReal = std::numeric_limits<float>::max();
constexpr std::size_t kLongestQuote = 60;
constexpr std::size_t kLongestKnownList = 24;

/// Insertions, deletions, substitutions and swaps of neighbours that turn a into b.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Counts the digits at `at` and moves behind them.
std::size_t skip_digits(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  return at - begin;
}

bool has_leading_zero(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && is_digit(text[1]);
}

/// [+-]digits, without leading zeros.
bool is_integer_text(std::string_view text) {
  std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  return skip_digits(text, at) > 0 && at == text.size() && !has_leading_zero(text);
}

/// [+-]digits[.digits][e[+-]digits], without leading zeros; digits on one side of the point do.
bool is_real_text(std::string_view text) {
  std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  std::size_t digits = skip_digits(text, at);
  if (at < text.size() && text[at] == '.') {
    ++at;
    digits += skip_digits(text, at);
  }
  if (digits == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    if (skip_digits(text, at) == 0) return false;
  }
  return at == text.size() && !has_leading_zero(text);
}

/// std::from_chars without its dislike of a plus sign. REQUIRES: text has the grammar of T.
template <class T>
std::errc convert(std::string_view text, T& value) {
  if (text[0] == '+') text.remove_prefix(1);
  return std::from_chars(text.data(), text.data() + text.size(), value).ec;
}

std::string integer_expectation(std::int64_t low) {
  if (low == std::numeric_limits<std::int64_t>::min()) return "an integer";
  return "an integer >= " + std::to_string(low);
}

}  // namespace

std::optional<std::string_view> nearest_name(std::string_view name,
                                             std::span<const std::string_view> known) {
  std::optional<std::string_view> best;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  // A word of hundreds of letters is no typing mistake, and distances cost by the product.
  if (name.size() > 100) return best;
  for (const std::string_view candidate : known) {
    if (candidate.size() > 2 * name.size() + 2) continue;
    const std::size_t distance = edit_distance(lower_case(name), lower_case(candidate));
    if (distance < best_distance && distance < candidate.size()) {
      best = candidate;
      best_distance = distance;
    }
  }
  if (best || name.size() < 3) return best;
  const auto begins = [name](std::string_view candidate) { return candidate.starts_with(name); };
  const auto longer = std::find_if(known.begin(), known.end(), begins);
  return longer == known.end() ? best : *longer;
}

std::string unknown_name(std::string_view name, std::span<const std::string_view> known) {
  std::string text = quoted(name);
  if (const auto nearest = nearest_name(name, known)) {
    text += "; did you mean \"" + std::string(*nearest) + "\"?";
  }
  if (known.empty()) return text;
  text += " (known: ";
  for (std::size_t k = 0; k < known.size(); ++k) {
    if (k == kLongestKnownList) {
      text += ", ...";
      break;
    }
    if (k > 0) text += ", ";
    text += known[k];
  }
  return text + ")";
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  const bool cut = text.size() > kLongestQuote;
  for (const char c : text.substr(0, kLongestQuote)) {
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += "\\t";
    } else if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else {
      result += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return result + (cut ? "...\"" : "\"");
}

bool ConfigNode::is_scalar() const {
  return has_kind(ConfigValue::Kind::kPlain) || has_kind(ConfigValue::Kind::kQuoted);
}

bool ConfigNode::is_number() const {
  return has_kind(ConfigValue::Kind::kPlain) && is_real_text(value_->text);
}

bool ConfigNode::is_word(std::string_view word) const {
  return has_kind(ConfigValue::Kind::kPlain) && value_->text == word;
}

bool ConfigNode::read(std::int64_t& value, IntegerRange range) const {
  if (!present()) return false;
  if (!has_kind(ConfigValue::Kind::kPlain) || !is_integer_text(value_->text)) {
    expected(integer_expectation(range.low));
    return false;
  }
  std::int64_t number = 0;
  if (convert(value_->text, number) != std::errc()) {
    // Beyond 64 bits, hence beyond every range.
    const bool negative = value_->text[0] == '-';
    expected(negative ? integer_expectation(range.low)
                      : "an integer <= " + std::to_string(range.high));
    return false;
  }
  if (number < range.low) {
    expected(integer_expectation(range.low));
  } else if (number > range.high) {
    expected("an integer <= " + std::to_string(range.high));
  } else {
    value = number;
    return true;
  }
  return false;
}

bool ConfigNode::read(std::uint64_t& value) const {
  if (!present()) return false;
  if (!has_kind(ConfigValue::Kind::kPlain) || !is_integer_text(value_->text) ||
      value_->text[0] == '-') {
    expected(integer_expectation(0));
    return false;
  }
  if (convert(value_->text, value) == std::errc()) return true;
  expected("an integer <= " + std::to_string(std::numeric_limits<std::uint64_t>::max()));
  return false;
}

bool ConfigNode::read(double& value, const Range& range) const {
  if (!present()) return false;
  const std::string bounds = range.text();
  const std::string what = "a number" + (bounds.empty() ? "" : " " + bounds);
  if (!has_kind(ConfigValue::Kind::kPlain) || !is_real_text(value_->text)) {
    expected(what);
    return false;
  }
  double number = 0;
  if (convert(value_->text, number) != std::errc()) {
    number = value_->text[0] == '-' ? -HUGE_VAL : HUGE_VAL;
  }
  if (!range.contains(number)) {
    expected(what);
    return false;
  }
  if (std::abs(number) > kLargestReal) {
    expected("a number between -3.4e38 and 3.4e38");
    return false;
  }
  value = number;
  return true;
}

bool ConfigNode::read(bool& value) const {
  if (!present()) return false;
  if (!is_word("true") && !is_word("false")) {
    expected("true or false");
    return false;
  }
  value = is_word("true");
  return true;
}

bool ConfigNode::read(std::string& value) const {
  if (!present()) return false;
  if (!is_scalar() || value_->text.empty()) {
    expected("a text");
    return false;
  }
  value = value_->text;
  return true;
}

bool ConfigNode::read_choice(std::size_t& index, std::span<const std::string_view> names) const {
  if (!present()) return false;
  if (is_scalar()) {
    const auto found = std::find(names.begin(), names.end(), value_->text);
    if (found != names.end()) {
      index = static_cast<std::size_t>(found - names.begin());
      return true;
    }
    error("unknown value " + unknown_name(value_->text, names));
    return false;
  }
  std::string list;
  for (const auto name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  expected("one of " + list);
  return false;
}

std::vector<ConfigNode> ConfigNode::items() const {
  std::vector<ConfigNode> nodes;
  if (!present()) return nodes;
  if (!is_list()) {
    expected("a list");
    return nodes;
  }
  nodes.reserve(value_->entries.size());
  for (const auto& entry : value_->entries) {
    nodes.emplace_back(entry.value, path_ + "." + std::to_string(nodes.size()), entry.value->place,
                       *log_);
  }
  return nodes;
}

ConfigMap ConfigNode::map() const {
  if (present() && !is_map()) expected("a map");
  return ConfigMap(*this);
}

void ConfigNode::expected(const std::string& what) const {
  error("expected " + what + ", got " + got());
}

void ConfigNode::error(std::string message) const { log_->add(place_, path_, std::move(message)); }

std::string ConfigNode::got() const {
  switch (value_->kind) {
    case ConfigValue::Kind::kNull:
      return "nothing";
    case ConfigValue::Kind::kList:
      return value_->entries.empty() ? "an empty list"
                                     : "a list of " + std::to_string(value_->entries.size());
    case ConfigValue::Kind::kMap:
      return value_->entries.empty() ? "an empty map" : "a map";
    case ConfigValue::Kind::kQuoted:
      return "the quoted text " + quoted(value_->text);
    case ConfigValue::Kind::kPlain:
      break;
  }
  if (is_real_text(value_->text) && value_->text.size() <= kLongestQuote) return value_->text;
  std::string text = quoted(value_->text);
  if (has_leading_zero(value_->text)) text += " (leading zeros are not allowed)";
  return text;
}

ConfigMap::ConfigMap(ConfigNode node) : node_(std::move(node)) {
  if (ok()) report_duplicates();
}

ConfigNode ConfigMap::get(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  if (const auto* entry = find(key)) return child(*entry);
  return ConfigNode(nullptr, child_path(key), node_.place(), *node_.log_);
}

ConfigNode ConfigMap::required(std::string_view key) {
  ConfigNode value = get(key);
  if (!value.present()) missing(key);
  return value;
}

void ConfigMap::missing(std::string_view key, std::string_view hint) {
  if (ok()) missing_.push_back({std::string(key), std::string(hint)});
}

std::vector<ConfigMap::Entry> ConfigMap::entries() const {
  std::vector<Entry> result;
  if (!ok()) return result;
  std::set<std::string_view> seen;
  for (const auto& entry : node_.value_->entries) {
    if (!seen.insert(entry.key).second) continue;
    result.push_back({entry.key,
                      ConfigNode(entry.value, child_path(entry.key), entry.key_place, *node_.log_),
                      child(entry)});
  }
  return result;
}

bool ConfigMap::reject_unknown() {
  bool right = true;
  for (const Entry& entry : entries()) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    right = false;
    entry.key_node.error("unknown key " + unknown_name(entry.key, known_));
    // The misspelt key is the missing one: one mistake, one message.
    const auto meant = nearest_name(entry.key, known_);
    std::erase_if(missing_, [&](const Missing& key) { return meant && key.name == *meant; });
  }
  report_missing();
  return right && missing_.empty();
}

void ConfigMap::report_missing() const {
  for (const Missing& key : missing_) {
    node_.error("missing key \"" + key.name + "\"" + key.hint);
  }
}

const ConfigValue::Entry* ConfigMap::find(std::string_view key) const {
  if (!ok()) return nullptr;
  for (const auto& entry : node_.value_->entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

ConfigNode ConfigMap::child(const ConfigValue::Entry& entry) const {
  // The place of nothing is somewhere behind the key, often in a later line.
  const bool nothing = entry.value->kind == ConfigValue::Kind::kNull;
  return ConfigNode(entry.value, child_path(entry.key),
                    nothing ? entry.key_place : entry.value->place, *node_.log_);
}

std::string ConfigMap::child_path(std::string_view key) const {
  return node_.path().empty() ? std::string(key) : node_.path() + "." + std::string(key);
}

void ConfigMap::report_duplicates() const {
  std::map<std::string_view, int> first_line;
  for (const auto& entry : node_.value_->entries) {
    const auto [first, inserted] = first_line.emplace(entry.key, entry.key_place.line);
    if (inserted) continue;
    node_.log_->add(entry.key_place, child_path(entry.key),
                    "duplicate key; first given on line " + std::to_string(first->second));
  }
}

}  // namespace neurosim
