#include "sim/network/config_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <tuple>

namespace neurosim {
namespace {

// Far beyond any network description; they only keep hostile or broken files from exhausting the
// stack and the memory (an alias can stand for a tree of aliases).
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxValues = 2'000'000;

/// Stops the parser at the first thing that makes the document unusable.
struct Rejected {
  ConfigPlace place;
  std::string message;
  std::string path = {};
};

/// Builds the tree from parser events. yaml-cpp's own nodes are avoided on purpose: they accept
/// duplicate keys, read `010` as 8, and keep no place for keys.
class TreeBuilder : public YAML::EventHandler {
 public:
  /// REQUIRES: `text` outlives the builder and is what the parser reads.
  TreeBuilder(const std::string& text, std::size_t origin) : text_(text), origin_(origin) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (is_continuation(text[at])) continuations_.push_back(at);
    }
  }

  ConfigValuePtr root() const { return root_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) reject(mark, "expected one YAML document, got a second one here");
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark&, const std::string&) override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    leaf(mark, anchor, ConfigValue::Kind::kNull, "");
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) reject(mark, "this alias refers to a value that contains it");
    attach(place(mark), found->second);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    check_tag(mark, tag);
    if (tag == "!") check_closed(mark);
    leaf(mark, anchor, tag == "!" ? ConfigValue::Kind::kQuoted : ConfigValue::Kind::kPlain, text);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, ConfigValue::Kind::kList);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, ConfigValue::Kind::kMap);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    ConfigValue value;
    YAML::anchor_t anchor = 0;
    bool key_pending = false;  ///< maps: a key was read, its value follows
  };

  ConfigPlace place(const YAML::Mark& mark) const {
    if (origin_ != 0 || mark.is_null()) return {0, 0, origin_};
    return {mark.line + 1, column(mark), origin_};
  }

  /// Bytes after the first of a UTF-8 character.
  static bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

  /// Columns count characters, as editors do; yaml-cpp counts bytes.
  int column(const YAML::Mark& mark) const {
    const auto before = [this](int position) {
      return std::lower_bound(continuations_.begin(), continuations_.end(),
                              static_cast<std::size_t>(position));
    };
    return mark.column + 1 - static_cast<int>(before(mark.pos) - before(mark.pos - mark.column));
  }

  /// yaml-cpp takes the end of the file for a closing quote, and so silently swallows every key
  /// after a forgotten one.
  void check_closed(const YAML::Mark& mark) const {
    auto at = static_cast<std::size_t>(mark.pos);
    if (at < text_.size() && text_[at] == '&') {  // an anchor stands in front
      at = std::min(text_.find_first_of(" \t\r\n", at), text_.size());
      at = std::min(text_.find_first_not_of(" \t\r\n", at), text_.size());
    }
    if (at >= text_.size() || (text_[at] != '"' && text_[at] != '\'')) return;  // block scalar
    const char quote = text_[at];
    for (++at; at < text_.size(); ++at) {
      const bool doubled = quote == '\'' && text_.compare(at, 2, "''") == 0;
      const bool escaped = quote == '"' && text_[at] == '\\';
      if (doubled || escaped) {
        ++at;
      } else if (text_[at] == quote) {
        break;
      }
    }
    if (at >= text_.size()) reject(mark, "YAML syntax: this text has no closing quote");
  }

  [[noreturn]] void reject(const YAML::Mark& mark, const std::string& message) const {
    throw Rejected{place(mark), message};
  }

  void check_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (tag.empty() || tag == "?" || tag == "!") return;
    reject(mark, "YAML tags are not supported; remove " + tag);
  }

  void leaf(const YAML::Mark& mark, YAML::anchor_t anchor, ConfigValue::Kind kind,
            const std::string& text) {
    ConfigValue value;
    value.kind = kind;
    value.text = text;
    value.place = place(mark);
    const auto shared = std::make_shared<const ConfigValue>(std::move(value));
    if (anchor != 0) anchors_[anchor] = shared;
    attach(shared->place, shared);
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            ConfigValue::Kind kind) {
    check_tag(mark, tag);
    if (stack_.size() == kMaxDepth) {
      reject(mark, "nested more than " + std::to_string(kMaxDepth) + " levels deep");
    }
    Frame frame;
    frame.value.kind = kind;
    frame.value.place = place(mark);
    frame.anchor = anchor;
    stack_.push_back(std::move(frame));
  }

  void close() {
    Frame frame = std::move(stack_.back());
    stack_.pop_back();
    const auto shared = std::make_shared<const ConfigValue>(std::move(frame.value));
    if (frame.anchor != 0) anchors_[frame.anchor] = shared;
    attach(shared->place, shared);
  }

  void attach(const ConfigPlace& where, const ConfigValuePtr& value) {
    if (stack_.empty()) {
      root_ = value;
      return;
    }
    Frame& top = stack_.back();
    if (top.value.kind == ConfigValue::Kind::kMap && !top.key_pending) {
      const bool scalar =
          value->kind == ConfigValue::Kind::kPlain || value->kind == ConfigValue::Kind::kQuoted;
      if (!scalar) throw Rejected{where, "expected a name as key of the map"};
      top.value.entries.push_back({value->text, where, nullptr});
      top.key_pending = true;
      return;
    }
    top.value.value_count += value->value_count;
    if (top.value.value_count > kMaxValues) {
      throw Rejected{where, "more than " + std::to_string(kMaxValues) +
                                " values; put large arrays into an HDF5 file"};
    }
    if (top.key_pending) {
      top.value.entries.back().value = value;
      top.key_pending = false;
    } else {
      top.value.entries.push_back({"", where, value});
    }
  }

  const std::string& text_;
  std::size_t origin_;
  std::vector<std::size_t> continuations_;
  int documents_ = 0;
  ConfigValuePtr root_;
  std::vector<Frame> stack_;
  std::map<YAML::anchor_t, ConfigValuePtr> anchors_;
};

