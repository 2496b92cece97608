#include "sim/network/config_difference.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "sim/network/yaml_text.hpp"

namespace neurosim {
namespace {

using Kind = ConfigValue::Kind;

std::string flow_text(const ConfigValue& value) {
  if (value.kind == Kind::kNull) return "~";
  if (value.kind == Kind::kPlain) return value.text;
  // What was quoted because it would read as something else is quoted again.
  if (value.kind == Kind::kQuoted) return scalar_text(value.text);
  const bool map = value.kind == Kind::kMap;
  std::string text;
  for (const auto& [key, place, item] : value.entries) {
    text += text.empty() ? "" : ", ";
    if (map) text += scalar_text(key) + ": ";
    text += item == nullptr ? "~" : flow_text(*item);
  }
  if (!map) return "[" + text + "]";
  return text.empty() ? "{}" : "{ " + text + " }";
}

bool has_maps(const ConfigValue& list) {
  return std::ranges::any_of(list.entries, [](const ConfigValue::Entry& item) {
    return item.value != nullptr && item.value->kind == Kind::kMap;
  });
}

bool is_scalar(const ConfigValue& value) {
  return value.kind != Kind::kMap && value.kind != Kind::kList;
}

using Keys = std::map<std::string_view, ConfigValuePtr>;

/// Of a key given twice the first counts, as for the readers.
Keys keys_of(const ConfigValue& map) {
  Keys keys;
  for (const auto& entry : map.entries) keys.emplace(entry.key, entry.value);
  return keys;
}

ConfigValuePtr value_of(const Keys& keys, const std::string& key) {
  const auto found = keys.find(key);
  return found == keys.end() ? nullptr : found->second;
}

class Comparison {
 public:
  void compare(const std::string& path, const ConfigValuePtr& a, const ConfigValuePtr& b) {
    if (a == nullptr && b == nullptr) return;
    if (a == nullptr || b == nullptr) return add(path, a, b);
    // Scalars may be quoted in one and plain in the other.
    const bool alike = a->kind == b->kind || (is_scalar(*a) && is_scalar(*b));
    if (alike && a->kind == Kind::kMap) return compare_maps(path, *a, *b);
    if (alike && a->kind == Kind::kList && has_maps(*a) && has_maps(*b)) {
      return compare_items(path, *a, *b);
    }
    if (!alike || flow_text(*a) != flow_text(*b)) add(path, a, b);
  }

  std::vector<ConfigDifference> take() { return std::move(found_); }

 private:
  static std::string below(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }

  void add(const std::string& path, const ConfigValuePtr& a, const ConfigValuePtr& b) {
    ConfigDifference& difference = found_.emplace_back();
    difference.path = path;
    if (a != nullptr) difference.a = flow_text(*a);
    if (b != nullptr) difference.b = flow_text(*b);
  }

  void compare_maps(const std::string& path, const ConfigValue& a, const ConfigValue& b) {
    const Keys keys_a = keys_of(a), keys_b = keys_of(b);
    for (const auto& [key, place, value] : a.entries) {
      compare(below(path, key), value, value_of(keys_b, key));
    }
    for (const auto& [key, place, value] : b.entries) {
      if (!keys_a.contains(key)) add(below(path, key), nullptr, value);
    }
  }

  void compare_items(const std::string& path, const ConfigValue& a, const ConfigValue& b) {
    const auto item = [](const ConfigValue& list, std::size_t k) {
      return k < list.entries.size() ? list.entries[k].value : nullptr;
    };
    for (std::size_t k = 0; k < std::max(a.entries.size(), b.entries.size()); ++k) {
      compare(below(path, std::to_string(k)), item(a, k), item(b, k));
    }
  }

  std::vector<ConfigDifference> found_;
};

}  // namespace

std::vector<ConfigDifference> config_differences(const ConfigValuePtr& a, const ConfigValuePtr& b) {
  Comparison comparison;
  comparison.compare("", a, b);
  return comparison.take();
}

}  // namespace neurosim
