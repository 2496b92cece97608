#include "datasets/idx.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <span>

#include "datasets/byte_stream.hpp"
#include "datasets/raw_array.hpp"

namespace neurosim {
namespace {

struct TypeInfo {
  IdxType type;
  std::size_t size;
  std::string_view name;
};

constexpr std::array<TypeInfo, 6> kTypes = {{{IdxType::kU8, 1, "u8"},
                                             {IdxType::kI8, 1, "i8"},
                                             {IdxType::kI16, 2, "i16"},
                                             {IdxType::kI32, 4, "i32"},
                                             {IdxType::kF32, 4, "f32"},
                                             {IdxType::kF64, 8, "f64"}}};

const TypeInfo* find_type(std::uint8_t code) {
  const auto* const found = std::find_if(kTypes.begin(), kTypes.end(), [code](const TypeInfo& t) {
    return static_cast<std::uint8_t>(t.type) == code;
  });
  return found == kTypes.end() ? nullptr : found;
}

std::string type_text(std::uint8_t code) {
  const TypeInfo* const info = find_type(code);
  return fmt::format("0x{:02x} ({})", code, info ? info->name : "no IDX type");
}

bool is_text(std::span<const std::uint8_t> bytes) {
  return !bytes.empty() && std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t c) {
    return (c >= 0x20 && c != 0x7F) || c == '\n' || c == '\r' || c == '\t';
  });
}

/// Says what stands in place of an IDX file; a web page saved under its name is the usual case.
[[noreturn]] void fail_magic(const ByteStream& source, std::span<const std::uint8_t> start) {
  if (is_text(start)) {
    const auto first =
        std::find_if(start.begin(), start.end(), [](std::uint8_t c) { return c > 0x20; });
    const bool html = first != start.end() && *first == '<';
    const std::string line(
        first, std::find_if(first, start.end(), [](std::uint8_t c) { return c < 0x20; }));
    source.fail(0, fmt::format("expected an IDX file, found {} that begins \"{}\"{}",
                               html ? "an HTML page" : "text", line.substr(0, 24),
                               html ? " (download the file again)" : ""));
  }
  source.fail(0, fmt::format("expected the IDX magic 00 00 <type> <rank>, found "
                             "{:02x} {:02x} {:02x} {:02x}",
                             start[0], start[1], start[2], start[3]));
}

struct Magic {
  TypeInfo type;
  std::size_t rank;
};

/// Reads and checks the first four bytes.
Magic read_magic(ByteStream& source, const IdxExpectation& expected) {
  std::array<std::uint8_t, 4> magic = {};
  const std::size_t got = source.read(magic);
  if (got < magic.size()) {
    source.fail(got, fmt::format("expected the 4 bytes of the IDX magic, found the end of the "
                                 "file after {}",
                                 got));
  }
  if (magic[0] != 0 || magic[1] != 0) {
    std::array<std::uint8_t, 64> start = {};
    std::copy(magic.begin(), magic.end(), start.begin());
    const std::size_t more = source.read(std::span(start).subspan(4));
    fail_magic(source, std::span(start).first(4 + more));
  }
  const TypeInfo* const type = find_type(magic[2]);
  if (type == nullptr || (expected.type && type->type != *expected.type)) {
    const std::string wanted =
        expected.type ? "the type code " + type_text(static_cast<std::uint8_t>(*expected.type))
                      : "a type code of IDX";
    source.fail(2, fmt::format("expected {} for {}, found {}", wanted, expected.content,
                               type_text(magic[2])));
  }
  if (expected.rank ? magic[3] != *expected.rank : magic[3] == 0) {
    source.fail(3, fmt::format("expected rank {} for {}, found {}",
                               expected.rank ? std::to_string(*expected.rank) : "1 or more",
                               expected.content, magic[3]));
  }
  return {*type, magic[3]};
}

std::vector<std::size_t> read_shape(ByteStream& source, std::size_t rank) {
  std::vector<std::size_t> shape;
  for (std::size_t dimension = 0; dimension < rank; ++dimension) {
    const std::size_t at = source.offset();
    std::array<std::uint8_t, 4> bytes = {};
    const std::size_t got = source.read(bytes);
    if (got < bytes.size()) {
      source.fail(at + got, fmt::format("expected a header of {} bytes, found the end of the file",
                                        idx_header_size(rank)));
    }
    std::size_t size = 0;
    for (const std::uint8_t byte : bytes) size = size << 8 | byte;
    if (size == 0) {
      source.fail(at, fmt::format("expected a size >= 1 of dimension {}, found 0", dimension));
    }
    shape.push_back(size);
  }
  return shape;
}

/// Bytes that the header announces after itself.
std::size_t payload_size(const ByteStream& source, const std::vector<std::size_t>& shape,
                         std::size_t element_size) {
  // Half the range leaves room for adding the header.
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max() / 2;
  std::size_t bytes = element_size;
  for (const std::size_t size : shape) {
    if (bytes > kMost / size) {
      source.fail(4, fmt::format("expected sizes that fit in memory, found {}", shape_text(shape)));
    }
    bytes *= size;
  }
  return bytes;
}

}  // namespace

IdxArray read_idx(const std::string& path, const IdxExpectation& expected) {
  const auto source = open_gzip(path);
  const Magic magic = read_magic(*source, expected);
  IdxArray array;
  array.type = magic.type.type;
  array.shape = read_shape(*source, magic.rank);
  array.bytes = source->read_rest(payload_size(*source, array.shape, magic.type.size),
                                  shape_text(array.shape));
  return array;
}

}  // namespace neurosim