/// yaml-cpp takes byte 4 for the end of the file and would silently drop what follows.
void reject_control_characters(const std::string& text, std::size_t origin) {
  ConfigPlace place = {1, 1, origin};
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      ++place.line;
      place.column = 1;
      continue;
    }
    if (byte < 0x20 && c != '\t' && c != '\r') {
      if (origin != 0) place = {0, 0, origin};
      throw Rejected{place, "not a UTF-8 text file: control character " + std::to_string(byte)};
    }
    ++place.column;
  }
}

/// Line `line` of a text, counted from 1.
bool is_indented_by_tab(const std::string& text, int line) {
  std::size_t at = 0;
  for (; line > 1; --line) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) return false;
    at = end + 1;
  }
  const std::size_t first = text.find_first_not_of(' ', at);
  return first != std::string::npos && text[first] == '\t';
}

/// Throws Rejected. Returns nullptr when there is no document.
ConfigValuePtr build_tree(std::string text, std::size_t origin) {
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);  // byte order mark
  reject_control_characters(text, origin);
  TreeBuilder builder(text, origin);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    ConfigPlace place = {0, 0, origin};
    if (origin == 0 && !error.mark.is_null()) {
      place = {error.mark.line + 1, error.mark.column + 1, 0};
    }
    if (origin == 0 && is_indented_by_tab(text, place.line)) {
      place.column = 1;
      throw Rejected{place, "YAML syntax: this line is indented by a tab; YAML takes spaces only"};
    }
    throw Rejected{place, "YAML syntax: " + error.msg};
  }
  return builder.root();
}

/// An item index as written in a path: digits only.
bool parse_index(const std::string& part, std::size_t& index) {
  const auto result = std::from_chars(part.data(), part.data() + part.size(), index);
  return result.ec == std::errc() && result.ptr == part.data() + part.size();
}

std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> parts(1);
  for (const char c : path) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// One `--set`: rebuilds the values along the path and shares all others.
class PathEdit {
 public:
  PathEdit(const std::string& path, ConfigValuePtr replacement, std::size_t origin)
      : parts_(split_path(path)), replacement_(std::move(replacement)), origin_(origin) {}

  ConfigValuePtr apply(const ConfigValuePtr& root) { return apply(root, 0); }

