#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "datasets/event_formats.hpp"
#include "datasets/prophesee_header.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kRecord = 8;
/// A generic 2-D event and one of contrast detection: both t, x, y, p.
constexpr std::array<std::uint8_t, 2> kTypes = {0x00, 0x0C};
/// Times have 32 bits. One that falls by more than half of that has run over, which the format
/// does not provide for; sorting would interleave both halves.
constexpr std::int64_t kRunOver = std::int64_t{1} << 31;

/// Checks all before the first record; returns where that stands.
std::size_t check_start(const EventBytes& file, const PropheseeHeader& header) {
  if (header.find("Version") != "2") {
    const std::string_view found = header.find("Version").value_or("none");
    file.fail(0, fmt::format("expected a DAT file of version 2, found {}", quoted_bytes(found)));
  }
  if (file.bytes.size() < header.end + 2) {
    file.fail(file.bytes.size(),
              "expected the type and the size of events, found the end of the "
              "file");
  }
  const std::uint8_t type = file.bytes[header.end];
  if (std::find(kTypes.begin(), kTypes.end(), type) == kTypes.end()) {
    file.fail(header.end,
              fmt::format("expected events of type 0x00 or 0x0c, found 0x{:02x}", type));
  }
  if (file.bytes[header.end + 1] != kRecord) {
    file.fail(header.end + 1, fmt::format("expected events of {} bytes, found {}", kRecord,
                                          file.bytes[header.end + 1]));
  }
  return header.end + 2;
}

}  // namespace

EventRecording read_dat_events(const EventBytes& file) {
  const PropheseeHeader header = parse_prophesee_header(file);
  const std::size_t start = check_start(file, header);
  const std::size_t rest = (file.bytes.size() - start) % kRecord;
  if (rest != 0) {
    file.fail(file.bytes.size() - rest,
              fmt::format("expected records of {} bytes, found {} (truncated?)", kRecord, rest));
  }
  EventSink sink(file, told_size(file, header));
  sink.reserve((file.bytes.size() - start) / kRecord);
  std::int64_t latest = 0;
  for (std::size_t at = start; at < file.bytes.size(); at += kRecord) {
    const auto t = static_cast<std::int64_t>(little_endian<4>(file.bytes, at));
    if (t + kRunOver < latest) {
      file.fail(
          at, fmt::format("expected times that do not run over, found {} us after {}", t, latest));
    }
    latest = std::max(latest, t);
    const std::uint64_t word = little_endian<4>(file.bytes, at + 4);
    sink.add({.t = t,
              .x = static_cast<std::uint16_t>(word & 0x3FFF),
              .y = static_cast<std::uint16_t>(word >> 14 & 0x3FFF),
              .p = static_cast<std::uint8_t>(word >> 28)},
             at);
  }
  return sink.finish();
}

}  // namespace neurosim
