#include <fmt/format.h>

#include <limits>
#include <vector>

#include "datasets/aedat4_streams.hpp"
#include "datasets/event_formats.hpp"
#include "datasets/unpack.hpp"
#include "sim/core/error.hpp"

namespace neurosim {
namespace {

constexpr std::string_view kMagic = "#!AER-DAT4.0\r\n";
constexpr std::size_t kEventBytes = 16;  ///< i64 t, i16 x, i16 y, u8 on, 3 of padding

/// A flatbuffer; every access is checked.
class FlatBuffer {
 public:
  /// `place`: where in the file it stands, or what it was unpacked from.
  FlatBuffer(const EventBytes& file, std::span<const std::uint8_t> bytes, std::size_t place)
      : file_(file), bytes_(bytes), place_(place) {}

  [[noreturn]] void fail(std::size_t at, const std::string& what) const {
    throw DataError(file_.path,
                    fmt::format("at byte {}: in byte {} of its flatbuffer: {}", place_, at, what));
  }
  void need(std::size_t at, std::size_t count) const {
    if (at > bytes_.size() || count > bytes_.size() - at) {
      fail(at, fmt::format("expected {} bytes, found the end after {}", count, bytes_.size()));
    }
  }
  template <std::size_t Bytes>
  std::uint64_t number(std::size_t at) const {
    need(at, Bytes);
    return little_endian<Bytes>(bytes_, at);
  }
  /// Where the offset at `at` leads.
  std::size_t target(std::size_t at) const { return at + number<4>(at); }

  /// Checks the identifier behind the offset of the root table; returns where that table stands.
  std::size_t root(std::size_t at, std::string_view identifier) const {
    need(at, 8);
    const std::string_view found(reinterpret_cast<const char*>(bytes_.data() + at + 4), 4);
    if (found != identifier) {
      fail(at + 4,
           fmt::format("expected {}, found {}", quoted_bytes(identifier), quoted_bytes(found)));
    }
    return target(at);
  }
  /// Where a field of a table stands; 0: it has its default.
  std::size_t field(std::size_t table, std::size_t index) const {
    const auto back = static_cast<std::int32_t>(number<4>(table));
    const std::int64_t vtable = static_cast<std::int64_t>(table) - back;
    if (vtable < 0) fail(table, "expected the vtable inside, found it before the beginning");
    const auto at = static_cast<std::size_t>(vtable);
    const std::size_t slot = 4 + 2 * index;
    if (slot + 2 > number<2>(at)) return 0;
    const std::size_t offset = number<2>(at + slot);
    return offset == 0 ? 0 : table + offset;
  }
  /// The elements of a vector whose count stands at `at`.
  std::span<const std::uint8_t> elements(std::size_t at, std::size_t size) const {
    const std::size_t count = number<4>(at);
    need(at + 4, count * size);
    return bytes_.subspan(at + 4, count * size);
  }

