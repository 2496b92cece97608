#include "datasets/prophesee_header.hpp"

#include <fmt/format.h>

#include <charconv>

#include "sim/core/error.hpp"

namespace neurosim {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::size_t parse_size(const EventBytes& file, std::string_view keyword, std::string_view text) {
  constexpr std::size_t kMost = std::size_t{1} << 16;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > kMost) {
    throw DataError(file.path, fmt::format("in the header: expected a {} of 1 to {}, found {}",
                                           keyword, kMost, quoted_bytes(text)));
  }
  return value;
}

/// `720` of `EVT3;height=720;width=1280` and `height`; empty where there is no such part.
std::string_view part(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::string_view item = list.substr(0, list.find(';'));
    if (item.size() > name.size() && item.starts_with(name) && item[name.size()] == '=') {
      return item.substr(name.size() + 1);
    }
    list.remove_prefix(std::min(list.size(), item.size() + 1));
  }
  return {};
}

}  // namespace

std::optional<std::string_view> PropheseeHeader::find(std::string_view keyword) const {
  for (const auto& [name, value] : fields) {
    if (name == keyword) return value;
  }
  return std::nullopt;
}

PropheseeHeader parse_prophesee_header(const EventBytes& file) {
  const std::string_view text(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
  PropheseeHeader header;
  while (text.substr(header.end).starts_with("%")) {
    const std::size_t newline = text.find('\n', header.end);
    if (newline == std::string_view::npos) {
      file.fail(text.size(), fmt::format("expected the end of the header line that begins at byte "
                                         "{}, found the end of the file",
                                         header.end));
    }
    const std::string_view line = trimmed(text.substr(header.end + 1, newline - header.end - 1));
    header.end = newline + 1;
    if (line == "end") break;  // what follows may begin with a %, too
    // The one keyword of more than a word.
    constexpr std::string_view kContent = "Data file containing";
    const std::size_t split = line.starts_with(kContent) ? kContent.size() : line.find(' ');
    const std::string_view keyword = line.substr(0, split);
    header.fields.emplace_back(keyword, trimmed(line.substr(keyword.size())));
  }
  return header;
}

SensorSize told_size(const EventBytes& file, const PropheseeHeader& header) {
  SensorSize size;
  if (const auto width = header.find("Width")) size.width = parse_size(file, "Width", *width);
  if (const auto height = header.find("Height")) size.height = parse_size(file, "Height", *height);
  if (const auto geometry = header.find("geometry")) {
    const std::string_view width = geometry->substr(0, geometry->find('x'));
    size.width = parse_size(file, "geometry", width);
    size.height = parse_size(file, "geometry",
                             geometry->substr(std::min(geometry->size(), width.size() + 1)));
  } else if (const auto format = header.find("format")) {
    const std::string_view width = part(*format, "width");
    const std::string_view height = part(*format, "height");
    if (!width.empty()) size.width = parse_size(file, "width", width);
    if (!height.empty()) size.height = parse_size(file, "height", height);
  }
  return size;
}

}  // namespace neurosim
