#include "datasets/aedat4_streams.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <vector>

#include "datasets/event_formats.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

/// `0` of `<node name="0" path="...">` and `name`.
std::string_view attribute(std::string_view tag, const std::string& name) {
  const std::string start = " " + name + "=\"";
  const std::size_t at = tag.find(start);
  if (at == std::string_view::npos) return {};
  tag.remove_prefix(at + start.size());
  return tag.substr(0, tag.find('"'));
}

std::size_t number(const std::string& path, std::string_view what, std::string_view text,
                   std::size_t least, std::size_t most) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    throw DataError(path, fmt::format("in the description of its streams: expected {} of {} to {}, "
                                      "found {}",
                                      what, least, most, quoted_bytes(text)));
  }
  return value;
}

struct Told {
  std::string_view type;
  std::string_view width;
  std::string_view height;
};

/// What is told of the nodes `outInfo`/<number>, by that number's text.
std::map<std::string_view, Told> told_streams(std::string_view xml) {
  std::map<std::string_view, Told> streams;
  std::vector<std::string_view> nodes;
  for (std::size_t at = xml.find('<'); at != std::string_view::npos; at = xml.find('<', at)) {
    const std::size_t close = xml.find('>', at);
    if (close == std::string_view::npos) break;
    const std::string_view tag = xml.substr(at, close - at);
    at = close + 1;  // never back: hostile text must not be read over and over
    if (tag.starts_with("<node ")) {
      if (!tag.ends_with("/")) nodes.push_back(attribute(tag, "name"));
    } else if (tag.starts_with("</node")) {
      if (!nodes.empty()) nodes.pop_back();
    } else if (tag.starts_with("<attr ") && nodes.size() >= 2 && nodes[0] == "outInfo") {
      const std::string_view key = attribute(tag, "key");
      const std::string_view value = xml.substr(close + 1, xml.find('<', close) - close - 1);
      Told& told = streams[nodes[1]];
      const bool info = nodes.size() == 3 && nodes[2] == "info";
      if (nodes.size() == 2 && key == "typeIdentifier") told.type = value;
      if (info && key == "sizeX") told.width = value;
      if (info && key == "sizeY") told.height = value;
    }
  }
  return streams;
}

}  // namespace

EventStream find_event_stream(const std::string& path, std::string_view xml) {
  constexpr std::size_t kMostId = 0x7FFFFFFF;
  constexpr std::size_t kMostSize = 0x8000;
  EventStream best;
  bool found = false;
  for (const auto& [name, told] : told_streams(xml)) {
    if (told.type != "EVTS") continue;
    const auto id =
        static_cast<std::uint32_t>(number(path, "the number of a stream", name, 0, kMostId));
    if (found && id > best.id) continue;
    found = true;
    best = {.id = id, .size = {}};
    if (!told.width.empty()) best.size.width = number(path, "sizeX", told.width, 1, kMostSize);
    if (!told.height.empty()) best.size.height = number(path, "sizeY", told.height, 1, kMostSize);
  }
  if (!found) {
    throw DataError(path,
                    "in the description of its streams: expected one of events (EVTS), "
                    "found none");
  }
  return best;
}

}  // namespace neurosim