 private:
  ConfigValuePtr apply(const ConfigValuePtr& node, std::size_t depth) {
    if (depth == parts_.size()) return replacement_;
    auto copy = node == nullptr ? new_map() : std::make_shared<ConfigValue>(*node);
    ConfigValue::Entry& entry = find(*copy, depth);
    entry.value = apply(entry.value, depth + 1);
    return copy;
  }

  std::shared_ptr<ConfigValue> new_map() const {
    auto map = std::make_shared<ConfigValue>();
    map->kind = ConfigValue::Kind::kMap;
    map->place = {0, 0, origin_};
    return map;
  }

  ConfigValue::Entry& find(ConfigValue& node, std::size_t depth) {
    const std::string& part = parts_[depth];
    if (part.empty()) reject("", "the path has an empty part");
    if (node.kind == ConfigValue::Kind::kList) {
      std::size_t index = 0;
      if (!parse_index(part, index) || index >= node.entries.size()) {
        reject(joined(depth), "no item \"" + part + "\" in a list of " +
                                  std::to_string(node.entries.size()) + "; items count from 0");
      }
      return node.entries[index];
    }
    // `time:` with nothing behind it is an empty map to whoever adds a key to it.
    if (node.kind == ConfigValue::Kind::kNull) node.kind = ConfigValue::Kind::kMap;
    if (node.kind != ConfigValue::Kind::kMap) {
      reject(joined(depth), "neither a map nor a list, so it has no \"" + part + "\"");
    }
    return find_key(node, depth);
  }

  ConfigValue::Entry& find_key(ConfigValue& node, std::size_t depth) {
    const std::string& part = parts_[depth];
    for (auto& entry : node.entries) {
      if (entry.key == part) return entry;
    }
    node.entries.push_back({part, {0, 0, origin_}, nullptr});
    return node.entries.back();
  }

  std::string joined(std::size_t count) const {
    std::string path;
    for (std::size_t k = 0; k < count; ++k) path += (k == 0 ? "" : ".") + parts_[k];
    return path;
  }

  [[noreturn]] void reject(const std::string& path, const std::string& message) const {
    throw Rejected{{0, 0, origin_}, message, path};
  }

  std::vector<std::string> parts_;
  ConfigValuePtr replacement_;
  std::size_t origin_;
};

}  // namespace

std::size_t ConfigLog::add_origin(std::string name) {
  origins_.push_back(std::move(name));
  return origins_.size() - 1;
}

void ConfigLog::add(const ConfigPlace& place, std::string path, std::string message) {
  diagnostics_.push_back(
      {origins_[place.origin], place.line, place.column, std::move(path), std::move(message)});
}

void ConfigLog::throw_if_any() {
  if (diagnostics_.empty()) return;
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) {
                     return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                   });
  throw ConfigError(std::move(diagnostics_));
}

std::string read_config_file(const std::string& file) {
  if (std::filesystem::is_directory(file)) throw DataError(file, "is a folder, not a file");
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw DataError(file, std::string("cannot be read: ") + std::strerror(errno));
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

ConfigValuePtr parse_config(const std::string& text, ConfigLog& log) {
  ConfigValuePtr root;
  try {
    root = build_tree(text, 0);
    if (root == nullptr) throw Rejected{{1, 1, 0}, "expected a network description, got nothing"};
    if (root->kind != ConfigValue::Kind::kMap) {
      throw Rejected{root->place, "expected a map with the keys of a network description"};
    }
  } catch (const Rejected& rejected) {
    log.add(rejected.place, rejected.path, rejected.message);
    log.throw_if_any();
  }
  return root;
}

ConfigValuePtr override_config(const ConfigValuePtr& root, const std::string& path,
                               const std::string& value, ConfigLog& log) {
  const std::size_t origin = log.add_origin("--set " + path + "=" + value);
  try {
    ConfigValuePtr replacement = build_tree(value, origin);
    if (replacement == nullptr) {
      ConfigValue nothing;
      nothing.place = {0, 0, origin};
      replacement = std::make_shared<const ConfigValue>(nothing);
    }
    return PathEdit(path, replacement, origin).apply(root);
  } catch (const Rejected& rejected) {
    log.add(rejected.place, rejected.path, rejected.message);
    return root;
  }
}

}  // namespace neurosim
