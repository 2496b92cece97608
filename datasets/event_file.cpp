#include "datasets/event_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "datasets/event_formats.hpp"
#include "datasets/prophesee_header.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr std::string_view kKnown =
    "N-MNIST (.bin, .bs2), text (.csv, .tsv, .txt), AEDAT 4.0, Prophesee DAT 2 and EVT 3.0";

std::vector<std::uint8_t> read_whole(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw DataError(path, "is a folder, not a file");
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw DataError(path, fmt::format("cannot open: {}", std::strerror(errno)));
  if (!std::filesystem::is_regular_file(path, ignored)) {
    throw DataError(path, "is no regular file");
  }
  // Memory grows with what has really come, whatever the file system says of the size.
  std::vector<std::uint8_t> bytes;
  constexpr std::size_t kChunk = std::size_t{1} << 20;
  while (file) {
    const std::size_t have = bytes.size();
    bytes.resize(have + kChunk);
    file.read(reinterpret_cast<char*>(bytes.data() + have), kChunk);
    bytes.resize(have + static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) throw DataError(path, fmt::format("cannot read: {}", std::strerror(errno)));
  if (bytes.empty()) throw DataError(path, "at byte 0: expected events, found an empty file");
  return bytes;
}

std::string lower_ending(const std::string& path) {
  std::string ending = std::filesystem::path(path).extension().string();
  for (char& c : ending) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return ending;
}

bool is_text(std::string_view start) {
  return std::all_of(start.begin(), start.end(), [](char c) {
    return (c >= 0x20 && c < 0x7F) || c == '\n' || c == '\r' || c == '\t';
  });
}

std::string_view first_line(std::string_view text) {
  text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t\r\n")));
  return text.substr(0, text.find_first_of("\r\n"));
}

EventRecording read_prophesee(const EventBytes& file) {
  const PropheseeHeader header = parse_prophesee_header(file);
  if (header.find("Data file containing")) return read_dat_events(file);
  const std::string_view format = header.find("format").value_or("");
  if (header.find("evt") == "3.0" || format.substr(0, format.find(';')) == "EVT3") {
    return read_evt3_events(file);
  }
  file.fail(0, fmt::format("expected a header of Prophesee's DAT 2 or EVT 3.0, found one of {}",
                           quoted_bytes(header.find("evt").value_or(format))));
}

/// What its content tells; false where that tells nothing.
bool read_by_content(const EventBytes& file, std::string_view text, EventRecording& recording) {
  if (text.starts_with("\x89HDF\r\n\x1a\n")) {
    file.fail(0, fmt::format("expected {}, found HDF5, which another reader reads", kKnown));
  }
  if (text.starts_with("#!AER-DAT")) {
    if (!text.starts_with("#!AER-DAT4.0")) {
      file.fail(0, fmt::format("expected AEDAT 4.0, found {}", quoted_bytes(first_line(text))));
    }
    recording = read_aedat4_events(file);
    return true;
  }
  if (text.starts_with("% ")) {
    recording = read_prophesee(file);
    return true;
  }
  constexpr std::size_t kStart = 64;
  const std::string_view start = text.substr(0, kStart);
  if (is_text(start) && first_line(start).starts_with("<")) {
    file.fail(0, fmt::format("expected events, found an HTML page that begins {} (download the "
                             "file again)",
                             quoted_bytes(first_line(start))));
  }
  return false;
}

EventRecording read_by_ending(const EventBytes& file, std::string_view text) {
  const std::string ending = lower_ending(file.path);
  if (ending == ".csv" || ending == ".tsv" || ending == ".txt") return read_text_events(file);
  if (ending == ".bin" || ending == ".bs2") {
    constexpr std::size_t kStart = 64;
    constexpr std::size_t kTelling = 20;  // fewer letters may well be records
    const std::string_view start = text.substr(0, kStart);
    if (start.size() >= kTelling && is_text(start)) {
      file.fail(0, fmt::format("expected N-MNIST records, found text that begins {}",
                               quoted_bytes(first_line(start))));
    }
    return read_nmnist_events(file);
  }
  file.fail(0, fmt::format("expected events in a known format ({}), found {}", kKnown,
                           quoted_bytes(first_line(text.substr(0, 64)))));
}

}  // namespace

EventRecording read_events(const std::string& path, SensorSize sensor) {
  const std::vector<std::uint8_t> bytes = read_whole(path);
  const EventBytes file = {path, bytes, sensor};
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  EventRecording recording;
  return read_by_content(file, text, recording) ? recording : read_by_ending(file, text);
}

}  // namespace neurosim
