#include <fmt/format.h>

#include "datasets/event_formats.hpp"

namespace neurosim {
namespace {

constexpr std::size_t kRecord = 5;
/// A record with this y is no event: 13 bits of time have run over.
constexpr std::uint8_t kOverflowY = 240;
constexpr std::int64_t kOverflow = 1 << 13;

}  // namespace

EventRecording read_nmnist_events(const EventBytes& file) {
  const std::span<const std::uint8_t> bytes = file.bytes;
  if (bytes.size() % kRecord != 0) {
    const std::size_t whole = bytes.size() / kRecord * kRecord;
    file.fail(whole, fmt::format("expected records of {} bytes, found {} (truncated, or no N-MNIST "
                                 "recording)",
                                 kRecord, bytes.size() - whole));
  }
  EventSink sink(file, {});
  sink.reserve(bytes.size() / kRecord);
  std::int64_t offset = 0;
  for (std::size_t at = 0; at < bytes.size(); at += kRecord) {
    if (bytes[at + 1] == kOverflowY) {
      offset += kOverflow;
      continue;
    }
    const std::uint32_t low =
        (bytes[at + 2] & 0x7Fu) << 16 | std::uint32_t{bytes[at + 3]} << 8 | bytes[at + 4];
    sink.add({.t = offset + low,
              .x = bytes[at],
              .y = bytes[at + 1],
              .p = static_cast<std::uint8_t>(bytes[at + 2] >> 7)},
             at);
  }
  return sink.finish();
}

}  // namespace neurosim