 private:
  const EventBytes& file_;
  std::span<const std::uint8_t> bytes_;
  std::size_t place_;
};

struct Header {
  Packing packing = Packing::kNone;
  std::size_t begin = 0;  ///< of the packets
  std::size_t end = 0;
  EventStream events;
};

Packing packing_of(const FlatBuffer& buffer, std::size_t at) {
  const std::uint64_t code = at == 0 ? 0 : buffer.number<4>(at);
  switch (code) {
    case 0:
      return Packing::kNone;
    case 1:
    case 2:
      return Packing::kLz4;
    case 3:
    case 4:
      return Packing::kZstd;
    default:
      buffer.fail(at, fmt::format("expected a compression of 0 to 4, found {}", code));
  }
}

Header read_header(const EventBytes& file) {
  const std::size_t at = kMagic.size();
  const std::string_view text(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
  if (!text.starts_with(kMagic) || text.size() < at + 4) {
    file.fail(std::min(text.size(), at), "expected the line #!AER-DAT4.0 and a header behind it");
  }
  const std::size_t size = little_endian<4>(file.bytes, at);
  Header header;
  header.begin = at + 4 + size;
  if (header.begin > text.size()) {
    file.fail(at, fmt::format("expected a header that fits in the file, found one of {} bytes with "
                              "{} left",
                              size, text.size() - at - 4));
  }
  const FlatBuffer buffer(file, file.bytes.subspan(at + 4, size), at + 4);
  const std::size_t table = buffer.root(0, "IOHE");
  header.packing = packing_of(buffer, buffer.field(table, 0));
  header.end = text.size();
  const std::size_t data_table = buffer.field(table, 1);
  // -1, which is also the default: the recording was not closed, packets go on to the end.
  const auto end = data_table == 0 ? -1 : static_cast<std::int64_t>(buffer.number<8>(data_table));
  if (end != -1) {
    if (end < static_cast<std::int64_t>(header.begin) ||
        end > static_cast<std::int64_t>(text.size())) {
      buffer.fail(data_table, fmt::format("expected the end of the packets at byte {} to {}, found "
                                          "{}",
                                          header.begin, text.size(), end));
    }
    header.end = static_cast<std::size_t>(end);
  }
  const std::size_t info = buffer.field(table, 2);
  if (info == 0) buffer.fail(table, "expected a description of the streams, found none");
  const auto xml = buffer.elements(buffer.target(info), 1);
  header.events =
      find_event_stream(file.path, {reinterpret_cast<const char*>(xml.data()), xml.size()});
  return header;
}

void add_packet(const EventBytes& file, std::span<const std::uint8_t> bytes, std::size_t place,
                EventSink& sink) {
  const FlatBuffer buffer(file, bytes, place);
  const std::size_t size = buffer.number<4>(0);  // also makes sure of the 4 bytes
  if (size != bytes.size() - 4) {
    buffer.fail(0, fmt::format("expected its size of {}, found {}", bytes.size() - 4, size));
  }
  const std::size_t vector = buffer.field(buffer.root(4, "EVTS"), 0);
  if (vector == 0) return;  // a packet without events
  const auto events = buffer.elements(buffer.target(vector), kEventBytes);
  for (std::size_t at = 0; at < events.size(); at += kEventBytes) {
    // A negative coordinate is one of more than 32767 here, which no camera has.
    sink.add({.t = static_cast<std::int64_t>(little_endian<8>(events, at)),
              .x = static_cast<std::uint16_t>(little_endian<2>(events, at + 8)),
              .y = static_cast<std::uint16_t>(little_endian<2>(events, at + 10)),
              .p = events[at + 12]},
             place);
  }
}

}  // namespace

EventRecording read_aedat4_events(const EventBytes& file) {
  constexpr std::size_t kPacketHeader = 8;  // i32 stream, i32 size
  const Header header = read_header(file);
  // Coordinates are signed there: without this a negative one would pass where no size is told.
  constexpr std::size_t kMost = std::numeric_limits<std::int16_t>::max();
  EventSink sink(file, header.events.size, "in the packet at byte");
  sink.limit(kMost + 1);
  std::vector<std::uint8_t> unpacked;
  for (std::size_t at = header.begin; at < header.end;) {
    if (header.end - at < kPacketHeader) {
      file.fail(at, fmt::format("expected a packet header of {} bytes, found {} (truncated?)",
                                kPacketHeader, header.end - at));
    }
    const std::uint64_t stream = little_endian<4>(file.bytes, at);
    const std::size_t bytes = little_endian<4>(file.bytes, at + 4);
    if (bytes > header.end - at - kPacketHeader) {
      file.fail(at + 4, fmt::format("expected a packet of at most {} bytes, found one of {} "
                                    "(truncated?)",
                                    header.end - at - kPacketHeader, bytes));
    }
    if (stream == header.events.id) {
      const auto packed = file.bytes.subspan(at + kPacketHeader, bytes);
      const std::string_view wrong = unpack(header.packing, packed, unpacked);
      if (!wrong.empty()) {
        file.fail(at + kPacketHeader, fmt::format("expected a compressed packet, found {}", wrong));
      }
      add_packet(file, unpacked, at, sink);
    }
    at += kPacketHeader + bytes;
  }
  return sink.finish();
}

}  // namespace neurosim
